/* lexicon.c -- the words the reading goes by: YAML lists in one tree of characters.
 *
 * Each list is a class, a bit; a word that stands in several lists has several bits.  The tree's edges are one
 * hash table keyed by (node, character), so a look-up costs a step a character whatever the lexicon's size. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>

#include "base/utf8.h"
#include "base/vec.h"
#include "codec/source.h"
#include "codec/yaml_schema.h"
#include "meeting/meeting_int.h"

enum { WORDS_MAX = 100000, NODES_MAX = 400000, WORD_CHARS_MAX = 32, FILES_MAX = 64, FILE_BYTES_MAX = 1 << 20 };

typedef struct Edge {
        uint64_t key;               /* node << 21 | character, + 1; 0 empty */
        uint32_t node;
} Edge;

struct MeetingLexicon {
        Edge *edges;
        size_t edge_cap, edge_count;
        uint64_t *masks;            /* by node */
        size_t node_count, node_cap;
        size_t words;
        uint64_t first[0x10000];    /* the classes of the words that begin with a character */
        uint32_t last_max;          /* longest word */
};

typedef struct LexFile {
        YamlTexts lists[LEX_COUNT_];
        bool has[LEX_COUNT_];
} LexFile;

#define LEX_KEY(id, text, zh, en) \
        { .name = (text), .type = YT_TEXTS, .offset = offsetof(LexFile, lists) + LEX_##id * sizeof(YamlTexts), \
          .size = sizeof(YamlTexts), .has = offsetof(LexFile, has) + LEX_##id * sizeof(bool) + 1 },
static const YamlKey lex_keys[] = { LEX_LIST(LEX_KEY) };
static const YamlSchema lex_schema = YAML_SCHEMA(LexFile, "会议词表", "meeting lexicon", lex_keys);

static size_t edge_slot(const Edge *edges, size_t cap, uint64_t key)
{
        uint64_t h = key * 0x9E3779B97F4A7C15u;
        size_t i = (size_t)(h >> 32) & (cap - 1);
        while (edges[i].key && edges[i].key != key)
                i = (i + 1) & (cap - 1);
        return i;
}

static uint64_t edge_key(uint32_t node, uint32_t c)
{
        return (((uint64_t)node << 21) | c) + 1;
}

static Status grow_edges(MeetingLexicon *lex)
{
        size_t cap = lex->edge_cap ? lex->edge_cap * 2 : 16384;
        Edge *edges = mem_calloc(cap, sizeof(Edge));
        if (!edges)
                return ST_NOMEM;
        for (size_t i = 0; i < lex->edge_cap; i++)
                if (lex->edges[i].key)
                        edges[edge_slot(edges, cap, lex->edges[i].key)] = lex->edges[i];
        mem_free(lex->edges);
        lex->edges = edges;
        lex->edge_cap = cap;
        return ST_OK;
}

static Status add_word(MeetingLexicon *lex, Str word, uint64_t mask)
{
        uint32_t node = 0, chars = 0;
        for (size_t pos = 0; pos < word.len;) {
                uint32_t c = utf8_next(word, &pos);
                if (chars++ == 0 && c < 0x10000)
                        lex->first[c] |= mask;
                if ((lex->edge_count + 1) * 2 > lex->edge_cap)
                        TRY(grow_edges(lex));
                uint64_t key = edge_key(node, c);
                size_t slot = edge_slot(lex->edges, lex->edge_cap, key);
                if (!lex->edges[slot].key) {
                        if (lex->node_count >= NODES_MAX)
                                return ST_LIMIT;
                        if (!vec_reserve_((void **)&lex->masks, &lex->node_cap, lex->node_count + 1, sizeof(uint64_t),
                                          NODES_MAX))
                                return ST_NOMEM;
                        lex->masks[lex->node_count] = 0;
                        lex->edges[slot] = (Edge){ .key = key, .node = (uint32_t)lex->node_count++ };
                        lex->edge_count++;
                }
                node = lex->edges[slot].node;
        }
        lex->masks[node] |= mask;
        lex->words++;
        if (chars > lex->last_max)
                lex->last_max = chars;
        return ST_OK;
}

void meeting_lexicon_free(MeetingLexicon *lex)
{
        if (!lex)
                return;
        mem_free(lex->edges);
        mem_free(lex->masks);
        mem_free(lex);
}

size_t meeting_lexicon_words(const MeetingLexicon *lex)
{
        return lex->words;
}

static Status read_file(Arena *a, const MeetingFile *file, Diag *d, bool *ret_has, MeetingLexicon *lex)
{
        YamlFile *yaml;
        TRY(yaml_parse(a, file->text, file->name, NULL, d, &yaml));
        Status st = ST_OK;
        for (size_t k = 0; k < yaml->count; k++) {
                LexFile *lists = arena_new_of(a, LexFile);
                if (!lists)
                        return ST_NOMEM;
                Status one = yaml_read(a, yaml->docs[k], &lex_schema, d, lists);
                if (one != ST_OK && one != ST_INVALID)
                        return one;
                if (one != ST_OK)
                        st = one;
                for (size_t c = 0; c < LEX_COUNT_; c++) {
                        ret_has[c] |= lists->has[c];
                        const YamlTexts *list = &lists->lists[c];
                        for (size_t i = 0; i < list->count; i++) {
                                size_t chars = utf8_len(list->items[i]);
                                const Yaml *at = list->at && list->at->kind == YAML_KIND_LIST && i < list->at->count ?
                                                 list->at->items[i] : list->at;
                                if (!chars || chars > WORD_CHARS_MAX) {
                                        st = diag_raise(d, ST_INVALID, at ? yaml_pos(at) : POS_FILE(file->name),
                                                        "词应有 1 至 %d 个字", "a word has 1 to %d characters",
                                                        WORD_CHARS_MAX);
                                        continue;
                                }
                                if (lex->words >= WORDS_MAX)
                                        return diag_fail(d, ST_LIMIT, POS_FILE(file->name), "词表超过 %d 个词",
                                                         "more than %d words in the lexicon", WORDS_MAX);
                                TRY(add_word(lex, list->items[i], (uint64_t)1 << c));
                        }
                }
        }
        return st;
}

static Status lexicon_empty(MeetingLexicon **ret)
{
        MeetingLexicon *lex = mem_calloc(1, sizeof(*lex));
        if (!lex)
                return ST_NOMEM;
        Status st = grow_edges(lex);
        if (st == ST_OK && !vec_reserve_((void **)&lex->masks, &lex->node_cap, 1, sizeof(uint64_t), NODES_MAX))
                st = ST_NOMEM;
        if (st != ST_OK) {
                meeting_lexicon_free(lex);
                return st;
        }
        lex->masks[0] = 0;
        lex->node_count = 1;
        *ret = lex;
        return ST_OK;
}

/* A list named by one of the files replaces the built-in list of that name. */
Status meeting_lexicon_new(const MeetingFile *files, size_t count, Diag *d, MeetingLexicon **ret)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        _cleanup_meeting_lexicon_ MeetingLexicon *lex = NULL;
        bool has[LEX_COUNT_] = { false };
        if (!a)
                return ST_NOMEM;
        TRY(lexicon_empty(&lex));
        Status st = ST_OK;
        for (size_t i = 0; i < count; i++) {
                Status one = read_file(a, &files[i], d, has, lex);
                if (one != ST_OK && one != ST_INVALID)
                        return one;
                if (one != ST_OK)
                        st = one;
        }
        TRY(st);
        for (size_t i = 0; i < meeting_builtin_count; i++) {
                const MeetingBuiltin *b = &meeting_builtin[i];
                YamlFile *yaml;
                TRY(yaml_parse(a, str_n(b->begin, (size_t)(b->end - b->begin)), b->name, NULL, d, &yaml));
                for (size_t k = 0; k < yaml->count; k++) {
                        LexFile *lists = arena_new_of(a, LexFile);
                        if (!lists)
                                return ST_NOMEM;
                        TRY(yaml_read(a, yaml->docs[k], &lex_schema, d, lists));
                        for (size_t c = 0; c < LEX_COUNT_; c++)
                                for (size_t w = 0; !has[c] && w < lists->lists[c].count; w++)
                                        TRY(add_word(lex, lists->lists[c].items[w], (uint64_t)1 << c));
                }
        }
        *ret = TAKE(lex);
        return ST_OK;
}

