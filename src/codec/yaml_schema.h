/* yaml_schema.h -- definitions by table: what keys a mapping has, of what kind, and where they go.
 *
 * The reader of a definition writes tables, no code.  One YamlSchema describes a
 * C struct; its YamlKeys say for each key of the mapping its kind and the member
 * that takes it.  yaml_read walks a node, fills the struct (in the caller's
 * arena) and reports everything that is wrong in one go, each with
 * file:line:column and the line for a caret: unknown keys (with the nearest known
 * one), missing required keys, wrong kinds, words that are not in the list,
 * numbers out of bounds, dates that do not exist.
 *
 *     typedef struct Rule { const Yaml *at; YamlExpr when; YamlTitle say; int level; } Rule;
 *     typedef struct Register { const Yaml *at; Str name; YamlTitle title; YamlArray fields, rules; } Register;
 *
 *     static const char *const levels[] = { "error", "explain", "warning", NULL };    // 0, 1, 2
 *     static const YamlKey rule_keys[] = {
 *             YAML_KEY(Rule, when, "when", YT_EXPR, .required = true),
 *             YAML_KEY(Rule, say, "say", YT_TITLE, .required = true),
 *             YAML_KEY(Rule, level, "level", YT_ENUM, .words = levels),
 *     };
 *     static const YamlSchema rule_schema = YAML_SCHEMA(Rule, "规则", "rule", rule_keys, .at = YAML_AT(Rule, at));
 *     static const YamlKey register_keys[] = {
 *             YAML_KEY(Register, name, "register", YT_NAME, .required = true),
 *             YAML_KEY(Register, title, "title", YT_TITLE),
 *             YAML_KEY(Register, fields, "fields", YT_MAP, .schema = &field_schema, .required = true, .min = 1),
 *             YAML_KEY(Register, rules, "rules", YT_LIST, .schema = &rule_schema),
 *     };
 *     static const YamlSchema register_schema = YAML_SCHEMA(Register, "库", "register", register_keys, …);
 *
 *     Register *r = arena_new_of(arena, Register);
 *     TRY(yaml_read(arena, node, &register_schema, diag, r));
 *     for (size_t i = 0; i < r->rules.count; i++)
 *             use(&((Rule *)r->rules.items)[i]);
 *
 * A member's C type follows from the kind (checked when the table is first used;
 * a wrong size is ST_INTERNAL):
 *
 *     YT_TEXT      Str            any scalar except null
 *     YT_NAME      Str            a word for expressions and tables: letters (Chinese too),
 *                                 digits, "_", not beginning with a digit; at most 64 bytes
 *     YT_BOOL      bool           true false (yes no 是 否)
 *     YT_INT       int64_t        within min..max when these are given
 *     YT_DECIMAL   Dec
 *     YT_QUANTITY  YamlQuantity   500万元, 50%, 30 days, 元: a number, a unit, or both
 *     YT_DATE      Date           2023-01-31
 *     YT_PERIOD    Period         2023, 2023-H1, 2023-Q2, 2023-06
 *     YT_ENUM      int            position in words
 *     YT_TITLE     YamlTitle      text, or {zh: …, en: …}
 *     YT_EXPR      YamlExpr       FEEL text with its place
 *     YT_TEXTS     YamlTexts      a list of scalars; a single one counts as a list of one
 *     YT_NAMES     YamlTexts      the same, each a YT_NAME
 *     YT_OBJECT    T *            a struct by .schema, NULL when absent
 *     YT_LIST      YamlArray      structs by .schema; a single mapping counts as a list of one
 *     YT_MAP       YamlArray      name -> struct by .schema, in written order; the name goes into
 *                                 the struct's member of YamlSchema.name
 *     YT_NODE      const Yaml *   as it is
 *     YT_CUSTOM    anything       filled by .custom
 *
 * Absent keys leave the member as it was: zero, or what YamlSchema.init put there.
 */
#ifndef KC_CODEC_YAML_SCHEMA_H
#define KC_CODEC_YAML_SCHEMA_H

#include "base/date.h"
#include "base/decimal.h"
#include "base/period.h"
#include "codec/yaml.h"

typedef struct YamlTitle {
        Str zh, en;                 /* en ptr NULL when only a plain text was given */
        const Yaml *at;
} YamlTitle;
/* In the language, or the other one when it is missing; "" when there is none. */
Str yaml_title_in(const YamlTitle *t, Lang lang);

typedef struct YamlExpr {
        Str text;                   /* ptr NULL: absent */
        const Yaml *at;             /* yaml_pos_in(at, offset) is the place of a character */
} YamlExpr;

typedef struct YamlQuantity {
        bool has_number;
        Dec value;                  /* as written: 500 of 500万元 */
        int pow10;                  /* of the unit: 4 for 万, 8 for 亿, -2 for %, else 0 */
        Dec scaled;                 /* value * 10^pow10 */
        Str unit;                   /* as written, without blanks: "万元", "%", "working days"; may be "" */
        const Yaml *at;
} YamlQuantity;

typedef struct YamlTexts {
        Str *items;
        size_t count;
        const Yaml *at;
} YamlTexts;

