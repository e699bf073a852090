/* run_int.h -- private to the room: one evaluation while it runs. */
#ifndef KC_DMN_RUN_INT_H
#define KC_DMN_RUN_INT_H

#include "dmn/dmn_int.h"

/* Lives in the exec's arena, because functions that leave the evaluation refer to it. */
typedef struct DmnRun {
        const DmnModel *m;
        FeelExec *x;
        DmnTrace *trace;                /* NULL: nobody asks why */
        FeelValue inputs;               /* a context, or null */
        const DmnElement *root;         /* the decision asked for: never taken from the inputs */
        FeelValue *values;              /* by element index */
        uint8_t *known;
} DmnRun;

Status dmn_run_new(const DmnModel *m, FeelExec *x, DmnTrace *trace, DmnRun **ret) FALLIBLE;
/* The value of an element in this run, computed once. */
Status dmn_run_value(DmnRun *run, const DmnElement *e, FeelValue *ret) FALLIBLE;

/* boxed.c: frame has the slots of the environment the box was compiled in. */
Status dmn_eval_box(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *frame, size_t n,
                    FeelValue *ret) FALLIBLE;
/* A function value that keeps the frame; defs for messages. */
Status dmn_closure(DmnRun *run, const DmnDefs *defs, const DmnFunction *fn, const DmnElement *element,
                   const FeelValue *frame, FeelValue *ret) FALLIBLE;
/* hit.c */
Status dmn_eval_table(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *frame, size_t n,
                      FeelValue *ret) FALLIBLE;
/* The body of a decision service. */
Status dmn_call_service(DmnRun *outer, const DmnElement *s, const FeelValue *args, size_t n, FeelValue *ret) FALLIBLE;

/* Converts to the type; what does not conform is null, with a warning at the place. */
Status dmn_take(DmnRun *run, const DmnDefs *defs, int line, int col, Str what, const DmnType *type,
                FeelValue *v) FALLIBLE;
/* A warning of the evaluation. */
void dmn_warn(DmnRun *run, const DmnDefs *defs, int line, int col, const char *zh, const char *en, ...)
        __attribute__((format(printf, 5, 7), format(printf, 6, 7)));

/* ---- trace.c: all do nothing when run->trace is NULL ---- */

/* A new node below the open one; opens it.  *ret may be NULL (no trace, or its limit). */
Status dmn_trace_open(DmnRun *run, DmnTraceKind kind, Str name, const DmnDefs *defs, int line, int col,
                      DmnTraceNode **ret) FALLIBLE;
void dmn_trace_close(DmnRun *run, DmnTraceNode *node);
/* A node that is complete at once. */
Status dmn_trace_leaf(DmnRun *run, DmnTraceKind kind, Str name, const DmnDefs *defs, int line, int col, Str text,
                      const FeelValue *value, DmnTraceNode **ret) FALLIBLE;
/* Messages that the exec's Diag got since: nodes below the open one. */
Status dmn_trace_messages(DmnRun *run, size_t since) FALLIBLE;
size_t dmn_trace_message_count(const DmnRun *run);

#endif
