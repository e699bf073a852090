/* cmd_policy.c -- policies on the command line: check, run, compare. */
#include "app/commands.h"
#include "app/ask.h"

static void put_tree(const Json *e, int indent, Buf *out)
{
        Str value = app_text(e, "value"), note = app_text(e, "note");
        const Json *source = json_get(e, "source"), *parts = json_get(e, "parts");
        buf_printf(out, "%*s%.*s", indent, "", STR_FMT(app_text(e, "title")));
        if (json_is(json_get(e, "value"), JSON_NULL))
                buf_puts(out, "：未知 / unknown");
        else if (value.len)
                buf_printf(out, "：%.*s", STR_FMT(value));
        if (source)
                buf_printf(out, "  [%.*s %.*s]", STR_FMT(app_text(source, "file")), STR_FMT(app_text(source, "cell")));
        if (note.len)
                buf_printf(out, "  —— %.*s", STR_FMT(note));
        buf_putc(out, '\n');
        for (size_t i = 0; json_at(parts, i); i++)
                put_tree(json_at(parts, i), indent + 2, out);
}

Status cmd_policy_check(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "POLICY", .entry = "policy" },
                { .name = "KEY", .entry = "key" },
                { .name = "--year", .entry = "year", .required = true },
        };
        bool explain = false;
        TRY(args_flag(args, "--explain", &explain));
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "policy_check", options, &w, &o));
        if (!o)
                return ST_OK;
        Str amount = app_text(o, "amount"), gives = app_text(o, "gives");
        if (str_eq_c(gives, "recognition"))
                amount = STR("");
        if (str_eq_c(gives, "estimate") && amount.len)          /* what is not paid is told by the explanation's head */
                amount = app_text(json_get(o, "explanation"), "value");
        buf_printf(&app->out, "%.*s  %s  %.*s%s  %.*s\n", STR_FMT(app_text(o, "name")),
                   app_outcome_word(app, app_text(o, "outcome")), STR_FMT(amount),
                   amount.len ? (app->lang == LANG_EN ? " yuan" : " 元") : "", STR_FMT(app_text(o, "reason")));
        if (explain)
                put_tree(json_get(o, "explanation"), 0, &app->out);
        return ST_OK;
}

static Status run_table(App *app, const Json *run)
{
        bool en = app->lang == LANG_EN;
        AppTable t = APP_TABLE(app->arena, 5);
        t.right = 2 | 4 | 8 | 16;
        static const char *const zh_heads[] = { "政策", "符合", "不符合", "数据缺失", "金额（元）" };
        static const char *const en_heads[] = { "policy", "eligible", "not", "unknown", "yuan" };
        for (size_t i = 0; i < ARRAY_LEN(zh_heads); i++)
                TRY(app_cell_c(&t, en ? en_heads[i] : zh_heads[i]));
        const Json *policies = json_get(run, "policies");
        for (size_t i = 0; json_at(policies, i); i++) {
                const Json *p = json_at(policies, i), *sum = json_get(p, "sum");
                TRY(app_cell(&t, app_title(app, p, "title")));
                TRY(app_cell(&t, app_text(sum, "eligible")));
                TRY(app_cell(&t, app_text(sum, "not_eligible")));
                TRY(app_cell(&t, app_text(sum, "unknown")));
                TRY(app_cell(&t, app_text(sum, "amount")));
        }
        buf_printf(&app->out, en ? "Run %.*s, year %.*s, SM3 %.*s\n" : "第 %.*s 次测算，%.*s 年度，SM3 %.*s\n",
                   STR_FMT(app_text(run, "run")), STR_FMT(app_text(run, "year")), STR_FMT(app_text(run, "hash")));
        app_table_put(&t, &app->out);
        return ST_OK;
}

