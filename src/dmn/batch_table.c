/* batch_table.c -- decision tables over columns.
 *
 * Each cell becomes, for the kind and scale of its column, a union of closed ranges of
 * 64-bit integers (numbers are scaled, days counted, truth is 0 and 1), and strings
 * become the number of the value among those that the column's cells name, so that a
 * rule is a handful of comparisons a row without a branch.  What a rule puts out is
 * computed for the rows that chose it.
 *
 * A cell over an UNKNOWN input makes its rule a maybe for that row, unless another cell
 * says no.  What hit.c asks of each maybe (could it change the answer?) is asked here
 * too, and the row misses what those that could miss.  Two hits where the policy has
 * something to say about them (U, A), and maybes of other policies than U and F, leave
 * the row to the scalar executor. */
#include "dmn/batch_int.h"
#include "dmn/link_int.h"

enum { MAX_RULES = 60000, MAX_SCALE = 18 };

typedef struct Range {
        int64_t low, high;
} Range;

/* What a cell says of an UNKNOWN value: no, yes, UNKNOWN for the same reason, or something else. */
enum { UNKNOWN_NO, UNKNOWN_YES, UNKNOWN_SAME, UNKNOWN_OTHER };

typedef struct ColumnCell {
        bool all;                       /* true of every value, null too */
        Range *ranges;                  /* NULL: ask the geometry, value by value */
        size_t len;
        const DmnGeometry *geometry;
        uint8_t null_result;
        uint8_t unknown_result;
        uint8_t word;                   /* the one word it takes; DMN_NO_WORD: see accepts */
        uint8_t *accepts;               /* of each word and of DMN_NO_WORD; NULL: no words */
} ColumnCell;

/* The strings that the cells of a column name. */
typedef struct Words {
        Str *values;
        DmnKey *keys;
        size_t len;
        bool usable;                    /* all cells name single strings, and not too many */
        const DmnType *mapped;          /* the type whose numbers `map` turns into these */
        uint8_t map[DMN_NO_WORD + 1];
        uint8_t codes[DMN_CHUNK];       /* of the chunk's rows */
} Words;

/* A rule that may hit a row. */
typedef struct Maybe {
        uint64_t causes;
        uint32_t rule;
        uint16_t row;
} Maybe;

struct DmnTablePlan {
        const DmnTable *t;
        Arena *arena;
        DmnColumnProgram *inputs;
        DmnColumnProgram *formulas;     /* of cells without geometry: [rule * input_count + column] */
        DmnColumnProgram *outs;         /* [rule * output_count + output] */
        DmnColumnProgram *fallbacks;
        FeelColumn *columns;            /* of the inputs, this chunk */
        FeelColumn *cells_for;          /* kinds and scales the cells are made for */
        ColumnCell *cells;              /* [rule * input_count + column] */
        ColumnCell *allowed;            /* of the input columns */
        Words *words;                   /* of the input columns */
        uint8_t *null_results, *unknown_results;        /* of the cells */
        bool nulls_known;
        uint32_t *order;                /* rules, the one that wins first */
        size_t *hits;                   /* [0]: rows without a rule; [r + 1]: rows rule r was chosen for */
        size_t *starts;                 /* in picks, of the same; after find_hits: the ends */
        uint8_t yes[DMN_CHUNK], taken[DMN_CHUNK];
        uint32_t picks[DMN_CHUNK];      /* the rows by rule */
        uint16_t which[DMN_CHUNK];      /* rule + 1; 0: none */
        uint16_t **missing;             /* by input column: rows of the chunk that are UNKNOWN; NULL: none ever was */
        size_t *missing_count;
        uint64_t maybe[DMN_CHUNK];      /* what the rule at hand misses; all 0 between rules */
        bool any_maybe;                 /* some of it is not */
        uint8_t saved[DMN_CHUNK];
        Maybe *maybes;                  /* in the exec's arena */
        size_t maybe_count, maybe_cap;
        uint64_t causes[DMN_CHUNK];     /* by row: the answer is UNKNOWN, and what it misses */
        bool any_causes;
};

/* ---- planning ---- */

static bool has_plan(const DmnTable *t)
{
        if (t->hit != HIT_UNIQUE && t->hit != HIT_FIRST && t->hit != HIT_ANY && t->hit != HIT_PRIORITY)
                return false;
        if (t->rule_count == 0 || t->rule_count > MAX_RULES)
                return false;
        for (size_t i = 0; i < t->input_count; i++)
                if (t->inputs[i].allowed && !t->inputs[i].allowed_geometry)
                        return false;
        for (size_t r = 0; r < t->rule_count; r++) {
                for (size_t i = 0; i < t->input_count; i++)
                        if (!t->rules[r].cells[i].geometry && !t->rules[r].cells[i].program)
                                return false;
                for (size_t k = 0; k < t->output_count; k++) {
                        const DmnOutCell *c = &t->rules[r].outs[k];
                        bool constant = c->program && feel_program_constant(c->program);
                        if (t->hit == HIT_PRIORITY && !constant)
                                return false;
                        if (t->outputs[k].allowed && !constant)
                                return false;
                }
        }
        return true;
}

static size_t rank_of(const DmnTable *t, size_t rule, size_t k)
{
        const DmnOutClause *o = &t->outputs[k];
        const FeelValue *v = feel_program_constant(t->rules[rule].outs[k].program);
        for (size_t i = 0; i < o->value_count; i++)
                if (feel_equal(&o->values[i], v) == FEEL_TRUE)
                        return i;
        return o->value_count;
}

static bool stands_before(const DmnTable *t, size_t a, size_t b)
{
        for (size_t k = 0; k < t->output_count; k++) {
                size_t p = rank_of(t, a, k), q = rank_of(t, b, k);
                if (p != q)
                        return p < q;
        }
        return false;
}

static void order_rules(DmnTablePlan *p)
{
        for (size_t r = 0; r < p->t->rule_count; r++) {
                size_t at = r;
                for (; p->t->hit == HIT_PRIORITY && at > 0 && stands_before(p->t, r, p->order[at - 1]); at--)
                        p->order[at] = p->order[at - 1];
                p->order[at] = (uint32_t)r;
        }
}

