/* bank.c -- the list a bank takes; its answer is in bank_answer.c. */
#include "policy/bank.h"

#include <stdio.h>

#include "policy/bank_int.h"

static const Str no_text = { "", 0 };

Status bank_reference(StoreTx *tx, const PayItem *item, Arena *a, Str *ret)
{
        int64_t attempt;
        TRY(store_get_i64(tx, "SELECT count(*) FROM ledger_entry WHERE item = $1 AND kind = 'payment'",
                          STORE_ARGS(sv_i64(item->id)), &attempt));
        char *text = arena_printf(a, "KC%06lld%08lld%02lld", (long long)item->batch, (long long)item->id,
                                  (long long)attempt);
        *ret = text ? str_c(text) : STR_NONE;
        return text ? ST_OK : ST_NOMEM;
}

/* ---- payees ---- */

static Status text_of(const PackField *f, const RegisterRecord *rec, Arena *a, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
        *ret = no_text;
        if (!f || !rec->values[f->index].known)
                return ST_OK;
        register_value_text(f, &rec->values[f->index], &b);
        TRY(buf_status(&b));
        *ret = arena_str(a, str_trim(buf_str(&b)));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status fill_payee(StoreTx *tx, const Pack *pack, const PackPolicy *p, Lang lang, Arena *a, Diag *diag,
                         BankRow *row)
{
        const PackRegister *reg = pay_firm_register(p);
        bool en = lang == LANG_EN;
        RegisterRecord rec;
        Str key;
        if (!reg->payee_account || !reg->payee_bank)
                return diag_fail(diag, ST_INVALID, POS_NONE, "库“%.*s”没有说明收款账户（payee）",
                                 "the register \"%.*s\" does not say where money goes (payee)",
                                 STR_FMT(pack_title(reg->title, lang)));
        row->payee = row->account = row->bank = no_text;
        TRY(register_resolve(tx, reg, row->item.firm, a, &key)); /* merged since: the firm it is now */
        row->code = key;
        Status st = register_get(tx, pack, reg, key, NULL, a, &rec);
        if (st == ST_NOT_FOUND) {
                row->missing = en ? "the record" : "档案";
                return ST_OK;
        }
        TRY(st);
        TRY(text_of(reg->payee_name ? reg->payee_name : reg->label, &rec, a, &row->payee));
        TRY(text_of(reg->payee_account, &rec, a, &row->account));
        TRY(text_of(reg->payee_bank, &rec, a, &row->bank));
        row->missing = !row->payee.len     ? (en ? "the payee's name" : "收款人名称")
                       : !row->account.len ? (en ? "the account" : "收款账号")
                       : !row->bank.len    ? (en ? "the bank" : "开户银行")
                                           : NULL;
        return ST_OK;
}

static Status purpose_of(const Pack *pack, const PayItem *item, int64_t year, Arena *a, Str *ret)
{
        const PackPolicy *p = pack_policy(pack, item->policy);
        char *text = arena_printf(a, "%lld年度%.*s", (long long)year, STR_FMT(p ? p->title.zh : item->policy));
        *ret = text ? str_c(text) : STR_NONE;
        return text ? ST_OK : ST_NOMEM;
}

/* ---- the list ---- */

static Status control_of(BankList *list)
{
        _cleanup_buf_ Buf b = BUF_INIT(BUF_MAX_DEFAULT);
        for (size_t i = 0; i < list->count; i++) {
                const BankRow *r = &list->rows[i];
                buf_printf(&b, "%.*s|%.*s|%.*s|%.*s|%lld\n", STR_FMT(r->reference), STR_FMT(r->payee),
                           STR_FMT(r->account), STR_FMT(r->bank), (long long)r->item.fen);
        }
        TRY(buf_status(&b));
        return sm3_hex_of(buf_str(&b), list->control);
}

Status bank_list(StoreTx *tx, const Pack *pack, int64_t batch, Lang lang, Arena *a, Diag *diag, BankList *ret)
{
        PayBatch b;
        PayItem *items;
        size_t n;
        int64_t total;
        BankList list = { .batch = batch };
        Status st = pay_get(tx, batch, a, &b);
        if (st == ST_NOT_FOUND)
                return diag_fail(diag, st, POS_NONE, "没有这个兑付批次", "there is no such batch");
        TRY(st);
        TRY(pay_items(tx, batch, NULL, pack, 0, 0, a, &items, &n, &total));
        list.rows = arena_array_of(a, BankRow, n + 1);
        if (!list.rows)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                const PackPolicy *p = pack_policy(pack, items[i].policy);
                if (items[i].state != PAY_ITEM_SENT)
                        continue;
                if (!p)
                        return diag_fail(diag, ST_CONFLICT, POS_NONE, "城市包里已没有政策“%.*s”",
                                         "the pack has no policy \"%.*s\" any more", STR_FMT(items[i].policy));
                BankRow *row = &list.rows[list.count++];
                *row = (BankRow){ .item = items[i] };
                TRY(bank_reference(tx, &items[i], a, &row->reference));
                TRY(purpose_of(pack, &items[i], b.year, a, &row->purpose));
                TRY(fill_payee(tx, pack, p, lang, a, diag, row));
                list.incomplete += row->missing != NULL;
                list.fen += items[i].fen;
        }
        if (!list.count)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "第 %lld 批没有支付途中的款项，先办理支付（pay send）",
                                 "nothing of batch %lld is on its way: pay it first (pay send)", (long long)batch);
        TRY(control_of(&list));
        *ret = list;
        return ST_OK;
}

