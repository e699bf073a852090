/* def.h -- the definition structs of a pack; pack/pack.h says how to get them.
 *
 * Every definition carries the Pos it was written at.  Strings are slices that
 * live as long as the Pack.  Arrays are pointer + count.  "never NULL" holds
 * after a successful load.
 *
 * Figures at rest: money is int64 fen; decimal(scale) is int64 scaled by scale;
 * integer, boolean (0/1), date (days since 1970-01-01, date_to_days) and period
 * (period_to_int) are int64; everything else is text: code (its code), unit (its
 * code), reference (the key of the other record), identifier ("code" in the
 * default scheme uscc, else "scheme:code"), attachment (content hash), and a
 * field with `many` is a JSON array of these in text form.  pack_type_is_int.
 *
 * What an expression sees (its scope) is written at each kind of definition
 * below; pack/scope.h gives the slots.
 */
#ifndef KC_PACK_DEF_H
#define KC_PACK_DEF_H

#include "base/date.h"
#include "base/decimal.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "dmn/dmn.h"
#include "feel/feel.h"

typedef struct Pack Pack;
typedef struct PackRegister PackRegister;
typedef struct PackField PackField;
typedef struct PackIndicator PackIndicator;
typedef struct PackForm PackForm;
typedef struct PackFormItem PackFormItem;
typedef struct PackPolicy PackPolicy;
typedef struct PackDocument PackDocument;
typedef struct PackCodeList PackCodeList;
typedef struct PackCode PackCode;
typedef struct PackUnit PackUnit;
typedef struct PackUnitKind PackUnitKind;
typedef struct PackRole PackRole;
typedef struct PackQuery PackQuery;
typedef struct PackLadder PackLadder;
typedef struct PackLights PackLights;
typedef struct PackMethod PackMethod;
typedef struct PackAssessment PackAssessment;

/* {zh: …, en: …} or a plain Chinese string; en is empty when the pack has none
 * (neither here nor in i18n/en.yaml).  pack_title(t, lang) falls back to zh. */
typedef struct PackTitle {
        Str zh;
        Str en;
} PackTitle;

/* A FEEL expression: its text, where it stands, and what it became. */
typedef struct PackExpr {
        Str text;                       /* empty: there is none */
        Pos pos;                        /* of its first character */
        const FeelProgram *program;     /* never NULL where text is not empty, except where a PackQuery
                                           stands for the expression */
} PackExpr;

/* --- units ---------------------------------------------------------------- */

struct PackUnitKind {
        Str name;                       /* "county" */
        PackTitle title;
        size_t index;                   /* into pack->kinds; upper kinds first */
        Pos pos;
};

struct PackUnit {
        Str code;                       /* GB/T 2260 where there is one */
        Str name;                       /* the full official name; = title.zh */
        PackTitle title;
        Str *also;                      /* other names */
        size_t also_count;
        const PackUnitKind *kind;       /* never NULL */
        const PackUnit *parent;         /* NULL at the top */
        const PackUnit *const *children;
        size_t child_count;
        size_t depth;                   /* 0 at the top */
        size_t index;                   /* into pack->units; a parent stands before its children */
        size_t last;                    /* index of the last unit at or below it: a subtree is [index, last] */
        Date from, to;                  /* first and last day it existed; none: open */
        const struct PackWas *was;      /* whom it was split from or made of */
        size_t was_count;
        Str feature;                    /* id of its polygon in map.geojson; empty: none */
        Pos pos;
};

/* What a unit has of another one's figures from before its own first day. */
typedef struct PackWas {
        const PackUnit *unit;           /* never NULL */
        Dec share;                      /* 1: all of it */
        Pos pos;
} PackWas;

/* --- code lists ------------------------------------------------------------ */

struct PackCode {
        Str code;
        PackTitle title;
        Str *also;
        size_t also_count;
        const PackCode *parent;         /* NULL at the top */
        Date from, to;                  /* validity; none: open */
        size_t index;
        Pos pos;
};

struct PackCodeList {
        Str name;
        PackTitle title;
        PackCode *codes;                /* in the order written; a parent before its children */
        size_t count;
        Map by_code;                    /* Str -> PackCode* */
        Map by_text;                    /* folded title or synonym -> PackCode*; NULL value: ambiguous */
        Pos pos;
};

/* --- registers ------------------------------------------------------------- */

#define PACK_TYPES(X) \
        X(PACK_TEXT,       "text")       \
        X(PACK_INTEGER,    "integer")    \
        X(PACK_DECIMAL,    "decimal")    /* {type: decimal, scale: 2} */ \
        X(PACK_MONEY,      "money")      /* yuan in expressions, fen at rest */ \
        X(PACK_BOOLEAN,    "boolean")    \
        X(PACK_DATE,       "date")       \
        X(PACK_PERIOD,     "period")     /* {type: period, period: month} */ \
        X(PACK_CODE,       "code")       /* {type: code, list: gbt4754} */ \
        X(PACK_UNIT,       "unit")       /* {type: unit, kind: county} */ \
        X(PACK_REFERENCE,  "reference")  /* {type: reference, register: platform} */ \
        X(PACK_IDENTIFIER, "identifier") /* {type: identifier, schemes: [uscc, stock]} */ \
        X(PACK_ATTACHMENT, "attachment")

