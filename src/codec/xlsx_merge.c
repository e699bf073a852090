/* Merged ranges stand after the rows in a sheet's XML, so they are read in a pass
 * of their own, and only when the word occurs at all.  While rows go by, the
 * blocks that cover the current row are `active`; they do not overlap (one that
 * would is ignored with a warning), so a row is filled in one pass. */
#include <stdlib.h>

#include "codec/xlsx_int.h"

static int by_place(const void *a, const void *b)
{
        const MergeRange *x = a, *y = b;
        if (x->row1 != y->row1)
                return x->row1 < y->row1 ? -1 : 1;
        return x->col1 < y->col1 ? -1 : x->col1 > y->col1;
}

/* "A1:C3"; a single cell is no block. */
static bool parse_range(Str ref, MergeRange *ret)
{
        Str second, first = str_cut(ref, ':', &second);
        MergeRange m = { 0 };
        if (!second.ptr || !sheet_ref_parse(first, &m.row1, &m.col1) || !sheet_ref_parse(second, &m.row2, &m.col2) ||
            m.row1 > m.row2 || m.col1 > m.col2)
                return false;
        *ret = m;
        return true;
}

static Status add_range(XlsxBook *b, const XlsxSheet *sheet, Str ref, Arena *arena, Diag *diag, MergeList *m)
{
        MergeRange range;
        if (!parse_range(ref, &range)) {
                diag_warning(diag, POS_FILE(sheet->info.name.ptr), "合并区域“%.*s”不是一个区域，已忽略",
                             "merged range \"%.*s\" is no range and is ignored", (int)(ref.len < 40 ? ref.len : 40),
                             ref.ptr);
                return ST_OK;
        }
        if (range.col2 - range.col1 >= b->limits.max_merge_width) {
                diag_warning(diag, POS_FILE(sheet->info.name.ptr), "合并区域 %.*s 过宽，只读左上角单元格",
                             "merged range %.*s is too wide: only its top-left cell is read", STR_FMT(ref));
                return ST_OK;
        }
        if (m->count >= b->limits.max_merges)
                return diag_fail(diag, ST_LIMIT, POS_FILE(sheet->info.name.ptr), "合并区域超过 %u 个",
                                 "more than %u merged ranges", b->limits.max_merges);
        if (arena_grow(arena, (void **)&m->ranges, &m->cap, m->count + 1, sizeof(MergeRange)) < 0)
                return ST_NOMEM;
        m->ranges[m->count++] = range;
        return ST_OK;
}

/* Whether the word occurs in the part at all, in UTF-8 or in either UTF-16. */
static Status has_merges(XlsxBook *b, const ZipEntry *entry, Diag *diag, bool *ret)
{
        static const char narrow[] = "mergeCell", wide[] = "m\0e\0r\0g\0e\0C\0e\0l";
        enum { KEEP = sizeof(wide), STEP = 64 << 10 };
        _cleanup_(zip_stream_freep) ZipStream *s = NULL;
        _cleanup_free_ char *room = mem_alloc(KEEP + STEP);
        if (!room)
                return ST_NOMEM;
        TRY(zip_stream_open(b->zip, entry, diag, &s));
        *ret = false;
        size_t have = 0, n;
        for (;;) {
                TRY(zip_stream_read(s, room + have, STEP, diag, &n));
                if (n == 0)
                        return ST_OK;
                const char *p = room, *end = room + have + n;
                while ((p = memchr(p, 'm', (size_t)(end - p)))) {
                        size_t left = (size_t)(end - p);
                        if ((left >= sizeof(narrow) - 1 && memcmp(p, narrow, sizeof(narrow) - 1) == 0) ||
                            (left >= sizeof(wide) - 1 && memcmp(p, wide, sizeof(wide) - 1) == 0)) {
                                *ret = true;
                                return ST_OK;
                        }
                        p++;
                }
                have = (size_t)(end - room) < KEEP ? (size_t)(end - room) : KEEP;
                memmove(room, end - have, have);
        }
}

Status xlsx_read_merges(XlsxBook *b, const XlsxSheet *sheet, Arena *arena, Diag *diag, MergeList *ret)
{
        XlsxSheet *kept = &b->sheets[sheet - b->sheets];
        bool any = false;
        if (!kept->looked) { /* the whole part is inflated for it: once, though a sheet is often opened twice */
                TRY(has_merges(b, sheet->entry, diag, &any));
                kept->looked = true;
                kept->unmerged = !any;
        }
        if (kept->unmerged)
                return ST_OK;
        _cleanup_xscan_ XScan *x = NULL;
        TRY(xscan_open(b->zip, sheet->entry, diag, &x));
        bool inside = false;
        for (;;) {
                XScanEvent e;
                TRY(xscan_next(x, diag, &e));
                if (e == XSCAN_END_DOCUMENT)
                        break;
                if (e != XSCAN_START)
                        continue;
                if (xscan_depth(x) == 2)
                        inside = str_eq(x->name, STR("mergeCells"));
                else if (inside && xscan_depth(x) == 3 && str_eq(x->name, STR("mergeCell")))
                        TRY(add_range(b, sheet, xscan_attr(x, STR("ref")), arena, diag, ret));
        }
        if (ret->count)
                qsort(ret->ranges, ret->count, sizeof(MergeRange), by_place);
        return ST_OK;
}

