/* target.c -- letters at rest: drafts, signing, amendments, the version of a day. */
#include <stdlib.h>

#include "indicator/target.h"
#include "indicator/target_int.h"
#include "store/event.h"

static const char *const comparison_names[] = {
#define TARGET_NAME(code, word) [code] = word,
        TARGET_COMPARISONS(TARGET_NAME)
};
static const char *const measure_names[] = { TARGET_MEASURES(TARGET_NAME) };
static const char *const course_names[] = { TARGET_COURSES(TARGET_NAME) };
#undef TARGET_NAME

const char *target_comparison_name(TargetComparison c) { return comparison_names[c]; }
const char *target_measure_name(TargetMeasure m) { return measure_names[m]; }
const char *target_course_name(TargetCourse c) { return course_names[c]; }

typedef struct Word {
        const char *text;
        int value;
} Word;

static Status find_word(Str s, const char *const *names, int count, const Word *words, size_t n, int *ret)
{
        Str t = str_trim(s);
        for (int i = 0; i < count; i++)
                if (str_eq_c(t, names[i])) {
                        *ret = i;
                        return ST_OK;
                }
        for (size_t i = 0; i < n; i++)
                if (str_eq_c(t, words[i].text)) {
                        *ret = words[i].value;
                        return ST_OK;
                }
        return ST_INVALID;
}

Status target_comparison_parse(Str s, TargetComparison *ret)
{
        static const Word words[] = { { "", TARGET_AT_LEAST },       { "不低于", TARGET_AT_LEAST },
                                      { "不少于", TARGET_AT_LEAST }, { "至少", TARGET_AT_LEAST },
                                      { "达到", TARGET_AT_LEAST },   { ">=", TARGET_AT_LEAST },
                                      { "≥", TARGET_AT_LEAST },      { "不超过", TARGET_AT_MOST },
                                      { "不高于", TARGET_AT_MOST },  { "控制在", TARGET_AT_MOST },
                                      { "<=", TARGET_AT_MOST },      { "≤", TARGET_AT_MOST },
                                      { "等于", TARGET_EXACTLY },    { "=", TARGET_EXACTLY } };
        int v;
        TRY(find_word(s, comparison_names, TARGET_COMPARISON_COUNT, words, ARRAY_LEN(words), &v));
        *ret = (TargetComparison)v;
        return ST_OK;
}

Status target_measure_parse(Str s, TargetMeasure *ret)
{
        static const Word words[] = { { "", TARGET_VALUE },        { "总量", TARGET_VALUE },
                                      { "数值", TARGET_VALUE },    { "增量", TARGET_INCREASE },
                                      { "新增", TARGET_INCREASE }, { "净增", TARGET_INCREASE },
                                      { "增长", TARGET_GROWTH },   { "增速", TARGET_GROWTH },
                                      { "增长率", TARGET_GROWTH } };
        int v;
        TRY(find_word(s, measure_names, TARGET_MEASURE_COUNT, words, ARRAY_LEN(words), &v));
        *ret = (TargetMeasure)v;
        return ST_OK;
}

Status target_course_parse(Str s, TargetCourse *ret)
{
        static const Word words[] = { { "累计", TARGET_FLOW }, { "存量", TARGET_STOCK }, { "比率", TARGET_RATE } };
        int v;
        TRY(find_word(s, course_names, TARGET_COURSE_COUNT, words, ARRAY_LEN(words), &v));
        *ret = (TargetCourse)v;
        return ST_OK;
}

TargetCourse target_course_of(const TargetLine *line)
{
        const PackIndicator *ind = line->indicator;
        if (line->course != TARGET_DEFAULT || !ind)
                return line->course == TARGET_DEFAULT ? TARGET_FLOW : line->course;
        if (line->measure == TARGET_GROWTH || ind->source == PACK_FORMULA)
                return TARGET_RATE;
        if (ind->source == PACK_DERIVED)
                return TARGET_STOCK;
        return ind->rollup == PACK_ROLLUP_SUM && ind->cumulative ? TARGET_FLOW : TARGET_STOCK;
}

Str target_line_title(const TargetLine *line, Lang lang)
{
        if (line->text.len || !line->indicator)
                return line->text;
        return pack_title(line->indicator->title, lang);
}

