/* cell.c -- what stands in a cell, as a value of the field: exactly, or refused with the reason.
 *
 * Nothing is guessed.  A number that a spreadsheet may have spoiled (a code kept as a
 * number, a formula without a result) is refused; a binary trace such as
 * 0.30000000000000004 is rounded to the field's scale and noted. */
#include "base/utf8.h"
#include "codec/json.h"
#include "codec/numtext.h"
#include "codec/text_norm.h"
#include "pack/idcheck.h"
#include "pack/measure.h"
#include "register/import_int.h"

typedef struct Cell {
        const Pack *pack;
        const PackField *field;
        const SheetCell *cell;
        const ImportMeasure *measure;
        Lang lang;
        Arena *arena;
        RegisterValue value;
        Str why, note, explain;
        bool no_memory;         /* says nothing about what stands in the cell */
} Cell;

static Str say(Cell *c, const char *zh, const char *en)
{
        return str_c(c->lang == LANG_EN ? en : zh);
}

static RegisterCellState bad(Cell *c, const char *zh, const char *en)
{
        c->why = say(c, zh, en);
        return REGISTER_CELL_BAD;
}

static RegisterCellState no_memory(Cell *c)
{
        c->no_memory = true;
        return REGISTER_CELL_BAD;
}

static Str print(Cell *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static Str print(Cell *c, const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        char *s = arena_vprintf(c->arena, fmt, ap);
        va_end(ap);
        c->no_memory |= !s;
        return s ? str_c(s) : STR_NONE;
}

static bool en(const Cell *c)
{
        return c->lang == LANG_EN;
}

/* "—", "/", "N/A" in a column of figures: nobody knows, said in so many words. */
static bool is_blank_mark(Str s)
{
        static const Str marks[] = { STR("-"),   STR("--"), STR("—"),    STR("——"),   STR("－"),   STR("/"),
                                     STR("／"),  STR("N/A"), STR("n/a"), STR("NA"),   STR("#N/A"), STR("null"),
                                     STR("NULL"), STR("无"), STR("不详"), STR("暂无") };
        for (size_t i = 0; i < ARRAY_LEN(marks); i++)
                if (str_eq(s, marks[i]))
                        return true;
        return false;
}

static RegisterCellState round_to_scale(Cell *c, Dec d, int scale, bool noisy)
{
        if (dec_to_scaled(d, scale, &c->value.i64))
                return REGISTER_CELL_GOOD;
        if (!dec_to_scaled_round(d, scale, DEC_HALF_UP, &c->value.i64))
                return bad(c, "数值超出可以保存的范围", "the number is too large to keep");
        if (scale == 0)
                return bad(c, "应为整数", "must be a whole number");
        char kept[DEC_TEXT_MAX];
        dec_to_text(dec_from_scaled(c->value.i64, scale), kept);
        c->note = print(c,
                        en(c) ? (noisy ? "a trace of binary arithmetic, kept as %s" : "rounded to %s")
                              : (noisy ? "表格软件的二进制误差，按 %s 保存" : "按 %s 保存（四舍五入）"),
                        kept);
        return REGISTER_CELL_GOOD;
}

/* The factor from what the cell or the header says to the field's own measure. */
static RegisterCellState factor_of(Cell *c, const NumUnit *unit, Dec *ret)
{
        NumUnit own = { 0 };
        *ret = c->measure->factor;
        if (!unit->present)
                return REGISTER_CELL_GOOD;
        bool own_known = numtext_unit(c->field->unit, &own);
        if (unit->percent != (own_known && own.percent) || (unit->money && !(own_known && own.money)))
                return bad(c, "单元格里的单位与该列不符", "the unit in the cell does not fit the column");
        int shift = unit->pow10 - (own_known ? own.pow10 : 0);
        Dec ten = dec_from_i64(10);
        *ret = dec_from_i64(1);
        for (; shift > 0; shift--)
                *ret = dec_mul(*ret, ten);
        for (; shift < 0; shift++)
                *ret = dec_div(*ret, ten);
        return REGISTER_CELL_GOOD;
}

/* Any number; most are plain digits and do not come here. */
static RegisterCellState number(Cell *c, Str s)
{
        NumText n = { 0 };
        if (c->cell->kind == SHEET_NUMBER) {
                if (dec_parse(c->cell->text, &n.value) != ST_OK)
                        return bad(c, "不是数字", "not a number");
        } else if (c->cell->kind == SHEET_TEXT) {
                if (is_blank_mark(s))
                        return REGISTER_CELL_EMPTY;
                NumTextWhy why;
                if (numtext_parse(s, NUMTEXT_ALLOW_EXPONENT, &n, &why) != ST_OK) {
                        c->why = str_c(numtext_why_text(why, c->lang));
                        return REGISTER_CELL_BAD;
                }
        } else {
                return bad(c, "应为数字", "must be a number");
        }
        Dec factor;
        RegisterCellState st = factor_of(c, &n.unit, &factor);
        if (st != REGISTER_CELL_GOOD)
                return st;
        return round_to_scale(c, dec_mul(n.value, factor), c->field->scale, c->cell->flags & SHEET_NOISE);
}

static RegisterCellState in_range(Cell *c)
{
        const PackField *f = c->field;
        Dec d = dec_from_scaled(c->value.i64, f->scale);
        char text[DEC_TEXT_MAX];
        if (f->has_min && dec_cmp(d, f->min) < 0) {
                dec_to_text(f->min, text);
                c->why = print(c, en(c) ? "must not be below %s" : "不应小于 %s", text);
                return REGISTER_CELL_BAD;
        }
        if (f->has_max && dec_cmp(d, f->max) > 0) {
                dec_to_text(f->max, text);
                c->why = print(c, en(c) ? "must not be above %s" : "不应大于 %s", text);
                return REGISTER_CELL_BAD;
        }
        return REGISTER_CELL_GOOD;
}

static RegisterCellState figure(Cell *c, Str s)
{
        const ImportMeasure *m = c->measure;
        SheetKind kind = c->cell->kind;
        bool digits = kind == SHEET_TEXT || kind == SHEET_NUMBER;
        if (digits && m->plain && numtext_plain(kind == SHEET_NUMBER ? c->cell->text : s, m->scale, &c->value.i64)) {
                if (c->value.i64 >= m->low && c->value.i64 <= m->high)
                        return REGISTER_CELL_GOOD;
                return in_range(c);
        }
        RegisterCellState st = number(c, s);
        return st == REGISTER_CELL_GOOD ? in_range(c) : st;
}

void import_measure(const PackField *f, Str from_unit, ImportMeasure *ret)
{
        enum { SHIFT_MAX = 12 };
        ImportMeasure m = { .factor = f->import_factor, .low = INT64_MIN, .high = INT64_MAX };
        if (from_unit.len && measure_factor(from_unit, f->unit, &m.factor) != ST_OK)
                m.factor = f->import_factor;
        for (int shift = -SHIFT_MAX; shift <= SHIFT_MAX && !m.plain; shift++) {
                m.scale = f->scale + shift;
                m.plain = m.scale >= 0 && dec_cmp(m.factor, dec_from_scaled(1, -shift)) == 0;
        }
        m.plain = m.plain && (!f->has_min || dec_to_scaled(f->min, f->scale, &m.low)) &&
                  (!f->has_max || dec_to_scaled(f->max, f->scale, &m.high));
        *ret = m;
}

static RegisterCellState boolean(Cell *c, Str s)
{
        static const Str yes[] = { STR("是"), STR("有"),  STR("true"), STR("TRUE"), STR("True"), STR("1"), STR("Y"),
                                   STR("y"),  STR("yes"), STR("Yes"),  STR("√"),    STR("✓"),    STR("对") };
        static const Str no[] = { STR("否"),    STR("无"), STR("没有"), STR("false"), STR("FALSE"),
                                  STR("False"), STR("0"),  STR("N"),    STR("n"),     STR("no"),
                                  STR("No"),    STR("×"),  STR("✗"),    STR("X"),     STR("x") };
        for (size_t i = 0; i < ARRAY_LEN(yes); i++)
                if (str_eq(s, yes[i])) {
                        c->value.i64 = 1;
                        return REGISTER_CELL_GOOD;
                }
        for (size_t i = 0; i < ARRAY_LEN(no); i++)
                if (str_eq(s, no[i])) {
                        c->value.i64 = 0;
                        return REGISTER_CELL_GOOD;
                }
        return bad(c, "应填“是”或“否”", "must be 是 or 否 (yes or no)");
}

static RegisterCellState parse_day(Cell *c, Str s, DateText *ret)
{
        NumTextWhy why;
        if (c->cell->kind == SHEET_DATE || c->cell->kind == SHEET_DATETIME) {
                ret->kind = DATETEXT_DAY;
                if (date_parse(str_n(s.ptr, s.len < 10 ? s.len : 10), &ret->date) == ST_OK)
                        return REGISTER_CELL_GOOD;
                return bad(c, "不是日期", "not a date");
        }
        if (is_blank_mark(s))
                return REGISTER_CELL_EMPTY;
        if (c->cell->kind == SHEET_NUMBER && s.len == 5)
                return bad(c, "像是日期序号：请把单元格设为日期格式再保存",
                           "looks like a date serial: format the cell as a date and save again");
        if (datetext_parse(s, ret, &why) != ST_OK) {
                c->why = str_c(numtext_why_text(why, c->lang));
                return REGISTER_CELL_BAD;
        }
        return REGISTER_CELL_GOOD;
}

static RegisterCellState date(Cell *c, Str s)
{
        DateText t = { 0 };
        RegisterCellState st = parse_day(c, s, &t);
        if (st != REGISTER_CELL_GOOD)
                return st;
        if (t.kind != DATETEXT_DAY)
                return bad(c, "应写到日，例如 2023-06-30", "must name the day, for example 2023-06-30");
        c->value.i64 = date_to_days(t.date);
        return REGISTER_CELL_GOOD;
}

static RegisterCellState period(Cell *c, Str s)
{
        DateText t = { 0 };
        RegisterCellState st = parse_day(c, s, &t);
        if (st != REGISTER_CELL_GOOD)
                return st;
        static const PeriodKind kinds[] = { [DATETEXT_DAY] = PERIOD_MONTH,
                                            [DATETEXT_MONTH] = PERIOD_MONTH,
                                            [DATETEXT_QUARTER] = PERIOD_QUARTER,
                                            [DATETEXT_HALF] = PERIOD_HALF,
                                            [DATETEXT_YEAR] = PERIOD_YEAR };
        if (t.kind != DATETEXT_DAY && kinds[t.kind] != c->field->period)
                return bad(c, "报告期的种类不对", "another kind of period is wanted");
        c->value.i64 =
                period_to_int(t.kind == DATETEXT_DAY ? period_of(t.date, c->field->period) : datetext_period(&t));
        return REGISTER_CELL_GOOD;
}

static RegisterCellState keep_text(Cell *c, Str s)
{
        if (!utf8_valid(s))
                return bad(c, "不是有效的文字", "not valid text");
        if (s.len > c->field->max_length && utf8_len(s) > c->field->max_length) { /* no more characters than bytes */
                c->why = print(c, en(c) ? "longer than %zu characters" : "超过 %zu 个字", c->field->max_length);
                return REGISTER_CELL_BAD;
        }
        for (size_t i = 0; i < s.len; i++)
                if ((unsigned char)s.ptr[i] < 0x20 && s.ptr[i] != '\n' && s.ptr[i] != '\t' && s.ptr[i] != '\r')
                        return bad(c, "含有控制字符", "holds control characters");
        c->value.text = arena_str(c->arena, s);
        return c->value.text.ptr ? REGISTER_CELL_GOOD : no_memory(c);
}

/* A code that a spreadsheet has taken for a number has lost its end or its zeros. */
static RegisterCellState spoiled(Cell *c)
{
        if (c->cell->flags & SHEET_OVER_15)
                return bad(
                        c, "编码被表格软件当作数字保存，末位已丢失：请把该列设为文本后重新填写",
                        "the code was saved as a number and has lost its last digits: format the column as text and type it again");
        if ((c->cell->flags & SHEET_EXPONENT) || numtext_is_scientific(c->cell->text))
                return bad(c, "编码变成了科学计数法，原来的数字可能已丢失：请把该列设为文本后重新填写",
                           "the code became scientific notation: format the column as text and type it again");
        return REGISTER_CELL_GOOD;
}

static RegisterCellState coded_text(Cell *c, Str s)
{
        RegisterCellState st = spoiled(c);
        if (st != REGISTER_CELL_GOOD)
                return st;
        NormText norm;
        Status read = text_norm(c->arena, s, NORM_NFC | NORM_WIDTH | NORM_NO_BLANKS, &norm);
        if (read == ST_NOMEM)
                return no_memory(c);
        if (read != ST_OK)
                return bad(c, "不是有效的文字", "not valid text");
        char out[ID_TEXT_MAX];
        IdVerdict v = { 0 };
        if (c->field->type == PACK_IDENTIFIER) {
                if (id_identifier(c->field, norm.text, out, &v) != ST_OK && !v.overridable) {
                        c->why = say(c, v.zh, v.en);
                        return REGISTER_CELL_BAD;
                }
        } else {
                id_check(c->field->check, norm.text, &v);
                if ((!v.ok && !v.overridable) || id_canonical(c->field->check, norm.text, out) == 0) {
                        c->why = say(c, v.zh, v.en);
                        return REGISTER_CELL_BAD;
                }
        }
        if (!v.ok && v.overridable)
                c->explain = say(c, v.zh, v.en);
        return keep_text(c, str_c(out));
}

static RegisterCellState one_text(Cell *c, Str s)
{
        const PackField *f = c->field;
        if (f->type == PACK_CODE) {
                const PackCode *code = pack_code_match(f->list, s);
                if (!code) {
                        c->why = print(c, en(c) ? "not in the list \"%.*s\"" : "不在“%.*s”之中",
                                       STR_FMT(pack_title(f->list->title, c->lang)));
                        return REGISTER_CELL_BAD;
                }
                c->value.text = code->code;
                return REGISTER_CELL_GOOD;
        }
        if (f->type == PACK_UNIT) {
                const PackUnit *u = NULL;
                Status st = pack_unit_match(c->pack, s, f->unit_kind, DATE_NONE, &u);
                if (st == ST_NOMEM)
                        return no_memory(c);
                if (st == ST_CONFLICT)
                        return bad(c, "有不止一个同名的单位，请写代码", "several units have this name: write the code");
                if (st != ST_OK)
                        return bad(c, "没有这个单位", "there is no such unit");
                c->value.text = u->code;
                return REGISTER_CELL_GOOD;
        }
        if (c->cell->kind == SHEET_NUMBER && (c->cell->flags & (SHEET_OVER_15 | SHEET_EXPONENT)))
                return spoiled(c);
        if (f->type == PACK_IDENTIFIER || f->check != PACK_CHECK_NONE)
                return coded_text(c, s);
        return keep_text(c, s);
}

size_t register_separator(Str s)
{
        static const char *const seps[] = { "、", "；", ";", "，", ",", "\n", "|" };
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < ARRAY_LEN(seps); i++) {
                size_t at = str_find(s, str_c(seps[i]));
                if (at < best)
                        best = at;
        }
        return best;
}

