/* cmd_assess.c -- the year's assessment on the command line: scores, claims, decisions, publication. */
#include "app/ask.h"
#include "app/commands.h"

static Status put_table(App *app, const Json *o)
{
        bool en = app->lang == LANG_EN;
        static const char *const zh_heads[] = { "名次", "对象", "指标分", "加分", "扣分", "督导扣分", "总分", "等次" };
        static const char *const en_heads[] = { "rank",      "subject", "base",  "bonus",
                                                "taken off", "ladder",  "total", "grade" };
        const Json *table = json_get(o, "table"), *rows = json_get(table, "rows"),
                   *differences = json_get(o, "differences");
        AppTable t = APP_TABLE(app->arena, 8);
        t.right = 1 | 4 | 8 | 16 | 32 | 64;
        for (size_t i = 0; i < ARRAY_LEN(zh_heads); i++)
                TRY(app_cell_c(&t, en ? en_heads[i] : zh_heads[i]));
        for (size_t i = 0; json_at(rows, i); i++) {
                const Json *r = json_at(rows, i);
                Str total = app_text(r, "total"), base = app_text(r, "base"),
                    unknown = en ? STR("unknown") : STR("缺数据");
                TRY(app_cell(&t, app_text(r, "rank")));
                TRY(app_cell(&t, app_title(app, r, "title")));
                TRY(app_cell(&t, base.len ? base : unknown));
                TRY(app_cell(&t, app_text(r, "bonus")));
                TRY(app_cell(&t, app_text(r, "deductions")));
                TRY(app_cell(&t, app_text(r, "ladder")));
                TRY(app_cell(&t, total.len ? total : unknown));
                TRY(app_cell(&t, app_title(app, r, "grade_title")));
        }
        buf_printf(&app->out, "%.*s %.*s", STR_FMT(app_text(table, "year")), STR_FMT(app_title(app, table, "title")));
        if (str_eq_c(app_text(o, "state"), "published"))
                buf_printf(&app->out, en ? "  (published, version %.*s, SM3 %.*s)" : "（已公布，第 %.*s 版，SM3 %.*s）",
                           STR_FMT(app_text(o, "version")), STR_FMT(app_text(o, "hash")));
        buf_putc(&app->out, '\n');
        app_table_put(&t, &app->out);
        for (size_t i = 0; json_at(differences, i); i++) {
                const Json *d = json_at(differences, i);
                Str now = app_text(d, "now");
                buf_printf(&app->out,
                           en ? "since published: %.*s %.*s would be %.*s now\n"
                              : "公布后有变化：%.*s 公布 %.*s，现算 %.*s\n",
                           STR_FMT(app_title(app, d, "title")), STR_FMT(app_text(d, "published")),
                           STR_FMT(now.len ? now : STR("-")));
        }
        return ST_OK;
}

static void put_line(App *app, const Json *l)
{
        bool en = app->lang == LANG_EN;
        Str points = app_text(l, "points"), actual = app_text(l, "actual"), target = app_text(l, "target");
        const Json *inputs = json_get(l, "inputs"), *missing = json_get(l, "missing");
        buf_printf(&app->out, "  %.*s  %.*s / %.*s", STR_FMT(app_title(app, l, "title")),
                   STR_FMT(points.len ? points : en ? STR("unknown") : STR("缺数据")), STR_FMT(app_text(l, "weight")));
        buf_printf(&app->out, en ? "  actual %.*s, target %.*s %.*s" : "  实际 %.*s，目标 %.*s %.*s",
                   STR_FMT(actual.len ? actual
                           : en       ? STR("unknown")
                                      : STR("未知")),
                   STR_FMT(target.len ? target : STR("-")), STR_FMT(app_text(l, "measure")));
        buf_printf(&app->out, "\n    %.*s = %.*s", STR_FMT(app_title(app, l, "method_title")),
                   STR_FMT(app_text(l, "rule")));
        for (size_t i = 0; json_at(inputs, i); i++)
                buf_printf(&app->out, "%s%.*s %.*s", i ? ", " : "  [", STR_FMT(app_text(json_at(inputs, i), "name")),
                           STR_FMT(app_text(json_at(inputs, i), "value").len ? app_text(json_at(inputs, i), "value")
                                                                             : STR("?")));
        buf_puts(&app->out, json_at(inputs, 0) ? "]\n" : "\n");
        if (app_text(l, "given_by").len)
                buf_printf(&app->out, en ? "    points by decision %.*s\n" : "    按第 %.*s 号决定给分\n",
                           STR_FMT(app_text(l, "given_by")));
        for (size_t i = 0; json_at(missing, i); i++)
                buf_printf(&app->out, en ? "    missing: %.*s\n" : "    缺少：%.*s\n",
                           STR_FMT(json_at(missing, i)->text));
}

