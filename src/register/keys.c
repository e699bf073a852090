/* keys.c -- whose row each is: keys, rows that say the same key twice, siblings together. */
#include <stdlib.h>

#include "register/import_int.h"

static Status make_key(Import *im, ImportRow *r)
{
        for (size_t k = 0; k < im->reg->key_count; k++) {
                const PackField *f = im->reg->key[k];
                if (r->values[f->index].known || r->state == ROW_REFUSED)
                        continue;
                TRY(import_problem(im, r, REGISTER_ERROR, r->number, import_column_of(im, f), f, STR_NONE, "缺少“%.*s”",
                                   "\"%.*s\" is missing", STR_FMT(pack_title(f->title, im->in->lang))));
        }
        if (r->state == ROW_GOOD || r->state == ROW_HELD)
                TRY(register_key_text(im->reg, r->values, im->work, &r->key));
        return ST_OK;
}

static bool same_given(const Import *im, const RegisterValue *a, const RegisterValue *b)
{
        for (size_t i = 0; i < im->reg->field_count; i++)
                if (im->given[i] && !register_value_eq(&im->reg->fields[i], &a[i], &b[i]))
                        return false;
        return true;
}

/* A later row of the same key: of a periodic register two different figures for one period are an error;
 * elsewhere the rows are merged, the later one says how things are, and what it leaves empty the earlier one says. */
static Status merge(Import *im, ImportRow *earlier, ImportRow *later)
{
        const RegisterValue *before = earlier->values;
        if (!before) {
                RegisterValue *v;
                TRY(import_values(im, earlier, &v));
                before = v;
        }
        bool same = same_given(im, before, later->values);
        if (!same && im->reg->periodic)
                return import_problem(im, later, REGISTER_ERROR, later->number, NULL, NULL, later->key,
                                      "与第 %u 行是同一对象同一时期，数据却不同",
                                      "the same subject and period as row %u, with other figures", earlier->number);
        for (size_t i = 0; i < im->reg->field_count; i++)
                if (!later->values[i].known)
                        later->values[i] = before[i];
        later->touched = true;
        earlier->state = ROW_MERGED;
        if (same)
                return ST_OK;
        return import_problem(im, later, REGISTER_NOTE, later->number, NULL, NULL, later->key,
                              "与第 %u 行是同一对象，以本行为准", "the same subject as row %u: this row counts",
                              earlier->number);
}

static Status find_doubles(Import *im, Map *seen)
{
        for (size_t i = im->from; i < im->to; i++) {
                ImportRow *r = &im->rows[i];
                if (!r->key.ptr)
                        continue;
                ImportRow *before = map_get(seen, r->key);
                if (before)
                        TRY(merge(im, before, r));
                if (r->state != ROW_REFUSED)
                        TRY(map_put(seen, r->key, r));
        }
        return ST_OK;
}

/* ---- siblings together ---- */

typedef struct Owned {
        Str owner;
        uint32_t row;
} Owned;

static int by_owner(const void *a, const void *b)
{
        const Owned *x = a, *y = b;
        int c = str_cmp(x->owner, y->owner);
        return c ? c : (x->row > y->row) - (x->row < y->row);
}

static Status order_by_owner(Import *im)
{
        _cleanup_arena_ Arena *texts = arena_new((size_t)1 << 30);
        if (!texts)
                return ST_NOMEM;
        Owned *all = mem_calloc(im->row_count + 1, sizeof(*all));
        uint32_t *order = arena_array_of(im->work, uint32_t, im->row_count + 1);
        Status st = all && order ? ST_OK : ST_NOMEM;
        for (size_t i = 0; st == ST_OK && i < im->row_count; i++) {
                ArenaMark mark = arena_mark(im->chunk);
                RegisterValue *v;
                st = import_values(im, &im->rows[i], &v);
                if (st == ST_OK && v[im->reg->parent_key->index].known) {
                        all[i].owner = arena_str(texts, v[im->reg->parent_key->index].text);
                        st = all[i].owner.ptr ? ST_OK : ST_NOMEM;
                }
                if (all)
                        all[i].row = (uint32_t)i;
                arena_rewind(im->chunk, mark);
        }
        if (st == ST_OK) {
                qsort(all, im->row_count, sizeof(*all), by_owner);
                for (size_t i = 0; i < im->row_count; i++)
                        order[i] = all[i].row;
                im->order = order;
        }
        mem_free(all);
        return st;
}

Status import_keys(Import *im, bool siblings)
{
        _cleanup_map_ Map seen = MAP_INIT(IMPORT_ROWS_MAX);
        for (size_t at = 0; at < im->row_count; at = im->to) {
                TRY(import_open(im, at));
                TRY(import_resolve(im));
                for (size_t i = im->from; i < im->to; i++)
                        TRY(make_key(im, &im->rows[i]));
                TRY(find_doubles(im, &seen));
                TRY(import_close(im));
        }
        return siblings && im->row_count ? order_by_owner(im) : ST_OK;
}
