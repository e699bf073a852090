/* feel_int.h -- private to the room: what the stages and the built-in functions share.
 *
 * Built-in functions
 * ------------------
 * Each builtins_*.c defines one table of signatures; builtins.c strings the
 * tables together.  A signature is one row; several rows with one name are its
 * overloads, tried in order.  The engine binds arguments (by position, or by
 * name: all must be parameters of the overload), and for each
 *
 *   - UNKNOWN: the call is UNKNOWN (union of causes) unless FB_UNKNOWN;
 *   - a singleton list where the parameter takes no list becomes its item;
 *     a non-list where only a list is taken becomes a list of one;
 *   - null where the parameter does not take FM_NULL: the call is null with a
 *     message; so is a kind outside the mask (after the next overload of that
 *     count was tried);
 *   - an optional parameter that was left out is null and its kind need not
 *     be in the mask.
 *
 * So a function sees only kinds it declared, and always `nparams` values in
 * declared order (variadic: the last parameter's arguments come one by one at
 * the end; nargs says how many there are in all).  It returns ST_OK with a
 * value, or FEEL_FAIL(...): null with a message at the call's place; anything
 * else only to stop (feel_tick, no memory).  It allocates from x->arena only,
 * and accounts for loops over lists or text with feel_tick.
 *
 *     static Status fn_substring(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret);
 *     const FeelBuiltin feel_builtins_string[] = {
 *             { "substring", fn_substring, FEEL_T_STRING, FB_PURE, 3, 2,
 *               { { "string", FM_STRING }, { "start position", FM_NUMBER }, { "length", FM_NUMBER } } },
 *             { NULL },
 *     };
 *
 * A function with UNKNOWN inside its list (sum([1, unknown])) answers with
 * feel_list_unknown(): the union of what is missing.
 */
#ifndef KC_FEEL_FEEL_INT_H
#define KC_FEEL_FEEL_INT_H

#include "feel/feel.h"

/* ---------------------------------------------------------------- built-in functions */

#define FM(kind) (1u << (kind))
#define FM_NULL FM(FEEL_NULL)
#define FM_BOOLEAN FM(FEEL_BOOLEAN)
#define FM_NUMBER FM(FEEL_NUMBER)
#define FM_STRING FM(FEEL_STRING)
#define FM_DATE FM(FEEL_DATE)
#define FM_TIME FM(FEEL_TIME)
#define FM_DATE_TIME FM(FEEL_DATE_TIME)
#define FM_DAYS FM(FEEL_DAYS_DURATION)
#define FM_MONTHS FM(FEEL_MONTHS_DURATION)
#define FM_DURATION (FM_DAYS | FM_MONTHS)
#define FM_LIST FM(FEEL_LIST)
#define FM_CONTEXT FM(FEEL_CONTEXT)
#define FM_RANGE FM(FEEL_RANGE)
#define FM_FUNCTION FM(FEEL_FUNCTION)
/* Anything but null and UNKNOWN; and with null. */
#define FM_SOME (((1u << FEEL_KIND_COUNT) - 1u) & ~FM(FEEL_NULL) & ~FM(FEEL_UNKNOWN))
#define FM_ANY (FM_SOME | FM_NULL)

enum {
        FB_PURE = 1,            /* depends on its arguments only: constant calls are folded */
        FB_VARIADIC = 2,        /* the last parameter takes one or more arguments */
        FB_UNKNOWN = 4,         /* wants to see UNKNOWN arguments */
        FB_NO_COERCE = 8,       /* no conversion between item and list of one */
        FB_NO_NAMES = 16,       /* positional only */
        FB_QUIET = 32           /* null for null without a message */
};

#define FEEL_PARAMS_MAX 8

typedef struct FeelParam {
        const char *name;       /* as named in the standard: "start position" */
        uint32_t mask;          /* kinds taken: FM_… */
} FeelParam;

typedef Status (*FeelBuiltinFn)(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret);