typedef enum PackType {
#define PACK_TYPE_ENUM(code, word) code,
        PACK_TYPES(PACK_TYPE_ENUM)
#undef PACK_TYPE_ENUM
        PACK_TYPE_COUNT_
} PackType;
const char *pack_type_name(PackType t);
/* Held as int64 (see above), not as text. */
static inline bool pack_type_is_int(PackType t)
{
        return t == PACK_INTEGER || t == PACK_DECIMAL || t == PACK_MONEY || t == PACK_BOOLEAN || t == PACK_DATE ||
               t == PACK_PERIOD;
}
/* A number in expressions. */
bool pack_type_is_number(PackType t);

/* Named checks of a text or identifier: pack/idcheck.h. */
typedef enum PackCheckKind {
        PACK_CHECK_NONE, PACK_CHECK_USCC, PACK_CHECK_PERSON, PACK_CHECK_PATENT, PACK_CHECK_PHONE, PACK_CHECK_EMAIL,
        PACK_CHECK_POSTCODE, PACK_CHECK_STOCK, PACK_CHECK_ORG
} PackCheckKind;

typedef enum PackFieldRole {
        PACK_FIELD_PLAIN,
        PACK_FIELD_PARENT,      /* added by the linker: key of the parent record, named as the parent's key */
        PACK_FIELD_PERIOD       /* added by the linker: the period, named year, half, quarter or month */
} PackFieldRole;

struct PackField {
        Str name;                       /* as written; may be Chinese; unique in its register */
        PackTitle title;
        Str *also;                      /* further headers it is known by */
        size_t also_count;
        PackType type;
        bool many;                      /* {type: list of code, …}: several values of type */
        int scale;                      /* digits after the point at rest: decimal as given, money 2, integer 0 */
        PackFieldRole role;
        PeriodKind period;              /* of a period field */
        Str unit;                       /* shown: 元 % 人 家; money: 元 */
        Str import_unit;                /* `in:` unit of a sheet's figures when the header names none; empty: unit */
        Dec import_factor;              /* what a figure in import_unit is multiplied by; 1 */
        bool required;
        bool search;                    /* part of the full text search */
        bool unique;
        bool personal;                  /* masked for roles that may not see it */
        PackCheckKind check;
        PackCheckKind *schemes;         /* identifier: accepted schemes; the first is the default one */
        size_t scheme_count;
        const PackCodeList *list;       /* code: never NULL */
        const PackUnitKind *unit_kind;  /* unit: the kind accepted; NULL: any */
        const PackField *from_address;  /* unit: taken from this text field when the sheet has none; or NULL */
        const PackRegister *target;     /* reference: never NULL */
        bool has_min, has_max;
        Dec min, max;                   /* of a number, in its unit (money: yuan) */
        size_t max_length;              /* of a text, in characters; default 1,000 */
        PackExpr computed;              /* not stored: computed from the fields of the same record */
        size_t index;                   /* into reg->fields */
        const PackRegister *reg;
        Pos pos;
};

typedef enum PackLevel {
        PACK_LEVEL_ERROR,       /* the row is refused */
        PACK_LEVEL_EXPLAIN      /* the row is held back until an explanation is given */
} PackLevel;

/* Fires when `when` is true (false, null and unknown do not fire).
 * Scope of a register's rule: every field of the record by name; of a periodic
 * register also `previous` (the record of the same owner for the period before,
 * or null); of a child register `others` (list of the same owner's other records,
 * in the register and in the same file) and `parent` (the owner's record).
 * Slots: pack/scope.h. */
typedef struct PackRule {
        Str name;                       /* optional; stable id of the rule in reports */
        PackExpr when;
        PackTitle say;
        PackLevel level;
        const PackField **fields;       /* the fields it mentions: the cells to mark */
        size_t field_count;
        bool needs_previous, needs_others, needs_parent;
        Pos pos;
} PackRule;

/* Which states may follow which in a code field; a record may begin in any of them. */
typedef struct PackMove {
        Str from;
        const Str *to;
        size_t to_count;
} PackMove;

typedef struct PackStages {
        const PackField *field;         /* never NULL: a code field */
        PackLevel level;                /* of a move that is not among them */
        PackMove *moves;                /* a state that is not among the `from` is an end */
        size_t move_count;
} PackStages;

