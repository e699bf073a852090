/* template.c -- an empty workbook to fill in: the headers the import knows, drop-downs from the code lists,
 * and a second sheet that says what each column wants. */
#include "codec/sheet_writer.h"
#include "register/export_int.h"

enum { DROP_MAX = 5000 };

static Status codes_of(const PackCodeList *list, Lang lang, Arena *a, SheetColumn *c)
{
        Str *items = arena_array_of(a, Str, list->count + 1);
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; i < list->count && c->list_len < DROP_MAX; i++) {
                const PackCode *code = &list->codes[i];
                Date today = clock_today();
                if ((code->to.month && date_cmp(code->to, today) < 0) ||
                    (code->from.month && date_cmp(code->from, today) > 0))
                        continue;
                items[c->list_len++] = pack_title(code->title, lang);
        }
        c->list = items;
        return ST_OK;
}

static Status units_of(const Pack *pack, const PackField *f, const PackUnit *within, Lang lang, Arena *a,
                       SheetColumn *c)
{
        Str *items = arena_array_of(a, Str, pack->unit_count + 1);
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; i < pack->unit_count && c->list_len < DROP_MAX; i++) {
                const PackUnit *u = &pack->units[i];
                if ((f->unit_kind && u->kind != f->unit_kind) || (within && !pack_unit_within(u, within)) ||
                    u->to.month)
                        continue;
                items[c->list_len++] = pack_title(u->title, lang);
        }
        c->list = items;
        return ST_OK;
}

static Status drop_down(const Pack *pack, const PackField *f, const PackUnit *within, Lang lang, Arena *a,
                        SheetColumn *c)
{
        static const Str yes_no[] = { { "是", 3 }, { "否", 3 } };
        if (f->many)
                return ST_OK; /* several may stand in one cell */
        if (f->type == PACK_CODE)
                return codes_of(f->list, lang, a, c);
        if (f->type == PACK_UNIT)
                return units_of(pack, f, within, lang, a, c);
        if (f->type == PACK_BOOLEAN) {
                c->list = yes_no;
                c->list_len = 2;
        }
        return ST_OK;
}

static const char *period_words(PeriodKind kind, bool en)
{
        switch (kind) {
        case PERIOD_YEAR: return en ? "year, 2023" : "年度，如 2023";
        case PERIOD_HALF: return en ? "half-year, 2023-H1" : "半年度，如 2023-H1";
        case PERIOD_QUARTER: return en ? "quarter, 2023-Q2" : "季度，如 2023-Q2";
        case PERIOD_MONTH: return en ? "month, 2023-06" : "月份，如 2023-06";
        }
        return "";
}

static const char *kind_words(const PackField *f, bool en)
{
        switch (f->type) {
        case PACK_INTEGER: return en ? "whole number" : "整数";
        case PACK_DECIMAL:
        case PACK_MONEY: return en ? "number" : "数字";
        case PACK_BOOLEAN: return en ? "是 or 否" : "是/否";
        case PACK_DATE: return en ? "day, 2023-06-30" : "日期，如 2023-06-30";
        case PACK_PERIOD: return period_words(f->period, en);
        case PACK_CODE: return en ? "from the list" : "从列表中选";
        case PACK_UNIT: return en ? "name or code of a unit" : "单位名称或代码";
        case PACK_REFERENCE: return en ? "key of a record" : "另一库中记录的编号";
        default: return en ? "text" : "文字";
        }
}

static const char *check_words(PackCheckKind check, bool en)
{
        switch (check) {
        case PACK_CHECK_USCC: return en ? "unified social credit code" : "统一社会信用代码";
        case PACK_CHECK_ORG: return en ? "organisation code" : "组织机构代码";
        case PACK_CHECK_PERSON: return en ? "identity number" : "身份证号码";
        case PACK_CHECK_PATENT: return en ? "number of a patent application" : "专利申请号";
        case PACK_CHECK_PHONE: return en ? "telephone, with its area code" : "手机号，或带区号的固定电话";
        case PACK_CHECK_EMAIL: return en ? "e-mail address" : "电子邮箱";
        case PACK_CHECK_POSTCODE: return en ? "postcode of 6 digits" : "6 位邮政编码";
        case PACK_CHECK_STOCK: return en ? "stock code of 6 digits" : "6 位证券代码";
        case PACK_CHECK_NONE: break;
        }
        return "";
}

