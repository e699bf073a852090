/* cmd_confirm.c -- meetings in a database: kept, confirmed item by item, applied. */
#include "app/ask.h"
#include "app/commands.h"

enum { FILE_MAX_MIB = 16, ITEMS_MAX = 1000 };

static int64_t number(const Json *obj, const char *key)
{
        int64_t v = 0;
        return json_i64(json_get(obj, key), &v) ? v : 0;
}

static const char *base_name(const char *path)
{
        const char *slash = strrchr(path, '/');
        return slash ? slash + 1 : path;
}

static const char *word(const App *app, Str of)
{
        static const struct {
                const char *word, *zh;
        } words[] = { { "fact", "事实" },     { "target", "目标" },   { "task", "任务" },     { "incentive", "激励" },
                      { "proposed", "待办" }, { "accepted", "确认" }, { "mended", "修改" },   { "rejected", "否定" },
                      { "split", "已拆分" },  { "joined", "已合并" }, { "withdrawn", "撤回" } };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_eq_c(of, words[i].word))
                        return app->lang == LANG_EN ? words[i].word : words[i].zh;
        return "";
}

/* Another call in the same world. */
static void again(AppWorld *w)
{
        api_call_release(&w->call);
        w->call.param_count = 0;
        w->call.body = STR_NONE;
}

/* ---- what an item says ---- */

static void put_join(Buf *out, Str s, const char *before)
{
        if (s.len)
                buf_printf(out, "%s%.*s", out->len ? before : "", STR_FMT(s));
}