/* A record is listed when its date `due` lies at most `days` ahead (or, with overdue, has passed) and `when` is true.
 * Scope of when: as of a rule, without `previous`. */
typedef struct PackWarning {
        Str name;
        const PackField *due;           /* never NULL: a date field */
        int days;
        bool overdue;
        PackExpr when;                  /* text empty: always */
        bool needs_others, needs_parent;
        PackTitle say;
        Pos pos;
} PackWarning;

/* A figure of a record, counted over its children and over the records with one reference to it. */
typedef struct PackFigure {
        Str name;
        PackTitle title;
        Str unit;
        const PackQuery *query;         /* never NULL; owner: the register's own */
        Pos pos;
} PackFigure;

struct PackRegister {
        Str name;
        PackTitle title;
        PackField *fields;              /* implicit ones (parent key, period) first, then as written */
        size_t field_count;
        Map by_name;                    /* Str -> PackField* */
        Map by_header;                  /* folded header -> PackField*; NULL value: ambiguous */
        const PackField **key;          /* natural key: parent key, period, then the `key:` fields */
        size_t key_count;               /* at least 1 */
        const PackField *place;         /* unit field; NULL: placed by its parent; never NULL without parent
                                           unless the register has no place at all */
        const PackField *label;         /* names a record to people; never NULL */
        const PackRegister *parent;     /* NULL: stands alone */
        const PackField *parent_key;    /* the implicit field; NULL without parent */
        bool periodic;
        PeriodKind period;
        const PackField *period_field;  /* NULL unless periodic */
        Str list_name;                  /* `list:` name of the list of a periodic child's records in
                                           expressions, e.g. enterprise_years; empty: none */
        const PackField *valid_from, *valid_to;     /* `valid: {from:, to:}`; NULL: none */
        const PackField *payee_name;    /* `payee:` where money goes; NULL: the label */
        const PackField *payee_account, *payee_bank;    /* NULL: money cannot go to its records */
        PackRule *rules;
        size_t rule_count;
        const PackStages *stages;       /* NULL: none */
        PackWarning *warnings;
        size_t warning_count;
        PackFigure *figures;
        size_t figure_count;
        const PackRegister *const *children;
        size_t child_count;
        const PackField **computed;     /* the computed fields, each after those it uses */
        size_t computed_count;
        const FeelScope *scope;         /* of rules and computed fields; never NULL */
        const FeelType *record_type;    /* of a record as a context: one entry a field, in field order */
        const FeelShape *shape;         /* the same as keys of values */
        size_t index;                   /* into pack->registers; a parent stands before its children */
        Pos pos;
};

/* --- queries: what an expression takes from the registers ------------------- */

typedef enum PackQueryOp {
        PACK_QUERY_PATH,        /* a single value: field, or register(year + offset).field */
        PACK_QUERY_COUNT, PACK_QUERY_SUM, PACK_QUERY_MIN, PACK_QUERY_MAX, PACK_QUERY_MEAN,
        PACK_QUERY_DISTINCT     /* count(distinct values(REG[…].FIELD)) */
} PackQueryOp;

/* `count(qualification[kind = "高新技术企业" and valid on period end])` taken
 * apart, so that a room can run it over columns: filter all rows of `reg` in one
 * batch, then group by owner or by unit.
 *
 * Scope of filter and value: the fields of reg by name, then
 *   period start, period end    dates: first and last day of the period asked for
 *                               (a policy: of the assessment year)
 *   assessment year             number: the year of that period
 *   valid on period end         true when valid_from <= period end and (valid_to none or >= period end)
 *   valid during period         true when the validity overlaps [period start, period end]
 * the last two only where reg has `valid:`.  A policy's parameters follow by name.
 *
 * What it is when nothing is there: COUNT, SUM and DISTINCT of no row 0; PATH, MIN,
 * MAX and MEAN of no row missing; SUM, MIN, MAX and MEAN over a row whose field is
 * null missing too.  Missing is UNKNOWN in an expression. */
struct PackQuery {
        PackQueryOp op;
        const PackRegister *reg;        /* never NULL */
        const PackField *owner;         /* a policy's: the field of reg that holds the beneficiary's key (the parent
                                           key, or its one reference to that register); NULL: reg is the
                                           beneficiary itself, or the query is an indicator's */
        const PackField *field;         /* PATH, SUM, MIN, MAX, MEAN, DISTINCT: never NULL */
        bool by_period;                 /* PATH on a periodic register: register(year + offset).field */
        int year_offset;
        PackExpr filter;                /* text empty: all rows */
        const FeelScope *scope;         /* of filter; slots: pack/scope.h */
};

/* --- indicators and forms ---------------------------------------------------- */

