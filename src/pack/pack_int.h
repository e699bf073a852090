/* pack_int.h -- how a pack is made: private to the room.
 *
 * Files are parsed into raw structs by the tables of schema.c (RawRegister …: what
 * stands in the YAML, names still as text).  Then build_*.c make the structs of
 * def.h from them in an order in which what is referred to is there already:
 * kinds, units, code lists, registers (fields, then links, then expressions),
 * indicators, forms, policies, documents, roles.  Nothing stops at the first
 * problem: each is reported with its place and `failed` remembered, and building
 * goes on with what can be used.  Memory and limits end it at once (`fatal`).
 */
#ifndef KC_PACK_PACK_INT_H
#define KC_PACK_PACK_INT_H

#include "base/vec.h"
#include "codec/yaml.h"
#include "codec/yaml_schema.h"
#include "pack/pack.h"
#include "pack/scope.h"

/* ---- raw definitions -------------------------------------------------------- */

typedef struct RawKind {
        const Yaml *at;
        Str name;
        YamlTitle title;
} RawKind;

typedef struct RawPack {
        const Yaml *at;
        Str name;
        YamlTitle title;
        Str version;
        YamlArray kinds;                /* RawKind */
} RawPack;

typedef struct RawWas {
        const Yaml *at;
        Str unit;
        YamlQuantity share;
} RawWas;

typedef struct RawUnit {
        const Yaml *at;
        Str code, name, en, kind, feature;
        YamlTexts also;
        Date from, to;
        YamlArray was;                  /* RawWas */
        YamlArray units;                /* RawUnit */
} RawUnit;

typedef struct RawUnits {
        const Yaml *at;
        YamlArray units;                /* RawUnit */
} RawUnits;

typedef struct RawCode {
        const Yaml *at;
        Str code;
        YamlTitle title;
        YamlTexts also;
        Date from, to;
        YamlArray items;                /* RawCode */
} RawCode;

typedef struct RawCodes {
        const Yaml *at;
        Str name;
        YamlTitle title;
        YamlArray items;                /* RawCode */
} RawCodes;

typedef struct RawField {
        const Yaml *at;
        Str name, type, unit, in, check, list, reg, kind, from_address;
        YamlTitle title;
        YamlTexts also, schemes;
        bool required, search, unique, personal;
        int period;
        bool has_period, has_scale;
        int64_t scale, max_length;
        YamlQuantity min, max;
        YamlExpr computed;
} RawField;

typedef struct RawRule {
        const Yaml *at;
        Str name;
        YamlExpr when;
        YamlTitle say;
        int level;
} RawRule;

typedef struct RawValid {
        const Yaml *at;
        Str from, to;
} RawValid;

typedef struct RawMove {
        const Yaml *at;
        Str name;
        YamlTexts to;
} RawMove;

typedef struct RawStages {
        const Yaml *at;
        Str field;
        int level;
        YamlArray moves;                /* RawMove */
} RawStages;

typedef struct RawWarning {
        const Yaml *at;
        Str name, due;
        int64_t days;
        bool overdue;
        YamlExpr when;
        YamlTitle say;
} RawWarning;

typedef struct RawFigure {
        const Yaml *at;
        Str name, unit;
        YamlExpr from;
        YamlTitle title;
} RawFigure;

typedef struct RawPayee {
        const Yaml *at;
        Str name, account, bank;
} RawPayee;

typedef struct RawRegister {
        const Yaml *at;
        Str name, place, label, parent, list;
        YamlTitle title;
        YamlTexts key;
        int period;
        bool has_period;
        RawValid *valid;
        RawPayee *payee;
        YamlArray fields;               /* RawField */
        YamlArray rules;                /* RawRule */
        RawStages *stages;
        YamlArray warnings;             /* RawWarning */
        YamlArray figures;              /* RawFigure */
} RawRegister;

typedef struct RawRank {
        const Yaml *at;
        Str among;
        int ties, missing;
} RawRank;

typedef struct RawAlert {
        const Yaml *at;
        Str name, resets_when;
        int64_t bottom, periods;
        YamlTitle say, action;
        int not_reported;
        bool published;
        int backfilled;
        Str ladder;
} RawAlert;

typedef struct RawIndicator {
        const Yaml *at;
        Str name, unit, in;
        YamlTitle title;
        YamlTexts also;
        YamlExpr source, formula;
        Str of;                         /* a series of another indicator */
        int take;
        bool has_take;
        int64_t periods;
        int rollup, direction, missing, frequency;
        bool has_rollup, has_missing, has_frequency, has_scale, has_decimals, cumulative;
        int64_t scale, decimals;
        YamlQuantity min, max;
        RawRank *rank;
        YamlArray alerts;               /* RawAlert */
} RawIndicator;