/* ---- tables ---- */

Status target_tables(StoreTx *tx)
{
        static const StoreColumn letter[] = {
                { .name = "unit", .type = STORE_TEXT },
                { .name = "year", .type = STORE_I64 },
                { .name = "version", .type = STORE_I64 },
                { .name = "signed", .type = STORE_I64, .not_null = true },
                { .name = "valid_from", .type = STORE_TEXT },
                { .name = "reason", .type = STORE_TEXT },
                { .name = "actor", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "event", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn line[] = {
                { .name = "unit", .type = STORE_TEXT },
                { .name = "year", .type = STORE_I64 },
                { .name = "version", .type = STORE_I64 },
                { .name = "no", .type = STORE_I64 },
                { .name = "indicator", .type = STORE_TEXT },
                { .name = "words", .type = STORE_TEXT },
                { .name = "target", .type = STORE_I64 }, /* target_scale digits after the point */
                { .name = "target_scale", .type = STORE_I64 },
                { .name = "comparison", .type = STORE_TEXT, .not_null = true },
                { .name = "measure", .type = STORE_TEXT, .not_null = true },
                { .name = "course", .type = STORE_TEXT, .not_null = true },
                { .name = "weight", .type = STORE_I64, .not_null = true }, /* ten-thousandths of a point */
                { .name = "method", .type = STORE_TEXT },
                { .name = "lights", .type = STORE_TEXT },
                { .name = "source", .type = STORE_TEXT },
        };
        static const StoreIndex by_year[] = { { .name = "letter_year", .columns = "year, unit" } };
        static const StoreTable tables[] = {
                { .name = "letter",
                  .columns = letter,
                  .column_count = ARRAY_LEN(letter),
                  .primary_key = "unit, year, version",
                  .indexes = by_year,
                  .index_count = 1 },
                { .name = "letter_line",
                  .columns = line,
                  .column_count = ARRAY_LEN(line),
                  .primary_key = "unit, year, version, no" },
        };
        return store_apply_tables(tx, tables, ARRAY_LEN(tables), NULL);
}

/* ---- reading ---- */

static Status read_text(StoreStmt *q, int col, Arena *a, Str *ret)
{
        *ret = STR("");
        if (store_is_null(q, col))
                return ST_OK;
        *ret = store_text_dup(q, col, a);
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status read_lines(StoreTx *tx, const Pack *pack, TargetLetter *l, Arena *a)
{
        size_t cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx,
                "SELECT no, indicator, words, target, target_scale, comparison, measure, course, weight, method, lights, "
                "source FROM letter_line WHERE unit = $1 AND year = $2 AND version = $3 ORDER BY no",
                STORE_ARGS(sv_text(l->unit->code), sv_i64(l->year), sv_i64(l->version)), &q));
        while (store_next(q)) {
                TargetLine line = { .no = store_i64(q, 0),
                                    .indicator = store_is_null(q, 1) ? NULL : pack_indicator(pack, store_text(q, 1)),
                                    .has_target = !store_is_null(q, 3),
                                    .target = dec_from_scaled(store_i64(q, 3), (int)store_i64(q, 4)),
                                    .weight = dec_from_scaled(store_i64(q, 8), TARGET_WEIGHT_SCALE) };
                TRY(read_text(q, 2, a, &line.text));
                TRY(read_text(q, 9, a, &line.method));
                TRY(read_text(q, 10, a, &line.lights));
                TRY(read_text(q, 11, a, &line.source));
                if (!store_is_null(q, 1) && !line.indicator && !line.text.len) /* dropped from the pack since */
                        TRY(read_text(q, 1, a, &line.text));
                if (target_comparison_parse(store_text(q, 5), &line.comparison) != ST_OK ||
                    target_measure_parse(store_text(q, 6), &line.measure) != ST_OK ||
                    target_course_parse(store_text(q, 7), &line.course) != ST_OK)
                        return ST_CORRUPT;
                if (arena_grow(a, (void **)&l->lines, &cap, l->count + 1, sizeof(TargetLine)) < 0)
                        return ST_NOMEM;
                l->lines[l->count++] = line;
        }
        return store_done(q);
}

static Status read_letter(StoreStmt *q, const PackUnit *unit, int32_t year, Arena *a, TargetLetter *ret)
{
        *ret = (TargetLetter){
                .unit = unit, .year = year, .version = store_i64(q, 0), .signed_ = store_i64(q, 1) == 1
        };
        if (!store_is_null(q, 2))
                TRY(date_parse(store_text(q, 2), &ret->from));
        TRY(read_text(q, 3, a, &ret->reason));
        TRY(read_text(q, 4, a, &ret->actor));
        TRY(read_text(q, 5, a, &ret->at));
        ret->event = store_i64(q, 6);
        return ST_OK;
}

Status target_versions(StoreTx *tx, const Pack *pack, const PackUnit *unit, int32_t year, Arena *a, TargetLetter **ret,
                       size_t *ret_count)
{
        TargetLetter *list = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx,
                        "SELECT version, signed, valid_from, reason, actor, at, event FROM letter WHERE unit = $1 AND "
                        "year = $2 ORDER BY version",
                        STORE_ARGS(sv_text(unit->code), sv_i64(year)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&list, &cap, n + 1, sizeof(*list)) < 0)
                        return ST_NOMEM;
                TRY(read_letter(q, unit, year, a, &list[n]));
                n++;
        }
        TRY(store_done(q));
        bool draft = n && !list[n - 1].signed_;
        for (size_t i = 0; i < n; i++) {
                list[i].has_draft = draft && list[i].signed_;
                TRY(read_lines(tx, pack, &list[i], a));
        }
        *ret = list;
        *ret_count = n;
        return ST_OK;
}