typedef enum PackSource {
        PACK_REPORTED, PACK_DERIVED, PACK_FORMULA,
        PACK_SERIES,            /* made of another indicator's figures over time */
        PACK_TIMELINESS,        /* of a form: 100 where it came in time, else 0; an upper unit's is the mean */
        PACK_COMPLETENESS       /* of a form: the share of its required figures that are there, in percent */
} PackSource;
typedef enum PackTake {
        PACK_TAKE_AVERAGE,      /* of the last `periods` */
        PACK_TAKE_YEAR_TO_DATE, PACK_TAKE_SINGLE /* of a cumulative one: the period alone */, PACK_TAKE_GROWTH,
        PACK_TAKE_RECORD        /* the largest of the last `periods` whole years before */
} PackTake;
typedef enum PackRollup {
        PACK_ROLLUP_SUM, PACK_ROLLUP_MEAN, PACK_ROLLUP_MAX, PACK_ROLLUP_MIN,
        PACK_ROLLUP_NONE        /* an upper level has its own figure or none */
} PackRollup;
typedef enum PackDirection { PACK_HIGHER, PACK_LOWER, PACK_NEUTRAL } PackDirection;
/* What a missing figure of a unit does to the sum of its upper unit. */
typedef enum PackMissing { PACK_MISSING_UNKNOWN, PACK_MISSING_SKIP, PACK_MISSING_ZERO } PackMissing;
typedef enum PackTies { PACK_TIES_MIN, PACK_TIES_DENSE, PACK_TIES_AVERAGE } PackTies;
typedef enum PackRankMissing { PACK_RANK_LAST, PACK_RANK_EXCLUDED, PACK_RANK_UNKNOWN } PackRankMissing;
/* What a period without a figure does to a streak. */
typedef enum PackNotReported { PACK_COUNTS_AS_LAST, PACK_EXTENDS, PACK_BREAKS } PackNotReported;

typedef struct PackRank {
        bool is;                        /* the indicator is ranked */
        const PackUnitKind *among;      /* never NULL when `is` */
        PackTies ties;                  /* equal figures: 1 2 2 4 | 1 2 2 3 | 1 2.5 2.5 4 */
        PackRankMissing missing;
} PackRank;

typedef struct PackAlert {
        Str name;                       /* unique in its indicator; default "alert" + number */
        int bottom;                     /* among the last `bottom` of the ranking … */
        int periods;                    /* … this many periods running */
        PackTitle say;
        PackTitle action;               /* 约谈 */
        int resets_outside;             /* `resets_when: not last N`: the streak ends outside the last N;
                                           default bottom */
        PackNotReported not_reported;
        bool published_only;            /* only published periods count */
        bool backfilled_missing;        /* a figure that came after its due day counts as not reported */
        const PackLadder *ladder;       /* how far a case of it goes; NULL: one step, `action` */
        Pos pos;
} PackAlert;

struct PackIndicator {
        Str name;
        PackTitle title;
        Str *also;
        size_t also_count;
        Str unit;                       /* 元 % 家 件 件/万人 … */
        PackSource source;
        PackRollup rollup;              /* of reported and derived; formulas are computed at every level */
        PackDirection direction;
        PackMissing missing;
        PeriodKind frequency;           /* of reported: one figure each; default month */
        bool cumulative;                /* a figure covers the year up to its period (累计), not the period alone */
        int scale;                      /* digits after the point at rest (reported, derived) */
        int decimals;                   /* digits shown */
        bool has_min, has_max;          /* of a reported figure, in its unit: hard checks */
        Dec min, max;
        Str import_unit;                /* `in:` as of fields */
        Dec import_factor;
        /* Formula: scope = every indicator by name, in the order of pack->indicators (slot = index). */
        PackExpr formula;
        const PackIndicator **uses;     /* indicators the formula mentions; of a series: the one */
        size_t use_count;
        const PackQuery *query;         /* derived: never NULL */
        PackTake take;                  /* series */
        int periods;
        const PackForm *form;           /* timeliness, completeness: never NULL */
        PackRank rank;
        PackAlert *alerts;
        size_t alert_count;
        size_t index;                   /* into pack->indicators */
        size_t order;                   /* a formula's order is above that of all it uses */
        Pos pos;
};

struct PackFormItem {
        const PackIndicator *indicator; /* never NULL, reported */
        bool required;
        /* Soft checks, each asking for an explanation; `has` where it is. */
        struct PackSoft {
                bool has;
                Dec limit;
        } jump /* share of the last period's figure */, jump_year /* of last year's */,
                outlier /* modified Z-score of the growth among the units that report */;
        Pos pos;
};

/* Scope of a form's check: its indicators by name (number, this period), then
 * previous and year ago (contexts of the same names: one period before, one year
 * before), `year` and `month` (numbers: of the period's end) and `others` (list of
 * contexts: the other units of the same form); then every indicator that is not on the
 * form (the unit's figure of the same period: what the registers or formulas say). */