static Status add_words(DmnTablePlan *p, Words *w, const DmnGeometry *g)
{
        if (!g || g->any)
                return ST_OK;
        for (size_t i = 0; i < g->len && w->usable; i++) {
                if (!g->items[i].point || !feel_is(&g->items[i].low, FEEL_STRING)) {
                        w->usable = false;
                        return ST_OK;
                }
                Str s = g->items[i].low.string;
                size_t k = 0;
                while (k < w->len && !str_eq(w->values[k], s))
                        k++;
                if (k < w->len)
                        continue;
                if (!w->values) {
                        w->values = arena_array_of(p->arena, Str, DMN_MAX_WORDS);
                        w->keys = arena_array_of(p->arena, DmnKey, DMN_MAX_WORDS);
                        if (!w->values || !w->keys)
                                return ST_NOMEM;
                }
                w->usable = w->len < DMN_MAX_WORDS;
                if (!w->usable)
                        return ST_OK;
                w->values[w->len] = s;
                w->keys[w->len++] = dmn_key(s);
        }
        return ST_OK;
}

static Status collect_words(DmnTablePlan *p, size_t column)
{
        Words *w = &p->words[column];
        w->usable = true;
        TRY(add_words(p, w, p->t->inputs[column].allowed_geometry));
        for (size_t r = 0; r < p->t->rule_count; r++)
                TRY(add_words(p, w, p->t->rules[r].cells[column].geometry));
        return ST_OK;
}

void dmn_table_plan_free(DmnTablePlan *p)
{
        if (!p)
                return;
        for (size_t i = 0; p->inputs && i < p->t->input_count; i++)
                dmn_column_program_free(&p->inputs[i]);
        for (size_t i = 0; p->formulas && i < p->t->rule_count * p->t->input_count; i++)
                dmn_column_program_free(&p->formulas[i]);
        for (size_t i = 0; p->outs && i < p->t->rule_count * p->t->output_count; i++)
                dmn_column_program_free(&p->outs[i]);
        for (size_t i = 0; p->fallbacks && i < p->t->output_count; i++)
                dmn_column_program_free(&p->fallbacks[i]);
        arena_free(p->arena);
        mem_free(p);
}

Status dmn_table_plan(const DmnTable *t, DmnTablePlan **ret)
{
        *ret = NULL;
        if (!has_plan(t))
                return ST_OK;
        DmnTablePlan *p = mem_calloc(1, sizeof(*p));
        if (!p)
                return ST_NOMEM;
        p->t = t;
        p->arena = arena_new((size_t)256 << 20);
        size_t rules = t->rule_count, ins = t->input_count, outs = t->output_count;
        if (p->arena) {
                p->inputs = arena_array_of(p->arena, DmnColumnProgram, ins);
                p->formulas = arena_array_of(p->arena, DmnColumnProgram, rules * ins);
                p->outs = arena_array_of(p->arena, DmnColumnProgram, rules * outs);
                p->fallbacks = arena_array_of(p->arena, DmnColumnProgram, outs);
                p->columns = arena_array_of(p->arena, FeelColumn, ins);
                p->cells_for = arena_array_of(p->arena, FeelColumn, ins);
                p->cells = arena_array_of(p->arena, ColumnCell, rules * ins);
                p->allowed = arena_array_of(p->arena, ColumnCell, ins);
                p->words = arena_array_of(p->arena, Words, ins);
                p->null_results = arena_array_of(p->arena, uint8_t, rules * ins);
                p->unknown_results = arena_array_of(p->arena, uint8_t, rules * ins);
                p->missing = arena_array_of(p->arena, uint16_t *, ins);
                p->missing_count = arena_array_of(p->arena, size_t, ins);
                p->order = arena_array_of(p->arena, uint32_t, rules);
                p->hits = arena_array_of(p->arena, size_t, rules + 1);
                p->starts = arena_array_of(p->arena, size_t, rules + 1);
        }
        if (!p->arena || !p->inputs || !p->formulas || !p->outs || !p->fallbacks || !p->columns || !p->cells_for ||
            !p->cells || !p->allowed || !p->words || !p->null_results || !p->unknown_results || !p->missing ||
            !p->missing_count || !p->order || !p->hits || !p->starts) {
                dmn_table_plan_free(p);
                return ST_NOMEM;
        }
        Status st = ST_OK;
        for (size_t i = 0; i < ins && st == ST_OK; i++) {
                p->inputs[i].program = t->inputs[i].program;
                p->cells_for[i].kind = FEEL_COL_VALUE;
                st = collect_words(p, i);
        }
        if (st != ST_OK) {
                dmn_table_plan_free(p);
                return st;
        }
        for (size_t r = 0; r < rules; r++)
                for (size_t i = 0; i < ins; i++)
                        if (!t->rules[r].cells[i].geometry)
                                p->formulas[r * ins + i].program = t->rules[r].cells[i].program;
        for (size_t r = 0; r < rules; r++)
                for (size_t k = 0; k < outs; k++)
                        p->outs[r * outs + k].program = t->rules[r].outs[k].program;
        for (size_t k = 0; k < outs; k++)
                p->fallbacks[k].program = t->outputs[k].fallback.program;
        order_rules(p);
        *ret = p;
        return ST_OK;
}

/* ---- cells for the kinds of the columns ---- */

/* The least (up) or greatest (!up) scaled integer on that side of the end. */
static int64_t bound(Dec end, int scale, bool closed, bool up)
{
        Dec scaled = dec_mul(end, dec_pow(dec_from_i64(10), dec_from_i64(scale)));
        Dec whole = dec_round(scaled, 0, up ? DEC_CEILING : DEC_FLOOR);
        int64_t v;
        if (!dec_to_i64(whole, &v))
                return dec_is_negative(end) ? INT64_MIN : INT64_MAX;
        if (dec_eq(whole, scaled) && !closed)
                v = up ? (v == INT64_MAX ? v : v + 1) : (v == INT64_MIN ? v : v - 1);
        return v;
}