typedef struct FeelBuiltin {
        const char *name;
        FeelBuiltinFn fn;
        FeelTypeKind result;    /* FEEL_T_ANY when it depends */
        uint8_t flags;          /* FB_… */
        uint8_t nparams;
        uint8_t required;       /* the first so many must be given */
        FeelParam params[FEEL_PARAMS_MAX];
} FeelBuiltin;

/* One table a file, ended by a row without a name. */
extern const FeelBuiltin feel_builtins_convert[]; /* date, time, date and time, number, string, duration, range … */
extern const FeelBuiltin feel_builtins_string[];
extern const FeelBuiltin feel_builtins_list[];          /* incl. sort */
extern const FeelBuiltin feel_builtins_aggregate[];     /* min, sum, all, any, statistics */
extern const FeelBuiltin feel_builtins_number[];
extern const FeelBuiltin feel_builtins_temporal[];      /* now, today, day of year, … */
extern const FeelBuiltin feel_builtins_context[]; /* get value, get entries, context, context put, context merge */
extern const FeelBuiltin feel_builtins_range[];         /* before, after, meets, … */
/* builtins.c: the overloads of a name, in order (rows with one name stand together in their table);
 * NULL: no such function. */
const FeelBuiltin *feel_builtin_find(Str name, size_t *ret_count);
/* All names, for the parser's table of known names and for suggestions; ends with NULL. */
const char *const *feel_builtin_names(void);

/* ---------------------------------------------------------------- evaluation context */

typedef struct FeelCollectionCache FeelCollectionCache;

struct FeelExec {
        Arena *arena;           /* of all values made */
        Diag *diag;             /* may be NULL */
        void *host;
        FeelLimits limits;
        uint64_t steps;         /* done since reset */
        uint64_t next_check;    /* at this many steps look at the clock */
        uint64_t deadline;      /* clock_mono_ns; 0: none */
        bool cancelled;         /* set from another thread (atomic access) */
        uint64_t warnings;      /* messages, recorded or not, since reset */
        uint32_t depth;
        bool now_fixed;
        FeelDateTime now;
        const struct FeelProgram *program;      /* being evaluated */
        uint32_t pc;            /* instruction: program->pos has its place in the text */
        struct StackBlock *blocks;      /* frames of exec.c */
        Arena *fetched;         /* of collections, which outlive a rewind */
        FeelCollectionCache *collections;
        struct FeelRegexCache *regexes;         /* of regex.c; freed by feel_regex_cache_free */
};

/* `return FEEL_FAIL(x, ret, "…", "…", …);`: null with a message. */
#define FEEL_FAIL(x, ret, zh, ...) feel_null_because((x), (ret), zh, __VA_ARGS__)

/* n bytes of x->arena. */
Status feel_new_bytes(FeelExec *x, size_t n, char **ret) FALLIBLE;
/* The buffer's text copied into the arena as a string value; releases nothing. */
Status feel_new_string(FeelExec *x, Str text, FeelValue *ret) FALLIBLE;

/* A list that grows in x->arena. */
typedef struct FeelListBuilder {
        FeelExec *x;
        FeelValue *items;
        size_t len, cap;
} FeelListBuilder;
#define FEEL_LIST_BUILDER(exec) ((FeelListBuilder){ .x = (exec) })
Status feel_list_push(FeelListBuilder *b, const FeelValue *v) FALLIBLE;        /* accounts one step */
static inline FeelValue feel_list_done(const FeelListBuilder *b) { return feel_list(b->items, b->len); }

/* Is an item (not deeper) UNKNOWN?  Then *ret is the union of the causes of all that are. */
Status feel_list_unknown(FeelExec *x, const FeelValue *list, bool *ret_any, FeelValue *ret) FALLIBLE;

/* ---------------------------------------------------------------- temporal (temporal.c, zone.c) */

