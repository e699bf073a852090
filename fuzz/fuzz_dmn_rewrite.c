/* Decision tables of any model as text and back: unchanged they give the file as it is; turned round, with a rule more and cells full
 * of what XML escapes, the new file has exactly those rules; places lie in the table. */
#include "dmn/tables.h"
#include "fuzz/fuzz.h"

enum { DECISIONS = 6 };

static Status load(Str xml, Diag *diag, DmnModel **ret)
{
        static const DmnLimits limits = { .max_file_bytes = 1 << 20,
                                          .max_model_bytes = 32 << 20,
                                          .max_nodes = 5000,
                                          .max_depth = 30,
                                          .max_name_bytes = 200,
                                          .max_imports = 4,
                                          .max_cells = 2000 };
        return dmn_load_text(xml, "fuzz.dmn", &(DmnLoadOptions){ .limits = &limits, .keep_going = true }, diag, ret);
}

static void same_tables(const DmnTableText *a, const DmnTableText *b, size_t n)
{
        for (size_t t = 0; t < n; t++) {
                FUZZ_ASSERT(a[t].rule_count == b[t].rule_count);
                for (size_t r = 0; r < a[t].rule_count; r++)
                        for (size_t c = 0; c < a[t].column_count; c++)
                                FUZZ_ASSERT(str_eq(str_trim(a[t].rules[r].cells[c]), str_trim(b[t].rules[r].cells[c])));
        }
}

/* Rules backwards, a copy of the first as a new one, another text in its last cell; a condition is never empty. */
static bool change(DmnTableText *t, Arena *a)
{
        DmnRuleText *rules = arena_array_of(a, DmnRuleText, t->rule_count + 1);
        if (!rules || t->fixed || !t->rule_count)
                return false;
        for (size_t r = 0; r < t->rule_count; r++)
                rules[r] = t->rules[t->rule_count - 1 - r];
        DmnRuleText *more = &rules[t->rule_count];
        *more = (DmnRuleText){ .note = STR("]]>"), .cells = arena_array_of(a, Str, t->column_count + 1) };
        if (!more->cells)
                return false;
        for (size_t c = 0; c < t->column_count; c++)
                more->cells[c] = t->columns[c].output ? STR("\"<&>]]>'\" + \"二\"") : STR("< 1");
        t->rules = rules;
        t->rule_count++;
        return true;
}

static void use(const DmnModel *m, const DmnDecision *d, Str input)
{
        _cleanup_arena_ Arena *a = arena_new(16 << 20);
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
        _cleanup_dmn_model_ DmnModel *other = NULL;
        DmnTableText *tables, *again;
        size_t n, count;
        Str xml;
        bool changed = false;
        if (!a || dmn_tables_text(d, a, &tables, &n) != ST_OK || n == 0)
                return;
        if (dmn_rewrite(m, d, tables, n, a, &diag, &xml) != ST_OK)
                return;
        FUZZ_ASSERT(str_has(input, STR("encoding")) || str_eq(xml, dmn_source(m)));
        for (size_t t = 0; t < n; t++) {
                for (size_t r = 0; r < tables[t].rule_count; r++)
                        for (size_t c = 0; c < tables[t].column_count; c++)
                                if (!tables[t].rules[r].cells[c].len && !tables[t].columns[c].output)
                                        return;
                changed |= change(&tables[t], a);
        }
        if (!changed || dmn_rewrite(m, d, tables, n, a, &diag, &xml) != ST_OK || load(xml, &diag, &other) != ST_OK)
                return;
        const DmnDecision *d2 = dmn_find_decision(other, dmn_decision_name(d));
        FUZZ_ASSERT(d2);
        if (dmn_tables_text(d2, a, &again, &count) != ST_OK || count != n)
                return;
        same_tables(tables, again, n);
        Status st = dmn_check(other, &diag);
        FUZZ_ASSERT(st == ST_OK || st == ST_CHECK || st == ST_NOMEM);
        for (size_t i = 0; i < diag.count; i++) {
                DmnPlace at = dmn_place(d2, &diag.msgs[i].pos, a);
                FUZZ_ASSERT(at.table <= n && (!at.table || (at.rule <= again[at.table - 1].rule_count &&
                                                            at.column <= again[at.table - 1].column_count)));
        }
}

void fuzz_one(Str input)
{
        _cleanup_dmn_model_ DmnModel *m = NULL;
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_ZH);
        if (load(input, &diag, &m) != ST_OK)
                return;
        for (size_t i = 0; i < dmn_decision_count(m) && i < DECISIONS; i++)
                use(m, dmn_decision_at(m, i), input);
}
