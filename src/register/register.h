/* register.h -- the city's records: tables from definitions, versions, and what rules ask of them.
 *
 * A register of the pack becomes two tables: `r_NAME` with the present state of
 * every record and `h_NAME` with every earlier state.  A record is found by its
 * natural key as one text (register_key_text); it has a number `id` for life.
 * Each state has a valid time [from, to): a change made today is valid from
 * today unless the import says otherwise; `as of` a day reads the state that was
 * valid then.  Each state knows the event that made it and the cell it came from.
 *
 *     TRY(register_tables(tx, pack));                       // at init
 *     RegisterValue v[...];
 *     TRY(register_get(tx, reg, STR("91350100M000100Y43"), NULL, arena, &rec));
 *
 * Values at rest are as pack/def.h says: int64 for numbers, dates, periods and
 * booleans, text for the rest; null is "not known", never zero.
 *
 * Who may see what is the caller's affair (api/): every read takes `within`, the
 * unit whose subtree is visible (NULL: all).
 */
#ifndef KC_REGISTER_REGISTER_H
#define KC_REGISTER_REGISTER_H

#include "base/arena.h"
#include "base/date.h"
#include "base/diag.h"
#include "base/period.h"
#include "codec/sheet.h"
#include "feel/feel.h"
#include "feel/feel_batch.h"
#include "pack/pack.h"
#include "pack/scope.h"
#include "store/store.h"

/* ---- tables ------------------------------------------------------------ */

/* Makes or extends the tables of all registers, and those of imports and held rows.
 * Additive; what is not is ST_CONFLICT (store_apply_tables).  Records an event when
 * something changed only through the caller's own. */
Status register_tables(StoreTx *tx, const Pack *pack) FALLIBLE;
/* Gives records that an older program wrote the key by which names are sorted; *ret_count: how many. */
Status register_fill_order(StoreTx *tx, const Pack *pack, int64_t *ret_count) FALLIBLE;
/* "r_enterprise"; history: "h_enterprise".  Static per call site: copied to out. */
#define REGISTER_NAME_MAX 64
void register_table_name(const PackRegister *reg, bool history, char out[REGISTER_NAME_MAX]);
/* The column of a field: its own name when that is a name of SQL, else x_ and a hash of it. */
void register_column_name(const PackField *field, char out[REGISTER_NAME_MAX]);

/* ---- another pack ------------------------------------------------------- */

/* What one step of a migration did, or a dry run says it would. */
typedef struct RegisterMigrated {
        const PackMigration *migration;
        const PackMigrateStep *step;
        int64_t records, past;          /* present and earlier states with a value of the field (a register: all) */
} RegisterMigrated;

/* Brings the registers of a database from the pack it has to another one, in the caller's transaction: adds what is
 * new (register_tables), and does what the migrations say that `old` does not have.  ST_CONFLICT, every place at once,
 * with registers, fields and counts, for whatever would change or lose values and is not stated; and with record and
 * field for a value that does not convert.  Earlier states are converted with the present one, so past days answer in
 * the new terms; values of columns that were changed or dropped are kept in the tables under other names. */
Status register_migrate(StoreTx *tx, const Pack *old, const Pack *new, Arena *a, Diag *diag, RegisterMigrated **ret,
                        size_t *ret_count) FALLIBLE;

/* ---- values ------------------------------------------------------------ */

typedef struct RegisterValue {
        union {
                int64_t i64;    /* pack_type_is_int(field->type) and not many */
                Str text;       /* the others */
        };
        bool known;             /* false: null */
} RegisterValue;

bool register_value_eq(const PackField *field, const RegisterValue *a, const RegisterValue *b);
/* What an expression sees: money in yuan, codes and units as text, null when not known. */
FeelValue register_value_feel(const PackField *field, const RegisterValue *v);
/* Plain text, exact, as an export writes it: "12.50", "2023-06-30", "是"; empty when not known. */
void register_value_text(const PackField *field, const RegisterValue *v, Buf *out);
/* As people read it: code and unit titles, thousands separators. */
void register_value_shown(const Pack *pack, const PackField *field, const RegisterValue *v, Lang lang, Buf *out);

/* The natural key as one text: the parts' texts joined by '|' ('|' and '\' in a part are
 * escaped by '\').  values stand by field index. */
Status register_key_text(const PackRegister *reg, const RegisterValue *values, Arena *a, Str *ret) FALLIBLE;

/* ---- records ----------------------------------------------------------- */