static Status say(App *app, const Json *item, Str *ret)
{
        const Json *f = json_get(item, "fields");
        Str kind = app_text(item, "kind");
        _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
        bool lost = json_is(json_get(f, "missing"), JSON_BOOL) && json_get(f, "missing")->truth;
        if (str_eq_c(kind, "task")) {
                put_join(&b, app_text(f, "action"), "");
                for (size_t i = 0; json_at(json_get(f, "owners"), i); i++)
                        put_join(&b, json_at(json_get(f, "owners"), i)->text, i ? "、" : "  ← ");
                put_join(&b, app_text(f, "deadline"), "  @ ");
        } else if (str_eq_c(kind, "incentive")) {
                put_join(&b, app_text(f, "beneficiary"), "");
                put_join(&b, app_text(f, "condition"), "，");
                put_join(&b, app_text(f, "amount"), "：");
                put_join(&b, app_text(f, "rate"), "：×");
                put_join(&b, app_text(f, "cap"), " ≤");
        } else {
                put_join(&b, app_text(f, "subject"), "");
                put_join(&b, app_text(f, "indicator"), " ");
                put_join(&b, app_text(f, "op"), " ");
                put_join(&b, lost ? STR("（原文缺失）") : app_text(f, "value"), " ");
                put_join(&b, app_text(f, "unit"), " ");
                put_join(&b, app_text(f, "period").len ? app_text(f, "period") : app_text(f, "deadline"), "  @ ");
        }
        TRY(buf_status(&b));
        *ret = arena_str(app->arena, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status item_row(App *app, AppTable *t, const Json *item)
{
        Str said;
        TRY(say(app, item, &said));
        TRY(app_cell(t, app_text(item, "item")));
        TRY(app_cell_c(t, word(app, app_text(item, "kind"))));
        TRY(app_cell_c(t, word(app, app_text(item, "state"))));
        TRY(app_cell(t, app_text(item, "confidence")));
        TRY(app_cell(t, app_text(json_get(json_get(item, "link"), "indicator"), "name")));
        return app_cell(t, said);
}

static bool wanted(const Json *item, const char *key, const char *filter)
{
        return !filter || str_eq_c(app_text(item, key), filter);
}

static Status put_items(App *app, const Json *items, const char *kind, const char *state)
{
        AppTable t = APP_TABLE(app->arena, 6);
        t.right = 1 | 8;
        for (size_t i = 0; json_at(items, i); i++)
                if (wanted(json_at(items, i), "kind", kind) && wanted(json_at(items, i), "state", state))
                        TRY(item_row(app, &t, json_at(items, i)));
        app_table_put(&t, &app->out);
        return ST_OK;
}

/* ---- meetings ---- */

Status cmd_meeting_add(App *app, Args *args)
{
        const char *db, *file, *title = NULL, *day = NULL, *occasion = NULL;
        bool json = false;
        TRY(args_option(args, "--title", &title));
        TRY(args_option(args, "--occasion", &occasion));
        TRY(args_option(args, "--day", &day));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "FILE", &file));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(app_world_open(app, db, &w));
        TRY(app_read_file(app, file, (size_t)FILE_MAX_MIB << 20, &w.call.body));
        TRY(app_set(&w, "file", base_name(file)));
        TRY(app_set(&w, "title", title));
        TRY(app_set(&w, "occasion", occasion));
        TRY(app_set(&w, "day", day));
        TRY(app_call(&w, "meeting_add", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
        const Json *m = json_get(o, "meeting");
        buf_printf(&app->out,
                   app->lang == LANG_EN ? "meeting %.*s: %.*s, %u items to confirm\n"
                                        : "第 %.*s 号会议：%.*s，%u 个条目待确认\n",
                   STR_FMT(app_text(m, "meeting")), STR_FMT(app_text(m, "title")), json_get(o, "items")->count);
        return ST_OK;
}

static Status meeting_row(AppTable *t, const Json *m, Arena *a)
{
        int64_t open = 0, done = 0;
        const Json *counts = json_get(m, "counts");
        for (size_t i = 0; json_at(counts, i); i++) {
                const Json *c = json_at(counts, i);
                Str state = app_text(c, "state");
                open += str_eq_c(state, "proposed") ? number(c, "count") : 0;
                done += str_eq_c(state, "accepted") || str_eq_c(state, "mended") ? number(c, "count") : 0;
        }
        TRY(app_cell(t, app_text(m, "meeting")));
        TRY(app_cell(t, app_text(m, "day")));
        TRY(app_cell_c(t, arena_printf(a, "%lld", (long long)open)));
        TRY(app_cell_c(t, arena_printf(a, "%lld", (long long)done)));
        TRY(app_cell(t, app_text(m, "results")));
        return app_cell(t, app_text(m, "title"));
}

Status cmd_meeting_list(App *app, Args *args)
{
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ask(app, args, "meeting_list", NULL, 0, &w, &o));
        if (!o)
                return ST_OK;
        static const char *const zh[] = { "会议", "日期", "待办", "确认", "落实", "标题" };
        static const char *const en[] = { "meeting", "day", "open", "confirmed", "applied", "title" };
        AppTable t = APP_TABLE(app->arena, 6);
        t.right = 1 | 4 | 8 | 16;
        for (size_t i = 0; i < ARRAY_LEN(zh); i++)
                TRY(app_cell_c(&t, app->lang == LANG_EN ? en[i] : zh[i]));
        for (size_t i = 0; json_at(json_get(o, "meetings"), i); i++)
                TRY(meeting_row(&t, json_at(json_get(o, "meetings"), i), app->arena));
        app_table_put(&t, &app->out);
        return ST_OK;
}

Status cmd_meeting_show(App *app, Args *args)
{
        const char *db, *meeting, *kind = NULL, *state = NULL;
        bool json = false;
        TRY(args_option(args, "--kind", &kind));
        TRY(args_option(args, "--state", &state));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "MEETING", &meeting));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "meeting", meeting));
        TRY(app_call(&w, "meeting_show", &o));
        if (!json)
                return put_items(app, json_get(o, "items"), kind, state);
        app_put_reply(&w);
        return ST_OK;
}

/* ---- acts ---- */

