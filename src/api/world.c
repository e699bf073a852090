/* world.c -- a database and the pack that it keeps; making both.
 *
 * The files of a pack are kept in the table pack_file, so that a database stands
 * alone.  Whoever opens it loads the pack from there; pack_version counts the
 * changes, so that a server notices when a command has moved the definitions. */
#include <pthread.h>
#include <stdio.h>

#include "api/api_int.h"
#include "api/policy_json.h"
#include "document/publish.h"
#include "indicator/indicator.h"
#include "meeting/confirm.h"
#include "register/columns.h"
#include "register/register.h"
#include "store/event.h"

enum { PACKS_KEPT = 64, COLUMNS_MIB = 128, VISITORS = 4096 };

/* An address that used the calculator. */
typedef struct Visitor {
        uint64_t hash, next;
} Visitor;

struct ApiWorld {
        Store *store;
        pthread_mutex_t lock;
        Pack *packs[PACKS_KEPT]; /* the last is in force; earlier ones may still be in use by calls */
        size_t pack_count;
        int64_t version; /* of the pack in force */
        RegisterColumns *columns;
        ApiSession owner;
        IndicatorCube *cube;
        pthread_mutex_t baseline_lock;
        PolicyWork *baseline; /* of what-ifs: kept until an event or another year */
        int64_t baseline_event;
        const Pack *baseline_pack;
        uint64_t tickets_ns; /* the calculator's, of all and by address */
        Visitor visitors[VISITORS];
};

static const char META_PACK[] = "pack_version";

Store *api_store(const ApiWorld *w)
{
        return w->store;
}
RegisterColumns *api_columns(const ApiWorld *w)
{
        return w->columns;
}
IndicatorCube *api_cube(const ApiWorld *w)
{
        return w->cube;
}
const ApiSession *api_owner(ApiWorld *w)
{
        return &w->owner;
}

static Status pack_version(StoreTx *tx, int64_t *ret)
{
        _cleanup_arena_ Arena *a = arena_new(4096);
        Str text;
        *ret = 0;
        if (!a)
                return ST_NOMEM;
        Status st = store_meta_get(tx, META_PACK, a, &text);
        if (st == ST_NOT_FOUND)
                return ST_OK;
        TRY(st);
        return str_to_i64(text, ret) ? ST_OK : ST_CORRUPT;
}

static Status stored_files(StoreTx *tx, Arena *a, PackFile **ret, size_t *ret_count)
{
        PackFile *files = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, "SELECT path, content FROM pack_file ORDER BY path", STORE_NO_ARGS, &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&files, &cap, n + 1, sizeof(*files)) < 0)
                        return ST_NOMEM;
                Str content = store_blob(q, 1);
                files[n] = (PackFile){ store_text_dup(q, 0, a), arena_str(a, content.ptr ? content : STR("")) };
                if (!files[n].path.ptr || !files[n].content.ptr)
                        return ST_NOMEM;
                n++;
        }
        *ret = files;
        *ret_count = n;
        return store_done(q);
}

static Status load_pack(ApiWorld *w, StoreTx *tx, int64_t version, Diag *diag)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)256 << 20);
        PackFile *files;
        size_t n;
        Pack *pack = NULL;
        if (!a)
                return ST_NOMEM;
        TRY(stored_files(tx, a, &files, &n));
        if (n == 0)
                return diag_fail(diag, ST_FOREIGN, POS_FILE(store_name(w->store)),
                                 "数据库里没有城市包：请用 kechuang init 建立",
                                 "the database holds no pack: make it with kechuang init");
        TRY(pack_load_files(files, n, NULL, diag, &pack));
        indicator_cube_clear(w->cube);
        if (w->pack_count == PACKS_KEPT) { /* a server that has seen so many changes lets the oldest go */
                pack_free(w->packs[0]);
                memmove(w->packs, w->packs + 1, (PACKS_KEPT - 1) * sizeof(w->packs[0]));
                w->pack_count--;
        }
        register_columns_clear(w->columns);
        w->packs[w->pack_count++] = pack;
        w->version = version;
        return ST_OK;
}

