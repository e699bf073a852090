/* assess_rows.c -- who is assessed, by which lines, with which figures: letters of units, records of a register. */
#include "indicator/assess_int.h"
#include "pack/scope.h"

enum { RECORDS_MAX = 200000 };

Status assess_group(AssessRun *r, Str key, size_t *ret)
{
        for (size_t i = 0; i < r->group_count; i++)
                if (str_eq(r->groups[i].key, key)) {
                        *ret = i;
                        return ST_OK;
                }
        if (arena_grow(r->arena, (void **)&r->groups, &r->group_cap, r->group_count + 1, sizeof(AssessGroup)) < 0)
                return ST_NOMEM;
        r->groups[r->group_count] = (AssessGroup){ .key = key, .list = feel_null() };
        *ret = r->group_count++;
        return ST_OK;
}

static const PackMethod *method_of(const AssessRun *r, Str name)
{
        const PackMethod *m = name.len ? pack_method(r->pack, name) : NULL;
        return m ? m : r->assessment->method;
}

/* ---- units ---- */

static Status unit_point(AssessRun *r, TargetYear *y, const TargetLetter *letter, const TargetLine *line,
                         const PackAssessLine *own, AssessPoint *ret)
{
        const Period december = { PERIOD_MONTH, r->year, 12 };
        TargetProgress *series;
        size_t n;
        char *name = arena_printf(r->arena, "%lld", (long long)line->no);
        char *key = arena_printf(r->arena, "%.*s/%s", STR_FMT(line->indicator ? line->indicator->name : line->text),
                                 target_measure_name(line->measure));
        Str words =
                arena_str(r->arena, line->text.ptr ? line->text : STR("")); /* the letter is gone before the table is */
        if (!name || !key || !words.ptr)
                return ST_NOMEM;
        AssessPoint p = { .name = own ? own->name : str_c(name),
                          .title = own               ? own->title
                                   : words.len       ? (PackTitle){ words, STR("") }
                                   : line->indicator ? line->indicator->title
                                                     : (PackTitle){ STR(""), STR("") },
                          .indicator = line->indicator,
                          .measure = line->measure == TARGET_GROWTH ? STR("%")
                                     : line->indicator              ? line->indicator->unit
                                                                    : STR(""),
                          .method = own ? own->method : method_of(r, line->method),
                          .weight = line->weight,
                          .has_target = line->has_target,
                          .target = line->target,
                          .lower = line->comparison == TARGET_AT_MOST ||
                                   (line->indicator && line->indicator->direction == PACK_LOWER) };
        TRY(assess_group(r, str_c(key), &p.group));
        TRY(target_series(y, letter, line, december, r->arena, &series, &n));
        if (n == 0) { /* in words: people give the points */
                TRY(feel_unknown(r->arena, p.title.zh, &p.actual));
                for (size_t i = 0; i < PACK_LINE_SLOTS; i++)
                        p.in[i] = feel_null();
                p.in[PACK_LINE_ACTUAL] = p.actual;
                p.in[PACK_LINE_WEIGHT] = feel_number(p.weight);
        } else {
                FeelValue *colours = arena_array_of(r->arena, FeelValue, n);
                if (!colours)
                        return ST_NOMEM;
                for (size_t i = 0; i + 1 < n; i++)
                        colours[i] = feel_string(str_c(target_light_name(series[i].light)));
                FeelValue previous = feel_list(colours, n - 1);
                p.actual = series[n - 1].actual;
                p.period = series[n - 1].period;
                TRY(target_inputs(&series[n - 1], NULL, letter->unit, &previous, r->arena, p.in));
        }
        *ret = p;
        return ST_OK;
}

static Status unit_row(AssessRun *r, TargetYear *y, const PackUnit *unit, const TargetLetter *letter, AssessRow *ret)
{
        const PackAssessment *a = r->assessment;
        size_t n = (letter ? letter->count : 0) + a->line_count;
        AssessRow row = { .subject = unit->code,
                          .name = unit->title,
                          .unit = unit,
                          .letter = letter ? letter->version : 0,
                          .points = arena_array_of(r->arena, AssessPoint, n + 1) };
        if (!row.points)
                return ST_NOMEM;
        for (size_t i = 0; letter && i < letter->count; i++)
                TRY(unit_point(r, y, letter, &letter->lines[i], NULL, &row.points[row.count++]));
        for (size_t i = 0; i < a->line_count; i++) {
                const PackAssessLine *own = &a->lines[i];
                TargetLine *line = arena_new_of(r->arena, TargetLine);
                TargetLetter *none = arena_new_of(r->arena, TargetLetter);
                if (!line || !none)
                        return ST_NOMEM;
                *line = (TargetLine){ .indicator = own->indicator,
                                      .has_target = own->has_target,
                                      .target = own->target,
                                      .weight = own->weight,
                                      .course = TARGET_RATE }; /* a standard is a standard at any time */
                if (!own->has_target) { /* judged among the others alone */
                        line->has_target = true;
                        line->target = dec_from_i64(1);
                }
                *none = (TargetLetter){ .unit = unit, .year = r->year, .lines = line, .count = 1 };
                AssessPoint *p = &row.points[row.count++];
                TRY(unit_point(r, y, none, line, own, p));
                p->has_target = own->has_target;
        }
        *ret = row;
        return ST_OK;
}

