/* Results that are quotients of integers, left undivided: what only orders or compares them never pays for the division. */
#include "feel/batch_int.h"

static bool put(FeelRatios *r, size_t at, const Vec *v, size_t n, bool *first)
{
        if (v->rep == REP_NULL) {
                for (size_t i = 0; i < n; i++) {
                        r->num[at + i] = 0;
                        r->den[at + i] = 1;
                        r->none[at + i] = 1;
                }
                r->any_none = r->any_none || n > 0;
                return true;
        }
        if (v->rep != REP_I64 && v->rep != REP_RATIO)
                return false;
        if (!*first && v->scale != r->scale)
                return false;
        *first = false;
        r->scale = v->scale;
        memcpy(r->num + at, v->i64, n * sizeof(*r->num));
        if (v->rep == REP_RATIO) {
                memcpy(r->den + at, v->den, n * sizeof(*r->den));
                r->divided = true;
        } else {
                for (size_t i = 0; i < n; i++)
                        r->den[at + i] = 1;
        }
        if (!v->null && !v->causes) {
                memset(r->none + at, 0, n);
                return true;
        }
        for (size_t i = 0; i < n; i++) {
                r->none[at + i] = !vec_has(v, i);
                r->any_none |= r->none[at + i];
                if (r->none[at + i]) { /* what stands there is nobody's */
                        r->num[at + i] = 0;
                        r->den[at + i] = 1;
                }
        }
        return true;
}

static Status run(FeelBatch *b, size_t rows, FeelRatios *r, bool *ret_ok)
{
        bool first = true;
        FeelExec *x = b->x;
        for (size_t at = 0; at < rows; at += BATCH_CHUNK) {
                size_t n = rows - at < BATCH_CHUNK ? rows - at : BATCH_CHUNK;
                Frame *root;
                Vec *v;
                ArenaMark mark = feel_exec_mark(x);
                b->base = at;
                b->scratch.block = b->scratch.used = 0;
                b->last_causes = 0;
                TRY(feel_tick(x, n));
                TRY(frame_child(b, NULL, NULL, n, &root));
                TRY(frame_vec(b, root, b->root, &v));
                *ret_ok = !b->too_many_names && put(r, at, v, n, &first);
                feel_exec_rewind(x, mark);
                if (!*ret_ok)
                        return ST_OK;
        }
        return ST_OK;
}

Status feel_batch_eval_ratios(FeelBatch *b, FeelExec *x, const FeelColumn *inputs, size_t n_inputs, size_t rows,
                              FeelRatios *r, bool *ret_ok)
{
        *ret_ok = false;
        r->scale = 0;
        r->divided = r->any_none = false;
        if (!b->columnar)
                return ST_OK;
        const FeelProgram *outer = x->program;
        b->inputs = inputs;
        b->n_inputs = n_inputs < b->program->slots ? n_inputs : b->program->slots;
        b->input = NULL;
        b->pick = NULL;
        b->x = x;
        b->name_count = 0;
        b->too_many_names = false;
        x->program = b->program;
        Status st = run(b, rows, r, ret_ok);
        x->program = outer;
        b->x = NULL;
        return st;
}