/* All of these accept exactly what DMN/XML Schema accepts, whole slice; false otherwise. */
bool feel_parse_date(Str s, Date *ret);
bool feel_parse_time(Str s, FeelTime *ret);             /* 10:00:00, with fraction, Z, +08:00, @Asia/Shanghai */
bool feel_parse_date_time(Str s, FeelDateTime *ret);    /* a date alone is not one */
bool feel_parse_days_duration(Str s, FeelDuration *ret);
bool feel_parse_months_duration(Str s, int64_t *ret);
/* @"…": the first that fits of date, date and time, time, durations. */
bool feel_parse_at_literal(Str s, FeelValue *ret);

#define FEEL_TEMPORAL_TEXT_MAX 128
size_t feel_date_text(Date d, char out[FEEL_TEMPORAL_TEXT_MAX]);
size_t feel_time_text(const FeelTime *t, char out[FEEL_TEMPORAL_TEXT_MAX]);
size_t feel_date_time_text(const FeelDateTime *t, char out[FEEL_TEMPORAL_TEXT_MAX]);
size_t feel_days_duration_text(FeelDuration d, char out[FEEL_TEMPORAL_TEXT_MAX]);
size_t feel_months_duration_text(int64_t months, char out[FEEL_TEMPORAL_TEXT_MAX]);

/* The zone's number by its IANA name; false: no such zone. */
bool feel_zone_find(Str name, FeelZone *ret);
/* Name of a named zone; never NULL. */
const char *feel_zone_name(FeelZone z);
/* Offset from UTC in seconds at a local date and time (any date for offset zones); false: local time. */
bool feel_zone_offset(FeelZone z, Date date, int32_t seconds_of_day, int32_t *ret);

/* Order and equality of two times / date-times of one kind.  feel_time_order: false when one is
 * local and the other is not. */
bool feel_time_order(const FeelTime *a, const FeelTime *b, int *ret);
bool feel_date_time_order(const FeelDateTime *a, const FeelDateTime *b, int *ret);
/* `=`: same point (and both local or both zoned); is(): also the same zone text. */
bool feel_time_equal(const FeelTime *a, const FeelTime *b);
bool feel_date_time_equal(const FeelDateTime *a, const FeelDateTime *b);
uint64_t feel_time_hash(const FeelTime *t);
uint64_t feel_date_time_hash(const FeelDateTime *t);

/* Arithmetic of values, at least one temporal (10.3.2.3.3 … table 54, 55): a + b, a - b, a * b, a / b
 * for all pairs of kinds that the standard knows.  false: no such operation or out of range (the
 * engine answers null with a message). */
bool feel_temporal_add(const FeelValue *a, const FeelValue *b, FeelValue *ret);
bool feel_temporal_sub(const FeelValue *a, const FeelValue *b, FeelValue *ret);
bool feel_temporal_mul(const FeelValue *a, const FeelValue *b, FeelValue *ret);
bool feel_temporal_div(const FeelValue *a, const FeelValue *b, FeelValue *ret);
/* Properties after a dot (year, month, day, weekday, hour, minute, second, time offset, timezone, days,
 * hours, minutes, seconds, years, months, date, time …).  false: that kind has no such property. */
bool feel_temporal_property(const FeelValue *v, Str name, FeelValue *ret);

/* ---------------------------------------------------------------- ranges (ranges.c) */

/* Is v in r?  null: not comparable. */
FeelTruth feel_in_range(const FeelValue *v, const FeelRange *r);
/* `start`, `end`, `start included`, `end included`. */
bool feel_range_property(const FeelRange *r, Str name, FeelValue *ret);
/* "[1..3)" as range() reads it: literals of numbers, strings, @-literals, date("…") and friends; the ends must be
 * of one kind and in order.  Implemented with the lexer. */
Status feel_parse_range(FeelExec *x, Str s, bool *ret_ok, FeelValue *ret) FALLIBLE;

/* ---------------------------------------------------------------- regular expressions (regex.c) */

typedef struct FeelRegexCache FeelRegexCache;
void feel_regex_cache_free(FeelRegexCache *c);

#endif