Status target_letter(StoreTx *tx, const Pack *pack, const PackUnit *unit, int32_t year, const Date *as_of, Arena *a,
                     TargetLetter *ret)
{
        TargetLetter *all;
        size_t n;
        const TargetLetter *found = NULL;
        TRY(target_versions(tx, pack, unit, year, a, &all, &n));
        for (size_t i = 0; i < n; i++)
                if (all[i].signed_ ? !as_of || date_cmp(all[i].from, *as_of) <= 0 : !as_of && !found)
                        found = &all[i];
        if (!found)
                return ST_NOT_FOUND;
        *ret = *found;
        return ST_OK;
}

Status target_letters(StoreTx *tx, const Pack *pack, int32_t year, const PackUnit *within, const Date *as_of,
                      bool drafts, Arena *a, TargetLetter **ret, size_t *ret_count)
{
        bool *has = arena_array_of(a, bool, pack->unit_count + 1);
        TargetLetter *list = NULL;
        size_t n = 0, cap = 0;
        if (!has)
                return ST_NOMEM;
        {
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                TRY(store_query(tx, "SELECT DISTINCT unit FROM letter WHERE year = $1 ORDER BY unit",
                                STORE_ARGS(sv_i64(year)), &q));
                while (store_next(q)) {
                        const PackUnit *u = pack_unit(pack, store_text(q, 0));
                        if (u && (!within || pack_unit_within(u, within)))
                                has[u->index] = true;
                }
                TRY(store_done(q));
        }
        for (size_t i = 0; i < pack->unit_count; i++) {
                if (!has[i])
                        continue;
                TargetLetter letter;
                Status st = target_letter(tx, pack, &pack->units[i], year, as_of, a, &letter);
                if (st == ST_NOT_FOUND || (st == ST_OK && !letter.signed_ && !drafts))
                        continue;
                TRY(st);
                if (arena_grow(a, (void **)&list, &cap, n + 1, sizeof(*list)) < 0)
                        return ST_NOMEM;
                list[n++] = letter;
        }
        *ret = list;
        *ret_count = n;
        return ST_OK;
}

/* ---- checking ---- */

/* The digits after the point that hold the value exactly. */
static bool scale_of(Dec d, int max, int *ret_scale, int64_t *ret)
{
        for (*ret_scale = 0; *ret_scale <= max; (*ret_scale)++)
                if (dec_to_scaled(d, *ret_scale, ret))
                        return true;
        return false;
}

