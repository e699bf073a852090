/* explain.h -- what a figure was made of: a tree from the figure to the cells people typed.
 *
 * Every room that answers with a figure can answer with its Explanation; the
 * leaves name the file, the cell, the person, the time and the event.  Built in an
 * arena; plain data; written as the `Explanation` of api/openapi.yaml.
 *
 *     Explanation *e = explain_new(arena, STR("研发投入强度"), STR("2.41"), STR("%"));
 *     e->rule = STR("rd_expenditure / gdp * 100");
 *     TRY(explain_add(arena, e, part));
 *     TRY(explain_json(e, &writer));
 */
#ifndef KC_REGISTER_EXPLAIN_H
#define KC_REGISTER_EXPLAIN_H

#include "codec/json.h"
#include "register/register.h"

typedef struct Explanation Explanation;
struct Explanation {
        Str title;
        Str value;                  /* exact; ptr NULL: unknown */
        Str unit;
        Str rule;                   /* FEEL text, or the way of adding up */
        Str note;
        RegisterSource source;      /* file.ptr NULL and event 0: none */
        Str state;                  /* of a reported figure */
        Explanation **parts;
        size_t count, cap;
};

/* NULL: no memory. */
Explanation *explain_new(Arena *a, Str title, Str value, Str unit);
Status explain_add(Arena *a, Explanation *e, Explanation *part) FALLIBLE;
/* At most EXPLAIN_PARTS_MAX parts of each node are written; what is left out is noted. */
#define EXPLAIN_PARTS_MAX 500
void explain_json(const Explanation *e, JsonWriter *w);
/* Indented lines, for a terminal. */
void explain_text(const Explanation *e, Lang lang, int indent, Buf *out);

#endif
