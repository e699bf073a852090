/* The walk never stops at an error of the data: it reports, leaves the member as
 * it was and goes on.  Only a failed allocation or a wrong table ends it.
 * Recursion is as deep as the document, which yaml.h bounds. */
#include "codec/yaml_schema.h"

#include "base/near.h"
#include "base/utf8.h"
#include "codec/numtext.h"

enum { NAME_MAX_BYTES = 64, KEYS_MAX = 256 };

static bool english(const YamlWalk *w)
{
        return w->diag && w->diag->lang == LANG_EN;
}

void yaml_walk_error(YamlWalk *w, const Yaml *node, const char *zh, const char *en, ...)
{
        w->failed = true;
        if (!w->diag)
                return;
        /* The text is made first: diag_error takes its arguments itself. */
        va_list ap;
        va_start(ap, en);
        char *text = arena_vprintf(w->arena, english(w) ? en : zh, ap);
        va_end(ap);
        if (text)
                diag_error(w->diag, yaml_pos(node), "%s", "%s", text);
        else
                w->fatal = ST_NOMEM;
}

Str yaml_title_in(const YamlTitle *t, Lang lang)
{
        Str first = lang == LANG_EN ? t->en : t->zh, second = lang == LANG_EN ? t->zh : t->en;
        return first.ptr ? first : second.ptr ? second : STR("");
}

static bool is_word_letter(uint32_t c)
{
        if (c < 0x80)
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (c == 0x3005 || c == 0x3007)         /* 々 〇 */
                return true;
        return c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) && !(c >= 0x3000 && c <= 0x303F) &&
               !(c >= 0xD800 && c <= 0xF8FF) && !(c >= 0xFE00 && c <= 0xFE6F) && !(c >= 0xFF00 && c <= 0xFFFF) &&
               c <= 0x3FFFF;
}

bool yaml_name_ok(Str s)
{
        if (s.len == 0 || s.len > NAME_MAX_BYTES || (s.ptr[0] >= '0' && s.ptr[0] <= '9'))
                return false;
        for (size_t i = 0; i < s.len;) {
                uint32_t c = utf8_next(s, &i);
                if (!is_word_letter(c) && !(c >= '0' && c <= '9'))
                        return false;
        }
        return true;
}

/* ---- single values ---- */

static bool want_scalar(YamlWalk *w, const Yaml *node, const YamlKey *key, const char *zh, const char *en)
{
        if (node->kind == YAML_KIND_SCALAR)
                return true;
        yaml_walk_error(w, node, "“%s” 应为%s，这里是%s", "\"%s\" should be %s, and is %s", key->name,
                        english(w) ? en : zh, yaml_kind_name(node->kind, english(w) ? LANG_EN : LANG_ZH));
        return false;
}

static bool bad_value(YamlWalk *w, const Yaml *node, const YamlKey *key, const char *zh, const char *en)
{
        yaml_walk_error(w, node, "“%s” 应为%s，不是 “%.*s”", "\"%s\" should be %s, not \"%.*s\"", key->name,
                        english(w) ? en : zh, STR_FMT(node->text));
        return false;
}

static bool read_name(YamlWalk *w, const Yaml *node, const YamlKey *key, Str *ret)
{
        if (!want_scalar(w, node, key, "名称", "a name"))
                return false;
        if (!yaml_name_ok(node->text))
                return bad_value(w, node, key, "名称（汉字、字母、数字、_，不以数字开头，最长 64 字节）",
                                 "a name (letters, digits and _, not beginning with a digit, at most 64 bytes)");
        *ret = node->text;
        return true;
}

static bool read_bool(YamlWalk *w, const Yaml *node, const YamlKey *key, bool *ret)
{
        static const struct { Str word; bool value; } words[] = {
                { STR("true"), true }, { STR("false"), false }, { STR("yes"), true }, { STR("no"), false },
                { STR("是"), true },   { STR("否"), false },
        };
        if (!want_scalar(w, node, key, "true 或 false", "true or false"))
                return false;
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
                if (str_eq(node->text, words[i].word)) {
                        *ret = words[i].value;
                        return true;
                }
        }
        return bad_value(w, node, key, "true 或 false", "true or false");
}

