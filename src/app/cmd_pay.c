/* cmd_pay.c -- payments and the ledger on the command line, by the same operations as the web face. */
#include "app/commands.h"
#include "app/world.h"

static const char *state_word(const App *app, Str state)
{
        static const struct {
                const char *name, *zh;
        } words[] = { { "made", "待复核" },   { "reviewed", "已复核" }, { "approved", "已审批" },  { "published", "公示中" },
                      { "paid", "已支付" },   { "settled", "已办结" },  { "cancelled", "已作废" }, { "listed", "待支付" },
                      { "taken out", "已取出" }, { "sent", "支付中" },  { "confirmed", "已到账" }, { "returned", "已退回" } };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_eq_c(state, words[i].name))
                        return app->lang == LANG_EN ? words[i].name : words[i].zh;
        return "";
}

static void put_batch(App *app, const Json *b)
{
        bool en = app->lang == LANG_EN;
        buf_printf(&app->out, en ? "Batch %.*s  %.*s  %s  %.*s items, %.*s yuan; sent %.*s, confirmed %.*s, returned %.*s\n"
                                 : "第 %.*s 批  %.*s  %s  %.*s 项，%.*s 元；已支付 %.*s，已到账 %.*s，退回 %.*s\n",
                   STR_FMT(app_text(b, "payment")), STR_FMT(app_text(b, "title")), state_word(app, app_text(b, "state")),
                   STR_FMT(app_text(b, "items")), STR_FMT(app_text(b, "amount")), STR_FMT(app_text(b, "sent")),
                   STR_FMT(app_text(b, "confirmed")), STR_FMT(app_text(b, "returned")));
        if (app_text(b, "publish_to").len)
                buf_printf(&app->out, en ? "  published %.*s to %.*s, %.*s open objections\n" : "  公示 %.*s 至 %.*s，未答复异议 %.*s 条\n",
                           STR_FMT(app_text(b, "publish_from")), STR_FMT(app_text(b, "publish_to")),
                           STR_FMT(app_text(b, "open_objections")));
}

/* A call whose reply is a batch. */
static Status say_batch(AppWorld *w, const char *operation, const Buf *body, bool json)
{
        const Json *o;
        w->call.body = body ? buf_str(body) : STR("{}");
        TRY(app_call(w, operation, &o));
        if (json)
                app_put_reply(w);
        else
                put_batch(w->app, o);
        return ST_OK;
}

static Status body_reason(const char *reason, Buf *body)
{
        JsonWriter j = json_writer(body, JSON_COMPACT);
        jw_object_begin(&j);
        if (reason)
                jw_put_cstr(&j, "reason", reason);
        jw_object_end(&j);
        return jw_finish(&j);
}

static Status number_of(App *app, const char *text, int64_t *ret)
{
        return str_to_i64(str_c(text), ret) ? ST_OK : app_usage(app, "应为编号（数字）", "a number is needed");
}

Status cmd_pay_make(App *app, Args *args)
{
        const char *db, *run, *title = NULL, *name;
        bool skip = false, json = false;
        int64_t number;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 20);
        TRY(args_option(args, "--title", &title));
        TRY(args_flag(args, "--skip-claimed", &skip));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "RUN", &run));
        TRY(number_of(app, run, &number));
        if (!title)
                return app_usage(app, "请用 --title 写明批次名称", "name the batch with --title");
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_i64(&j, "run", number);
        jw_put_cstr(&j, "title", title);
        jw_put_bool(&j, "skip_claimed", skip);
        jw_put_array(&j, "policies");
        for (;;) {
                TRY(args_positional_opt(args, &name));
                if (!name)
                        break;
                jw_str(&j, str_c(name));
        }
        jw_array_end(&j);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        return say_batch(&w, "pay_make", &body, json);
}

