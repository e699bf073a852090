/* account.c -- who may come in: accounts, passwords (Argon2id), sessions.
 *
 * Sessions and failed attempts are housekeeping, outside the event chain; accounts
 * are in it (never their passwords). */
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>

#include "api/api_int.h"
#include "register/register.h"
#include "store/event.h"

static pthread_once_t sodium_once = PTHREAD_ONCE_INIT;
static bool sodium_good;
static pthread_mutex_t login_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t login_free = PTHREAD_COND_INITIALIZER;
static int logins;

static void start_sodium(void)
{
        sodium_good = sodium_init() >= 0;
}

static bool ready(void)
{
        pthread_once(&sodium_once, start_sodium);
        return sodium_good;
}

/* Argon2id takes 64 MiB: so many at once and no more. */
static void enter(void)
{
        pthread_mutex_lock(&login_lock);
        while (logins >= API_LOGINS_AT_ONCE)
                pthread_cond_wait(&login_free, &login_lock);
        logins++;
        pthread_mutex_unlock(&login_lock);
}

static void leave(void)
{
        pthread_mutex_lock(&login_lock);
        logins--;
        pthread_cond_signal(&login_free);
        pthread_mutex_unlock(&login_lock);
}

static Status hash_password(Str password, char ret[crypto_pwhash_STRBYTES])
{
        if (!ready())
                return ST_INTERNAL;
        enter();
        int bad = crypto_pwhash_str(ret, password.ptr, password.len, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                    crypto_pwhash_MEMLIMIT_INTERACTIVE);
        leave();
        return bad ? ST_NOMEM : ST_OK;
}

static bool password_fits(const char *hash, Str password)
{
        enter();
        int bad = crypto_pwhash_str_verify(hash, password.ptr, password.len);
        leave();
        return bad == 0;
}

/* ---- accounts ---- */

static Status check_account(const Pack *pack, const ApiAccount *acc, Str password, Diag *diag)
{
        if (!pack_role(pack, acc->role))
                return diag_fail(diag, ST_INVALID, POS_NONE, "没有角色“%.*s”", "there is no role \"%.*s\"",
                                 STR_FMT(acc->role));
        if (acc->unit.len && !pack_unit(pack, acc->unit))
                return diag_fail(diag, ST_INVALID, POS_NONE, "没有单位“%.*s”", "there is no unit \"%.*s\"",
                                 STR_FMT(acc->unit));
        if (acc->account.len < 2 || acc->account.len > 64 || str_eq_c(acc->account, "root"))
                return diag_fail(diag, ST_INVALID, POS_NONE, "账号应为 2 到 64 个字符，且不能是 root",
                                 "an account has 2 to 64 characters and is not root");
        const PackRole *role = pack_role(pack, acc->role);
        if ((role->reach == PACK_REACH_RECORD) != (acc->record.len > 0))
                return acc->record.len
                               ? diag_fail(diag, ST_INVALID, POS_NONE, "角色“%.*s”的账号不属于一条记录",
                                           "an account of the role \"%.*s\" belongs to no record", STR_FMT(acc->role))
                               : diag_fail(diag, ST_INVALID, POS_NONE, "角色“%.*s”的账号要指明是哪条记录的（record）",
                                           "an account of the role \"%.*s\" needs its record", STR_FMT(acc->role));
        if (password.len < 8 || password.len > 200)
                return diag_fail(diag, ST_INVALID, POS_NONE, "密码应为 8 到 200 个字符",
                                 "a password has 8 to 200 characters");
        return ST_OK;
}