static bool out_of_bounds(YamlWalk *w, const Yaml *node, const YamlKey *key, const char *zh, const char *en)
{
        if (key->max || key->min < 0)
                yaml_walk_error(w, node, "“%s” %s应在 %lld 至 %lld 之间", "\"%s\"%s must be from %lld to %lld",
                                key->name, english(w) ? en : zh, (long long)key->min, (long long)key->max);
        else
                yaml_walk_error(w, node, "“%s” %s至少为 %lld", "\"%s\"%s must be at least %lld", key->name,
                                english(w) ? en : zh, (long long)key->min);
        return false;
}

static bool within(const YamlKey *key, int64_t v)
{
        return (!key->min && !key->max) || (v >= key->min && v <= (key->max || key->min < 0 ? key->max : INT64_MAX));
}

static bool read_int(YamlWalk *w, const Yaml *node, const YamlKey *key, int64_t *ret)
{
        int64_t v;
        if (!want_scalar(w, node, key, "整数", "a whole number"))
                return false;
        if (!str_to_i64(node->text, &v))
                return bad_value(w, node, key, "整数", "a whole number");
        if (!within(key, v))
                return out_of_bounds(w, node, key, "", "");
        *ret = v;
        return true;
}

static bool read_decimal(YamlWalk *w, const Yaml *node, const YamlKey *key, Dec *ret)
{
        if (!want_scalar(w, node, key, "数字", "a number"))
                return false;
        if (dec_parse_exact(node->text, ret) != ST_OK)
                return bad_value(w, node, key, "数字（最多 34 位）", "a number (of at most 34 digits)");
        return true;
}

static bool read_quantity(YamlWalk *w, const Yaml *node, const YamlKey *key, YamlQuantity *ret)
{
        if (!want_scalar(w, node, key, "数量，例如 500万元、50%", "a quantity such as 500万元 or 50%"))
                return false;
        Str s = str_trim(node->text);
        size_t n = 0;
        while (n < s.len && ((s.ptr[n] >= '0' && s.ptr[n] <= '9') || s.ptr[n] == '.' || s.ptr[n] == ',' ||
                             (n == 0 && (s.ptr[n] == '-' || s.ptr[n] == '+'))))
                n++;
        YamlQuantity q = { .at = node, .unit = str_trim(str_n(s.ptr + n, s.len - n)) };
        NumUnit unit;
        if (q.unit.len && numtext_unit(q.unit, &unit))
                q.pow10 = unit.pow10;
        if (n) {
                NumText number;
                NumTextWhy why = NUMTEXT_NOT_NUMBER;
                if (numtext_parse(str_n(s.ptr, n), NUMTEXT_NO_UNIT, &number, &why) != ST_OK) {
                        yaml_walk_error(w, node, "“%s”：%s：“%.*s”", "\"%s\": %s: \"%.*s\"", key->name,
                                        numtext_why_text(why, english(w) ? LANG_EN : LANG_ZH), STR_FMT(node->text));
                        return false;
                }
                q.has_number = true;
                q.value = number.value;
                number.unit.pow10 = q.pow10;
                q.scaled = numtext_scaled(&number);
        } else if (!q.unit.len) {
                return bad_value(w, node, key, "数量，例如 500万元、50%", "a quantity such as 500万元 or 50%");
        }
        *ret = q;
        return true;
}

static bool read_date(YamlWalk *w, const Yaml *node, const YamlKey *key, Date *ret)
{
        if (!want_scalar(w, node, key, "日期", "a date"))
                return false;
        if (date_parse(node->text, ret) != ST_OK)
                return bad_value(w, node, key, "日期，例如 2023-01-31", "a date such as 2023-01-31");
        return true;
}