/* Units that signed a letter; and, where the pack gives lines of its own, all units of the kind. */
Status assess_unit_rows(AssessRun *r)
{
        const TargetLetter *letters;
        size_t n;
        TargetYear *y = target_year_new(r->book, r->pack, r->year);
        Status st = y ? target_year_letters(y, &letters, &n) : ST_NOMEM;
        const PackUnit **units = arena_array_of(r->arena, const PackUnit *, r->pack->unit_count + 1);
        r->rows = arena_array_of(r->arena, AssessRow, r->pack->unit_count + 1);
        if (!units || !r->rows)
                st = ST_NOMEM;
        size_t count = st == ST_OK ? pack_units_of(r->pack, r->assessment->units, NULL, (Date){ r->year, 12, 31 },
                                                   units, r->pack->unit_count)
                                   : 0;
        for (size_t i = 0; i < count && st == ST_OK; i++) {
                const TargetLetter *letter = NULL;
                for (size_t k = 0; k < n; k++)
                        if (letters[k].unit == units[i] && r->assessment->letters)
                                letter = &letters[k];
                if (!letter && r->assessment->line_count == 0)
                        continue;
                st = unit_row(r, y, units[i], letter, &r->rows[r->count]);
                r->count += st == ST_OK;
        }
        /* What the rows hold of figures is by value; unknown names live in the year's arena, so copy them. */
        for (size_t i = 0; i < r->count && st == ST_OK; i++)
                for (size_t k = 0; k < r->rows[i].count && st == ST_OK; k++) {
                        AssessPoint *p = &r->rows[i].points[k];
                        st = feel_copy(r->arena, &p->actual, &p->actual);
                        for (size_t s = 0; s < PACK_LINE_SLOTS && st == ST_OK; s++)
                                st = feel_copy(r->arena, &p->in[s], &p->in[s]);
                }
        target_year_free(y);
        return st;
}

/* ---- records ---- */

/* The records, and of a child register whose they are. */
typedef struct Records {
        RegisterTable table, parents;
        Map parent_row;                 /* key -> row of parents + 1 */
        FeelValue record, parent;       /* the one at hand; parent null: none */
} Records;

static Status record_value(AssessRun *r, const PackExpr *e, const Records *at, FeelValue *ret)
{
        const PackRegister *reg = r->assessment->reg;
        size_t n = feel_scope_len(reg->scope);
        FeelValue *in = arena_array_of(feel_exec_arena(r->exec), FeelValue, n + 1);
        if (!in)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                in[i] = feel_null();
        for (size_t i = 0; i < reg->field_count && i < n; i++) {
                const FeelValue *v = feel_context_get(&at->record, reg->fields[i].name);
                in[i] = v ? *v : feel_null();
        }
        size_t parent = pack_register_slot(reg, PACK_SLOT_PARENT);
        if (parent < n)
                in[parent] = at->parent;
        return feel_eval(r->exec, e->program, in, n, ret);
}

static Status record_point(AssessRun *r, const PackAssessLine *line, const Records *at, Str label, AssessPoint *ret)
{
        AssessPoint p = { .name = line->name,
                          .title = line->title,
                          .method = line->method,
                          .weight = line->weight,
                          .has_target = line->has_target,
                          .target = line->target };
        FeelValue v;
        TRY(assess_group(r, line->name, &p.group));
        TRY(record_value(r, &line->value, at, &v));
        if (feel_is(&v, FEEL_NUMBER)) {
                p.actual = v;
        } else {
                char *name = arena_printf(r->arena, "%.*s %.*s", STR_FMT(label), STR_FMT(line->title.zh));
                if (!name)
                        return ST_NOMEM;
                TRY(feel_unknown(r->arena, str_c(name), &p.actual));
        }
        for (size_t i = 0; i < PACK_LINE_SLOTS; i++)
                p.in[i] = feel_null();
        p.in[PACK_LINE_ACTUAL] = p.in[PACK_LINE_PROGRESS] = p.actual;
        if (p.has_target) {
                p.in[PACK_LINE_TARGET] = feel_number(p.target);
                if (feel_is(&p.actual, FEEL_NUMBER) && !dec_is_zero(p.target)) {
                        p.in[PACK_LINE_PROGRESS] = feel_number(dec_div(p.actual.number, p.target));
                        p.in[PACK_LINE_MET] = feel_bool(dec_cmp(p.actual.number, p.target) >= 0);
                }
        }
        p.in[PACK_LINE_SHARE] = feel_i64(1);
        p.in[PACK_LINE_WEIGHT] = feel_number(p.weight);
        p.in[PACK_LINE_LATE] = feel_bool(false);
        p.in[PACK_LINE_MONTH] = feel_i64(12);
        p.in[PACK_LINE_PREVIOUS] = feel_list(NULL, 0);
        *ret = p;
        return ST_OK;
}