static Range number_range(const DmnInterval *in, int scale)
{
        Range r = { INT64_MIN, INT64_MAX };
        if (feel_is(&in->low, FEEL_NUMBER))
                r.low = bound(in->low.number, scale, in->low_closed, true);
        if (feel_is(&in->high, FEEL_NUMBER))
                r.high = bound(in->high.number, scale, in->high_closed, false);
        /* Beyond what 64 bits hold: nothing there, or everything. */
        if (r.low == INT64_MAX && feel_is(&in->low, FEEL_NUMBER) &&
            dec_cmp(in->low.number, dec_from_scaled(INT64_MAX, scale)) > 0)
                r.high = INT64_MIN;
        if (r.high == INT64_MIN && feel_is(&in->high, FEEL_NUMBER) &&
            dec_cmp(in->high.number, dec_from_scaled(INT64_MIN, scale)) < 0)
                r.low = INT64_MAX;
        return r;
}

static Range day_range(const DmnInterval *in)
{
        Range r = { INT64_MIN, INT64_MAX };
        if (feel_is(&in->low, FEEL_DATE))
                r.low = date_to_days(in->low.date) + !in->low_closed;
        if (feel_is(&in->high, FEEL_DATE))
                r.high = date_to_days(in->high.date) - !in->high_closed;
        return r;
}

static Status word_cell(DmnTablePlan *p, const Words *w, const DmnGeometry *g, ColumnCell *ret)
{
        ret->accepts = arena_array_of(p->arena, uint8_t, DMN_NO_WORD + 1);
        if (!ret->accepts)
                return ST_NOMEM;
        memset(ret->accepts, g->negated, DMN_NO_WORD + 1);
        for (size_t i = 0; i < g->len; i++)
                for (size_t k = 0; k < w->len; k++)
                        if (str_eq(w->values[k], g->items[i].low.string)) {
                                ret->accepts[k] = !g->negated;
                                ret->word = g->len == 1 && !g->negated ? (uint8_t)k : DMN_NO_WORD;
                        }
        return ST_OK;
}

static Status cell_for(DmnTablePlan *p, const Words *w, const DmnGeometry *g, const FeelColumn *c, ColumnCell *ret)
{
        *ret = (ColumnCell){ .geometry = g, .all = g->any, .word = DMN_NO_WORD };
        if (!g->any && c->kind == FEEL_COL_STR && w->usable)
                return word_cell(p, w, g, ret);
        bool fits = (c->kind == FEEL_COL_SCALED && g->kind == FEEL_NUMBER) ||
                    (c->kind == FEEL_COL_DATE && g->kind == FEEL_DATE) ||
                    (c->kind == FEEL_COL_BOOL && g->kind == FEEL_BOOLEAN);
        if (g->any || !fits)
                return ST_OK;
        ret->len = g->len;
        ret->ranges = arena_array_of(p->arena, Range, g->len);
        if (!ret->ranges)
                return ST_NOMEM;
        for (size_t i = 0; i < g->len; i++) {
                const DmnInterval *in = &g->items[i];
                if (c->kind == FEEL_COL_SCALED)
                        ret->ranges[i] = number_range(in, c->scale);
                else if (c->kind == FEEL_COL_DATE)
                        ret->ranges[i] = day_range(in);
                else
                        ret->ranges[i] = (Range){ in->low.boolean, in->low.boolean };
        }
        return ST_OK;
}

static uint8_t unknown_result(const FeelValue *answer, const FeelValue *unknown)
{
        if (feel_is(answer, FEEL_UNKNOWN))
                return answer->unknown.len == 1 && str_eq(answer->unknown.names[0], unknown->unknown.names[0])
                               ? UNKNOWN_SAME
                               : UNKNOWN_OTHER;
        return feel_is_true(answer) ? UNKNOWN_YES : UNKNOWN_NO;
}

static Status null_results(DmnBatch *b, DmnTablePlan *p)
{
        const DmnTable *t = p->t;
        FeelValue null = feel_null(), unknown, answer;
        TRY(feel_unknown(feel_exec_arena(b->x), STR("?"), &unknown));
        for (size_t r = 0; r < t->rule_count; r++) {
                for (size_t i = 0; i < t->input_count; i++) {
                        const DmnCell *c = &t->rules[r].cells[i];
                        uint8_t *out = &p->null_results[r * t->input_count + i];
                        if (!c->geometry)
                                continue;
                        *out = c->geometry->any;
                        p->unknown_results[r * t->input_count + i] = c->geometry->any ? UNKNOWN_YES : UNKNOWN_NO;
                        if (c->geometry->any || !c->program)
                                continue;
                        TRY(feel_eval_unary_tests(b->x, c->program, &null, NULL, 0, &answer));
                        *out = feel_is_true(&answer);
                        TRY(feel_eval_unary_tests(b->x, c->program, &unknown, NULL, 0, &answer));
                        p->unknown_results[r * t->input_count + i] = unknown_result(&answer, &unknown);
                }
        }
        p->nulls_known = true;
        return ST_OK;
}

static Status prepare_cells(DmnBatch *b, DmnTablePlan *p)
{
        const DmnTable *t = p->t;
        size_t ins = t->input_count;
        if (!p->nulls_known)
                TRY(null_results(b, p));
        for (size_t i = 0; i < ins; i++) {
                const FeelColumn *c = &p->columns[i];
                if (p->cells_for[i].kind == c->kind && p->cells_for[i].scale == c->scale)
                        continue;
                for (size_t r = 0; r < t->rule_count; r++) {
                        ColumnCell *cell = &p->cells[r * ins + i];
                        if (!t->rules[r].cells[i].geometry)
                                continue;
                        TRY(cell_for(p, &p->words[i], t->rules[r].cells[i].geometry, c, cell));
                        cell->null_result = p->null_results[r * ins + i];
                        cell->unknown_result = p->unknown_results[r * ins + i];
                }
                if (t->inputs[i].allowed)
                        TRY(cell_for(p, &p->words[i], t->inputs[i].allowed_geometry, c, &p->allowed[i]));
                p->allowed[i].null_result = 1;
                p->allowed[i].unknown_result = UNKNOWN_YES;
                p->cells_for[i] = *c;
        }
        return ST_OK;
}

/* ---- testing ---- */

static bool in_ranges(const ColumnCell *cell, int64_t v)
{
        bool in = false;
        for (size_t k = 0; k < cell->len; k++)
                in |= (v >= cell->ranges[k].low) & (v <= cell->ranges[k].high);
        return in != cell->geometry->negated;
}