static bool read_period(YamlWalk *w, const Yaml *node, const YamlKey *key, Period *ret)
{
        if (!want_scalar(w, node, key, "期", "a period"))
                return false;
        if (period_parse(node->text, ret) != ST_OK)
                return bad_value(w, node, key, "期，例如 2023、2023-H1、2023-Q2、2023-06",
                                 "a period such as 2023, 2023-H1, 2023-Q2 or 2023-06");
        return true;
}

/* a、b、c of a list of words that ends in NULL. */
static void list_words(Buf *out, const char *const *words, bool en)
{
        for (size_t i = 0; words[i]; i++)
                buf_printf(out, "%s%s", i ? en ? ", " : "、" : "", words[i]);
}

static bool read_enum(YamlWalk *w, const Yaml *node, const YamlKey *key, int *ret)
{
        if (!want_scalar(w, node, key, "一个词", "a word"))
                return false;
        Near near = { .word = node->text };
        for (int i = 0; key->words[i]; i++) {
                if (str_eq_c(node->text, key->words[i])) {
                        *ret = i;
                        return true;
                }
                near_offer(&near, str_c(key->words[i]));
        }
        if (near.best.ptr) {
                yaml_walk_error(w, node, "“%s” 不能是 “%.*s”，是不是 “%.*s”？",
                                "\"%s\" cannot be \"%.*s\"; did you mean \"%.*s\"?", key->name, STR_FMT(node->text),
                                STR_FMT(near.best));
                return false;
        }
        _cleanup_buf_ Buf all = BUF_INIT(4096);
        list_words(&all, key->words, english(w));
        yaml_walk_error(w, node, "“%s” 不能是 “%.*s”，可以是：%s", "\"%s\" cannot be \"%.*s\"; it can be: %s",
                        key->name, STR_FMT(node->text), buf_cstr(&all));
        return false;
}

static bool read_title(YamlWalk *w, const Yaml *node, const YamlKey *key, YamlTitle *ret)
{
        YamlTitle t = { .at = node };
        if (node->kind == YAML_KIND_SCALAR) {
                t.zh = node->text;
                *ret = t;
                return true;
        }
        if (node->kind == YAML_KIND_LIST)
                return want_scalar(w, node, key, "文本或 {zh: …, en: …}", "a text or {zh: …, en: …}");
        bool good = true;
        for (size_t i = 0; i < node->count; i++) {
                const YamlPair *p = &node->pairs[i];
                bool zh = str_eq(p->key->text, STR("zh")), en = str_eq(p->key->text, STR("en"));
                if (!zh && !en) {
                        yaml_walk_error(w, p->key, "“%s” 中只能有 zh 和 en，没有 “%.*s”",
                                        "\"%s\" has zh and en only, not \"%.*s\"", key->name, STR_FMT(p->key->text));
                        good = false;
                } else if (p->value->kind != YAML_KIND_SCALAR || yaml_is_null(p->value)) {
                        yaml_walk_error(w, p->value, "“%s” 的 %.*s 应为文本", "%s: %.*s should be a text", key->name,
                                        STR_FMT(p->key->text));
                        good = false;
                } else if (zh) {
                        t.zh = p->value->text;
                } else {
                        t.en = p->value->text;
                }
        }
        if (good && !t.zh.ptr) {
                yaml_walk_error(w, node, "“%s” 缺少中文（zh）", "\"%s\" lacks its Chinese text (zh)", key->name);
                good = false;
        }
        if (good)
                *ret = t;
        return good;
}

