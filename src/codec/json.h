/* json.h -- JSON (RFC 8259) in and out, exactly.
 *
 * The reader is our own because jansson and its like read numbers as doubles or
 * 64-bit integers: here a number keeps the very characters it was written with
 * ("9007199254740993", "0.10", "1E400"), and its reader decides (json_dec).
 * It is strict: no comments, no trailing commas, one value and nothing after it.
 * Refused with line and column: malformed UTF-8, a byte-order mark, unpaired
 * surrogate escapes, \u0000 and raw control characters, duplicate keys (compared
 * after unescaping), too deep, too large, too many values.
 *
 * The tree lives in the caller's arena, the text is copied there, so the input
 * may go away.  A number's or string's Str stays valid as long as the arena.
 *
 *     Json *doc;
 *     TRY(json_parse(arena, text, "input.json", NULL, diag, &doc));
 *     const Json *age = json_get(doc, "age");         // NULL when absent
 *     Dec d;
 *     if (age && age->kind == JSON_NUMBER) TRY(json_dec(age, &d));
 *
 *     JsonWriter w = json_writer(&buf, JSON_PRETTY);
 *     jw_object_begin(&w);
 *     jw_key(&w, STR("name")); jw_str(&w, name);
 *     jw_put_i64(&w, "count", 3);                     // key and value
 *     jw_object_end(&w);
 *     TRY(jw_finish(&w));
 */
#ifndef KC_CODEC_JSON_H
#define KC_CODEC_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/decimal.h"
#include "base/diag.h"

typedef enum JsonKind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } JsonKind;

typedef struct Json Json;
typedef struct JsonMember JsonMember;

struct Json {
        uint8_t kind;               /* JsonKind */
        bool truth;                 /* JSON_BOOL */
        uint32_t line, col;         /* 1-based, col in characters; 0 when the node was built, not read */
        uint32_t count;             /* JSON_ARRAY, JSON_OBJECT */
        union {
                Str text;           /* JSON_NUMBER as written, JSON_STRING unescaped */
                Json *items;        /* JSON_ARRAY, contiguous */
                struct {
                        JsonMember *members;        /* JSON_OBJECT in written order, contiguous */
                        const uint32_t *sorted;     /* positions by key; NULL for few members */
                };
        };
};

struct JsonMember {
        Str key;
        uint32_t line, col;         /* of the key */
        Json value;
};

typedef struct JsonLimits {
        size_t max_bytes;
        uint32_t max_depth;         /* nested arrays and objects */
        size_t max_values;
} JsonLimits;
#define JSON_LIMITS_DEFAULT ((JsonLimits){ .max_bytes = (size_t)256 << 20, .max_depth = 200, .max_values = 50000000 })

/* file: for messages, may be NULL.  limits NULL: the default.
 * ST_INVALID, ST_LIMIT, ST_NOMEM (heap, or the arena's maximum). */
Status json_parse(Arena *a, Str text, const char *file, const JsonLimits *limits, Diag *d, Json **ret) FALLIBLE;

/* Member of an object by key; NULL when absent or when obj is NULL or no object. */
const Json *json_get(const Json *obj, const char *key);
const Json *json_get_str(const Json *obj, Str key);
/* Item of an array; NULL past the end or when not an array. */
const Json *json_at(const Json *array, size_t i);
static inline bool json_is(const Json *j, JsonKind kind) { return j && j->kind == kind; }
/* The text of a string member, or fallback. */
Str json_get_text(const Json *obj, const char *key, Str fallback);

/* A number that dec_parse can hold: ST_INVALID for others than numbers; ST_LIMIT
 * when the written value does not fit 34 digits exactly or the exponent range. */
Status json_dec(const Json *j, Dec *ret) FALLIBLE;
/* An integer without fraction or exponent that fits: true. */
bool json_i64(const Json *j, int64_t *ret);

/* How many bytes at the beginning of s are a number in JSON's grammar; 0: none. */
size_t json_number_length(Str s);

Pos json_pos(const Json *j, const char *file);
/* "null", "字符串"/"string" …: for messages about a wrong type. */
const char *json_kind_name(JsonKind kind, Lang lang);

/* Compares as values: members in any order, numbers as written. */
bool json_equal(const Json *a, const Json *b);

/* ---- writing ---- */

typedef enum JsonStyle {
        JSON_COMPACT,               /* no blanks */
        JSON_PRETTY                 /* two spaces a level, a line break at the end */
} JsonStyle;

enum { JSON_WRITE_DEPTH_MAX = 256 };

/* Appends to a Buf and, like it, fails once and for all: check jw_finish.  What is
 * not UTF-8 fails with ST_INVALID; a key outside an object, a value without its
 * key, a second root and an unbalanced end with ST_INTERNAL. */
typedef struct JsonWriter {
        Buf *out;
        JsonStyle style;
        uint16_t depth;
        bool need_value;            /* a key was written */
        bool done;                  /* the root value is complete */
        uint8_t state[JSON_WRITE_DEPTH_MAX];        /* of each open level: object?, not first? */
} JsonWriter;

JsonWriter json_writer(Buf *out, JsonStyle style);
void jw_object_begin(JsonWriter *w);
void jw_object_end(JsonWriter *w);
void jw_array_begin(JsonWriter *w);
void jw_array_end(JsonWriter *w);
void jw_key(JsonWriter *w, Str key);
void jw_str(JsonWriter *w, Str s);
void jw_dec(JsonWriter *w, Dec d);          /* plain notation; a NaN or infinity fails with ST_INVALID */
void jw_i64(JsonWriter *w, int64_t v);
void jw_bool(JsonWriter *w, bool v);
void jw_null(JsonWriter *w);
/* A number given as text, checked against JSON's grammar. */
void jw_number(JsonWriter *w, Str text);
void jw_json(JsonWriter *w, const Json *j);
/* Key and value at once; the key is UTF-8 text ending in NUL. */
void jw_put_object(JsonWriter *w, const char *key);         /* then jw_object_end */
void jw_put_array(JsonWriter *w, const char *key);          /* then jw_array_end */
void jw_put_str(JsonWriter *w, const char *key, Str s);
void jw_put_cstr(JsonWriter *w, const char *key, const char *s);    /* NULL: null */
void jw_put_dec(JsonWriter *w, const char *key, Dec d);
void jw_put_i64(JsonWriter *w, const char *key, int64_t v);
void jw_put_bool(JsonWriter *w, const char *key, bool v);
void jw_put_null(JsonWriter *w, const char *key);
/* ST_INTERNAL when something is still open or nothing was written; the buffer's failure. */
Status jw_finish(JsonWriter *w) FALLIBLE;

/* The one form of a value, for hashing: no blanks, members sorted by the code
 * points of their keys, numbers as given, in strings only what must be escaped
 * is (\" \\ \b \f \n \r \t and \u00xx in lower case). */
Status json_canonical(const Json *j, Buf *out) FALLIBLE;
/* The same from text: parses in an arena of its own and writes. */
Status json_canonical_text(Str text, const char *file, const JsonLimits *limits, Diag *d, Buf *out) FALLIBLE;
/* A quoted and escaped string, appended. */
void json_put_quoted(Buf *out, Str s);

#endif
