/* ops_meeting_result.c -- what came of meetings: tasks, lines of letters, draft policies, facts compared. */
#include "api/meeting_put.h"
#include "api_operations.h"
#include "codec/zip.h"
#include "indicator/target.h"
#include "meeting/facts.h"

static Status exact(const Dec *d, Arena *a, Str *ret)
{
        char text[DEC_TEXT_MAX];
        *ret = arena_str(a, str_n(text, dec_to_text(*d, text)));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* ---- facts ---- */

typedef struct Fact {
        FactVerdict verdict;
        const PackIndicator *indicator;
        const PackUnit *unit;
        Period period;
        bool has_period, assumed; /* assumed: not said of this figure, but of one before it */
        Str said, own, difference;
        FeelValue missing; /* an UNKNOWN names what is */
} Fact;

static const PackUnit *fact_unit(const ApiCall *call, const Json *link)
{
        const Json *first = json_at(json_get(link, "units"), 0);
        Str code = json_get_text(first, "unit", STR(""));
        return code.len && json_at(json_get(link, "units"), 1) == NULL ? pack_unit(call->pack, code) : NULL;
}

/* The city's own figure in the measure of the fact: the level, what was added in a year, or the growth in per cent. */
static Status own_figure(IndicatorBook *b, const Fact *f, Str measure, FeelValue *ret)
{
        const FeelValue *now, *before;
        TRY(indicator_figures(b, f->indicator, f->period, &now));
        *ret = now[f->unit->index];
        bool added = str_eq_c(measure, "added"), growth = str_eq_c(measure, "growth");
        if ((!added && !growth) || ret->kind != FEEL_NUMBER)
                return ST_OK;
        TRY(indicator_figures(b, f->indicator, period_year_ago(f->period), &before));
        const FeelValue *then = &before[f->unit->index];
        if (then->kind != FEEL_NUMBER || (growth && dec_is_zero(then->number))) {
                *ret = *then;
                return ST_OK;
        }
        Dec d = dec_sub(ret->number, then->number);
        *ret = feel_number(growth ? dec_mul(dec_div(d, then->number), dec_from_i64(100)) : d);
        return ST_OK;
}

static Status compare_fact(ApiCall *call, IndicatorBook *b, const ConfirmItem *item, Date day, Period *before, Fact *f)
{
        Json *fields, *link;
        Dec said, difference;
        FeelValue own;
        TRY(json_parse(call->arena, item->fields, NULL, NULL, NULL, &fields));
        TRY(json_parse(call->arena, item->link, NULL, NULL, NULL, &link));
        *f = (Fact){ .verdict = FACT_UNLINKED };
        f->indicator = pack_indicator(call->pack, json_get_text(json_get(link, "indicator"), "name", STR("")));
        f->unit = fact_unit(call, link);
        Str period = json_get_text(fields, "period", STR(""));
        f->has_period = fact_period(period, day, &f->period) == ST_OK;
        /* 2022年，… 达到 A；… 达到 B: what nothing is said of is of the period before it in the text. */
        if (f->has_period) {
                *before = f->period;
        } else if (!period.len && before->year) {
                f->period = *before;
                f->has_period = f->assumed = true;
        }
        if (!json_get(fields, "value") || json_dec(json_get(fields, "value"), &said) != ST_OK) {
                f->verdict = FACT_LOST;
                return ST_OK;
        }
        TRY(exact(&said, call->arena, &f->said));
        if (!f->indicator || !f->unit)
                return ST_OK;
        f->verdict = FACT_NO_PERIOD;
        if (!f->has_period)
                return ST_OK;
        TRY(own_figure(b, f, json_get_text(link, "measure", STR("level")), &own));
        f->verdict = FACT_UNKNOWN;
        f->missing = own;
        if (own.kind != FEEL_NUMBER)
                return ST_OK;
        int scale = fact_scale(item->quote, said);
        f->verdict = fact_compare(said, scale, own.number, &difference);
        Dec shown = dec_round(own.number, scale > 4 ? scale : 4, DEC_HALF_UP), gap = dec_sub(shown, said);
        TRY(exact(&shown, call->arena, &f->own));
        return exact(&gap, call->arena, &f->difference);
}

static void put_fact(JsonWriter *w, int64_t item, const Fact *f)
{
        char period[16];
        jw_object_begin(w);
        jw_put_i64(w, "item", item);
        jw_put_cstr(w, "verdict", fact_verdict_name(f->verdict));
        api_put_text_or_null(w, "said", f->said);
        api_put_text_or_null(w, "own", f->own);
        api_put_text_or_null(w, "difference", f->difference);
        if (f->has_period)
                jw_put_str(w, "period", str_n(period, period_to_text(f->period, period)));
        else
                jw_put_null(w, "period");
        if (f->assumed)
                jw_put_bool(w, "assumed", true);
        api_put_text_or_null(w, "unit", f->unit ? f->unit->code : STR(""));
        api_put_text_or_null(w, "indicator", f->indicator ? f->indicator->name : STR(""));
        if (f->indicator)
                api_put_title(w, "indicator_title", f->indicator->title);
        if (f->verdict == FACT_UNKNOWN && f->missing.kind == FEEL_UNKNOWN) {
                jw_put_array(w, "missing");
                for (size_t i = 0; i < f->missing.unknown.len; i++)
                        jw_str(w, f->missing.unknown.names[i]);
                jw_array_end(w);
        }
        jw_object_end(w);
}

static bool stands(const ConfirmItem *item)
{
        return item->state == CONFIRM_PROPOSED || item->state == CONFIRM_ACCEPTED || item->state == CONFIRM_MENDED;
}

static Status put_facts(ApiCall *call, StoreTx *tx, JsonWriter *w, const ConfirmMeeting *m)
{
        ConfirmItem *items;
        size_t n;
        Date day;
        if (date_parse(m->day, &day) != ST_OK)
                day = clock_today();
        TRY(confirm_items(tx, m->id, NULL, call->arena, &items, &n));
        _cleanup_indicator_book_ IndicatorBook *b = indicator_book_new(tx, call->pack);
        if (!b)
                return ST_NOMEM;
        jw_put_array(w, "facts");
        Period before = { 0 };
        int64_t speech = -1;
        for (size_t i = 0; i < n; i++) {
                Fact f;
                if (items[i].speech != speech)
                        before = (Period){ 0 };
                speech = items[i].speech;
                if (items[i].kind != CONFIRM_FACT || !stands(&items[i]))
                        continue;
                TRY(compare_fact(call, b, &items[i], day, &before, &f));
                put_fact(w, items[i].id, &f);
        }
        jw_array_end(w);
        return ST_OK;
}

/* ---- lines ---- */

/* The indicator's figure at the end of the year before: what a target starts from. */
static Status put_line(ApiCall *call, IndicatorBook *b, JsonWriter *w, const ApplyLine *l)
{
        Str now = STR_NONE;
        jw_object_begin(w);
        jw_put_i64(w, "line", l->id);
        jw_put_i64(w, "item", l->item);
        jw_put_i64(w, "year", l->year);
        jw_put_str(w, "unit", l->unit->code);
        api_put_title(w, "unit_title", l->unit->title);
        if (l->indicator) {
                const FeelValue *figures;
                jw_put_str(w, "indicator", l->indicator->name);
                api_put_title(w, "indicator_title", l->indicator->title);
                TRY(indicator_figures(b, l->indicator, (Period){ PERIOD_YEAR, (int32_t)l->year - 1, 1 }, &figures));
                TRY(indicator_shown(l->indicator, &figures[l->unit->index], call->arena, &now));
        } else {
                jw_put_null(w, "indicator");
        }
        jw_put_str(w, "title", l->title);
        jw_put_str(w, "measure", l->measure);
        jw_put_str(w, "op", l->op);
        api_put_text_or_null(w, "value", l->value);
        api_put_text_or_null(w, "value_max", l->value_max);
        jw_put_str(w, "per", l->per);
        jw_put_str(w, "deadline", l->deadline);
        jw_put_str(w, "quote", l->quote);
        api_put_text_or_null(w, "now", now);
        jw_object_end(w);
        return ST_OK;
}

static Status put_lines(ApiCall *call, StoreTx *tx, JsonWriter *w, int64_t meeting)
{
        ApplyLine *lines;
        size_t n;
        TRY(apply_lines(tx, call->pack, meeting, call->arena, &lines, &n));
        _cleanup_indicator_book_ IndicatorBook *b = indicator_book_new(tx, call->pack);
        if (!b)
                return ST_NOMEM;
        jw_put_array(w, "lines");
        for (size_t i = 0; i < n; i++)
                TRY(put_line(call, b, w, &lines[i]));
        jw_array_end(w);
        return ST_OK;
}

/* One line in the letter's terms.  Words alone have no indicator; a value the copy lost is no target. */
static void letter_line(const ApplyLine *l, Str source, TargetLine *ret)
{
        *ret = (TargetLine){ .indicator = l->indicator, .text = l->quote, .source = source, .weight = dec_zero() };
        ret->text.len = ret->text.len > TARGET_TEXT_MAX ? 0 : ret->text.len;
        ret->has_target = l->indicator && l->value.len && dec_parse(l->value, &ret->target) == ST_OK;
        ret->comparison = str_eq_c(l->op, "<=")  ? TARGET_AT_MOST
                          : str_eq_c(l->op, "=") ? TARGET_EXACTLY
                                                 : TARGET_AT_LEAST;
        ret->measure = str_eq_c(l->measure, "added")    ? TARGET_INCREASE
                       : str_eq_c(l->measure, "growth") ? TARGET_GROWTH
                                                        : TARGET_VALUE;
}

/* One letter's lines at once; a later line of the same indicator and measure is left to the person who draws it up. */
static Status draft_letter(ApiCall *call, StoreTx *tx, const ApplyResult *r, size_t first, bool *done)
{
        const ApplyLine *head = &r->new_lines[first];
        TargetLine *lines = arena_array_of(call->arena, TargetLine, r->new_line_count + 1);
        TargetLetter letter;
        size_t n = 0;
        if (!lines)
                return ST_NOMEM;
        for (size_t i = first; i < r->new_line_count && n < TARGET_LINES_MAX; i++) {
                const ApplyLine *l = &r->new_lines[i];
                if (l->unit != head->unit || l->year != head->year)
                        continue;
                done[i] = true;
                char *source =
                        arena_printf(call->arena, "meeting:%lld/item:%lld", (long long)l->meeting, (long long)l->item);
                if (!source)
                        return ST_NOMEM;
                letter_line(l, str_c(source), &lines[n]);
                bool twice = false;
                for (size_t k = 0; k < n && !twice; k++)
                        twice = lines[k].indicator ? lines[k].indicator == lines[n].indicator &&
                                                             lines[k].measure == lines[n].measure
                                                   : !lines[n].indicator && str_eq(lines[k].text, lines[n].text);
                n += !twice && (lines[n].indicator || lines[n].text.len);
        }
        if (n == 0)
                return ST_OK;
        return target_draft(tx, call->pack,
                            &(TargetDraft){ .unit = head->unit,
                                            .year = (int32_t)head->year,
                                            .how = TARGET_ADD,
                                            .lines = lines,
                                            .count = n,
                                            .reason = STR("会议确定的目标"),
                                            .actor = call->actor },
                            call->arena, call->diag, &letter);
}

Status api_lines_to_letters(ApiCall *call, StoreTx *tx, const ApplyResult *r, size_t *ret_letters)
{
        bool *done = arena_array_of(call->arena, bool, r->new_line_count + 1);
        *ret_letters = 0;
        if (!done)
                return ST_NOMEM;
        for (size_t i = 0; i < r->new_line_count; i++)
                if (!done[i]) {
                        TRY(draft_letter(call, tx, r, i, done));
                        ++*ret_letters;
                }
        return ST_OK;
}

/* ---- drafts ---- */

static void put_draft(ApiCall *call, JsonWriter *w, const ApplyDraft *d)
{
        jw_object_begin(w);
        jw_put_str(w, "draft", d->name);
        jw_put_i64(w, "meeting", d->meeting);
        jw_put_str(w, "title", d->title);
        jw_put_str(w, "state", d->state);
        jw_put_bool(w, "passes", d->passes);
        jw_put_i64(w, "cases", d->cases);
        jw_put_str(w, "said", d->said);
        api_put_stored(call, w, "lacks", d->lacks);
        api_put_stored(call, w, "items", d->items);
        jw_put_str(w, "by", d->actor);
        jw_put_str(w, "at", d->at);
        jw_object_end(w);
}

/* The draft, when its meeting may be seen. */
static Status see_draft(ApiCall *call, StoreTx *tx, ApplyDraft *ret, PackFile **ret_files, size_t *ret_count)
{
        ConfirmMeeting m;
        TRY(apply_draft_files(tx, api_param(call, "draft"), call->arena, ret, ret_files, ret_count));
        return confirm_meeting(tx, call->pack, ret->meeting, call->within, call->arena, &m);
}

Status api_op_draft_show(ApiCall *call)
{
        ApplyDraft d;
        PackFile *files;
        size_t n;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(see_draft(call, tx, &d, &files, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_key(&w, STR("draft"));
        put_draft(call, &w, &d);
        jw_put_array(&w, "files");
        for (size_t i = 0; i < n; i++) {
                jw_object_begin(&w);
                jw_put_str(&w, "path", files[i].path);
                jw_put_str(&w, "content", files[i].content);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_draft_bundle(ApiCall *call)
{
        ApplyDraft d;
        PackFile *files;
        size_t n;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        _cleanup_(zip_writer_freep) ZipWriter *zip = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(see_draft(call, tx, &d, &files, &n));
        TRY(zip_writer_new(&call->reply, &zip));
        for (size_t i = 0; i < n; i++)
                TRY(zip_writer_add(zip, files[i].path, files[i].content, ZIP_DEFLATE));
        TRY(zip_writer_finish(zip));
        char *name = arena_printf(call->arena, "%.*s.zip", STR_FMT(d.name));
        if (!name)
                return ST_NOMEM;
        call->type = "application/zip";
        call->file_name = str_c(name);
        return ST_OK;
}

/* ---- all of it ---- */

Status api_op_meeting_results(ApiCall *call)
{
        int64_t meeting = api_param_id(call, "meeting");
        ConfirmMeeting m;
        SuperviseTask *tasks;
        ApplyDraft *drafts;
        size_t task_count, draft_count;
        Date on;
        TRY(api_param_day(call, &on));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(confirm_meeting(tx, call->pack, meeting, call->within, call->arena, &m));
        TRY(supervise_list(tx, call->pack, &(SuperviseFilter){ .within = call->within, .meeting = meeting }, on,
                           call->arena, &tasks, &task_count));
        TRY(apply_drafts(tx, meeting, call->arena, &drafts, &draft_count));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "tasks");
        for (size_t i = 0; i < task_count; i++)
                api_put_task(call, &w, &tasks[i]);
        jw_array_end(&w);
        TRY(put_lines(call, tx, &w, meeting));
        jw_put_array(&w, "drafts");
        for (size_t i = 0; i < draft_count; i++)
                put_draft(call, &w, &drafts[i]);
        jw_array_end(&w);
        TRY(put_facts(call, tx, &w, &m));
        jw_object_end(&w);
        return jw_finish(&w);
}
