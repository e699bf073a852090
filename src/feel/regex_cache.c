/* The compiled patterns of an exec, so that a filter over many rows compiles its
 * pattern once: the last few, replaced in turn. */
#include "feel/builtins_int.h"
#include "feel/regex_int.h"

enum { CACHE_SIZE = 16 };

typedef struct Entry {
        FeelRegex *re;
        char *key;              /* flags, a NUL, the pattern */
        size_t len;
} Entry;

struct FeelRegexCache {
        Entry entries[CACHE_SIZE];
        size_t next;            /* to be replaced */
};

static void entry_clear(Entry *e)
{
        feel_regex_free(e->re);
        mem_free(e->key);
        *e = (Entry){ 0 };
}

void feel_regex_cache_free(FeelRegexCache *c)
{
        if (!c)
                return;
        for (size_t i = 0; i < CACHE_SIZE; i++)
                entry_clear(&c->entries[i]);
        mem_free(c);
}

static bool is_of(const Entry *e, Str pattern, Str flags)
{
        return e->re && e->len == flags.len + 1 + pattern.len && memcmp(e->key, flags.ptr, flags.len) == 0 &&
               e->key[flags.len] == '\0' &&
               (pattern.len == 0 || memcmp(e->key + flags.len + 1, pattern.ptr, pattern.len) == 0);
}

Status feel_regex_cached(FeelExec *x, Str pattern, Str flags, RegexError *err, const FeelRegex **ret)
{
        if (!flags.ptr)
                flags = STR("");
        if (!x->regexes) {
                x->regexes = mem_calloc(1, sizeof(*x->regexes));
                if (!x->regexes)
                        return ST_NOMEM;
        }
        FeelRegexCache *c = x->regexes;
        for (size_t i = 0; i < CACHE_SIZE; i++) {
                if (is_of(&c->entries[i], pattern, flags)) {
                        *ret = c->entries[i].re;
                        return ST_OK;
                }
        }
        TRY(feel_tick(x, 16 + pattern.len));
        FeelRegex *re;
        TRY(feel_regex_compile(pattern, flags, err, &re));
        size_t len = flags.len + 1 + pattern.len;
        char *key = mem_alloc(len);
        if (!key) {
                feel_regex_free(re);
                return ST_NOMEM;
        }
        memcpy(key, flags.ptr, flags.len);
        key[flags.len] = '\0';
        if (pattern.len)
                memcpy(key + flags.len + 1, pattern.ptr, pattern.len);
        Entry *e = &c->entries[c->next];
        c->next = (c->next + 1) % CACHE_SIZE;
        entry_clear(e);
        *e = (Entry){ re, key, len };
        *ret = re;
        return ST_OK;
}
