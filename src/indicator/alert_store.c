/* alert_store.c -- cases of alerts at rest. */
#include "indicator/alert_int.h"
#include "store/event.h"

const char *alert_state_name(AlertState s)
{
        static const char *const names[] = {
#define ALERT_NAME(code, word) [code] = word,
                ALERT_STATES(ALERT_NAME)
        };
        return (unsigned)s < ARRAY_LEN(names) ? names[s] : "?";
}

const char *alert_act_name(AlertAct a)
{
        static const char *const names[] = { ALERT_ACTS(ALERT_NAME) };
#undef ALERT_NAME
        return (unsigned)a < ARRAY_LEN(names) ? names[a] : "?";
}

Status alert_tables(StoreTx *tx)
{
        static const StoreColumn cases[] = {
                { .name = "id", .type = STORE_I64 },
                { .name = "unit", .type = STORE_TEXT, .not_null = true },
                { .name = "indicator", .type = STORE_TEXT, .not_null = true },
                { .name = "kind", .type = STORE_TEXT, .not_null = true }, /* rank, light */
                { .name = "rule", .type = STORE_TEXT, .not_null = true },
                { .name = "line", .type = STORE_I64, .not_null = true },
                { .name = "year", .type = STORE_I64, .not_null = true },
                { .name = "title", .type = STORE_TEXT, .not_null = true },
                { .name = "state", .type = STORE_TEXT, .not_null = true },
                { .name = "level", .type = STORE_I64, .not_null = true },
                { .name = "opened", .type = STORE_I64, .not_null = true },
                { .name = "last", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn entry[] = {
                { .name = "alert", .type = STORE_I64, .references = "alert_case(id)" },
                { .name = "seq", .type = STORE_I64 },
                { .name = "act", .type = STORE_TEXT, .not_null = true },
                { .name = "period", .type = STORE_I64 },
                { .name = "level", .type = STORE_I64, .not_null = true },
                { .name = "step", .type = STORE_TEXT },
                { .name = "points", .type = STORE_I64 }, /* ten-thousandths */
                { .name = "words", .type = STORE_TEXT, .not_null = true },
                { .name = "figures", .type = STORE_TEXT },
                { .name = "actor", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "event", .type = STORE_I64, .not_null = true },
        };
        static const StoreIndex by_unit[] = { { .name = "alert_case_unit", .columns = "unit, year" } };
        static const StoreTable tables[] = {
                { .name = "alert_case",
                  .columns = cases,
                  .column_count = ARRAY_LEN(cases),
                  .primary_key = "id",
                  .indexes = by_unit,
                  .index_count = 1 },
                { .name = "alert_entry",
                  .columns = entry,
                  .column_count = ARRAY_LEN(entry),
                  .primary_key = "alert, seq" },
        };
        return store_apply_tables(tx, tables, ARRAY_LEN(tables), NULL);
}

/* ---- figures as JSON ---- */

static void put_figures(JsonWriter *w, const AlertEntry *e)
{
        char text[16];
        jw_array_begin(w);
        for (size_t i = 0; i < e->figure_count; i++) {
                const AlertFigure *f = &e->figures[i];
                jw_object_begin(w);
                jw_put_str(w, "period", str_n(text, period_to_text(f->period, text)));
                jw_put_i64(w, "rank2", f->rank2);
                jw_put_i64(w, "of", f->of);
                if (f->value.ptr)
                        jw_put_str(w, "value", f->value);
                else
                        jw_put_null(w, "value");
                jw_put_str(w, "light", f->light.ptr ? f->light : STR(""));
                jw_put_bool(w, "counted", f->counted);
                jw_put_bool(w, "late", f->late);
                jw_object_end(w);
        }
        jw_array_end(w);
}

static bool truth(const Json *o, const char *key)
{
        const Json *v = json_get(o, key);
        return json_is(v, JSON_BOOL) && v->truth;
}

static Status read_figures(Str text, Arena *a, AlertEntry *e)
{
        Json *list;
        TRY(json_parse(a, text, NULL, NULL, NULL, &list));
        e->figures = arena_array_of(a, AlertFigure, list->count + 1);
        if (!e->figures)
                return ST_NOMEM;
        for (size_t i = 0; json_at(list, i); i++) {
                const Json *o = json_at(list, i);
                AlertFigure *f = &e->figures[e->figure_count++];
                TRY(period_parse(json_get_text(o, "period", STR("")), &f->period));
                if (!json_i64(json_get(o, "rank2"), &f->rank2) || !json_i64(json_get(o, "of"), &f->of))
                        return ST_CORRUPT;
                f->value = json_get_text(o, "value", STR_NONE);
                f->light = json_get_text(o, "light", STR(""));
                f->counted = truth(o, "counted");
                f->late = truth(o, "late");
        }
        return ST_OK;
}

/* ---- writing ---- */

Status alert_new_case(StoreTx *tx, AlertCase *c)
{
        TRY(store_new_ids(tx, "alert_case", 1, &c->id));
        return store_exec(
                tx,
                "INSERT INTO alert_case (id, unit, indicator, kind, rule, line, year, title, state, level, opened, last) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                STORE_ARGS(sv_i64(c->id), sv_text(c->unit->code), sv_text(c->indicator->name),
                           sv_cstr(c->rule ? "rank" : "light"), sv_text(c->rule ? c->rule->name : c->lights->name),
                           sv_i64(c->line), sv_i64(c->year), sv_text(c->title), sv_cstr(alert_state_name(c->state)),
                           sv_i64(c->level), sv_i64(period_to_int(c->opened)), sv_i64(period_to_int(c->last))),
                NULL);
}

static const char *op_of(AlertAct act)
{
        switch (act) {
        case ALERT_OPENED: return "alert.open";
        case ALERT_CLIMBED: return "alert.climb";
        case ALERT_CORRECTED: return "alert.correct";
        case ALERT_CLOSED_BY: return "alert.close";
        case ALERT_WITHDREW: return "alert.withdraw";
        default: return "alert.add";
        }
}

static Status entry_event(StoreTx *tx, const AlertCase *c, const AlertEntry *e, Str on_behalf, Arena *a, int64_t *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        char text[16];
        jw_object_begin(&w);
        jw_put_i64(&w, "case", c->id);
        jw_put_str(&w, "unit", c->unit->code);
        jw_put_str(&w, "indicator", c->indicator->name);
        jw_put_str(&w, "rule", c->rule ? c->rule->name : c->lights->name);
        jw_put_cstr(&w, "act", alert_act_name(e->act));
        jw_put_cstr(&w, "state", alert_state_name(c->state));
        jw_put_i64(&w, "level", e->level);
        if (e->period.year)
                jw_put_str(&w, "period", str_n(text, period_to_text(e->period, text)));
        if (e->step_name.len)
                jw_put_str(&w, "step", e->step_name);
        jw_put_str(&w, "text", e->text);
        if (e->figure_count) {
                jw_key(&w, STR("figures"));
                put_figures(&w, e);
        }
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char *subject = arena_printf(a, "alert:%lld", (long long)c->id);
        if (!subject)
                return ST_NOMEM;
        return store_event(tx,
                           &(StoreEvent){ .actor = e->actor,
                                          .on_behalf = on_behalf,
                                          .op = str_c(op_of(e->act)),
                                          .subject = str_c(subject),
                                          .payload = buf_str(&b) },
                           ret);
}

Status alert_put_entry(StoreTx *tx, AlertCase *c, AlertEntry *e, Str on_behalf, Arena *a)
{
        char at[40];
        int64_t last, points = 0;
        size_t n = instant_to_text(clock_now(), at);
        _cleanup_buf_ Buf figures = BUF_INIT((size_t)1 << 20);
        JsonWriter w = json_writer(&figures, JSON_COMPACT);
        put_figures(&w, e);
        TRY(jw_finish(&w));
        Status st = store_get_i64(tx, "SELECT max(seq) FROM alert_entry WHERE alert = $1", STORE_ARGS(sv_i64(c->id)),
                                  &last);
        if (st != ST_NOT_FOUND)
                TRY(st);
        e->seq = st == ST_OK ? last + 1 : 1;
        if (e->has_points && !dec_to_scaled_round(e->points, ALERT_POINTS_SCALE, DEC_HALF_UP, &points))
                return ST_LIMIT;
        TRY(entry_event(tx, c, e, on_behalf, a, &e->event));
        TRY(store_exec(
                tx,
                "INSERT INTO alert_entry (alert, seq, act, period, level, step, points, words, figures, actor, at, event) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                STORE_ARGS(sv_i64(c->id), sv_i64(e->seq), sv_cstr(alert_act_name(e->act)),
                           e->period.year ? sv_i64(period_to_int(e->period)) : sv_null(), sv_i64(e->level),
                           e->step_name.len ? sv_text(e->step_name) : sv_null(),
                           e->has_points ? sv_i64(points) : sv_null(), sv_text(e->text),
                           e->figure_count ? sv_text(buf_str(&figures)) : sv_null(), sv_text(e->actor),
                           sv_text(str_n(at, n)), sv_i64(e->event)),
                NULL));
        return store_exec(tx, "UPDATE alert_case SET state = $2, level = $3, last = $4 WHERE id = $1",
                          STORE_ARGS(sv_i64(c->id), sv_cstr(alert_state_name(c->state)), sv_i64(c->level),
                                     sv_i64(period_to_int(c->last))),
                          NULL);
}

