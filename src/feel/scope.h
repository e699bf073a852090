/* scope.h -- the names a text may use: what feel_scope_… and feel_library_… build (private). */
#ifndef KC_FEEL_SCOPE_H
#define KC_FEEL_SCOPE_H

#include "feel/lex.h"

typedef struct ScopeName {
        Str name;
        const FeelType *type;           /* never NULL */
        uint32_t slot;
} ScopeName;

struct FeelLibrary {
        Arena *arena;
        StrMap functions;               /* FeelHostFunction */
        StrMap collections;             /* FeelHostCollection */
        NameIndex names;                /* of both, several words */
        NameIndex keys;                 /* entries of their result types */
};

struct FeelScope {
        Arena *arena;
        const FeelLibrary *library;     /* may be NULL */
        ScopeName **names;              /* by slot */
        size_t len, cap;
        StrMap by_name;                 /* ScopeName */
        StrMap types;                   /* FeelType */
        NameIndex index;                /* names of several words */
        NameIndex type_index;
        NameIndex keys;                 /* entries of context types, several words */
};

#endif