Status target_line_check(const Pack *pack, const TargetLine *line, Diag *diag)
{
        int scale;
        int64_t v;
        Str title = target_line_title(line, diag ? diag->lang : LANG_ZH);
        if (!line->indicator && !str_trim(line->text).len)
                return diag_fail(diag, ST_INVALID, POS_NONE, "目标须写指标或内容",
                                 "a target has an indicator or words");
        if (line->text.len > TARGET_TEXT_MAX)
                return diag_fail(diag, ST_INVALID, POS_NONE, "目标的内容超过 %d 字节",
                                 "the words are longer than %d bytes", TARGET_TEXT_MAX);
        if (line->indicator && !line->has_target)
                return diag_fail(diag, ST_INVALID, POS_NONE, "“%.*s”缺目标值", "\"%.*s\" lacks its target",
                                 STR_FMT(title));
        if (line->has_target && !scale_of(line->target, TARGET_SCALE_MAX, &scale, &v))
                return diag_fail(diag, ST_INVALID, POS_NONE, "“%.*s”的目标值过大或小数位过多",
                                 "the target of \"%.*s\" is too large or has too many digits", STR_FMT(title));
        if (dec_is_negative(line->weight) || !dec_to_scaled(line->weight, TARGET_WEIGHT_SCALE, &v) ||
            v > TARGET_WEIGHT_MAX)
                return diag_fail(diag, ST_INVALID, POS_NONE, "“%.*s”的权重应在 0 到 1000 之间，至多四位小数",
                                 "the weight of \"%.*s\" is 0 to 1000 with at most four digits after the point",
                                 STR_FMT(title));
        if (line->method.len && !pack_method(pack, line->method))
                return diag_fail(diag, ST_INVALID, POS_NONE, "没有计分方法“%.*s”", "there is no method \"%.*s\"",
                                 STR_FMT(line->method));
        if (line->lights.len && !pack_lights(pack, line->lights))
                return diag_fail(diag, ST_INVALID, POS_NONE, "没有亮灯规则“%.*s”", "there are no lights \"%.*s\"",
                                 STR_FMT(line->lights));
        return ST_OK;
}

static bool same_subject(const TargetLine *x, const TargetLine *y)
{
        if (x->indicator || y->indicator)
                return x->indicator == y->indicator && x->measure == y->measure;
        return str_eq(str_trim(x->text), str_trim(y->text));
}

static bool same_line(const TargetLine *x, const TargetLine *y)
{
        return x->no == y->no && x->indicator == y->indicator && str_eq(x->text, y->text) &&
               x->has_target == y->has_target && (!x->has_target || dec_eq(x->target, y->target)) &&
               x->comparison == y->comparison && x->measure == y->measure && x->course == y->course &&
               dec_eq(x->weight, y->weight) && str_eq(x->method, y->method) && str_eq(x->lights, y->lights) &&
               str_eq(x->source, y->source);
}

static bool same_lines(const TargetLetter *x, const TargetLetter *y)
{
        if (x->count != y->count)
                return false;
        for (size_t i = 0; i < x->count; i++)
                if (!same_line(&x->lines[i], &y->lines[i]))
                        return false;
        return true;
}

/* ---- writing ---- */

static void put_dec(JsonWriter *w, const char *key, Dec d)
{
        char text[DEC_TEXT_MAX];
        jw_put_str(w, key, str_n(text, dec_to_text(d, text)));
}

