/* items.c -- the frozen entitlements of a run: pages, sums by unit, the roster. */
#include <stdlib.h>

#include "codec/sheet_writer.h"
#include "policy/frozen.h"

enum { PAGE_MAX = 1000000 };

/* One row of the answer before it is put in words. */
typedef struct Pick {
        uint32_t table, row;
        int64_t fen;
} Pick;

typedef struct Picking {
        const PolicyWork *w;
        const PolicyRunFilter *f;
        const Pack *pack;
        Str unit;                       /* the last one looked up */
        bool unit_in;
} Picking;

static bool picked(Picking *p, const PolicyTable *t, size_t r)
{
        const PolicyRunFilter *f = p->f;
        if (f->outcome && t->outcome[r] != *f->outcome)
                return false;
        if (f->within && f->within->depth > 0) {
                if (!p->unit.ptr || !str_eq(p->unit, t->owners->unit[r])) {
                        const PackUnit *u = t->owners->unit[r].len ? pack_unit(p->pack, t->owners->unit[r]) : NULL;
                        p->unit = t->owners->unit[r];
                        p->unit_in = u && pack_unit_within(u, f->within);
                }
                if (!p->unit_in)
                        return false;
        }
        Str words = str_trim(f->words);
        if (!words.len)
                return true;
        const FeelColumn *label = &t->owners->columns[t->policy->beneficiary->label->index];
        return str_has(t->owners->key[r], words) || (label->kind == FEEL_COL_STR && str_has(label->str[r], words));
}

static int by_amount(const void *x, const void *y)
{
        const Pick *a = x, *b = y;
        if (a->fen != b->fen)
                return a->fen > b->fen ? -1 : 1;
        if (a->table != b->table)
                return a->table < b->table ? -1 : 1;
        return (a->row > b->row) - (a->row < b->row);
}

/* Eligible by amount, then unknown, then the others: rows stand by key already. */
static Status pick_rows(const PolicyWork *w, const Pack *pack, const PolicyRunFilter *f, Arena *a, Pick **ret,
                        size_t *ret_count)
{
        static const PolicyOutcome order[] = { POLICY_ELIGIBLE, POLICY_UNKNOWN, POLICY_NOT_ELIGIBLE };
        size_t all = 0, n = 0;
        Picking p = { .w = w, .f = f, .pack = pack };
        for (size_t i = 0; i < w->count; i++)
                all += w->tables[i].rows;
        Pick *picks = arena_array_of(a, Pick, all + 1);
        if (!picks)
                return ST_NOMEM;
        for (size_t o = 0; o < ARRAY_LEN(order); o++) {
                if (f->outcome && *f->outcome != order[o])
                        continue;
                for (size_t i = 0; i < w->count; i++)
                        for (size_t r = 0; r < w->tables[i].rows; r++)
                                if (w->tables[i].outcome[r] == order[o] && picked(&p, &w->tables[i], r))
                                        picks[n++] = (Pick){ (uint32_t)i, (uint32_t)r, w->tables[i].fen[r] };
                if (o == 0 && n)
                        qsort(picks, n, sizeof(*picks), by_amount);
        }
        *ret = picks;
        *ret_count = n;
        return ST_OK;
}

Status policy_run_items(StoreTx *tx, const Pack *pack, int64_t run, const PolicyRunFilter *f, Arena *a, Diag *diag,
                        PolicyEntitlement **ret, size_t *ret_count, int64_t *ret_total)
{
        _cleanup_policy_work_ PolicyWork *w = NULL;
        Pick *picks;
        size_t all, n = 0;
        TRY(policy_thaw(tx, pack, run, f->policy, true, diag, &w));
        TRY(pick_rows(w, pack, f, w->own->arena, &picks, &all));
        size_t limit = f->limit > 0 && f->limit < PAGE_MAX ? (size_t)f->limit : PAGE_MAX,
               from = f->offset > 0 ? (size_t)f->offset : 0, to = from + limit < all ? from + limit : all;
        PolicyEntitlement *items = arena_array_of(a, PolicyEntitlement, (to > from ? to - from : 0) + 1);
        if (!items)
                return ST_NOMEM;
        for (size_t i = from; i < to; i++) {
                TRY(policy_entitlement(w, picks[i].table, picks[i].row, f->lang, a, &items[n]));
                items[n].policy = pack_policy(pack, items[n].policy->name);
                items[n].inputs = NULL;
                if (items[n].policy) /* a policy that left the pack is no longer shown */
                        n++;
        }
        *ret = items;
        *ret_count = n;
        *ret_total = (int64_t)all;
        return ST_OK;
}

/* ---- two runs ---- */

static int by_change(const void *x, const void *y)
{
        const PolicyChange *a = x, *b = y;
        int c = str_cmp(a->policy, b->policy);
        int64_t p = a->after_fen - a->before_fen, q = b->after_fen - b->before_fen;
        p = p < 0 ? -p : p;
        q = q < 0 ? -q : q;
        if (c == 0)
                c = p > q ? -1 : p < q;
        return c ? c : str_cmp(a->key, b->key);
}

