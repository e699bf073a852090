/* bank_answer.c -- the bank's answer, row by row: matched by reference, taken once, refused where it does not fit. */
#include "codec/numtext.h"
#include "policy/bank_int.h"

enum { HEADER_ROWS = 20, CELL_SHOWN = 60 };

typedef enum Column { COLUMN_REFERENCE, COLUMN_AMOUNT, COLUMN_RESULT, COLUMN_REASON, COLUMN_COUNT_ } Column;

/* Headers and words as banks have them. */
static const struct {
        Column column;
        const char *word;
} headers[] = {
        { COLUMN_REFERENCE, "业务参考号" }, { COLUMN_REFERENCE, "参考号" },    { COLUMN_REFERENCE, "业务编号" },
        { COLUMN_REFERENCE, "客户流水号" }, { COLUMN_REFERENCE, "reference" }, { COLUMN_AMOUNT, "金额" },
        { COLUMN_AMOUNT, "交易金额" },      { COLUMN_AMOUNT, "支付金额" },     { COLUMN_AMOUNT, "amount" },
        { COLUMN_RESULT, "处理结果" },      { COLUMN_RESULT, "交易状态" },     { COLUMN_RESULT, "支付状态" },
        { COLUMN_RESULT, "状态" },          { COLUMN_RESULT, "结果" },         { COLUMN_RESULT, "result" },
        { COLUMN_RESULT, "status" },        { COLUMN_REASON, "失败原因" },     { COLUMN_REASON, "退回原因" },
        { COLUMN_REASON, "退票原因" },      { COLUMN_REASON, "原因" },         { COLUMN_REASON, "备注" },
        { COLUMN_REASON, "reason" },
};
static const struct {
        bool arrived;
        const char *word;
} results[] = {
        { true, "成功" },      { true, "交易成功" },  { true, "支付成功" },  { true, "处理成功" },
        { true, "已支付" },    { true, "已到账" },    { true, "到账" },      { true, "已入账" },
        { true, "paid" },      { true, "success" },   { true, "arrived" },   { false, "失败" },
        { false, "交易失败" }, { false, "支付失败" }, { false, "处理失败" }, { false, "退回" },
        { false, "已退回" },   { false, "退票" },     { false, "已退票" },   { false, "退汇" },
        { false, "returned" }, { false, "failed" },   { false, "rejected" },
};

typedef struct Reading {
        PayCall *c;
        Arena *arena;
        bool en, dry;
        int column[COLUMN_COUNT_]; /* 1-based; 0: the file has none */
        bool found;
        Map seen; /* reference -> BankAnswerRow */
        BankAnswer *ret;
        size_t cap;
} Reading;

/* ---- columns ---- */

/* "金额（元）" is 金额. */
static Str plain_header(Str text)
{
        static const char *const ends[] = { "（", "(" };
        text = str_trim(text);
        for (size_t i = 0; i < text.len; i++)
                for (size_t k = 0; k < ARRAY_LEN(ends); k++)
                        if (str_starts(str_n(text.ptr + i, text.len - i), str_c(ends[k])))
                                return str_trim(str_n(text.ptr, i));
        return text;
}

static bool same_word(Str text, const char *word)
{
        Str w = str_c(word);
        if (text.len != w.len)
                return false;
        for (size_t i = 0; i < w.len; i++) {
                char c = text.ptr[i];
                if ((c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c) != w.ptr[i])
                        return false;
        }
        return true;
}

static void try_header(Reading *r, const SheetRow *row)
{
        int at[COLUMN_COUNT_] = { 0 };
        for (size_t i = 0; i < row->count; i++) {
                Str text = plain_header(row->cells[i].text);
                for (size_t k = 0; k < ARRAY_LEN(headers); k++)
                        if (same_word(text, headers[k].word) && !at[headers[k].column])
                                at[headers[k].column] = (int)row->cells[i].col;
        }
        r->found = at[COLUMN_REFERENCE] && at[COLUMN_AMOUNT] && at[COLUMN_RESULT];
        if (r->found)
                memcpy(r->column, at, sizeof(at));
}

static const SheetCell *cell_of(const Reading *r, const SheetRow *row, Column column)
{
        for (size_t i = 0; r->column[column] && i < row->count; i++)
                if ((int)row->cells[i].col == r->column[column])
                        return &row->cells[i];
        return NULL;
}

static Str text_at(const Reading *r, const SheetRow *row, Column column)
{
        const SheetCell *c = cell_of(r, row, column);
        return c ? str_trim(c->text) : STR("");
}

/* ---- rows ---- */

__attribute__((format(printf, 3, 5), format(printf, 4, 5))) static Status refuse(Reading *r, BankAnswerRow *row,
                                                                                 const char *zh, const char *en, ...)
{
        _cleanup_buf_ Buf b = BUF_INIT(4096);
        va_list ap;
        va_start(ap, en);
        buf_vprintf(&b, r->en ? en : zh, ap);
        va_end(ap);
        TRY(buf_status(&b));
        row->outcome = BANK_REFUSED;
        row->words = arena_str(r->arena, buf_str(&b));
        return row->words.ptr ? ST_OK : ST_NOMEM;
}