/* yes[i] &= the cell holds for row i. */
static Status test_cell(DmnBatch *b, const ColumnCell *cell, const FeelColumn *c, const Words *w, uint8_t *restrict yes)
{
        size_t n = b->n;
        uint8_t when_null = cell->null_result;
        if (cell->all)
                return ST_OK;
        if (cell->accepts) {
                const uint8_t *restrict codes = w->codes, *restrict accepts = cell->accepts;
                uint8_t word = cell->word;
                if (c->null)
                        for (size_t i = 0; i < n; i++)
                                yes[i] &= c->null[i] ? when_null : accepts[codes[i]];
                else if (word != DMN_NO_WORD)
                        for (size_t i = 0; i < n; i++)
                                yes[i] &= (uint8_t)(codes[i] == word);
                else
                        for (size_t i = 0; i < n; i++)
                                yes[i] &= accepts[codes[i]];
                return ST_OK;
        }
        if (!cell->ranges) {
                for (size_t i = 0; i < n; i++) {
                        if (!yes[i] || b->odd[i] || (c->unknown && c->unknown[i]))
                                continue;
                        FeelValue v;
                        if (c->null && c->null[i]) {
                                yes[i] = when_null;
                                continue;
                        }
                        TRY(feel_column_get(feel_exec_arena(b->x), c, i, &v));
                        int holds = dmn_geometry_holds(cell->geometry, &v);
                        if (holds < 0)
                                b->odd[i] = 1;
                        yes[i] = holds > 0;
                }
                return ST_OK;
        }
        if (c->kind == FEEL_COL_SCALED && cell->len == 1 && !cell->geometry->negated) {
                const int64_t *restrict v = c->scaled;
                int64_t low = cell->ranges[0].low, high = cell->ranges[0].high;
                if (!c->null)
                        for (size_t i = 0; i < n; i++)
                                yes[i] &= (uint8_t)((v[i] >= low) & (v[i] <= high));
                else
                        for (size_t i = 0; i < n; i++)
                                yes[i] &= (uint8_t)(c->null[i] ? when_null : (v[i] >= low) & (v[i] <= high));
                return ST_OK;
        }
        for (size_t i = 0; i < n; i++) {
                int64_t v = c->kind == FEEL_COL_SCALED ? c->scaled[i]
                            : c->kind == FEEL_COL_DATE ? c->days[i]
                                                       : c->boolean[i];
                yes[i] &= c->null && c->null[i] ? when_null : in_ranges(cell, v);
        }
        return ST_OK;
}

/* The same, and what the cell says of UNKNOWN rows: theirs is not in the data. */
static Status test_column(DmnBatch *b, DmnTablePlan *p, size_t i, const ColumnCell *cell)
{
        const FeelColumn *c = &p->columns[i];
        const uint16_t *rows = p->missing[i];
        size_t n = p->missing_count[i];
        for (size_t k = 0; k < n; k++)
                p->saved[k] = p->yes[rows[k]];
        TRY(test_cell(b, cell, c, &p->words[i], p->yes));
        for (size_t k = 0; k < n && !cell->all; k++) {
                size_t row = rows[k];
                p->yes[row] = p->saved[k] & (cell->unknown_result != UNKNOWN_NO);
                b->odd[row] |= p->yes[row] & (cell->unknown_result == UNKNOWN_OTHER);
                if (p->yes[row] && cell->unknown_result == UNKNOWN_SAME) {
                        p->maybe[row] |= c->causes[row];
                        p->any_maybe = true;
                }
        }
        return ST_OK;
}

static Status find_missing(const DmnBatch *b, DmnTablePlan *p)
{
        for (size_t i = 0; i < p->t->input_count; i++) {
                const FeelColumn *c = &p->columns[i];
                p->missing_count[i] = 0;
                if (!c->unknown)
                        continue;
                if (!p->missing[i])
                        p->missing[i] = arena_array_of(p->arena, uint16_t, DMN_CHUNK);
                if (!p->missing[i])
                        return ST_NOMEM;
                for (size_t k = 0; k < b->n; k++)
                        if (c->unknown[k])
                                p->missing[i][p->missing_count[i]++] = (uint16_t)k;
        }
        return ST_OK;
}

/* The rows have been numbered by the values of their type: from those numbers to the words'. */
static void map_words(const DmnBatch *b, Words *w, const DmnNode *from)
{
        const DmnType *type = from->coded_by;
        if (w->mapped != type) {
                memset(w->map, DMN_NO_WORD, sizeof(w->map));
                for (size_t i = 0; i < type->value_count; i++)
                        for (size_t k = 0; k < w->len; k++)
                                if (feel_is(&type->values[i], FEEL_STRING) &&
                                    str_eq(type->values[i].string, w->values[k]))
                                        w->map[i] = (uint8_t)k;
                w->mapped = type;
        }
        const uint8_t *restrict codes = from->codes;
        for (size_t i = 0; i < b->n; i++)
                w->codes[i] = w->map[codes[i]];
}

static void code_words(const DmnBatch *b, Words *w, const FeelColumn *c)
{
        for (size_t i = 0; i < b->n; i++) {
                uint8_t code = DMN_NO_WORD;
                if (!dmn_is_missing(c, i)) {
                        DmnKey key = dmn_key(c->str[i]);
                        for (size_t k = 0; k < w->len; k++) {
                                if (dmn_key_is(&key, &w->keys[k], c->str[i], w->values[k])) {
                                        code = (uint8_t)k;
                                        break;
                                }
                        }
                }
                w->codes[i] = code;
        }
}

static const DmnNode *numbered(const DmnBatch *b, const DmnNode *node, const DmnColumn *c)
{
        if (!c->has_slot || node->from[c->slot] == SIZE_MAX)
                return NULL;
        const DmnNode *from = &b->nodes[node->from[c->slot]];
        return from->coded_by ? from : NULL;
}

/* first[k]: the rule is the first that row k hits; taken[k]: some rule was. */
static void take_rows(uint8_t *restrict taken, const uint8_t *restrict yes, uint8_t *restrict odd,
                      uint16_t *restrict which, uint16_t name, uint8_t two_matter, size_t n)
{
        uint8_t first[DMN_CHUNK];
        for (size_t k = 0; k < n; k++) {
                first[k] = (uint8_t)(yes[k] & ~taken[k]);
                odd[k] = (uint8_t)(odd[k] | (yes[k] & taken[k] & two_matter));
                taken[k] = (uint8_t)(taken[k] | yes[k]);
        }
        for (size_t k = 0; k < n; k++)
                which[k] = (uint16_t)(which[k] | (first[k] * name));
}