typedef struct RawItem {
        const Yaml *at;
        Str indicator;
        bool required;
        YamlQuantity jump, jump_year, outlier;
} RawItem;

typedef struct RawForm {
        const Yaml *at;
        Str name, units;
        YamlTitle title;
        int frequency;
        Period first;
        bool has_first;
        YamlQuantity opens, due;
        bool sign;
        YamlArray items;                /* RawItem */
        YamlArray checks;               /* RawRule */
} RawForm;

typedef struct RawStep {
        const Yaml *at;
        Str name, document;
        YamlTitle title;
        YamlExpr when;
        bool has_points;
        Dec points;
} RawStep;

typedef struct RawLadder {
        const Yaml *at;
        Str name;
        YamlTitle title;
        YamlArray steps;                /* RawStep */
        YamlExpr reset;
} RawLadder;

typedef struct RawLightRule {
        const Yaml *at;
        int colour;
        YamlExpr when;
        YamlTitle say;
} RawLightRule;

typedef struct RawLights {
        const Yaml *at;
        Str name, ladder;
        YamlTitle title;
        YamlArray rules;                /* RawLightRule */
} RawLights;

typedef struct RawMethod {
        const Yaml *at;
        Str name;
        YamlTitle title;
        YamlExpr points, missing;
} RawMethod;

typedef struct RawClaimItem {
        const Yaml *at;
        Str name, group;
        YamlTitle title;
        Dec points;
} RawClaimItem;

typedef struct RawClaimGroup {
        const Yaml *at;
        Str name;
        YamlTitle title;
        bool highest_only, has_max;
        Dec max;
} RawClaimGroup;

typedef struct RawGrade {
        const Yaml *at;
        Str name;
        YamlTitle title;
        YamlExpr when;
} RawGrade;

typedef struct RawAssessLine {
        const Yaml *at;
        Str name, indicator, method;
        YamlTitle title;
        YamlExpr value;
        bool has_target;
        Dec target, weight;
} RawAssessLine;

typedef struct RawAssessment {
        const Yaml *at;
        Str name, whose, lights, method;
        YamlTitle title;
        YamlExpr where, total;
        bool has_weights, has_decimals, letters;
        Dec weights;
        int64_t decimals;
        YamlArray lines;                /* RawAssessLine */
        YamlArray bonus, deductions, vetoes;    /* RawClaimItem */
        YamlArray groups;               /* RawClaimGroup */
        YamlArray grades;               /* RawGrade */
} RawAssessment;

typedef struct RawBasis {
        const Yaml *at;
        Str document, number, clause, published;
} RawBasis;

typedef struct RawEffective {
        const Yaml *at;
        Date from, to;
        int by;
        Str day;
} RawEffective;

typedef struct RawInput {
        const Yaml *at;
        Str name, unit;
        YamlExpr from, otherwise;
        YamlTitle title;
} RawInput;

typedef struct RawParameterValue {
        const Yaml *at;
        Date from, to;
        YamlQuantity value;
        Str source;
} RawParameterValue;

typedef struct RawChoice {
        const Yaml *at;
        Str name, clause;
        YamlTitle title;
        YamlQuantity value;
} RawChoice;

typedef struct RawParameter {
        const Yaml *at;
        Str name, clause, chosen;
        YamlTitle title;
        YamlQuantity value, least, most;
        YamlArray values;               /* RawParameterValue */
        YamlArray choices;              /* RawChoice */
} RawParameter;

typedef struct RawBlock {
        const Yaml *at;
        Str name, clause;
        YamlExpr from, otherwise;
        YamlTitle say;
} RawBlock;

typedef struct RawAdjust {
        const Yaml *at;
        Str name, clause, parameter, of, group;
        YamlExpr from, otherwise;
        YamlTitle say;
        int by;
        YamlQuantity figure, most;
} RawAdjust;

typedef struct RawQuota {
        const Yaml *at;
        int64_t places;
        Str by, within;
        int order, ties;
} RawQuota;

typedef struct RawTogether {
        const Yaml *at;
        Str set;
        YamlQuantity most;
} RawTogether;

typedef struct RawKeep {
        const Yaml *at;
        Str name, clause;
        YamlExpr from;
        YamlTitle say;
        YamlQuantity years, back;
} RawKeep;

typedef struct RawRound {
        const Yaml *at;
        int to, mode;
} RawRound;

typedef struct RawCap {
        const Yaml *at;
        int per;
        YamlQuantity amount;
        Str parameter, entry;
} RawCap;

typedef struct RawBudget {
        const Yaml *at;
        YamlQuantity amount;
        Str parameter;
        int when_over;
} RawBudget;