/* ---- reading ---- */

static Status word_at(Str text, const char *(*name)(int), int count, int *ret)
{
        for (int i = 0; i < count; i++)
                if (str_eq_c(text, name(i))) {
                        *ret = i;
                        return ST_OK;
                }
        return ST_CORRUPT;
}

static const char *state_at(int i) { return alert_state_name((AlertState)i); }
static const char *act_at(int i) { return alert_act_name((AlertAct)i); }

static Status read_entries(StoreTx *tx, AlertCase *c, Arena *a)
{
        size_t cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx,
                "SELECT seq, act, period, level, step, points, words, figures, actor, at, event FROM alert_entry "
                "WHERE alert = $1 ORDER BY seq",
                STORE_ARGS(sv_i64(c->id)), &q));
        while (store_next(q)) {
                AlertEntry e = { .seq = store_i64(q, 0), .level = store_i64(q, 3), .event = store_i64(q, 10) };
                int act;
                TRY(word_at(store_text(q, 1), act_at, ALERT_ACT_COUNT, &act));
                e.act = (AlertAct)act;
                if (!store_is_null(q, 2))
                        TRY(period_from_int(store_i64(q, 2), &e.period));
                e.has_points = !store_is_null(q, 5);
                e.points = dec_from_scaled(store_i64(q, 5), ALERT_POINTS_SCALE);
                e.step_name = store_is_null(q, 4) ? STR("") : store_text_dup(q, 4, a);
                e.text = store_text_dup(q, 6, a);
                e.actor = store_text_dup(q, 8, a);
                e.at = store_text_dup(q, 9, a);
                if (!e.step_name.ptr || !e.text.ptr || !e.actor.ptr || !e.at.ptr)
                        return ST_NOMEM;
                for (size_t i = 0; c->ladder && i < c->ladder->step_count; i++)
                        if (str_eq(c->ladder->steps[i].name, e.step_name))
                                e.step = &c->ladder->steps[i];
                if (!store_is_null(q, 7)) {
                        Str text = store_text_dup(q, 7, a);
                        if (!text.ptr)
                                return ST_NOMEM;
                        TRY(read_figures(text, a, &e));
                }
                if (arena_grow(a, (void **)&c->entries, &cap, c->entry_count + 1, sizeof(AlertEntry)) < 0)
                        return ST_NOMEM;
                c->entries[c->entry_count++] = e;
        }
        return store_done(q);
}