static RegisterCellState keep_list(Cell *c, JsonWriter *w, Buf *b)
{
        jw_array_end(w);
        Status st = jw_finish(w);
        if (st == ST_NOMEM)
                return no_memory(c);
        if (st != ST_OK)
                return bad(c, "内容太长", "too long");
        if (str_eq_c(buf_str(b), "[]"))
                return REGISTER_CELL_EMPTY; /* nothing in the list is nothing said */
        c->value.text = arena_str(c->arena, buf_str(b));
        return c->value.text.ptr ? REGISTER_CELL_GOOD : no_memory(c);
}

/* One value of the field's type, in a cell of its own or in a list. */
static RegisterCellState scalar(Cell *c, Str s)
{
        switch (c->field->type) {
        case PACK_INTEGER:
        case PACK_DECIMAL:
        case PACK_MONEY: return figure(c, s);
        case PACK_BOOLEAN: return boolean(c, s);
        case PACK_DATE: return date(c, s);
        case PACK_PERIOD: return period(c, s);
        default: return one_text(c, s);
        }
}

/* Adds an item, checked as the field's type and written as that type is exported; a mark for nothing is no item. */
static RegisterCellState add_item(Cell *c, Str s, JsonWriter *w)
{
        const PackField *list = c->field;
        PackField one = *list;
        one.many = false;
        c->value = (RegisterValue){ .text = STR_NONE, .known = true };
        c->field = &one;
        RegisterCellState st = scalar(c, s);
        c->field = list;
        if (st != REGISTER_CELL_GOOD)
                return st;
        _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
        register_value_text(&one, &c->value, &text);
        if (buf_status(&text) != ST_OK)
                return no_memory(c);
        jw_str(w, buf_str(&text));
        return REGISTER_CELL_GOOD;
}

