/* application.h -- what a beneficiary asks for by itself: an application for a policy and a year, and its answer.
 *
 * A policy that pays by itself needs none while it pays; where figures are missing, or the answer is no, or the policy goes
 * by application, the beneficiary files one.  What was missing and why is kept with it as it was on that day.  One is open
 * at a time for a policy, a year and a record.  The answer is somebody's of the city; it moves no money: what was missing
 * is imported, and the next run pays.
 */
#ifndef KC_POLICY_APPLICATION_H
#define KC_POLICY_APPLICATION_H

#include "policy/pay.h"

#define APPLICATION_STATES(X) X(APPLICATION_FILED, "filed") X(APPLICATION_ACCEPTED, "accepted") \
        X(APPLICATION_REFUSED, "refused") X(APPLICATION_WITHDRAWN, "withdrawn")
typedef enum ApplicationState {
#define APPLICATION_STATE_ENUM(code, word) code,
        APPLICATION_STATES(APPLICATION_STATE_ENUM)
#undef APPLICATION_STATE_ENUM
} ApplicationState;
const char *application_state_name(ApplicationState s);

typedef struct Application {
        int64_t id, year;
        Str policy, key, name, unit;
        Str by, at, text;
        Str outcome, reason, missing;   /* on the day it was filed; missing: names, joined */
        ApplicationState state;
        Str answer, answered_by, answered_at;
} Application;

Status application_tables(StoreTx *tx) FALLIBLE;
/* ST_CONFLICT: one is open already, or the policy pays by itself; ST_NOT_FOUND: no such record among its beneficiaries. */
Status application_file(const PayDo *by, const PackPolicy *policy, int32_t year, Str key, int64_t *ret_id) FALLIBLE;
/* by->reason is the answer; needed. */
Status application_answer(const PayDo *by, int64_t id, bool accepted) FALLIBLE;
Status application_withdraw(const PayDo *by, int64_t id) FALLIBLE;

typedef struct ApplicationFilter {
        const PackUnit *within;         /* NULL: all */
        Str key;                        /* one record's; none: all */
        bool open;                      /* only those without an answer */
        int64_t id;                     /* one; 0: all */
} ApplicationFilter;
/* Newest first, at most 1,000. */
Status applications(StoreTx *tx, const Pack *pack, const ApplicationFilter *f, Arena *a, Application **ret,
                    size_t *ret_count) FALLIBLE;

typedef struct OwnPayment {
        PayItem item;
        PayState state;                 /* of the batch: published or later */
        int64_t year;
        Str title, publish_from, publish_to;
} OwnPayment;
/* Items of published batches that go to the firm, or to one merged into it; newest first. */
Status own_payments(StoreTx *tx, const PackRegister *reg, Str key, Arena *a, OwnPayment **ret,
                    size_t *ret_count) FALLIBLE;

#endif
