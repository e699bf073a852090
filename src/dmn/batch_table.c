/* batch_table.c -- decision tables over columns.
 *
 * Each cell becomes, for the kind and scale of its column, a union of closed ranges of
 * 64-bit integers (numbers are scaled, days counted, truth is 0 and 1), and strings
 * become the number of the value among those that the column's cells name, so that a
 * rule is a handful of comparisons a row without a branch.  What a rule puts out is
 * computed for the whole chunk when any row of it hits, and taken where it does.
 * Two hits where the policy has something to say about them (U, A) leave the row to
 * the scalar executor. */
#include "dmn/batch_int.h"
#include "dmn/link_int.h"

enum { MAX_RULES = 60000, MAX_SCALE = 18 };

typedef struct Range {
        int64_t low, high;
} Range;

typedef struct ColumnCell {
        bool all;                       /* true of every value, null too */
        Range *ranges;                  /* NULL: ask the geometry, value by value */
        size_t len;
        const DmnGeometry *geometry;
        uint8_t null_result;
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
        uint8_t *null_results;          /* of the cells, then of nothing */
        bool nulls_known;
        uint32_t *order;                /* rules, the one that wins first */
        size_t *hits;                   /* [0]: rows without a rule; [r + 1]: rows rule r was chosen for */
        size_t *starts;                 /* in picks, of the same; after find_hits: the ends */
        uint8_t yes[DMN_CHUNK], taken[DMN_CHUNK];
        uint32_t picks[DMN_CHUNK];      /* the rows by rule */
        uint16_t which[DMN_CHUNK];      /* rule + 1; 0: none */
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
                p->order = arena_array_of(p->arena, uint32_t, rules);
                p->hits = arena_array_of(p->arena, size_t, rules + 1);
                p->starts = arena_array_of(p->arena, size_t, rules + 1);
        }
        if (!p->arena || !p->inputs || !p->formulas || !p->outs || !p->fallbacks || !p->columns || !p->cells_for || !p->cells ||
            !p->allowed || !p->words || !p->null_results || !p->order || !p->hits || !p->starts) {
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
        if (r.low == INT64_MAX && feel_is(&in->low, FEEL_NUMBER) && dec_cmp(in->low.number, dec_from_scaled(INT64_MAX, scale)) > 0)
                r.high = INT64_MIN;
        if (r.high == INT64_MIN && feel_is(&in->high, FEEL_NUMBER) && dec_cmp(in->high.number, dec_from_scaled(INT64_MIN, scale)) < 0)
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
                    (c->kind == FEEL_COL_DATE && g->kind == FEEL_DATE) || (c->kind == FEEL_COL_BOOL && g->kind == FEEL_BOOLEAN);
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

static Status null_results(DmnBatch *b, DmnTablePlan *p)
{
        const DmnTable *t = p->t;
        FeelValue null = feel_null(), answer;
        for (size_t r = 0; r < t->rule_count; r++) {
                for (size_t i = 0; i < t->input_count; i++) {
                        const DmnCell *c = &t->rules[r].cells[i];
                        uint8_t *out = &p->null_results[r * t->input_count + i];
                        if (!c->geometry)
                                continue;
                        *out = c->geometry->any;
                        if (c->geometry->any || !c->program)
                                continue;
                        TRY(feel_eval_unary_tests(b->x, c->program, &null, NULL, 0, &answer));
                        *out = feel_is_true(&answer);
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
                }
                if (t->inputs[i].allowed)
                        TRY(cell_for(p, &p->words[i], t->inputs[i].allowed_geometry, c, &p->allowed[i]));
                p->allowed[i].null_result = 1;
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
                        if (!yes[i] || b->odd[i])
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
                int64_t v = c->kind == FEEL_COL_SCALED ? c->scaled[i] : c->kind == FEEL_COL_DATE ? c->days[i] : c->boolean[i];
                yes[i] &= c->null && c->null[i] ? when_null : in_ranges(cell, v);
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
                                if (feel_is(&type->values[i], FEEL_STRING) && str_eq(type->values[i].string, w->values[k]))
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
                if (!c->null || !c->null[i]) {
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
static void take_rows(uint8_t *restrict taken, const uint8_t *restrict yes, uint8_t *restrict odd, uint16_t *restrict which,
                      uint16_t name, uint8_t two_matter, size_t n)
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
static Status test_formula(DmnBatch *b, const DmnNode *node, DmnColumnProgram *p, const FeelColumn *c, uint8_t *restrict yes)
{
        FeelColumn answer;
        if (!memchr(yes, 1, b->n))
                return ST_OK;           /* no row is left */
        if (!p->batch)
                TRY(feel_batch_new(p->program, node->frame, node->e->env.len, &p->batch));
        TRY(feel_batch_unary_tests(p->batch, b->x, c, node->frame, node->e->env.len, NULL, b->n, &answer));
        for (size_t i = 0; answer.kind == FEEL_COL_BOOL && i < b->n; i++) {
                bool unknown = answer.unknown && answer.unknown[i];
                b->odd[i] |= yes[i] && unknown;
                yes[i] &= !unknown && answer.boolean[i] != 0 && !(answer.null && answer.null[i]);
        }
        for (size_t i = 0; answer.kind != FEEL_COL_BOOL && i < b->n; i++) {
                FeelValue v;
                TRY(feel_column_get(feel_exec_arena(b->x), &answer, i, &v));
                b->odd[i] |= yes[i] && feel_is(&v, FEEL_UNKNOWN);
                yes[i] &= feel_is_true(&v);
        }
        return ST_OK;
}

static Status find_hits(DmnBatch *b, const DmnNode *node, DmnTablePlan *p)
{
        const DmnTable *t = p->t;
        size_t n = b->n, ins = t->input_count;
        uint8_t two_matter = t->hit == HIT_UNIQUE || t->hit == HIT_ANY;
        memset(p->which, 0, sizeof(p->which));
        memset(p->taken, 0, sizeof(p->taken));
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
                TRY(test_cell(b, &p->allowed[i], &p->columns[i], &p->words[i], p->yes));
                for (size_t k = 0; k < n; k++)
                        b->odd[k] |= !p->yes[k];
        }
        for (size_t o = 0; o < t->rule_count; o++) {
                size_t r = p->order[o];
                memset(p->yes, 1, n);
                for (size_t i = 0; i < ins; i++) {
                        DmnColumnProgram *formula = &p->formulas[r * ins + i];
                        if (formula->program)
                                TRY(test_formula(b, node, formula, &p->columns[i], p->yes));
                        else
                                TRY(test_cell(b, &p->cells[r * ins + i], &p->columns[i], &p->words[i], p->yes));
                }
                take_rows(p->taken, p->yes, b->odd, p->which, (uint16_t)(r + 1), two_matter, n);
        }
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
        for (size_t i = 0; i < ret->len; i++)
                if ((c->unknown && c->unknown[i]) || (c->kind == FEEL_COL_VALUE && feel_is(&c->value[i], FEEL_UNKNOWN)))
                        b->odd[pick[i]] = 1;
        const DmnType *type = t->outputs[k].type;
        if (type && (type->constrained || !dmn_column_fits(type->feel->kind, c->kind)))
                for (size_t i = 0; i < ret->len; i++)
                        b->odd[pick[i]] = 1;
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
                        overflow |= __builtin_mul_overflow(v[i], factor, &out[pick[i]]) && !b->odd[pick[i]];
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

static Status output_column(DmnBatch *b, DmnNode *node, DmnTablePlan *p, size_t k, FeelColumn *ret)
{
        size_t rules = p->t->rule_count;
        Part *parts = arena_calloc(feel_exec_arena(b->x), rules + 1, sizeof(Part));
        if (!parts)
                return ST_NOMEM;
        bool all_numbers = true, all_scaled = true;
        int scale = 0;
        for (size_t r = 0; r <= rules; r++) {
                if (!p->hits[r])
                        continue;
                TRY(part_of(b, node, p, r, k, &parts[r]));
                if (parts[r].null || parts[r].len == 0)
                        continue;
                FeelColumnKind kind = parts[r].column.kind;
                all_scaled = all_scaled && kind == FEEL_COL_SCALED;
                all_numbers = all_numbers && (kind == FEEL_COL_SCALED || kind == FEEL_COL_DEC);
                if (kind == FEEL_COL_SCALED && parts[r].column.scale > scale)
                        scale = parts[r].column.scale;
        }
        return all_numbers ? numbers(b, parts, rules + 1, all_scaled, scale, ret)
                           : whole_values(b, parts, rules + 1, ret);
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
                dmn_column_unknown(b, &p->columns[i]);
                if (!of_that_type(b, node, &t->inputs[i]))
                        TRY(dmn_column_take(b, t->inputs[i].type, &p->columns[i], NULL, NULL));
                b->all_odd |= p->columns[i].kind >= FEEL_COL_VALUE;
        }
        if (b->all_odd)
                return ST_OK;
        TRY(prepare_cells(b, p));
        TRY(find_hits(b, node, p));
        for (size_t k = 0; k < t->output_count && !b->all_odd; k++)
                TRY(output_column(b, node, p, k, &node->columns[k]));
        return ST_OK;
}

Status dmn_table_column(DmnBatch *b, const DmnNode *node, FeelColumn *ret)
{
        const DmnTablePlan *p = node->table;
        if (p->t->output_count == 1) {
                *ret = node->columns[0];
                return ST_OK;
        }
        *ret = (FeelColumn){ .kind = FEEL_COL_CONTEXT, .shape = p->t->shape, .parts = node->columns };
        if (p->t->has_fallback || p->hits[0] == 0)
                return ST_OK;
        /* No rule and no default: null, and so are the parts already. */
        uint8_t *null = arena_calloc(feel_exec_arena(b->x), b->n, 1);
        if (!null)
                return ST_NOMEM;
        for (size_t i = 0; i < b->n; i++)
                null[i] = p->which[i] == 0;
        ret->null = null;
        return ST_OK;
}
