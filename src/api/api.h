/* api.h -- accounts, rights, and the operations of api/openapi.yaml, one function each.
 *
 * The server and the commands call the same operations, so that both have the same
 * rights, checks and events.  A call goes: find the operation, check parameters and
 * body against the schema, check the right (role × operation × unit subtree), run.
 * Nothing is computed here: an operation calls a room and shapes the reply.
 *
 * Rights are checked in one place, api_call: the role must grant the operation's
 * right, a `unit` parameter must lie in the account's subtree, and every operation
 * gets call->within, the subtree it may see; what is forbidden looks like what is
 * missing (ST_NOT_FOUND, 404).
 *
 *     _cleanup_api_world_ ApiWorld *world = NULL;
 *     TRY(api_world_open("city.db", diag, &world));
 *     ApiCall call = { .world = world, .session = api_owner(world), .arena = arena, .diag = diag };
 *     TRY(api_set(&call, "indicator", STR("rd_intensity")));
 *     TRY(api_set(&call, "period", STR("2023-06")));
 *     TRY(api_call(&call, "rank"));
 *     use(buf_str(&call.reply));            // JSON as the schema Ranking says
 *     api_call_release(&call);
 */
#ifndef KC_API_API_H
#define KC_API_API_H

#include "codec/json.h"
#include "pack/pack.h"
#include "store/store.h"

/* ---- the world of a server or a command: the database and its pack ---- */

typedef struct ApiWorld ApiWorld;
/* Opens the database and loads the pack that it keeps. */
Status api_world_open(const char *where, Diag *diag, ApiWorld **ret) FALLIBLE;
void api_world_close(ApiWorld *w);
DEFINE_CLEANUP(ApiWorld *, api_world_close)
#define _cleanup_api_world_ _cleanup_(api_world_closep)
Store *api_store(const ApiWorld *w);
/* The pack as of the database's last change of definitions; reloaded when they changed.  Lives with the world. */
Status api_pack(ApiWorld *w, Diag *diag, const Pack **ret) FALLIBLE;

/* What the world keeps of the figures between calls (indicator/indicator.h). */
struct IndicatorCube;
struct IndicatorCube *api_cube(const ApiWorld *w);

/* Makes a database of a pack, or moves an existing one to the pack's newer definitions (register_migrate): all tables,
 * the pack's files, and one event, in one transaction.  dry_run: everything but the commit.  told (may be NULL) gets
 * what is new and what the migrations did, a line each.  *ret_changed: false when it was as it is already. */
Status api_init(const char *where, const char *pack_dir, Str actor, bool dry_run, Diag *diag, Buf *told,
                bool *ret_changed) FALLIBLE;

/* The same with a pack that is loaded already. */
Status api_init_pack(const char *where, const Pack *pack, Str actor, Diag *diag, bool *ret_changed) FALLIBLE;

/* ---- accounts and sessions ---- */

typedef struct ApiSession {
        Str account, name;
        const PackRole *role;           /* NULL: the owner of the machine, who may do everything */
        const PackUnit *unit;           /* subtree it may see; NULL: everything */
        Str record;                     /* roles that reach one record only: its key */
} ApiSession;

/* The owner of the machine: commands without --as. */
const ApiSession *api_owner(ApiWorld *w);
/* What the world keeps of the registers between calls (register/columns.h). */
struct RegisterColumns *api_columns(const ApiWorld *w);
/* The session of an account, for --as.  ST_NOT_FOUND. */
Status api_session_of(ApiWorld *w, Str account, Arena *a, Diag *diag, ApiSession *ret) FALLIBLE;

typedef struct ApiAccount {
        Str account, name, role, unit, record;
} ApiAccount;
/* Adds an account; its password is kept as an Argon2id hash.  ST_EXISTS, ST_INVALID (no such role or unit). */
Status api_account_add(ApiWorld *w, const ApiAccount *account, Str password, Str actor, Diag *diag) FALLIBLE;
Status api_accounts(ApiWorld *w, Arena *a, ApiAccount **ret, size_t *ret_count) FALLIBLE;

/* Log in: checks the password (at most API_LOGINS_AT_ONCE at a time, 64 MiB each; after API_LOGIN_TRIES failures in
 * a quarter of an hour an account waits) and gives a token of 43 characters that is kept only as its hash.
 * Wrong account and wrong password are the same: ST_FORBIDDEN. */
enum { API_LOGINS_AT_ONCE = 2, API_LOGIN_TRIES = 10, API_TOKEN_MAX = 64, API_SESSION_HOURS = 12 };
Status api_login(ApiWorld *w, Str account, Str password, char ret_token[API_TOKEN_MAX], Diag *diag) FALLIBLE;
Status api_session_by_token(ApiWorld *w, Str token, Arena *a, Diag *diag, ApiSession *ret) FALLIBLE;
Status api_logout(ApiWorld *w, Str token) FALLIBLE;

/* ---- calls ---- */

typedef struct ApiOperation ApiOperation;
typedef struct ApiCall ApiCall;

enum { API_PARAMS_MAX = 24 };

struct ApiCall {
        /* given by the caller */
        ApiWorld *world;
        const ApiSession *session;      /* NULL: nobody has logged in */
        Arena *arena;
        Diag *diag;
        Lang lang;
        Str body;                       /* JSON text, or the file's bytes */
        const char *body_path;          /* where a command's file lies, for operations that read it themselves; NULL */
        Str token;                      /* of the session, for session_close */
        Str peer;                       /* the caller's address; none: a command */
        void (*progress)(void *ctx, uint64_t done, uint64_t total);
        void *progress_ctx;
        /* set by api_set */
        struct { Str name, value; } params[API_PARAMS_MAX];
        size_t param_count;
        /* set by api_call for the operation */
        const ApiOperation *op;
        const Pack *pack;
        Store *store;
        const PackUnit *within;         /* what may be seen; NULL: everything */
        Str actor;
        const Json *json;               /* the body */
        /* the reply */
        Buf reply;
        const char *type;               /* media type; NULL: JSON */
        Str file_name;                  /* of a binary reply */
        Str set_token;                  /* session_open: the new cookie */
        int retry_after; /* seconds after which a caller that asks too much may ask again; 0: not refused for that */
};

Status api_set(ApiCall *call, const char *name, Str value) FALLIBLE;
/* Runs an operation by its operationId.  ST_NOT_FOUND (also for what is not permitted), ST_FORBIDDEN (nobody has
 * logged in), ST_INVALID (parameters, body; messages in diag), or what the operation says.  On failure the reply is empty. */
Status api_call(ApiCall *call, const char *operation_id) FALLIBLE;
void api_call_release(ApiCall *call);

/* For operations: the text of a parameter (ptr NULL when absent), and typed readings of checked ones. */
Str api_param(const ApiCall *call, const char *name);
bool api_param_bool(const ApiCall *call, const char *name);
int64_t api_param_int(const ApiCall *call, const char *name, int64_t fallback);
Status api_param_period(const ApiCall *call, const char *name, Period *ret) FALLIBLE;

/* ---- serving ---- */

typedef struct ApiServer ApiServer;
/* Listens and answers until api_server_stop; the web face at /, the operations under /api. */
Status api_server_start(ApiWorld *w, const char *host, uint16_t port, unsigned threads, Diag *diag,
                        ApiServer **ret) FALLIBLE;
uint16_t api_server_port(const ApiServer *s);
void api_server_stop(ApiServer *s);

#endif
