/* yaml.h -- YAML documents as a tree in which every node knows its place.
 *
 * libyaml's events become Yaml nodes; the subset that definitions need and no
 * more: mappings with scalar keys, sequences, scalars, several documents a file.
 * Refused with file, line, column and caret: malformed UTF-8, control
 * characters, aliases and anchors, tags, %directives other than %YAML, duplicate
 * keys, keys that are no scalars, nesting and sizes beyond the limits.  Scalars
 * stay text together with their style: what `yes` or `0.10` means is for the
 * reader of that key to say (yaml_schema.h); a plain empty scalar, `~` and
 * `null` are YAML's null (yaml_is_null).
 *
 *     YamlFile *f;
 *     TRY(yaml_parse(arena, text, "registers/enterprise.yaml", NULL, diag, &f));
 *     for (size_t i = 0; i < f->count; i++) {
 *             const Yaml *title = yaml_get(f->docs[i], STR("title"));
 *             diag_error(diag, yaml_pos(title), "…", "…");
 *     }
 *
 * The tree, the text it was read from (for carets) and the file's name live in
 * the caller's arena.  Bounded time: reading stops at the first error of syntax
 * or limit; duplicate keys are all reported.
 */
#ifndef KC_CODEC_YAML_H
#define KC_CODEC_YAML_H

#include "base/arena.h"
#include "base/diag.h"

typedef enum YamlKind { YAML_KIND_SCALAR, YAML_KIND_LIST, YAML_KIND_MAP } YamlKind;
typedef enum YamlStyle {
        YAML_STYLE_PLAIN,
        YAML_STYLE_SINGLE,
        YAML_STYLE_DOUBLE,
        YAML_STYLE_LITERAL,
        YAML_STYLE_FOLDED
} YamlStyle;

typedef struct Yaml Yaml;
typedef struct YamlFile YamlFile;

typedef struct YamlPair {
        Yaml *key;                  /* always a scalar */
        Yaml *value;
} YamlPair;

struct Yaml {
        YamlKind kind;
        YamlStyle style;            /* of a scalar */
        int line, col;              /* 1-based, col in characters */
        size_t count;               /* of a list or map */
        const YamlFile *file;
        union {
                Str text;           /* scalar */
                Yaml **items;       /* list */
                YamlPair *pairs;    /* map, in written order */
        };
};

struct YamlFile {
        const char *name;
        Str text;                   /* what was read, without a byte-order mark */
        Yaml **docs;                /* empty documents are left out */
        size_t count;
        size_t repeated;            /* keys that were given again, with keep_repeated */
        const uint32_t *line_starts;        /* byte offset of each line */
        size_t line_count;
};

typedef struct YamlLimits {
        size_t max_bytes;
        uint32_t max_depth;
        size_t max_nodes;
        size_t max_scalar;          /* bytes of one scalar */
        /* A key that is given again is reported, the first one stands, and reading goes on: for a reader that wants to
         * say everything at once and refuses the file by `repeated`. */
        bool keep_repeated;
} YamlLimits;
#define YAML_LIMITS_DEFAULT ((YamlLimits){ .max_bytes = (size_t)8 << 20, .max_depth = 40, \
                                           .max_nodes = 1000000, .max_scalar = (size_t)1 << 20 })

/* limits NULL: the default.  ST_INVALID, ST_LIMIT, ST_NOMEM. */
Status yaml_parse(Arena *a, Str text, const char *name, const YamlLimits *limits, Diag *d, YamlFile **ret) FALLIBLE;

/* Value of a key in a map; NULL when absent, or when node is NULL or no map. */
Yaml *yaml_get(const Yaml *map, Str key);
/* A plain scalar that is empty, ~, null, Null or NULL. */
bool yaml_is_null(const Yaml *node);
/* The place with the line's text, for diag.h. */
Pos yaml_pos(const Yaml *node);
/* The place of a character inside a scalar (byte offset into node->text), exact for
 * plain and quoted scalars on one line without escapes and for literal blocks;
 * otherwise the scalar's beginning.  For errors inside an expression. */
Pos yaml_pos_in(const Yaml *node, size_t offset);
/* "映射"/"mapping" …, for messages. */
const char *yaml_kind_name(YamlKind kind, Lang lang);

#endif
