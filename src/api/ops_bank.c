/* ops_bank.c -- the payment list a bank takes, and the bank's answer. */
#include "api/policy_json.h"
#include "api/temp.h"
#include "api_operations.h"
#include "policy/bank.h"

static PayDo by(ApiCall *call)
{
        return (PayDo){ .store = call->store,
                        .pack = call->pack,
                        .actor = call->actor,
                        .on_behalf = STR(""),
                        .reason = STR(""),
                        .diag = call->diag };
}

/* The list is the whole batch's: a part of it has other sums. */
static Status whole_city(ApiCall *call)
{
        return call->within && call->within->depth > 0 ? diag_fail(call->diag, ST_NOT_FOUND, POS_NONE,
                                                                   "支付清单由市级办理", "payment lists are the city's")
                                                       : ST_OK;
}

static void put_row(JsonWriter *w, const BankRow *r)
{
        jw_object_begin(w);
        jw_put_i64(w, "item", r->item.id);
        jw_put_str(w, "reference", r->reference);
        jw_put_str(w, "code", r->code);
        jw_put_str(w, "payee", r->payee);
        jw_put_str(w, "account", r->account);
        jw_put_str(w, "bank", r->bank);
        api_put_yuan(w, "amount", r->item.fen);
        jw_put_str(w, "purpose", r->purpose);
        jw_put_cstr(w, "missing", r->missing ? r->missing : "");
        jw_object_end(w);
}

Status api_op_bank_list_show(ApiCall *call)
{
        BankList list;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(whole_city(call));
        TRY(api_begin_read(call, &tx));
        TRY(bank_list(tx, call->pack, api_param_int(call, "payment", 0), call->lang, call->arena, call->diag, &list));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "payment", list.batch);
        jw_put_i64(&w, "count", (int64_t)list.count);
        jw_put_i64(&w, "incomplete", (int64_t)list.incomplete);
        api_put_yuan(&w, "amount", list.fen);
        jw_put_cstr(&w, "control", list.control);
        jw_put_array(&w, "rows");
        for (size_t i = 0; i < list.count; i++)
                put_row(&w, &list.rows[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_bank_list_file(ApiCall *call)
{
        BankList list;
        PayDo who = by(call);
        _cleanup_temp_ ApiTemp temp = { .path = "" };
        bool csv = str_eq_c(api_param(call, "format"), "csv");
        TRY(whole_city(call));
        TRY(api_temp_name(csv ? ".csv" : ".xlsx", &temp));
        TRY(bank_file(&who, api_param_int(call, "payment", 0), temp.path, csv ? SHEET_CSV : SHEET_XLSX, &list,
                      call->arena));
        char *name = arena_printf(call->arena, "payments-%lld.%s", (long long)list.batch, csv ? "csv" : "xlsx");
        if (!name)
                return ST_NOMEM;
        call->file_name = str_c(name);
        call->type = "application/octet-stream";
        return api_temp_read(&temp, call);
}

Status api_op_bank_answer(ApiCall *call)
{
        BankAnswer answer;
        PayDo who = by(call);
        bool dry = api_param_bool(call, "dry_run");
        Str file = api_param(call, "file");
        TRY(whole_city(call));
        TRY(bank_answer(&who, call->body, file.len ? file.ptr : "upload", dry, call->arena, &answer));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_bool(&w, "dry_run", dry);
        for (int o = BANK_CONFIRMED; o <= BANK_REFUSED; o++)
                jw_put_i64(&w, bank_outcome_name((BankOutcome)o), (int64_t)answer.by_outcome[o]);
        api_put_yuan(&w, "amount_confirmed", answer.confirmed_fen);
        api_put_yuan(&w, "amount_returned", answer.returned_fen);
        jw_put_array(&w, "rows");
        for (size_t i = 0; i < answer.count; i++) {
                const BankAnswerRow *r = &answer.rows[i];
                jw_object_begin(&w);
                jw_put_i64(&w, "row", r->row);
                jw_put_str(&w, "reference", r->reference);
                jw_put_str(&w, "name", r->name);
                api_put_yuan(&w, "amount", r->fen);
                jw_put_cstr(&w, "outcome", bank_outcome_name(r->outcome));
                jw_put_str(&w, "words", r->words);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}