/* ["…","…"]: a list as a program, or an export with separators in its items, writes it. */
static RegisterCellState json_list(Cell *c, const Json *list)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_array_begin(&w);
        for (size_t i = 0; json_at(list, i); i++) {
                const Json *item = json_at(list, i);
                if (item->kind != JSON_STRING && item->kind != JSON_NUMBER)
                        return bad(c, "列表里应为文字", "a list holds texts");
                if (!str_trim(item->text).len)
                        continue;
                RegisterCellState st = add_item(c, str_trim(item->text), &w);
                if (st == REGISTER_CELL_BAD)
                        return st;
        }
        return keep_list(c, &w, &b);
}

static RegisterCellState several(Cell *c, Str s)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        Json *list;
        Status read = s.ptr[0] == '[' ? json_parse(c->arena, s, NULL, NULL, NULL, &list) : ST_INVALID;
        if (read == ST_NOMEM)
                return no_memory(c);
        if (read == ST_OK && json_is(list, JSON_ARRAY))
                return json_list(c, list);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_array_begin(&w);
        while (s.len) {
                size_t at = register_separator(s);
                Str item = str_trim(str_n(s.ptr, at == SIZE_MAX ? s.len : at));
                size_t next = at;
                if (at != SIZE_MAX)
                        (void)utf8_next(s, &next);
                s = at == SIZE_MAX ? STR_NONE : str_n(s.ptr + next, s.len - next);
                if (item.len && add_item(c, item, &w) == REGISTER_CELL_BAD)
                        return REGISTER_CELL_BAD;
        }
        return keep_list(c, &w, &b);
}