/* Does the record belong to the year?  Of a periodic register those of the year, of others all. */
static bool of_year(const AssessRun *r, const FeelValue *record)
{
        const PackRegister *reg = r->assessment->reg;
        const FeelValue *v = reg->periodic ? feel_context_get(record, reg->period_field->name) : NULL;
        int64_t year;
        Period p;
        if (!reg->periodic)
                return true;
        if (v && feel_is(v, FEEL_NUMBER))
                return dec_to_i64(v->number, &year) && year == r->year;
        return v && feel_is(v, FEEL_STRING) && period_parse(v->string, &p) == ST_OK && p.year == r->year;
}

static Status record_row(AssessRun *r, const Records *all, size_t at, AssessRow *ret)
{
        const PackAssessment *a = r->assessment;
        const PackRegister *reg = a->reg;
        const RegisterTable *t = &all->table;
        bool owned = feel_is(&all->parent, FEEL_CONTEXT);
        const FeelValue *label = owned ? feel_context_get(&all->parent, reg->parent->label->name)
                                       : feel_context_get(&all->record, reg->label->name);
        Str subject = t->owner && t->owner[at].ptr && reg->periodic ? t->owner[at] : t->key[at];
        Str name = label && feel_is(label, FEEL_STRING) ? label->string : subject;
        AssessRow row = { .subject = subject,
                          .name = { arena_str(r->arena, name), STR("") },
                          .unit = t->unit[at].len ? pack_unit(r->pack, t->unit[at]) : NULL,
                          .points = arena_array_of(r->arena, AssessPoint, a->line_count + 1) };
        if (!row.points || !row.name.zh.ptr)
                return ST_NOMEM;
        for (size_t i = 0; i < a->line_count; i++)
                TRY(record_point(r, &a->lines[i], all, row.name.zh, &row.points[row.count++]));
        *ret = row;
        return ST_OK;
}

static Status load_parents(AssessRun *r, Records *all)
{
        const PackRegister *parent = r->assessment->reg->parent;
        if (!parent)
                return ST_OK;
        TRY(register_table_load(r->tx, r->pack, parent, NULL, 0, NULL, NULL, r->arena, &all->parents));
        for (size_t i = 0; i < all->parents.rows; i++)
                TRY(map_put(&all->parent_row, all->parents.key[i], (void *)(uintptr_t)(i + 1)));
        return ST_OK;
}

static Status one_record(AssessRun *r, Records *all, size_t at)
{
        const PackAssessment *a = r->assessment;
        FeelValue takes_part = feel_bool(true);
        feel_exec_reset(r->exec);
        TRY(register_table_row(&all->table, at, feel_exec_arena(r->exec), &all->record));
        if (!of_year(r, &all->record))
                return ST_OK;
        all->parent = feel_null();
        uintptr_t row = all->table.owner && all->table.owner[at].ptr
                                ? (uintptr_t)map_get(&all->parent_row, all->table.owner[at])
                                : 0;
        if (row)
                TRY(register_table_row(&all->parents, row - 1, feel_exec_arena(r->exec), &all->parent));
        if (a->where.text.len)
                TRY(record_value(r, &a->where, all, &takes_part));
        return feel_is_true(&takes_part) ? record_row(r, all, at, &r->rows[r->count++]) : ST_OK;
}

Status assess_record_rows(AssessRun *r)
{
        Records all = { .parent_row = MAP_INIT(RECORDS_MAX * 10) };
        TRY(register_table_load(r->tx, r->pack, r->assessment->reg, NULL, 0, NULL, NULL, r->arena, &all.table));
        if (all.table.rows > RECORDS_MAX)
                return diag_fail(r->diag, ST_LIMIT, POS_NONE, "一次考核至多 %d 条记录",
                                 "an assessment has at most %d records", RECORDS_MAX);
        r->rows = arena_array_of(r->arena, AssessRow, all.table.rows + 1);
        Status st = r->rows ? load_parents(r, &all) : ST_NOMEM;
        for (size_t i = 0; i < all.table.rows && st == ST_OK; i++)
                st = one_record(r, &all, i);
        map_release(&all.parent_row);
        return st;
}