static Status change_of(const PolicyTable *t, size_t row, const PolicyTable *o, size_t other, Arena *a,
                        PolicyChange *ret)
{
        const PolicyTable *shown = row != SIZE_MAX ? t : o;
        size_t at = row != SIZE_MAX ? row : other;
        const FeelColumn *label = &shown->owners->columns[shown->policy->beneficiary->label->index];
        *ret = (PolicyChange){ .policy = arena_str(a, shown->policy->name), .key = arena_str(a, shown->owners->key[at]),
                               .name = arena_str(a, label->str[at]), .unit = arena_str(a, shown->owners->unit[at]),
                               .before = POLICY_NOT_ELIGIBLE, .after = POLICY_NOT_ELIGIBLE };
        if (other != SIZE_MAX) {
                ret->before = (PolicyOutcome)o->outcome[other];
                ret->before_fen = o->fen[other];
        }
        if (row != SIZE_MAX) {
                ret->after = (PolicyOutcome)t->outcome[row];
                ret->after_fen = t->fen[row];
        }
        return ret->policy.ptr && ret->key.ptr && ret->name.ptr && ret->unit.ptr ? ST_OK : ST_NOMEM;
}

/* Both stand by key: one walk. */
static Status diff_tables(const PolicyTable *before, const PolicyTable *after, Arena *a, PolicyChange **all, size_t *n,
                          size_t *cap)
{
        size_t i = 0, k = 0, bn = before ? before->rows : 0, an = after ? after->rows : 0;
        while (i < bn || k < an) {
                int c = i == bn ? 1 : k == an ? -1 : str_cmp(before->owners->key[i], after->owners->key[k]);
                size_t b = c <= 0 ? i++ : SIZE_MAX, f = c >= 0 ? k++ : SIZE_MAX;
                bool same = b != SIZE_MAX && f != SIZE_MAX && before->outcome[b] == after->outcome[f] &&
                            before->fen[b] == after->fen[f];
                /* A record that is new and gets nothing is no change. */
                bool nothing = (b == SIZE_MAX && after->outcome[f] == POLICY_NOT_ELIGIBLE) ||
                               (f == SIZE_MAX && before->outcome[b] == POLICY_NOT_ELIGIBLE);
                if (same || nothing)
                        continue;
                if (arena_grow(a, (void **)all, cap, *n + 1, sizeof(**all)) < 0)
                        return ST_NOMEM;
                TRY(change_of(after, f, before, b, a, &(*all)[*n]));
                (*n)++;
        }
        return ST_OK;
}

static const PolicyTable *table_named(const PolicyWork *w, Str name)
{
        for (size_t i = 0; i < w->count; i++)
                if (str_eq(w->tables[i].policy->name, name))
                        return &w->tables[i];
        return NULL;
}

Status policy_diff(StoreTx *tx, const Pack *pack, int64_t before, int64_t after, int64_t limit, Arena *a, Diag *diag,
                   PolicyChange **ret, size_t *ret_count, int64_t *ret_total)
{
        _cleanup_policy_work_ PolicyWork *b = NULL, *f = NULL;
        PolicyChange *all = NULL;
        size_t n = 0, cap = 0;
        TRY(policy_thaw(tx, pack, before, STR_NONE, false, diag, &b));
        TRY(policy_thaw(tx, pack, after, STR_NONE, false, diag, &f));
        for (size_t i = 0; i < f->count; i++)
                TRY(diff_tables(table_named(b, f->tables[i].policy->name), &f->tables[i], a, &all, &n, &cap));
        for (size_t i = 0; i < b->count; i++)
                if (!table_named(f, b->tables[i].policy->name))
                        TRY(diff_tables(&b->tables[i], NULL, a, &all, &n, &cap));
        if (n)
                qsort(all, n, sizeof(*all), by_change);
        *ret = all;
        *ret_total = (int64_t)n;
        *ret_count = limit > 0 && (size_t)limit < n ? (size_t)limit : n;
        return ST_OK;
}

static PolicyUnitSum *sum_for(PolicyUnitSum **sums, size_t *n, size_t *cap, const PackUnit *unit, Str policy, Arena *a)
{
        for (size_t i = 0; i < *n; i++)
                if ((*sums)[i].unit == unit && str_eq((*sums)[i].policy, policy))
                        return &(*sums)[i];
        if (arena_grow(a, (void **)sums, cap, *n + 1, sizeof(**sums)) < 0)
                return NULL;
        Str name = arena_str(a, policy);
        if (!name.ptr)
                return NULL;
        (*sums)[*n] = (PolicyUnitSum){ .unit = unit, .policy = name };
        return &(*sums)[(*n)++];
}