typedef struct YamlArray {
        void *items;                /* structs of schema->size, contiguous */
        size_t count;
        const Yaml *at;
} YamlArray;

typedef enum YamlType {
        YT_TEXT, YT_NAME, YT_BOOL, YT_INT, YT_DECIMAL, YT_QUANTITY, YT_DATE, YT_PERIOD, YT_ENUM, YT_TITLE,
        YT_EXPR, YT_TEXTS, YT_NAMES, YT_OBJECT, YT_LIST, YT_MAP, YT_NODE, YT_CUSTOM
} YamlType;

typedef struct YamlSchema YamlSchema;

/* The state of one walk, for custom readers and checks. */
typedef struct YamlWalk {
        Arena *arena;
        Diag *diag;
        void *ctx;                  /* of yaml_read_with */
        bool failed;                /* an error was reported: the walk goes on, its end is ST_INVALID */
        Status fatal;               /* ST_NOMEM, ST_INTERNAL: the walk stops */
        int depth;
} YamlWalk;

typedef struct YamlKey {
        const char *name;           /* may hold blanks: "when over" */
        YamlType type;
        size_t offset, size;        /* of the member */
        bool required;
        bool may_be_null;           /* `key:` alone counts as absent instead of an error */
        const char *const *words;   /* YT_ENUM: ends in NULL */
        const YamlSchema *schema;   /* YT_OBJECT, YT_LIST, YT_MAP */
        int64_t min, max;           /* YT_INT: bounds; YT_LIST, YT_MAP, YT_TEXTS: of the count; both 0: none */
        size_t has;                 /* YAML_HAS(T, member): a bool set when the key was there; 0 none */
        void (*custom)(YamlWalk *w, const Yaml *node, void *member);        /* YT_CUSTOM: reports by yaml_walk_error */
        const char *instead;        /* the key is known but no longer (or not here) allowed: the key to use */
} YamlKey;

struct YamlSchema {
        const char *zh, *en;        /* what it is, for messages: "指标", "indicator" */
        size_t size;
        const YamlKey *keys;
        size_t key_count;
        const char *shorthand;      /* a scalar or list in place of the mapping is the value of this key; or NULL */
        size_t at;                  /* YAML_AT(T, member): a const Yaml * that takes the node; 0 none */
        size_t name;                /* YAML_NAME_AT(T, member): a Str that takes the name in a YT_MAP; 0 none */
        bool any_name;              /* names of a YT_MAP may be any text; otherwise as YT_NAME */
        void (*init)(void *object);
        /* After the object is filled without errors of its own: what tables cannot say. */
        void (*check)(YamlWalk *w, const Yaml *node, void *object);
};

#define YAML_KEY(T, member, key, kind, ...)                                                         \
        { .name = (key), .type = (kind), .offset = offsetof(T, member),                             \
          .size = sizeof(((T *)0)->member), __VA_ARGS__ }
#define YAML_HAS(T, member) (offsetof(T, member) + 1)
#define YAML_AT(T, member) (offsetof(T, member) + 1)
#define YAML_NAME_AT(T, member) (offsetof(T, member) + 1)
#define YAML_SCHEMA(T, name_zh, name_en, key_table, ...)                                            \
        { .zh = (name_zh), .en = (name_en), .size = sizeof(T), .keys = (key_table),                 \
          .key_count = ARRAY_LEN(key_table), __VA_ARGS__ }

/* Fills object (schema->size bytes, zeroed here).  ST_INVALID after reporting
 * everything: what was right is filled in all the same, so that a caller can go
 * on looking for more.  ST_NOMEM, ST_INTERNAL stop at once. */
Status yaml_read(Arena *a, const Yaml *node, const YamlSchema *schema, Diag *d, void *object) FALLIBLE;
Status yaml_read_with(Arena *a, const Yaml *node, const YamlSchema *schema, void *ctx, Diag *d, void *object) FALLIBLE;

/* Files in which every document is one definition, or a list of definitions,
 * and the kind of each is told by the key it has (`register:`, `indicator:` …). */
typedef struct YamlDefinition {
        const char *key;
        const YamlSchema *schema;
} YamlDefinition;
/* Calls found for each, in order, with the position in kinds and the object in the
 * arena, also when it had errors (ok false).  A definition of none of the kinds is an
 * error that lists them.  ST_INVALID when anything was reported; a fatal status of
 * found stops. */
typedef Status YamlFound(void *ctx, size_t kind, void *object, const Yaml *node, bool ok);
Status yaml_read_definitions(Arena *a, const YamlFile *f, const YamlDefinition *kinds, size_t count, YamlFound *found,
                             void *ctx, Diag *d) FALLIBLE;

/* For custom readers: an error at the node. */
void yaml_walk_error(YamlWalk *w, const Yaml *node, const char *zh, const char *en, ...)
        __attribute__((format(printf, 3, 5), format(printf, 4, 5)));
/* One value of a kind, for custom readers that handle several shapes; false: reported. */
bool yaml_walk_value(YamlWalk *w, const Yaml *node, const YamlKey *key, void *member);
bool yaml_name_ok(Str s);

#endif