typedef struct PackFormCheck {
        PackExpr when;
        PackTitle say;
        PackLevel level;
        const PackIndicator **uses;     /* the cells to mark */
        size_t use_count;
        Pos pos;
} PackFormCheck;

struct PackForm {
        Str name;
        PackTitle title;
        const PackUnitKind *units;      /* `for:` the kind that reports; never NULL */
        PeriodKind frequency;
        Period first;                   /* the first period asked for */
        bool has_first;
        int opens_day;                  /* working day after the period's end, 1 is the first; default 1 */
        int due_day;                    /* working day after the period's end; 0: no deadline */
        bool sign;                      /* somebody of the unit signs before the city approves */
        PackFormItem *items;
        size_t item_count;
        Map by_header;                  /* folded header -> PackFormItem* */
        PackFormCheck *checks;
        size_t check_count;
        const FeelScope *scope;         /* of checks */
        const PackIndicator **others;   /* in the checks' scope from slot item_count + 5 on */
        size_t other_count;
        const FeelShape *shape;         /* of previous, year ago and others: one entry an item, in order */
        Pos pos;
};

/* --- targets, lights, assessment ------------------------------------------------- */

/* What people do about an alert, from step to step.  Scope of `when` and `reset`:
 * periods, clear, missed, light, yellows, reds, level, held, month. */
typedef struct PackStep {
        Str name;
        PackTitle title;
        PackExpr when;
        bool has_points;
        Dec points;                     /* taken off (negative) in the year's assessment, once a case */
        Str document;                   /* a document of the pack that is sent; empty: none */
        Pos pos;
} PackStep;

struct PackLadder {
        Str name;
        PackTitle title;
        PackStep *steps;                /* lowest first */
        size_t step_count;
        PackExpr reset;                 /* the case is closed when true; text empty: clear >= 1 */
        Pos pos;
};

typedef enum PackColour { PACK_GREEN, PACK_YELLOW, PACK_RED } PackColour;

/* Traffic lights of a target: the first rule that is true gives the colour, none: green. */
typedef struct PackLightRule {
        PackColour colour;
        PackExpr when;                  /* scope: PackLineSlot */
        PackTitle say;
        Pos pos;
} PackLightRule;

struct PackLights {
        Str name;
        PackTitle title;
        PackLightRule *rules;
        size_t rule_count;
        const PackLadder *ladder;       /* NULL: lights only */
        Pos pos;
};

/* How a line of a letter becomes points. */
struct PackMethod {
        Str name;
        PackTitle title;
        PackExpr points;                /* scope: PackLineSlot */
        PackExpr missing;               /* points when there is no figure; text empty: UNKNOWN */
        Pos pos;
};

typedef enum PackClaimKind { PACK_BONUS, PACK_DEDUCTION, PACK_VETO } PackClaimKind;

/* What may be claimed or taken off, with evidence. */
typedef struct PackClaimItem {
        Str name;
        PackTitle title;
        PackClaimKind kind;
        Dec points;                     /* as given: of a deduction negative; of a veto 0 */
        Str group;                      /* empty: none */
        Pos pos;
} PackClaimItem;

typedef struct PackClaimGroup {
        Str name;
        PackTitle title;
        bool highest_only;              /* of one matter the highest alone counts */
        bool has_max;
        Dec max;                        /* of the sum's magnitude */
        Pos pos;
} PackClaimGroup;

typedef struct PackGrade {
        Str name;
        PackTitle title;
        PackExpr when;                  /* scope: PackGradeSlot; text empty: always */
        Pos pos;
} PackGrade;

/* A line that the pack itself gives, beside the letters': of every unit, or of every record. */
typedef struct PackAssessLine {
        Str name;
        PackTitle title;
        const PackIndicator *indicator; /* of units; NULL: value */
        PackExpr value;                 /* of records; scope: the register's (pack/scope.h) */
        bool has_target;
        Dec target;                     /* the base figure */
        Dec weight;
        const PackMethod *method;       /* never NULL */
        Pos pos;
} PackAssessLine;

struct PackAssessment {
        Str name;
        PackTitle title;
        const PackUnitKind *units;      /* `for:` a kind of unit that signs letters, or … */
        const PackRegister *reg;        /* … a register whose records are classed; one of both is NULL */
        PackExpr where;                 /* of records: who takes part; text empty: all */
        bool letters;                   /* of units: their letters and alerts count, not the lines below alone */
        const PackLights *lights;       /* of lines that name none; NULL: no lights */
        const PackMethod *method;       /* of lines that name none; never NULL */
        bool has_weights;
        Dec weights;                    /* what the weights of a letter add up to */
        PackAssessLine *lines;
        size_t line_count;
        PackClaimItem *items;
        size_t item_count;
        PackClaimGroup *groups;
        size_t group_count;
        PackExpr total;                 /* scope: PackTotalSlot; text empty: the sum of all */
        int decimals;                   /* of points; default 2 */
        PackGrade *grades;              /* the first that is true */
        size_t grade_count;
        Pos pos;
};