/* A cell that is a formula (`> last year`): its tests over the columns. */
static Status test_formula(DmnBatch *b, const DmnNode *node, DmnTablePlan *t, DmnColumnProgram *p, const FeelColumn *c)
{
        FeelColumn answer;
        uint8_t *restrict yes = t->yes;
        if (!memchr(yes, 1, b->n))
                return ST_OK;           /* no row is left */
        if (!p->batch)
                TRY(feel_batch_new(p->program, node->frame, node->e->env.len, &p->batch));
        TRY(feel_batch_unary_tests(p->batch, b->x, c, node->frame, node->e->env.len, NULL, b->n, &answer));
        TRY(dmn_column_typed(b, &answer));
        TRY(dmn_column_causes(b, &answer, NULL, b->n));
        if (answer.kind == FEEL_COL_BOOL && !answer.null && !answer.unknown) {
                for (size_t i = 0; i < b->n; i++)
                        yes[i] &= answer.boolean[i];
                return ST_OK;
        }
        for (size_t i = 0; answer.kind == FEEL_COL_BOOL && i < b->n; i++) {
                if (!answer.unknown || !answer.unknown[i]) {
                        yes[i] &= answer.boolean[i] != 0 && !(answer.null && answer.null[i]);
                } else if (yes[i]) {
                        t->maybe[i] |= answer.causes[i];
                        t->any_maybe = true;
                }
        }
        for (size_t i = 0; answer.kind != FEEL_COL_BOOL && i < b->n; i++) {
                FeelValue v;
                uint64_t causes;
                TRY(feel_column_get(feel_exec_arena(b->x), &answer, i, &v));
                if (!feel_is(&v, FEEL_UNKNOWN)) {
                        yes[i] &= feel_is_true(&v);
                } else if (yes[i]) {
                        TRY(dmn_cause_bits(b, &v, &causes));
                        b->odd[i] |= (causes & DMN_CAUSE_LOST) != 0;
                        t->maybe[i] |= causes;
                        t->any_maybe = true;
                }
        }
        return ST_OK;
}

/* Rows for which the rule is a maybe: they are no hit. */
static Status take_maybes(DmnBatch *b, DmnTablePlan *p, size_t rule)
{
        DmnHit hit = p->t->hit;
        Arena *a = feel_exec_arena(b->x);
        for (size_t i = 0; i < b->n; i++) {
                if (!p->maybe[i])
                        continue;
                if (p->yes[i] && hit != HIT_UNIQUE && hit != HIT_FIRST)
                        b->odd[i] = 1;
                if (p->yes[i] && !b->odd[i] && !(hit == HIT_FIRST && p->taken[i])) {
                        if (arena_grow(a, (void **)&p->maybes, &p->maybe_cap, p->maybe_count + 1, sizeof(Maybe)) < 0)
                                return ST_NOMEM;
                        p->maybes[p->maybe_count++] = (Maybe){ p->maybe[i], (uint32_t)rule, (uint16_t)i };
                }
                p->yes[i] = 0;
                p->maybe[i] = 0;
        }
        p->any_maybe = false;
        return ST_OK;
}

/* ---- could a maybe change the answer? ---- */

enum { SAME, DIFFERS, NOT_SEEN };

static const FeelValue *constant_of(const DmnOutCell *c)
{
        static const FeelValue null = { .kind = FEEL_NULL };
        return c->program ? c->constant : &null;
}

/* What the rule puts out beside the answer of the hits; NOT_SEEN: that takes an evaluation. */
static int beside(const DmnTable *t, const DmnRule *r, size_t which)
{
        const DmnRule *now = which ? &t->rules[which - 1] : NULL;
        if (t->output_count > 1 && !now && !t->has_fallback)
                return DIFFERS;         /* a context, and null */
        bool seen = true;
        for (size_t k = 0; k < t->output_count; k++) {
                const FeelValue *a = constant_of(&r->outs[k]),
                                *b = constant_of(now ? &now->outs[k] : &t->outputs[k].fallback);
                if (!a || !b)
                        seen = false;
                else if (!(feel_is(a, FEEL_NULL) && feel_is(b, FEEL_NULL)) && feel_equal(a, b) != FEEL_TRUE)
                        return DIFFERS;
        }
        return seen ? SAME : NOT_SEEN;
}

static void misses(DmnTablePlan *p, const Maybe *m)
{
        p->causes[m->row] |= m->causes;
        p->any_causes = true;
}

/* No rule hits, nothing is put out then, and the one output of the maybe rule is computed: does it differ from null? */
static Status ask_outputs(DmnBatch *b, DmnNode *node, DmnTablePlan *p, const Maybe *const *maybes, size_t n)
{
        const DmnTable *t = p->t;
        uint32_t pick[DMN_CHUNK];
        FeelColumn c;
        for (size_t k = 0; k < n; k++)
                pick[k] = maybes[k]->row;
        TRY(dmn_column_eval(b, &p->outs[maybes[0]->rule], node->frame, node->e->env.len, pick, n, &c));
        const DmnType *type = t->outputs[0].type;
        bool fits = !type || (!type->constrained && dmn_column_fits(type->feel->kind, c.kind));
        for (size_t k = 0; k < n; k++) {
                FeelValue v;
                TRY(feel_column_get(feel_exec_arena(b->x), &c, k, &v));
                if (!fits && !feel_is(&v, FEEL_NULL) && !feel_is(&v, FEEL_UNKNOWN))
                        b->odd[pick[k]] = 1;
                else if (!feel_is(&v, FEEL_NULL))
                        misses(p, maybes[k]);
        }
        return ST_OK;
}