Status api_account_add(ApiWorld *w, const ApiAccount *acc, Str password, Str actor, Diag *diag)
{
        const Pack *pack;
        char hash[crypto_pwhash_STRBYTES];
        TRY(api_pack(w, diag, &pack));
        TRY(check_account(pack, acc, password, diag));
        TRY(hash_password(password, hash));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(api_store(w), STORE_WRITE, diag, &tx));
        const PackRole *role = pack_role(pack, acc->role);
        RegisterRecord rec;
        _cleanup_arena_ Arena *scratch = arena_new(16 << 20);
        if (!scratch)
                return ST_NOMEM;
        Status st = role->reg && acc->record.len ? register_get(tx, pack, role->reg, acc->record, NULL, scratch, &rec)
                                                 : ST_OK;
        if (st == ST_NOT_FOUND)
                return diag_fail(diag, st, POS_NONE, "“%.*s”中没有“%.*s”", "\"%.*s\" has no \"%.*s\"",
                                 STR_FMT(pack_title(role->reg->title, diag ? diag->lang : LANG_ZH)),
                                 STR_FMT(acc->record));
        TRY(st);
        int64_t there;
        TRY(store_get_i64(tx, "SELECT count(*) FROM account WHERE account = $1", STORE_ARGS(sv_text(acc->account)),
                          &there));
        if (there)
                return diag_fail(diag, ST_EXISTS, POS_NONE, "账号“%.*s”已经有了",
                                 "there is an account \"%.*s\" already", STR_FMT(acc->account));
        _cleanup_buf_ Buf b = BUF_INIT(64 << 10);
        JsonWriter j = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_str(&j, "account", acc->account);
        jw_put_str(&j, "name", acc->name);
        jw_put_str(&j, "role", acc->role);
        jw_put_str(&j, "unit", acc->unit);
        if (acc->record.len)
                jw_put_str(&j, "record", acc->record);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        int64_t event;
        TRY(store_event(
                tx,
                &(StoreEvent){
                        .actor = actor, .op = STR("account.add"), .subject = acc->account, .payload = buf_str(&b) },
                &event));
        TRY(store_exec(
                tx,
                "INSERT INTO account (account, name, role, unit, record, password, event) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                STORE_ARGS(sv_text(acc->account), sv_text(acc->name.len ? acc->name : acc->account), sv_text(acc->role),
                           acc->unit.len ? sv_text(acc->unit) : sv_null(),
                           acc->record.len ? sv_text(acc->record) : sv_null(), sv_cstr(hash), sv_i64(event)),
                NULL));
        return store_commit(&tx);
}

Status api_accounts(ApiWorld *w, Arena *a, ApiAccount **ret, size_t *ret_count)
{
        ApiAccount *list = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(api_store(w), STORE_READ, NULL, &tx));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx,
                "SELECT account, name, role, coalesce(unit, ''), coalesce(record, '') FROM account ORDER BY account",
                STORE_NO_ARGS, &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&list, &cap, n + 1, sizeof(*list)) < 0)
                        return ST_NOMEM;
                list[n] = (ApiAccount){ store_text_dup(q, 0, a), store_text_dup(q, 1, a), store_text_dup(q, 2, a),
                                        store_text_dup(q, 3, a), store_text_dup(q, 4, a) };
                if (!list[n].record.ptr)
                        return ST_NOMEM;
                n++;
        }
        *ret = list;
        *ret_count = n;
        return store_done(q);
}

static Status read_account(ApiWorld *w, Str account, Arena *a, Diag *diag, ApiSession *ret, char *ret_hash,
                           size_t hash_max)
{
        const Pack *pack;
        TRY(api_pack(w, diag, &pack));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(api_store(w), STORE_READ, diag, &tx));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(
                tx,
                "SELECT account, name, role, coalesce(unit, ''), coalesce(record, ''), password FROM account WHERE account = $1",
                STORE_ARGS(sv_text(account)), &q));
        ApiSession s = { .account = store_text_dup(q, 0, a),
                         .name = store_text_dup(q, 1, a),
                         .record = store_text_dup(q, 4, a) };
        if (!s.account.ptr || !s.name.ptr || !s.record.ptr)
                return ST_NOMEM;
        Str unit = store_text(q, 3);
        s.role = pack_role(pack, store_text(q, 2));
        s.unit = unit.len ? pack_unit(pack, unit) : NULL;
        if (!s.role || (unit.len && !s.unit)) /* the pack no longer knows them: nobody may come in on them */
                return diag_fail(diag, ST_FORBIDDEN, POS_NONE, "账号的角色或单位已不在城市包里",
                                 "the account's role or unit is no longer in the pack");
        if (ret_hash) {
                Str hash = store_text(q, 5);
                snprintf(ret_hash, hash_max, "%.*s", STR_FMT(hash));
        }
        *ret = s;
        return ST_OK;
}

Status api_session_of(ApiWorld *w, Str account, Arena *a, Diag *diag, ApiSession *ret)
{
        Status st = read_account(w, account, a, diag, ret, NULL, 0);
        return st == ST_NOT_FOUND ? diag_fail(diag, st, POS_NONE, "没有账号“%.*s”", "there is no account \"%.*s\"",
                                              STR_FMT(account))
                                  : st;
}

/* ---- sessions ---- */

static void token_hash(Str token, char ret[2 * crypto_generichash_BYTES + 1])
{
        unsigned char h[crypto_generichash_BYTES];
        crypto_generichash(h, sizeof(h), (const unsigned char *)token.ptr, token.len, NULL, 0);
        sodium_bin2hex(ret, 2 * sizeof(h) + 1, h, sizeof(h));
}