/* Where the time went. */
static void put_shares(App *app, const Json *run)
{
        const Json *ms = json_get(run, "milliseconds");
        static const char *const parts[] = { "loading", "evaluating", "resolving", "writing" };
        static const char *const zh[] = { "读取", "计算", "汇总", "写入" };
        int64_t all = 0, each[ARRAY_LEN(parts)] = { 0 }, scalar = 0;
        for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
                (void)json_i64(json_get(ms, parts[i]), &each[i]);
                all += each[i];
        }
        (void)json_i64(json_get(ms, "rows_one_by_one"), &scalar);
        for (size_t i = 0; i < ARRAY_LEN(parts); i++)
                buf_printf(&app->out, "%s %lld ms (%lld%%)  ", app->lang == LANG_EN ? parts[i] : zh[i],
                           (long long)each[i], (long long)(all ? each[i] * 100 / all : 0));
        buf_printf(&app->out, app->lang == LANG_EN ? "all %lld ms; %lld decisions one by one\n"
                                                   : "合计 %lld ms；逐行计算 %lld 次\n",
                   (long long)all, (long long)scalar);
}

static Status run_body(Args *args, const char *year, const char *day, Buf *body)
{
        JsonWriter j = json_writer(body, JSON_COMPACT);
        const char *name = NULL;
        jw_object_begin(&j);
        jw_key(&j, STR("year"));
        jw_number(&j, str_c(year));
        if (day)
                jw_put_cstr(&j, "day", day);
        jw_put_array(&j, "policies");
        for (;;) {
                TRY(args_positional_opt(args, &name));
                if (!name)
                        break;
                jw_str(&j, str_c(name));
        }
        jw_array_end(&j);
        jw_object_end(&j);
        return jw_finish(&j);
}

/* All entitlements of the run, beside its head: the reply of run_show for everything. */
static Status put_everything(AppWorld *w, const Json *run)
{
        enum { PAGE = 500 };
        App *app = w->app;
        JsonWriter j = json_writer(&app->out, JSON_COMPACT);
        jw_object_begin(&j);
        jw_key(&j, STR("run"));
        jw_json(&j, run);
        jw_put_array(&j, "entitlements");
        int64_t total = 1;
        for (int64_t offset = 0; offset < total; offset += PAGE) {
                const Json *page;
                api_call_release(&w->call);
                w->call.param_count = 0;
                TRY(api_set(&w->call, "run", app_text(run, "run")));
                TRY(app_set(w, "offset", arena_printf(app->arena, "%lld", (long long)offset)));
                TRY(app_set(w, "limit", "500"));
                TRY(app_call(w, "run_show", &page));
                if (!json_i64(json_get(page, "total"), &total))
                        return ST_INTERNAL;
                const Json *rows = json_get(page, "rows");
                for (size_t i = 0; json_at(rows, i); i++)
                        jw_json(&j, json_at(rows, i));
        }
        jw_array_end(&j);
        jw_object_end(&j);
        buf_putc(&app->out, '\n');
        return jw_finish(&j);
}

Status cmd_policy_run(App *app, Args *args)
{
        const char *db, *year = NULL, *out = NULL, *day = NULL;
        bool json = false, shares = false;
        int64_t number;
        TRY(args_option(args, "--year", &year));
        TRY(args_option(args, "--on", &day));
        TRY(args_option(args, "-o", &out));
        TRY(args_flag(args, "--shares", &shares));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        if (!year || !str_to_i64(str_c(year), &number))
                return app_usage(app, "请用 --year 指明年度，例如 2021", "give the year with --year, for example 2021");
        _cleanup_buf_ Buf body = BUF_INIT(1 << 20);
        TRY(run_body(args, year, day, &body));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        const Json *run;
        TRY(app_world_open(app, db, &w));
        w.call.body = buf_str(&body);
        TRY(app_call(&w, "run_make", &run));
        w.call.body = STR_NONE;
        if (out) {
                api_call_release(&w.call);
                TRY(api_set(&w.call, "run", app_text(run, "run")));
                TRY(app_call(&w, "run_roster", NULL));
                TRY(app_write_file(app, out, buf_str(&w.call.reply)));
        }
        if (json)
                return put_everything(&w, run);
        TRY(run_table(app, run));
        if (shares)
                put_shares(app, run);
        return ST_OK;
}