Status api_pack(ApiWorld *w, Diag *diag, const Pack **ret)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        int64_t version;
        TRY(store_begin(w->store, STORE_READ, diag, &tx));
        TRY(pack_version(tx, &version));
        pthread_mutex_lock(&w->lock);
        Status st = w->pack_count && w->version == version ? ST_OK : load_pack(w, tx, version, diag);
        if (st == ST_OK)
                *ret = w->packs[w->pack_count - 1];
        pthread_mutex_unlock(&w->lock);
        return st;
}

static Status world_new(Store *store, ApiWorld **ret)
{
        ApiWorld *w = mem_calloc(1, sizeof(*w));
        RegisterColumns *columns = register_columns_new((size_t)COLUMNS_MIB << 20);
        if (!w || !columns || pthread_mutex_init(&w->lock, NULL) != 0 ||
            pthread_mutex_init(&w->baseline_lock, NULL) != 0) {
                mem_free(w);
                register_columns_free(columns);
                store_close(store);
                return ST_NOMEM;
        }
        if (indicator_cube_new(&w->cube) != ST_OK) {
                pthread_mutex_destroy(&w->lock);
                register_columns_free(columns);
                mem_free(w);
                store_close(store);
                return ST_NOMEM;
        }
        w->store = store;
        w->columns = columns;
        w->owner = (ApiSession){ .account = STR("root"), .name = STR("root") };
        *ret = w;
        return ST_OK;
}

Status api_world_open(const char *where, Diag *diag, ApiWorld **ret)
{
        Store *store = NULL;
        TRY(store_open(where, NULL, diag, &store));
        return world_new(store, ret);
}

void api_world_close(ApiWorld *w)
{
        if (!w)
                return;
        register_columns_free(w->columns);
        indicator_cube_free(w->cube);
        policy_work_free(w->baseline);
        for (size_t i = 0; i < w->pack_count; i++)
                pack_free(w->packs[i]);
        store_close(w->store);
        pthread_mutex_destroy(&w->lock);
        pthread_mutex_destroy(&w->baseline_lock);
        mem_free(w);
}

/* ---- what-ifs ---- */

Status api_baseline(ApiCall *call, StoreTx *tx, int32_t year, PolicyWork **ret)
{
        ApiWorld *w = call->world;
        int64_t head;
        TRY(store_event_head(tx, &head));
        pthread_mutex_lock(&w->baseline_lock);
        if (w->baseline && w->baseline->year == year && w->baseline_event == head && w->baseline_pack == call->pack) {
                *ret = w->baseline;
                return ST_OK;
        }
        policy_work_free(TAKE(w->baseline));
        Status st = policy_compute(tx, call->pack, &(PolicyAsk){ .year = year }, call->diag, &w->baseline);
        if (st != ST_OK) {
                pthread_mutex_unlock(&w->baseline_lock);
                return st;
        }
        w->baseline_event = head;
        w->baseline_pack = call->pack;
        *ret = w->baseline;
        return ST_OK;
}

/* A bucket of `burst` tickets that fills by one every `each` ns; *next is when all but burst of them were used. */
static uint64_t ticket_wait(uint64_t next, uint64_t now, uint64_t each, uint64_t burst)
{
        uint64_t oldest = now > burst * each ? now - burst * each : 1;
        uint64_t at = (next > oldest ? next : oldest) + each;
        return at <= now ? 0 : at - now;
}

static void take_ticket(uint64_t *next, uint64_t now, uint64_t each, uint64_t burst)
{
        uint64_t oldest = now > burst * each ? now - burst * each : 1;
        *next = (*next > oldest ? *next : oldest) + each;
}

/* The address's own bucket; of a full neighbourhood the one that waits shortest is given away. */
static Visitor *visitor_of(ApiWorld *w, Str peer)
{
        enum { NEIGHBOURS = 8 };
        uint64_t hash = 1469598103934665603u;
        for (size_t i = 0; i < peer.len; i++)
                hash = (hash ^ (unsigned char)peer.ptr[i]) * 1099511628211u;
        hash = hash ? hash : 1;
        Visitor *best = NULL;
        for (size_t i = 0; i < NEIGHBOURS; i++) {
                Visitor *v = &w->visitors[(hash + i) % VISITORS];
                if (v->hash == hash)
                        return v;
                if (!best || v->next < best->next)
                        best = v;
        }
        *best = (Visitor){ .hash = hash };
        return best;
}