static Status count_failure(ApiWorld *w, Str account, bool failed, bool *ret_too_many)
{
        enum { QUARTER = 900 };
        int64_t now = clock_now().seconds;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(api_store(w), STORE_HOUSEKEEPING, NULL, &tx));
        TRY(store_exec(tx, "DELETE FROM login_attempt WHERE since < $1", STORE_ARGS(sv_i64(now - QUARTER)), NULL));
        if (failed)
                TRY(store_exec(tx,
                               "INSERT INTO login_attempt (account, since, failures) VALUES ($1, $2, 1) "
                               "ON CONFLICT (account) DO UPDATE SET failures = login_attempt.failures + 1",
                               STORE_ARGS(sv_text(account), sv_i64(now)), NULL));
        int64_t n = 0;
        Status st = store_get_i64(tx, "SELECT failures FROM login_attempt WHERE account = $1",
                                  STORE_ARGS(sv_text(account)), &n);
        if (st != ST_OK && st != ST_NOT_FOUND)
                return st;
        *ret_too_many = n >= API_LOGIN_TRIES;
        return store_commit(&tx);
}

static Status open_session(ApiWorld *w, Str account, char ret_token[API_TOKEN_MAX])
{
        unsigned char random[32];
        char hash[2 * crypto_generichash_BYTES + 1];
        randombytes_buf(random, sizeof(random));
        sodium_bin2base64(ret_token, API_TOKEN_MAX, random, sizeof(random), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        token_hash(str_c(ret_token), hash);
        int64_t now = clock_now().seconds;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(api_store(w), STORE_HOUSEKEEPING, NULL, &tx));
        TRY(store_exec(tx, "DELETE FROM session WHERE expires < $1", STORE_ARGS(sv_i64(now)), NULL));
        TRY(store_exec(tx, "DELETE FROM login_attempt WHERE account = $1", STORE_ARGS(sv_text(account)), NULL));
        TRY(store_exec(tx, "INSERT INTO session (token_hash, account, expires) VALUES ($1, $2, $3)",
                       STORE_ARGS(sv_cstr(hash), sv_text(account), sv_i64(now + API_SESSION_HOURS * 3600)), NULL));
        return store_commit(&tx);
}

Status api_login(ApiWorld *w, Str account, Str password, char ret_token[API_TOKEN_MAX], Diag *diag)
{
        /* A hash of nobody's password: a wrong account takes as long as a wrong password. */
        static const char nobody[] =
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b27HB4oXuvPSVPMGJfmgNQ/v9o";
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        ApiSession s;
        char hash[crypto_pwhash_STRBYTES + 1];
        bool too_many = false;
        if (!a || !ready())
                return ST_NOMEM;
        TRY(count_failure(w, account, false, &too_many));
        if (too_many)
                return diag_fail(diag, ST_FORBIDDEN, POS_NONE, "密码错误次数过多，请一刻钟后再试",
                                 "too many wrong passwords: try again in a quarter of an hour");
        Status st = read_account(w, account, a, diag, &s, hash, sizeof(hash));
        if (st != ST_OK && st != ST_NOT_FOUND)
                return st;
        bool fits = password_fits(st == ST_OK ? hash : nobody, password);
        if (st != ST_OK || !fits) {
                TRY(count_failure(w, account, true, &too_many));
                return diag_fail(diag, ST_FORBIDDEN, POS_NONE, "账号或密码不对", "wrong account or password");
        }
        return open_session(w, s.account, ret_token);
}

Status api_session_by_token(ApiWorld *w, Str token, Arena *a, Diag *diag, ApiSession *ret)
{
        if (!ready() || token.len == 0 || token.len >= API_TOKEN_MAX)
                return ST_FORBIDDEN;
        char hash[2 * crypto_generichash_BYTES + 1];
        token_hash(token, hash);
        Str account;
        {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                TRY(store_begin(api_store(w), STORE_READ, diag, &tx));
                Status st = store_get_text(tx, "SELECT account FROM session WHERE token_hash = $1 AND expires >= $2",
                                           STORE_ARGS(sv_cstr(hash), sv_i64(clock_now().seconds)), a, &account);
                if (st != ST_OK)
                        return st == ST_NOT_FOUND ? ST_FORBIDDEN : st;
        }
        Status st = read_account(w, account, a, diag, ret, NULL, 0);
        return st == ST_NOT_FOUND ? ST_FORBIDDEN : st;
}

Status api_logout(ApiWorld *w, Str token)
{
        char hash[2 * crypto_generichash_BYTES + 1];
        if (!ready())
                return ST_INTERNAL;
        token_hash(token, hash);
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(api_store(w), STORE_HOUSEKEEPING, NULL, &tx));
        TRY(store_exec(tx, "DELETE FROM session WHERE token_hash = $1", STORE_ARGS(sv_cstr(hash)), NULL));
        return store_commit(&tx);
}