static bool read_texts(YamlWalk *w, const Yaml *node, const YamlKey *key, bool names, YamlTexts *ret)
{
        size_t n = node->kind == YAML_KIND_LIST ? node->count : 1;
        if (node->kind == YAML_KIND_MAP)
                return want_scalar(w, node, key, "列表", "a list");
        YamlTexts t = { .items = arena_array_of(w->arena, Str, n), .count = n, .at = node };
        if (!t.items) {
                w->fatal = ST_NOMEM;
                return false;
        }
        bool good = true;
        for (size_t i = 0; i < n; i++) {
                const Yaml *item = node->kind == YAML_KIND_LIST ? node->items[i] : node;
                if (yaml_is_null(item)) {
                        yaml_walk_error(w, item, "“%s” 中有空的一项", "an empty item in \"%s\"", key->name);
                        good = false;
                } else if (names) {
                        good &= read_name(w, item, key, &t.items[i]);
                } else if (want_scalar(w, item, key, "文本的列表", "a list of texts")) {
                        t.items[i] = item->text;
                } else {
                        good = false;
                }
        }
        if (good && !within(key, (int64_t)n))
                return out_of_bounds(w, node, key, "的个数", ": the count");
        if (good)
                *ret = t;
        return good;
}

/* ---- objects ---- */

static bool read_object(YamlWalk *w, const Yaml *node, const YamlSchema *schema, Str name, void *object);

static bool read_pointer(YamlWalk *w, const Yaml *node, const YamlKey *key, void **ret)
{
        void *object = arena_calloc(w->arena, 1, key->schema->size);
        if (!object) {
                w->fatal = ST_NOMEM;
                return false;
        }
        *ret = object;          /* also when something in it is wrong: the rest can be looked at */
        return read_object(w, node, key->schema, STR_NONE, object);
}

static bool read_list(YamlWalk *w, const Yaml *node, const YamlKey *key, YamlArray *ret)
{
        bool is_list = node->kind == YAML_KIND_LIST;
        size_t n = is_list ? node->count : 1;
        if (node->kind == YAML_KIND_SCALAR && !key->schema->shorthand) {
                yaml_walk_error(w, node, "“%s” 应为列表，每项是一个%s",
                                "\"%s\" should be a list of mappings, each of them: %s", key->name,
                                english(w) ? key->schema->en : key->schema->zh);
                return false;
        }
        YamlArray a = { .items = arena_calloc(w->arena, n, key->schema->size), .count = n, .at = node };
        if (!a.items) {
                w->fatal = ST_NOMEM;
                return false;
        }
        bool good = within(key, (int64_t)n) || out_of_bounds(w, node, key, "的个数", ": the count");
        for (size_t i = 0; i < n && w->fatal == ST_OK; i++)
                good &= read_object(w, is_list ? node->items[i] : node, key->schema, STR_NONE,
                                    (char *)a.items + i * key->schema->size);
        *ret = a;
        return good;
}

static bool read_map(YamlWalk *w, const Yaml *node, const YamlKey *key, YamlArray *ret)
{
        if (node->kind != YAML_KIND_MAP) {
                yaml_walk_error(w, node, "“%s” 应为映射（名称: %s）", "\"%s\" should be a mapping (name: %s)",
                                key->name, english(w) ? key->schema->en : key->schema->zh);
                return false;
        }
        size_t n = node->count;
        YamlArray a = { .items = arena_calloc(w->arena, n, key->schema->size), .count = n, .at = node };
        if (!a.items) {
                w->fatal = ST_NOMEM;
                return false;
        }
        bool good = within(key, (int64_t)n) || out_of_bounds(w, node, key, "的个数", ": the count");
        for (size_t i = 0; i < n && w->fatal == ST_OK; i++) {
                const YamlPair *p = &node->pairs[i];
                if (!key->schema->any_name && !yaml_name_ok(p->key->text)) {
                        yaml_walk_error(
                                w, p->key, "“%.*s” 不能作%s的名称（汉字、字母、数字、_，不以数字开头）",
                                "\"%.*s\" cannot be the name of: %s (letters, digits and _, not beginning with a digit)",
                                STR_FMT(p->key->text), english(w) ? key->schema->en : key->schema->zh);
                        good = false;
                }
                good &= read_object(w, p->value, key->schema, p->key->text, (char *)a.items + i * key->schema->size);
        }
        *ret = a;
        return good;
}