/* KC, six digits of the batch, eight of the item, two of the attempt; more when there are more. */
static bool item_of(Str reference, int64_t *ret)
{
        if (reference.len < 18 || !str_starts(reference, STR("KC")))
                return false;
        return str_to_i64(str_n(reference.ptr + 8, 8), ret);
}

static Status find_item(Reading *r, BankAnswerRow *row, PayItem *ret)
{
        int64_t id;
        Str now;
        if (!item_of(row->reference, &id))
                return refuse(r, row, "没有业务参考号“%.*s”", "there is no reference \"%.*s\"",
                              STR_FMT(row->reference));
        Status st = pay_item_get(r->c->tx, id, r->arena, ret);
        if (st == ST_NOT_FOUND)
                return refuse(r, row, "没有业务参考号“%.*s”", "there is no reference \"%.*s\"",
                              STR_FMT(row->reference));
        TRY(st);
        TRY(bank_reference(r->c->tx, ret, r->arena, &now));
        if (str_eq(now, row->reference)) {
                row->name = ret->name;
                row->fen = ret->fen;
                return ST_OK;
        }
        bool earlier =
                str_starts(now, str_n(row->reference.ptr, row->reference.len - 2)) && str_cmp(row->reference, now) < 0;
        return earlier ? refuse(r, row, "该笔已重新支付，参考号现为 %.*s", "it was paid again since, as %.*s",
                                STR_FMT(now))
                       : refuse(r, row, "没有业务参考号“%.*s”", "there is no reference \"%.*s\"",
                                STR_FMT(row->reference));
}

static Status check_amount(Reading *r, BankAnswerRow *row, const SheetRow *from)
{
        const SheetCell *cell = cell_of(r, from, COLUMN_AMOUNT);
        NumText n;
        NumTextWhy why = NUMTEXT_EMPTY;
        int64_t fen;
        if (!cell || numtext_parse(cell->text, 0, &n, &why) != ST_OK || !dec_to_scaled(numtext_scaled(&n), 2, &fen))
                return refuse(r, row, "金额“%.*s”：%s", "the amount \"%.*s\": %s", STR_FMT(cell ? cell->text : STR("")),
                              why == NUMTEXT_OK ? (r->en ? "not exact to the fen" : "不精确到分")
                                                : numtext_why_text(why, r->en ? LANG_EN : LANG_ZH));
        if (fen != row->fen)
                return refuse(r, row, "金额不符：银行 %s 元，应为 %s 元", "the bank says %s yuan, it should be %s",
                              policy_yuan(fen, r->arena).ptr, policy_yuan(row->fen, r->arena).ptr);
        return ST_OK;
}

/* Refusals come first; what is refused changes nothing. */
static Status settle(Reading *r, BankAnswerRow *row, const PayItem *item, bool arrived, Str reason)
{
        static const char *const others[] = { "pay", NULL };
        PayItemState said = arrived ? PAY_ITEM_CONFIRMED : PAY_ITEM_RETURNED;
        if (item->state == said || (!arrived && item->state == PAY_ITEM_OUT)) {
                row->outcome = BANK_UNCHANGED;
                return ST_OK;
        }
        if (item->state != PAY_ITEM_SENT)
                return refuse(r, row,
                              item->state == PAY_ITEM_CONFIRMED ? "已登记到账，银行却说退回"
                                                                : "已登记退回，银行却说到账",
                              item->state == PAY_ITEM_CONFIRMED ? "recorded as arrived, the bank says it came back"
                                                                : "recorded as returned, the bank says it arrived");
        row->outcome = arrived ? BANK_CONFIRMED : BANK_RETURNED;
        row->words = arrived ? STR("") : reason;
        TRY(pay_apart(r->c, item->batch, others, "确认到账", "confirm it"));
        return pay_settle_in(r->c, item, arrived, reason);
}

static Status take_result(Reading *r, BankAnswerRow *row, const PayItem *item, const SheetRow *from)
{
        Str result = text_at(r, from, COLUMN_RESULT), reason = arena_str(r->arena, text_at(r, from, COLUMN_REASON));
        if (!reason.ptr)
                return ST_NOMEM;
        for (size_t i = 0; i < ARRAY_LEN(results); i++) {
                if (!same_word(result, results[i].word))
                        continue;
                if (!results[i].arrived && !reason.len)
                        return refuse(r, row, "退回没有写明原因", "it came back, and no reason is given");
                return settle(r, row, item, results[i].arrived, reason);
        }
        return refuse(r, row, "看不懂处理结果“%.*s”", "the result \"%.*s\" cannot be read", STR_FMT(result));
}