typedef struct RegisterRecord {
        int64_t id;
        Str key;
        Str unit;               /* where it is placed; empty: nowhere */
        RegisterValue *values;  /* by field index; computed fields are computed */
        int64_t version;        /* 1, 2, … */
        Date from, to;          /* valid [from, to); to none: still */
        int64_t event;          /* that made this state */
        Str actor, reason;
        int64_t import;         /* 0: none */
        int64_t row;            /* row of the sheet */
} RegisterRecord;

/* as_of NULL: now.  ST_NOT_FOUND. */
Status register_get(StoreTx *tx, const Pack *pack, const PackRegister *reg, Str key, const Date *as_of, Arena *a,
                    RegisterRecord *ret) FALLIBLE;
/* All states of a record, newest first. */
Status register_versions(StoreTx *tx, const Pack *pack, const PackRegister *reg, int64_t id, Arena *a,
                         RegisterRecord **ret, size_t *ret_count) FALLIBLE;

/* Columns kept between calls: register/columns.h. */
typedef struct RegisterColumns RegisterColumns;

#define REGISTER_LIST_MAX 1000000

typedef struct RegisterQuery {
        const PackUnit *within; /* NULL: all */
        Str owner;              /* key of the parent record; none: any */
        Str words;              /* full text over the `search` fields; none */
        Str where;              /* a FEEL condition over the fields; none */
        const PackField *sort;  /* NULL: by key; texts without a check of their own stand in pinyin order */
        bool descending;
        const Date *as_of;      /* NULL: now */
        int64_t offset, limit;  /* limit 0: all, up to REGISTER_LIST_MAX */
        RegisterColumns *kept;  /* what a server keeps of registers; NULL: every call reads the whole register */
} RegisterQuery;

/* Records of the page in the arena; ret_total counts all that fit. A `where` that does not
 * compile is ST_INVALID with its messages. */
Status register_list(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterQuery *q, Arena *a,
                     Diag *diag, RegisterRecord **ret, size_t *ret_count, int64_t *ret_total) FALLIBLE;

/* Years for which a yearly register has records, ascending. */
Status register_years(StoreTx *tx, const PackRegister *reg, Arena *a, int64_t **ret, size_t *ret_count) FALLIBLE;

/* Where a record's state came from: "figures.xlsx", sheet, and the cell of a field ("C12"). */
typedef struct RegisterSource {
        Str file, sheet, cell, actor, at;
        int64_t event;
} RegisterSource;
Status register_source(StoreTx *tx, const RegisterRecord *rec, const PackField *field /* may be NULL */, Arena *a,
                       RegisterSource *ret) FALLIBLE;

/* ---- changes that are no import ------------------------------------------ */

typedef struct RegisterChange {
        const PackUnit *within;         /* records placed elsewhere are not found; NULL: all */
        Str actor, on_behalf;
        Str reason;                     /* must not be empty */
        Lang lang;
        bool unmerge;                   /* register_restore may take a merge back */
} RegisterChange;

typedef struct RegisterChanged {
        int64_t event;
        int64_t records;                /* that went or came back, or were filled in */
        int64_t links;                  /* records that name the survivor now */
} RegisterChanged;

/* From today on the record and its children are no more; every earlier day is answered as before.  ST_CONFLICT
 * with the names of the records that refer to it, while there are any. */
Status register_delete(Store *store, const Pack *pack, const PackRegister *reg, Str key, const RegisterChange *by,
                       Diag *diag, RegisterChanged *ret) FALLIBLE;
/* Brings a deleted record back with the children that went with it; one that was merged away too: whatever the merge
 * changed becomes what it was, field by field, unless it was changed again since, and what came to the survivor later
 * stays there.  ST_CONFLICT when the survivor is gone itself, or a key is taken by a new record. */
Status register_restore(Store *store, const Pack *pack, const PackRegister *reg, Str key, const RegisterChange *by,
                        Diag *diag, RegisterChanged *ret) FALLIBLE;
/* `from` and `into` are one: children and links of `from` become those of `into`, what `into` does not know it
 * takes from `from`, and the key `from` answers with `into` from then on. */
Status register_merge(Store *store, const Pack *pack, const PackRegister *reg, Str from, Str into,
                      const RegisterChange *by, Diag *diag, RegisterChanged *ret) FALLIBLE;
/* The key that answers for a key: itself unless it was merged. */
Status register_resolve(StoreTx *tx, const PackRegister *reg, Str key, Arena *a, Str *ret) FALLIBLE;

