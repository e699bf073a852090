/* draft.h -- from promised money to a draft policy: the policy file, its first decision table, its boundary cases.
 *
 * An incentive of a meeting ("对年营收首次突破10亿元、50亿元的高新技术企业，分别给予50万元、100万元奖励") becomes three files
 * of a pack, policies/NAME.yaml, policies/NAME.dmn and cases/NAME.yaml, which `kechuang pack check` takes when they are
 * put into the pack: a column for every condition, a rule for every way to fail and every grade, a case at, just below
 * and just above every threshold and cap, and one for every input that may be missing.
 *
 * Conditions are linked to the pack:
 *   - titles of codes in registers that belong to the beneficiary: 高新技术企业, 新认定, 国家级 企业技术中心
 *     -> count(qualification[kind = "高新技术企业" and action = "新认定" and …])
 *   - a figure with a measure after the name of a yearly field: 年营收突破10亿元 -> enterprise_year(year).revenue
 *     (a computed ratio X / Y * 100 is taken apart into its two fields); 首次 also asks for the years before
 *   - what is paid a share of (实际投入, 超额部分)
 * What cannot be linked becomes an input that is missing for everybody until a person says where it comes from: it is
 * named in `lacks`, nobody is paid by it, and it is never taken for met.
 *
 * Incentives of one beneficiary, with thresholds on the same field, become grades of one table (draft_group).
 */
#ifndef KC_MEETING_DRAFT_H
#define KC_MEETING_DRAFT_H

#include "meeting/confirm.h"

enum { DRAFT_GRADES_MAX = 20, DRAFT_GATES_MAX = 6, DRAFT_LACKS_MAX = 8, DRAFT_FILES = 3 };

typedef struct DraftIncentive {
        int64_t item;
        const Json *fields;             /* of the item: beneficiary condition amount rate base cap */
        const Json *link; /* of the item, or NULL: a person's "inputs" go before what is found by likeness */
        Str quote;
} DraftIncentive;

typedef struct DraftInput {             /* what a condition was linked to */
        Str text;                       /* the words of the text */
        Str name, from;                 /* of the policy's input */
        int confidence;                 /* 0 … 1000; 0: not linked */
} DraftInput;

typedef struct Draft {
        Str name, title;
        PackFile files[DRAFT_FILES];
        DraftInput inputs[DRAFT_GATES_MAX + 4];
        size_t input_count;
        Str lacks[DRAFT_LACKS_MAX];     /* inputs that a person must define */
        size_t lack_count;
} Draft;

typedef struct DraftSource {
        int64_t meeting;
        Str document;                   /* the meeting's title: the basis */
        Date day;
        const PackRegister *beneficiary;/* NULL: the pack's first register without a parent that has yearly children */
} DraftSource;

/* Writes "inputs": [{"text", "input", "confidence", "by"}, …] of one incentive into an open object: what each of its
 * conditions is linked to ("enterprise_year.revenue", or a count over a register); input null: to be defined. */
Status draft_put_inputs(const Pack *pack, const DraftIncentive *in, Arena *a, JsonWriter *w) FALLIBLE;
/* The yearly figure of the beneficiary that "REGISTER.FIELD" names; NULL: there is none. */
const PackField *draft_field(const Pack *pack, Str name);

/* The register a draft is for; NULL: the pack has none that fits. */
const PackRegister *draft_beneficiary(const Pack *pack);
/* How many of the incentives from `in` on belong into one table: at least 1. */
size_t draft_group(const Pack *pack, const DraftIncentive *in, size_t n);
/* Makes the files; nothing is written.  ST_INVALID (with a message) when there is no amount and no rate (the figure was
 * lost by the copy), or no register to pay. */
Status draft_make(const Pack *pack, const DraftSource *source, const DraftIncentive *in, size_t n, Arena *a, Diag *d,
                  Draft *ret) FALLIBLE;

#endif
