/* ops_document.c -- documents from the data. */
#include "api/api_int.h"
#include "api/document.h"
#include "api_operations.h"
#include "document/document.h"
#include "indicator/indicator.h"
#include "policy/policy.h"

Status api_document_absent(ApiCall *call, Str what)
{
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有“%.*s”，或者无权查看",
                         "there is no \"%.*s\", or it is not yours to see", STR_FMT(what));
}

/* A document speaks of the whole city, or of one record: who may see that may have it. */
static bool sees_everything(const ApiCall *call)
{
        return call->session->record.len == 0 && (!call->within || call->within->depth == 0);
}

static bool sees_record(const ApiCall *call, const RegisterRecord *r)
{
        const PackUnit *unit = pack_unit(call->pack, r->unit);
        if (call->session->record.len)
                return str_eq(call->session->record, r->key);
        return sees_everything(call) || (unit && pack_unit_within(unit, call->within));
}

static Status find_record(ApiCall *call, StoreTx *tx, const PackRegister *reg, Str key, FeelValue *ret)
{
        RegisterRecord r;
        Status st = register_get(tx, call->pack, reg, key, NULL, call->arena, &r);
        if (st == ST_NOT_FOUND || (st == ST_OK && !sees_record(call, &r)))
                return api_document_absent(call, key);
        TRY(st);
        FeelValue *values = arena_array_of(call->arena, FeelValue, reg->field_count + 1);
        if (!values)
                return ST_NOMEM;
        for (size_t i = 0; i < reg->field_count; i++)
                if (!reg->fields[i].personal || api_sees_personal(call))
                        values[i] = register_value_feel(&reg->fields[i], &r.values[i]);
        *ret = feel_context(reg->shape, values);
        return ST_OK;
}

static const struct {
        const char *name, *type;
        Status (*write)(const Document *, Diag *, Buf *);
} formats[] = {
        { "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", document_docx },
        { "pdf", "application/pdf", document_pdf },
        { "html", "text/html; charset=utf-8", document_html },
        { "md", "text/markdown; charset=utf-8", document_md },
};

const char *api_document_type(Str format)
{
        for (size_t i = 0; i < ARRAY_LEN(formats); i++)
                if (str_eq_c(format, formats[i].name))
                        return formats[i].type;
        return "application/octet-stream";
}

static Status write_format(ApiCall *call, const Document *d)
{
        Str format = api_param(call, "format"), period = api_param(call, "period");
        for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
                if (!str_eq_c(format, formats[i].name))
                        continue;
                char *name = arena_printf(call->arena, "%.*s%s%.*s.%s", STR_FMT(d->name), period.len ? "-" : "",
                                          STR_FMT(period), formats[i].name);
                if (!name)
                        return ST_NOMEM;
                call->file_name = str_c(name);
                call->type = formats[i].type;
                return formats[i].write(d, call->diag, &call->reply);
        }
        return ST_INVALID;
}

Status api_make_document(ApiCall *call, StoreTx *tx, Str name, Str period_text, Str key, Document **ret)
{
        const PackDocument *def = pack_document(call->pack, name);
        Period period;
        FeelValue record = feel_null();
        bool keyed = def && def->key && key.len, of_unit = def && def->unit_key && key.len;
        if (!def || (!keyed && !of_unit && !sees_everything(call)))
                return api_document_absent(call, name);
        if (of_unit) {
                const PackUnit *unit = pack_unit(call->pack, key);
                if (!unit || unit->kind != def->unit_key || call->session->record.len ||
                    (call->within && !pack_unit_within(unit, call->within)))
                        return api_document_absent(call, key);
        }
        if (period_text.len && period_parse(period_text, &period) != ST_OK)
                return diag_fail(call->diag, ST_USAGE, POS_NONE, "不是报告期：%.*s", "not a period: %.*s",
                                 STR_FMT(period_text));
        if (keyed)
                TRY(find_record(call, tx, def->key, key, &record));
        _cleanup_indicator_book_ IndicatorBook *book = NULL;
        TRY(api_book(call, tx, &book));
        _cleanup_feel_exec_ FeelExec *exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, call->diag);
        FeelLibrary *library = feel_library_new(call->arena);
        PolicyLibrary policies = { .tx = tx, .pack = call->pack };
        if (!exec || !library)
                return ST_NOMEM;
        TRY(document_feel_library(library));
        TRY(indicator_feel_library(book, library));
        TRY(policy_feel_library(&policies, library));
        /* A pack's templates are in Chinese, whoever asks. */
        const DocumentInput in = { .pack = call->pack,
                                   .definition = def,
                                   .library = library,
                                   .exec = exec,
                                   .period = period_text.len ? &period : NULL,
                                   .key = keyed || of_unit ? key : STR_NONE,
                                   .record = keyed ? &record : NULL,
                                   .lang = LANG_ZH };
        return document_make(&in, call->arena, call->diag, ret);
}

Status api_op_document_make(ApiCall *call)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        Document *d;
        TRY(api_begin_read(call, &tx));
        TRY(api_make_document(call, tx, api_param(call, "document"), api_param(call, "period"), api_param(call, "key"),
                              &d));
        return write_format(call, d);
}
