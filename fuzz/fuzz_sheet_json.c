/* JSON lists of records, read as an import reads them: every cell is the value that stands in the text, and the same
 * records written again give the same cells. */
#include "base/utf8.h"
#include "codec/json.h"
#include "codec/sheet.h"
#include "fuzz/fuzz.h"

/* Length and bytes of every cell, its kind and column. */
static void put_row(const SheetRow *row, Buf *out)
{
        buf_printf(out, "%u/%zu\n", row->number, row->count);
        for (size_t i = 0; i < row->count; i++) {
                const SheetCell *c = &row->cells[i];
                FUZZ_ASSERT(c->col >= 1 && c->col <= SHEET_MAX_COL && (i == 0 || c->col > row->cells[i - 1].col));
                FUZZ_ASSERT(c->text.len == 0 || (c->text.ptr && utf8_valid(c->text)));
                FUZZ_ASSERT(c->kind == SHEET_TEXT || c->kind == SHEET_NUMBER || c->kind == SHEET_BOOL);
                buf_printf(out, "%u:%d:%zu:", c->col, (int)c->kind, c->text.len);
                buf_put_str(out, c->text);
        }
}

/* The texts of the items, in the order of the cells, as put_row would have them. */
static void check_row(const SheetRow *header, const SheetRow *row, const Json *item)
{
        FUZZ_ASSERT(row->count == item->count);
        for (size_t i = 0; i < row->count; i++) {
                const SheetCell *c = &row->cells[i];
                FUZZ_ASSERT(c->col <= header->count);
                const Json *v = json_get_str(item, header->cells[c->col - 1].text);
                FUZZ_ASSERT(v);
                if (v->kind == JSON_STRING || v->kind == JSON_NUMBER)
                        FUZZ_ASSERT(str_eq(c->text, v->text) && (c->kind == SHEET_NUMBER) == (v->kind == JSON_NUMBER));
                else if (v->kind == JSON_NULL)
                        FUZZ_ASSERT(c->text.len == 0);
        }
}

static Status rows(Str input, const Json *items, Buf *out)
{
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        _cleanup_(sheet_book_freep) SheetBook *book = NULL;
        _cleanup_(sheet_freep) SheetReader *r = NULL;
        Status st = sheet_book_open_bytes(input, "fuzz.json", &SHEET_LIMITS_DEFAULT, &d, &book);
        if (st == ST_OK) {
                FUZZ_ASSERT(sheet_book_format(book) == SHEET_JSON && sheet_book_count(book) == 1);
                st = sheet_open(book, 0, &d, &r);
        }
        SheetRow header = { 0 };
        for (const SheetRow *row; st == ST_OK && (st = sheet_next(r, &d, &row)) == ST_OK && row;) {
                put_row(row, out);
                if (row->number == 1)
                        header = *row;
                else if (items)
                        check_row(&header, row, json_at(items, row->number - 2));
        }
        FUZZ_ASSERT(st == ST_OK || st == ST_NOMEM || d.errors > 0);
        return st;
}

void fuzz_one(Str input)
{
        _cleanup_buf_ Buf first = BUF_INIT(64 << 20), again = BUF_INIT(64 << 20), text = BUF_INIT(16 << 20);
        static Arena *arena;
        if (!arena && (!(arena = arena_new((size_t)256 << 20)) || !arena_alloc(arena, 1 << 20)))
                abort();
        arena_reset(arena);
        size_t at = 0;
        while (at < input.len && input.ptr[at] && strchr(" \t\r\n", input.ptr[at]))
                at++;
        if (input.len > 1 << 20 || at == input.len || input.ptr[at] != '[')
                return; /* another format */
        size_t next = at + 1;
        while (next < input.len && input.ptr[next] && strchr(" \t\r\n", input.ptr[next]))
                next++;
        if (next == input.len || (input.ptr[next] != '{' && input.ptr[next] != ']'))
                return;
        Json *items = NULL;
        bool read = json_parse(arena, input, NULL, NULL, NULL, &items) == ST_OK;
        Status st = rows(input, read ? items : NULL, &first);
        if (st != ST_OK)
                return;
        FUZZ_ASSERT(read && json_is(items, JSON_ARRAY));
        JsonWriter w = json_writer(&text, JSON_COMPACT);
        jw_json(&w, items);
        FUZZ_ASSERT(jw_finish(&w) == ST_OK && rows(buf_str(&text), items, &again) == ST_OK);
        FUZZ_ASSERT(str_eq(buf_str(&first), buf_str(&again)));
}