/* The version the act is decided on: --version, or the one read right before. */
static Status version_of(AppWorld *w, const char *item, const char *given, int64_t *ret)
{
        const Json *o;
        if (given)
                return str_to_i64(str_c(given), ret)
                               ? ST_OK
                               : app_usage(w->app, "--version 应是一个数", "--version takes a number");
        again(w);
        TRY(app_set(w, "item", item));
        TRY(app_call(w, "meeting_item_show", &o));
        *ret = number(json_at(json_get(o, "versions"), 0), "version");
        return ST_OK;
}

typedef struct Act {
        const char *db, *act, *reason, *version;
        const char *items[ITEMS_MAX];
        size_t count;
        bool json;
} Act;

static Status take_act(Args *args, const char *name, Act *a)
{
        const char *item;
        *a = (Act){ .act = name };
        TRY(args_option(args, "--reason", &a->reason));
        TRY(args_option(args, "--version", &a->version));
        TRY(args_flag(args, "--json", &a->json));
        TRY(args_positional(args, "DB", &a->db));
        TRY(args_positional(args, "ITEM", &a->items[a->count++]));
        while (a->count < ITEMS_MAX) {
                TRY(args_positional_opt(args, &item));
                if (!item)
                        break;
                a->items[a->count++] = item;
        }
        return args_done(args);
}

static void begin_body(JsonWriter *j, const Act *a, int64_t version)
{
        jw_object_begin(j);
        jw_put_cstr(j, "act", a->act);
        jw_put_i64(j, "version", version);
        if (a->reason)
                jw_put_cstr(j, "reason", a->reason);
}

static Status send_act(AppWorld *w, const Act *a, const char *item, JsonWriter *j, Buf *body)
{
        const Json *o;
        jw_object_end(j);
        TRY(jw_finish(j));
        again(w);
        TRY(app_set(w, "item", item));
        w->call.body = buf_str(body);
        TRY(app_call(w, "meeting_item_act", &o));
        if (a->json) {
                app_put_reply(w);
                return ST_OK;
        }
        AppTable t = APP_TABLE(w->app->arena, 6);
        TRY(item_row(w->app, &t, o));
        app_table_put(&t, &w->app->out);
        return ST_OK;
}

/* accept, reject, undo: for each item by itself. */
static Status simple_act(App *app, Args *args, const char *name)
{
        Act *a = arena_new_of(app->arena, Act);
        if (!a)
                return ST_NOMEM;
        TRY(take_act(args, name, a));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, a->db, &w));
        for (size_t i = 0; i < a->count; i++) {
                _cleanup_buf_ Buf body = BUF_INIT(1 << 20);
                JsonWriter j = json_writer(&body, JSON_COMPACT);
                int64_t version;
                TRY(version_of(&w, a->items[i], a->version, &version));
                begin_body(&j, a, version);
                TRY(send_act(&w, a, a->items[i], &j, &body));
        }
        return ST_OK;
}

Status cmd_meeting_accept(App *app, Args *args)
{
        return simple_act(app, args, "accept");
}
Status cmd_meeting_reject(App *app, Args *args)
{
        return simple_act(app, args, "reject");
}
Status cmd_meeting_undo(App *app, Args *args)
{
        return simple_act(app, args, "undo");
}

/* FIELD=VALUE: numbers as numbers, owners as a list by 、. */
static void put_field(JsonWriter *j, Str name, Str value)
{
        static const char *const numbers[] = { "value", "value_max", "amount", "rate", "cap" };
        jw_key(j, name);
        if (str_eq_c(name, "owners")) {
                jw_array_begin(j);
                while (value.len) {
                        size_t at = str_find(value, STR("、"));
                        jw_str(j, str_n(value.ptr, at == SIZE_MAX ? value.len : at));
                        value = at == SIZE_MAX ? STR("") : str_n(value.ptr + at + 3, value.len - at - 3);
                }
                jw_array_end(j);
                return;
        }
        for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
                if (str_eq_c(name, numbers[i])) {
                        jw_number(j, value);
                        return;
                }
        jw_str(j, value);
}

