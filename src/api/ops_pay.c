/* ops_pay.c -- payments: batches, four eyes, publication, the ledger, and what is claimed back. */
#include "api/policy_json.h"
#include "api_operations.h"
#include "policy/pay.h"

enum { PAGE_DEFAULT = 50 };

static PayDo by(ApiCall *call)
{
        Str reason = json_get_text(call->json, "reason", STR(""));
        return (PayDo){ .store = call->store, .pack = call->pack, .actor = call->actor, .on_behalf = STR(""),
                        .reason = reason, .diag = call->diag };
}

static Status read_yuan(ApiCall *call, Str text, int64_t *ret)
{
        Dec d;
        if (dec_parse_exact(str_trim(text), &d) == ST_OK && dec_to_scaled(d, 2, ret))
                return ST_OK;
        return diag_fail(call->diag, ST_INVALID, POS_NONE, "“%.*s”不是精确到分的金额",
                         "\"%.*s\" is no amount of yuan and fen", STR_FMT(text));
}

/* ---- shapes ---- */

static void put_batch(JsonWriter *w, const PayBatch *b)
{
        jw_object_begin(w);
        jw_put_i64(w, "payment", b->id);
        jw_put_i64(w, "run", b->run);
        jw_put_i64(w, "year", b->year);
        jw_put_cstr(w, "state", pay_state_name(b->state));
        jw_put_str(w, "title", b->title);
        jw_put_str(w, "digest", b->digest);
        jw_put_i64(w, "items", b->count);
        api_put_yuan(w, "amount", b->fen);
        jw_put_i64(w, "sent", b->sent);
        api_put_yuan(w, "amount_sent", b->sent_fen);
        jw_put_i64(w, "confirmed", b->confirmed);
        jw_put_i64(w, "returned", b->returned);
        jw_put_str(w, "publish_from", b->publish_from);
        jw_put_str(w, "publish_to", b->publish_to);
        jw_put_i64(w, "open_objections", b->open_objections);
        if (b->step_count) {
                jw_put_array(w, "steps");
                for (size_t i = 0; i < b->step_count; i++) {
                        jw_object_begin(w);
                        jw_put_str(w, "step", b->steps[i].step);
                        jw_put_str(w, "actor", b->steps[i].actor);
                        jw_put_str(w, "at", b->steps[i].at);
                        jw_put_str(w, "note", b->steps[i].note);
                        jw_put_bool(w, "is_void", b->steps[i].is_void);
                        jw_object_end(w);
                }
                jw_array_end(w);
        }
        jw_object_end(w);
}

static void put_item(ApiCall *call, JsonWriter *w, const PayItem *i)
{
        const PackPolicy *p = pack_policy(call->pack, i->policy);
        jw_object_begin(w);
        jw_put_i64(w, "item", i->id);
        jw_put_i64(w, "payment", i->batch);
        jw_put_cstr(w, "state", pay_item_state_name(i->state));
        jw_put_str(w, "policy", i->policy);
        api_put_title(w, "policy_title", p ? p->title : (PackTitle){ i->policy, i->policy });
        jw_put_str(w, "key", i->key);
        jw_put_str(w, "name", i->name);
        jw_put_str(w, "unit", i->unit);
        api_put_yuan(w, "amount", i->fen);
        api_put_yuan(w, "claimed_back", i->back_fen);
        jw_put_str(w, "note", i->note);
        jw_object_end(w);
}

static void put_objection(JsonWriter *w, const PayObjection *o)
{
        jw_object_begin(w);
        jw_put_i64(w, "objection", o->id);
        jw_put_i64(w, "item", o->item);
        jw_put_str(w, "by", o->by);
        jw_put_str(w, "text", o->text);
        jw_put_str(w, "at", o->at);
        jw_put_str(w, "answer", o->answer);
        jw_put_str(w, "answered_by", o->answered_by);
        jw_put_bool(w, "open", o->open);
        jw_put_bool(w, "upheld", o->upheld);
        jw_object_end(w);
}

static Status reply_batch(ApiCall *call, int64_t id)
{
        PayBatch b;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(pay_get(tx, id, call->arena, &b));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        put_batch(&w, &b);
        return jw_finish(&w);
}

static Status reply_batch_of_item(ApiCall *call, const char *sql, int64_t id)
{
        int64_t batch;
        {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                TRY(api_begin_read(call, &tx));
                TRY(store_get_i64(tx, sql, STORE_ARGS(sv_i64(id)), &batch));
        }
        return reply_batch(call, batch);
}

/* ---- batches ---- */