/* Records that are no more, the latest first. */
typedef struct RegisterGone {
        Str key, label, actor, reason;
        Str survivor;                   /* the key it was merged into; none: deleted */
        Date day;
        int64_t event;
} RegisterGone;
Status register_gone(StoreTx *tx, const Pack *pack, const PackRegister *reg, const PackUnit *within, int64_t offset,
                     int64_t limit, Arena *a, RegisterGone **ret, size_t *ret_count, int64_t *ret_total) FALLIBLE;

/* ---- links ---------------------------------------------------------------- */

/* One link of a record: outgoing, a reference it holds; incoming, a record that names it.  A child record that
 * names it (a tenancy, a membership) links it with that child's parent, and its own children link it with what they
 * name: `through` is the child's register. */
typedef struct RegisterLink {
        const PackField *field;         /* that holds the reference */
        bool incoming;
        const PackRegister *reg;        /* of the other side */
        Str key, label, unit;           /* of the other side */
        const PackRegister *through;    /* NULL: directly */
        Str role;                       /* code of a field named `role`; empty */
        Date from, to;                  /* validity of the link; none: open */
} RegisterLink;
Status register_links(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterRecord *rec, Arena *a,
                      RegisterLink **ret, size_t *ret_count) FALLIBLE;

/* ---- warnings and figures ---------------------------------------------------- */

/* A record whose day is near or has passed. */
typedef struct RegisterDue {
        const PackRegister *reg;
        const PackWarning *warning;
        Str key, label, unit;
        Str owner_key, owner;           /* key and label of the parent; empty without one */
        Date due;
        int64_t days;                   /* from today; negative: overdue */
} RegisterDue;
/* By register and warning, the earliest day first; `only` NULL: all registers. */
Status register_warnings(StoreTx *tx, const Pack *pack, const PackRegister *only, const PackUnit *within, Arena *a,
                         RegisterDue **ret, size_t *ret_count) FALLIBLE;
/* The figures of reg->figures for one record and period, in that order: numbers, or UNKNOWN with what is missing. */
Status register_figures(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterRecord *rec,
                        Period period, Arena *a, FeelValue *ret) FALLIBLE;

/* ---- attachments ------------------------------------------------------------ */

enum { REGISTER_ATTACHMENT_MAX = 32 << 20, REGISTER_ATTACHMENTS_MAX = 500 };

/* A file of a record.  Its bytes are kept once under their SM3 hash, whatever names they have. */
typedef struct RegisterAttachment {
        int64_t id, size, event;
        Str hash, name, actor, at, reason;
} RegisterAttachment;
/* record: its id. */
Status register_attachments(StoreTx *tx, const PackRegister *reg, int64_t record, Arena *a, RegisterAttachment **ret,
                            size_t *ret_count) FALLIBLE;
/* ST_NOT_FOUND. */
Status register_attachment_bytes(StoreTx *tx, Str hash, Arena *a, Str *ret) FALLIBLE;
/* The same file under the same name again changes nothing.  The reason may be empty. */
Status register_attach(Store *store, const Pack *pack, const PackRegister *reg, Str key, Str name, Str bytes,
                       const RegisterChange *by, Arena *a, Diag *diag, RegisterAttachment *ret) FALLIBLE;
/* Takes it off the record; the bytes stay, for the chain names them. */
Status register_detach(Store *store, const Pack *pack, const PackRegister *reg, Str key, int64_t id,
                       const RegisterChange *by, Arena *a, Diag *diag, RegisterChanged *ret) FALLIBLE;

/* ---- views -------------------------------------------------------------------- */

/* A way of looking at a register under a name: whoever saved it may change it, `shared` ones everybody may use. */
typedef struct RegisterView {
        Str name, actor;
        Str definition;                 /* JSON, the face's own: words, condition, order, columns */
        bool shared;
} RegisterView;
Status register_views(StoreTx *tx, const PackRegister *reg, Str actor, Arena *a, RegisterView **ret,
                      size_t *ret_count) FALLIBLE;
Status register_view_save(Store *store, const PackRegister *reg, const RegisterView *view, Diag *diag) FALLIBLE;
Status register_view_remove(Store *store, const PackRegister *reg, Str actor, Str name, Diag *diag) FALLIBLE;

/* ---- import ------------------------------------------------------------ */

