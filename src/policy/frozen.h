/* frozen.h -- private to the room: how columns are written, and read again.
 *
 * A run is kept in pieces of bytes: `rows` (keys, names, units and firms of a beneficiary register), `in` (one input
 * over all rows, shared by the policies that ask the same), `policy` (answers and what others cut), `paid` (what firms
 * got in other years, where a cap asks).  The hash of the run is SM3 over all of them in order, after the head that
 * names the pack and the year.
 */
#ifndef KC_POLICY_FROZEN_H
#define KC_POLICY_FROZEN_H

#include "policy/policy_int.h"
#include "store/sm3.h"

enum { FROZEN_PIECE = 4 << 20 };

/* Bytes that only grow; numbers as 7 bits a byte. */
static inline void frozen_u64(Buf *b, uint64_t v)
{
        char bytes[10];
        size_t n = 0;
        do {
                bytes[n++] = (char)((v & 127) | (v > 127 ? 128 : 0));
                v >>= 7;
        } while (v);
        buf_put(b, bytes, n);
}
static inline uint64_t frozen_zigzag(int64_t v) { return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63); }
static inline int64_t frozen_unzigzag(uint64_t v) { return (int64_t)(v >> 1) ^ -(int64_t)(v & 1); }
static inline void frozen_str(Buf *b, Str s)
{
        frozen_u64(b, s.len);
        buf_put_str(b, s);
}

/* Reading never goes past the end: a short piece gives zeros and sets bad. */
typedef struct FrozenReader {
        const unsigned char *at, *end;
        bool bad;
} FrozenReader;
static inline uint64_t frozen_get(FrozenReader *r)
{
        uint64_t v = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
                if (r->at == r->end)
                        break;
                unsigned char c = *r->at++;
                v |= (uint64_t)(c & 127) << shift;
                if (!(c & 128))
                        return v;
        }
        r->bad = true;
        return 0;
}
static inline Str frozen_get_str(FrozenReader *r)
{
        uint64_t n = frozen_get(r);
        if (n > (uint64_t)(r->end - r->at)) {
                r->bad = true;
                return STR("");
        }
        Str s = { (const char *)r->at, (size_t)n };
        r->at += n;
        return s;
}

Status frozen_put_column(const FeelColumn *c, size_t rows, Buf *out) FALLIBLE;
/* A column in the arena; texts point into the bytes, which must live as long. */
Status frozen_get_column(Str bytes, size_t rows, Str missing, Arena *a, FeelColumn *ret) FALLIBLE;

/* What was computed, as it was: tables, answers and cuts, with the pack of its time.  policy none: all (others have
 * no rows).  inputs: also what rows need to be put in words (policy_entitlement).  Free with policy_work_free. */
Status policy_thaw(StoreTx *tx, const Pack *pack, int64_t id, Str policy, bool inputs, Diag *diag,
                   PolicyWork **ret) FALLIBLE;

/* The pack's files as bytes under their hash. */
Status frozen_pack_hash(const Pack *pack, char ret[SM3_HEX]) FALLIBLE;
Status frozen_put_pack(StoreTx *tx, const Pack *pack, const char *hash) FALLIBLE;
Status frozen_get_pack(StoreTx *tx, Str hash, Diag *diag, Pack **ret) FALLIBLE;

#endif
