/* names.c -- names of several parts: words and the symbols . / - ' + *.
 *
 * An index of them is a tree of parts: one step down for each word or symbol, found
 * by a hash of where one stands and the part.  To find the longest known name that
 * begins at a place costs as many steps as parts of it stand there, however many
 * names begin alike.
 */
#include "feel/lex.h"

#include "base/utf8.h"

Str feel_name_normalize(Arena *a, Str name, Status *ret_st)
{
        *ret_st = ST_INVALID;
        Lexer lx = { .text = name };
        if (name.len == 0 || name.len > UINT32_MAX / 2)
                return STR_NONE;
        char *out = arena_alloc(a, name.len + 1);
        if (!out) {
                *ret_st = ST_NOMEM;
                return STR_NONE;
        }
        size_t o = 0;
        bool after_word = false;
        uint32_t p = feel_skip_blanks(&lx, 0);
        while (p < name.len) {
                uint32_t e = feel_word_end(name, p, o == 0);
                if (e > p) {
                        if (after_word)
                                out[o++] = ' ';
                        memcpy(out + o, name.ptr + p, e - p);
                        o += e - p;
                        after_word = true;
                } else if (o > 0 && feel_is_name_symbol(name.ptr[p])) {
                        e = p + 1;
                        out[o++] = name.ptr[p];
                        after_word = false;
                } else {
                        return STR_NONE;
                }
                /* Two symbols "//" would read as a comment: a name is not text with comments. */
                p = e;
                while (p < name.len) {
                        size_t q = p;
                        if (!feel_is_blank(utf8_next(name, &q)))
                                break;
                        p = (uint32_t)q;
                }
        }
        if (o == 0)
                return STR_NONE;
        out[o] = '\0';
        *ret_st = ST_OK;
        return (Str){ out, o };
}

bool feel_is_name(Str s)
{
        Lexer lx = { .text = s };
        if (s.len == 0 || s.len > UINT32_MAX / 2 || feel_skip_blanks(&lx, 0) != 0)
                return false;
        uint32_t p = feel_word_end(s, 0, true);
        if (p == 0)
                return false;
        while (p < s.len) {
                uint32_t e = feel_word_end(s, p, false);
                size_t q = p;
                if (e > p)
                        p = e;
                else if (feel_is_name_symbol(s.ptr[p]))
                        p++;
                else if (feel_is_blank(utf8_next(s, &q)))
                        p = (uint32_t)q;
                else
                        return false;
        }
        return true;
}

bool feel_is_plain_name(Str s)
{
        if (!feel_is_name(s))
                return false;
        bool after_word = false;
        for (uint32_t p = 0; p < s.len;) {
                uint32_t e = feel_word_end(s, p, false);
                if (e > p) {
                        after_word = true;
                        p = e;
                } else if (s.ptr[p] == ' ') {
                        if (!after_word || p + 1 >= s.len || feel_word_end(s, p + 1, false) == p + 1)
                                return false;
                        p++;
                } else if (!feel_is_name_symbol(s.ptr[p]) ||
                           (s.ptr[p] == '/' && p + 1 < s.len && (s.ptr[p + 1] == '/' || s.ptr[p + 1] == '*'))) {
                        return false;           /* another blank, or what would read as a comment */
                } else {
                        after_word = false;
                        p++;
                }
        }
        return true;
}

uint32_t feel_name_at(Str normal, Lexer *lx, uint32_t pos)
{
        Str t = lx->text;
        uint32_t p = pos, end = pos;
        size_t n = 0;
        while (n < normal.len) {
                if (normal.ptr[n] == ' ')
                        n++;
                uint32_t word = feel_word_end(normal, (uint32_t)n, false);
                if (word > n) {
                        uint32_t e = feel_word_end(t, p, false);
                        if (e - p != word - n || memcmp(t.ptr + p, normal.ptr + n, e - p) != 0)
                                return 0;
                        n = word;
                        end = e;
                } else {
                        if (p >= t.len || t.ptr[p] != normal.ptr[n])
                                return 0;
                        n++;
                        end = p + 1;
                }
                p = end;
                while (p < t.len) {
                        size_t q = p;
                        if (!feel_is_blank(utf8_next(t, &q)))
                                break;
                        p = (uint32_t)q;
                }
        }
        return end;
}

/* ---------------------------------------------------------------- the index */

struct NameEdge {
        uint32_t from, to;              /* nodes; to 0: free */
        uint32_t start, len;            /* the part, in text */
        const char *text;
};

struct NameNode {
        Str key;                        /* of the name that ends here */
        uint32_t live;                  /* how often it was added and not dropped; 0: none ends here */
};

