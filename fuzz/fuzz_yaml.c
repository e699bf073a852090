/* YAML: every node has a place in the text, and tables read any tree without harm. */
#include "codec/yaml_schema.h"
#include "fuzz/fuzz.h"

typedef struct Thing Thing;
struct Thing {
        const Yaml *at;
        Str name, text;
        bool truth;
        int64_t number;
        Dec decimal;
        YamlQuantity quantity;
        Date date;
        Period period;
        int word;
        YamlTitle title;
        YamlExpr expression;
        YamlTexts texts;
        Thing *inner;
        YamlArray list, map;
};

static const char *const words[] = { "a", "bb", "ccc", NULL };
static const YamlSchema thing_schema;
static const YamlKey thing_keys[] = {
        YAML_KEY(Thing, text, "a", YT_TEXT),
        YAML_KEY(Thing, truth, "b", YT_BOOL),
        YAML_KEY(Thing, number, "c", YT_INT, .min = -5, .max = 5),
        YAML_KEY(Thing, decimal, "d", YT_DECIMAL),
        YAML_KEY(Thing, quantity, "e", YT_QUANTITY),
        YAML_KEY(Thing, date, "f", YT_DATE),
        YAML_KEY(Thing, period, "g", YT_PERIOD),
        YAML_KEY(Thing, word, "h", YT_ENUM, .words = words),
        YAML_KEY(Thing, title, "i", YT_TITLE),
        YAML_KEY(Thing, expression, "j", YT_EXPR, .required = true),
        YAML_KEY(Thing, texts, "k", YT_TEXTS, .max = 3),
        YAML_KEY(Thing, inner, "l", YT_OBJECT, .schema = &thing_schema),
        YAML_KEY(Thing, list, "m", YT_LIST, .schema = &thing_schema, .may_be_null = true),
        YAML_KEY(Thing, map, "n", YT_MAP, .schema = &thing_schema),
};
static const YamlSchema thing_schema = YAML_SCHEMA(Thing, "物", "a thing", thing_keys, .at = YAML_AT(Thing, at),
                                                   .name = YAML_NAME_AT(Thing, name), .shorthand = "j");

static void check_node(const Yaml *n)
{
        Pos p = yaml_pos(n);
        FUZZ_ASSERT(p.line >= 1 && (size_t)p.line <= n->file->line_count && p.col >= 1);
        switch (n->kind) {
        case YAML_KIND_SCALAR:
                for (size_t i = 0; i <= n->text.len && i < 200; i++) {
                        p = yaml_pos_in(n, i);
                        FUZZ_ASSERT(p.line >= n->line && (size_t)p.line <= n->file->line_count && p.col >= 1);
                }
                break;
        case YAML_KIND_LIST:
                for (size_t i = 0; i < n->count; i++)
                        check_node(n->items[i]);
                break;
        case YAML_KIND_MAP:
                for (size_t i = 0; i < n->count; i++) {
                        check_node(n->pairs[i].key);
                        check_node(n->pairs[i].value);
                        FUZZ_ASSERT(yaml_get(n, n->pairs[i].key->text) == n->pairs[i].value);
                }
                break;
        }
}

static Status found(void *ctx, size_t kind, void *object, const Yaml *node, bool ok)
{
        (void)ctx;
        (void)kind;
        (void)ok;
        FUZZ_ASSERT(((Thing *)object)->at == node);
        return ST_OK;
}

void fuzz_one(Str input)
{
        static const YamlDefinition kinds[] = { { "j", &thing_schema }, { "a", &thing_schema } };
        YamlLimits limits = { .max_bytes = 1 << 16, .max_depth = 20, .max_nodes = 5000, .max_scalar = 10000 };
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        YamlFile *f;
        Status st = yaml_parse(a, input, "fuzz", &limits, &d, &f);
        FUZZ_ASSERT((st == ST_OK) == (d.errors == 0));
        if (st != ST_OK)
                return;
        for (size_t i = 0; i < f->count; i++)
                check_node(f->docs[i]);
        st = yaml_read_definitions(a, f, kinds, 2, found, NULL, &d);
        FUZZ_ASSERT((st == ST_OK) == (d.errors == 0));
}