/* False: of a rule that the pack no longer has. */
static bool read_rule(const Pack *pack, StoreStmt *q, AlertCase *c)
{
        c->unit = pack_unit(pack, store_text(q, 1));
        c->indicator = pack_indicator(pack, store_text(q, 2));
        if (!c->unit || !c->indicator)
                return false;
        if (str_eq_c(store_text(q, 3), "light")) {
                c->lights = pack_lights(pack, store_text(q, 4));
                c->ladder = c->lights ? c->lights->ladder : NULL;
        } else {
                for (size_t i = 0; i < c->indicator->alert_count; i++)
                        if (str_eq(c->indicator->alerts[i].name, store_text(q, 4)))
                                c->rule = &c->indicator->alerts[i];
                c->ladder = c->rule ? c->rule->ladder : NULL;
        }
        return c->ladder != NULL;
}

Status alert_cases(StoreTx *tx, const Pack *pack, const AlertFilter *f, Arena *a, AlertCase **ret, size_t *ret_count)
{
        AlertCase *list = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx,
                "SELECT id, unit, indicator, kind, rule, line, year, title, state, level, opened, last FROM alert_case "
                "WHERE ($1 = 0 OR year = $1) AND ($2 = 0 OR state = 'open') AND ($3 = 0 OR id = $3) "
                "ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, level DESC, opened DESC, id",
                STORE_ARGS(sv_i64(f->year), sv_bool(f->open_only), sv_i64(f->id)), &q));
        while (store_next(q)) {
                AlertCase c = { .id = store_i64(q, 0), .line = store_i64(q, 5), .year = (int32_t)store_i64(q, 6) };
                int state;
                if (!read_rule(pack, q, &c) || (f->within && !pack_unit_within(c.unit, f->within)))
                        continue;
                TRY(word_at(store_text(q, 8), state_at, ALERT_STATE_COUNT, &state));
                c.state = (AlertState)state;
                c.level = store_i64(q, 9);
                TRY(period_from_int(store_i64(q, 10), &c.opened));
                TRY(period_from_int(store_i64(q, 11), &c.last));
                if (!(c.title = store_text_dup(q, 7, a)).ptr)
                        return ST_NOMEM;
                if (arena_grow(a, (void **)&list, &cap, n + 1, sizeof(*list)) < 0)
                        return ST_NOMEM;
                list[n++] = c;
        }
        TRY(store_done(q));
        for (size_t i = 0; i < n; i++)
                TRY(read_entries(tx, &list[i], a));
        *ret = list;
        *ret_count = n;
        return ST_OK;
}