typedef struct RawShare {
        const Yaml *at;
        Str level;
        YamlQuantity share;
} RawShare;

typedef struct RawPolicy {
        const Yaml *at;
        Str name, beneficiary, owner, supersedes, model, decision, amount, holds;
        YamlTexts exclusive;
        RawTogether *together;
        RawQuota *quota;
        YamlArray blocks;               /* RawBlock */
        YamlArray adjusts;              /* RawAdjust */
        YamlArray keeps;                /* RawKeep */
        YamlTitle title, reason;
        RawBasis *basis;
        RawEffective *effective;
        YamlArray inputs;               /* RawInput */
        YamlArray parameters;           /* RawParameter */
        RawRound *round;
        YamlQuantity floor, publish;
        YamlArray caps;                 /* RawCap */
        RawBudget *budget;
        YamlArray shares;               /* RawShare */
        int mode, gives;
} RawPolicy;

typedef struct RawHead {
        const Yaml *at;
        Str key, text;
} RawHead;

typedef struct RawDocument {
        const Yaml *at;
        Str name, key;
        YamlTitle title;
        int period;
        bool has_period;
        YamlArray head;                 /* RawHead */
        /* Not from the YAML: */
        Str path, body;
        int body_line;
} RawDocument;

typedef struct RawRole {
        const Yaml *at;
        Str name, reg;
        YamlTitle title;
        int reach;
        YamlTexts may;
        bool personal;
} RawRole;

typedef struct RawRoles {
        const Yaml *at;
        YamlArray roles;                /* RawRole */
} RawRoles;

typedef struct RawText {
        const Yaml *at;
        Str key, text;
} RawText;

typedef struct RawLanguage {
        const Yaml *at;
        Str language;
        YamlArray texts;                /* RawText */
} RawLanguage;

typedef struct RawExpect {
        const Yaml *at;
        YamlQuantity amount, least, most;
        bool has_amount, holds, has_holds;
        Str reason;
        YamlTexts missing;
} RawExpect;

typedef struct RawCase {
        const Yaml *at;
        Str name;
        int64_t year;
        Date on;
        const Yaml *given, *set;        /* maps or NULL */
        RawExpect *expect;
} RawCase;

typedef struct RawCases {
        const Yaml *at;
        Str policy;
        int64_t year;
        Date on;
        const Yaml *given, *set;
        YamlArray each;                 /* RawCase */
} RawCases;

typedef enum RawDefinition {
        RAW_PACK, RAW_UNITS, RAW_CODES, RAW_REGISTER, RAW_INDICATOR, RAW_FORM, RAW_POLICY, RAW_ROLES, RAW_LANGUAGE,
        RAW_CASES, RAW_LADDER, RAW_LIGHTS, RAW_METHOD, RAW_ASSESSMENT, RAW_MIGRATION, RAW_COUNT
} RawDefinition;
extern const YamlDefinition pack_definitions[RAW_COUNT];
extern const YamlSchema pack_document_schema;

typedef struct RawCodeMove {
        const Yaml *at;
        Str from;
        Str to;
} RawCodeMove;

typedef struct RawMigrationStep {
        const Yaml *at;
        Str rename, change, fill, drop, to;
        YamlExpr from;
        bool may_be_empty;
        YamlArray codes;                /* RawCodeMove */
} RawMigrationStep;

typedef struct RawMigration {
        const Yaml *at;
        Str name;
        YamlTitle title;
        YamlArray steps;                /* RawMigrationStep */
} RawMigration;

/* ---- the loader's state ------------------------------------------------------- */

#define PACK_DEFINITIONS_MAX 100000u
#define PACK_UNITS_MAX 1000000u

VEC_DECLARE(RawList, void *);
VEC_DECLARE(ProgramList, FeelProgram *);
VEC_DECLARE(ModelList, DmnModel *);

/* A name a unit is known by; several units may share one. */
typedef struct UnitName {
        Str text;                       /* without blanks */
        const PackUnit *unit;
        struct UnitName *next;          /* of the same text */
        bool is_short;                  /* an alias: in an address it must not go on as a street's name */
} UnitName;

typedef struct PackPrivate {
        Arena *arena;
        PackFile *files;
        size_t file_count;
        FeelLibrary *library;           /* functions of scope.h */
        ProgramList programs;
        ModelList models;
        RawList cases;                  /* RawCases */
        Map kinds, units, unit_names, code_lists, registers, indicators, forms, policies, documents, roles;
        Map ladders, lights, methods, assessments;
        Map english;                    /* Chinese text -> RawText of i18n/en */
        size_t unit_name_max;           /* bytes of the longest name */
} PackPrivate;

