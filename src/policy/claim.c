/* claim.c -- nothing is paid twice: what is listed lays claim to what it is paid for.
 *
 * A claim is to (policy, year, record); for a record that is applied for once and is not the firm itself (a project, a
 * loan) to (policy, record) for good.  With exclusive groups also to (group, year, firm), and to (group, record) for
 * good: a project supported by one policy of a group is not supported by another in another year. */
#include "policy/pay_int.h"
#include "register/gone.h"

enum { CLAIMS_MAX = 100000000, FOR_GOOD = 0 /* as a year */ };

Str pay_family(const PackPolicy *p)
{
        while (p->supersedes)
                p = p->supersedes;
        return p->name;
}

/* Keys that answer for others: a record and those merged into it are one. */
static Status survivors(PayCall *c, Map *ret)
{
        for (size_t i = 0; i < c->by->pack->register_count; i++) {
                RegisterGone *gone;
                size_t n;
                int64_t total;
                TRY(register_gone(c->tx, c->by->pack, c->by->pack->registers[i], NULL, 0, 1000000, c->arena, &gone, &n,
                                  &total));
                for (size_t k = 0; k < n; k++)
                        if (gone[k].survivor.len)
                                TRY(map_put(ret, gone[k].key, &gone[k]));
        }
        return ST_OK;
}

Str pay_survivor(const PayClaims *claims, Str key)
{
        for (int depth = 0; depth < 100; depth++) {
                const RegisterGone *g = map_get(&claims->merged, key);
                if (!g)
                        break;
                key = g->survivor;
        }
        return key;
}

/* Is a record of it applied for once, whatever the year it is computed in? */
static bool for_good(const PackPolicy *p)
{
        return p->owner && p->by == PACK_BY_APPLICATION_DAY;
}

static Str claim_key(Arena *a, Str kind, Str name, Str subject)
{
        return str_c(arena_printf(a, "%.*s|%.*s|%.*s", STR_FMT(kind), STR_FMT(name), STR_FMT(subject)));
}

static Status hold(PayCall *c, PayClaims *claims, Str kind, Str name, Str subject, Str family)
{
        Str key = claim_key(c->arena, kind, name, subject);
        Str *kept = arena_new_of(c->arena, Str);
        if (!key.ptr || !kept || !(*kept = arena_str(c->arena, family)).ptr)
                return ST_NOMEM;
        if (map_get(&claims->held, key))
                return ST_OK;
        return map_put(&claims->held, key, kept);
}

static Status read_claims(PayCall *c, PayClaims *claims, const char *sql, const StoreValue *args, size_t n)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(c->tx, sql, args, n, &q));
        while (store_next(q)) {
                Str subject = store_text_dup(q, 2, c->arena);
                if (!subject.ptr)
                        return ST_NOMEM;
                TRY(hold(c, claims, store_text(q, 0), store_text(q, 1), pay_survivor(claims, subject),
                         store_text(q, 3)));
        }
        return store_done(q);
}

Status pay_claims(PayCall *c, int64_t year, PayClaims *ret)
{
        const Pack *pack = c->by->pack;
        *ret = (PayClaims){ .held = MAP_INIT(CLAIMS_MAX), .merged = MAP_INIT(CLAIMS_MAX), .year = year };
        TRY(survivors(c, &ret->merged));
        TRY(read_claims(c, ret, "SELECT kind, name, subject, family FROM pay_claim WHERE year = $1 OR year = $2",
                        STORE_ARGS(sv_i64(year), sv_i64(FOR_GOOD))));
        for (size_t i = 0; i < pack->policy_count; i++) /* also what was paid before the policy went by its day */
                if (for_good(pack->policies[i]))
                        TRY(read_claims(
                                c, ret,
                                "SELECT kind, name, subject, family FROM pay_claim WHERE kind = 'policy' AND name = $1",
                                STORE_ARGS(sv_text(pay_family(pack->policies[i])))));
        return ST_OK;
}

void pay_claims_release(PayClaims *claims)
{
        map_release(&claims->held);
        map_release(&claims->merged);
}