bool yaml_walk_value(YamlWalk *w, const Yaml *node, const YamlKey *key, void *member)
{
        switch (key->type) {
        case YT_TEXT:
                if (!want_scalar(w, node, key, "文本", "a text"))
                        return false;
                *(Str *)member = node->text;
                return true;
        case YT_NAME:
                return read_name(w, node, key, member);
        case YT_BOOL:
                return read_bool(w, node, key, member);
        case YT_INT:
                return read_int(w, node, key, member);
        case YT_DECIMAL:
                return read_decimal(w, node, key, member);
        case YT_QUANTITY:
                return read_quantity(w, node, key, member);
        case YT_DATE:
                return read_date(w, node, key, member);
        case YT_PERIOD:
                return read_period(w, node, key, member);
        case YT_ENUM:
                return read_enum(w, node, key, member);
        case YT_TITLE:
                return read_title(w, node, key, member);
        case YT_EXPR:
                if (!want_scalar(w, node, key, "表达式", "an expression"))
                        return false;
                *(YamlExpr *)member = (YamlExpr){ .text = node->text, .at = node };
                return true;
        case YT_TEXTS:
        case YT_NAMES:
                return read_texts(w, node, key, key->type == YT_NAMES, member);
        case YT_OBJECT:
                return read_pointer(w, node, key, member);
        case YT_LIST:
                return read_list(w, node, key, member);
        case YT_MAP:
                return read_map(w, node, key, member);
        case YT_NODE:
                *(const Yaml **)member = node;
                return true;
        case YT_CUSTOM: {
                bool before = w->failed;
                w->failed = false;
                key->custom(w, node, member);
                bool good = !w->failed;
                w->failed |= before;
                return good;
        }
        }
        return false;
}

static bool table_is_wrong(const YamlSchema *schema)
{
        static const size_t sizes[] = {
                [YT_TEXT] = sizeof(Str), [YT_NAME] = sizeof(Str), [YT_BOOL] = sizeof(bool), [YT_INT] = sizeof(int64_t),
                [YT_DECIMAL] = sizeof(Dec), [YT_QUANTITY] = sizeof(YamlQuantity), [YT_DATE] = sizeof(Date),
                [YT_PERIOD] = sizeof(Period), [YT_ENUM] = sizeof(int), [YT_TITLE] = sizeof(YamlTitle),
                [YT_EXPR] = sizeof(YamlExpr), [YT_TEXTS] = sizeof(YamlTexts), [YT_NAMES] = sizeof(YamlTexts),
                [YT_OBJECT] = sizeof(void *), [YT_LIST] = sizeof(YamlArray), [YT_MAP] = sizeof(YamlArray),
                [YT_NODE] = sizeof(const Yaml *), [YT_CUSTOM] = 0,
        };
        if (schema->key_count > KEYS_MAX)
                return true;
        for (size_t i = 0; i < schema->key_count; i++) {
                const YamlKey *k = &schema->keys[i];
                bool needs_schema = k->type == YT_OBJECT || k->type == YT_LIST || k->type == YT_MAP;
                if ((sizes[k->type] && sizes[k->type] != k->size) || k->offset + k->size > schema->size ||
                    (needs_schema && !k->schema) || (k->type == YT_ENUM && !k->words) ||
                    (k->type == YT_CUSTOM && !k->custom))
                        return true;
        }
        return false;
}

static const YamlKey *find_key(const YamlSchema *schema, Str name)
{
        for (size_t i = 0; i < schema->key_count; i++)
                if (str_eq_c(name, schema->keys[i].name))
                        return &schema->keys[i];
        return NULL;
}

