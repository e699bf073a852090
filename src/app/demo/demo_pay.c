/* demo_pay.c -- payments of the demo city: one batch settled, one under way with a payment that came back, one published
 * with an objection.  Each step is made by whom it would be made, on the day it would be. */
#include "app/demo/demo.h"
#include "policy/pay.h"

static PayDo by(Demo *d, const char *who, const char *why)
{
        return (PayDo){ .store = api_store(d->world), .pack = d->pack, .actor = str_c(who), .on_behalf = STR(""),
                        .reason = str_c(why), .diag = &d->app->diag };
}

static Status fund(Demo *d, int64_t yuan)
{
        PayDo finance = by(d, "finance", "年初预算");
        for (size_t i = 0; i < d->pack->unit_count; i++)
                TRY(ledger_fund(&finance, d->pack->units[i].code,
                                d->pack->units[i].parent ? STR("县级财政科技专项") : STR("市级财政科技专项"),
                                yuan * 100 * (d->pack->units[i].parent ? 1 : 4)));
        return ST_OK;
}

/* Made, reviewed, approved, published: from the day on. */
static Status to_publication(Demo *d, int64_t run, const char *policy, const char *title, int year, int month, int day,
                             int64_t *ret)
{
        PayDo city = by(d, "city", ""), reviewer = by(d, "reviewer", "名单、依据与金额一致"),
              leader = by(d, "leader", "同意");
        Str name = str_c(policy);
        demo_clock(year, month, day, 9, 30);
        TRY(pay_make(&city, run, &name, 1, str_c(title), true, ret));
        demo_clock(year, month, day, 15, 0);
        TRY(pay_review(&reviewer, *ret));
        demo_clock(year, month, day + 1, 10, 0);
        TRY(pay_approve(&leader, *ret));
        demo_clock(year, month, day + 1, 14, 30);
        return pay_publish(&city, *ret);
}

enum { CONFIRMED_AT_MOST = 40 };

/* back: so many of the payments come back from the bank; of many, those beyond the first are not confirmed yet. */
static Status to_ledger(Demo *d, int64_t batch, int year, int month, int day, size_t back)
{
        PayDo finance = by(d, "finance", ""), accountant = by(d, "accountant", ""),
              refused = by(d, "accountant", "账号与户名不符");
        _cleanup_arena_ Arena *a = arena_new((size_t)256 << 20);
        PayItem *items;
        size_t n;
        int64_t sent, total;
        if (!a)
                return ST_NOMEM;
        demo_clock(year, month, day, 9, 0);
        TRY(pay_send(&finance, batch, &sent));
        {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                TRY(store_begin(api_store(d->world), STORE_READ, &d->app->diag, &tx));
                TRY(pay_items(tx, batch, NULL, d->pack, 0, 0, a, &items, &n, &total));
        }
        demo_clock(year, month, day + 1, 11, 0);
        for (size_t i = 0; i < n && i < CONFIRMED_AT_MOST; i++)
                TRY(pay_settle(i < back ? &refused : &accountant, items[i].id, i >= back));
        return ST_OK;
}

static Status object(Demo *d, int64_t batch, int year, int month, int day)
{
        PayDo city = by(d, "city", "来电反映：该企业当年有安全生产事故，请核查");
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        PayItem *items;
        size_t n;
        int64_t total, id;
        if (!a)
                return ST_NOMEM;
        {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                TRY(store_begin(api_store(d->world), STORE_READ, &d->app->diag, &tx));
                TRY(pay_items(tx, batch, NULL, d->pack, 0, 1, a, &items, &n, &total));
        }
        demo_clock(year, month, day, 16, 20);
        return n ? pay_object(&city, batch, items[0].id, STR("群众来电"), &id) : ST_OK;
}

/* A small city may have nothing to pay by a policy: then there is no batch. */
static Status unless_nothing(Demo *d, Status st, bool *ret_made)
{
        *ret_made = st == ST_OK;
        if (st != ST_NOT_FOUND)
                return st;
        diag_clear(&d->app->diag);
        return ST_OK;
}

Status demo_pay(Demo *d, int64_t run, int year)
{
        int64_t batch;
        bool made;
        demo_clock(year, 1, 16, 10, 0);
        TRY(fund(d, 40000000 + 60000 * d->enterprises));
        if (year < d->last_year + 1) {  /* an earlier year: all is paid */
                TRY(unless_nothing(d, to_publication(d, run, "hnte_award", "高新技术企业奖励", year, 4, 19, &batch),
                                   &made));
                return made ? to_ledger(d, batch, year, 5, 8, 0) : ST_OK;
        }
        TRY(unless_nothing(
                d, to_publication(d, run, "rd_post_subsidy", "研发投入后补助（第一批）", year, 4, 22, &batch), &made));
        if (made)
                TRY(to_ledger(d, batch, year, 5, 8, 2));
        TRY(unless_nothing(d, to_publication(d, run, "hnte_award", "高新技术企业奖励", year, 5, 13, &batch), &made));
        return made ? object(d, batch, year, 5, 16) : ST_OK;
}