static Status other_holds(PayCall *c, const PayClaims *claims, Str kind, Str name, Str subject, Str family,
                          const Str **ret)
{
        Str key = claim_key(c->arena, kind, name, pay_survivor(claims, subject));
        const Str *other = key.ptr ? map_get(&claims->held, key) : NULL;
        if (other && !str_eq(*other, family))
                *ret = other;
        return key.ptr ? ST_OK : ST_NOMEM;
}

Status pay_claimed(PayCall *c, const PayClaims *claims, const PackPolicy *p, Str record, Str firm, Str *ret)
{
        Str family = pay_family(p);
        Str key = claim_key(c->arena, STR("policy"), family, pay_survivor(claims, record));
        *ret = STR_NONE;
        if (!key.ptr)
                return ST_NOMEM;
        const Str *holder = map_get(&claims->held, key);
        for (size_t i = 0; !holder && i < p->exclusive_count; i++) {
                TRY(other_holds(c, claims, STR("group"), p->exclusive[i], firm, family, &holder));
                if (!holder && p->owner)
                        TRY(other_holds(c, claims, STR("record"), p->exclusive[i], record, family, &holder));
        }
        if (holder)
                *ret = *holder;
        return ST_OK;
}

/* Several records of a firm lay the same claim to its group: once. */
static Status lay(PayCall *c, PayClaims *claims, Str kind, Str name, int64_t year, Str subject, Str family,
                  int64_t item)
{
        int64_t there = 0;
        if (!str_eq_c(kind, "policy"))
                TRY(store_get_i64(
                        c->tx,
                        "SELECT count(*) FROM pay_claim WHERE kind = $1 AND name = $2 AND year = $3 AND subject = $4 "
                        "AND family = $5",
                        STORE_ARGS(sv_text(kind), sv_text(name), sv_i64(year), sv_text(subject), sv_text(family)),
                        &there));
        if (!there)
                TRY(store_exec(
                        c->tx,
                        "INSERT INTO pay_claim (kind, name, year, subject, family, item) VALUES ($1, $2, $3, $4, $5, $6)",
                        STORE_ARGS(sv_text(kind), sv_text(name), sv_i64(year), sv_text(subject), sv_text(family),
                                   sv_i64(item)),
                        NULL));
        return hold(c, claims, kind, name, subject, family);
}

Status pay_claim(PayCall *c, PayClaims *claims, const PackPolicy *p, int64_t year, int64_t item, Str record, Str firm)
{
        Str family = pay_family(p);
        record = pay_survivor(claims, record);
        firm = pay_survivor(claims, firm);
        TRY(lay(c, claims, STR("policy"), family, for_good(p) ? FOR_GOOD : year, record, family, item));
        for (size_t i = 0; i < p->exclusive_count; i++) {
                TRY(lay(c, claims, STR("group"), p->exclusive[i], year, firm, family, item));
                if (p->owner)
                        TRY(lay(c, claims, STR("record"), p->exclusive[i], FOR_GOOD, record, family, item));
        }
        return ST_OK;
}

/* What another item claims too goes over to it: another record of the firm, the same record in another year. */
Status pay_claim_drop(PayCall *c, int64_t item)
{
#define ANOTHER(same)                                                                                                  \
        "(SELECT min(i.id) FROM pay_item i JOIN pay_claim k ON k.item = i.id AND k.kind = 'policy' "                   \
        "JOIN pay_item mine ON mine.id = pay_claim.item WHERE i.id <> mine.id AND k.name = pay_claim.family AND " same \
        ")"
        TRY(store_exec(c->tx,
                       "UPDATE pay_claim SET item = coalesce(" ANOTHER(
                               "i.firm = mine.firm AND (SELECT b.year FROM pay_batch b "
                               "WHERE b.id = i.batch) = pay_claim.year") ", item) WHERE item = $1 AND kind = 'group'",
                       STORE_ARGS(sv_i64(item)), NULL));
        TRY(store_exec(c->tx,
                       "UPDATE pay_claim SET item = coalesce(" ANOTHER("i.rec = mine.rec") ", item) "
                       "WHERE item = $1 AND kind = 'record'",
                       STORE_ARGS(sv_i64(item)), NULL));
        return store_exec(c->tx, "DELETE FROM pay_claim WHERE item = $1", STORE_ARGS(sv_i64(item)), NULL);
}