static Status judge_maybes(DmnBatch *b, DmnNode *node, DmnTablePlan *p)
{
        const DmnTable *t = p->t;
        const Maybe *asked[DMN_CHUNK];
        for (size_t i = 0, n = 0; i < p->maybe_count; i++) {
                const Maybe *m = &p->maybes[i];
                size_t which = p->which[m->row];
                int like = b->odd[m->row]                  ? SAME
                           : t->hit == HIT_UNIQUE && which ? DIFFERS
                                                           : beside(t, &t->rules[m->rule], which);
                if (like == DIFFERS)
                        misses(p, m);
                else if (like == NOT_SEEN && t->output_count == 1 && !which && !t->has_fallback)
                        asked[n++] = m;
                else if (like == NOT_SEEN)
                        b->odd[m->row] = 1;
                if (n && (i + 1 == p->maybe_count || p->maybes[i + 1].rule != m->rule)) {
                        TRY(ask_outputs(b, node, p, asked, n));
                        n = 0;
                }
        }
        return ST_OK;
}

static Status find_hits(DmnBatch *b, DmnNode *node, DmnTablePlan *p)
{
        const DmnTable *t = p->t;
        size_t n = b->n, ins = t->input_count;
        uint8_t two_matter = t->hit == HIT_UNIQUE || t->hit == HIT_ANY;
        memset(p->which, 0, sizeof(p->which));
        memset(p->taken, 0, sizeof(p->taken));
        if (p->any_causes)
                memset(p->causes, 0, sizeof(p->causes));
        p->any_causes = false;
        p->maybes = NULL;
        p->maybe_count = p->maybe_cap = 0;
        TRY(find_missing(b, p));
        for (size_t i = 0; i < ins; i++)
                if (p->columns[i].kind == FEEL_COL_STR && p->words[i].usable) {
                        const DmnNode *from = numbered(b, node, &t->inputs[i]);
                        if (from)
                                map_words(b, &p->words[i], from);
                        else
                                code_words(b, &p->words[i], &p->columns[i]);
                }
        for (size_t i = 0; i < ins; i++) {
                if (!t->inputs[i].allowed)
                        continue;
                memset(p->yes, 1, n);
                TRY(test_column(b, p, i, &p->allowed[i]));
                for (size_t k = 0; k < n; k++)
                        b->odd[k] |= !p->yes[k];
        }
        for (size_t o = 0; o < t->rule_count; o++) {
                size_t r = p->order[o];
                memset(p->yes, 1, n);
                for (size_t i = 0; i < ins; i++) {
                        DmnColumnProgram *formula = &p->formulas[r * ins + i];
                        if (formula->program)
                                TRY(test_formula(b, node, p, formula, &p->columns[i]));
                        else
                                TRY(test_column(b, p, i, &p->cells[r * ins + i]));
                }
                if (p->any_maybe)
                        TRY(take_maybes(b, p, r));
                take_rows(p->taken, p->yes, b->odd, p->which, (uint16_t)(r + 1), two_matter, n);
        }
        if (p->maybe_count)
                TRY(judge_maybes(b, node, p));
        memset(p->hits, 0, (t->rule_count + 1) * sizeof(size_t));
        size_t *at = p->starts, sum = 0;
        for (size_t k = 0; k < n; k++)
                p->hits[p->which[k]] += !b->odd[k];
        for (size_t r = 0; r <= t->rule_count; r++) {
                at[r] = sum;
                sum += p->hits[r];
        }
        for (size_t k = 0; k < n; k++)
                if (!b->odd[k])
                        p->picks[at[p->which[k]]++] = (uint32_t)k;
        return ST_OK;
}

/* ---- outputs ---- */

static const int64_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
        10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
        10000000000000000, 100000000000000000, 1000000000000000000 };

/* One value as a column that has it in every row (stride 0 is told by `single`). */
static Status constant_column(Arena *a, const FeelValue *v, FeelColumn *ret)
{
        FeelValue *copy = arena_alloc(a, sizeof(*copy));
        int64_t *scaled = arena_alloc(a, sizeof(*scaled));
        if (!copy || !scaled)
                return ST_NOMEM;
        *copy = *v;
        *ret = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = copy };
        if (feel_is(v, FEEL_STRING))
                *ret = (FeelColumn){ .kind = FEEL_COL_STR, .str = &copy->string };
        if (feel_is(v, FEEL_BOOLEAN)) {
                *(uint8_t *)scaled = v->boolean;
                *ret = (FeelColumn){ .kind = FEEL_COL_BOOL, .boolean = (const uint8_t *)scaled };
        }
        if (feel_is(v, FEEL_NUMBER)) {
                for (int s = 0; s <= MAX_SCALE; s++) {
                        if (dec_to_scaled(v->number, s, scaled)) {
                                *ret = (FeelColumn){ .kind = FEEL_COL_SCALED, .scale = s, .scaled = scaled };
                                return ST_OK;
                        }
                }
        }
        return ST_OK;
}

/* What a rule (or no rule) puts out, for the rows that chose it. */
typedef struct Part {
        FeelColumn column;              /* row i is row pick[i] of the chunk */
        bool single;                    /* one value for all rows */
        bool null;                      /* null in all rows */
        const uint32_t *pick;
        size_t len;
} Part;

/* which: 0 is no rule, r + 1 rule r. */
static Status part_of(DmnBatch *b, DmnNode *node, DmnTablePlan *p, size_t which, size_t k, Part *ret)
{
        const DmnTable *t = p->t;
        const DmnOutCell *cell = which == 0 ? &t->outputs[k].fallback : &t->rules[which - 1].outs[k];
        Arena *a = feel_exec_arena(b->x);
        const uint32_t *pick = p->picks + p->starts[which] - p->hits[which];
        *ret = (Part){ .single = true, .null = !cell->program, .pick = pick, .len = p->hits[which] };
        if (!cell->program || ret->len == 0)
                return ST_OK;
        const FeelValue *v = cell->constant;
        if (v) {
                ret->null = feel_is(v, FEEL_NULL);
                return constant_column(a, v, &ret->column);
        }
        ret->single = false;
        DmnColumnProgram *program = which == 0 ? &p->fallbacks[k] : &p->outs[(which - 1) * t->output_count + k];
        FeelColumn *c = &ret->column;
        TRY(dmn_column_eval(b, program, node->frame, node->e->env.len, pick, ret->len, c));
        TRY(dmn_column_causes(b, c, pick, ret->len));
        const DmnType *type = t->outputs[k].type;
        bool fits = !type || (!type->constrained && dmn_column_fits(type->feel->kind, c->kind));
        for (size_t i = 0; !fits && i < ret->len; i++)
                b->odd[pick[i]] |= c->kind == FEEL_COL_VALUE
                                           ? c->value[i].kind != FEEL_NULL && c->value[i].kind != FEEL_UNKNOWN
                                           : !dmn_is_missing(c, i);
        return ST_OK;
}

