/* dated.c -- codes and units have days: what a row newly says must have existed on the days the row speaks of. */
#include "codec/json.h"
#include "register/import_int.h"

typedef struct Span {
        Date first, last;
} Span;

static bool has_days(Date from, Date to)
{
        return from.month || to.month;
}

static bool any_code(const PackCodeList *list)
{
        for (size_t i = 0; i < list->count; i++)
                if (has_days(list->codes[i].from, list->codes[i].to))
                        return true;
        return false;
}

static bool any_unit(const Pack *pack)
{
        for (size_t i = 0; i < pack->unit_count; i++)
                if (has_days(pack->units[i].from, pack->units[i].to))
                        return true;
        return false;
}

Status import_find_dated(Import *im)
{
        const PackRegister *reg = im->reg;
        im->dated = arena_array_of(im->work, bool, reg->field_count + 1);
        if (!im->dated)
                return ST_NOMEM;
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                im->dated[i] = im->given[i] && register_stored(f) &&
                               ((f->type == PACK_CODE && any_code(f->list)) ||
                                (f->type == PACK_UNIT && any_unit(im->pack)));
        }
        return ST_OK;
}

/* The days a row speaks of: its period, the day its validity begins, or the day the state begins. */
static Span days_of(const Import *im, const ImportRow *r)
{
        const PackRegister *reg = im->reg;
        Date day = import_day(im);
        Period p;
        if (reg->periodic && r->values[reg->period_field->index].known &&
            period_from_int(r->values[reg->period_field->index].i64, &p) == ST_OK)
                return (Span){ period_first_day(p), period_last_day(p) };
        if (reg->valid_from && r->values[reg->valid_from->index].known)
                day = date_from_days(r->values[reg->valid_from->index].i64);
        return (Span){ day, day };
}

static Status check_item(Import *im, ImportRow *r, const PackField *f, Str text, const Span *span)
{
        const PackCode *code = f->type == PACK_CODE ? pack_code(f->list, text) : NULL;
        const PackUnit *unit = f->type == PACK_UNIT ? pack_unit(im->pack, text) : NULL;
        Date from = code ? code->from : unit ? unit->from : DATE_NONE;
        Date to = code ? code->to : unit ? unit->to : DATE_NONE;
        Str title = code ? pack_title(code->title, im->in->lang) : unit ? pack_title(unit->title, im->in->lang) : text;
        char day[24];
        if (to.month && date_cmp(to, span->first) < 0) {
                date_to_text(to, day);
                return import_problem(im, r, REGISTER_EXPLAIN, r->number, import_column_of(im, f), f, text,
                                      "“%.*s”用到 %s 为止", "\"%.*s\" is in use until %s and no later",
                                      STR_FMT(title), day);
        }
        if (from.month && date_cmp(from, span->last) > 0) {
                date_to_text(from, day);
                return import_problem(im, r, REGISTER_EXPLAIN, r->number, import_column_of(im, f), f, text,
                                      "“%.*s”自 %s 起才使用", "\"%.*s\" is in use from %s and no earlier",
                                      STR_FMT(title), day);
        }
        return ST_OK;
}

Status import_dated(Import *im, ImportRow *r)
{
        for (size_t i = 0; i < im->reg->field_count; i++) {
                const PackField *f = &im->reg->fields[i];
                const RegisterValue *v = &r->values[i];
                if (!im->dated[i] || !v->known ||
                    (r->existing && !r->revived && register_value_eq(f, v, &r->existing->values[i])))
                        continue;
                Span span = days_of(im, r);
                Json *list;
                if (!f->many) {
                        TRY(check_item(im, r, f, v->text, &span));
                        continue;
                }
                TRY(json_parse(im->chunk, v->text, NULL, NULL, NULL, &list));
                for (size_t k = 0; json_at(list, k); k++)
                        TRY(check_item(im, r, f, json_at(list, k)->text, &span));
        }
        return ST_OK;
}
