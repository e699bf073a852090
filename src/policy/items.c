/* items.c -- the frozen entitlements of a run: pages, sums by unit, the roster. */
#include "codec/json.h"
#include "codec/sheet_writer.h"
#include "policy/policy_int.h"

enum { ARGS_MAX = 16, PAGE_MAX = 1000000 };

/* " AND unit IN (…)" for a subtree; codes of units come from the pack and hold no quote. */
static Status put_within(Buf *sql, const Pack *pack, const PackUnit *top)
{
        if (!top || top->depth == 0)
                return ST_OK;
        buf_puts(sql, " AND unit IN (");
        for (size_t i = top->index; i <= top->last; i++) {
                Str code = pack->units[i].code;
                if (str_has(code, STR("'")))
                        return ST_INVALID;
                buf_printf(sql, "%s'%.*s'", i > top->index ? ", " : "", STR_FMT(code));
        }
        buf_putc(sql, ')');
        return buf_status(sql);
}

static Status put_filter(Buf *sql, const Pack *pack, int64_t run, const PolicyRunFilter *f, StoreValue *args, size_t *n)
{
        args[(*n)++] = sv_i64(run);
        buf_puts(sql, " FROM entitlement WHERE run = $1");
        TRY(put_within(sql, pack, f->within));
        if (f->policy.len) {
                args[(*n)++] = sv_text(f->policy);
                buf_printf(sql, " AND policy = $%zu", *n);
        }
        if (f->outcome) {
                args[(*n)++] = sv_cstr(policy_outcome_name(*f->outcome));
                buf_printf(sql, " AND outcome = $%zu", *n);
        }
        Str words = str_trim(f->words);
        if (words.len) {
                args[(*n)++] = sv_text(words);
                buf_printf(sql, " AND (strpos(key, $%zu) > 0 OR strpos(name, $%zu) > 0)", *n, *n);
        }
        return buf_status(sql);
}

static Status read_list(Str text, Arena *a, Json **ret)
{
        return json_parse(a, text, NULL, NULL, NULL, ret);
}

static Status read_item(StoreStmt *q, const Pack *pack, Arena *a, PolicyEntitlement *ret)
{
        PolicyEntitlement e = { .policy = pack_policy(pack, store_text(q, 0)),
                                .outcome = policy_outcome_of(store_text(q, 4)),
                                .fen = store_i64(q, 5),
                                .computed_fen = store_i64(q, 6) };
        e.key = store_text_dup(q, 1, a);
        e.name = store_text_dup(q, 2, a);
        e.unit = store_is_null(q, 3) ? STR("") : store_text_dup(q, 3, a);
        e.reason = store_text_dup(q, 7, a);
        if (!e.key.ptr || !e.name.ptr || !e.unit.ptr || !e.reason.ptr)
                return ST_NOMEM;
        Json *list;
        if (!store_is_null(q, 8)) {
                TRY(read_list(store_text(q, 8), a, &list));
                Str *names = arena_array_of(a, Str, list->count + 1);
                if (!names)
                        return ST_NOMEM;
                for (size_t i = 0; json_at(list, i); i++)
                        names[e.missing_count++] = json_at(list, i)->text;
                e.missing = names;
        }
        if (!store_is_null(q, 9)) {
                TRY(read_list(store_text(q, 9), a, &list));
                e.cuts = arena_array_of(a, PolicyCut, list->count + 1);
                if (!e.cuts)
                        return ST_NOMEM;
                for (size_t i = 0; json_at(list, i); i++) {
                        PolicyCut *c = &e.cuts[e.cut_count++];
                        const Json *j = json_at(list, i);
                        c->rule = json_get_text(j, "rule", STR(""));
                        if (!json_i64(json_get(j, "before"), &c->before) || !json_i64(json_get(j, "after"), &c->after))
                                return ST_CORRUPT;
                }
        }
        *ret = e;
        return ST_OK;
}

Status policy_run_items(StoreTx *tx, const Pack *pack, int64_t run, const PolicyRunFilter *f, Arena *a,
                        PolicyEntitlement **ret, size_t *ret_count, int64_t *ret_total)
{
        _cleanup_buf_ Buf where = BUF_INIT(1 << 20), sql = BUF_INIT(1 << 20);
        StoreValue args[ARGS_MAX];
        size_t n = 0;
        TRY(put_filter(&where, pack, run, f, args, &n));
        buf_printf(&sql, "SELECT count(*)%s", where.ptr);
        TRY(buf_status(&sql));
        int64_t total;
        TRY(store_get_i64(tx, sql.ptr, args, n, &total));
        buf_clear(&sql);
        buf_printf(
                &sql,
                "SELECT policy, key, name, unit, outcome, fen, computed_fen, reason, missing, cuts%s "
                "ORDER BY fen DESC, CASE outcome WHEN 'eligible' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END, policy, key LIMIT %lld OFFSET %lld",
                where.ptr, (long long)(f->limit ? f->limit : PAGE_MAX), (long long)f->offset);
        TRY(buf_status(&sql));
        PolicyEntitlement *items = NULL;
        size_t count = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(tx, sql.ptr, args, n, &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&items, &cap, count + 1, sizeof(*items)) < 0)
                        return ST_NOMEM;
                TRY(read_item(q, pack, a, &items[count]));
                if (items[count].policy) /* a policy that left the pack is no longer shown */
                        count++;
        }
        TRY(store_done(q));
        *ret = items;
        *ret_count = count;
        *ret_total = total;
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
                "SELECT unit, policy, outcome, count(*), CAST(sum(fen) AS BIGINT) FROM entitlement WHERE run = $1 AND unit IS NOT NULL "
                "GROUP BY unit, policy, outcome ORDER BY unit, policy",
                STORE_ARGS(sv_i64(run)), &q));
        while (store_next(q)) {
                const PackUnit *u = pack_unit(pack, store_text(q, 0));
                if (!u || (within && !pack_unit_within(u, within)))
                        continue;
                PolicyUnitSum *s = sum_for(&sums, &n, &cap, u, store_text(q, 1), a);
                if (!s)
                        return ST_NOMEM;
                PolicyOutcome o = policy_outcome_of(store_text(q, 2));
                *(o == POLICY_ELIGIBLE  ? &s->sum.eligible
                  : o == POLICY_UNKNOWN ? &s->sum.unknown
                                        : &s->sum.not_eligible) = store_i64(q, 3);
                s->sum.fen += store_i64(q, 4);
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
        PolicyRunFilter f = { .within = within, .outcome = &outcome };
        TRY(policy_run_items(tx, pack, run, &f, a, &items, &n, &total));
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
