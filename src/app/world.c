#include "app/world.h"

#include "base/utf8.h"

Status app_world_open(App *app, const char *db, AppWorld *ret)
{
        *ret = (AppWorld){ .app = app };
        TRY(api_world_open(db, &app->diag, &ret->world));
        const ApiSession *session = api_owner(ret->world);
        if (app->as_user) {
                TRY(api_session_of(ret->world, str_c(app->as_user), app->arena, &app->diag, &ret->session));
                session = &ret->session;
        }
        ret->call = (ApiCall){
                .world = ret->world, .session = session, .arena = app->arena, .diag = &app->diag, .lang = app->lang
        };
        return ST_OK;
}

void app_world_release(AppWorld *w)
{
        api_call_release(&w->call);
        api_world_close(w->world);
        w->world = NULL;
}

Status app_set(AppWorld *w, const char *name, const char *value)
{
        return value ? api_set(&w->call, name, str_c(value)) : ST_OK;
}

static bool is_called(const PackUnit *u, Str name)
{
        bool same = str_eq(u->code, name) || str_eq(u->name, name) || str_eq(u->title.zh, name) ||
                    str_eq(u->title.en, name);
        for (size_t i = 0; !same && i < u->also_count; i++)
                same = str_eq(u->also[i], name);
        return same;
}

Status app_unit(AppWorld *w, const char **unit)
{
        const Pack *pack;
        const PackUnit *u;
        if (!*unit)
                return ST_OK;
        Str text = str_trim(str_c(*unit));
        TRY(api_pack(w->world, &w->app->diag, &pack));
        if (pack_unit(pack, text))
                return ST_OK;
        Status st = pack_unit_match(pack, text, NULL, DATE_NONE, &u);
        if (st == ST_OK) {
                *unit = arena_strndup(w->app->arena, u->code.ptr, u->code.len);
                return *unit ? ST_OK : ST_NOMEM;
        }
        if (st != ST_CONFLICT)
                return st == ST_NOT_FOUND ? ST_OK : st;
        _cleanup_buf_ Buf all = BUF_INIT(1 << 16);
        bool en = w->app->lang == LANG_EN;
        for (size_t i = 0; i < pack->unit_count; i++)
                if (is_called(&pack->units[i], text))
                        buf_printf(&all, "%s%.*s %.*s%.*s", all.len ? (en ? ", " : "、") : "",
                                   STR_FMT(pack->units[i].code),
                                   STR_FMT(pack->units[i].parent ? pack->units[i].parent->name : STR("")),
                                   STR_FMT(pack->units[i].name));
        TRY(buf_status(&all));
        return diag_fail(&w->app->diag, ST_CONFLICT, POS_NONE, "有几个单位叫“%.*s”：%s；请写代码",
                         "several units are called \"%.*s\": %s; give a code", STR_FMT(text), buf_cstr(&all));
}

Status app_call(AppWorld *w, const char *operation, const Json **ret)
{
        TRY(api_call(&w->call, operation));
        if (!ret)
                return ST_OK;
        Json *json;
        TRY(json_parse(w->app->arena, buf_str(&w->call.reply), NULL, NULL, &w->app->diag, &json));
        *ret = json;
        return ST_OK;
}

void app_put_reply(AppWorld *w)
{
        buf_put_str(&w->app->out, buf_str(&w->call.reply));
        buf_putc(&w->app->out, '\n');
}

Status app_cell(AppTable *t, Str text)
{
        if (arena_grow(t->arena, (void **)&t->cells, &t->cap, t->count + 1, sizeof(*t->cells)) < 0)
                return ST_NOMEM;
        t->cells[t->count++] = text;
        return ST_OK;
}

Status app_cell_c(AppTable *t, const char *text)
{
        Str copy = arena_str(t->arena, str_c(text));
        return copy.ptr ? app_cell(t, copy) : ST_NOMEM;
}

static void put_blanks(Buf *out, size_t n)
{
        while (n-- > 0)
                buf_putc(out, ' ');
}

void app_table_put(const AppTable *t, Buf *out)
{
        for (size_t i = 0; i < t->count; i++) {
                size_t col = i % t->columns, width = 0, own = utf8_width(t->cells[i]);
                for (size_t k = col; k < t->count; k += t->columns) {
                        size_t w = utf8_width(t->cells[k]);
                        width = w > width ? w : width;
                }
                bool right = col < 64 && (t->right >> col & 1), last = col + 1 == t->columns;
                if (right)
                        put_blanks(out, width - own);
                buf_put_str(out, t->cells[i]);
                if (!last) {
                        if (!right)
                                put_blanks(out, width - own);
                        buf_puts(out, "  ");
                } else {
                        buf_putc(out, '\n');
                }
        }
}

Str app_text(const Json *obj, const char *key)
{
        const Json *j = json_get(obj, key);
        return j && (j->kind == JSON_STRING || j->kind == JSON_NUMBER) ? j->text : STR("");
}

Str app_title(const App *app, const Json *obj, const char *key)
{
        return app_text(json_get(obj, key), app->lang == LANG_EN ? "en" : "zh");
}

typedef struct Word {
        const char *name, *zh, *en;     /* en NULL: the name */
} Word;

static const char *word_of(const App *app, const Word *words, size_t n, Str name)
{
        for (size_t i = 0; i < n; i++)
                if (str_eq_c(name, words[i].name))
                        return app->lang != LANG_EN ? words[i].zh : words[i].en ? words[i].en : words[i].name;
        return "";
}

const char *app_outcome_word(const App *app, Str outcome)
{
        static const Word words[] = { { "eligible", "符合", NULL },
                                      { "not_eligible", "不符合", "not eligible" },
                                      { "unknown", "数据缺失", NULL } };
        return word_of(app, words, ARRAY_LEN(words), outcome);
}

const char *app_state_word(const App *app, Str state)
{
        static const Word words[] = {
                { "made", "待复核", NULL },      { "reviewed", "已复核", NULL },    { "approved", "已审批", NULL },
                { "published", "公示中", NULL }, { "paid", "已支付", NULL },        { "settled", "已办结", NULL },
                { "cancelled", "已作废", NULL }, { "listed", "待支付", NULL },      { "taken out", "已取出", NULL },
                { "sent", "支付中", NULL },      { "confirmed", "已到账", NULL },   { "returned", "已退回", NULL },
                { "filed", "在办", NULL },       { "accepted", "已受理", NULL },    { "refused", "不予受理", NULL },
                { "withdrawn", "已撤回", NULL },
        };
        return word_of(app, words, ARRAY_LEN(words), state);
}