static Status mended_fields(Args *args, const Json *fields, JsonWriter *j, bool *ret_any)
{
        enum { SETS_MAX = 30 };
        Str names[SETS_MAX], values[SETS_MAX];
        size_t n = 0;
        const char *set = NULL;
        for (;; n++) {
                TRY(args_option_next(args, "--set", &set));
                if (!set || n == SETS_MAX)
                        break;
                names[n] = str_cut(str_c(set), '=', &values[n]);
                if (!values[n].ptr)
                        return app_usage(args->app, "--set 应为 字段=值", "--set takes FIELD=VALUE");
        }
        *ret_any = n > 0;
        if (!n)
                return ST_OK;
        jw_put_object(j, "fields");
        for (uint32_t i = 0; i < fields->count; i++) {
                bool changed = false;
                for (size_t k = 0; k < n; k++)
                        changed |= str_eq(names[k], fields->members[i].key) ||
                                   (str_eq_c(names[k], "value") && str_eq_c(fields->members[i].key, "missing"));
                if (!changed) {
                        jw_key(j, fields->members[i].key);
                        jw_json(j, &fields->members[i].value);
                }
        }
        for (size_t k = 0; k < n; k++)
                put_field(j, names[k], values[k]);
        jw_object_end(j);
        return ST_OK;
}

/* The link with another indicator, other units; what is not given stays. */
static Status mended_link(Args *args, const Json *link, JsonWriter *j, bool *ret_any)
{
        const char *indicator = NULL, *unit = NULL;
        bool units = false;
        TRY(args_option(args, "--indicator", &indicator));
        TRY(args_option_next(args, "--unit", &unit));
        *ret_any = indicator || unit;
        if (!*ret_any)
                return ST_OK;
        jw_put_object(j, "link");
        jw_put_str(j, "measure", json_get_text(link, "measure", STR("level")));
        Str kept = app_text(json_get(link, "indicator"), "name");
        if ((indicator && *indicator) || (!indicator && kept.len)) {
                jw_put_object(j, "indicator");
                jw_put_str(j, "name", indicator ? str_c(indicator) : kept);
                jw_object_end(j);
        }
        jw_put_array(j, "units");
        while (unit) {
                units = true;
                jw_object_begin(j);
                jw_put_cstr(j, "text", unit);
                jw_put_cstr(j, "unit", unit);
                jw_object_end(j);
                TRY(args_option_next(args, "--unit", &unit));
        }
        for (size_t i = 0; !units && json_at(json_get(link, "units"), i); i++)
                jw_json(j, json_at(json_get(link, "units"), i));
        jw_array_end(j);
        jw_object_end(j);
        return ST_OK;
}

Status cmd_meeting_mend(App *app, Args *args)
{
        Act a = { .act = "mend" };
        const char *item;
        bool fields = false, link = false;
        TRY(args_option(args, "--reason", &a.reason));
        TRY(args_option(args, "--version", &a.version));
        TRY(args_flag(args, "--json", &a.json));
        _cleanup_buf_ Buf body = BUF_INIT(1 << 20);
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        const Json *o, *now;
        const char *skip = NULL;
        static const char *const valued[] = { "--set", "--indicator", "--unit" };
        /* What an option changes is known once the item is read, and the item stands behind the options: they are
         * walked over first, and taken again from the kept list. */
        char **kept = arena_array_of(app->arena, char *, (size_t)args->argc + 1);
        if (!kept)
                return ST_NOMEM;
        memcpy(kept, args->argv, (size_t)args->argc * sizeof(*kept));
        for (size_t i = 0; i < ARRAY_LEN(valued); i++)
                do
                        TRY(args_option_next(args, valued[i], &skip));
                while (skip);
        TRY(args_positional(args, "DB", &a.db));
        TRY(args_positional(args, "ITEM", &item));
        TRY(args_done(args));
        memcpy(args->argv, kept, (size_t)args->argc * sizeof(*kept));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, a.db, &w));
        TRY(app_set(&w, "item", item));
        TRY(app_call(&w, "meeting_item_show", &o));
        now = json_at(json_get(o, "versions"), 0);
        int64_t version = number(now, "version");
        if (a.version && !str_to_i64(str_c(a.version), &version))
                return app_usage(app, "--version 应是一个数", "--version takes a number");
        begin_body(&j, &a, version);
        TRY(mended_fields(args, json_get(now, "fields"), &j, &fields));
        TRY(mended_link(args, json_get(now, "link"), &j, &link));
        if (!fields && !link)
                return app_usage(app, "请用 --set 字段=值、--indicator 或 --unit 写明要改什么",
                                 "say what to mend with --set FIELD=VALUE, --indicator or --unit");
        return send_act(&w, &a, item, &j, &body);
}

