/* outcome.h -- what an import did, as the Outcome of the interface. */
#ifndef KC_API_OUTCOME_H
#define KC_API_OUTCOME_H

#include "api/api.h"
#include "register/register.h"

Status api_put_outcome(ApiCall *call, const RegisterOutcome *o, bool dry_run) FALLIBLE;

#endif