static size_t edge_at(const NameEdge *edges, size_t size, uint32_t from, Str part)
{
        size_t i = (size_t)(str_hash(part) + from * 0x9E3779B97F4A7C15u) & (size - 1);
        while (edges[i].to && !(edges[i].from == from && edges[i].len == part.len &&
                                memcmp(edges[i].text + edges[i].start, part.ptr, part.len) == 0))
                i = (i + 1) & (size - 1);
        return i;
}

static uint32_t child(const NameIndex *ix, uint32_t node, Str part)
{
        return ix->edge_size ? ix->edges[edge_at(ix->edges, ix->edge_size, node, part)].to : 0;
}

static Status grow_edges(NameIndex *ix)
{
        size_t size = ix->edge_size ? ix->edge_size * 2 : 32;
        NameEdge *edges = arena_array_of(ix->arena, NameEdge, size);
        if (!edges)
                return ST_NOMEM;
        for (size_t i = 0; i < ix->edge_size; i++) {
                const NameEdge *e = &ix->edges[i];
                if (e->to)
                        edges[edge_at(edges, size, e->from, str_n(e->text + e->start, e->len))] = *e;
        }
        ix->edges = edges;
        ix->edge_size = size;
        return ST_OK;
}

static Status new_node(NameIndex *ix, uint32_t *ret)
{
        if (ix->node_count >= UINT32_MAX)
                return ST_LIMIT;
        if (arena_grow(ix->arena, (void **)&ix->nodes, &ix->node_cap, ix->node_count + 1, sizeof(*ix->nodes)) != 0)
                return ST_NOMEM;
        ix->nodes[ix->node_count] = (NameNode){ 0 };
        *ret = (uint32_t)ix->node_count++;
        return ST_OK;
}

/* The part of a normalised name that begins at p. */
static uint32_t part_end(Str normal, uint32_t p)
{
        uint32_t e = feel_word_end(normal, p, false);
        return e > p ? e : p + 1;
}

Status feel_names_push(NameIndex *ix, Str name, NamePushed *ret)
{
        *ret = (NamePushed){ 0 };
        /* One word: nothing to know. */
        if (name.len > 0 && name.len < UINT32_MAX && feel_word_end(name, 0, true) == name.len)
                return ST_OK;
        Status st;
        Str normal = feel_name_normalize(ix->arena, name, &st);
        if (!normal.ptr)
                return st;
        if (feel_word_end(normal, 0, true) == normal.len)
                return ST_OK;
        uint32_t node = 0;
        if (ix->node_count == 0)
                TRY(new_node(ix, &node));
        for (uint32_t p = 0; p < normal.len;) {
                uint32_t e = part_end(normal, p), next = 0;
                if ((ix->edge_count + 1) * 4 >= ix->edge_size * 3)
                        TRY(grow_edges(ix));
                size_t i = edge_at(ix->edges, ix->edge_size, node, str_n(normal.ptr + p, e - p));
                next = ix->edges[i].to;
                if (!next) {
                        TRY(new_node(ix, &next));
                        ix->edges[i] = (NameEdge){ node, next, p, e - p, normal.ptr };
                        ix->edge_count++;
                }
                node = next;
                p = e < normal.len && normal.ptr[e] == ' ' ? e + 1 : e;
        }
        NameNode *n = &ix->nodes[node];
        *ret = (NamePushed){ node, n->key };
        n->key = name;
        n->live++;
        return ST_OK;
}

void feel_names_pop(NameIndex *ix, const NamePushed *pushed)
{
        if (!pushed->node)
                return;
        ix->nodes[pushed->node].live--;
        ix->nodes[pushed->node].key = pushed->before;
}

Status feel_names_add(NameIndex *ix, Str name)
{
        NamePushed pushed;
        TRY(feel_names_push(ix, name, &pushed));
        if (pushed.node && ix->nodes[pushed.node].live > 1)     /* known: it keeps the first key */
                feel_names_pop(ix, &pushed);
        return ST_OK;
}

uint32_t feel_names_match(const NameIndex *ix, Lexer *lx, uint32_t pos, uint32_t word_end, Str *ret_key)
{
        if (ix->node_count == 0)
                return 0;
        Str t = lx->text;
        uint32_t node = child(ix, 0, str_n(t.ptr + pos, word_end - pos)), p = word_end, end = 0;
        while (node) {
                if (ix->nodes[node].live) {
                        *ret_key = ix->nodes[node].key;
                        end = p;
                }
                while (p < t.len) {
                        size_t q = p;
                        if (!feel_is_blank(utf8_next(t, &q)))
                                break;
                        p = (uint32_t)q;
                }
                if (p >= t.len)
                        break;
                uint32_t e = part_end(t, p);
                node = child(ix, node, str_n(t.ptr + p, e - p));
                p = e;
        }
        return end;
}
