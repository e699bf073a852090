/* load_int.h -- private to load.c and boxload.c: reading one file. */
#ifndef KC_DMN_LOAD_INT_H
#define KC_DMN_LOAD_INT_H

#include "codec/xml.h"
#include "dmn/dmn_int.h"

typedef struct DmnLoader {
        DmnModel *m;
        DmnDefs *defs;
        Str ns;                 /* of the DMN version the file is written in */
        size_t depth;           /* of boxed expressions */
} DmnLoader;

/* First child element of the file's own namespace; the next one of the name. */
static inline XmlNode *dmn_child(const DmnLoader *l, const XmlNode *n, const char *name)
{
        return xml_child(n, l->ns, str_c(name));
}
static inline XmlNode *dmn_sibling(const DmnLoader *l, const XmlNode *n)
{
        return xml_sibling(n, l->ns, n->name);
}
#define DMN_EACH(l, c, n, name) for (XmlNode *c = dmn_child((l), (n), (name)); c; c = dmn_sibling((l), c))

/* Attribute without prefix, blanks trimmed; empty when absent. */
Status dmn_attr(DmnLoader *l, const XmlNode *n, const char *name, Str *ret) FALLIBLE;
bool dmn_attr_is(const XmlNode *n, const char *name, const char *value);
/* The text of the <text> child; ptr NULL in ret->text: no such child. */
Status dmn_text_child(DmnLoader *l, const XmlNode *n, DmnText *ret) FALLIBLE;
/* The text of an element itself, trimmed. */
Status dmn_own_text(DmnLoader *l, const XmlNode *n, Str *ret) FALLIBLE;

/* The expression among the children of n; *ret NULL when there is none. */
Status dmn_load_expression(DmnLoader *l, const XmlNode *n, DmnBox **ret) FALLIBLE;
/* n itself as an expression; *ret NULL when it is none. */
Status dmn_load_box(DmnLoader *l, const XmlNode *n, DmnBox **ret) FALLIBLE;
/* n is a functionDefinition or encapsulatedLogic. */
Status dmn_load_function(DmnLoader *l, const XmlNode *n, DmnFunction **ret) FALLIBLE;

#endif
