/* The FTS5 tokenizer "kechuang": the tokens of text.h. */
#include "store/sqlite_int.h"
#include "store/text_int.h"

typedef int (*TokenFn)(void *ctx, int flags, const char *token, int len, int start, int end);

typedef struct Relay {
        TokenFn fn;
        void *ctx;
} Relay;

static int relay(void *ctx, const char *token, size_t len, size_t start, size_t end)
{
        Relay *r = ctx;
        return r->fn(r->ctx, 0, token, (int)len, (int)start, (int)end);
}

static int tok_create(void *ctx, const char **args, int n, Fts5Tokenizer **ret)
{
        (void)args, (void)n;
        *ret = ctx;
        return SQLITE_OK;
}

static void tok_delete(Fts5Tokenizer *t)
{
        (void)t;
}

static int tok_tokenize(Fts5Tokenizer *t, void *ctx, int flags, const char *text, int len, TokenFn fn)
{
        (void)t;
        Relay r = { .fn = fn, .ctx = ctx };
        return store_text_cut(str_n(text, (size_t)len), (flags & FTS5_TOKENIZE_QUERY) != 0, relay, &r);
}

int sqlite_add_tokenizer(sqlite3 *db)
{
        static char self;
        fts5_api *api = NULL;
        sqlite3_stmt *st = NULL;
        int rc = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &st, NULL);
        if (rc == SQLITE_OK)
                rc = sqlite3_bind_pointer(st, 1, (void *)&api, "fts5_api_ptr", NULL);
        if (rc == SQLITE_OK)
                (void)sqlite3_step(st);
        int end = sqlite3_finalize(st);
        if (rc == SQLITE_OK)
                rc = end;
        if (rc == SQLITE_OK && !api)
                rc = SQLITE_ERROR;
        fts5_tokenizer tok = { .xCreate = tok_create, .xDelete = tok_delete, .xTokenize = tok_tokenize };
        return rc == SQLITE_OK ? api->xCreateTokenizer(api, "kechuang", &self, &tok, NULL) : rc;
}