Status alert_points(StoreTx *tx, const Pack *pack, const PackUnit *unit, int32_t year, Arena *a, AlertPoints **ret,
                    size_t *ret_count)
{
        AlertCase *cases;
        size_t n, count = 0, cap = 0;
        AlertPoints *list = NULL;
        TRY(alert_cases(tx, pack, &(AlertFilter){ .within = unit, .year = year }, a, &cases, &n));
        for (size_t i = 0; i < n; i++) {
                if (cases[i].unit != unit || cases[i].state == ALERT_WITHDRAWN)
                        continue;
                /* Each step up to the level counts once: also those a case has passed over in one go. */
                for (size_t s = 0; s < cases[i].ladder->step_count && (int64_t)s < cases[i].level; s++) {
                        const PackStep *step = &cases[i].ladder->steps[s];
                        if (!step->has_points || dec_is_zero(step->points))
                                continue;
                        if (arena_grow(a, (void **)&list, &cap, count + 1, sizeof(*list)) < 0)
                                return ST_NOMEM;
                        list[count++] = (AlertPoints){ .id = cases[i].id,
                                                       .title = cases[i].title,
                                                       .step = step->title.zh,
                                                       .points = step->points,
                                                       .period = cases[i].opened };
                }
        }
        *ret = list;
        *ret_count = count;
        return ST_OK;
}