void xlsx_merges_release(MergeList *m)
{
        mem_free(m->active);
        *m = (MergeList){ 0 };
}

static const SheetCell *cell_at(const CellList *cells, uint32_t col)
{
        size_t low = 0, high = cells->len;
        while (low < high) {
                size_t mid = (low + high) / 2;
                if (cells->data[mid].col < col)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low < cells->len && cells->data[low].col == col ? &cells->data[low] : NULL;
}

/* A copy that outlives the row. */
static Status keep_cell(Arena *keep, const SheetCell *cell, const SheetCell **ret)
{
        SheetCell *copy = arena_new_of(keep, SheetCell);
        if (!copy)
                return ST_NOMEM;
        *copy = *cell;
        copy->text = arena_str(keep, cell->text);
        copy->raw = cell->raw.ptr == cell->text.ptr ? copy->text : arena_str(keep, cell->raw);
        if (!copy->text.ptr || !copy->raw.ptr)
                return ST_NOMEM;
        copy->flags |= SHEET_MERGED;
        *ret = copy;
        return ST_OK;
}

static Status activate(const XlsxSheet *sheet, MergeList *m, Arena *keep, MergeRange *range, uint32_t row,
                       const CellList *cells, Diag *diag)
{
        for (size_t i = 0; i < m->active_count; i++) {
                const MergeRange *other = m->active[i];
                if (range->col1 <= other->col2 && other->col1 <= range->col2) {
                        char ref[16];
                        sheet_ref(range->row1, range->col1, ref);
                        diag_warning(diag, POS_CELL(sheet->info.name.ptr, ref), "合并区域与另一个重叠，已忽略",
                                     "the merged range overlaps another and is ignored");
                        return ST_OK;
                }
        }
        const SheetCell *shown = range->row1 == row ? cell_at(cells, range->col1) : NULL;
        if (!shown)
                return ST_OK;           /* nothing to show anywhere in it */
        TRY(keep_cell(keep, shown, &range->shown));
        if (m->active_count == m->active_cap) {
                size_t cap = m->active_cap ? m->active_cap * 2 : 16;
                MergeRange **grown = mem_realloc_array(m->active, cap, sizeof(MergeRange *));
                if (!grown)
                        return ST_NOMEM;
                m->active = grown;
                m->active_cap = cap;
        }
        m->active[m->active_count++] = range;
        return ST_OK;
}

static void drop_ended(MergeList *m, uint32_t row)
{
        size_t left = 0;
        for (size_t i = 0; i < m->active_count; i++)
                if (m->active[i]->row2 >= row)
                        m->active[left++] = m->active[i];
        m->active_count = left;
}

static int by_col(const void *a, const void *b)
{
        uint32_t x = ((const SheetCell *)a)->col, y = ((const SheetCell *)b)->col;
        return x < y ? -1 : x > y;
}

Status xlsx_fill_merges(XlsxBook *b, const XlsxSheet *sheet, MergeList *m, Arena *keep, uint32_t row, CellList *cells,
                        Diag *diag)
{
        drop_ended(m, row);
        for (; m->next < m->count && m->ranges[m->next].row1 <= row; m->next++)
                if (m->ranges[m->next].row2 >= row)
                        TRY(activate(sheet, m, keep, &m->ranges[m->next], row, cells, diag));
        size_t own = cells->len;
        CellList found = { cells->data, own, own };     /* the row's own cells, still in order */
        for (size_t i = 0; i < m->active_count; i++) {
                const MergeRange *r = m->active[i];
                for (uint32_t col = r->col1; col <= r->col2; col++) {
                        if ((row == r->row1 && col == r->col1) || cell_at(&found, col))
                                continue;
                        if (++m->filled > b->limits.max_merge_fill)
                                return diag_fail(diag, ST_LIMIT, POS_FILE(sheet->info.name.ptr),
                                                 "合并区域覆盖的单元格超过 %llu 个",
                                                 "merged ranges cover more than %llu cells",
                                                 (unsigned long long)b->limits.max_merge_fill);
                        if (cells->len == cells->cap) {
                                size_t cap = cells->cap ? cells->cap * 2 : 64;
                                SheetCell *grown = mem_realloc_array(cells->data, cap, sizeof(SheetCell));
                                if (!grown)
                                        return ST_NOMEM;
                                cells->data = grown;
                                cells->cap = cap;
                                found.data = grown;
                        }
                        cells->data[cells->len] = *r->shown;
                        cells->data[cells->len++].col = col;
                }
        }
        if (cells->len > own)
                qsort(cells->data, cells->len, sizeof(SheetCell), by_col);
        return ST_OK;
}