typedef struct RegisterImport {
        const char *file_name;          /* for messages and provenance */
        Str bytes;                      /* the file */
        const char *path;               /* or where it lies: read as it is needed; NULL: bytes */
        const char *sheet;              /* NULL: the first visible one whose header fits */
        Str columns; /* what somebody said of columns: "B=name,D=" (letter, field; none: leave it out) */
        const Period *period;           /* of a periodic register whose sheet has no period column; NULL */
        const PackUnit *within;         /* rows placed elsewhere are refused; NULL: all */
        Date valid_from;                /* none: today */
        Str explanation;                /* answers the soft checks of all rows of the file; none: they are held */
        Str reason;                     /* why the change is made; kept with the states */
        bool dry_run;                   /* everything but the writing */
        const char *errors_out;         /* error workbook: the file's rows with the bad cells marked; NULL */
        Str actor, on_behalf;
        Lang lang;
        void (*progress)(void *ctx, uint64_t done, uint64_t total);
        void *progress_ctx;
} RegisterImport;

typedef enum RegisterProblemLevel {
        REGISTER_ERROR,
        REGISTER_EXPLAIN,
        REGISTER_WARNING,
        REGISTER_NOTE
} RegisterProblemLevel;

typedef struct RegisterProblem {
        RegisterProblemLevel level;
        Str sheet;
        uint32_t row, col;              /* 1-based; col 0: the whole row */
        Str header;                     /* of the column */
        const PackField *field;         /* may be NULL */
        Str found;                      /* what stands there */
        Str unit, indicator;            /* of a report: whose figure, and which; none */
        Str text;                       /* in the import's language */
} RegisterProblem;

typedef struct RegisterColumn {
        Str header;
        uint32_t col;
        const PackField *field;         /* NULL: not taken */
        Str unit;                       /* measure of the figures; empty: the field's own */
        bool explanation;               /* each row's own answer to the soft checks */
} RegisterColumn;

typedef struct RegisterOutcome {
        int64_t rows, added, changed, unchanged, refused, held;
        RegisterColumn *columns;
        size_t column_count;
        RegisterProblem *problems;      /* the first REGISTER_PROBLEMS_MAX */
        size_t problem_count;           /* kept */
        int64_t problem_total;          /* all */
        int64_t event;                  /* 0: nothing was written */
        Str sheet;
} RegisterOutcome;
#define REGISTER_PROBLEMS_MAX 10000

/* Reads, checks and writes in one transaction: rows with errors are refused, rows that a
 * soft check holds are kept in `held_row` with their reasons, good rows are stored; all of it
 * or nothing.  The same file again changes nothing.  ST_OK also when rows were refused:
 * look at the outcome.  ST_INVALID when nothing could be read at all (no header, no key
 * column …), with messages. The outcome lives in the arena. */
Status register_import(Store *store, const Pack *pack, const PackRegister *reg, const RegisterImport *in, Arena *a,
                       Diag *diag, RegisterOutcome *ret) FALLIBLE;

/* Rows waiting for an explanation. */
typedef struct RegisterHeld {
        int64_t id;
        Str key, file, sheet, data, reasons, actor, at;     /* data and reasons: JSON */
        int64_t row;
} RegisterHeld;
/* Only rows whose record, or whose unit field, lies within the unit (NULL: all). */
Status register_held(StoreTx *tx, const Pack *pack, const PackRegister *reg, const PackUnit *within, int64_t offset,
                     int64_t limit, Arena *a, RegisterHeld **ret, size_t *ret_count, int64_t *ret_total) FALLIBLE;
/* One of them; ST_NOT_FOUND.  To explain it, import its data (a JSON object) with the explanation. */
Status register_held_one(StoreTx *tx, const Pack *pack, const PackRegister *reg, const PackUnit *within, int64_t id,
                         Arena *a, RegisterHeld *ret) FALLIBLE;

/* Cells to typed values, for other rooms that read sheets (figures of a form): one number
 * with its measure.  unit: what the header or pack says the figures are in ("万元"; empty: `to`). */
typedef enum RegisterCellState { REGISTER_CELL_EMPTY, REGISTER_CELL_GOOD, REGISTER_CELL_BAD } RegisterCellState;
/* The value scaled by `scale` in the measure `to`.  BAD: *ret_why says why (in the arena);
 * a note about rounding is put there too when GOOD (else it is empty).  ST_NOMEM alone is a failure. */
Status register_cell_number(const SheetCell *cell, Str from_unit, Str to_unit, int scale, Lang lang, Arena *a,
                            RegisterCellState *ret_state, int64_t *ret, Str *ret_why) FALLIBLE;

/* ---- export ------------------------------------------------------------ */

/* The register as .xlsx, .csv, .tsv or .json by the name's end; headers are titles with their
 * measure; what goes out comes back identical. Computed fields are left out. */
Status register_export(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterQuery *q,
                       const char *path, Lang lang, Diag *diag, int64_t *ret_rows) FALLIBLE;

