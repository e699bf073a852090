/* cmd_pay.c -- payments and the ledger on the command line, by the same operations as the web face. */
#include "app/commands.h"
#include "app/ask.h"

static void put_batch(App *app, const Json *b)
{
        bool en = app->lang == LANG_EN;
        buf_printf(&app->out,
                   en ? "Batch %.*s  %.*s  %s  %.*s items, %.*s yuan; sent %.*s, confirmed %.*s, returned %.*s\n"
                      : "第 %.*s 批  %.*s  %s  %.*s 项，%.*s 元；已支付 %.*s，已到账 %.*s，退回 %.*s\n",
                   STR_FMT(app_text(b, "payment")), STR_FMT(app_text(b, "title")),
                   app_state_word(app, app_text(b, "state")), STR_FMT(app_text(b, "items")),
                   STR_FMT(app_text(b, "amount")), STR_FMT(app_text(b, "sent")), STR_FMT(app_text(b, "confirmed")),
                   STR_FMT(app_text(b, "returned")));
        if (app_text(b, "publish_to").len)
                buf_printf(&app->out,
                           en ? "  published %.*s to %.*s, %.*s open objections\n"
                              : "  公示 %.*s 至 %.*s，未答复异议 %.*s 条\n",
                           STR_FMT(app_text(b, "publish_from")), STR_FMT(app_text(b, "publish_to")),
                           STR_FMT(app_text(b, "open_objections")));
}

/* A call whose reply is a batch. */
static Status say_batch(App *app, Args *args, const char *operation, const AskOption *options, size_t n)
{
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ask(app, args, operation, options, n, &w, &o));
        if (o)
                put_batch(app, o);
        return ST_OK;
}
#define SAY_BATCH(app, args, operation, options) say_batch(app, args, operation, options, ARRAY_LEN(options))

#define PAYMENT { .name = "PAYMENT", .entry = "payment" }
#define REASON { .name = "--reason", .entry = "reason", .body = true }

Status cmd_pay_make(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "--title", .entry = "title", .body = true, .required = true },
                { .name = "--skip-claimed", .entry = "skip_claimed", .kind = ASK_FLAG, .body = true },
                { .name = "RUN", .entry = "run", .kind = ASK_NUMBER, .body = true },
                { .name = "POLICY", .entry = "policies", .kind = ASK_MANY, .body = true },
        };
        return SAY_BATCH(app, args, "pay_make", options);
}

Status cmd_pay_list(App *app, Args *args)
{
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ask(app, args, "pay_list", NULL, 0, &w, &o));
        const Json *all = o ? json_get(o, "payments") : NULL;
        for (size_t i = 0; json_at(all, i); i++)
                put_batch(app, json_at(all, i));
        return ST_OK;
}

static Status put_items(App *app, const Json *rows)
{
        AppTable t = APP_TABLE(app->arena, 6);
        t.right = 1 | 16;
        for (size_t i = 0; json_at(rows, i); i++) {
                const Json *r = json_at(rows, i);
                TRY(app_cell(&t, app_text(r, "item")));
                TRY(app_cell(&t, app_title(app, r, "policy_title")));
                TRY(app_cell(&t, app_text(r, "key")));
                TRY(app_cell(&t, app_text(r, "name")));
                TRY(app_cell(&t, app_text(r, "amount")));
                TRY(app_cell_c(&t, app_state_word(app, app_text(r, "state"))));
        }
        if (t.count)
                app_table_put(&t, &app->out);
        return ST_OK;
}

Status cmd_pay_show(App *app, Args *args)
{
        static const AskOption options[] = { PAYMENT,
                                             { .name = "", .entry = "limit", .kind = ASK_ALWAYS, .says = "500" } };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "pay_show", options, &w, &o));
        if (!o)
                return ST_OK;
        const Json *b = json_get(o, "payment"), *steps = json_get(b, "steps");
        put_batch(app, b);
        for (size_t i = 0; json_at(steps, i); i++) {
                const Json *s = json_at(steps, i), *gone = json_get(s, "is_void");
                buf_printf(&app->out, "  %.*s  %.*s  %.*s%s  %.*s\n", STR_FMT(app_text(s, "at")),
                           STR_FMT(app_text(s, "step")), STR_FMT(app_text(s, "actor")),
                           gone && gone->truth ? (app->lang == LANG_EN ? " (void)" : "（已失效）") : "",
                           STR_FMT(app_text(s, "note")));
        }
        const Json *objections = json_get(o, "objections");
        for (size_t i = 0; json_at(objections, i); i++) {
                const Json *e = json_at(objections, i);
                buf_printf(&app->out, app->lang == LANG_EN ? "  objection %.*s to item %.*s by %.*s: %.*s — %.*s\n"
                                                           : "  异议 %.*s（第 %.*s 项，%.*s）：%.*s —— %.*s\n",
                           STR_FMT(app_text(e, "objection")), STR_FMT(app_text(e, "item")), STR_FMT(app_text(e, "by")),
                           STR_FMT(app_text(e, "text")), STR_FMT(app_text(e, "answer")));
        }
        return put_items(app, json_get(o, "rows"));
}