Status policy_run_by_unit(StoreTx *tx, const Pack *pack, int64_t run, const PackUnit *within, Arena *a,
                          PolicyUnitSum **ret, size_t *ret_count)
{
        PolicyUnitSum *sums = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx,
                "SELECT unit, policy, eligible, not_eligible, unknown, fen FROM policy_sum WHERE run = $1 AND unit <> '' "
                "ORDER BY unit, policy",
                STORE_ARGS(sv_i64(run)), &q));
        while (store_next(q)) {
                const PackUnit *u = pack_unit(pack, store_text(q, 0));
                if (!u || (within && !pack_unit_within(u, within)))
                        continue;
                PolicyUnitSum *s = sum_for(&sums, &n, &cap, u, store_text(q, 1), a);
                if (!s)
                        return ST_NOMEM;
                s->sum.eligible += store_i64(q, 2);
                s->sum.not_eligible += store_i64(q, 3);
                s->sum.unknown += store_i64(q, 4);
                s->sum.fen += store_i64(q, 5);
        }
        *ret = sums;
        *ret_count = n;
        return store_done(q);
}

/* ---- the roster ---- */

static Status roster_sheet(SheetWriter *w, StoreTx *tx, const Pack *pack, int64_t run, const PackUnit *within,
                           PolicyOutcome outcome, Str title, Lang lang, Diag *diag)
{
        bool en = lang == LANG_EN;
        const SheetColumn columns[] = {
                { .title = en ? STR("Policy") : STR("政策"), .kind = SHEET_COL_TEXT, .width = 30 },
                { .title = en ? STR("Code") : STR("企业代码"), .kind = SHEET_COL_TEXT, .width = 24 },
                { .title = en ? STR("Enterprise") : STR("企业名称"), .kind = SHEET_COL_TEXT, .width = 36 },
                { .title = en ? STR("Unit") : STR("所属单位"), .kind = SHEET_COL_TEXT, .width = 14 },
                { .title = en ? STR("Amount (yuan)") : STR("金额（元）"),
                  .kind = SHEET_COL_NUMBER,
                  .scale = 2,
                  .width = 16 },
                { .title = en ? STR("Computed (yuan)") : STR("测算金额（元）"),
                  .kind = SHEET_COL_NUMBER,
                  .scale = 2,
                  .width = 16 },
                { .title = en ? STR("Reason") : STR("依据或原因"), .kind = SHEET_COL_TEXT, .width = 60 },
        };
        TRY(sheet_writer_sheet(w, title, columns, ARRAY_LEN(columns), diag));
        _cleanup_arena_ Arena *a = arena_new((size_t)2 << 30);
        PolicyEntitlement *items;
        size_t n;
        int64_t total;
        if (!a)
                return ST_NOMEM;
        PolicyRunFilter f = { .within = within, .outcome = &outcome, .lang = lang };
        TRY(policy_run_items(tx, pack, run, &f, a, diag, &items, &n, &total));
        for (size_t i = 0; i < n; i++) {
                const PolicyEntitlement *e = &items[i];
                const PackUnit *u = e->unit.len ? pack_unit(pack, e->unit) : NULL;
                Str fen = policy_yuan(e->fen, a), computed = policy_yuan(e->computed_fen, a);
                if (!fen.ptr || !computed.ptr)
                        return ST_NOMEM;
                SheetKind money = outcome == POLICY_UNKNOWN ? SHEET_EMPTY : SHEET_NUMBER;
                const SheetOut cells[] = {
                        { .kind = SHEET_TEXT, .text = pack_title(e->policy->title, lang) },
                        { .kind = SHEET_TEXT, .text = e->key },
                        { .kind = SHEET_TEXT, .text = e->name },
                        { .kind = SHEET_TEXT, .text = u ? pack_title(u->title, lang) : e->unit },
                        { .kind = money, .text = fen },
                        { .kind = money, .text = computed },
                        { .kind = SHEET_TEXT, .text = e->reason },
                };
                TRY(sheet_writer_row(w, cells, ARRAY_LEN(cells), diag));
        }
        return ST_OK;
}

Status policy_roster(StoreTx *tx, const Pack *pack, int64_t run, const PackUnit *within, const char *path, Lang lang,
                     Diag *diag)
{
        bool en = lang == LANG_EN;
        _cleanup_(sheet_writer_freep) SheetWriter *w = NULL;
        TRY(sheet_writer_new(path, SHEET_XLSX, diag, &w));
        TRY(roster_sheet(w, tx, pack, run, within, POLICY_ELIGIBLE, en ? STR("To be paid") : STR("拟兑付"), lang,
                         diag));
        TRY(roster_sheet(w, tx, pack, run, within, POLICY_UNKNOWN, en ? STR("Fields missing") : STR("数据缺失"), lang,
                         diag));
        TRY(roster_sheet(w, tx, pack, run, within, POLICY_NOT_ELIGIBLE, en ? STR("Not eligible") : STR("不符合"), lang,
                         diag));
        return sheet_writer_finish(w, diag);
}
