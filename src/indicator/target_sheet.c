/* target_sheet.c -- a sheet with a row a target becomes drafts of letters, one a unit. */
#include <stdio.h>

#include "codec/sheet.h"
#include "codec/text_norm.h"
#include "indicator/target_int.h"

enum { HEADER_SEARCH = 20, ROWS_MAX = 20000 };

typedef enum What {
        COL_UNIT,
        COL_INDICATOR,
        COL_TARGET,
        COL_WEIGHT,
        COL_COMPARISON,
        COL_MEASURE,
        COL_COURSE,
        COL_METHOD,
        COL_LIGHTS,
        COL_TEXT,
        COL_IN,
        COL_COUNT
} What;

static const struct {
        What what;
        const char *words[9];
} headers[] = {
        { COL_UNIT, { "单位", "县区", "县市区", "责任单位", "承担单位", "签订单位", "unit", "county" } },
        { COL_INDICATOR, { "指标", "指标名称", "考核指标", "目标指标", "indicator" } },
        { COL_TARGET, { "目标", "目标值", "年度目标", "任务数", "target" } },
        { COL_WEIGHT, { "权重", "分值", "weight", "points" } },
        { COL_COMPARISON, { "比较", "方向", "comparison" } },
        { COL_MEASURE, { "口径", "目标类型", "measure" } },
        { COL_COURSE, { "进度", "进度方式", "course" } },
        { COL_METHOD, { "计分方法", "计分办法", "method" } },
        { COL_LIGHTS, { "亮灯规则", "lights" } },
        { COL_TEXT, { "内容", "目标内容", "任务内容", "text" } },
        { COL_IN, { "计量单位", "measure of target", "in" } },
};

typedef struct Column {
        bool there;
        uint32_t col;
        Str header, unit; /* unit: in brackets */
} Column;

/* A unit's rows, in the order met. */
typedef struct Group {
        const PackUnit *unit;
        TargetLine *lines;
        uint32_t *rows;
        size_t count, cap_lines, cap_rows;
        bool refused;
} Group;

typedef struct Sheet {
        const Pack *pack;
        const TargetSheet *in;
        Arena *arena;
        Diag *diag;
        RegisterOutcome *out;
        size_t problem_cap;
        Column columns[COL_COUNT];
        uint32_t header_row;
        Group *groups;
        size_t group_count, group_cap;
} Sheet;

static Status problem(Sheet *s, RegisterProblemLevel level, uint32_t row, const Column *c, Str found, const char *zh,
                      const char *en, ...)
        __attribute__((format(printf, 6, 8), format(printf, 7, 8), warn_unused_result));
static Status problem(Sheet *s, RegisterProblemLevel level, uint32_t row, const Column *c, Str found, const char *zh,
                      const char *en, ...)
{
        RegisterOutcome *o = s->out;
        o->problem_total++;
        if (o->problem_count >= REGISTER_PROBLEMS_MAX)
                return ST_OK;
        if (arena_grow(s->arena, (void **)&o->problems, &s->problem_cap, o->problem_count + 1,
                       sizeof(RegisterProblem)) < 0)
                return ST_NOMEM;
        va_list ap;
        va_start(ap, en);
        char *text = arena_vprintf(s->arena, s->in->lang == LANG_EN ? en : zh, ap);
        va_end(ap);
        Str kept = arena_str(s->arena, found.ptr ? found : STR(""));
        if (!text || !kept.ptr)
                return ST_NOMEM;
        o->problems[o->problem_count++] = (RegisterProblem){ .level = level,
                                                             .sheet = o->sheet,
                                                             .row = row,
                                                             .col = c && c->there ? c->col : 0,
                                                             .header = c && c->there ? c->header : STR_NONE,
                                                             .found = kept,
                                                             .text = str_c(text) };
        return ST_OK;
}