Status cmd_meeting_split(App *app, Args *args)
{
        Act a = { .act = "split" };
        const char *item, *part = NULL;
        int64_t version;
        _cleanup_buf_ Buf parts = BUF_INIT(1 << 20), body = BUF_INIT(1 << 20);
        JsonWriter p = json_writer(&parts, JSON_COMPACT), j = json_writer(&body, JSON_COMPACT);
        TRY(args_option(args, "--reason", &a.reason));
        TRY(args_option(args, "--version", &a.version));
        TRY(args_flag(args, "--json", &a.json));
        jw_array_begin(&p);
        for (;;) {
                TRY(args_option_next(args, "--part", &part));
                if (!part)
                        break;
                jw_object_begin(&p);
                jw_put_cstr(&p, "quote", part);
                jw_object_end(&p);
        }
        jw_array_end(&p);
        TRY(jw_finish(&p));
        TRY(args_positional(args, "DB", &a.db));
        TRY(args_positional(args, "ITEM", &item));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        Json *list;
        TRY(app_world_open(app, a.db, &w));
        TRY(version_of(&w, item, a.version, &version));
        TRY(json_parse(app->arena, buf_str(&parts), NULL, NULL, NULL, &list));
        begin_body(&j, &a, version);
        jw_key(&j, STR("parts"));
        jw_json(&j, list);
        return send_act(&w, &a, item, &j, &body);
}

Status cmd_meeting_join(App *app, Args *args)
{
        Act *a = arena_new_of(app->arena, Act);
        int64_t version, other;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 20);
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        if (!a)
                return ST_NOMEM;
        TRY(take_act(args, "join", a));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, a->db, &w));
        TRY(version_of(&w, a->items[0], a->version, &version));
        begin_body(&j, a, version);
        jw_put_array(&j, "with");
        for (size_t i = 1; i < a->count; i++) {
                int64_t id;
                if (!str_to_i64(str_c(a->items[i]), &id))
                        return app_usage(app, "条目号应是数字", "items are numbers");
                TRY(version_of(&w, a->items[i], NULL, &other));
                jw_object_begin(&j);
                jw_put_i64(&j, "item", id);
                jw_put_i64(&j, "version", other);
                jw_object_end(&j);
        }
        jw_array_end(&j);
        return send_act(&w, a, a->items[0], &j, &body);
}

/* ---- what comes of it ---- */

Status cmd_meeting_apply(App *app, Args *args)
{
        static const AskOption options[] = { { .name = "MEETING", .entry = "meeting" } };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "meeting_apply", options, &w, &o));
        if (!o)
                return ST_OK;
        buf_printf(&app->out,
                   app->lang == LANG_EN
                           ? "tasks %.*s, lines of letters %.*s (letters %.*s), draft policies %.*s, left %.*s\n"
                           : "督办事项 %.*s，责任书条目 %.*s（责任书 %.*s 份），政策草案 %.*s，未能落实 %.*s\n",
                   STR_FMT(app_text(o, "tasks")), STR_FMT(app_text(o, "lines")), STR_FMT(app_text(o, "letters")),
                   STR_FMT(app_text(o, "drafts")), STR_FMT(app_text(o, "left")));
        return ST_OK;
}

