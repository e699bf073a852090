/* table.c -- the rows of a table of figures: one fact or target a cell, named by the head of its column.
 *
 *     单位：家、亿元、%
 *     地区 高新技术企业数 技术合同成交额 研发活动覆盖率
 *     清河区 182 38.5 62
 *
 * A head is a line of three cells and more without a figure; its rows are the lines below it with as many cells, a
 * name and figures.  The unit stands in the cell, in the head (企业数（家）), in a column of its own or on the line
 * 单位： above; a cell whose unit nothing tells is left. */
#include <string.h>

#include "meeting/meeting_int.h"

enum { CELLS_MAX = 24, CELL_MAX = 40, UNITS_MAX = 8, TITLE_LINES = 3, DIGITS_MAX = 20 };

typedef struct Cell {
        uint32_t start, end;
} Cell;

typedef struct Row {
        Cell line, cells[CELLS_MAX];
        size_t count;
} Row;

typedef struct Table {
        Row head;
        Cell units[UNITS_MAX]; /* of the line 单位：, and how many */
        size_t unit_count;
        bool of_indicators; /* the rows name indicators, not areas */
        size_t unit_column; /* SIZE_MAX: none */
        MeetingKind kind;
        bool sure; /* the title or the head of the column tells the kind */
} Table;

static bool parts_cells(uint32_t c)
{
        return is_blank(c) || c == '|';
}

/* Cells between blanks or bars; false: more than a table has, or running text. */
static bool read_row(const Reading *r, uint32_t start, uint32_t end, Row *ret)
{
        *ret = (Row){ .line = { start, end } };
        for (uint32_t i = start; i < end;) {
                while (i < end && parts_cells(r->cp[i]))
                        i++;
                uint32_t from = i;
                while (i < end && !parts_cells(r->cp[i])) {
                        if (is_stop(r->cp[i]) || is_semicolon(r->cp[i]) || r->cp[i] == 0xFF0C || is_colon(r->cp[i]))
                                return false;
                        i++;
                }
                if (i == from)
                        break;
                if (ret->count >= CELLS_MAX || i - from > CELL_MAX)
                        return false;
                ret->cells[ret->count++] = (Cell){ from, i };
        }
        return ret->count >= 3;
}

/* Digits with point and thousands, and what stands after them in the cell. */
static bool cell_number(const Reading *r, Cell c, Dec *ret, uint32_t *ret_end)
{
        char text[DIGITS_MAX + 2];
        size_t n = 0;
        uint32_t i = c.start;
        for (; i < c.end && n < DIGITS_MAX &&
               (is_digit(r->cp[i]) || ((r->cp[i] == '.' || r->cp[i] == ',') && i > c.start));
             i++)
                if (r->cp[i] != ',')
                        text[n++] = (char)r->cp[i];
        *ret_end = i;
        return n && is_digit(r->cp[i - 1]) && dec_parse(str_n(text, n), ret) == ST_OK;
}

static bool is_number(const Reading *r, Cell c)
{
        Dec v;
        uint32_t end;
        /* 2026年目标 */
        return cell_number(r, c, &v, &end) && c.end - end <= 4 && !(end < c.end && r->cp[end] == 0x5E74);
}

static bool is_empty(const Reading *r, Cell c)
{
        return c.end - c.start <= 2 && (r->cp[c.start] == 0x2014 || r->cp[c.start] == '-' || r->cp[c.start] == '/');
}

static bool is_head(const Reading *r, const Row *row)
{
        for (size_t k = 0; k < row->count; k++)
                if (is_number(r, row->cells[k]) && !text_is(r->cp, row->cells[k].end - 1, row->cells[k].end, "年"))
                        return false;
        return true;
}

/* A name and figures, as many cells as the head; 序号 before the name may be a number. */
static bool is_row_of(const Reading *r, const Table *t, const Row *row, size_t name)
{
        size_t numbers = 0;
        if (row->count != t->head.count || name >= row->count || is_number(r, row->cells[name]) ||
            !is_han(r->cp[row->cells[name].start]))
                return false;
        for (size_t k = name + 1; k < row->count; k++) {
                bool number = is_number(r, row->cells[k]);
                numbers += number;
                if (!number && !is_empty(r, row->cells[k]) && k != t->unit_column)
                        return false;
        }
        return numbers > 0;
}

static bool cell_has(const Reading *r, Cell c, const char *const *words, size_t count)
{
        for (size_t k = 0; k < count; k++)
                if (text_find(r->cp, c.start, c.end, words[k]) != MEETING_NONE)
                        return true;
        return false;
}