static Status take_row(Reading *r, const SheetRow *from, BankAnswerRow *row)
{
        PayItem item;
        Str reference = text_at(r, from, COLUMN_REFERENCE);
        *row = (BankAnswerRow){ .row = from->number, .name = STR(""), .words = STR("") };
        row->reference = arena_str(r->arena, reference);
        if (!row->reference.ptr)
                return ST_NOMEM;
        if (!reference.len)
                return refuse(r, row, "没有业务参考号", "there is no reference");
        if (map_get(&r->seen, reference))
                return refuse(r, row, "业务参考号“%.*s”在文件中重复", "the reference \"%.*s\" stands in the file twice",
                              STR_FMT(reference));
        TRY(map_put(&r->seen, row->reference, r));
        TRY(find_item(r, row, &item));
        if (row->outcome != BANK_REFUSED)
                TRY(check_amount(r, row, from));
        if (row->outcome != BANK_REFUSED)
                TRY(take_result(r, row, &item, from));
        return ST_OK;
}

static bool is_blank(const SheetRow *row)
{
        for (size_t i = 0; i < row->count; i++)
                if (str_trim(row->cells[i].text).len)
                        return false;
        return true;
}

/* A line of totals under the table: no reference, and it says so. */
static bool is_total(const Reading *r, const SheetRow *row)
{
        static const char *const words[] = { "合计", "总计", "total" };
        if (text_at(r, row, COLUMN_REFERENCE).len)
                return false;
        for (size_t i = 0; i < row->count; i++)
                for (size_t k = 0; k < ARRAY_LEN(words); k++)
                        if (same_word(plain_header(row->cells[i].text), words[k]))
                                return true;
        return false;
}

static Status take_sheet(Reading *r, SheetReader *sheet, Diag *diag)
{
        for (const SheetRow *row;;) {
                TRY(sheet_next(sheet, diag, &row));
                if (!row)
                        return ST_OK;
                if (is_blank(row))
                        continue;
                if (!r->found) {
                        if (row->number <= HEADER_ROWS)
                                try_header(r, row);
                        continue;
                }
                if (is_total(r, row))
                        continue;
                BankAnswer *all = r->ret;
                if (all->count == BANK_ROWS_MAX)
                        return diag_fail(diag, ST_LIMIT, POS_NONE, "行数过多（上限 %d）", "too many rows (at most %d)",
                                         (int)BANK_ROWS_MAX);
                if (arena_grow(r->arena, (void **)&all->rows, &r->cap, all->count + 1, sizeof(*all->rows)) < 0)
                        return ST_NOMEM;
                BankAnswerRow *taken = &all->rows[all->count++];
                TRY(take_row(r, row, taken));
                all->by_outcome[taken->outcome]++;
                all->confirmed_fen += taken->outcome == BANK_CONFIRMED ? taken->fen : 0;
                all->returned_fen += taken->outcome == BANK_RETURNED ? taken->fen : 0;
        }
}

const char *bank_outcome_name(BankOutcome o)
{
        static const char *const names[] = { "confirmed", "returned", "unchanged", "refused" };
        return (unsigned)o < ARRAY_LEN(names) ? names[o] : "?";
}

static Status put_event(Reading *r, Str bytes)
{
        const BankAnswer *all = r->ret;
        char hash[SM3_HEX];
        TRY(sm3_hex_of(bytes, hash));
        char *payload = arena_printf(
                r->arena, "{\"file\":\"%s\",\"confirmed\":%zu,\"returned\":%zu,\"unchanged\":%zu,\"refused\":%zu}",
                hash, all->by_outcome[BANK_CONFIRMED], all->by_outcome[BANK_RETURNED], all->by_outcome[BANK_UNCHANGED],
                all->by_outcome[BANK_REFUSED]);
        return payload ? pay_event(r->c, "pay.answer", "bank", 0, str_c(payload), NULL) : ST_NOMEM;
}

static Status read_book(Reading *r, Str bytes, const char *file, Diag *diag)
{
        _cleanup_(sheet_book_freep) SheetBook *book = NULL;
        TRY(sheet_book_open_bytes(bytes, file, &SHEET_LIMITS_DEFAULT, diag, &book));
        for (size_t i = 0; !r->found && i < sheet_book_count(book); i++) { /* the first with such a header */
                SheetReader *sheet = NULL;
                TRY(sheet_open(book, i, diag, &sheet));
                Status st = take_sheet(r, sheet, diag);
                sheet_free(sheet);
                TRY(st);
        }
        if (!r->found)
                return diag_fail(diag, ST_INVALID, POS_FILE(file), "没有找到表头：须有业务参考号、金额、处理结果三列",
                                 "there is no header: reference, amount and result are needed");
        return ST_OK;
}

Status bank_answer(const PayDo *by, Str bytes, const char *file, bool dry, Arena *a, BankAnswer *ret)
{
        _cleanup_call_ PayCall c = { 0 };
        *ret = (BankAnswer){ 0 };
        TRY(pay_begin(&c, by));
        Reading r = { .c = &c,
                      .arena = a,
                      .en = by->diag && by->diag->lang == LANG_EN,
                      .dry = dry,
                      .ret = ret,
                      .seen = MAP_INIT(BANK_ROWS_MAX + 1) };
        Status st = read_book(&r, bytes, file, by->diag);
        map_release(&r.seen);
        TRY(st);
        if (dry || !(ret->by_outcome[BANK_CONFIRMED] + ret->by_outcome[BANK_RETURNED]))
                return ST_OK; /* nothing is committed */
        TRY(put_event(&r, bytes));
        return store_commit(&c.tx);
}