static void put_fact(App *app, const Json *f)
{
        static const struct {
                const char *verdict, *zh;
        } words[] = { { "same", "一致" },       { "differs", "不一致" },   { "unknown", "本市数据缺失" },
                      { "unlinked", "未关联" }, { "no_period", "无时期" }, { "lost", "原文缺失" } };
        Str verdict = app_text(f, "verdict");
        const char *shown = "";
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_eq_c(verdict, words[i].verdict))
                        shown = app->lang == LANG_EN ? words[i].verdict : words[i].zh;
        buf_printf(&app->out, "  #%.*s %s  %.*s %.*s", STR_FMT(app_text(f, "item")), shown,
                   STR_FMT(app_title(app, f, "indicator_title")), STR_FMT(app_text(f, "period")));
        if (app_text(f, "own").len)
                buf_printf(&app->out, app->lang == LANG_EN ? "  said %.*s, own %.*s" : "  讲话 %.*s，本市 %.*s",
                           STR_FMT(app_text(f, "said")), STR_FMT(app_text(f, "own")));
        buf_putc(&app->out, '\n');
}

Status cmd_meeting_results(App *app, Args *args)
{
        static const AskOption options[] = { { .name = "MEETING", .entry = "meeting" } };
        bool en = app->lang == LANG_EN;
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "meeting_results", options, &w, &o));
        if (!o)
                return ST_OK;
        buf_puts(&app->out, en ? "Supervised tasks\n" : "督办事项\n");
        for (size_t i = 0; json_at(json_get(o, "tasks"), i); i++) {
                const Json *t = json_at(json_get(o, "tasks"), i);
                buf_printf(&app->out, "  %.*s %.*s  %.*s  %.*s\n", STR_FMT(app_text(t, "task")),
                           STR_FMT(app_text(t, "light")), STR_FMT(app_title(app, t, "owner_title")),
                           STR_FMT(app_text(t, "action")));
        }
        buf_puts(&app->out, en ? "Lines of letters\n" : "责任书条目\n");
        for (size_t i = 0; json_at(json_get(o, "lines"), i); i++) {
                const Json *l = json_at(json_get(o, "lines"), i);
                buf_printf(&app->out, "  %.*s %.*s  %.*s %.*s %.*s%.*s\n", STR_FMT(app_text(l, "year")),
                           STR_FMT(app_title(app, l, "unit_title")), STR_FMT(app_text(l, "title")),
                           STR_FMT(app_text(l, "op")), STR_FMT(app_text(l, "value")), STR_FMT(app_text(l, "per")));
        }
        buf_puts(&app->out, en ? "Draft policies\n" : "政策草案\n");
        for (size_t i = 0; json_at(json_get(o, "drafts"), i); i++) {
                const Json *d = json_at(json_get(o, "drafts"), i);
                bool passes = json_is(json_get(d, "passes"), JSON_BOOL) && json_get(d, "passes")->truth;
                buf_printf(&app->out, "  %.*s  %.*s  %s\n", STR_FMT(app_text(d, "draft")),
                           STR_FMT(app_text(d, "title")),
                           passes ? (en ? "passes pack check" : "通过检查") : (en ? "does not pass" : "未通过检查"));
        }
        buf_puts(&app->out, en ? "Facts\n" : "事实对照\n");
        for (size_t i = 0; json_at(json_get(o, "facts"), i); i++)
                put_fact(app, json_at(json_get(o, "facts"), i));
        return ST_OK;
}

Status cmd_meeting_draft(App *app, Args *args)
{
        const char *db, *draft, *out = NULL;
        TRY(args_option(args, "-o", &out));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "DRAFT", &draft));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "draft", draft));
        if (out) {
                TRY(app_call(&w, "draft_bundle", NULL));
                return app_write_file(app, out, buf_str(&w.call.reply));
        }
        TRY(app_call(&w, "draft_show", &o));
        for (size_t i = 0; json_at(json_get(o, "files"), i); i++) {
                const Json *f = json_at(json_get(o, "files"), i);
                buf_printf(&app->out, "── %.*s\n%.*s\n", STR_FMT(app_text(f, "path")), STR_FMT(app_text(f, "content")));
        }
        return ST_OK;
}