Status cmd_pay_list(App *app, Args *args)
{
        const char *db;
        bool json = false;
        const Json *o;
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_call(&w, "pay_list", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
        const Json *all = json_get(o, "payments");
        for (size_t i = 0; json_at(all, i); i++)
                put_batch(app, json_at(all, i));
        return ST_OK;
}

Status cmd_pay_show(App *app, Args *args)
{
        const char *db, *id;
        bool json = false;
        const Json *o;
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "PAYMENT", &id));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "payment", id));
        TRY(app_set(&w, "limit", "500"));
        TRY(app_call(&w, "pay_show", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
        const Json *b = json_get(o, "payment"), *steps = json_get(b, "steps"), *rows = json_get(o, "rows");
        put_batch(app, b);
        for (size_t i = 0; json_at(steps, i); i++) {
                const Json *s = json_at(steps, i), *gone = json_get(s, "is_void");
                buf_printf(&app->out, "  %.*s  %.*s  %.*s%s  %.*s\n", STR_FMT(app_text(s, "at")), STR_FMT(app_text(s, "step")),
                           STR_FMT(app_text(s, "actor")), gone && gone->truth ? (app->lang == LANG_EN ? " (void)" : "（已失效）") : "",
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
        AppTable t = APP_TABLE(app->arena, 6);
        t.right = 1 | 16;
        for (size_t i = 0; json_at(rows, i); i++) {
                const Json *r = json_at(rows, i);
                TRY(app_cell(&t, app_text(r, "item")));
                TRY(app_cell(&t, app_title(app, r, "policy_title")));
                TRY(app_cell(&t, app_text(r, "key")));
                TRY(app_cell(&t, app_text(r, "name")));
                TRY(app_cell(&t, app_text(r, "amount")));
                TRY(app_cell_c(&t, state_word(app, app_text(r, "state"))));
        }
        if (json_at(rows, 0))
                app_table_put(&t, &app->out);
        return ST_OK;
}

/* pay review, approve, publish, cancel, send: a batch and perhaps a word. */
static Status one_step(App *app, Args *args, const char *operation)
{
        const char *db, *id, *reason = NULL;
        bool json = false;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(args_option(args, "--reason", &reason));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "PAYMENT", &id));
        TRY(args_done(args));
        TRY(body_reason(reason, &body));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "payment", id));
        return say_batch(&w, operation, &body, json);
}

Status cmd_pay_review(App *app, Args *args) { return one_step(app, args, "pay_review"); }
Status cmd_pay_approve(App *app, Args *args) { return one_step(app, args, "pay_approve"); }
Status cmd_pay_publish(App *app, Args *args) { return one_step(app, args, "pay_publish"); }
Status cmd_pay_cancel(App *app, Args *args) { return one_step(app, args, "pay_cancel"); }
Status cmd_pay_send(App *app, Args *args) { return one_step(app, args, "pay_send"); }

Status cmd_pay_edit(App *app, Args *args)
{
        const char *db, *id, *item, *reason = NULL, *amount = NULL;
        bool json = false;
        int64_t number;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(args_option(args, "--reason", &reason));
        TRY(args_option(args, "--amount", &amount));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "PAYMENT", &id));
        TRY(args_positional(args, "ITEM", &item));
        TRY(args_done(args));
        TRY(number_of(app, item, &number));
        if (!reason)
                return app_usage(app, "请用 --reason 写明理由", "say why with --reason");
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_i64(&j, "item", number);
        if (amount)
                jw_put_cstr(&j, "amount", amount);
        jw_put_cstr(&j, "reason", reason);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "payment", id));
        return say_batch(&w, "pay_edit", &body, json);
}

