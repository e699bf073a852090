/* Decision models from any bytes: loaded, checked, every decision evaluated and explained. */
#include "dmn/dmn.h"
#include "fuzz/fuzz.h"

enum { DECISIONS = 20 };

static void use(const DmnModel *m)
{
        FeelLimits limits = { .max_ns = 200000000, .max_bytes = 4 << 20, .max_steps = 20000, .max_depth = 50 };
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, &diag);
        _cleanup_arena_ Arena *a = arena_new(8 << 20);
        _cleanup_buf_ Buf text = BUF_INIT(4 << 20);
        if (!x || !a)
                return;
        Status st = dmn_check(m, &diag);
        FUZZ_ASSERT(st == ST_OK || st == ST_CHECK || st == ST_NOMEM);
        for (size_t i = 0; i < dmn_decision_count(m) && i < DECISIONS; i++) {
                const DmnDecision *d = dmn_decision_at(m, i);
                DmnTrace trace = { .arena = a, .max_nodes = 200 };
                FeelValue v, slots;
                size_t n;
                feel_exec_reset(x);
                if (dmn_eval(m, d, x, feel_null(), &trace, &v) == ST_OK)
                        feel_to_text(&v, &text);
                dmn_trace_text(&trace, LANG_ZH, &text);
                (void)dmn_decision_outputs(d, &n);
                if (!dmn_decision_inputs(d, &n) || n > 8)
                        continue;
                FeelValue in[8];
                for (size_t k = 0; k < n; k++)
                        if (feel_unknown(a, STR("x"), &in[k]) != ST_OK)
                                return;
                feel_exec_reset(x);
                if (dmn_eval_slots(m, d, x, in, NULL, &slots) == ST_OK)
                        feel_to_text(&slots, &text);
                buf_clear(&text);
        }
}

void fuzz_one(Str input)
{
        DmnLimits limits = { .max_file_bytes = 1 << 20, .max_model_bytes = 32 << 20, .max_nodes = 5000, .max_depth = 30,
                             .max_name_bytes = 200, .max_imports = 4, .max_cells = 2000 };
        DmnLoadOptions options = { .limits = &limits, .keep_going = input.len % 2 };
        _cleanup_dmn_model_ DmnModel *m = NULL;
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_ZH);
        Status st = dmn_load_text(input, "fuzz.dmn", &options, &diag, &m);
        FUZZ_ASSERT(st == ST_OK || diag.errors > 0 || st == ST_NOMEM);
        if (st == ST_OK)
                use(m);
}