/* pay review, approve, publish, cancel, send: a batch and perhaps a word. */
static Status one_step(App *app, Args *args, const char *operation)
{
        static const AskOption options[] = { PAYMENT, REASON };
        return SAY_BATCH(app, args, operation, options);
}

Status cmd_pay_review(App *app, Args *args) { return one_step(app, args, "pay_review"); }
Status cmd_pay_approve(App *app, Args *args) { return one_step(app, args, "pay_approve"); }
Status cmd_pay_publish(App *app, Args *args) { return one_step(app, args, "pay_publish"); }
Status cmd_pay_cancel(App *app, Args *args) { return one_step(app, args, "pay_cancel"); }
Status cmd_pay_send(App *app, Args *args) { return one_step(app, args, "pay_send"); }

Status cmd_pay_edit(App *app, Args *args)
{
        static const AskOption options[] = {
                PAYMENT,
                { .name = "ITEM", .entry = "item", .kind = ASK_NUMBER, .body = true },
                { .name = "--amount", .entry = "amount", .body = true },
                { .name = "--reason", .entry = "reason", .body = true, .required = true },
        };
        return SAY_BATCH(app, args, "pay_edit", options);
}

Status cmd_pay_object(App *app, Args *args)
{
        static const AskOption options[] = {
                PAYMENT,
                { .name = "ITEM", .entry = "item", .kind = ASK_NUMBER, .body = true },
                { .name = "--by", .entry = "by", .body = true },
                { .name = "--text", .entry = "text", .body = true, .required = true },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "pay_object", options, &w, &o));
        if (o)
                buf_printf(&app->out, app->lang == LANG_EN ? "Objection %.*s is recorded.\n" : "异议 %.*s 已登记。\n",
                           STR_FMT(app_text(o, "objection")));
        return ST_OK;
}

Status cmd_pay_answer(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "OBJECTION", .entry = "objection" },
                { .name = "--upheld", .entry = "upheld", .kind = ASK_SWITCH, .body = true },
                { .name = "--text", .entry = "text", .body = true, .required = true },
        };
        return SAY_BATCH(app, args, "pay_answer", options);
}

Status cmd_pay_settle(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "ITEM", .entry = "item" },
                { .name = "--arrived", .entry = "arrived", .kind = ASK_FLAG, .body = true, .required = true },
                { .name = "--returned", .entry = "arrived", .kind = ASK_DENIAL, .body = true },
                REASON,
        };
        return SAY_BATCH(app, args, "pay_settle", options);
}

static Status money_back(App *app, Args *args, const char *operation)
{
        static const AskOption options[] = {
                { .name = "ITEM", .entry = "item" },
                { .name = "--amount", .entry = "amount", .body = true, .required = true },
                REASON,
        };
        return SAY_BATCH(app, args, operation, options);
}

Status cmd_pay_claim_back(App *app, Args *args) { return money_back(app, args, "pay_claim_back"); }
Status cmd_pay_came_back(App *app, Args *args) { return money_back(app, args, "pay_came_back"); }

Status cmd_pay_due(App *app, Args *args)
{
        static const AskOption options[] = { { .name = "--year", .entry = "year", .required = true } };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "pay_due_back", options, &w, &o));
        if (!o)
                return ST_OK;
        const Json *due = json_get(o, "due");
        AppTable t = APP_TABLE(app->arena, 5);
        t.right = 1 | 16;
        for (size_t i = 0; json_at(due, i); i++) {
                const Json *d = json_at(due, i), *item = json_get(d, "item"), *unknown = json_get(d, "unknown");
                TRY(app_cell(&t, app_text(item, "item")));
                TRY(app_cell(&t, app_title(app, item, "policy_title")));
                TRY(app_cell(&t, app_text(item, "name")));
                TRY(app_cell(&t, app_text(d, "condition")));
                TRY(app_cell(&t, unknown && unknown->truth ? (app->lang == LANG_EN ? STR("unknown") : STR("数据缺失"))
                                                           : app_text(d, "amount")));
        }
        if (t.count)
                app_table_put(&t, &app->out);
        else
                buf_puts(&app->out,
                         app->lang == LANG_EN ? "Nothing is to be claimed back.\n" : "没有需要追回的款项。\n");
        return ST_OK;
}

