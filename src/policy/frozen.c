/* frozen.c -- columns as bytes and back, and the pack beside them. */
#include "policy/frozen.h"

/* ---- columns ---- */

/* A value: 0 unknown, 1 null, then what the column's kind says; of a mixed column a kind and a text. */
enum { V_UNKNOWN, V_NULL, V_NUMBER, V_STRING, V_DATE, V_FALSE, V_TRUE, V_OTHER };

static void put_value(const FeelValue *v, Buf *text, Buf *out)
{
        switch (v->kind) {
        case FEEL_UNKNOWN: frozen_u64(out, V_UNKNOWN); return;
        case FEEL_NULL: frozen_u64(out, V_NULL); return;
        case FEEL_BOOLEAN: frozen_u64(out, v->boolean ? V_TRUE : V_FALSE); return;
        case FEEL_STRING:
                frozen_u64(out, V_STRING);
                frozen_str(out, v->string);
                return;
        case FEEL_DATE:
                frozen_u64(out, V_DATE);
                frozen_u64(out, frozen_zigzag(date_to_days(v->date)));
                return;
        default:
                buf_clear(text);
                feel_to_text(v, text);
                frozen_u64(out, v->kind == FEEL_NUMBER ? V_NUMBER : V_OTHER);
                frozen_str(out, buf_str(text));
        }
}

Status frozen_put_column(const FeelColumn *c, size_t rows, Buf *out)
{
        _cleanup_buf_ Buf text = BUF_INIT(16 << 20);
        FeelColumnKind kind = c->kind == FEEL_COL_DEC ? FEEL_COL_VALUE : c->kind;
        frozen_u64(out, (uint64_t)kind);
        frozen_u64(out, (uint64_t)c->scale);
        for (size_t i = 0; i < rows; i++) {
                if (kind == FEEL_COL_VALUE) {
                        FeelValue v;
                        if (c->kind == FEEL_COL_DEC)
                                v = c->unknown && c->unknown[i] ? (FeelValue){ .kind = FEEL_UNKNOWN }
                                    : c->null && c->null[i]     ? feel_null()
                                                                : feel_number(c->dec[i]);
                        else
                                v = c->value[i];
                        put_value(&v, &text, out);
                        continue;
                }
                if (c->unknown && c->unknown[i]) {
                        frozen_u64(out, 0);
                        continue;
                }
                if (c->null && c->null[i]) {
                        frozen_u64(out, 1);
                        continue;
                }
                switch (kind) {
                case FEEL_COL_SCALED: {
                        uint64_t z = frozen_zigzag(c->scaled[i]);
                        if (z < UINT64_MAX - 3) {
                                frozen_u64(out, z + 3);
                        } else {        /* the ends of int64 */
                                frozen_u64(out, 2);
                                frozen_u64(out, z);
                        }
                        break;
                }
                case FEEL_COL_BOOL: frozen_u64(out, c->boolean[i] ? 3 : 2); break;
                case FEEL_COL_DATE: frozen_u64(out, frozen_zigzag(c->days[i]) + 2); break;
                case FEEL_COL_STR:
                        frozen_u64(out, c->str[i].len + 2);
                        buf_put_str(out, c->str[i]);
                        break;
                default: break;
                }
        }
        TRY(buf_status(&text));
        return buf_status(out);
}

static Status other_value(Str text, Arena *a, FeelValue *ret)
{
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        if (!x)
                return ST_NOMEM;
        FeelScope *scope = feel_scope_new(a, NULL);
        _cleanup_(feel_program_freep) FeelProgram *program = NULL;
        FeelValue v;
        if (!scope)
                return ST_NOMEM;
        TRY(feel_compile(scope, (FeelSource){ .text = text }, NULL, NULL, &program));
        TRY(feel_eval(x, program, NULL, 0, &v));
        return feel_copy(a, &v, ret);
}

static Status get_value(FrozenReader *r, Str missing, Arena *a, FeelValue *ret)
{
        Dec d;
        switch (frozen_get(r)) {
        case V_UNKNOWN: return feel_unknown(a, missing, ret);
        case V_NULL: *ret = feel_null(); return ST_OK;
        case V_FALSE: *ret = feel_bool(false); return ST_OK;
        case V_TRUE: *ret = feel_bool(true); return ST_OK;
        case V_STRING: *ret = feel_string(frozen_get_str(r)); return ST_OK;
        case V_DATE: *ret = feel_date(date_from_days(frozen_unzigzag(frozen_get(r)))); return ST_OK;
        case V_NUMBER:
                if (dec_parse(frozen_get_str(r), &d) != ST_OK)
                        return ST_CORRUPT;
                *ret = feel_number(d);
                return ST_OK;
        case V_OTHER: return other_value(frozen_get_str(r), a, ret);
        default: return ST_CORRUPT;
        }
}