Status cmd_policy_diff(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "RUN", .entry = "run" },
                { .name = "OTHER", .entry = "with" },
                { .name = "--limit", .entry = "limit", .kind = ASK_NUMBER },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "run_diff", options, &w, &o));
        if (!o)
                return ST_OK;
        bool en = app->lang == LANG_EN;
        const Json *changes = json_get(o, "changes");
        if (!json_get(o, "same_hash") || !json_get(o, "same_rules"))
                return ST_INTERNAL;
        buf_printf(&app->out, en ? "%.*s differences%s%s\n" : "不同 %.*s 处%s%s\n", STR_FMT(app_text(o, "total")),
                   json_get(o, "same_hash")->truth ? (en ? "; the same hash" : "；哈希相同") : "",
                   json_get(o, "same_rules")->truth ? "" : en ? "; by other rules" : "；规则不同");
        AppTable t = APP_TABLE(app->arena, 5);
        t.right = 8 | 16;
        for (size_t i = 0; json_at(changes, i); i++) {
                const Json *c = json_at(changes, i);
                TRY(app_cell(&t, app_text(c, "policy")));
                TRY(app_cell(&t, app_text(c, "name")));
                TRY(app_cell_c(&t, app_outcome_word(app, app_text(c, "outcome_after"))));
                TRY(app_cell(&t, app_text(c, "before")));
                TRY(app_cell(&t, app_text(c, "after")));
        }
        if (json_at(changes, 0))
                app_table_put(&t, &app->out);
        return ST_OK;
}

Status cmd_policy_runs(App *app, Args *args)
{
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ask(app, args, "run_list", NULL, 0, &w, &o));
        if (!o)
                return ST_OK;
        static const char *const zh_heads[] = { "测算", "年度", "时间", "经手人", "政策", "金额（元）", "SM3" };
        static const char *const en_heads[] = { "run", "year", "made", "by", "policies", "yuan", "SM3" };
        bool en = app->lang == LANG_EN;
        AppTable t = APP_TABLE(app->arena, ARRAY_LEN(zh_heads));
        t.right = 1 | 16 | 32;
        for (size_t i = 0; i < ARRAY_LEN(zh_heads); i++)
                TRY(app_cell_c(&t, en ? en_heads[i] : zh_heads[i]));
        const Json *runs = json_get(o, "runs");
        for (size_t i = 0; json_at(runs, i); i++) {
                const Json *r = json_at(runs, i), *policies = json_get(r, "policies");
                int64_t fen = 0;
                for (size_t k = 0; json_at(policies, k); k++) {
                        int64_t one = 0;
                        if (json_i64(json_get(json_get(json_at(policies, k), "sum"), "fen"), &one))
                                fen += one;
                }
                TRY(app_cell(&t, app_text(r, "run")));
                TRY(app_cell(&t, app_text(r, "year")));
                TRY(app_cell(&t, app_text(r, "made_at")));
                TRY(app_cell(&t, app_text(r, "made_by")));
                TRY(app_cell_c(&t, arena_printf(app->arena, "%u", policies ? policies->count : 0u)));
                TRY(app_cell_c(
                        &t, arena_printf(app->arena, "%lld.%02lld", (long long)(fen / 100), (long long)(fen % 100))));
                TRY(app_cell(&t, app_text(r, "hash")));
        }
        app_table_put(&t, &app->out);
        return ST_OK;
}

Status cmd_policy_rerun(App *app, Args *args)
{
        static const AskOption options[] = { { .name = "RUN", .entry = "run" } };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "run_again", options, &w, &o));
        if (!o)
                return ST_OK;
        const Json *same = json_get(o, "same");
        bool en = app->lang == LANG_EN;
        if (!same)
                return ST_INTERNAL;
        if (!same->truth)
                return diag_fail(
                        &app->diag, ST_CONFLICT, POS_NONE,
                        "第 %.*s 次测算重算后哈希不同（固化 %.*s，重算 %.*s），有 %.*s 个结果不同；请核对程序版本和数据库",
                        "run %.*s computed again has another hash (frozen %.*s, now %.*s), %.*s answers differ; check the "
                        "program's version and the database",
                        STR_FMT(app_text(o, "run")), STR_FMT(app_text(o, "hash")), STR_FMT(app_text(o, "again")),
                        STR_FMT(app_text(o, "different")));
        buf_printf(&app->out,
                   en ? "run %.*s computed again: the same hash %.*s\n" : "第 %.*s 次测算重算：哈希相同 %.*s\n",
                   STR_FMT(app_text(o, "run")), STR_FMT(app_text(o, "hash")));
        return ST_OK;
}