/* Slots of the scopes above, in order (names: src/pack/build_assess.c). */
typedef enum PackLineSlot {
        PACK_LINE_ACTUAL, PACK_LINE_TARGET, PACK_LINE_BASE, PACK_LINE_PROGRESS, PACK_LINE_SHARE, PACK_LINE_BEHIND,
        PACK_LINE_WEIGHT, PACK_LINE_MET, PACK_LINE_LATE, PACK_LINE_MONTH, PACK_LINE_PREVIOUS, PACK_LINE_MEAN,
        PACK_LINE_MIN, PACK_LINE_MAX, PACK_LINE_RANK, PACK_LINE_COUNT, PACK_LINE_VALUES, PACK_LINE_SLOTS
} PackLineSlot;
typedef enum PackLadderSlot {
        PACK_LADDER_PERIODS, PACK_LADDER_CLEAR, PACK_LADDER_MISSED, PACK_LADDER_LIGHT, PACK_LADDER_YELLOWS,
        PACK_LADDER_REDS, PACK_LADDER_LEVEL, PACK_LADDER_HELD, PACK_LADDER_MONTH, PACK_LADDER_SLOTS
} PackLadderSlot;
typedef enum PackTotalSlot {
        PACK_TOTAL_BASE, PACK_TOTAL_BONUS, PACK_TOTAL_DEDUCTIONS, PACK_TOTAL_LADDER, PACK_TOTAL_VETO, PACK_TOTAL_SLOTS
} PackTotalSlot;
typedef enum PackGradeSlot {
        PACK_GRADE_TOTAL, PACK_GRADE_RANK, PACK_GRADE_COUNT, PACK_GRADE_VETO, PACK_GRADE_SLOTS
} PackGradeSlot;

/* --- policies ------------------------------------------------------------------ */

/* One version of a parameter: in force from its first to its last day, by the text named. */
typedef struct PackParameterValue {
        Date from, to;                  /* none: open */
        Dec value;
        Str source;                     /* the document that set it */
        Pos pos;
} PackParameterValue;

/* One reading of a text that contradicts itself. */
typedef struct PackChoice {
        Str name;
        PackTitle title;
        Str clause;                     /* where the text says so */
        Dec value;
        Pos pos;
} PackChoice;

/* A number of the text that a what-if may change: `--set rate=0.12`.  It is one plain value, or has versions by
 * date, or is one of the readings of a text that contradicts itself.  A text that only says "at most" gives a
 * range: on a day no version is in force for, the answer is what lies between least and most, never a guess. */
typedef struct PackParameter {
        Str name;
        PackTitle title;
        Str unit;                       /* 元 % …; "2%" is held as 0.02, "500万元" as 5000000 */
        Dec value;                      /* the plain value, the chosen reading's, the newest version's, or most */
        Str clause;                     /* where the text says so */
        PackParameterValue *values;     /* by date, oldest first; a plain value is one that is always in force */
        size_t value_count;
        bool ranged;
        Dec least, most;                /* ranged: the bounds of the text */
        PackChoice *choices;
        size_t choice_count, chosen;
        Pos pos;
} PackParameter;
/* The version in force on the day; NULL: none is. */
const PackParameterValue *pack_parameter_on(const PackParameter *p, Date day);

/* Scope of an input (policy->scope): the fields of the beneficiary register by
 * name; year and assessment year (numbers), period start, period end (dates); the
 * parameters by name; and through the library the registers that belong to the
 * beneficiary (children, and those with one reference to it): `child(year)` of
 * periodic ones, the register's name (periodic: its `list:` name) as a list.
 * Most inputs are one PackQuery; then expr.program is NULL.  Others have a program;
 * `rowwise` ones need a PackHost, the rest can run over columns. */
typedef enum PackInputUse {
        PACK_INPUT_MODEL,               /* of the decision (or of a quota or a date alone) */
        PACK_INPUT_BLOCK,               /* true or more than 0: nothing is paid */
        PACK_INPUT_ADJUST               /* true or more than 0: the adjustment applies */
} PackInputUse;
typedef struct PackInput {
        Str name;                       /* the model's input of this name */
        PackInputUse use;
        PackTitle title;                /* for "missing: …"; of a block: what to say */
        Str clause;                     /* of a block */
        Str unit;
        PackExpr expr;
        const PackQuery *query;         /* or NULL */
        bool rowwise;                   /* the program asks the registers through PackHost */
        PackExpr otherwise;             /* `otherwise:` what a missing value becomes (null: stays missing); scope
                                           as above; text empty: none */
        Pos pos;
} PackInput;

/* What a cap bounds: one record (a loan, a project, or the enterprise itself), all records of one enterprise in a
 * year, or in all years together. */