int api_calculator_wait(ApiWorld *w, Str peer)
{
        /* In all ten a second in the long run, a hundred at once; from one address one in two seconds, thirty at once. */
        static const uint64_t each = 100000000, burst = 100, own_each = 2000000000, own_burst = 30;
        uint64_t now = clock_mono_ns() + own_burst * own_each + 1;      /* a machine just started has a past too */
        pthread_mutex_lock(&w->lock);
        Visitor *v = peer.len ? visitor_of(w, peer) : NULL;
        uint64_t wait = ticket_wait(w->tickets_ns, now, each, burst);
        uint64_t own = v ? ticket_wait(v->next, now, own_each, own_burst) : 0;
        wait = own > wait ? own : wait;
        if (!wait) {
                take_ticket(&w->tickets_ns, now, each, burst);
                if (v)
                        take_ticket(&v->next, now, own_each, own_burst);
        }
        pthread_mutex_unlock(&w->lock);
        return (int)((wait + 999999999) / 1000000000);
}

void api_baseline_release(ApiWorld *w)
{
        pthread_mutex_unlock(&w->baseline_lock);
}

/* ---- init ---- */

Status api_tables(StoreTx *tx)
{
        static const StoreColumn file[] = {
                { .name = "path", .type = STORE_TEXT },
                { .name = "content", .type = STORE_BLOB, .not_null = true },
                { .name = "hash", .type = STORE_TEXT, .not_null = true },
        };
        static const StoreColumn account[] = {
                { .name = "account", .type = STORE_TEXT },
                { .name = "name", .type = STORE_TEXT, .not_null = true },
                { .name = "role", .type = STORE_TEXT, .not_null = true },
                { .name = "unit", .type = STORE_TEXT },
                { .name = "record", .type = STORE_TEXT },
                { .name = "password", .type = STORE_TEXT, .not_null = true },
                { .name = "event", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn session[] = {
                { .name = "token_hash", .type = STORE_TEXT },
                { .name = "account", .type = STORE_TEXT, .not_null = true },
                { .name = "expires", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn attempt[] = {
                { .name = "account", .type = STORE_TEXT },
                { .name = "since", .type = STORE_I64, .not_null = true },
                { .name = "failures", .type = STORE_I64, .not_null = true },
        };
        static const StoreTable tables[] = {
                { .name = "pack_file", .columns = file, .column_count = ARRAY_LEN(file), .primary_key = "path" },
                { .name = "account", .columns = account, .column_count = ARRAY_LEN(account), .primary_key = "account" },
                { .name = "session",
                  .columns = session,
                  .column_count = ARRAY_LEN(session),
                  .primary_key = "token_hash" },
                { .name = "login_attempt",
                  .columns = attempt,
                  .column_count = ARRAY_LEN(attempt),
                  .primary_key = "account" },
        };
        return store_apply_tables(tx, tables, ARRAY_LEN(tables), NULL);
}

/* What becomes of the files: paths added, changed, removed. */
static Status store_files(StoreTx *tx, const Pack *pack, JsonWriter *w, bool *ret_changed)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)256 << 20);
        _cleanup_map_ Map old = MAP_INIT(100000);
        PackFile *files;
        size_t n, count;
        if (!a)
                return ST_NOMEM;
        TRY(stored_files(tx, a, &files, &n));
        for (size_t i = 0; i < n; i++)
                TRY(map_put(&old, files[i].path, &files[i]));
        const PackFile *now = pack_files(pack, &count);
        bool changed = false;
        jw_put_array(w, "files");
        for (size_t i = 0; i < count; i++) {
                PackFile *before = map_get(&old, now[i].path);
                char hash[SM3_HEX];
                if (before && str_eq(before->content, now[i].content))
                        continue;
                changed = true;
                TRY(sm3_hex_of(now[i].content, hash));
                jw_object_begin(w);
                jw_put_str(w, "path", now[i].path);
                jw_put_cstr(w, "sm3", hash);
                jw_object_end(w);
                TRY(store_exec(tx,
                               "INSERT INTO pack_file (path, content, hash) VALUES ($1, $2, $3) "
                               "ON CONFLICT (path) DO UPDATE SET content = excluded.content, hash = excluded.hash",
                               STORE_ARGS(sv_text(now[i].path), sv_blob(now[i].content), sv_cstr(hash)), NULL));
        }
        for (size_t i = 0; i < n; i++) {
                if (pack_file(pack, files[i].path).ptr)
                        continue;
                changed = true;
                jw_object_begin(w);
                jw_put_str(w, "path", files[i].path);
                jw_put_null(w, "sm3");
                jw_object_end(w);
                TRY(store_exec(tx, "DELETE FROM pack_file WHERE path = $1", STORE_ARGS(sv_text(files[i].path)), NULL));
        }
        jw_array_end(w);
        *ret_changed = changed;
        return ST_OK;
}

/* Registers are the affair of register_migrate. */
static Status check_indicators(const Pack *old, const Pack *new, Diag *diag)
{
        bool good = true;
        for (size_t i = 0; i < old->indicator_count; i++) {
                const PackIndicator *was = old->indicators[i], *is = pack_indicator(new, was->name);
                if (was->source == PACK_REPORTED && (!is || is->source != PACK_REPORTED || is->scale != was->scale)) {
                        diag_error(diag, is ? is->pos : was->pos, "填报的指标“%.*s”不能删去或改变小数位",
                                   "the reported indicator \"%.*s\" cannot be dropped or change its scale",
                                   STR_FMT(was->name));
                        good = false;
                }
        }
        return good ? ST_OK : ST_CONFLICT;
}

/* The pack the database was made with; NULL: it is new, or has definitions of an older program (tables decide then). */
static Status stored_pack(StoreTx *tx, Pack **ret)
{
        bool there;
        TRY(store_has_table(tx, "pack_file", &there));
        if (!there)
                return ST_OK;
        _cleanup_arena_ Arena *a = arena_new((size_t)256 << 20);
        PackFile *files;
        size_t n;
        if (!a)
                return ST_NOMEM;
        TRY(stored_files(tx, a, &files, &n));
        if (n == 0)
                return ST_OK;
        Status st = pack_load_files(files, n, NULL, NULL, ret);
        return st == ST_NOMEM ? st : ST_OK;
}

static Str step_name(const PackMigrateStep *s)
{
        static const Str names[] = { STR("rename"), STR("change"), STR("fill"), STR("drop") };
        return names[s->kind];
}

static void put_migrated(JsonWriter *w, const RegisterMigrated *done, size_t n)
{
        if (!n)
                return;
        jw_put_array(w, "migrations");
        for (size_t i = 0; i < n; i++) {
                const PackMigrateStep *s = done[i].step;
                jw_object_begin(w);
                jw_put_str(w, "migration", done[i].migration->name);
                jw_put_str(w, "step", step_name(s));
                jw_put_str(w, "register", s->reg);
                if (s->field.len)
                        jw_put_str(w, "field", s->field);
                if (s->to.len)
                        jw_put_str(w, "to", s->to);
                if (s->from.text.len)
                        jw_put_str(w, "from", s->from.text);
                jw_put_i64(w, "records", done[i].records);
                jw_put_i64(w, "past", done[i].past);
                jw_object_end(w);
        }
        jw_array_end(w);
}

static void tell_migrated(const RegisterMigrated *done, size_t n, Lang lang, Buf *out)
{
        for (size_t i = 0; i < n; i++) {
                const PackMigrateStep *s = done[i].step;
                buf_printf(out, "%.*s: %.*s %.*s%s%.*s%s%.*s", STR_FMT(done[i].migration->name), STR_FMT(step_name(s)),
                           STR_FMT(s->reg), s->field.len ? "." : "", STR_FMT(s->field), s->to.len ? " → " : "",
                           STR_FMT(s->to));
                buf_printf(out,
                           lang == LANG_EN ? ": %lld records, %lld earlier states\n"
                                           : "：%lld 条记录，%lld 个过去的状态\n",
                           (long long)done[i].records, (long long)done[i].past);
        }
}

/* Did a step make it? */
static bool is_made(const RegisterMigrated *done, size_t n, Str reg, Str field)
{
        for (size_t i = 0; i < n; i++) {
                const PackMigrateStep *s = done[i].step;
                bool renamed = s->kind == PACK_MIGRATE_RENAME;
                if (field.len ? (s->field.len && str_eq(renamed ? s->to : s->field, field))
                              : (renamed && !s->field.len && str_eq(s->to, reg)))
                        return true;
        }
        return false;
}

/* What a pack brings that the database does not have: registers and fields. */
static void tell_added(const Pack *old, const Pack *new, const RegisterMigrated *done, size_t n, Lang lang, Buf *out)
{
        for (size_t i = 0; i < new->register_count; i++) {
                const PackRegister *reg = new->registers[i], *was = pack_register(old, reg->name);
                if (!was && !is_made(done, n, reg->name, STR_NONE))
                        buf_printf(out, lang == LANG_EN ? "new register %.*s\n" : "新库 %.*s\n", STR_FMT(reg->name));
                for (size_t f = 0; was && f < reg->field_count; f++)
                        if (reg->fields[f].role == PACK_FIELD_PLAIN && !pack_field(was, reg->fields[f].name) &&
                            !is_made(done, n, reg->name, reg->fields[f].name))
                                buf_printf(out, lang == LANG_EN ? "new field %.*s.%.*s\n" : "新字段 %.*s.%.*s\n",
                                           STR_FMT(reg->name), STR_FMT(reg->fields[f].name));
        }
}

static Status init_tx(StoreTx *tx, const Pack *pack, Str actor, Diag *diag, Buf *told, bool *ret_changed)
{
        _cleanup_pack_ Pack *old = NULL;
        _cleanup_arena_ Arena *a = arena_new((size_t)1 << 30);
        RegisterMigrated *done = NULL;
        size_t migrated = 0;
        if (!a)
                return ST_NOMEM;
        TRY(stored_pack(tx, &old));
        Status figures = old ? check_indicators(old, pack, diag) : ST_OK;
        TRY(api_tables(tx));
        if (old)
                TRY(register_migrate(tx, old, pack, a, diag, &done, &migrated));
        else
                TRY(register_tables(tx, pack));
        TRY(figures); /* after the registers, so that everything is told at once */
        if (told && old) {
                tell_added(old, pack, done, migrated, diag->lang, told);
                tell_migrated(done, migrated, diag->lang, told);
        }
        TRY(indicator_tables(tx));
        TRY(policy_tables(tx));
        TRY(document_tables(tx));
        TRY(confirm_tables(tx));
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        int64_t version;
        TRY(pack_version(tx, &version));
        jw_object_begin(&w);
        jw_put_str(&w, "pack", pack->name);
        jw_put_str(&w, "pack_version", pack->version);
        jw_put_cstr(&w, "program", KC_VERSION);
        TRY(store_files(tx, pack, &w, ret_changed));
        put_migrated(&w, done, migrated);
        int64_t ordered;
        TRY(register_fill_order(tx, pack, &ordered));
        if (ordered)
                jw_put_i64(&w, "ordered", ordered);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        *ret_changed |= store_changes(tx) > 0; /* tables that a newer program keeps */
        if (!*ret_changed)
                return ST_OK;
        char text[24];
        int n = snprintf(text, sizeof(text), "%lld", (long long)version + 1);
        TRY(store_meta_set(tx, META_PACK, str_n(text, (size_t)n)));
        return store_event(
                tx,
                &(StoreEvent){
                        .actor = actor, .op = STR("pack.define"), .subject = pack->name, .payload = buf_str(&b) },
                NULL);
}

Status api_init(const char *where, const char *pack_dir, Str actor, bool dry_run, Diag *diag, Buf *told,
                bool *ret_changed)
{
        _cleanup_pack_ Pack *pack = NULL;
        _cleanup_store_ Store *store = NULL;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        bool changed = false;
        TRY(pack_load(pack_dir, diag, &pack));
        TRY(store_open(where, &(StoreOptions){ .mode = dry_run ? STORE_OPEN : STORE_CREATE }, diag, &store));
        TRY(store_begin(store, STORE_WRITE, diag, &tx));
        TRY(init_tx(tx, pack, actor, diag, told, &changed));
        if (!dry_run)
                TRY(store_commit(&tx));
        *ret_changed = changed;
        return ST_OK;
}

Status api_init_pack(const char *where, const Pack *pack, Str actor, Diag *diag, bool *ret_changed)
{
        _cleanup_store_ Store *store = NULL;
        bool changed = false;
        TRY(store_open(where, &(StoreOptions){ .mode = STORE_CREATE }, diag, &store));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(store, STORE_WRITE, diag, &tx));
        TRY(init_tx(tx, pack, actor, diag, NULL, &changed));
        TRY(store_commit(&tx));
        if (ret_changed)
                *ret_changed = changed;
        return ST_OK;
}