static Status whole_values(DmnBatch *b, const Part *parts, size_t count, FeelColumn *ret)
{
        Arena *a = feel_exec_arena(b->x);
        FeelValue *out = arena_calloc(a, b->n, sizeof(FeelValue));
        if (!out)
                return ST_NOMEM;
        for (size_t r = 0; r < count; r++)
                for (size_t i = 0; !parts[r].null && i < parts[r].len; i++)
                        TRY(feel_column_get(a, &parts[r].column, parts[r].single ? 0 : i, &out[parts[r].pick[i]]));
        *ret = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = out };
        return ST_OK;
}

static bool put_scaled(const DmnBatch *b, const Part *part, int scale, int64_t *restrict out, uint8_t *restrict null)
{
        int64_t factor = powers[scale - part->column.scale];
        const int64_t *restrict v = part->column.scaled;
        const uint8_t *nulls = part->column.null;
        const uint32_t *restrict pick = part->pick;
        bool overflow = false;
        if (part->single) {
                int64_t value;
                overflow = __builtin_mul_overflow(v[0], factor, &value);
                for (size_t i = 0; i < part->len; i++)
                        out[pick[i]] = value;
                return !overflow;
        }
        for (size_t i = 0; i < part->len; i++) {
                if (nulls && nulls[i])
                        null[pick[i]] = 1;
                else
                        overflow |= __builtin_mul_overflow(v[i], factor, &out[pick[i]]) && !b->odd[pick[i]] &&
                                    !(part->column.unknown && part->column.unknown[i]);
        }
        return !overflow;
}

static void put_dec(const Part *part, Dec *out, uint8_t *null)
{
        for (size_t i = 0; i < part->len; i++) {
                size_t at = part->single ? 0 : i, row = part->pick[i];
                if (part->column.null && part->column.null[at])
                        null[row] = 1;
                else if (part->column.kind == FEEL_COL_SCALED)
                        out[row] = dec_from_scaled(part->column.scaled[at], part->column.scale);
                else
                        out[row] = part->column.dec[at];
        }
}

static Status numbers(DmnBatch *b, const Part *parts, size_t count, bool all_scaled, int scale, FeelColumn *ret)
{
        Arena *a = feel_exec_arena(b->x);
        uint8_t *null = arena_calloc(a, b->n, 1);
        int64_t *scaled = arena_calloc(a, b->n, sizeof(int64_t));
        if (!null || !scaled)
                return ST_NOMEM;
        bool fits = all_scaled, any_null = false;
        for (size_t r = 0; r < count; r++) {
                if (parts[r].null) {
                        for (size_t i = 0; i < parts[r].len; i++)
                                null[parts[r].pick[i]] = 1;
                        any_null |= parts[r].len > 0;
                } else if (parts[r].len) {
                        any_null |= parts[r].column.null != NULL;
                        fits = fits && put_scaled(b, &parts[r], scale, scaled, null);
                }
        }
        if (fits) {
                *ret = (FeelColumn){ .kind = FEEL_COL_SCALED, .scale = scale, .scaled = scaled,
                                     .null = any_null ? null : NULL };
                return ST_OK;
        }
        Dec *dec = arena_calloc(a, b->n, sizeof(Dec));
        if (!dec)
                return ST_NOMEM;
        for (size_t r = 0; r < count; r++)
                if (!parts[r].null)
                        put_dec(&parts[r], dec, null);
        *ret = (FeelColumn){ .kind = FEEL_COL_DEC, .dec = dec, .null = any_null ? null : NULL };
        return ST_OK;
}

#define SCATTER(type)                                                                                  \
        do {                                                                                           \
                const type *from_ = parts[r].column.any;                                               \
                for (size_t i = 0; i < parts[r].len; i++)                                              \
                        ((type *)data)[parts[r].pick[i]] = from_[parts[r].single ? 0 : i];             \
        } while (0)

/* Strings, truth values or days of all parts. */
static Status of_one_kind(DmnBatch *b, const Part *parts, size_t count, FeelColumnKind kind, FeelColumn *ret)
{
        Arena *a = feel_exec_arena(b->x);
        uint8_t *null = arena_calloc(a, b->n, 1);
        void *data = arena_calloc(a, b->n, kind == FEEL_COL_STR ? sizeof(Str) : sizeof(int32_t));
        bool any_null = false;
        if (!null || !data)
                return ST_NOMEM;
        for (size_t r = 0; r < count; r++) {
                const uint8_t *nulls = parts[r].column.null;
                any_null |= parts[r].len && (parts[r].null || nulls);
                for (size_t i = 0; i < parts[r].len && (parts[r].null || nulls); i++)
                        null[parts[r].pick[i]] = parts[r].null || nulls[i];
                if (parts[r].null || !parts[r].len)
                        continue;
                if (kind == FEEL_COL_STR)
                        SCATTER(Str);
                else if (kind == FEEL_COL_BOOL)
                        SCATTER(uint8_t);
                else
                        SCATTER(int32_t);
        }
        for (size_t i = 0; i < b->n; i++) {     /* no part's */
                null[i] |= b->odd[i];
                any_null |= b->odd[i];
        }
        *ret = (FeelColumn){ .kind = kind, .any = data, .null = any_null ? null : NULL };
        return ST_OK;
}

