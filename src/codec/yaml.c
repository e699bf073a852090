/* Events become nodes.  Open lists and maps are frames on a heap stack, finished
 * nodes wait on another one until their container closes: nothing recurses, and
 * reading stops at the first node beyond a limit, long before libyaml's own
 * stacks grow.  libyaml looks at most 1,024 characters ahead for a key. */
#include "codec/yaml.h"

#include <yaml.h>

#include "base/map.h"
#include "base/utf8.h"
#include "base/vec.h"

enum { FEW_PAIRS = 12 };

typedef struct Frame {
        Yaml *node;
        size_t first;           /* of its nodes on the stack of pending ones */
} Frame;

VEC_DECLARE(FrameVec, Frame);
VEC_DECLARE(NodeVec, Yaml *);

typedef struct Loader {
        Arena *arena;
        Diag *diag;
        YamlFile *file;
        YamlLimits limits;
        yaml_parser_t parser;
        FrameVec frames;
        NodeVec pending, docs;
        size_t nodes;
        bool failed;            /* something was reported, reading goes on */
} Loader;

static size_t break_length(Str s, size_t i)
{
        const unsigned char *p = (const unsigned char *)s.ptr + i;
        size_t left = s.len - i;
        if (p[0] == '\n')
                return 1;
        if (p[0] == '\r')
                return left > 1 && p[1] == '\n' ? 2 : 1;
        if (p[0] == 0xC2 && left > 1 && p[1] == 0x85)
                return 2;
        if (p[0] == 0xE2 && left > 2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9))
                return 3;
        return 0;
}

static Status find_lines(Arena *a, YamlFile *f)
{
        size_t count = 1;
        for (int pass = 0; pass < 2; pass++) {
                uint32_t *starts = NULL;
                if (pass) {
                        starts = arena_alloc(a, count * sizeof(*starts));
                        if (!starts)
                                return ST_NOMEM;
                        starts[0] = 0;
                        f->line_starts = starts;
                        f->line_count = count;
                }
                size_t n = 1;
                for (size_t i = 0; i < f->text.len;) {
                        unsigned char c = (unsigned char)f->text.ptr[i];
                        size_t len = c > 13 && c < 0xC2 ? 0 : break_length(f->text, i);
                        i += len ? len : 1;
                        if (len) {
                                if (starts)
                                        starts[n] = (uint32_t)i;
                                n++;
                        }
                }
                count = n;
        }
        return ST_OK;
}

static Str line_text(const YamlFile *f, int line)
{
        if (line < 1 || (size_t)line > f->line_count)
                return STR_NONE;
        size_t start = f->line_starts[line - 1];
        size_t end = (size_t)line < f->line_count ? f->line_starts[line] : f->text.len;
        while (end > start && (f->text.ptr[end - 1] == '\n' || f->text.ptr[end - 1] == '\r'))
                end--;
        return str_n(f->text.ptr + start, end - start);
}

static Pos place(const YamlFile *f, int line, int col)
{
        return (Pos){ .file = f->name, .line = line, .col = col, .source = line_text(f, line) };
}

static Pos place_of_offset(const YamlFile *f, size_t offset)
{
        size_t lo = 0, hi = f->line_count;
        while (hi - lo > 1) {
                size_t mid = lo + (hi - lo) / 2;
                if (f->line_starts[mid] <= offset)
                        lo = mid;
                else
                        hi = mid;
        }
        size_t start = f->line_starts[lo];
        return place(f, (int)lo + 1, (int)utf8_len(str_n(f->text.ptr + start, offset - start)) + 1);
}

Pos yaml_pos(const Yaml *node)
{
        return node ? place(node->file, node->line, node->col) : POS_NONE;
}

static size_t byte_at(const YamlFile *f, int line, int col)
{
        Str text = line_text(f, line);
        return f->line_starts[line - 1] + utf8_offset(text, (size_t)col - 1);
}