static Status get_plain(FrozenReader *r, FeelColumnKind kind, size_t rows, Arena *a, FeelColumn *c)
{
        size_t size = kind == FEEL_COL_SCALED ? sizeof(int64_t)
                      : kind == FEEL_COL_DATE ? sizeof(int32_t)
                      : kind == FEEL_COL_STR  ? sizeof(Str)
                                              : 1;
        char *data = arena_calloc(a, rows + 1, size);
        uint8_t *null = arena_calloc(a, rows + 1, 1), *unknown = arena_calloc(a, rows + 1, 1);
        if (!data || !null || !unknown)
                return ST_NOMEM;
        for (size_t i = 0; i < rows && !r->bad; i++) {
                uint64_t v = frozen_get(r);
                if (v < 2) {
                        *(v ? &null[i] : &unknown[i]) = 1;
                        continue;
                }
                if (kind == FEEL_COL_SCALED)
                        ((int64_t *)(void *)data)[i] = frozen_unzigzag(v == 2 ? frozen_get(r) : v - 3);
                else if (kind == FEEL_COL_DATE)
                        ((int32_t *)(void *)data)[i] = (int32_t)frozen_unzigzag(v - 2);
                else if (kind == FEEL_COL_BOOL)
                        data[i] = v == 3;
                else {
                        if (v - 2 > (uint64_t)(r->end - r->at))
                                return ST_CORRUPT;
                        ((Str *)(void *)data)[i] = (Str){ (const char *)r->at, (size_t)(v - 2) };
                        r->at += v - 2;
                }
        }
        c->any = data;
        c->null = null;
        c->unknown = unknown;
        return ST_OK;
}

Status frozen_get_column(Str bytes, size_t rows, Str missing, Arena *a, FeelColumn *ret)
{
        FrozenReader r = { (const unsigned char *)bytes.ptr, (const unsigned char *)bytes.ptr + bytes.len, false };
        uint64_t kind = frozen_get(&r), scale = frozen_get(&r);
        FeelColumn c = { .kind = (FeelColumnKind)kind, .scale = (int)scale, .unknown_name = missing };
        if (kind > FEEL_COL_VALUE || kind == FEEL_COL_DEC || scale > 18) /* decimals are written as values */
                return ST_CORRUPT;
        if (kind == FEEL_COL_VALUE) {
                FeelValue *all = arena_array_of(a, FeelValue, rows + 1);
                if (!all)
                        return ST_NOMEM;
                for (size_t i = 0; i < rows && !r.bad; i++)
                        TRY(get_value(&r, missing, a, &all[i]));
                c.value = all;
                c.scale = 0;
        } else {
                TRY(get_plain(&r, (FeelColumnKind)kind, rows, a, &c));
        }
        if (r.bad || r.at != r.end)
                return ST_CORRUPT;
        *ret = c;
        return ST_OK;
}

/* ---- the pack ---- */

Status frozen_pack_hash(const Pack *pack, char ret[SM3_HEX])
{
        _cleanup_sm3_ Sm3 *h = NULL;
        uint8_t digest[SM3_SIZE];
        size_t n;
        const PackFile *files = pack_files(pack, &n);
        TRY(sm3_new(&h));
        for (size_t i = 0; i < n; i++) {
                _cleanup_buf_ Buf head = BUF_INIT(1 << 16);
                frozen_str(&head, files[i].path);
                frozen_u64(&head, files[i].content.len);
                TRY(buf_status(&head));
                sm3_add(h, buf_str(&head));
                sm3_add(h, files[i].content);
        }
        sm3_end(h, digest);
        sm3_to_hex(digest, ret);
        return ST_OK;
}

Status frozen_put_pack(StoreTx *tx, const Pack *pack, const char *hash)
{
        int64_t there;
        size_t n;
        TRY(store_get_i64(tx, "SELECT count(*) FROM policy_pack WHERE hash = $1", STORE_ARGS(sv_cstr(hash)), &there));
        if (there)
                return ST_OK;
        _cleanup_buf_ Buf b = BUF_INIT(BUF_MAX_DEFAULT);
        const PackFile *files = pack_files(pack, &n);
        frozen_u64(&b, n);
        for (size_t i = 0; i < n; i++) {
                frozen_str(&b, files[i].path);
                frozen_str(&b, files[i].content);
        }
        TRY(buf_status(&b));
        return store_exec(tx, "INSERT INTO policy_pack (hash, data) VALUES ($1, $2)",
                          STORE_ARGS(sv_cstr(hash), sv_blob(buf_str(&b))), NULL);
}

Status frozen_get_pack(StoreTx *tx, Str hash, Diag *diag, Pack **ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        _cleanup_arena_ Arena *a = arena_new(BUF_MAX_DEFAULT * 2);
        if (!a)
                return ST_NOMEM;
        TRY(store_one(tx, "SELECT data FROM policy_pack WHERE hash = $1", STORE_ARGS(sv_text(hash)), &q));
        Str bytes = store_blob(q, 0);
        FrozenReader r = { (const unsigned char *)bytes.ptr, (const unsigned char *)bytes.ptr + bytes.len, false };
        size_t n = (size_t)frozen_get(&r);
        if (n > bytes.len)
                return ST_CORRUPT;
        PackFile *files = arena_array_of(a, PackFile, n + 1);
        if (!files)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                files[i].path = frozen_get_str(&r);
                files[i].content = frozen_get_str(&r);
        }
        if (r.bad)
                return ST_CORRUPT;
        return pack_load_files(files, n, NULL, diag, ret);
}