Status meeting_lexicon_default(Diag *d, MeetingLexicon **ret)
{
        return meeting_lexicon_new(NULL, 0, d, ret);
}

static Status add_file(Arena *a, const char *dir, const char *name, Diag *d, MeetingFile *files, size_t *count)
{
        if (name[0] == '.' || !str_ends(str_c(name), STR(".yaml")))
                return ST_OK;
        char *path = arena_printf(a, "%s/meeting/%s", dir, name);
        if (!path)
                return ST_NOMEM;
        if (*count >= FILES_MAX)
                return diag_fail(d, ST_LIMIT, POS_FILE(path), "词表文件超过 %d 个", "more than %d lexicon files",
                                 FILES_MAX);
        _cleanup_buf_ Buf text = BUF_INIT(FILE_BYTES_MAX);
        TRY(file_read_all(path, &text, d));
        Str copy = arena_str(a, buf_str(&text));
        if (!copy.ptr)
                return ST_NOMEM;
        files[(*count)++] = (MeetingFile){ .name = path, .text = copy };
        return ST_OK;
}

Status meeting_lexicon_load(const char *pack_dir, Diag *d, MeetingLexicon **ret)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)80 << 20);
        if (!a)
                return ST_NOMEM;
        char *folder = arena_printf(a, "%s/meeting", pack_dir);
        MeetingFile *files = arena_array_of(a, MeetingFile, FILES_MAX);
        if (!folder || !files)
                return ST_NOMEM;
        size_t count = 0;
        DIR *dir = opendir(folder);
        if (!dir && errno != ENOENT && errno != ENOTDIR)
                return diag_fail(d, ST_IO, POS_FILE(folder), "无法打开目录：%s", "cannot open the folder: %s",
                                 strerror(errno));
        Status st = ST_OK;
        for (struct dirent *e; dir && st == ST_OK && (e = readdir(dir)); )
                st = add_file(a, pack_dir, e->d_name, d, files, &count);
        if (dir)
                closedir(dir);
        TRY(st);
        return meeting_lexicon_new(files, count, d, ret);
}