/* UNKNOWN rows: of the parts, and where a maybe rule could have changed the answer. */
static Status put_causes(DmnBatch *b, const DmnTablePlan *p, const Part *parts, size_t count, FeelColumn *c)
{
        bool any = p->any_causes, values = c->kind == FEEL_COL_VALUE;
        for (size_t r = 0; r < count && !values; r++)
                any |= parts[r].len && !parts[r].null && parts[r].column.causes;
        if (!any)
                return ST_OK;
        Arena *a = feel_exec_arena(b->x);
        uint64_t *causes = arena_calloc(a, b->n, sizeof(*causes));
        uint8_t *unknown = arena_calloc(a, b->n, 1);
        if (!causes || !unknown)
                return ST_NOMEM;
        for (size_t r = 0; r < count; r++)
                for (size_t i = 0; i < parts[r].len && !parts[r].null && parts[r].column.causes; i++)
                        causes[parts[r].pick[i]] = parts[r].column.causes[i];
        FeelColumn u = { .kind = FEEL_COL_BOOL, .causes = causes, .cause_names = b->names };
        for (size_t i = 0; i < b->n; i++) {
                FeelValue *v = values ? (FeelValue *)(uintptr_t)&c->value[i] : NULL;
                if (p->causes[i] && v && feel_is(v, FEEL_UNKNOWN) && p->t->output_count == 1)
                        TRY(dmn_cause_bits(b, v, &causes[i]));
                if (p->causes[i])
                        causes[i] = p->causes[i] | (p->t->output_count == 1 ? causes[i] : 0);
                unknown[i] = causes[i] != 0;
                if (p->causes[i] && v)
                        TRY(feel_column_get(a, &u, i, v));
        }
        if (values)
                return ST_OK;
        c->causes = causes;
        c->unknown = unknown;
        c->cause_names = b->names;
        return ST_OK;
}

static Status output_column(DmnBatch *b, DmnNode *node, DmnTablePlan *p, size_t k, FeelColumn *ret)
{
        size_t rules = p->t->rule_count;
        Part *parts = arena_calloc(feel_exec_arena(b->x), rules + 1, sizeof(Part));
        if (!parts)
                return ST_NOMEM;
        bool all_numbers = true, all_scaled = true, one_kind = true;
        FeelColumnKind first = FEEL_COL_VALUE;
        int scale = 0;
        for (size_t r = 0; r <= rules; r++) {
                if (!p->hits[r])
                        continue;
                TRY(part_of(b, node, p, r, k, &parts[r]));
                if (parts[r].null || parts[r].len == 0)
                        continue;
                FeelColumnKind kind = parts[r].column.kind;
                one_kind = one_kind && kind != FEEL_COL_VALUE && (first == FEEL_COL_VALUE || first == kind);
                first = kind;
                all_scaled = all_scaled && kind == FEEL_COL_SCALED;
                all_numbers = all_numbers && (kind == FEEL_COL_SCALED || kind == FEEL_COL_DEC);
                if (kind == FEEL_COL_SCALED && parts[r].column.scale > scale)
                        scale = parts[r].column.scale;
        }
        if (all_numbers)
                TRY(numbers(b, parts, rules + 1, all_scaled, scale, ret));
        else if (one_kind && first < FEEL_COL_VALUE)
                TRY(of_one_kind(b, parts, rules + 1, first, ret));
        else
                TRY(whole_values(b, parts, rules + 1, ret));
        return put_causes(b, p, parts, rules + 1, ret);
}

/* The column is an element whose own type is the column's: it has been looked at already. */
static bool of_that_type(const DmnBatch *b, const DmnNode *node, const DmnColumn *c)
{
        return c->has_slot && node->from[c->slot] != SIZE_MAX && b->nodes[node->from[c->slot]].e->type == c->type;
}

Status dmn_table_columns(DmnBatch *b, DmnNode *node)
{
        DmnTablePlan *p = node->table;
        const DmnTable *t = p->t;
        for (size_t i = 0; i < t->input_count && !b->all_odd; i++) {
                if (t->inputs[i].has_slot)
                        p->columns[i] = node->frame[t->inputs[i].slot];
                else
                        TRY(dmn_column_eval(b, &p->inputs[i], node->frame, node->e->env.len, NULL, 0, &p->columns[i]));
                TRY(dmn_column_causes(b, &p->columns[i], NULL, b->n));
                if (!of_that_type(b, node, &t->inputs[i]))
                        TRY(dmn_column_take(b, t->inputs[i].type, &p->columns[i], false, NULL, NULL));
                b->all_odd |= p->columns[i].kind >= FEEL_COL_VALUE;
        }
        if (b->all_odd)
                return ST_OK;
        TRY(prepare_cells(b, p));
        TRY(find_hits(b, node, p));
        for (size_t k = 0; k < t->output_count && !b->all_odd; k++) {
                if (node->skip && node->skip[k])
                        node->columns[k] = (FeelColumn){ .kind = FEEL_COL_VALUE };
                else
                        TRY(output_column(b, node, p, k, &node->columns[k]));
        }
        return ST_OK;
}

size_t dmn_table_program_count(const DmnTablePlan *p)
{
        const DmnTable *t = p->t;
        return t->input_count + t->rule_count * (t->input_count + t->output_count) + t->output_count;
}

DmnColumnProgram *dmn_table_program(DmnTablePlan *p, const bool *skip, size_t i)
{
        const DmnTable *t = p->t;
        if (i < t->input_count)
                return t->inputs[i].has_slot ? NULL : &p->inputs[i];
        i -= t->input_count;
        if (i < t->rule_count * t->input_count)
                return &p->formulas[i];
        i -= t->rule_count * t->input_count;
        if (skip && skip[i % t->output_count])
                return NULL;
        return i < t->rule_count * t->output_count ? &p->outs[i] : &p->fallbacks[i - t->rule_count * t->output_count];
}

Status dmn_table_column(DmnBatch *b, const DmnNode *node, FeelColumn *ret)
{
        const DmnTablePlan *p = node->table;
        if (p->t->output_count == 1) {
                *ret = node->columns[0];
                return ST_OK;
        }
        *ret = (FeelColumn){ .kind = FEEL_COL_CONTEXT, .shape = p->t->shape, .parts = node->columns };
        if (p->any_causes) {
                uint8_t *unknown = arena_alloc(feel_exec_arena(b->x), b->n);
                if (!unknown)
                        return ST_NOMEM;
                for (size_t i = 0; i < b->n; i++)
                        unknown[i] = p->causes[i] != 0;
                ret->unknown = unknown;
                ret->causes = p->causes;
                ret->cause_names = b->names;
        }
        if (p->t->has_fallback || p->hits[0] == 0)
                return ST_OK;
        /* No rule and no default: null, and so are the parts already. */
        uint8_t *null = arena_calloc(feel_exec_arena(b->x), b->n, 1);
        if (!null)
                return ST_NOMEM;
        for (size_t i = 0; i < b->n; i++)
                null[i] = p->which[i] == 0 && !p->causes[i];
        ret->null = null;
        return ST_OK;
}