typedef enum PackCapPer { PACK_CAP_ENTERPRISE, PACK_CAP_ENTERPRISE_YEAR, PACK_CAP_RECORD } PackCapPer;
typedef struct PackCap {
        PackCapPer per;
        int64_t fen;
        Str parameter;                  /* the parameter the amount comes from; empty: a plain figure */
        Str entry; /* the entry of the decision's result it comes from: a cap by tier; empty: none */
        Pos pos;
} PackCap;

/* Bonus points and multipliers: applied in the order written, before rounding and caps. */
typedef enum PackAdjustBy {
        PACK_ADJUST_TIMES,              /* amount × figure */
        PACK_ADJUST_PLUS,               /* amount + figure (yuan) */
        PACK_ADJUST_POINTS              /* amount + figure × the entry `of` of the decision's result */
} PackAdjustBy;
typedef struct PackAdjust {
        size_t input;                   /* index into inputs: when it applies */
        PackAdjustBy by;
        Dec figure;
        Str parameter;                  /* the parameter the figure comes from; empty: a plain figure */
        Str of;                         /* of points */
        bool has_most;
        int64_t most_fen;               /* the adjusted amount is at most this */
        Str group;                      /* of several that hold only the one that gives most applies; empty: all do */
        Pos pos;
} PackAdjust;

/* Only so many places: eligible ones are ranked by a figure. */
typedef enum PackQuotaTies { PACK_TIES_ALL, PACK_TIES_NONE, PACK_TIES_BY_KEY } PackQuotaTies;
typedef struct PackQuota {
        bool is, ascending;
        int64_t places;
        size_t input;                   /* index into inputs; SIZE_MAX: by the amount */
        PackQuotaTies ties;             /* equal figures at the last place: all get in, none, or the first by key */
        const PackUnitKind *within;     /* so many places in each unit of this kind; NULL: in all */
        Pos pos;
} PackQuota;

/* Policies that may be had together, but not more than this a firm and year; the later in the pack's order is cut. */
typedef struct PackTogether {
        Str set;                        /* empty: none */
        int64_t most_fen;
        Pos pos;
} PackTogether;

typedef enum PackBudgetMode { PACK_BUDGET_PRO_RATA, PACK_BUDGET_BY_RANK, PACK_BUDGET_FIRST_COME } PackBudgetMode;
typedef struct PackBudget {
        bool is;
        int64_t fen;                    /* a year */
        Str parameter;                  /* the parameter it comes from; empty: a plain figure */
        PackBudgetMode when_over;
        Pos pos;
} PackBudget;

typedef struct PackShare {
        const PackUnitKind *level;      /* never NULL */
        int64_t millionths;             /* 50% = 500000; all shares of a policy add up to 1000000 */
} PackShare;

typedef enum PackDateBasis { PACK_BY_ASSESSMENT_YEAR, PACK_BY_APPLICATION_DAY, PACK_BY_RENEWAL } PackDateBasis;
/* Money that is paid; a sum that is told and not paid (a tax deduction); yes or no (a recognition). */
typedef enum PackGives { PACK_GIVES_PAYMENT, PACK_GIVES_ESTIMATE, PACK_GIVES_RECOGNITION } PackGives;
typedef enum PackMode { PACK_AUTOMATIC, PACK_APPLICATION } PackMode;

/* What must hold for some years after the year paid for; where it does not, a part is claimed back. */
typedef struct PackKeep {
        PackInput input;                /* asked again in each of the years; false or 0: broken */
        int years;
        int64_t back_millionths;        /* of what was paid */
} PackKeep;

/* The last day of the policy: its own, or the day before the one that supersedes it begins.  None: open. */
Date pack_policy_last_day(const PackPolicy *p);

struct PackPolicy {
        Str name;
        PackTitle title;
        struct {
                Str document, number, clause, published;
        } basis;
        Date from, to;                  /* effective; to none: open */
        PackDateBasis by;
        size_t day;                     /* index into inputs: the day of each record that `by` means; SIZE_MAX: the
                                           day that is asked for */
        const PackPolicy *supersedes;   /* or NULL */
        const PackPolicy *superseded_by;/* or NULL */
        const PackField *owner;         /* field of the beneficiary that holds the firm; NULL: the record is it */
        const PackRegister *beneficiary;/* `for:`; never NULL */
        PackInput *inputs;
        size_t input_count;
        PackParameter *parameters;
        size_t parameter_count;
        Str model_path;                 /* "policies/rd_post_subsidy.dmn" */
        const DmnModel *model;          /* never NULL */
        Str decision;                   /* the model's decision that gives the amount in yuan: a number, or … */
        Str amount;                     /* … the entry of its context that is the amount; empty: it is a number */
        PackGives gives;
        Str holds;                      /* RECOGNITION: the entry that is true when it is given; else empty */
        Str reason, reason_en;          /* the entries that say why, or why not, in Chinese and English; empty: none */
        int64_t round_fen;              /* 1 fen, 10 jiao, 100 元, 1000000 万元 */
        DecRound round_mode;
        int64_t floor_fen;              /* less is not paid; 0: none */
        PackCap *caps;
        size_t cap_count;
        Str *exclusive;                 /* groups: the highest of each alone is paid */
        size_t exclusive_count;
        PackTogether together;
        PackQuota quota;
        PackAdjust *adjusts;
        size_t adjust_count;
        PackKeep *keeps;
        size_t keep_count;
        PackBudget budget;
        PackShare *shares;
        size_t share_count;
        PackMode mode;
        int publish_days;               /* working days of publication before payment */
        const FeelScope *scope;         /* of inputs */
        size_t index;
        Pos pos;
};