Status cmd_pay_object(App *app, Args *args)
{
        const char *db, *id, *item, *text = NULL, *who = NULL;
        int64_t number;
        const Json *o;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(args_option(args, "--text", &text));
        TRY(args_option(args, "--by", &who));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "PAYMENT", &id));
        TRY(args_positional(args, "ITEM", &item));
        TRY(args_done(args));
        TRY(number_of(app, item, &number));
        if (!text)
                return app_usage(app, "请用 --text 写明异议", "say it with --text");
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_i64(&j, "item", number);
        if (who)
                jw_put_cstr(&j, "by", who);
        jw_put_cstr(&j, "text", text);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "payment", id));
        w.call.body = buf_str(&body);
        TRY(app_call(&w, "pay_object", &o));
        buf_printf(&app->out, app->lang == LANG_EN ? "Objection %.*s is recorded.\n" : "异议 %.*s 已登记。\n",
                   STR_FMT(app_text(o, "objection")));
        return ST_OK;
}

Status cmd_pay_answer(App *app, Args *args)
{
        const char *db, *id, *text = NULL;
        bool upheld = false, json = false;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(args_option(args, "--text", &text));
        TRY(args_flag(args, "--upheld", &upheld));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "OBJECTION", &id));
        TRY(args_done(args));
        if (!text)
                return app_usage(app, "请用 --text 写明答复", "say it with --text");
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_bool(&j, "upheld", upheld);
        jw_put_cstr(&j, "text", text);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "objection", id));
        return say_batch(&w, "pay_answer", &body, json);
}

Status cmd_pay_settle(App *app, Args *args)
{
        const char *db, *item, *reason = NULL;
        bool arrived = false, back = false, json = false;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(args_option(args, "--reason", &reason));
        TRY(args_flag(args, "--arrived", &arrived));
        TRY(args_flag(args, "--returned", &back));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "ITEM", &item));
        TRY(args_done(args));
        if (arrived == back)
                return app_usage(app, "请用 --arrived 或 --returned 之一", "one of --arrived and --returned");
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_bool(&j, "arrived", arrived);
        if (reason)
                jw_put_cstr(&j, "reason", reason);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "item", item));
        return say_batch(&w, "pay_settle", &body, json);
}

static Status money_back(App *app, Args *args, const char *operation)
{
        const char *db, *item, *reason = NULL, *amount = NULL;
        bool json = false;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(args_option(args, "--reason", &reason));
        TRY(args_option(args, "--amount", &amount));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "ITEM", &item));
        TRY(args_done(args));
        if (!amount)
                return app_usage(app, "请用 --amount 写明金额（元）", "say how much with --amount (yuan)");
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_cstr(&j, "amount", amount);
        if (reason)
                jw_put_cstr(&j, "reason", reason);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "item", item));
        return say_batch(&w, operation, &body, json);
}

Status cmd_pay_claim_back(App *app, Args *args) { return money_back(app, args, "pay_claim_back"); }
Status cmd_pay_came_back(App *app, Args *args) { return money_back(app, args, "pay_came_back"); }