/* What a value is refused for, beside being of another type. */
static void put_demands(const PackField *f, bool en, Buf *b)
{
        char text[DEC_TEXT_MAX];
        if (f->check != PACK_CHECK_NONE)
                buf_printf(b, en ? ", %s" : "，%s", check_words(f->check, en));
        for (size_t i = 0; i < f->scheme_count; i++)
                buf_printf(b, "%s%s", i ? (en ? " or " : "或") : (en ? ", " : "，"), check_words(f->schemes[i], en));
        if (f->has_min) {
                dec_to_text(f->min, text);
                buf_printf(b, en ? ", at least %s" : "，不小于 %s", text);
        }
        if (f->has_max) {
                dec_to_text(f->max, text);
                buf_printf(b, en ? ", at most %s" : "，不大于 %s", text);
        }
        if (f->type == PACK_TEXT && f->max_length < 1000)
                buf_printf(b, en ? ", at most %zu characters" : "，不超过 %zu 个字", f->max_length);
        if (f->unique)
                buf_puts(b, en ? ", not twice" : "，不能重复");
}

static Status describe(const PackField *f, Lang lang, Arena *a, Str *ret)
{
        bool en = lang == LANG_EN;
        _cleanup_buf_ Buf b = BUF_INIT(64 << 10);
        buf_printf(&b, "%.*s: %s%s%s", STR_FMT(pack_title(f->title, lang)), kind_words(f, en),
                   f->many ? (en ? ", several with 、 between" : "，多个以、分隔") : "",
                   f->required ? (en ? ", required" : "，必填") : "");
        put_demands(f, en, &b);
        if (f->target)
                buf_printf(&b, en ? " (%.*s)" : "（%.*s）", STR_FMT(pack_title(f->target->title, lang)));
        for (size_t i = 0; i < f->also_count; i++)
                buf_printf(&b, "%s%.*s", i ? "、" : (en ? "; also known as " : "；也可写作："), STR_FMT(f->also[i]));
        TRY(buf_status(&b));
        *ret = arena_str(a, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

Status register_template(const Pack *pack, const PackRegister *reg, const PackUnit *within, const char *path, Lang lang,
                         Diag *diag)
{
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        if (!a)
                return ST_NOMEM;
        SheetColumn *columns = arena_array_of(a, SheetColumn, reg->field_count + 2);
        Str *lines = arena_array_of(a, Str, reg->field_count + reg->rule_count + 2);
        if (!columns || !lines)
                return ST_NOMEM;
        size_t n = 0, line = 0;
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                if (!register_stored(f))
                        continue;
                columns[n] = (SheetColumn){ .kind = export_kind(f), .scale = -1, .required = f->required };
                TRY(export_title(f, lang, a, &columns[n].title));
                TRY(drop_down(pack, f, within, lang, a, &columns[n]));
                TRY(describe(f, lang, a, &lines[line++]));
                columns[n].note = lines[line - 1];
                n++;
        }
        columns[n++] = (SheetColumn){ .title = lang == LANG_EN ? STR("Explanation") : STR("情况说明"),
                                      .kind = SHEET_COL_TEXT,
                                      .width = 30 };
        for (size_t i = 0; i < reg->rule_count; i++)
                lines[line++] = pack_title(reg->rules[i].say, lang);
        _cleanup_(sheet_writer_freep) SheetWriter *w = NULL;
        TRY(sheet_writer_new(path, SHEET_XLSX, diag, &w));
        TRY(sheet_writer_sheet(w, pack_title(reg->title, lang), columns, n, diag));
        TRY(sheet_writer_notes(w, lang == LANG_EN ? STR("How to fill in") : STR("填写说明"), lines, line, diag));
        return sheet_writer_finish(w, diag);
}