static RegisterCellState convert(Cell *c)
{
        const SheetCell *cell = c->cell;
        switch (cell->kind) {
        case SHEET_EMPTY: return REGISTER_CELL_EMPTY;
        case SHEET_UNCALCULATED:
                return bad(c, "公式没有计算结果：请用表格软件打开、计算并保存",
                           "a formula without a result: open, recalculate and save the workbook");
        case SHEET_ERROR: return bad(c, "公式出错", "a formula error");
        case SHEET_BAD: c->why = str_c(sheet_problem_text(cell->problem, c->lang)); return REGISTER_CELL_BAD;
        default: break;
        }
        Str s = str_trim(cell->text);
        if (s.len == 0)
                return REGISTER_CELL_EMPTY;
        return c->field->many ? several(c, s) : scalar(c, s);
}

Status import_cell(const Pack *pack, const PackField *field, const SheetCell *cell, const ImportMeasure *measure,
                   Lang lang, Arena *a, ImportCell *ret)
{
        Cell c;                 /* set one by one: most of a cell's time was setting all at once */
        c.pack = pack;
        c.field = field;
        c.cell = cell;
        c.measure = measure;
        c.lang = lang;
        c.arena = a;
        c.value = (RegisterValue){ .text = STR_NONE };
        c.why = c.note = c.explain = STR_NONE;
        c.no_memory = false;
        ret->state = convert(&c);
        if (c.no_memory)
                return ST_NOMEM;
        c.value.known = ret->state == REGISTER_CELL_GOOD;
        ret->value = c.value;
        ret->why = c.why;
        ret->note = c.note;
        ret->explain = c.explain;
        return ST_OK;
}

Status register_cell_number(const SheetCell *cell, Str from_unit, Str to_unit, int scale, Lang lang, Arena *a,
                            RegisterCellState *ret_state, int64_t *ret, Str *ret_why)
{
        PackField field = { .type = PACK_DECIMAL, .scale = scale, .unit = to_unit, .import_factor = dec_from_i64(1) };
        ImportMeasure measure;
        ImportCell got;
        import_measure(&field, from_unit, &measure);
        TRY(import_cell(NULL, &field, cell, &measure, lang, a, &got));
        if (got.state == REGISTER_CELL_GOOD)
                *ret = got.value.i64;
        *ret_state = got.state;
        *ret_why = got.state == REGISTER_CELL_GOOD ? got.note : got.why;
        return ST_OK;
}
