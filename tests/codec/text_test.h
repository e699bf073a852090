/* text_test.h -- helpers of the tests of text formats. */
#ifndef KC_TESTS_CODEC_TEXT_TEST_H
#define KC_TESTS_CODEC_TEXT_TEST_H

#include "tests/test.h"

#include <time.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/mem.h"
#include "codec/source.h"
#include "tests/drip.h"

/* The first message: its place and a part of its words.  Mismatches of a table
 * are all printed; no_mismatches at its end fails. */
static int mismatches;

static inline void expect_message(const Diag *d, int line, int col, const char *words, const char *input)
{
        const DiagMsg none = { .text = "(no message)" };
        const DiagMsg *m = d->count ? &d->msgs[0] : &none;
        if (m->pos.line == line && m->pos.col == col && strstr(m->text, words))
                return;
        print_error("for: %s\n  got %d:%d: %s\n  want %d:%d: … %s …\n", input, m->pos.line, m->pos.col, m->text, line,
                    col, words);
        mismatches++;
}

static inline void no_mismatches(void)
{
        int n = mismatches;
        mismatches = 0;
        assert_int_equal(n, 0);
}

#define assert_str(got, want)                                                                       \
        do {                                                                                        \
                Str got_ = (got), want_ = str_c(want);                                              \
                if (!str_eq(got_, want_))                                                           \
                        fail_msg("got “%.*s”, want “%.*s”", STR_FMT(got_), STR_FMT(want_));         \
        } while (0)

/* Fails allocation 1, 2, 3 … of run(ctx) until it succeeds; each failure must be
 * ST_NOMEM and leave no block behind. */
static inline void sweep_allocations(Status (*run)(void *ctx), void *ctx)
{
        for (uint64_t n = 1;; n++) {
                int64_t before = mem_live_blocks();
                mem_test_fail_at(n, 0);
                Status st = run(ctx);
                uint64_t seen = mem_test_count();
                mem_test_fail_at(0, 0);
                assert_int_equal(mem_live_blocks(), before);
                if (seen < n) {
                        assert_ok(st);
                        assert_true(n > 1);
                        return;
                }
                assert_int_equal(st, ST_NOMEM);
                assert_true(n < 100000);
        }
}

/* Processor time, so that a busy machine fails no bound. */
static inline uint64_t cpu_ns(void)
{
        struct timespec t;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