Status cmd_pay_due(App *app, Args *args)
{
        const char *db, *year = NULL;
        bool json = false;
        const Json *o;
        TRY(args_option(args, "--year", &year));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_done(args));
        if (!year)
                return app_usage(app, "请用 --year 指明年度", "give the year with --year");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "year", year));
        TRY(app_call(&w, "pay_due_back", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
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
        if (json_at(due, 0))
                app_table_put(&t, &app->out);
        else
                buf_puts(&app->out, app->lang == LANG_EN ? "Nothing is to be claimed back.\n" : "没有需要追回的款项。\n");
        return ST_OK;
}

/* ---- the ledger ---- */

Status cmd_ledger_show(App *app, Args *args)
{
        const char *db, *account = NULL;
        bool json = false;
        const Json *o;
        TRY(args_option(args, "--account", &account));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        if (account)
                TRY(app_set(&w, "account", account));
        TRY(app_set(&w, "limit", "500"));
        TRY(app_call(&w, "ledger_show", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
        AppTable t = APP_TABLE(app->arena, 5);
        t.right = 4 | 8 | 16;
        const Json *all = json_get(o, "accounts"), *lines = json_get(o, "lines");
        for (size_t i = 0; json_at(all, i); i++) {
                const Json *a = json_at(all, i);
                TRY(app_cell(&t, app_text(a, "account")));
                TRY(app_cell(&t, app_title(app, a, "title")));
                TRY(app_cell(&t, app_text(a, "debit")));
                TRY(app_cell(&t, app_text(a, "credit")));
                TRY(app_cell(&t, app_text(a, "balance")));
        }
        if (json_at(all, 0))
                app_table_put(&t, &app->out);
        if (!account)
                return ST_OK;
        buf_putc(&app->out, '\n');
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
        if (json_at(lines, 0))
                app_table_put(&l, &app->out);
        return ST_OK;
}

Status cmd_ledger_fund(App *app, Args *args)
{
        const char *db, *unit, *source, *amount, *reason = NULL;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(args_option(args, "--reason", &reason));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "UNIT", &unit));
        TRY(args_positional(args, "SOURCE", &source));
        TRY(args_positional(args, "AMOUNT", &amount));
        TRY(args_done(args));
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_cstr(&j, "unit", unit);
        jw_put_cstr(&j, "source", source);
        jw_put_cstr(&j, "amount", amount);
        if (reason)
                jw_put_cstr(&j, "reason", reason);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        w.call.body = buf_str(&body);
        TRY(app_call(&w, "ledger_fund", NULL));
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
                Str outcome = app_text(e, "outcome");
                bool en = app->lang == LANG_EN;
                TRY(app_cell(&t, app_title(app, e, title)));
                TRY(app_cell_c(&t, str_eq_c(outcome, "eligible")  ? (en ? "eligible" : "符合")
                                   : str_eq_c(outcome, "unknown") ? (en ? "unknown" : "数据缺失")
                                                                  : (en ? "not eligible" : "不符合")));
                TRY(app_cell(&t, range ? app_text(range, "most") : app_text(e, "amount")));
                TRY(app_cell(&t, app_text(e, "reason")));
        }
        if (json_at(all, 0))
                app_table_put(&t, &app->out);
        return ST_OK;
}

Status cmd_policy_entitlements(App *app, Args *args)
{
        const char *db, *key, *year = NULL;
        bool json = false;
        const Json *o;
        TRY(args_option(args, "--year", &year));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "KEY", &key));
        TRY(args_done(args));
        if (!year)
                return app_usage(app, "请用 --year 指明年度", "give the year with --year");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "key", key));
        TRY(app_set(&w, "year", year));
        TRY(app_call(&w, "entitlement_show", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
        buf_printf(&app->out, app->lang == LANG_EN ? "%.*s, %.*s: %.*s yuan in all\n" : "%.*s，%.*s 年度：合计 %.*s 元\n",
                   STR_FMT(app_text(o, "name")), STR_FMT(app_text(o, "year")), STR_FMT(app_text(o, "amount")));
        return put_answers(app, json_get(o, "entitlements"), "policy_title");
}

Status cmd_policy_calculate(App *app, Args *args)
{
        const char *db, *year = NULL, *pair;
        bool json = false;
        int64_t number;
        const Json *o;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 20);
        TRY(args_option(args, "--year", &year));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        if (!year || !str_to_i64(str_c(year), &number))
                return app_usage(app, "请用 --year 指明年度", "give the year with --year");
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_i64(&j, "year", number);
        jw_put_object(&j, "figures");
        for (;;) {
                TRY(args_positional_opt(args, &pair));
                if (!pair)
                        break;
                Str value, name = str_cut(str_c(pair), '=', &value);
                if (!value.ptr)
                        return app_usage(app, "数据应为 名称=值，例如 revenue=1.2亿元", "figures are NAME=VALUE, for example revenue=1.2亿元");
                jw_key(&j, name);
                jw_str(&j, value);
        }
        jw_object_end(&j);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        w.call.body = buf_str(&body);
        TRY(app_call(&w, "calculator_run", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
        return put_answers(app, json_get(o, "answers"), "title");
}
