/* cmd_pack.c -- examines a city pack: every problem with its place, and the cases run. */
#include "app/commands.h"
#include "codec/json.h"
#include "meeting/meeting.h"
#include "pack/check.h"

static void put_summary(App *app, const Pack *pack, const PackCheckReport *r, bool good)
{
        size_t fields = 0, rules = 0;
        for (size_t i = 0; i < pack->register_count; i++) {
                fields += pack->registers[i]->field_count;
                rules += pack->registers[i]->rule_count;
        }
        Str title = pack_title(pack->title, app->lang);
        if (app->lang == LANG_EN)
                buf_printf(&app->out, "%.*s (%.*s): %zu units, %zu code lists, %zu registers (%zu fields, %zu rules), "
                           "%zu indicators, %zu forms, %zu policies, %zu documents, %zu roles\n"
                           "cases: %zu, %zu failed; rules of decision tables: %zu, hit by a case: %zu\n%s\n",
                           STR_FMT(title), STR_FMT(pack->name), pack->unit_count, pack->code_list_count,
                           pack->register_count, fields, rules, pack->indicator_count, pack->form_count,
                           pack->policy_count, pack->document_count, pack->role_count, r->cases, r->failed, r->rules,
                           r->hit, good ? "passed" : "not passed");
        else
                buf_printf(&app->out, "%.*s（%.*s）：单位 %zu，代码表 %zu，库 %zu（字段 %zu，规则 %zu），指标 %zu，"
                           "报表 %zu，政策 %zu，文书 %zu，角色 %zu\n"
                           "案例 %zu，失败 %zu；决策表规则 %zu，有案例命中 %zu\n%s\n",
                           STR_FMT(title), STR_FMT(pack->name), pack->unit_count, pack->code_list_count,
                           pack->register_count, fields, rules, pack->indicator_count, pack->form_count,
                           pack->policy_count, pack->document_count, pack->role_count, r->cases, r->failed, r->rules,
                           r->hit, good ? "通过" : "未通过");
}

/* Every message, and the counts when the pack could be loaded. */
static Status put_json(App *app, const Pack *pack, const PackCheckReport *r, bool good)
{
        JsonWriter w = json_writer(&app->out, JSON_PRETTY);
        jw_object_begin(&w);
        jw_put_bool(&w, "passed", good);
        if (pack) {
                jw_put_str(&w, "pack", pack->name);
                jw_put_i64(&w, "units", (int64_t)pack->unit_count);
                jw_put_i64(&w, "registers", (int64_t)pack->register_count);
                jw_put_i64(&w, "indicators", (int64_t)pack->indicator_count);
                jw_put_i64(&w, "forms", (int64_t)pack->form_count);
                jw_put_i64(&w, "policies", (int64_t)pack->policy_count);
                jw_put_i64(&w, "documents", (int64_t)pack->document_count);
                jw_put_i64(&w, "cases", (int64_t)r->cases);
                jw_put_i64(&w, "cases_failed", (int64_t)r->failed);
                jw_put_i64(&w, "rules", (int64_t)r->rules);
                jw_put_i64(&w, "rules_hit", (int64_t)r->hit);
        }
        jw_key(&w, STR("messages"));
        jw_array_begin(&w);
        for (size_t i = 0; i < app->diag.count; i++) {
                const DiagMsg *m = &app->diag.msgs[i];
                static const char *const severities[] = { "error", "warning", "note" };
                jw_object_begin(&w);
                jw_put_str(&w, "severity", str_c(severities[m->severity]));
                if (m->pos.file)
                        jw_put_str(&w, "file", str_c(m->pos.file));
                if (m->pos.line) {
                        jw_put_i64(&w, "line", m->pos.line);
                        jw_put_i64(&w, "column", m->pos.col);
                }
                jw_put_str(&w, "text", str_c(m->text));
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status cmd_pack_check(App *app, Args *args)
{
        const char *dir;
        bool json = false;
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DIR", &dir));
        TRY(args_done(args));
        _cleanup_pack_ Pack *pack = NULL;
        PackCheckReport report = { 0 };
        Status st = pack_load(dir, &app->diag, &pack);
        if (st == ST_OK)
                st = pack_check(pack, &app->diag, &report);
        /* The words speeches are read with are the room of meetings' to check. */
        if (st == ST_OK || st == ST_INVALID || st == ST_CHECK) {
                _cleanup_meeting_lexicon_ MeetingLexicon *words = NULL;
                Status read = meeting_lexicon_load(dir, &app->diag, &words);
                if (read != ST_OK && read != ST_INVALID)
                        return read;
                st = read != ST_OK ? read : st;
        }
        if (st != ST_OK && st != ST_INVALID && st != ST_CHECK)
                return st;
        if (json)
                TRY(put_json(app, pack, &report, st == ST_OK));
        else if (pack)
                put_summary(app, pack, &report, st == ST_OK);
        return st == ST_OK ? ST_OK : ST_CHECK;
}