/* ---- the file ---- */

static const SheetColumn columns[] = {
        { .title = { "序号", sizeof("序号") - 1 }, .kind = SHEET_COL_NUMBER, .width = 7 },
        { .title = { "收款人名称", sizeof("收款人名称") - 1 }, .kind = SHEET_COL_TEXT, .width = 34 },
        { .title = { "收款人账号", sizeof("收款人账号") - 1 }, .kind = SHEET_COL_TEXT, .width = 26 },
        { .title = { "开户银行", sizeof("开户银行") - 1 }, .kind = SHEET_COL_TEXT, .width = 30 },
        { .title = { "金额（元）", sizeof("金额（元）") - 1 }, .kind = SHEET_COL_NUMBER, .scale = 2, .width = 16 },
        { .title = { "用途", sizeof("用途") - 1 }, .kind = SHEET_COL_TEXT, .width = 34 },
        { .title = { "业务参考号", sizeof("业务参考号") - 1 }, .kind = SHEET_COL_TEXT, .width = 22 },
        { .title = { "统一社会信用代码", sizeof("统一社会信用代码") - 1 }, .kind = SHEET_COL_TEXT, .width = 22 },
};

static Status write_rows(SheetWriter *w, const BankList *list, Arena *a, Diag *diag)
{
        for (size_t i = 0; i < list->count; i++) {
                const BankRow *r = &list->rows[i];
                Str number = str_c(arena_printf(a, "%zu", i + 1)), yuan = policy_yuan(r->item.fen, a);
                if (!number.ptr || !yuan.ptr)
                        return ST_NOMEM;
                const SheetOut row[] = {
                        { .kind = SHEET_NUMBER, .text = number },     { .kind = SHEET_TEXT, .text = r->payee },
                        { .kind = SHEET_TEXT, .text = r->account },   { .kind = SHEET_TEXT, .text = r->bank },
                        { .kind = SHEET_NUMBER, .text = yuan },       { .kind = SHEET_TEXT, .text = r->purpose },
                        { .kind = SHEET_TEXT, .text = r->reference }, { .kind = SHEET_TEXT, .text = r->code },
                };
                TRY(sheet_writer_row(w, row, ARRAY_LEN(row), diag));
        }
        return ST_OK;
}

/* What the bank and the bureau compare. */
static Status write_control(SheetWriter *w, const BankList *list, Arena *a, Diag *diag)
{
        Str lines[] = {
                str_c(arena_printf(a, "兑付批次：%lld", (long long)list->batch)),
                str_c(arena_printf(a, "笔数：%zu", list->count)),
                str_c(arena_printf(a, "合计金额（元）：%s", policy_yuan(list->fen, a).ptr)),
                str_c(arena_printf(a, "核对码：%s", list->control)),
        };
        for (size_t i = 0; i < ARRAY_LEN(lines); i++)
                if (!lines[i].ptr)
                        return ST_NOMEM;
        return sheet_writer_notes(w, STR("核对"), lines, ARRAY_LEN(lines), diag);
}

static Status write_file(const BankList *list, const char *path, SheetFormat format, Arena *a, Diag *diag)
{
        _cleanup_(sheet_writer_freep) SheetWriter *w = NULL;
        TRY(sheet_writer_new(path, format, diag, &w));
        TRY(sheet_writer_sheet(w, STR("支付清单"), columns, ARRAY_LEN(columns), diag));
        TRY(write_rows(w, list, a, diag));
        if (format == SHEET_XLSX)
                TRY(write_control(w, list, a, diag));
        return sheet_writer_finish(w, diag);
}

Status bank_file(const PayDo *by, int64_t batch, const char *path, SheetFormat format, BankList *ret, Arena *a)
{
        static const char *const others[] = { "approve", NULL };
        _cleanup_call_ PayCall c = { 0 };
        TRY(pay_begin(&c, by));
        TRY(pay_apart(&c, batch, others, "导出支付清单", "make its payment list"));
        TRY(bank_list(c.tx, by->pack, batch, by->diag ? by->diag->lang : LANG_ZH, a, by->diag, ret));
        for (size_t i = 0; i < ret->count; i++)
                if (ret->rows[i].missing)
                        diag_error(by->diag, POS_NONE, "%.*s（%.*s）缺少%s", "%.*s (%.*s) lacks %s",
                                   STR_FMT(ret->rows[i].item.name), STR_FMT(ret->rows[i].item.firm),
                                   ret->rows[i].missing);
        if (ret->incomplete)
                return ST_INVALID;
        TRY(write_file(ret, path, format, a, by->diag));
        char *payload = arena_printf(a, "{\"rows\":%zu,\"fen\":%lld,\"control\":\"%s\"}", ret->count,
                                     (long long)ret->fen, ret->control);
        if (!payload)
                return ST_NOMEM;
        TRY(pay_event(&c, "pay.list", "payment", batch, str_c(payload), NULL));
        return store_commit(&c.tx);
}