/* 2025年目标, 任务 against 2024年完成, 实际: what the words say the figures are. */
static bool kind_of(const Reading *r, Cell c, MeetingKind *ret)
{
        static const char *const plan[] = { "目标", "任务", "计划", "分解", "预期" };
        static const char *const past[] = { "完成", "实际", "现状", "统计", "基期", "情况" };
        if (cell_has(r, c, past, ARRAY_LEN(past))) {
                *ret = MEETING_FACT;
                return true;
        }
        if (cell_has(r, c, plan, ARRAY_LEN(plan))) {
                *ret = MEETING_TARGET;
                return true;
        }
        return false;
}

/* 亿元 -> scale 8, 元. */
static int unit_scale(const Reading *r, Cell *c)
{
        int scale = 0;
        while (c->start + 1 < c->end) {
                uint32_t x = r->cp[c->start];
                int s = x == 0x4E07 ? 4 : x == 0x4EBF ? 8 : 0; /* 万 亿 */
                if (!s)
                        break;
                scale += s;
                c->start++;
        }
        return scale;
}

/* The unit of a column when the line 单位： names several: % for rates, money for sums, else the first that counts. */
static bool unit_by_name(const Reading *r, const Table *t, Cell name, Cell *ret)
{
        static const char *const rates[] = { "率", "比重", "占比", "强度", "增速", "增长" };
        static const char *const sums[] = {
                "额", "投入", "收入", "产值", "支出", "经费", "贷款", "资金", "税", "投资"
        };
        bool rate = cell_has(r, name, rates, ARRAY_LEN(rates)), sum = cell_has(r, name, sums, ARRAY_LEN(sums));
        for (size_t k = 0; k < t->unit_count; k++) {
                Cell u = t->units[k];
                bool percent = r->cp[u.start] == '%', money = r->cp[u.end - 1] == 0x5143; /* 元 */
                if (t->unit_count == 1 || (rate ? percent : sum ? money : !percent && !money)) {
                        *ret = u;
                        return true;
                }
        }
        return false;
}

/* 企业数（家） */
static bool unit_in_brackets(const Reading *r, Cell c, Cell *ret_name, Cell *ret)
{
        *ret_name = c;
        if (c.end - c.start < 4 || !is_close(r->cp[c.end - 1]))
                return false;
        uint32_t i = c.end - 1;
        while (i > c.start && !is_open(r->cp[i]))
                i--;
        if (i == c.start || i + 2 > c.end - 1)
                return false;
        ret_name->end = i;
        *ret = (Cell){ i + 1, c.end - 1 };
        return true;
}