typedef struct Loader {
        Pack *pack;
        PackPrivate *own;
        Arena *arena;
        Diag *diag;
        RawList raw[RAW_COUNT];
        RawList documents;              /* RawDocument */
        bool failed;
        const char *unread;             /* a file that is no YAML; NULL: all are */
        Status fatal;                   /* ST_NOMEM, ST_LIMIT */
} Loader;

/* Reports and remembers. */
#define loader_error(l, pos, ...)                                   \
        do {                                                        \
                diag_error((l)->diag, (pos), __VA_ARGS__);          \
                (l)->failed = true;                                 \
        } while (0)
/* For allocations: true when there is something to stop for. */
bool loader_oom(Loader *l, const void *ptr);
bool loader_status(Loader *l, Status st);      /* true: fatal (NOMEM, LIMIT, INTERNAL); other errors set failed */

PackTitle loader_title(Loader *l, const YamlTitle *t, Str fallback);
/* Fills program; on failure it stays NULL. */
void loader_compile(Loader *l, const FeelScope *scope, PackExpr *expr, const FeelType *expected);
PackExpr loader_expr(const YamlExpr *e);
/* A name that must be new in the map; reports the place of the first otherwise. */
void loader_add(Loader *l, Map *map, Str name, void *value, const Yaml *at, const char *zh, const char *en);
/* "did you mean": the nearest key of the map, or "". */
const char *loader_near(Loader *l, const Map *map, Str name);

/* The place of a key's value, or of the map without it. */
Pos loader_at(const Yaml *map, const char *key);
/* A kind of unit by name; reports it when there is none. */
const PackUnitKind *loader_kind(Loader *l, Str name, const Yaml *map, const char *key);
/* `min:` and `max:` of a figure in `unit`. */
void loader_bound(Loader *l, Str unit, const YamlQuantity *q, const char *key, bool *ret_has, Dec *ret);
/* "10 working days" → 10; absent when the key is not there. */
int loader_working_days(Loader *l, const YamlQuantity *q, int absent);
bool pack_expr_uses(const PackExpr *e, size_t slot);

/* Stages, in this order. */
void build_units(Loader *l);
void build_codes(Loader *l);
void build_registers(Loader *l);
void build_ladders(Loader *l);
void build_indicators(Loader *l);
void build_forms(Loader *l);
void build_assessments(Loader *l);
void build_policies(Loader *l);
/* build_money.c: parameters before the inputs (their scope has them); the rest after. */
void build_parameters(Loader *l, const RawPolicy *raw, PackPolicy *p);
void build_money(Loader *l, const RawPolicy *raw, PackPolicy *p);
const PackParameter *build_parameter_named(const PackPolicy *p, Str name);
/* SIZE_MAX: there is none. */
size_t build_input_named(const PackPolicy *p, Str name);
/* What several policies say together: members of a set agree on its cap. */
void build_money_links(Loader *l);
void build_documents(Loader *l);
void build_roles(Loader *l);
void build_migrations(Loader *l);

/* scope.c */
FeelLibrary *pack_library(Loader *l);
/* The general functions, and the registers that belong to the beneficiary. */
FeelLibrary *pack_policy_library(Loader *l, const PackRegister *beneficiary);
/* Adds a name to a scope; reports a name that is taken.  false: stop. */
bool pack_scope_add(Loader *l, FeelScope *scope, Str name, const FeelType *type, Pos pos);

/* build_stages.c: stages, warnings and figures of a register whose scope is there. */
void build_register_time(Loader *l, PackRegister *reg, const RawRegister *raw);

/* query.c: takes the text apart.  false: it is no query (nothing reported).  A query with
 * errors in it is true with *ret NULL (reported).  beneficiary NULL: of an indicator. */
bool pack_query_parse(Loader *l, const YamlExpr *e, const PackRegister *beneficiary, const PackParameter *parameters,
                      size_t parameter_count, const PackQuery **ret);
/* The field of reg that holds a beneficiary's key, or NULL: neither child nor one reference. */
const PackField *pack_owner_field(const PackRegister *reg, const PackRegister *beneficiary);

/* Folding of names for comparison: no blanks, half width, lower case.  0: too long. */
#define PACK_FOLD_MAX 256
size_t pack_fold(Str s, char out[PACK_FOLD_MAX]);
/* "营业收入（万元）" → 营业收入 and 万元. */
void pack_split_unit(Str header, Str *ret_name, Str *ret_unit);
/* Puts a folded header into a by_header map; reports a clash.  value is what it finds. */
void pack_add_header(Loader *l, Map *map, Str header, void *value, Pos pos, bool report);

#endif