static bool is_gap(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Walks the scalar's text and its spelling in the file side by side; folded line
 * ends and indentation are gaps in the one or the other. */
Pos yaml_pos_in(const Yaml *node, size_t offset)
{
        if (!node || node->kind != YAML_KIND_SCALAR || node->line < 1 || offset > node->text.len)
                return yaml_pos(node);
        const YamlFile *f = node->file;
        size_t j = byte_at(f, node->line, node->col), end = f->text.len;
        if (node->style == YAML_STYLE_LITERAL || node->style == YAML_STYLE_FOLDED)
                while (j < end && f->text.ptr[j] != '\n')
                        j++;
        else if (node->style != YAML_STYLE_PLAIN)
                j++;
        size_t i = 0;
        while (j < end && (i < offset || (i < node->text.len && node->text.ptr[i] != f->text.ptr[j]))) {
                char want = node->text.ptr[i], got = f->text.ptr[j];
                if (want == got) {
                        j += want == '\'' && node->style == YAML_STYLE_SINGLE ? 2 : 1;
                        i++;
                } else if (is_gap(got)) {
                        j++;
                } else if (is_gap(want) && i < offset) {
                        i++;
                } else {
                        return yaml_pos(node);
                }
        }
        return i == offset && j <= end ? place_of_offset(f, j) : yaml_pos(node);
}

const char *yaml_kind_name(YamlKind kind, Lang lang)
{
        static const char *const names[][2] = {
                [YAML_KIND_SCALAR] = { "单个值", "a single value" },
                [YAML_KIND_LIST] = { "列表", "a list" },
                [YAML_KIND_MAP] = { "映射（键: 值）", "a mapping (key: value)" },
        };
        return names[kind][lang == LANG_EN];
}

Yaml *yaml_get(const Yaml *map, Str key)
{
        if (!map || map->kind != YAML_KIND_MAP)
                return NULL;
        for (size_t i = 0; i < map->count; i++)
                if (str_eq(map->pairs[i].key->text, key))
                        return map->pairs[i].value;
        return NULL;
}

bool yaml_is_null(const Yaml *node)
{
        if (!node || node->kind != YAML_KIND_SCALAR || node->style != YAML_STYLE_PLAIN)
                return false;
        Str t = node->text;
        return t.len == 0 || str_eq(t, STR("~")) || str_eq(t, STR("null")) || str_eq(t, STR("Null")) ||
               str_eq(t, STR("NULL"));
}

/* ---- reading ---- */

static Pos mark_place(const Loader *l, yaml_mark_t m)
{
        /* What is missing at the end of the text stands, for libyaml, on a line after it. */
        if (m.line >= l->file->line_count)
                return place_of_offset(l->file, l->file->text.len);
        return place(l->file, (int)m.line + 1, (int)m.column + 1);
}

/* libyaml's words in Chinese; what is not here is shown as it is. */
static const char *syntax_zh(const char *problem)
{
        static const char *const words[][2] = {
                { "could not find expected ':'", "缺少冒号" },
                { "did not find expected key", "此处应为一个键（看看缩进和引号）" },
                { "did not find expected '-' indicator", "此处应为列表项的 “-”（看看缩进）" },
                { "did not find expected ',' or ']'", "缺少 “,” 或 “]”" },
                { "did not find expected ',' or '}'", "缺少 “,” 或 “}”" },
                { "did not find expected node content", "此处应为一个值" },
                { "did not find expected <document start>", "此处应为新文档的 “---”" },
                { "found unexpected end of stream", "内容到此中断（引号没有结束？）" },
                { "found unexpected document indicator", "引号中出现了文档分隔符" },
                { "mapping values are not allowed in this context", "此处不允许 “键: 值”（多了冒号，或缩进不对）" },
                { "mapping keys are not allowed in this context", "此处不允许出现键" },
                { "block sequence entries are not allowed in this context", "此处不允许列表项 “-”" },
                { "found character that cannot start any token",
                  "此字符不能作为值的开头（制表符、@、` 或 %，请加引号）" },
                { "found unknown escape character", "双引号中的转义不认识" },
                { "found a tab character that violates indentation", "缩进中不能用制表符" },
                { "found a tab character where an indentation space is expected", "缩进中不能用制表符" },
                { "did not find expected hexdecimal number", "转义中应为十六进制数" },
                { "found invalid Unicode character escape code", "转义的字符不存在" },
                { "did not find expected comment or line break", "此处应为注释或换行" },
                { "found unknown directive name", "% 开头的指令不认识（值以 % 开头请加引号）" },
                { "could not find expected directive name", "% 开头的指令没有名字（值以 % 开头请加引号）" },
                { "did not find expected digit or '.' character", "%YAML 后应为版本号" },
                { "found incompatible YAML document", "只支持 YAML 1.1 和 1.2" },
                { "found duplicate %YAML directive", "重复的 %YAML" },
                { "did not find URI escaped octet", "标签写法有误" },
                { "did not find expected alphabetic or numeric character",
                  "锚点或别名（& *）写法有误；值以它们开头请加引号" },
        };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (strcmp(problem, words[i][0]) == 0)
                        return words[i][1];
        return problem;
}

static Status syntax_error(Loader *l)
{
        const yaml_parser_t *p = &l->parser;
        if (p->error == YAML_MEMORY_ERROR)
                return ST_NOMEM;
        const char *problem = p->problem ? p->problem : "?";
        Pos at = p->error == YAML_READER_ERROR
                         ? place_of_offset(l->file, p->problem_offset < l->file->text.len ? p->problem_offset
                                                                                          : l->file->text.len)
                         : mark_place(l, p->problem_mark);
        return diag_raise(l->diag, ST_INVALID, at, "YAML 语法错误：%s", "YAML syntax: %s",
                         l->diag && l->diag->lang == LANG_EN ? problem : syntax_zh(problem));
}

static Status new_node(Loader *l, YamlKind kind, const yaml_event_t *e, const yaml_char_t *anchor,
                       const yaml_char_t *tag, Yaml **ret)
{
        Pos at = mark_place(l, e->start_mark);
        if (anchor)
                return diag_raise(l->diag, ST_INVALID, at, "不允许锚点 “&%s”（文本以 & 开头请加引号）",
                                  "anchors are not allowed: \"&%s\" (put a text that begins with & in quotes)",
                                  (const char *)anchor);
        if (tag)
                return diag_raise(l->diag, ST_INVALID, at, "不允许标签 “%s”（文本以 ! 开头请加引号）",
                                  "tags are not allowed: \"%s\" (put a text that begins with ! in quotes)",
                                  (const char *)tag);
        if (++l->nodes > l->limits.max_nodes)
                return diag_raise(l->diag, ST_LIMIT, at, "节点超过 %zu 个", "more than %zu nodes", l->limits.max_nodes);
        if (kind != YAML_KIND_SCALAR && l->frames.len >= l->limits.max_depth)
                return diag_raise(l->diag, ST_LIMIT, at, "嵌套超过 %u 层", "nested deeper than %u levels",
                                  l->limits.max_depth);
        Yaml *n = arena_new_of(l->arena, Yaml);
        if (!n)
                return ST_NOMEM;
        n->kind = kind;
        n->line = at.line;
        n->col = at.col;
        n->file = l->file;
        *ret = n;
        return ST_OK;
}

static Status open_container(Loader *l, Yaml *n)
{
        Frame f = { .node = n, .first = l->pending.len };
        return VEC_PUSH(&l->frames, f, (size_t)l->limits.max_depth + 1) ? ST_OK : ST_NOMEM;
}

static bool expects_key(const Loader *l)
{
        if (!l->frames.len)
                return false;
        const Frame *f = &l->frames.data[l->frames.len - 1];
        return f->node->kind == YAML_KIND_MAP && (l->pending.len - f->first) % 2 == 0;
}

static Status add_scalar(Loader *l, const yaml_event_t *e)
{
        static const YamlStyle styles[] = {
                [YAML_ANY_SCALAR_STYLE] = YAML_STYLE_PLAIN,
                [YAML_PLAIN_SCALAR_STYLE] = YAML_STYLE_PLAIN,
                [YAML_SINGLE_QUOTED_SCALAR_STYLE] = YAML_STYLE_SINGLE,
                [YAML_DOUBLE_QUOTED_SCALAR_STYLE] = YAML_STYLE_DOUBLE,
                [YAML_LITERAL_SCALAR_STYLE] = YAML_STYLE_LITERAL,
                [YAML_FOLDED_SCALAR_STYLE] = YAML_STYLE_FOLDED,
        };
        Yaml *n;
        TRY(new_node(l, YAML_KIND_SCALAR, e, e->data.scalar.anchor, e->data.scalar.tag, &n));
        Str text = { (const char *)e->data.scalar.value, e->data.scalar.length };
        if (text.len > l->limits.max_scalar)
                return diag_raise(l->diag, ST_LIMIT, yaml_pos(n), "文本超过 %zu 字节", "a text of more than %zu bytes",
                                  l->limits.max_scalar);
        if (text.len && memchr(text.ptr, 0, text.len))
                return diag_raise(l->diag, ST_INVALID, yaml_pos(n), "文本中不允许空字符 \\0",
                                  "the NUL character (\\0) is not allowed in a text");
        n->style = styles[e->data.scalar.style];
        n->text = arena_str(l->arena, text);
        if (!n->text.ptr)
                return ST_NOMEM;
        if (expects_key(l) && text.len == 0)
                return diag_raise(l->diag, ST_INVALID, yaml_pos(n), "键不能为空", "a key must not be empty");
        return VEC_PUSH(&l->pending, n, l->limits.max_nodes) ? ST_OK : ST_NOMEM;
}

static void report_duplicate(Loader *l, const Yaml *first, const Yaml *again)
{
        diag_error(l->diag, yaml_pos(again), "重复的键 “%.*s”（第一次在第 %d 行）",
                   "duplicate key \"%.*s\" (first on line %d)", STR_FMT(again->text), first->line);
        l->file->repeated++;
        l->failed |= !l->limits.keep_repeated;
}

/* Every key that is given again is reported, and leaves the map. */
static Status check_duplicates(Loader *l, Yaml *map)
{
        size_t kept = 0;
        _cleanup_map_ Map seen = MAP_INIT(map->count);
        for (size_t i = 0; i < map->count; i++) {
                Yaml *key = map->pairs[i].key, *first = NULL;
                if (map->count <= FEW_PAIRS) {
                        for (size_t j = 0; !first && j < kept; j++)
                                first = str_eq(map->pairs[j].key->text, key->text) ? map->pairs[j].key : NULL;
                } else {
                        Status st = map_add(&seen, key->text, key);
                        if (st == ST_EXISTS)
                                first = map_get(&seen, key->text);
                        else
                                TRY(st);
                }
                if (first)
                        report_duplicate(l, first, key);
                else
                        map->pairs[kept++] = map->pairs[i];
        }
        map->count = kept;
        return ST_OK;
}

/* The innermost container closes, takes its nodes, and becomes pending itself. */
static Status close_container(Loader *l)
{
        Frame f = l->frames.data[--l->frames.len];
        size_t n = l->pending.len - f.first;
        Yaml **from = n ? l->pending.data + f.first : NULL;
        l->pending.len = f.first;
        if (f.node->kind == YAML_KIND_LIST) {
                f.node->items = arena_array_of(l->arena, Yaml *, n);
                if (!f.node->items)
                        return ST_NOMEM;
                if (n)
                        memcpy(f.node->items, from, n * sizeof(*from));
                f.node->count = n;
        } else {
                f.node->pairs = arena_array_of(l->arena, YamlPair, n / 2);
                if (!f.node->pairs)
                        return ST_NOMEM;
                for (size_t i = 0; i < n / 2; i++)
                        f.node->pairs[i] = (YamlPair){ from[2 * i], from[2 * i + 1] };
                f.node->count = n / 2;
                TRY(check_duplicates(l, f.node));
        }
        return VEC_PUSH(&l->pending, f.node, l->limits.max_nodes) ? ST_OK : ST_NOMEM;
}

static Status on_event(Loader *l, const yaml_event_t *e)
{
        Yaml *n;
        switch (e->type) {
        case YAML_DOCUMENT_START_EVENT:
                if (e->data.document_start.tag_directives.start != e->data.document_start.tag_directives.end)
                        return diag_raise(l->diag, ST_INVALID, mark_place(l, e->start_mark), "不允许 %%TAG 指令",
                                         "the %%TAG directive is not allowed");
                return ST_OK;
        case YAML_DOCUMENT_END_EVENT:
                if (l->pending.len && !yaml_is_null(l->pending.data[0]) &&
                    !VEC_PUSH(&l->docs, l->pending.data[0], l->limits.max_nodes))
                        return ST_NOMEM;
                l->pending.len = 0;
                return ST_OK;
        case YAML_ALIAS_EVENT:
                return diag_raise(l->diag, ST_INVALID, mark_place(l, e->start_mark),
                                  "不允许别名 “*%s”（文本以 * 开头请加引号）",
                                  "aliases are not allowed: \"*%s\" (put a text that begins with * in quotes)",
                                  (const char *)e->data.alias.anchor);
        case YAML_SCALAR_EVENT:
                return add_scalar(l, e);
        case YAML_SEQUENCE_START_EVENT:
        case YAML_MAPPING_START_EVENT:
                if (expects_key(l))
                        return diag_raise(l->diag, ST_INVALID, mark_place(l, e->start_mark),
                                          "键必须是文本（{{ }} 请加引号）",
                                          "a key must be a text (put {{ }} in quotes)");
                if (e->type == YAML_SEQUENCE_START_EVENT)
                        TRY(new_node(l, YAML_KIND_LIST, e, e->data.sequence_start.anchor, e->data.sequence_start.tag,
                                     &n));
                else
                        TRY(new_node(l, YAML_KIND_MAP, e, e->data.mapping_start.anchor, e->data.mapping_start.tag, &n));
                return open_container(l, n);
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
                return close_container(l);
        default:
                return ST_OK;
        }
}

static Status read_events(Loader *l)
{
        for (bool end = false; !end;) {
                yaml_event_t e;
                if (!yaml_parser_parse(&l->parser, &e))
                        return syntax_error(l);
                end = e.type == YAML_STREAM_END_EVENT;
                Status st = on_event(l, &e);
                yaml_event_delete(&e);
                TRY(st);
        }
        return l->failed ? ST_INVALID : ST_OK;
}

static Status check_bytes(const YamlFile *f, Diag *d)
{
        size_t bad = utf8_bad_at(f->text);
        if (bad < f->text.len)
                return diag_raise(d, ST_INVALID, place_of_offset(f, bad), "不是合法的 UTF-8（字节 0x%02X）",
                                 "not valid UTF-8 (byte 0x%02X)", (unsigned char)f->text.ptr[bad]);
        for (size_t i = 0; i < f->text.len; i++) {
                unsigned char c = (unsigned char)f->text.ptr[i];
                if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
                        return diag_raise(d, ST_INVALID, place_of_offset(f, i), "不允许控制字符 0x%02X",
                                         "the control character 0x%02X is not allowed", c);
        }
        return ST_OK;
}

static Status load(Loader *l)
{
        if (!yaml_parser_initialize(&l->parser))
                return ST_NOMEM;
        yaml_parser_set_encoding(&l->parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&l->parser, (const unsigned char *)l->file->text.ptr, l->file->text.len);
        Status st = read_events(l);
        yaml_parser_delete(&l->parser);
        if (st == ST_OK) {
                l->file->docs = arena_array_of(l->arena, Yaml *, l->docs.len);
                if (!l->file->docs)
                        st = ST_NOMEM;
                else if (l->docs.len)
                        memcpy(l->file->docs, l->docs.data, l->docs.len * sizeof(Yaml *));
                l->file->count = l->docs.len;
        }
        VEC_RELEASE(&l->frames);
        VEC_RELEASE(&l->pending);
        VEC_RELEASE(&l->docs);
        return st;
}

Status yaml_parse(Arena *a, Str text, const char *name, const YamlLimits *limits, Diag *d, YamlFile **ret)
{
        YamlLimits lim = limits ? *limits : YAML_LIMITS_DEFAULT;
        if (lim.max_bytes > UINT32_MAX)
                lim.max_bytes = UINT32_MAX;
        if (text.len > lim.max_bytes)
                return diag_raise(d, ST_LIMIT, POS_FILE(name), "YAML 超过 %zu 字节",
                                  "the YAML is larger than %zu bytes", lim.max_bytes);
        if (str_starts(text, STR("\xEF\xBB\xBF")))
                text = str_n(text.ptr + 3, text.len - 3);
        YamlFile *f = arena_new_of(a, YamlFile);
        Status st = ST_NOMEM;
        if (f) {
                f->name = name ? arena_strdup(a, name) : NULL;
                f->text = arena_str(a, text);
                if (f->text.ptr && (f->name || !name))
                        st = find_lines(a, f);
        }
        if (st == ST_OK) {
                TRY(check_bytes(f, d));
                Loader l = { .arena = a, .diag = d, .file = f, .limits = lim };
                st = load(&l);
        }
        if (st == ST_NOMEM)
                return diag_raise(d, ST_NOMEM, POS_FILE(name), "读取 YAML 时内存不足",
                                  "out of memory while reading YAML");
        TRY(st);
        *ret = f;
        return ST_OK;
}
