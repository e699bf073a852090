/* A JSON list of objects as a sheet: the keys, in the order they first appear, are the header. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"
#include "codec/json.h"
#include "codec/sheet_int.h"

enum { JSON_DEPTH = 4 };        /* list, object, list of texts */

struct JsonBook {
        Arena *arena;
        const Json *rows;
        Map columns;            /* key -> its column */
        SheetCell *header;
        char *name;
};

struct JsonRows {
        JsonBook *book;
        SheetCell *cells;
        size_t next;            /* 0: the header */
        SheetRow row;
};

bool json_book_is(Str head)
{
        size_t i = head.len >= 3 && memcmp(head.ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        bool list = false;
        for (; i < head.len; i++) {
                char c = head.ptr[i];
                if (strchr(" \t\r\n", c) && c)
                        continue;
                if (!list && c == '[')
                        list = true;
                else
                        return list && (c == '{' || c == ']');
        }
        return false;
}

static Status add_columns(JsonBook *b, const Json *row, Diag *diag)
{
        if (!json_is(row, JSON_OBJECT))
                return diag_fail(diag, ST_INVALID, json_pos(row, b->name), "每一项应是一个对象：{\"字段\": 值}",
                                 "every item is an object: {\"field\": value}");
        for (size_t k = 0; k < row->count; k++) {
                Str key = row->members[k].key;
                if (map_get(&b->columns, key))
                        continue;
                Status st = b->columns.len < SHEET_MAX_COL ? map_put(&b->columns, key, (void *)(b->columns.len + 1))
                                                           : ST_LIMIT;
                if (st != ST_OK)
                        return diag_fail(diag, st, json_pos(row, b->name), "字段过多", "too many fields");
        }
        return ST_OK;
}

/* JSON is held as a whole, some 90 bytes a value beside its text: about 1 GiB at most. */
enum { JSON_BYTES = 128 << 20, JSON_VALUES = 10000000, JSON_MEMORY = 1 << 30 };

static Status look_through(JsonBook *b, Str bytes, const SheetLimits *limits, Diag *diag)
{
        Json *root;
        JsonLimits most = { .max_bytes = JSON_BYTES, .max_depth = JSON_DEPTH, .max_values = JSON_VALUES };
        if (most.max_bytes > limits->max_file_bytes)
                most.max_bytes = limits->max_file_bytes;
        if (str_starts(bytes, STR("\xef\xbb\xbf")))
                bytes = str_n(bytes.ptr + 3, bytes.len - 3);
        TRY(json_parse(b->arena, bytes, b->name, &most, diag, &root));
        if (root->count >= SHEET_MAX_ROW)
                return diag_fail(diag, ST_LIMIT, POS_FILE(b->name), "超过 %d 项", "more than %d items",
                                 SHEET_MAX_ROW - 1);
        for (size_t i = 0; i < root->count; i++)
                TRY(add_columns(b, json_at(root, i), diag));
        b->header = arena_array_of(b->arena, SheetCell, b->columns.len + 1);
        if (!b->header)
                return ST_NOMEM;
        for (size_t i = 0; i < b->columns.len; i++)
                b->header[i] = (SheetCell){ .col = (uint32_t)i + 1, .kind = SHEET_TEXT, .text = b->columns.items[i].key,
                                            .raw = b->columns.items[i].key, .format = STR("") };
        b->rows = root;
        return ST_OK;
}

Status json_book_open(Str bytes, const char *name, const SheetLimits *limits, Diag *diag, JsonBook **ret)
{
        JsonBook *b = mem_calloc(1, sizeof(*b));
        if (!b)
                return ST_NOMEM;
        b->columns = MAP_INIT(SHEET_MAX_COL);
        b->arena = arena_new((size_t)JSON_MEMORY);
        b->name = b->arena ? arena_strdup(b->arena, name) : NULL;
        Status st = b->name ? look_through(b, bytes, limits, diag) : ST_NOMEM;
        if (st != ST_OK) {
                json_book_free(b);
                return st;
        }
        *ret = b;
        return ST_OK;
}

void json_book_free(JsonBook *b)
{
        if (!b)
                return;
        map_release(&b->columns);
        arena_free(b->arena);
        mem_free(b);
}

Status json_rows_open(JsonBook *b, JsonRows **ret)
{
        JsonRows *r = mem_calloc(1, sizeof(*r));
        if (!r)
                return ST_NOMEM;
        r->book = b;
        r->cells = mem_calloc(b->columns.len + 1, sizeof(SheetCell));
        if (!r->cells) {
                json_rows_free(r);
                return ST_NOMEM;
        }
        *ret = r;
        return ST_OK;
}

void json_rows_free(JsonRows *r)
{
        if (!r)
                return;
        mem_free(r->cells);
        mem_free(r);
}

/* A list stays JSON text, which the reader of a field with several values takes. */
static Status list_text(JsonRows *r, const Json *v, Diag *diag, Str *ret)
{
        Buf b = BUF_INIT(16 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_json(&w, v);
        Status st = jw_finish(&w);
        Str kept = st == ST_OK ? arena_str(r->book->arena, buf_str(&b)) : STR_NONE;
        buf_release(&b);
        if (st != ST_OK || !kept.ptr)
                return st != ST_OK ? diag_fail(diag, st, json_pos(v, r->book->name), "列表过长", "the list is too long")
                                   : ST_NOMEM;
        *ret = kept;
        return ST_OK;
}

static Status take(JsonRows *r, const JsonMember *m, SheetCell *c, Diag *diag)
{
        const Json *v = &m->value;
        c->col = (uint32_t)(uintptr_t)map_get(&r->book->columns, m->key);
        c->kind = SHEET_TEXT;
        switch ((JsonKind)v->kind) {
        case JSON_NULL: return ST_OK;
        case JSON_BOOL:
                c->kind = SHEET_BOOL;
                c->text = v->truth ? STR("true") : STR("false");
                return ST_OK;
        case JSON_NUMBER:
                c->kind = SHEET_NUMBER;
                c->text = v->text;
                return ST_OK;
        case JSON_STRING: c->text = v->text; return ST_OK;
        case JSON_ARRAY: return list_text(r, v, diag, &c->text);
        case JSON_OBJECT: break;
        }
        return diag_fail(diag, ST_INVALID, json_pos(v, r->book->name), "字段的值不能是对象",
                         "a field's value is no object");
}

static int by_col(const void *a, const void *b)
{
        const SheetCell *x = a, *y = b;
        return (x->col > y->col) - (x->col < y->col);
}

Status json_rows_next(JsonRows *r, Diag *diag, const SheetRow **ret)
{
        const JsonBook *b = r->book;
        *ret = NULL;
        if (r->next == 0) {
                r->next = 1;
                r->row = (SheetRow){ .number = 1, .cells = b->header, .count = b->columns.len };
                *ret = r->row.count ? &r->row : NULL;
                return ST_OK;
        }
        const Json *item = json_at(b->rows, r->next - 1);
        if (!item)
                return ST_OK;
        size_t n = 0;
        for (size_t k = 0; k < item->count; k++) {
                SheetCell c = { .format = STR(""), .text = STR(""), .raw = STR("") };
                TRY(take(r, &item->members[k], &c, diag));
                c.raw = c.text;
                if (c.text.len > SHEET_LIMITS_DEFAULT.max_cell_bytes)
                        return diag_fail(diag, ST_LIMIT, json_pos(&item->members[k].value, b->name), "值过长",
                                         "the value is too long");
                r->cells[n++] = c;
        }
        qsort(r->cells, n, sizeof(SheetCell), by_col);
        r->next++;
        r->row = (SheetRow){ .number = (uint32_t)r->next, .cells = r->cells, .count = n };
        *ret = &r->row;
        return ST_OK;
}

void json_rows_progress(const JsonRows *r, uint64_t *ret_done, uint64_t *ret_all)
{
        *ret_done = r->next;
        *ret_all = r->book->rows->count + 1;
}