uint32_t lex_at(const MeetingLexicon *lex, const uint32_t *cp, uint32_t i, uint32_t end, uint64_t classes,
                uint64_t *ret_mask)
{
        uint32_t node = 0, best = 0;
        uint64_t mask = 0;
        if (i >= end || cp[i] >= 0x10000 || !(lex->first[cp[i]] & classes))
                return 0;
        for (uint32_t k = i; k < end; k++) {
                size_t slot = edge_slot(lex->edges, lex->edge_cap, edge_key(node, cp[k]));
                if (!lex->edges[slot].key)
                        break;
                node = lex->edges[slot].node;
                if (lex->masks[node] & classes) {
                        best = k + 1 - i;
                        mask = lex->masks[node];
                }
        }
        if (best && ret_mask)
                *ret_mask = mask;
        return best;
}

uint32_t lex_before(const MeetingLexicon *lex, const uint32_t *cp, uint32_t start, uint32_t end, uint64_t classes)
{
        uint32_t most = end - start < lex->last_max ? end - start : lex->last_max;
        for (uint32_t n = most; n > 0; n--)
                if (lex_at(lex, cp, end - n, end, classes, NULL) == n)
                        return n;
        return 0;
}

uint32_t lex_find(const MeetingLexicon *lex, const uint32_t *cp, uint32_t start, uint32_t end, uint64_t classes,
                  uint32_t *ret_len)
{
        for (uint32_t i = start; i < end; i++) {
                uint32_t n = lex_at(lex, cp, i, end, classes, NULL);
                if (n) {
                        if (ret_len)
                                *ret_len = n;
                        return i;
                }
        }
        return MEETING_NONE;
}