/* --- documents -------------------------------------------------------------------- */

typedef struct PackHead {
        Str key;
        Str text;                       /* may hold {{ FEEL }} */
        Pos pos;
} PackHead;

struct PackDocument {
        Str name;
        PackTitle title;
        bool periodic;                  /* --period P */
        PeriodKind period;
        const PackRegister *key;        /* --key K: one document a record; NULL: none */
        const PackUnitKind *unit_key;   /* --key K: one document a unit of the kind; NULL: none */
        PackHead *head;                 /* further keys of the file's head, in order: issuer, number, to, cc … */
        size_t head_count;
        Str path;                       /* "documents/rd_bulletin.md" */
        Str body;                       /* the Markdown after the head */
        int body_line;                  /* line of the file the body begins at, 1-based */
        Pos pos;
};

/* --- roles -------------------------------------------------------------------------- */

typedef enum PackReach {
        PACK_REACH_SUBTREE,     /* the unit of the account and what is below it */
        PACK_REACH_RECORD       /* one record: the account's own (an enterprise, an expert) */
} PackReach;

struct PackRole {
        Str name;
        PackTitle title;
        PackReach reach;
        const PackRegister *reg;        /* of a role that reaches one record: which it is in; NULL: not said */
        Str *may;                       /* patterns over rights: "*", "register.read", "policy.*" */
        size_t may_count;
        bool personal;                  /* sees personal data unmasked */
        Pos pos;
};

/* --- migrations ---------------------------------------------------------------------- */

typedef enum PackMigrateKind {
        PACK_MIGRATE_RENAME,
        PACK_MIGRATE_CHANGE,
        PACK_MIGRATE_FILL,
        PACK_MIGRATE_DROP
} PackMigrateKind;

/* A code and what becomes of it; to empty: the value is not known any more. */
typedef struct PackCodeMove {
        Str from, to;
} PackCodeMove;

/* One statement of what becomes of a register or a field.  Names are those that hold when its turn comes: after the
 * steps before it, before itself. */
typedef struct PackMigrateStep {
        PackMigrateKind kind;
        Str reg;
        Str field;                      /* empty: the register itself (RENAME, DROP) */
        Str to;                         /* RENAME: the new name */
        PackExpr from;                  /* CHANGE, FILL: the value, from the fields as they were; text empty: as it is.
                                           The scope is that of the step: register/migrate.c compiles it anew */
        bool may_be_empty;              /* a value that was known may become null; otherwise that stops the migration */
        const PackCodeMove *codes;
        size_t code_count;
        Pos pos;
} PackMigrateStep;

/* What becomes of the records of a database that was made with an older pack; each is applied once. */
typedef struct PackMigration {
        Str name;
        PackTitle title;
        PackMigrateStep *steps;
        size_t step_count;
        Pos pos;
} PackMigration;

/* --- the pack -------------------------------------------------------------------------- */

struct Pack {
        Str name;                       /* "city" */
        PackTitle title;
        Str version;
        const PackUnitKind *kinds;
        size_t kind_count;
        const PackUnit *units;          /* depth first */
        size_t unit_count;
        const PackCodeList *const *code_lists;
        size_t code_list_count;
        const PackRegister *const *registers;
        size_t register_count;
        const PackIndicator *const *indicators;
        size_t indicator_count;
        const PackForm *const *forms;
        size_t form_count;
        const PackLadder *const *ladders;
        size_t ladder_count;
        const PackLights *const *lights;
        size_t lights_count;
        const PackMethod *const *methods;
        size_t method_count;
        const PackAssessment *const *assessments;
        size_t assessment_count;
        const PackPolicy *const *policies;
        size_t policy_count;
        const PackDocument *const *documents;
        size_t document_count;
        const PackRole *const *roles;
        size_t role_count;
        const PackMigration *migrations;        /* in order of their files */
        size_t migration_count;
        struct PackPrivate *own;        /* arena, files, look-up tables: private to the room */
};

#endif
