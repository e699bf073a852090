/* draft_int.h -- private to the room: the plan of a draft policy, between its words and its files. */
#ifndef KC_MEETING_DRAFT_INT_H
#define KC_MEETING_DRAFT_INT_H

#include "meeting/draft.h"

/* A condition that is met or not: a count of at least one, or a judgement somebody has to define. */
typedef struct DraftGate {
        Str title, from, text;
        int confidence;
        bool judged;
} DraftGate;

/* A threshold: a yearly field, or a computed ratio over / under * 100. */
typedef struct DraftLevel {
        const PackField *field;         /* NULL: none */
        const PackField *over, *under;  /* of a ratio; NULL: a plain field */
        bool strict;                    /* must exceed it; else reach it */
        bool below;                     /* must stay below it */
        bool first;                     /* 首次: not in a year before */
        Str text, measure;
        int confidence;
        Dec line;
} DraftLevel;

typedef struct DraftPlan {
        const PackRegister *beneficiary;
        DraftGate gates[DRAFT_GATES_MAX];
        size_t gate_count;
        DraftLevel level;
        bool has_amount, has_rate, has_cap;
        Dec amount, rate, cap;
        bool excess;                    /* the share is of what is above the threshold */
        const PackField *base;          /* what the share is of; NULL: to be defined */
        Str base_text;
        int base_confidence;
} DraftPlan;

/* Reads the words of one incentive against the pack. */
Status draft_plan(const Pack *pack, const PackRegister *beneficiary, const DraftIncentive *in, Arena *a, DraftPlan *ret)
        FALLIBLE;

#endif