/* Normalised text of a cell that outlives its row (text_norm gives the cell's own text where nothing changes). */
static Status kept_text(Sheet *s, Str cell, unsigned norm, Str *ret)
{
        NormText t;
        TRY(text_norm(s->arena, str_trim(cell), norm, &t));
        *ret = arena_str(s->arena, t.text);
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* ---- the header ---- */

/* "目标值（万元）" → 目标值 and 万元 */
static void split_header(Str text, Str *ret_name, Str *ret_unit)
{
        static const char *const open[] = { "（", "(" }, *const close[] = { "）", ")" };
        *ret_name = text;
        *ret_unit = STR("");
        for (size_t i = 0; i < ARRAY_LEN(open); i++) {
                size_t at = str_find(text, str_c(open[i]));
                if (at == SIZE_MAX || !str_ends(text, str_c(close[i])))
                        continue;
                size_t from = at + str_c(open[i]).len, to = text.len - str_c(close[i]).len;
                *ret_name = str_trim(str_n(text.ptr, at));
                *ret_unit = str_trim(str_n(text.ptr + from, to > from ? to - from : 0));
                return;
        }
}

static bool column_named(const Sheet *s, Str text, What *ret, Str *ret_unit)
{
        for (int whole = 1; whole >= 0; whole--) {
                Str name = text;
                *ret_unit = STR("");
                if (!whole)
                        split_header(text, &name, ret_unit);
                for (size_t i = 0; i < ARRAY_LEN(headers); i++)
                        for (size_t k = 0; k < ARRAY_LEN(headers[i].words) && headers[i].words[k]; k++)
                                if (str_eq_c(name, headers[i].words[k])) {
                                        *ret = headers[i].what;
                                        return true;
                                }
                for (size_t i = 0; i < s->pack->kind_count; i++)
                        if (str_eq(name, s->pack->kinds[i].title.zh)) {
                                *ret = COL_UNIT;
                                return true;
                        }
        }
        return false;
}

static Status match_header(Sheet *s, const SheetRow *row, Column *out, int *ret_fit)
{
        int fit = 0;
        memset(out, 0, COL_COUNT * sizeof(*out));
        for (size_t i = 0; i < row->count; i++) {
                What what;
                Str name, unit;
                TRY(kept_text(s, row->cells[i].text, NORM_NFC | NORM_WIDTH | NORM_NO_BLANKS, &name));
                if (!name.len || !column_named(s, name, &what, &unit) || out[what].there)
                        continue;
                out[what] = (Column){ true, row->cells[i].col, name, unit };
                fit++;
        }
        bool enough = out[COL_UNIT].there && (out[COL_INDICATOR].there || out[COL_TEXT].there);
        *ret_fit = enough ? fit : 0;
        return ST_OK;
}

static Status find_header(Sheet *s, SheetBook *book, size_t *ret_sheet)
{
        int best = 0;
        for (size_t n = 0; n < sheet_book_count(book); n++) {
                if (sheet_book_info(book, n).state != SHEET_VISIBLE)
                        continue;
                _cleanup_(sheet_freep) SheetReader *reader = NULL;
                TRY(sheet_open(book, n, s->diag, &reader));
                for (int i = 0; i < HEADER_SEARCH; i++) {
                        const SheetRow *row;
                        Column columns[COL_COUNT];
                        int fit;
                        TRY(sheet_next(reader, s->diag, &row));
                        if (!row)
                                break;
                        TRY(match_header(s, row, columns, &fit));
                        if (fit <= best)
                                continue;
                        best = fit;
                        *ret_sheet = n;
                        s->header_row = row->number;
                        memcpy(s->columns, columns, sizeof(columns));
                }
        }
        if (best == 0)
                return diag_fail(s->diag, ST_INVALID, POS_FILE(s->in->file_name),
                                 "没有找到表头：至少需要“县区”“指标”两列，通常还有“目标值”“权重”",
                                 "no header found: columns for the unit (单位) and the indicator (指标) are needed, "
                                 "usually with 目标值 and 权重");
        s->out->sheet = arena_str(s->arena, sheet_book_info(book, *ret_sheet).name);
        s->out->columns = arena_array_of(s->arena, RegisterColumn, COL_COUNT);
        if (!s->out->sheet.ptr || !s->out->columns)
                return ST_NOMEM;
        for (int i = 0; i < COL_COUNT; i++)
                if (s->columns[i].there)
                        s->out->columns[s->out->column_count++] =
                                (RegisterColumn){ .header = s->columns[i].header, .col = s->columns[i].col,
                                                  .unit = s->columns[i].unit };
        return ST_OK;
}

/* ---- rows ---- */

static const SheetCell *cell_of(const Sheet *s, const SheetRow *row, What what)
{
        for (size_t i = 0; s->columns[what].there && i < row->count; i++)
                if (row->cells[i].col == s->columns[what].col)
                        return &row->cells[i];
        return NULL;
}

static Status text_of(Sheet *s, const SheetRow *row, What what, unsigned norm, Str *ret)
{
        const SheetCell *cell = cell_of(s, row, what);
        *ret = STR("");
        return cell ? kept_text(s, cell->text, norm, ret) : ST_OK;
}

static const PackIndicator *indicator_named(const Pack *pack, Str text)
{
        const PackIndicator *ind = pack_indicator(pack, text);
        for (size_t i = 0; !ind && i < pack->indicator_count; i++) {
                const PackIndicator *x = pack->indicators[i];
                bool fits = str_eq(x->title.zh, text) || str_eq(x->title.en, text);
                for (size_t k = 0; !fits && k < x->also_count; k++)
                        fits = str_eq(x->also[k], text);
                if (fits)
                        ind = x;
        }
        return ind;
}

static Status group_of(Sheet *s, const PackUnit *unit, Group **ret)
{
        for (size_t i = 0; i < s->group_count; i++)
                if (s->groups[i].unit == unit) {
                        *ret = &s->groups[i];
                        return ST_OK;
                }
        if (arena_grow(s->arena, (void **)&s->groups, &s->group_cap, s->group_count + 1, sizeof(Group)) < 0)
                return ST_NOMEM;
        s->groups[s->group_count] = (Group){ .unit = unit };
        *ret = &s->groups[s->group_count++];
        return ST_OK;
}

static Status read_unit(Sheet *s, const SheetRow *row, Group **ret)
{
        const Column *c = &s->columns[COL_UNIT];
        const PackUnit *unit;
        Str name;
        *ret = NULL;
        TRY(text_of(s, row, COL_UNIT, NORM_NFC | NORM_NO_BLANKS, &name));
        Status st = pack_unit_match(s->pack, name, NULL, (Date){ s->in->year, 12, 31 }, &unit);
        if (st == ST_NOT_FOUND)
                return problem(s, REGISTER_ERROR, row->number, c, name, "没有这个单位", "there is no such unit");
        if (st == ST_CONFLICT)
                return problem(s, REGISTER_ERROR, row->number, c, name, "有不止一个同名的单位，请写代码",
                               "several units have this name: write the code");
        TRY(st);
        if (s->in->within && !pack_unit_within(unit, s->in->within))
                return problem(s, REGISTER_ERROR, row->number, c, name, "不是本单位，无权填写", "not your own unit");
        return group_of(s, unit, ret);
}

/* Digits kept of a target: fen for money, six for other figures. */
static int target_scale(const PackIndicator *ind, bool percent)
{
        return !percent && ind && str_ends(ind->unit, STR("元")) ? 2 : 6;
}

static Status read_number(Sheet *s, const SheetRow *row, What what, Str from, Str to, int scale, bool *ret_has,
                          Dec *ret, bool *bad)
{
        const SheetCell *cell = cell_of(s, row, what);
        int64_t v;
        Str why;
        *ret_has = false;
        if (!cell)
                return ST_OK;
        RegisterCellState st;
        TRY(register_cell_number(cell, from, to, scale, s->in->lang, s->arena, &st, &v, &why));
        if (st == REGISTER_CELL_BAD) {
                *bad = true;
                return problem(s, REGISTER_ERROR, row->number, &s->columns[what], cell->text, "%.*s", "%.*s",
                               STR_FMT(why));
        }
        if (st == REGISTER_CELL_EMPTY)
                return ST_OK;
        *ret_has = true;
        *ret = dec_normalize(dec_from_scaled(v, scale));
        return why.len ? problem(s, REGISTER_NOTE, row->number, &s->columns[what], cell->text, "%.*s", "%.*s",
                                 STR_FMT(why))
                       : ST_OK;
}

static Status read_words(Sheet *s, const SheetRow *row, TargetLine *line, bool *bad)
{
        Str t;
        TRY(text_of(s, row, COL_COMPARISON, NORM_NFC | NORM_NO_BLANKS, &t));
        if (target_comparison_parse(t, &line->comparison) != ST_OK) {
                *bad = true;
                TRY(problem(s, REGISTER_ERROR, row->number, &s->columns[COL_COMPARISON], t, "应写不低于、不超过或等于",
                            "write at_least, at_most or exactly"));
        }
        TRY(text_of(s, row, COL_MEASURE, NORM_NFC | NORM_NO_BLANKS, &t));
        if (target_measure_parse(t, &line->measure) != ST_OK) {
                *bad = true;
                TRY(problem(s, REGISTER_ERROR, row->number, &s->columns[COL_MEASURE], t, "应写总量、增量或增长",
                            "write value, increase or growth"));
        }
        TRY(text_of(s, row, COL_COURSE, NORM_NFC | NORM_NO_BLANKS, &t));
        if (target_course_parse(t, &line->course) != ST_OK) {
                *bad = true;
                TRY(problem(s, REGISTER_ERROR, row->number, &s->columns[COL_COURSE], t, "应写累计、存量或比率",
                            "write flow, stock or rate"));
        }
        TRY(text_of(s, row, COL_METHOD, NORM_NFC | NORM_NO_BLANKS, &t));
        for (size_t i = 0; i < s->pack->method_count && t.len; i++)
                if (str_eq(s->pack->methods[i]->title.zh, t))
                        t = s->pack->methods[i]->name;
        line->method = t;
        TRY(text_of(s, row, COL_LIGHTS, NORM_NFC | NORM_NO_BLANKS, &t));
        for (size_t i = 0; i < s->pack->lights_count && t.len; i++)
                if (str_eq(s->pack->lights[i]->title.zh, t))
                        t = s->pack->lights[i]->name;
        line->lights = t;
        return ST_OK;
}

static Status read_row(Sheet *s, const SheetRow *row)
{
        TargetLine line = { .weight = dec_zero() };
        Group *g;
        Str name, in;
        bool bad = false, has_weight;
        TRY(read_unit(s, row, &g));
        if (!g) {
                s->out->refused++;
                return ST_OK;
        }
        TRY(text_of(s, row, COL_INDICATOR, NORM_NFC | NORM_NO_BLANKS, &name));
        TRY(text_of(s, row, COL_TEXT, NORM_NFC, &line.text));
        Str bare = name, bracketed = STR("");
        line.indicator = name.len ? indicator_named(s->pack, name) : NULL;
        if (name.len && !line.indicator) { /* "研发经费（万元）": the measure of its target */
                split_header(name, &bare, &bracketed);
                line.indicator = indicator_named(s->pack, bare);
        }
        if (name.len && !line.indicator) {
                bad = true;
                TRY(problem(s, REGISTER_ERROR, row->number, &s->columns[COL_INDICATOR], name,
                            "城市包里没有这个指标；只有文字的目标请写在“内容”列",
                            "the pack has no such indicator; targets in words go into the column 内容"));
        }
        TRY(read_words(s, row, &line, &bad));
        bool percent = line.measure == TARGET_GROWTH;
        TRY(text_of(s, row, COL_IN, NORM_NFC | NORM_NO_BLANKS, &in));
        Str own = percent || !line.indicator ? STR("%") : line.indicator->unit;
        Str from = in.len                            ? in
                   : bracketed.len                   ? bracketed
                   : s->columns[COL_TARGET].unit.len ? s->columns[COL_TARGET].unit
                                                     : own;
        if (line.indicator)
                TRY(read_number(s, row, COL_TARGET, from, own, target_scale(line.indicator, percent), &line.has_target,
                                &line.target, &bad));
        TRY(read_number(s, row, COL_WEIGHT, STR(""), STR(""), TARGET_WEIGHT_SCALE, &has_weight, &line.weight, &bad));
        if (!bad) {
                _cleanup_diag_ Diag d = DIAG_INIT(s->in->lang);
                Status st = target_line_check(s->pack, &line, &d);
                if (st != ST_OK && st != ST_INVALID)
                        return st;
                if (st == ST_INVALID) {
                        bad = true;
                        TRY(problem(s, REGISTER_ERROR, row->number, NULL, name, "%s", "%s", d.msgs[0].text));
                }
        }
        if (bad) {
                g->refused = true;
                s->out->refused++;
                return ST_OK;
        }
        if (arena_grow(s->arena, (void **)&g->lines, &g->cap_lines, g->count + 1, sizeof(TargetLine)) < 0 ||
            arena_grow(s->arena, (void **)&g->rows, &g->cap_rows, g->count + 1, sizeof(uint32_t)) < 0)
                return ST_NOMEM;
        g->rows[g->count] = row->number;
        g->lines[g->count++] = line;
        return ST_OK;
}

static Status read_rows(Sheet *s, SheetBook *book, size_t sheet)
{
        _cleanup_(sheet_freep) SheetReader *reader = NULL;
        TRY(sheet_open(book, sheet, s->diag, &reader));
        for (;;) {
                const SheetRow *row;
                TRY(sheet_next(reader, s->diag, &row));
                if (!row)
                        return ST_OK;
                const SheetCell *unit = row->number > s->header_row ? cell_of(s, row, COL_UNIT) : NULL;
                if (!unit || !str_trim(unit->text).len)
                        continue;
                if (++s->out->rows > ROWS_MAX)
                        return diag_fail(s->diag, ST_LIMIT, POS_FILE(s->in->file_name), "超过 %d 行",
                                         "more than %d rows", ROWS_MAX);
                TRY(read_row(s, row));
        }
}

/* ---- drafts ---- */

static Status write_group(Sheet *s, StoreTx *tx, Group *g)
{
        _cleanup_diag_ Diag d = DIAG_INIT(s->in->lang);
        TargetLetter before, after;
        TargetDraft draft = { .unit = g->unit,
                              .year = s->in->year,
                              .how = s->in->how,
                              .lines = g->lines,
                              .count = g->count,
                              .actor = s->in->actor,
                              .on_behalf = s->in->on_behalf };
        int64_t lines = (int64_t)g->count;
        if (g->refused) { /* half a letter would be another letter */
                s->out->held += lines;
                return problem(s, REGISTER_ERROR, g->rows ? g->rows[0] : s->header_row, NULL, g->unit->name,
                               "本单位有不能用的行，整份责任书未写入",
                               "this unit has bad rows, so nothing of its letter was written");
        }
        int64_t had = store_changes(tx);
        Status had_one = target_letter(tx, s->pack, g->unit, s->in->year, NULL, s->arena, &before);
        if (had_one != ST_OK && had_one != ST_NOT_FOUND)
                return had_one;
        Status st = target_draft(tx, s->pack, &draft, s->arena, &d, &after);
        if (st == ST_INVALID) {
                s->out->refused += lines;
                return problem(s, REGISTER_ERROR, g->rows[0], NULL, g->unit->name, "%s", "%s", d.msgs[0].text);
        }
        TRY(st);
        if (store_changes(tx) == had)
                s->out->unchanged += lines;
        else if (had_one == ST_OK)
                s->out->changed += lines;
        else
                s->out->added += lines;
        if (after.event)
                s->out->event = after.event;
        return ST_OK;
}

Status target_import(Store *store, const Pack *pack, const TargetSheet *in, Arena *a, Diag *diag, RegisterOutcome *ret)
{
        RegisterOutcome out = { 0 };
        Sheet s = { .pack = pack, .in = in, .arena = a, .diag = diag, .out = &out };
        size_t sheet = 0;
        _cleanup_(sheet_book_freep) SheetBook *book = NULL;
        TRY(sheet_book_open_bytes(in->bytes, in->file_name, &SHEET_LIMITS_DEFAULT, diag, &book));
        TRY(find_header(&s, book, &sheet));
        TRY(read_rows(&s, book, sheet));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(store, STORE_WRITE, diag, &tx));
        for (size_t i = 0; i < s.group_count; i++)
                TRY(write_group(&s, tx, &s.groups[i]));
        if (!in->dry_run) /* a dry run does everything and takes it back */
                TRY(store_commit(&tx));
        *ret = out;
        return ST_OK;
}