static void unknown_key(YamlWalk *w, const Yaml *key, const YamlSchema *schema)
{
        Near near = { .word = key->text };
        for (size_t i = 0; i < schema->key_count; i++)
                if (!schema->keys[i].instead)
                        near_offer(&near, str_c(schema->keys[i].name));
        if (near.best.ptr) {
                yaml_walk_error(w, key, "未知的键 “%.*s”，是不是 “%.*s”？",
                                "unknown key \"%.*s\"; did you mean \"%.*s\"?", STR_FMT(key->text), STR_FMT(near.best));
                return;
        }
        _cleanup_buf_ Buf all = BUF_INIT(4096);
        bool first = true;
        for (size_t i = 0; i < schema->key_count; i++) {
                if (schema->keys[i].instead)
                        continue;
                buf_printf(&all, "%s%s", first ? "" : english(w) ? ", " : "、", schema->keys[i].name);
                first = false;
        }
        yaml_walk_error(w, key, "未知的键 “%.*s”；%.*s可用的键：%s", "unknown key \"%.*s\"; keys of %.*s: %s",
                        STR_FMT(key->text), STR_FMT(str_c(english(w) ? schema->en : schema->zh)), buf_cstr(&all));
}

/* One key of the object. */
static void take(YamlWalk *w, const Yaml *node, const YamlKey *key, void *object)
{
        if (yaml_is_null(node) && key->type != YT_NODE && key->type != YT_CUSTOM) {
                if (!key->may_be_null)
                        yaml_walk_error(w, node, "“%s” 没有值", "\"%s\" has no value", key->name);
                return;
        }
        if (!yaml_walk_value(w, node, key, (char *)object + key->offset))
                w->failed = true;
        else if (key->has)
                *((bool *)object + key->has - 1) = true;
}

static void read_keys(YamlWalk *w, const Yaml *node, const YamlSchema *schema, void *object)
{
        uint64_t seen[KEYS_MAX / 64] = { 0 };
        for (size_t i = 0; i < node->count && w->fatal == ST_OK; i++) {
                const YamlPair *p = &node->pairs[i];
                const YamlKey *key = find_key(schema, p->key->text);
                if (!key) {
                        unknown_key(w, p->key, schema);
                        continue;
                }
                size_t at = (size_t)(key - schema->keys);
                seen[at / 64] |= (uint64_t)1 << at % 64;
                if (key->instead)
                        yaml_walk_error(w, p->key, "键 “%s” 不用在这里，请用 “%s”",
                                        "the key \"%s\" is not used here: use \"%s\"", key->name, key->instead);
                else
                        take(w, p->value, key, object);
        }
        for (size_t i = 0; i < schema->key_count; i++)
                if (schema->keys[i].required && !(seen[i / 64] >> i % 64 & 1))
                        yaml_walk_error(w, node, "%s缺少键 “%s”", "%s: the key \"%s\" is missing",
                                        english(w) ? schema->en : schema->zh, schema->keys[i].name);
}

static bool read_object(YamlWalk *w, const Yaml *node, const YamlSchema *schema, Str name, void *object)
{
        if (table_is_wrong(schema)) {
                w->fatal = ST_INTERNAL;
                return false;
        }
        bool before = w->failed;
        w->failed = false;
        if (schema->init)
                schema->init(object);
        if (schema->at)
                memcpy((char *)object + schema->at - 1, &node, sizeof(node));
        if (schema->name && name.ptr)
                memcpy((char *)object + schema->name - 1, &name, sizeof(name));
        const YamlKey *shorthand =
                node->kind != YAML_KIND_MAP && schema->shorthand ? find_key(schema, str_c(schema->shorthand)) : NULL;
        if (node->kind == YAML_KIND_MAP) {
                read_keys(w, node, schema, object);
        } else if (shorthand) {
                take(w, node, shorthand, object);
                for (size_t i = 0; i < schema->key_count; i++)
                        if (schema->keys[i].required && &schema->keys[i] != shorthand)
                                yaml_walk_error(w, node, "%s缺少键 “%s”", "%s: the key \"%s\" is missing",
                                                english(w) ? schema->en : schema->zh, schema->keys[i].name);
        } else {
                yaml_walk_error(w, node, "%s应为映射（键: 值），这里是%s",
                                "%s should be a mapping (key: value), and is %s", english(w) ? schema->en : schema->zh,
                                yaml_kind_name(node->kind, english(w) ? LANG_EN : LANG_ZH));
        }
        if (!w->failed && w->fatal == ST_OK && schema->check)
                schema->check(w, node, object);
        bool good = !w->failed && w->fatal == ST_OK;
        w->failed |= before;
        return good;
}

