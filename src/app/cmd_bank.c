/* cmd_bank.c -- the payment list for the bank and the bank's answer on the command line. */
#include "app/commands.h"
#include "app/world.h"

Status cmd_pay_bank(App *app, Args *args)
{
        const char *db, *id, *out = NULL;
        bool json = false;
        const Json *o;
        TRY(args_option(args, "-o", &out));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "PAYMENT", &id));
        TRY(args_done(args));
        if (out && !str_ends(str_c(out), STR(".csv")) && !str_ends(str_c(out), STR(".xlsx")))
                return app_usage(app, "-o 的文件名应以 .xlsx 或 .csv 结尾",
                                 "-o takes a name that ends in .xlsx or .csv");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "payment", id));
        if (out) {
                TRY(app_set(&w, "format", str_ends(str_c(out), STR(".csv")) ? "csv" : "xlsx"));
                TRY(app_call(&w, "bank_list_file", NULL));
                TRY(app_write_file(app, out, buf_str(&w.call.reply)));
                api_call_release(&w.call);
                w.call.param_count = 0;
                TRY(app_set(&w, "payment", id));
        }
        TRY(app_call(&w, "bank_list_show", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
        bool en = app->lang == LANG_EN;
        const Json *rows = json_get(o, "rows");
        AppTable t = APP_TABLE(app->arena, 6);
        t.right = 16;
        for (size_t i = 0; !out && json_at(rows, i); i++) {
                const Json *r = json_at(rows, i);
                Str missing = app_text(r, "missing");
                TRY(app_cell(&t, app_text(r, "reference")));
                TRY(app_cell(&t, app_text(r, "payee")));
                TRY(app_cell(&t, app_text(r, "account")));
                TRY(app_cell(&t, app_text(r, "bank")));
                TRY(app_cell(&t, app_text(r, "amount")));
                char *lacks =
                        missing.len ? arena_printf(app->arena, en ? "lacks %.*s" : "缺少%.*s", STR_FMT(missing)) : "";
                if (!lacks)
                        return ST_NOMEM;
                TRY(app_cell_c(&t, lacks));
        }
        if (t.count)
                app_table_put(&t, &app->out);
        buf_printf(&app->out,
                   en ? "%.*s payments, %.*s yuan in all, control %.*s\n" : "%.*s 笔，合计 %.*s 元，核对码 %.*s\n",
                   STR_FMT(app_text(o, "count")), STR_FMT(app_text(o, "amount")), STR_FMT(app_text(o, "control")));
        return ST_OK;
}

static const char *outcome_word(const App *app, Str outcome)
{
        static const struct {
                const char *name, *zh, *en;
        } words[] = { { "confirmed", "已到账", "arrived" },
                      { "returned", "已退回", "came back" },
                      { "unchanged", "此前已登记", "known before" },
                      { "refused", "拒绝", "refused" } };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_eq_c(outcome, words[i].name))
                        return app->lang == LANG_EN ? words[i].en : words[i].zh;
        return "";
}

Status cmd_pay_bank_answer(App *app, Args *args)
{
        const char *db, *file;
        bool dry = false, json = false;
        const Json *o;
        TRY(args_flag(args, "--dry-run", &dry));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "FILE", &file));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_take_file(&w, file));
        if (dry)
                TRY(app_set(&w, "dry_run", "true"));
        TRY(app_call(&w, "bank_answer", &o));
        bool refused = !str_eq_c(app_text(o, "refused"), "0");
        if (json) {
                app_put_reply(&w);
                return refused ? ST_CHECK : ST_OK;
        }
        bool en = app->lang == LANG_EN;
        const Json *rows = json_get(o, "rows");
        AppTable t = APP_TABLE(app->arena, 5);
        t.right = 1 | 8;
        for (size_t i = 0; json_at(rows, i); i++) {
                const Json *r = json_at(rows, i);
                Str outcome = app_text(r, "outcome");
                if (str_eq_c(outcome, "confirmed") || str_eq_c(outcome, "unchanged"))
                        continue; /* what needs nobody is counted below */
                TRY(app_cell(&t, app_text(r, "row")));
                TRY(app_cell(&t, app_text(r, "reference")));
                TRY(app_cell(&t, app_text(r, "name")));
                TRY(app_cell_c(&t, outcome_word(app, outcome)));
                TRY(app_cell(&t, app_text(r, "words")));
        }
        if (t.count)
                app_table_put(&t, &app->out);
        buf_printf(&app->out,
                   en ? "%sarrived %.*s (%.*s yuan), came back %.*s (%.*s yuan), known before %.*s, refused %.*s\n"
                      : "%s到账 %.*s 笔 %.*s 元，退回 %.*s 笔 %.*s 元，此前已登记 %.*s 笔，拒绝 %.*s 行\n",
                   dry ? (en ? "tried only: " : "试运行，未写入：") : "", STR_FMT(app_text(o, "confirmed")),
                   STR_FMT(app_text(o, "amount_confirmed")), STR_FMT(app_text(o, "returned")),
                   STR_FMT(app_text(o, "amount_returned")), STR_FMT(app_text(o, "unchanged")),
                   STR_FMT(app_text(o, "refused")));
        return refused ? ST_CHECK : ST_OK;
}
