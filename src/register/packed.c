/* packed.c -- the values of a row in few bytes, and the chunk of rows that is unpacked.
 *
 * One byte for every eight stored fields says which are known; then integers follow
 * as zigzag varints and texts as a length and their bytes, in field order. */
#include <string.h>

#include "register/import_int.h"

static const uint8_t *take_varint(const uint8_t *p, uint64_t *ret)
{
        uint64_t v = 0;
        for (int shift = 0;; shift += 7) {
                uint8_t byte = *p++;
                v |= (uint64_t)(byte & 0x7f) << shift;
                if (!(byte & 0x80))
                        break;
        }
        *ret = v;
        return p;
}

static uint64_t zigzag(int64_t v)
{
        return ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t v)
{
        return (int64_t)((v >> 1) ^ (v & 1 ? UINT64_MAX : 0));
}

static char *put_varint(char *p, uint64_t v)
{
        for (; v >= 0x80; v >>= 7)
                *p++ = (char)(v | 0x80);
        *p++ = (char)v;
        return p;
}

/* Room for the values at most. */
static size_t room_for(const PackRegister *reg, const RegisterValue *values)
{
        enum { VARINT_MAX = 10 };
        size_t n = (reg->field_count + 7) / 8 + reg->field_count * VARINT_MAX;
        for (size_t i = 0; i < reg->field_count; i++)
                if (!register_is_int(&reg->fields[i]))
                        n += values[i].text.len;
        return n;
}

static Status put_values(const PackRegister *reg, const RegisterValue *values, Buf *out)
{
        buf_clear(out);
        char *known = buf_reserve(out, room_for(reg, values));
        if (!known)
                return buf_status(out);
        char *p = known + (reg->field_count + 7) / 8;
        memset(known, 0, (size_t)(p - known));
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                if (!register_stored(f) || !values[i].known)
                        continue;
                known[i / 8] = (char)(known[i / 8] | 1 << i % 8);
                if (register_is_int(f)) {
                        p = put_varint(p, zigzag(values[i].i64));
                        continue;
                }
                Str text = values[i].text;
                p = put_varint(p, text.len);
                if (text.len)
                        memcpy(p, text.ptr, text.len);
                p += text.len;
        }
        out->len = (size_t)(p - known);
        return ST_OK;
}

Status import_pack(Import *im, ImportRow *r)
{
        TRY(put_values(im->reg, r->values, &im->packing));
        if (im->packing.len > UINT32_MAX)
                return ST_LIMIT;
        r->packed_len = (uint32_t)im->packing.len;
        return spill_put(&im->packed, buf_str(&im->packing), im->diag, &r->packed_at);
}

/* Texts lie in what is packed. */
static void unpack(const PackRegister *reg, const uint8_t *packed, RegisterValue *ret)
{
        const uint8_t *p = packed + (reg->field_count + 7) / 8;
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                ret[i] = (RegisterValue){ .text = STR_NONE };
                if (!(packed[i / 8] & (1 << i % 8)))
                        continue;
                uint64_t v;
                p = take_varint(p, &v);
                ret[i].known = true;
                if (register_is_int(f)) {
                        ret[i].i64 = unzigzag(v);
                } else {
                        ret[i].text = str_n((const char *)p, (size_t)v);
                        p += v;
                }
        }
}

/* ---- the open chunk ---- */

Status import_values(Import *im, const ImportRow *r, RegisterValue **ret)
{
        RegisterValue *v = arena_array_of(im->chunk, RegisterValue, im->reg->field_count + 1);
        uint8_t *packed = arena_alloc(im->chunk, r->packed_len);
        if (!v || !packed)
                return ST_NOMEM;
        TRY(spill_get(&im->packed, r->packed_at, r->packed_len, packed, im->diag));
        unpack(im->reg, packed, v);
        *ret = v;
        return ST_OK;
}

static bool same_owner(const Import *im, const ImportRow *a, const ImportRow *b)
{
        const PackField *f = im->reg->parent_key;
        return a->values[f->index].known && b->values[f->index].known &&
               str_eq(a->values[f->index].text, b->values[f->index].text);
}

Status import_open(Import *im, size_t from)
{
        im->from = im->to = from;
        for (; im->to < im->row_count; im->to++) {
                ImportRow *r = import_row(im, im->to);
                ArenaMark mark = arena_mark(im->chunk);
                TRY(import_values(im, r, &r->values));
                if (im->to - from < IMPORT_CHUNK || (im->order && same_owner(im, import_row(im, im->to - 1), r)))
                        continue;
                r->values = NULL; /* the first of the next chunk */
                arena_rewind(im->chunk, mark);
                break;
        }
        return ST_OK;
}

Status import_close(Import *im)
{
        for (size_t i = im->from; i < im->to; i++) {
                ImportRow *r = import_row(im, i);
                if (r->touched)
                        TRY(import_pack(im, r));
                r->touched = false;
                r->values = NULL;
                if (!r->existing)
                        continue;
                if (!r->changed) {
                        r->existing = NULL;
                        continue;
                }
                RegisterRecord *kept = arena_new_of(im->work, RegisterRecord);
                if (!kept)
                        return ST_NOMEM;
                *kept = (RegisterRecord){ .id = r->existing->id,
                                          .version = r->existing->version,
                                          .from = r->existing->from,
                                          .to = r->existing->to,
                                          .event = r->existing->event,
                                          .unit = r->existing->unit };
                if (kept->unit.ptr && !(kept->unit = arena_str(im->work, kept->unit)).ptr)
                        return ST_NOMEM;
                r->existing = kept;
        }
        im->from = im->to;
        arena_reset(im->chunk);
        return ST_OK;
}