/* ---- the ledger ---- */

static Status put_accounts(App *app, const Json *all)
{
        AppTable t = APP_TABLE(app->arena, 5);
        t.right = 4 | 8 | 16;
        for (size_t i = 0; json_at(all, i); i++) {
                const Json *a = json_at(all, i);
                TRY(app_cell(&t, app_text(a, "account")));
                TRY(app_cell(&t, app_title(app, a, "title")));
                TRY(app_cell(&t, app_text(a, "debit")));
                TRY(app_cell(&t, app_text(a, "credit")));
                TRY(app_cell(&t, app_text(a, "balance")));
        }
        if (t.count)
                app_table_put(&t, &app->out);
        return ST_OK;
}

static Status put_lines(App *app, const Json *lines)
{
        AppTable l = APP_TABLE(app->arena, 5);
        l.right = 4 | 8;
        for (size_t i = 0; json_at(lines, i); i++) {
                const Json *e = json_at(lines, i);
                TRY(app_cell(&l, app_text(e, "at")));
                TRY(app_cell(&l, app_text(e, "kind")));
                TRY(app_cell(&l, app_text(e, "debit")));
                TRY(app_cell(&l, app_text(e, "credit")));
                TRY(app_cell(&l, app_text(e, "actor")));
        }
        if (l.count)
                app_table_put(&l, &app->out);
        return ST_OK;
}

Status cmd_ledger_show(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "--account", .entry = "account" },
                { .name = "", .entry = "limit", .kind = ASK_ALWAYS, .says = "500" },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "ledger_show", options, &w, &o));
        if (!o)
                return ST_OK;
        TRY(put_accounts(app, json_get(o, "accounts")));
        if (!api_param(&w.call, "account").ptr)
                return ST_OK;
        buf_putc(&app->out, '\n');
        return put_lines(app, json_get(o, "lines"));
}

Status cmd_ledger_fund(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "UNIT", .entry = "unit", .body = true },
                { .name = "SOURCE", .entry = "source", .body = true },
                { .name = "AMOUNT", .entry = "amount", .body = true },
                REASON,
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "ledger_fund", options, &w, &o));
        if (o)
                buf_puts(&app->out, app->lang == LANG_EN ? "Recorded.\n" : "已登记。\n");
        return ST_OK;
}

/* ---- what one could get ---- */

static Status put_answers(App *app, const Json *all, const char *title)
{
        AppTable t = APP_TABLE(app->arena, 4);
        t.right = 4;
        for (size_t i = 0; json_at(all, i); i++) {
                const Json *e = json_at(all, i), *range = json_get(e, "range");
                TRY(app_cell(&t, app_title(app, e, title)));
                TRY(app_cell_c(&t, app_outcome_word(app, app_text(e, "outcome"))));
                TRY(app_cell(&t, range ? app_text(range, "most") : app_text(e, "amount")));
                TRY(app_cell(&t, app_text(e, "reason")));
        }
        if (t.count)
                app_table_put(&t, &app->out);
        return ST_OK;
}

Status cmd_policy_entitlements(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "KEY", .entry = "key" },
                { .name = "--year", .entry = "year", .required = true },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "entitlement_show", options, &w, &o));
        if (!o)
                return ST_OK;
        buf_printf(&app->out,
                   app->lang == LANG_EN ? "%.*s, %.*s: %.*s yuan in all\n" : "%.*s，%.*s 年度：合计 %.*s 元\n",
                   STR_FMT(app_text(o, "name")), STR_FMT(app_text(o, "year")), STR_FMT(app_text(o, "amount")));
        return put_answers(app, json_get(o, "entitlements"), "policy_title");
}

Status cmd_policy_calculate(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "--year", .entry = "year", .kind = ASK_NUMBER, .body = true, .required = true },
                { .name = "NAME=VALUE", .entry = "figures", .kind = ASK_PAIRS, .body = true },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "calculator_run", options, &w, &o));
        return o ? put_answers(app, json_get(o, "answers"), "title") : ST_OK;
}