/* An empty .xlsx to fill in: the headers the import knows, drop-downs of codes and units (those within the unit),
 * a note on every header, and a sheet that says what is wanted. */
Status register_template(const Pack *pack, const PackRegister *reg, const PackUnit *within, const char *path, Lang lang,
                         Diag *diag) FALLIBLE;

/* ---- columns for batches ------------------------------------------------ */

/* A register (as of a day) as typed columns: one array a field that was asked for. */
typedef struct RegisterTable {
        const PackRegister *reg;
        size_t rows;
        const int64_t *id;
        const Str *key;
        const Str *owner;               /* parent's key; NULL without parent */
        const Str *unit;                /* placed in; empty: nowhere */
        const FeelColumn *columns;      /* by field index; kind FEEL_COL_VALUE with any == NULL: not loaded */
} RegisterTable;

/* fields NULL: all.  Money comes as scaled int64 with scale 2 (yuan), decimals with theirs, dates as days,
 * codes and texts as Str.  Nothing in the register is UNKNOWN: null cells are null; it is for the
 * caller to take null as UNKNOWN.  Rows by key. */
Status register_table_load(StoreTx *tx, const Pack *pack, const PackRegister *reg, const PackField *const *fields,
                           size_t field_count, const Date *as_of, const PackUnit *within, Arena *a,
                           RegisterTable *ret) FALLIBLE;

/* What one PackQuery (pack/def.h) gives for every record of a beneficiary register, in the
 * order of `owners->rows`: null cells and missing records are UNKNOWN with the query's field title
 * as the missing name; counts and sums over nothing are 0.  Several queries share loaded tables
 * through the cache. */
typedef struct RegisterCache RegisterCache;
RegisterCache *register_cache_new(StoreTx *tx, const Pack *pack, const Date *as_of) __attribute__((warn_unused_result));
void register_cache_free(RegisterCache *c);
DEFINE_CLEANUP(RegisterCache *, register_cache_free)
/* The whole register's table, loaded once. */
Status register_cache_table(RegisterCache *c, const PackRegister *reg, const RegisterTable **ret) FALLIBLE;
/* Said before the register is loaded: this field (NULL: none, only that there are records) is going to be asked, or
 * what this query reads.  A register of which something was said is loaded with those fields alone. */
Status register_cache_expect(RegisterCache *c, const PackRegister *reg, const PackField *field) FALLIBLE;
Status register_cache_expect_query(RegisterCache *c, const PackQuery *q) FALLIBLE;
/* The same rows with at least the expected fields that are stored. */
Status register_cache_some(RegisterCache *c, const PackRegister *reg, const RegisterTable **ret) FALLIBLE;
/* params: values of the policy's parameters after the fields and period names in the query's scope. */
Status register_query_by_owner(RegisterCache *c, const PackQuery *q, const RegisterTable *owners, Period period,
                               const FeelValue *params, size_t param_count, Str missing_name, Arena *a,
                               FeelColumn *ret) FALLIBLE;
/* Answers `enterprise_year(2021)` and `qualification` (pack/scope.h) for one owner after another, for
 * policy inputs that are no PackQuery:
 *
 *     RegisterHost host;
 *     TRY(register_host_init(&host, cache, owners));
 *     feel_exec_set_host(x, &host.base);
 *     for (host.row = 0; host.row < owners->rows; host.row++) feel_eval(x, …);
 *     register_host_release(&host);
 */
typedef struct RegisterHost {
        PackHost base;                  /* first member: FEEL sees this */
        RegisterCache *cache;
        const RegisterTable *owners;
        size_t row;                     /* the owner at hand */
        Map *by_owner;                  /* by register index: owner's key -> first row + 1 */
        size_t **next;                  /* by register index: the next row of the same owner + 1 */
        Arena *arena;
} RegisterHost;
Status register_host_init(RegisterHost *h, RegisterCache *cache, const RegisterTable *owners) FALLIBLE;
void register_host_release(RegisterHost *h);
/* Row of a table as a context of its fields, made in the arena. */
Status register_table_row(const RegisterTable *t, size_t row, Arena *a, FeelValue *ret) FALLIBLE;

/* The same for every unit of the pack by pack->units index, each with the sum over its own subtree:
 * one number a unit (scaled exact; min, max and mean are null where there is no row).  Of a register without a place
 * the first unit has all there is; what of it is another unit's is UNKNOWN. */
Status register_query_by_unit(RegisterCache *c, const PackQuery *q, Period period, Arena *a,
                              FeelValue *ret_by_unit) FALLIBLE;

#endif