static const Clause *clause_of(const Reading *r, uint32_t at)
{
        size_t low = 0, high = r->clause_count;
        while (low < high) {
                size_t mid = (low + high) / 2;
                if (r->clauses[mid].end <= at)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low < r->clause_count ? &r->clauses[low] : NULL;
}

/* Quantities inside the row are read here and nowhere else. */
static void take_quantities(Reading *r, const Row *row, uint32_t item)
{
        size_t low = 0, high = r->quantity_count;
        while (low < high) {
                size_t mid = (low + high) / 2;
                if (r->quantities[mid].start < row->line.start)
                        low = mid + 1;
                else
                        high = mid;
        }
        for (; low < r->quantity_count && r->quantities[low].start < row->line.end; low++)
                if (r->quantities[low].item == MEETING_NONE)
                        r->quantities[low].item = item;
}

static Status read_cells(Reading *r, const Table *t, const Row *row, size_t name)
{
        const Clause *c = clause_of(r, row->line.start);
        uint32_t last = MEETING_NONE;
        for (size_t k = name + 1; k < row->count && c; k++) {
                Cell cell = row->cells[k], head = t->head.cells[k], unit;
                Cell label, given;
                Dec value;
                uint32_t end;
                if (k == t->unit_column || !cell_number(r, cell, &value, &end))
                        continue;
                bool in_head = unit_in_brackets(r, head, &label, &given);
                if (end < cell.end)
                        unit = (Cell){ end, cell.end };
                else if (t->unit_column != SIZE_MAX && t->unit_column < row->count)
                        unit = row->cells[t->unit_column];
                else if (in_head)
                        unit = given;
                else if (!unit_by_name(r, t, t->of_indicators ? row->cells[name] : head, &unit))
                        continue;
                MeetingKind kind = t->sure ? t->kind : c->mode == MODE_PLAN ? MEETING_TARGET : MEETING_FACT;
                kind_of(r, head, &kind);
                int scale = unit_scale(r, &unit);
                MeetingItem *item;
                last = (uint32_t)r->speech->item_count;
                TRY(reading_item(r, kind, row->line.start, row->line.end, c->section, &item));
                item->figure = (MeetingSpan){ cell.start, cell.end };
                item->has_value = true;
                item->value = dec_normalize(dec_mul(value, dec_from_scaled(1, -scale)));
                item->unit = reading_text(r, unit.start, unit.end);
                Cell of = t->of_indicators ? row->cells[name] : label;
                item->indicator = reading_text(r, of.start, of.end);
                item->subject =
                        t->of_indicators ? r->subject : reading_text(r, row->cells[name].start, row->cells[name].end);
                item->op = kind == MEETING_TARGET ? ">=" : NULL;
                item->confidence = 80;
                TRY(link_deadline(r, c, row->line.start, row->line.end, item));
        }
        if (last != MEETING_NONE)
                take_quantities(r, row, last);
        return ST_OK;
}

/* 单位：家、亿元、% */
static void read_units(const Reading *r, Cell line, Table *t)
{
        uint32_t i = line.start + is_open(r->cp[line.start]);
        if (!text_is(r->cp, i, line.end, "单位") || i + 3 >= line.end || !is_colon(r->cp[i + 2]))
                return;
        for (i += 3; i < line.end && t->unit_count < UNITS_MAX; i++) {
                uint32_t from = i;
                while (i < line.end && r->cp[i] != 0x3001 && !is_comma(r->cp[i]) && !is_close(r->cp[i]) &&
                       !is_blank(r->cp[i]))
                        i++;
                if (i > from && i - from <= 6)
                        t->units[t->unit_count++] = (Cell){ from, i };
        }
}

static bool ends_line(uint32_t c)
{
        return is_stop(c) || c == '\n';
}

/* 把附表所列指标纳入考核, 目标任务分解见附件: where the text says that the tables after it set targets. */
static uint32_t find_annexed(const Reading *r, uint32_t end)
{
        enum { NEAR = 16 };
        static const char *const annexes[] = { "附件", "附表", "下表" };
        static const char *const asked[] = { "目标", "任务", "分解", "指标纳入" };
        for (uint32_t i = r->body; i + 2 < end; i++)
                for (size_t k = 0; k < ARRAY_LEN(annexes); k++) {
                        if (!text_is(r->cp, i, end, annexes[k]))
                                continue;
                        uint32_t from = i, to = i;
                        while (from > r->body && i - from < NEAR && !ends_line(r->cp[from - 1]))
                                from--;
                        while (to < end && to - i < NEAR && !ends_line(r->cp[to]))
                                to++;
                        if (cell_has(r, (Cell){ from, to }, asked, ARRAY_LEN(asked)))
                                return i;
                }
        return MEETING_NONE;
}

static uint32_t line_end(const Reading *r, uint32_t i, uint32_t end)
{
        while (i < end && r->cp[i] != '\n')
                i++;
        return i;
}

Status meeting_tables(Reading *r)
{
        static const char *const units[] = { "单位" }, *const names[] = { "指标", "项目", "名称", "内容" };
        uint32_t end = r->speech->at.end, annexed = find_annexed(r, end);
        Cell before[TITLE_LINES] = { { 0, 0 } };
        for (uint32_t i = r->body; i < end;) {
                uint32_t stop = line_end(r, i, end), next = stop + 1;
                Table t = { .unit_column = SIZE_MAX };
                Row row;
                size_t rows = 0;
                if (read_row(r, i, stop, &t.head) && is_head(r, &t.head)) {
                        for (size_t k = 1; k < t.head.count; k++)
                                if (t.head.cells[k].end - t.head.cells[k].start <= 4 &&
                                    cell_has(r, t.head.cells[k], units, 1))
                                        t.unit_column = k;
                        size_t name = text_is(r->cp, i, t.head.cells[0].end, "序号") ? 1 : 0;
                        t.of_indicators = cell_has(r, t.head.cells[name], names, ARRAY_LEN(names));
                        for (size_t k = 0; k < TITLE_LINES; k++) {
                                if (before[k].end <= before[k].start)
                                        continue;
                                if (!t.unit_count)
                                        read_units(r, before[k], &t);
                                /* The nearest line that tells; a sentence is no title. */
                                if (!t.sure && before[k].end - before[k].start <= CELL_MAX &&
                                    !is_stop(r->cp[before[k].end - 1]))
                                        t.sure = kind_of(r, before[k], &t.kind);
                        }
                        if (!t.sure && i > annexed) {
                                t.sure = true;
                                t.kind = MEETING_TARGET;
                        }
                        while (next < end) {
                                uint32_t from = next, to = line_end(r, from, end);
                                if (!read_row(r, from, to, &row) || !is_row_of(r, &t, &row, name))
                                        break;
                                TRY(read_cells(r, &t, &row, name));
                                next = to + 1;
                                rows++;
                        }
                }
                memmove(before + 1, before, sizeof(before) - sizeof(before[0]));
                before[0] = (Cell){ i, stop };
                if (rows)
                        memset(before, 0, sizeof(before));
                i = next;
        }
        return ST_OK;
}