static Status end_walk(const YamlWalk *w)
{
        return w->fatal != ST_OK ? w->fatal : w->failed ? ST_INVALID : ST_OK;
}

Status yaml_read_with(Arena *a, const Yaml *node, const YamlSchema *schema, void *ctx, Diag *d, void *object)
{
        YamlWalk w = { .arena = a, .diag = d, .ctx = ctx };
        memset(object, 0, schema->size);
        read_object(&w, node, schema, STR_NONE, object);
        return end_walk(&w);
}

Status yaml_read(Arena *a, const Yaml *node, const YamlSchema *schema, Diag *d, void *object)
{
        return yaml_read_with(a, node, schema, NULL, d, object);
}

/* ---- files of definitions ---- */

static size_t kind_of(const Yaml *node, const YamlDefinition *kinds, size_t count)
{
        for (size_t i = 0; node->kind == YAML_KIND_MAP && i < node->count; i++)
                for (size_t k = 0; k < count; k++)
                        if (str_eq_c(node->pairs[i].key->text, kinds[k].key))
                                return k;
        return SIZE_MAX;
}

static void unknown_kind(YamlWalk *w, const Yaml *node, const YamlDefinition *kinds, size_t count)
{
        Near near = { .word = STR("") };
        for (size_t i = 0; node->kind == YAML_KIND_MAP && i < node->count && !near.best.ptr; i++) {
                near.word = node->pairs[i].key->text;
                for (size_t k = 0; k < count; k++)
                        near_offer(&near, str_c(kinds[k].key));
        }
        if (near.best.ptr) {
                yaml_walk_error(w, node, "不认识的定义：未知的键 “%.*s”，是不是 “%.*s”？",
                                "an unknown definition: unknown key \"%.*s\"; did you mean \"%.*s\"?",
                                STR_FMT(near.word), STR_FMT(near.best));
                return;
        }
        _cleanup_buf_ Buf all = BUF_INIT(4096);
        for (size_t k = 0; k < count; k++)
                buf_printf(&all, "%s%s:", k ? english(w) ? ", " : "、" : "", kinds[k].key);
        yaml_walk_error(w, node, "不认识的定义：应有以下键之一：%s",
                        "an unknown definition: it should have one of the keys %s", buf_cstr(&all));
}

Status yaml_read_definitions(Arena *a, const YamlFile *f, const YamlDefinition *kinds, size_t count, YamlFound *found,
                             void *ctx, Diag *d)
{
        YamlWalk w = { .arena = a, .diag = d, .ctx = ctx };
        for (size_t i = 0; i < f->count; i++) {
                const Yaml *doc = f->docs[i];
                bool is_list = doc->kind == YAML_KIND_LIST;
                for (size_t k = 0; k < (is_list ? doc->count : 1); k++) {
                        const Yaml *node = is_list ? doc->items[k] : doc;
                        size_t kind = kind_of(node, kinds, count);
                        if (kind == SIZE_MAX) {
                                unknown_kind(&w, node, kinds, count);
                                continue;
                        }
                        void *object = arena_calloc(a, 1, kinds[kind].schema->size);
                        if (!object)
                                return ST_NOMEM;
                        bool ok = read_object(&w, node, kinds[kind].schema, STR_NONE, object);
                        if (w.fatal != ST_OK)
                                return w.fatal;
                        TRY(found(ctx, kind, object, node, ok));
                }
        }
        return end_walk(&w);
}