Status api_op_pay_list(ApiCall *call)
{
        PayBatch *all;
        size_t n;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(pay_list(tx, call->arena, &all, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "payments");
        for (size_t i = 0; i < n; i++)
                put_batch(&w, &all[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_pay_make(ApiCall *call)
{
        const Json *names = json_get(call->json, "policies"), *skip = json_get(call->json, "skip_claimed");
        PayDo who = by(call);
        int64_t run = 0, id;
        size_t n = names ? names->count : 0;
        Str *policies = arena_array_of(call->arena, Str, n + 1);
        if (!policies)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                const PackPolicy *p;
                TRY(api_find_policy(call, json_at(names, i)->text, &p));
                policies[i] = p->name;
        }
        if (!json_i64(json_get(call->json, "run"), &run))
                return ST_INVALID;
        TRY(pay_make(&who, run, policies, n, json_get_text(call->json, "title", STR("")), skip && skip->truth, &id));
        return reply_batch(call, id);
}

Status api_op_pay_show(ApiCall *call)
{
        PayBatch b;
        PayItem *items;
        PayObjection *objections;
        size_t n, count;
        int64_t total, id = api_param_int(call, "payment", 0), offset = api_param_int(call, "offset", 0);
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        Status st = pay_get(tx, id, call->arena, &b);
        if (st == ST_NOT_FOUND)
                return diag_fail(call->diag, st, POS_NONE, "没有这个兑付批次", "there is no such batch");
        TRY(st);
        TRY(pay_items(tx, id, call->within, call->pack, offset, api_param_int(call, "limit", PAGE_DEFAULT), call->arena,
                      &items, &n, &total));
        TRY(pay_objections(tx, id, call->arena, &objections, &count));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_key(&w, STR("payment"));
        put_batch(&w, &b);
        jw_put_array(&w, "objections");
        for (size_t i = 0; i < count && (!call->within || call->within->depth == 0); i++)
                put_objection(&w, &objections[i]);
        jw_array_end(&w);
        jw_put_i64(&w, "total", total);
        jw_put_i64(&w, "offset", offset);
        jw_put_array(&w, "rows");
        for (size_t i = 0; i < n; i++)
                put_item(call, &w, &items[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_pay_edit(ApiCall *call)
{
        PayDo who = by(call);
        const Json *amount = json_get(call->json, "amount");
        int64_t batch = api_param_int(call, "payment", 0), item = 0, fen = 0;
        if (!json_i64(json_get(call->json, "item"), &item))
                return ST_INVALID;
        if (amount) {
                TRY(read_yuan(call, amount->text, &fen));
                if (fen <= 0)
                        return diag_fail(call->diag, ST_INVALID, POS_NONE, "金额须大于零；取出请不写金额",
                                         "an amount is above zero; leave it away to take the item out");
        }
        TRY(pay_edit(&who, batch, item, fen));
        return reply_batch(call, batch);
}

#define STEP(name)                                                      \
        Status api_op_pay_##name(ApiCall *call)                         \
        {                                                               \
                PayDo who = by(call);                                   \
                int64_t batch = api_param_int(call, "payment", 0);      \
                TRY(pay_##name(&who, batch));                           \
                return reply_batch(call, batch);                        \
        }
STEP(review)
STEP(approve)
STEP(publish)
STEP(cancel)
#undef STEP

Status api_op_pay_send(ApiCall *call)
{
        PayDo who = by(call);
        int64_t batch = api_param_int(call, "payment", 0), sent;
        TRY(pay_send(&who, batch, &sent));
        return reply_batch(call, batch);
}

/* ---- objections ---- */

Status api_op_pay_object(ApiCall *call)
{
        PayDo who = by(call);
        int64_t batch = api_param_int(call, "payment", 0), item = 0, id;
        PayObjection *all;
        size_t n;
        who.reason = json_get_text(call->json, "text", STR(""));
        if (!json_i64(json_get(call->json, "item"), &item))
                return ST_INVALID;
        TRY(pay_object(&who, batch, item, json_get_text(call->json, "by", STR("")), &id));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(pay_objections(tx, batch, call->arena, &all, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        for (size_t i = 0; i < n; i++)
                if (all[i].id == id)
                        put_objection(&w, &all[i]);
        return jw_finish(&w);
}

Status api_op_pay_answer(ApiCall *call)
{
        PayDo who = by(call);
        int64_t id = api_param_int(call, "objection", 0);
        who.reason = json_get_text(call->json, "text", STR(""));
        TRY(pay_answer(&who, id, json_get(call->json, "upheld")->truth));
        return reply_batch_of_item(call, "SELECT batch FROM pay_objection WHERE id = $1", id);
}

/* ---- money ---- */

static const char batch_of_item[] = "SELECT batch FROM pay_item WHERE id = $1";

Status api_op_pay_settle(ApiCall *call)
{
        PayDo who = by(call);
        int64_t item = api_param_int(call, "item", 0);
        TRY(pay_settle(&who, item, json_get(call->json, "arrived")->truth));
        return reply_batch_of_item(call, batch_of_item, item);
}

Status api_op_pay_claim_back(ApiCall *call)
{
        PayDo who = by(call);
        int64_t item = api_param_int(call, "item", 0), fen;
        TRY(read_yuan(call, json_get_text(call->json, "amount", STR("")), &fen));
        TRY(pay_claim_back(&who, item, fen));
        return reply_batch_of_item(call, batch_of_item, item);
}

Status api_op_pay_came_back(ApiCall *call)
{
        PayDo who = by(call);
        int64_t item = api_param_int(call, "item", 0), fen;
        TRY(read_yuan(call, json_get_text(call->json, "amount", STR("")), &fen));
        TRY(pay_came_back(&who, item, fen));
        return reply_batch_of_item(call, batch_of_item, item);
}

Status api_op_pay_due_back(ApiCall *call)
{
        PayDue *due;
        size_t n;
        int64_t year = api_param_int(call, "year", 0);
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(pay_due_back(tx, call->pack, (int32_t)year, call->arena, call->diag, &due, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "year", year);
        jw_put_array(&w, "due");
        for (size_t i = 0; i < n; i++) {
                const PackUnit *u = due[i].item.unit.len ? pack_unit(call->pack, due[i].item.unit) : NULL;
                if (call->within && call->within->depth > 0 && !(u && pack_unit_within(u, call->within)))
                        continue;
                jw_object_begin(&w);
                jw_key(&w, STR("item"));
                put_item(call, &w, &due[i].item);
                jw_put_i64(&w, "paid_year", due[i].paid_year);
                jw_put_str(&w, "condition", due[i].condition);
                api_put_yuan(&w, "amount", due[i].fen);
                jw_put_bool(&w, "unknown", due[i].unknown);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

/* ---- the ledger ---- */

/* "fund:980100:本级财政" in words: what it is, whose, and of what. */
static Status put_account_title(ApiCall *call, JsonWriter *w, Str account)
{
        static const struct {
                const char *kind, *zh, *en;
        } kinds[] = { { "fund", "资金", "Fund" },
                      { "source", "资金来源", "Source" },
                      { "spent", "已审批支出", "Granted" },
                      { "payable", "应付", "Payable" },
                      { "claim", "应收追回", "To come back" } };
        Str rest, what, kind = str_cut(account, ':', &rest);
        Str unit = str_cut(rest, ':', &what);
        const PackUnit *u = pack_unit(call->pack, unit);
        const PackPolicy *p = pack_policy(call->pack, what);
        const char *zh = "", *en = "";
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
                if (str_eq_c(kind, kinds[i].kind)) {
                        zh = kinds[i].zh;
                        en = kinds[i].en;
                }
        PackTitle whose = u ? u->title : (PackTitle){ unit, unit }, of = p ? p->title : (PackTitle){ what, what };
        char *a = arena_printf(call->arena, "%s · %.*s · %.*s", zh, STR_FMT(whose.zh), STR_FMT(of.zh));
        char *b = arena_printf(call->arena, "%s · %.*s · %.*s", en, STR_FMT(pack_title(whose, LANG_EN)),
                               STR_FMT(pack_title(of, LANG_EN)));
        if (!a || !b)
                return ST_NOMEM;
        api_put_title(w, "title", (PackTitle){ str_c(a), str_c(b) });
        return ST_OK;
}

Status api_op_ledger_show(ApiCall *call)
{
        LedgerAccount *accounts;
        LedgerLine *lines;
        size_t n, count;
        int64_t total, offset = api_param_int(call, "offset", 0);
        if (call->within && call->within->depth > 0)
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "账簿由市级查看", "the ledger is the city's");
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(ledger_accounts(tx, call->arena, &accounts, &n));
        TRY(ledger_lines(tx, api_param(call, "account"), offset, api_param_int(call, "limit", PAGE_DEFAULT),
                         call->arena, &lines, &count, &total));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "accounts");
        for (size_t i = 0; i < n; i++) {
                jw_object_begin(&w);
                jw_put_str(&w, "account", accounts[i].account);
                TRY(put_account_title(call, &w, accounts[i].account));
                api_put_yuan(&w, "debit", accounts[i].debit);
                api_put_yuan(&w, "credit", accounts[i].credit);
                api_put_yuan(&w, "balance", accounts[i].debit - accounts[i].credit);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_put_i64(&w, "total", total);
        jw_put_i64(&w, "offset", offset);
        jw_put_array(&w, "lines");
        for (size_t i = 0; i < count; i++) {
                const LedgerLine *l = &lines[i];
                jw_object_begin(&w);
                jw_put_i64(&w, "entry", l->entry);
                jw_put_i64(&w, "item", l->item);
                jw_put_str(&w, "kind", l->kind);
                jw_put_str(&w, "account", l->account);
                TRY(put_account_title(call, &w, l->account));
                jw_put_str(&w, "at", l->at);
                jw_put_str(&w, "actor", l->actor);
                api_put_yuan(&w, "debit", l->debit);
                api_put_yuan(&w, "credit", l->credit);
                jw_put_str(&w, "note", l->note);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_ledger_fund(ApiCall *call)
{
        PayDo who = by(call);
        int64_t fen;
        TRY(read_yuan(call, json_get_text(call->json, "amount", STR("")), &fen));
        TRY(ledger_fund(&who, json_get_text(call->json, "unit", STR("")), json_get_text(call->json, "source", STR("")),
                        fen));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_bool(&w, "recorded", true);
        jw_object_end(&w);
        return jw_finish(&w);
}