static Status letter_event(StoreTx *tx, const TargetLetter *l, const char *op, Str reason, Str actor, Str on_behalf,
                           Arena *a, int64_t *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        char day[24];
        jw_object_begin(&w);
        jw_put_i64(&w, "version", l->version);
        if (l->from.month)
                jw_put_str(&w, "from", str_n(day, date_to_text(l->from, day)));
        jw_put_array(&w, "lines");
        for (size_t i = 0; i < l->count; i++) {
                const TargetLine *t = &l->lines[i];
                jw_object_begin(&w);
                jw_put_i64(&w, "no", t->no);
                if (t->indicator)
                        jw_put_str(&w, "indicator", t->indicator->name);
                if (t->text.len)
                        jw_put_str(&w, "text", t->text);
                if (t->has_target)
                        put_dec(&w, "target", t->target);
                jw_put_cstr(&w, "comparison", target_comparison_name(t->comparison));
                jw_put_cstr(&w, "measure", target_measure_name(t->measure));
                if (t->course != TARGET_DEFAULT)
                        jw_put_cstr(&w, "course", target_course_name(t->course));
                put_dec(&w, "weight", t->weight);
                if (t->method.len)
                        jw_put_str(&w, "method", t->method);
                if (t->lights.len)
                        jw_put_str(&w, "lights", t->lights);
                if (t->source.len)
                        jw_put_str(&w, "source", t->source);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char *subject = arena_printf(a, "letter:%.*s/%d", STR_FMT(l->unit->code), (int)l->year);
        if (!subject)
                return ST_NOMEM;
        return store_event(tx,
                           &(StoreEvent){ .actor = actor,
                                          .on_behalf = on_behalf,
                                          .op = str_c(op),
                                          .subject = str_c(subject),
                                          .reason = str_trim(reason),
                                          .payload = buf_str(&b) },
                           ret);
}

static StoreValue text_or_null(Str s)
{
        return s.len ? sv_text(s) : sv_null();
}

static Status write_lines(StoreTx *tx, const TargetLetter *l)
{
        TRY(store_exec(tx, "DELETE FROM letter_line WHERE unit = $1 AND year = $2 AND version = $3",
                       STORE_ARGS(sv_text(l->unit->code), sv_i64(l->year), sv_i64(l->version)), NULL));
        for (size_t i = 0; i < l->count; i++) {
                const TargetLine *t = &l->lines[i];
                int64_t target = 0, weight = 0;
                int scale = 0;
                if ((t->has_target && !scale_of(t->target, TARGET_SCALE_MAX, &scale, &target)) ||
                    !dec_to_scaled(t->weight, TARGET_WEIGHT_SCALE, &weight))
                        return ST_INTERNAL; /* target_line_check has passed */
                TRY(store_exec(
                        tx,
                        "INSERT INTO letter_line (unit, year, version, no, indicator, words, target, target_scale, comparison, "
                        "measure, course, weight, method, lights, source) "
                        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
                        STORE_ARGS(sv_text(l->unit->code), sv_i64(l->year), sv_i64(l->version), sv_i64(t->no),
                                   t->indicator ? sv_text(t->indicator->name) : sv_null(), text_or_null(t->text),
                                   t->has_target ? sv_i64(target) : sv_null(),
                                   t->has_target ? sv_i64(scale) : sv_null(),
                                   sv_cstr(target_comparison_name(t->comparison)),
                                   sv_cstr(target_measure_name(t->measure)), sv_cstr(target_course_name(t->course)),
                                   sv_i64(weight), text_or_null(t->method), text_or_null(t->lights),
                                   text_or_null(t->source)),
                        NULL));
        }
        return ST_OK;
}

static Status write_letter(StoreTx *tx, TargetLetter *l, const char *op, Str reason, Str actor, Str on_behalf, Arena *a)
{
        char day[24];
        Instant now = clock_now();
        char at[40];
        instant_to_text(now, at);
        TRY(letter_event(tx, l, op, reason, actor, on_behalf, a, &l->event));
        l->actor = actor;
        l->reason = str_trim(reason);
        l->at = arena_str(a, str_c(at));
        if (!l->at.ptr)
                return ST_NOMEM;
        return store_exec(
                tx,
                "INSERT INTO letter (unit, year, version, signed, valid_from, reason, actor, at, event) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (unit, year, version) DO UPDATE SET "
                "signed = excluded.signed, valid_from = excluded.valid_from, reason = excluded.reason, actor = excluded.actor, "
                "at = excluded.at, event = excluded.event",
                STORE_ARGS(sv_text(l->unit->code), sv_i64(l->year), sv_i64(l->version), sv_bool(l->signed_),
                           l->from.month ? sv_text(str_n(day, date_to_text(l->from, day))) : sv_null(),
                           text_or_null(l->reason), sv_text(actor), sv_text(l->at), sv_i64(l->event)),
                NULL);
}

/* Puts a line to the letter: in place of one of the same subject, else at its end. */
static Status put_line(TargetLetter *l, size_t *cap, const TargetLine *from, Arena *a)
{
        TargetLine line = *from;
        int64_t highest = 0;
        for (size_t i = 0; i < l->count; i++) {
                if (l->lines[i].no > highest)
                        highest = l->lines[i].no;
                if (same_subject(&l->lines[i], from)) {
                        line.no = l->lines[i].no;
                        l->lines[i] = line;
                        return ST_OK;
                }
        }
        line.no = highest + 1;
        if (arena_grow(a, (void **)&l->lines, cap, l->count + 1, sizeof(TargetLine)) < 0)
                return ST_NOMEM;
        l->lines[l->count++] = line;
        return ST_OK;
}

/* Numbers are kept where the subject was in the letter before, so that a line can be followed through versions. */
static Status number_lines(TargetLetter *l, const TargetLetter *before, const TargetDraft *in, Arena *a)
{
        size_t cap = 0;
        int64_t highest = 0;
        for (size_t i = 0; before && i < before->count; i++)
                if (before->lines[i].no > highest)
                        highest = before->lines[i].no;
        for (size_t i = 0; i < in->count; i++) {
                TargetLine line = in->lines[i];
                line.no = 0;
                for (size_t k = 0; before && k < before->count && !line.no; k++)
                        if (same_subject(&before->lines[k], &line))
                                line.no = before->lines[k].no;
                if (!line.no)
                        line.no = ++highest;
                if (arena_grow(a, (void **)&l->lines, &cap, l->count + 1, sizeof(TargetLine)) < 0)
                        return ST_NOMEM;
                l->lines[l->count++] = line;
        }
        return ST_OK;
}

static int by_no(const void *x, const void *y)
{
        const TargetLine *a = x, *b = y;
        return (a->no > b->no) - (a->no < b->no);
}

static Status check_draft(const Pack *pack, const TargetDraft *in, Diag *diag)
{
        Status worst = ST_OK;
        if (in->year < 1900 || in->year > 2999)
                return diag_fail(diag, ST_INVALID, POS_NONE, "年份应在 1900 到 2999 之间", "the year is 1900 to 2999");
        for (size_t i = 0; i < in->count; i++) {
                Status st = target_line_check(pack, &in->lines[i], diag);
                for (size_t k = 0; k < i && st == ST_OK; k++)
                        if (same_subject(&in->lines[i], &in->lines[k]))
                                st = diag_fail(diag, ST_INVALID, POS_NONE, "目标“%.*s”写了两次",
                                               "\"%.*s\" stands twice",
                                               STR_FMT(target_line_title(&in->lines[i], diag ? diag->lang : LANG_ZH)));
                if (st != ST_OK && st != ST_INVALID)
                        return st;
                worst = st == ST_OK ? worst : st;
        }
        return worst;
}

Status target_draft(StoreTx *tx, const Pack *pack, const TargetDraft *in, Arena *a, Diag *diag, TargetLetter *ret)
{
        TargetLetter *all;
        size_t n, cap;
        TRY(check_draft(pack, in, diag));
        TRY(target_versions(tx, pack, in->unit, in->year, a, &all, &n));
        const TargetLetter *last = n ? &all[n - 1] : NULL;
        TargetLetter letter = { .unit = in->unit,
                                .year = in->year,
                                .version = !last ? 1 : last->signed_ ? last->version + 1 : last->version };
        if (in->how == TARGET_ADD && last) {
                letter.lines = arena_array_of(a, TargetLine, last->count + in->count + 1);
                if (!letter.lines)
                        return ST_NOMEM;
                cap = last->count + in->count + 1;
                if (last->count)
                        memcpy(letter.lines, last->lines, last->count * sizeof(TargetLine));
                letter.count = last->count;
                for (size_t i = 0; i < in->count; i++)
                        TRY(put_line(&letter, &cap, &in->lines[i], a));
        } else {
                TRY(number_lines(&letter, last, in, a));
        }
        if (letter.count > TARGET_LINES_MAX)
                return diag_fail(diag, ST_LIMIT, POS_NONE, "一份责任书至多 %d 项目标", "a letter has at most %d lines",
                                 TARGET_LINES_MAX);
        if (letter.count)
                qsort(letter.lines, letter.count, sizeof(TargetLine), by_no);
        if (last && same_lines(&letter, last)) { /* the same again changes nothing */
                *ret = *last;
                return ST_OK;
        }
        TRY(write_letter(tx, &letter, "letter.draft", in->reason, in->actor, in->on_behalf, a));
        TRY(write_lines(tx, &letter));
        *ret = letter;
        return ST_OK;
}

static Status check_weights(const Pack *pack, const TargetLetter *l, Diag *diag)
{
        const PackAssessment *assessment = pack_assessment_of(pack, l->unit->kind);
        if (!assessment || !assessment->has_weights)
                return ST_OK;
        Dec sum = dec_zero();
        for (size_t i = 0; i < l->count; i++)
                sum = dec_add(sum, l->lines[i].weight);
        for (size_t i = 0; i < assessment->line_count; i++)
                sum = dec_add(sum, assessment->lines[i].weight);
        if (dec_eq(sum, assessment->weights))
                return ST_OK;
        char is[DEC_TEXT_MAX], wanted[DEC_TEXT_MAX];
        dec_to_text(sum, is);
        dec_to_text(assessment->weights, wanted);
        return diag_fail(diag, ST_CONFLICT, POS_NONE, "%.*s的权重合计 %s，应为 %s：请先改正再签订",
                         "the weights of %.*s add up to %s, not to %s: mend them before signing",
                         STR_FMT(pack_title(l->unit->title, diag ? diag->lang : LANG_ZH)), is, wanted);
}

Status target_sign(StoreTx *tx, const Pack *pack, const TargetSign *in, Arena *a, Diag *diag, TargetLetter *ret)
{
        TargetLetter *all;
        size_t n;
        TRY(target_versions(tx, pack, in->unit, in->year, a, &all, &n));
        if (n == 0 || all[n - 1].signed_)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "%.*s %d 年没有待签订的责任书草稿",
                                 "%.*s has no draft of a letter for %d to sign",
                                 STR_FMT(pack_title(in->unit->title, diag ? diag->lang : LANG_ZH)), (int)in->year);
        TargetLetter letter = all[n - 1];
        letter.from = in->on.month ? in->on : clock_today();
        letter.signed_ = true;
        if (letter.count == 0)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "责任书里没有目标，不能签订",
                                 "a letter without lines cannot be signed");
        if (n > 1) {
                if (!str_trim(in->reason).len)
                        return diag_fail(diag, ST_CONFLICT, POS_NONE, "调整目标须说明理由",
                                         "an amendment needs a reason");
                if (date_cmp(letter.from, all[n - 2].from) < 0)
                        return diag_fail(diag, ST_CONFLICT, POS_NONE, "调整不能早于上一版的签订日期",
                                         "an amendment cannot hold from a day before the version it amends");
                if (same_lines(&letter, &all[n - 2]))
                        return diag_fail(diag, ST_CONFLICT, POS_NONE, "与上一版相同，没有可签订的调整",
                                         "it is the same as the version before: there is nothing to sign");
        }
        TRY(check_weights(pack, &letter, diag));
        TRY(write_letter(tx, &letter, "letter.sign", in->reason, in->actor, in->on_behalf, a));
        *ret = letter;
        return ST_OK;
}

Status target_drop(StoreTx *tx, const Pack *pack, const PackUnit *unit, int32_t year, Str reason, Str actor,
                   Str on_behalf, Diag *diag)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        TargetLetter *all;
        size_t n;
        int64_t event;
        if (!a)
                return ST_NOMEM;
        TRY(target_versions(tx, pack, unit, year, a, &all, &n));
        if (n == 0 || all[n - 1].signed_)
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "没有可撤销的草稿", "there is no draft to drop");
        TargetLetter *l = &all[n - 1];
        TRY(letter_event(tx, l, "letter.drop", reason, actor, on_behalf, a, &event));
        StoreValue key[] = { sv_text(unit->code), sv_i64(year), sv_i64(l->version) };
        TRY(store_exec(tx, "DELETE FROM letter_line WHERE unit = $1 AND year = $2 AND version = $3", key, 3, NULL));
        return store_exec(tx, "DELETE FROM letter WHERE unit = $1 AND year = $2 AND version = $3", key, 3, NULL);
}