static void put_explained(App *app, const Json *o)
{
        bool en = app->lang == LANG_EN;
        const Json *rows = json_get(json_get(o, "table"), "rows");
        for (size_t i = 0; json_at(rows, i); i++) {
                const Json *r = json_at(rows, i), *lines = json_get(r, "lines"), *extras = json_get(r, "extras"),
                           *steps = json_get(r, "steps");
                buf_printf(&app->out, "\n%.*s  %.*s\n", STR_FMT(app_title(app, r, "title")),
                           STR_FMT(app_text(r, "total")));
                for (size_t k = 0; json_at(lines, k); k++)
                        put_line(app, json_at(lines, k));
                for (size_t k = 0; json_at(extras, k); k++) {
                        const Json *x = json_at(extras, k);
                        buf_printf(&app->out, "  #%.*s %.*s  %.*s → %.*s  %.*s  %.*s\n", STR_FMT(app_text(x, "claim")),
                                   STR_FMT(app_title(app, x, "title")), STR_FMT(app_text(x, "points")),
                                   STR_FMT(app_text(x, "counted")), STR_FMT(app_text(x, "evidence")),
                                   STR_FMT(app_title(app, x, "note")));
                }
                for (size_t k = 0; json_at(steps, k); k++) {
                        const Json *s = json_at(steps, k);
                        buf_printf(&app->out,
                                   en ? "  alert %.*s: %.*s, %.*s  %.*s\n" : "  第 %.*s 号预警：%.*s，%.*s  %.*s\n",
                                   STR_FMT(app_text(s, "case")), STR_FMT(app_text(s, "title")),
                                   STR_FMT(app_text(s, "step")), STR_FMT(app_text(s, "points")));
                }
        }
}

Status cmd_assess(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "--year", .entry = "year", .required = true },
                { .name = "--unit", .entry = "unit" },
                { .name = "--assessment", .entry = "assessment" },
                { .name = "--live", .entry = "live", .kind = ASK_FLAG },
        };
        bool explain = false;
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(args_flag(args, "--explain", &explain));
        TRY(ASK(app, args, "assess_show", options, &w, &o));
        if (o)
                TRY(put_table(app, o));
        if (o && explain)
                put_explained(app, o);
        return ST_OK;
}

static void put_claims(App *app, const Json *o)
{
        const Json *claims = json_get(o, "claims");
        for (size_t i = 0; json_at(claims, i); i++) {
                const Json *c = json_at(claims, i);
                buf_printf(&app->out, "#%.*s  %.*s  %.*s  %.*s  [%.*s]  %.*s  %.*s\n", STR_FMT(app_text(c, "claim")),
                           STR_FMT(app_text(c, "subject")), STR_FMT(app_title(app, c, "title")),
                           STR_FMT(app_text(c, "points")), STR_FMT(app_text(c, "state")),
                           STR_FMT(app_text(c, "evidence")), STR_FMT(app_text(c, "reason")));
        }
        if (!json_at(claims, 0))
                buf_puts(&app->out, app->lang == LANG_EN ? "No claims.\n" : "没有申报。\n");
}

Status cmd_assess_claims(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "--year", .entry = "year", .required = true },
                { .name = "--unit", .entry = "subject" },
                { .name = "--assessment", .entry = "assessment" },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "assess_claims", options, &w, &o));
        if (o)
                put_claims(app, o);
        return ST_OK;
}

Status cmd_assess_claim(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "UNIT", .entry = "subject", .body = true },
                { .name = "ITEM", .entry = "item", .body = true },
                { .name = "--year", .entry = "year", .kind = ASK_NUMBER, .body = true, .required = true },
                { .name = "--evidence", .entry = "evidence", .body = true, .required = true },
                { .name = "--assessment", .entry = "assessment", .body = true },
                { .name = "--matter", .entry = "matter", .body = true },
                { .name = "--points", .entry = "points", .body = true },
                { .name = "--kind", .entry = "kind", .body = true },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "assess_file", options, &w, &o));
        if (o)
                put_claims(app, o);
        return ST_OK;
}

Status cmd_assess_decide(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "CLAIM", .entry = "claim", .kind = ASK_NUMBER, .body = true },
                { .name = "--accept",
                  .entry = "decision",
                  .kind = ASK_FLAG,
                  .says = "accept",
                  .body = true,
                  .required = true },
                { .name = "--reject", .entry = "decision", .kind = ASK_FLAG, .says = "reject", .body = true },
                { .name = "--points", .entry = "points", .body = true },
                { .name = "--reason", .entry = "reason", .body = true },
        };
        _cleanup_app_world_ AppWorld w;
        return ASK(app, args, "assess_decide", options, &w, NULL);
}

Status cmd_assess_publish(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "--year", .entry = "year", .kind = ASK_NUMBER, .body = true, .required = true },
                { .name = "--assessment", .entry = "assessment", .body = true },
                { .name = "--reason", .entry = "reason", .body = true },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "assess_publish", options, &w, &o));
        return o ? put_table(app, o) : ST_OK;
}
