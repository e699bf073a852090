/* tables.h -- decision tables as text: what a person edits, and the model with other rules in it.
 *
 * The tables of a decision are those it may come to, itself or through what it requires, in the order of
 * dmn_decision_tables; a table is named by its number there, from 1.
 *
 *     DmnTableText *tables;
 *     TRY(dmn_tables_text(m, d, arena, &tables, &n));
 *     ... change tables[0].rules ...
 *     TRY(dmn_rewrite(m, d, tables, n, arena, diag, &xml));    // the file with these rules, all else byte for byte
 *     TRY(dmn_load_text(xml, "…", &keep_going, diag, &other));
 *     DmnPlace at = dmn_place(other, d2, &message.pos);        // rule and column a message speaks of
 */
#ifndef KC_DMN_TABLES_H
#define KC_DMN_TABLES_H

#include "dmn/dmn.h"

typedef struct DmnColumnText {
        Str title;                      /* label, or the expression, or the output's name */
        Str expression;                 /* of an input; empty for an output */
        Str type;                       /* as written in the model; empty: none */
        bool output;
} DmnColumnText;

typedef struct DmnRuleText {
        size_t from;                    /* 1-based rule of the model it was; 0: new */
        Str *cells;                     /* by column: inputs, then outputs */
        Str note;                       /* annotations; not written back */
} DmnRuleText;

typedef struct DmnTableText {
        Str name;                       /* of the element it stands in */
        const char *hit;                /* "UNIQUE", "FIRST", … */
        const char *aggregation;        /* "SUM", …; empty: none */
        bool fixed;                     /* of an imported file: cannot be changed here */
        DmnColumnText *columns;
        size_t column_count;
        DmnRuleText *rules;
        size_t rule_count;
} DmnTableText;

enum { DMN_RULES_MAX = 10000, DMN_CELL_MAX = 16384 };

Status dmn_tables_text(const DmnDecision *d, Arena *a, DmnTableText **ret, size_t *ret_count) FALLIBLE;
/* Has the table an output for when no rule applies? */
bool dmn_table_has_default(const DmnTableRef *table);
/* The text of the model's own file. */
Str dmn_source(const DmnModel *m);
/* The file with the tables' rules as they are given; rules that are as they were keep their text, identifiers and
 * annotations.  ST_INVALID: a fixed table changed, a rule that is not there, a cell XML cannot carry; ST_LIMIT. */
Status dmn_rewrite(const DmnModel *m, const DmnDecision *d, const DmnTableText *tables, size_t n, Arena *a, Diag *diag,
                   Str *ret_xml) FALLIBLE;

/* Where in the tables of a decision a place of the file lies. */
typedef struct DmnPlace {
        size_t table;                   /* 1-based; 0: in none */
        size_t rule;                    /* 1-based; 0: the table as a whole */
        size_t column;                  /* 1-based; 0: the rule as a whole */
        int character;                  /* 1-based, in the cell's text; 0: the cell as a whole */
        int line;                       /* 1-based, of the cell's text */
} DmnPlace;
DmnPlace dmn_place(const DmnDecision *d, const Pos *pos, Arena *a);

#endif
