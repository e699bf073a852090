/* attach.c -- files of a record: the bytes once by their hash, the names by record. */
#include "codec/json.h"
#include "register/gone.h"
#include "store/event.h"

static Status keep_bytes(StoreTx *tx, Str bytes, const char *hash)
{
        return store_exec(
                tx, "INSERT INTO attachment (hash, size, content) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
                STORE_ARGS(sv_cstr(hash), sv_i64((int64_t)bytes.len), sv_blob(bytes)), NULL);
}

static Status payload_of(const RegisterAttachment *f, Buf *out)
{
        JsonWriter w = json_writer(out, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "name", f->name);
        jw_put_str(&w, "hash", f->hash);
        jw_put_i64(&w, "size", f->size);
        jw_object_end(&w);
        return jw_finish(&w);
}

static Status read_one(StoreStmt *q, Arena *a, RegisterAttachment *ret)
{
        RegisterAttachment f = { .id = store_i64(q, 0), .size = store_i64(q, 1), .event = store_i64(q, 2) };
        Str *texts[] = { &f.hash, &f.name, &f.actor, &f.at, &f.reason };
        for (int i = 0; i < 5; i++)
                if (!(*texts[i] = store_text_dup(q, i + 3, a)).ptr)
                        return ST_NOMEM;
        *ret = f;
        return ST_OK;
}

static const char SELECT[] = "SELECT r.id, f.size, r.event, r.hash, r.name, r.actor, r.at, r.reason "
                             "FROM record_attachment r JOIN attachment f ON f.hash = r.hash ";

Status register_attachments(StoreTx *tx, const PackRegister *reg, int64_t record, Arena *a, RegisterAttachment **ret,
                            size_t *ret_count)
{
        RegisterAttachment *rows = NULL;
        size_t n = 0, cap = 0;
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        buf_printf(&sql, "%sWHERE r.register = $1 AND r.record = $2 AND r.removed IS NULL ORDER BY r.id", SELECT);
        TRY(buf_status(&sql));
        TRY(store_query(tx, sql.ptr, STORE_ARGS(sv_text(reg->name), sv_i64(record)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&rows, &cap, n + 1, sizeof(*rows)) < 0)
                        return ST_NOMEM;
                TRY(read_one(q, a, &rows[n++]));
        }
        *ret = rows;
        *ret_count = n;
        return store_done(q);
}

Status register_attachment_bytes(StoreTx *tx, Str hash, Arena *a, Str *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(tx, "SELECT content FROM attachment WHERE hash = $1", STORE_ARGS(sv_text(hash)), &q));
        *ret = arena_str(a, store_blob(q, 0));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status check_file(Str name, Str bytes, Diag *diag)
{
        if (bytes.len == 0)
                return diag_fail(diag, ST_INVALID, POS_NONE, "文件是空的", "the file is empty");
        if (bytes.len > REGISTER_ATTACHMENT_MAX)
                return diag_fail(diag, ST_LIMIT, POS_NONE, "附件不能超过 %d MB", "an attachment has at most %d MB",
                                 REGISTER_ATTACHMENT_MAX >> 20);
        bool plain = name.len > 0 && name.len <= 255;
        for (size_t i = 0; i < name.len; i++)
                plain = plain && (unsigned char)name.ptr[i] >= 0x20 && name.ptr[i] != '/' && name.ptr[i] != '\\';
        return plain ? ST_OK
                     : diag_fail(diag, ST_INVALID, POS_NONE, "附件须有文件名，不带路径",
                                 "an attachment has a file name without a path");
}

Status register_attach(Store *store, const Pack *pack, const PackRegister *reg, Str key, Str name, Str bytes,
                       const RegisterChange *by, Arena *a, Diag *diag, RegisterAttachment *ret)
{
        char hash[SM3_HEX], at[40];
        RegisterRecord r;
        RegisterAttachment *old,
                f = { .name = name, .size = (int64_t)bytes.len, .actor = by->actor, .reason = str_trim(by->reason) };
        size_t n;
        TRY(check_file(name, bytes, diag));
        TRY(sm3_hex_of(bytes, hash));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(store, STORE_WRITE, diag, &tx));
        TRY(register_present(tx, pack, reg, key, by->within, a, diag, &r));
        TRY(register_attachments(tx, reg, r.id, a, &old, &n));
        for (size_t i = 0; i < n; i++)
                if (str_eq_c(old[i].hash, hash) && str_eq(old[i].name, name)) {
                        *ret = old[i]; /* it is there already */
                        return ST_OK;
                }
        if (n >= REGISTER_ATTACHMENTS_MAX)
                return diag_fail(diag, ST_LIMIT, POS_NONE, "一条记录至多 %d 个附件",
                                 "a record has at most %d attachments", REGISTER_ATTACHMENTS_MAX);
        f.hash = arena_str(a, str_c(hash));
        f.at = arena_str(a, str_n(at, instant_to_text(clock_now(), at)));
        if (!f.hash.ptr || !f.at.ptr)
                return ST_NOMEM;
        if (!f.reason.ptr)
                f.reason = STR("");
        _cleanup_buf_ Buf payload = BUF_INIT(64 << 10);
        TRY(payload_of(&f, &payload));
        TRY(register_change_event(tx, reg, "register.attach", r.key, by, buf_str(&payload), a, &f.event));
        TRY(keep_bytes(tx, bytes, hash));
        TRY(store_new_ids(tx, "record_attachment", 1, &f.id));
        TRY(store_exec(tx,
                       "INSERT INTO record_attachment (id, register, record, hash, name, actor, at, reason, event) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                       STORE_ARGS(sv_i64(f.id), sv_text(reg->name), sv_i64(r.id), sv_text(f.hash), sv_text(f.name),
                                  sv_text(f.actor), sv_text(f.at), sv_text(f.reason), sv_i64(f.event)),
                       NULL));
        TRY(store_commit(&tx));
        *ret = f;
        return ST_OK;
}

Status register_detach(Store *store, const Pack *pack, const PackRegister *reg, Str key, int64_t id,
                       const RegisterChange *by, Arena *a, Diag *diag, RegisterChanged *ret)
{
        RegisterRecord r;
        RegisterAttachment *files, *f = NULL;
        size_t n;
        int64_t event;
        if (!str_trim(by->reason).len)
                return diag_fail(diag, ST_INVALID, POS_NONE, "请说明原因", "give a reason");
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(store, STORE_WRITE, diag, &tx));
        TRY(register_present(tx, pack, reg, key, by->within, a, diag, &r));
        TRY(register_attachments(tx, reg, r.id, a, &files, &n));
        for (size_t i = 0; i < n; i++)
                if (files[i].id == id)
                        f = &files[i];
        if (!f)
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "没有这个附件", "there is no such attachment");
        _cleanup_buf_ Buf payload = BUF_INIT(64 << 10);
        TRY(payload_of(f, &payload));
        TRY(register_change_event(tx, reg, "register.detach", r.key, by, buf_str(&payload), a, &event));
        TRY(store_exec(tx, "UPDATE record_attachment SET removed = $2 WHERE id = $1",
                       STORE_ARGS(sv_i64(id), sv_i64(event)), NULL));
        TRY(store_commit(&tx));
        *ret = (RegisterChanged){ .event = event, .records = 1 };
        return ST_OK;
}
