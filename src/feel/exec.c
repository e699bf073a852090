/* exec.c -- the stack machine: one program, one set of inputs, all values in an arena.
 *
 * A frame is a function's locals followed by its value stack, taken from blocks
 * that never move.  A loop keeps its state in a local that the program cannot
 * read: an Iter or a Builder laid over the FeelValue.  A call of a FEEL function
 * is a call of run(): as deep as the caller's limit allows.
 */
#include "feel/ast.h"
#include "feel/value_int.h"

#include <stdio.h>

#define STACK_BLOCK 2048        /* values in a block of frames */
#define CHECK_EVERY 4096u       /* steps between two looks at the clock */

const FeelLimits FEEL_LIMITS_DEFAULT = {
        .max_ns = 10ull * 1000 * 1000 * 1000, .max_bytes = (size_t)256 << 20, .max_steps = 0, .max_depth = 500,
};

typedef struct StackBlock StackBlock;
struct StackBlock {
        StackBlock *older, *newer;      /* newer ones are kept for the next deep call */
        size_t used, cap;
        FeelValue values[];
};

/* ---------------------------------------------------------------- the context */

static void start_limits(FeelExec *x)
{
        x->steps = 0;
        x->warnings = 0;
        x->depth = 0;
        x->deadline = x->limits.max_ns ? clock_mono_ns() + x->limits.max_ns : 0;
        x->next_check = CHECK_EVERY;
        if (x->limits.max_steps && x->limits.max_steps < x->next_check)
                x->next_check = x->limits.max_steps;
}

FeelExec *feel_exec_new(const FeelLimits *limits, Diag *diag)
{
        FeelExec *x = mem_calloc(1, sizeof(*x));
        if (!x)
                return NULL;
        x->limits = limits ? *limits : FEEL_LIMITS_DEFAULT;
        if (x->limits.max_bytes == 0)
                x->limits.max_bytes = FEEL_LIMITS_DEFAULT.max_bytes;
        if (x->limits.max_depth == 0)
                x->limits.max_depth = FEEL_LIMITS_DEFAULT.max_depth;
        x->arena = arena_new(x->limits.max_bytes);
        if (!x->arena) {
                mem_free(x);
                return NULL;
        }
        x->diag = diag;
        start_limits(x);
        return x;
}

void feel_exec_free(FeelExec *x)
{
        if (!x)
                return;
        feel_regex_cache_free(x->regexes);
        StackBlock *b = x->blocks;
        while (b && b->newer)
                b = b->newer;
        while (b) {
                StackBlock *older = b->older;
                mem_free(b);
                b = older;
        }
        arena_free(x->fetched);
        arena_free(x->arena);
        mem_free(x);
}

void feel_exec_reset(FeelExec *x)
{
        arena_reset(x->arena);
        arena_free(x->fetched);
        x->fetched = NULL;
        x->collections = NULL;
        __atomic_store_n(&x->cancelled, false, __ATOMIC_RELAXED);
        start_limits(x);
}

ArenaMark feel_exec_mark(FeelExec *x)
{
        return arena_mark(x->arena);
}

void feel_exec_rewind(FeelExec *x, ArenaMark mark)
{
        arena_rewind(x->arena, mark);
}

Arena *feel_exec_arena(FeelExec *x)
{
        return x->arena;
}

void feel_exec_set_diag(FeelExec *x, Diag *diag)
{
        x->diag = diag;
}

Diag *feel_exec_diag(FeelExec *x)
{
        return x->diag;
}

void feel_exec_set_host(FeelExec *x, void *host)
{
        x->host = host;
}

void *feel_exec_host(FeelExec *x)
{
        return x->host;
}

void feel_exec_cancel(FeelExec *x)
{
        __atomic_store_n(&x->cancelled, true, __ATOMIC_RELAXED);
}

void feel_exec_set_now(FeelExec *x, const FeelDateTime *now)
{
        x->now_fixed = now != NULL;
        if (now)
                x->now = *now;
}

Status feel_tick(FeelExec *x, uint64_t n)
{
        x->steps += n;
        if (x->steps < x->next_check)
                return ST_OK;
        if (__atomic_load_n(&x->cancelled, __ATOMIC_RELAXED))
                return ST_CANCELLED;
        if (x->limits.max_steps && x->steps >= x->limits.max_steps)
                return ST_LIMIT;
        if (x->deadline && clock_mono_ns() >= x->deadline)
                return ST_TIMEOUT;
        x->next_check = x->steps + CHECK_EVERY;
        if (x->limits.max_steps && x->limits.max_steps < x->next_check)
                x->next_check = x->limits.max_steps;
        return ST_OK;
}

/* ---------------------------------------------------------------- messages and memory */

Status feel_null_because(FeelExec *x, FeelValue *ret, const char *zh, const char *en, ...)
{
        *ret = feel_null();
        x->warnings++;
        Diag *d = x->diag;
        if (!d)
                return ST_OK;
        if (d->count >= d->max) {
                d->warnings++;
                return ST_OK;
        }
        char text[600];
        va_list ap;
        va_start(ap, en);
        vsnprintf(text, sizeof(text), d->lang == LANG_EN ? en : zh, ap);
        va_end(ap);
        Pos pos = POS_NONE;
        if (x->program && x->pc < x->program->code_len)
                pos = feel_source_pos(&x->program->src, x->program->pos[x->pc]);
        diag_add(d, SEV_WARNING, pos, "%s", "%s", text);
        return ST_OK;
}

/* Why there was no memory for size bytes. */
static Status no_memory(const FeelExec *x, size_t size)
{
        return size > x->limits.max_bytes || arena_used(x->arena) + size > x->limits.max_bytes / 2 ? ST_LIMIT
                                                                                                   : ST_NOMEM;
}

Status feel_new_values(FeelExec *x, size_t n, FeelValue **ret)
{
        TRY(feel_tick(x, n));
        if (n > x->limits.max_bytes / sizeof(FeelValue))
                return ST_LIMIT;
        FeelValue *v = arena_alloc(x->arena, n * sizeof(*v));
        if (!v)
                return no_memory(x, n * sizeof(*v));
        *ret = v;
        return ST_OK;
}

Status feel_new_bytes(FeelExec *x, size_t n, char **ret)
{
        TRY(feel_tick(x, n / 64 + 1));
        char *p = n <= x->limits.max_bytes ? arena_alloc(x->arena, n) : NULL;
        if (!p)
                return no_memory(x, n);
        *ret = p;
        return ST_OK;
}

Status feel_new_string(FeelExec *x, Str text, FeelValue *ret)
{
        char *p;
        TRY(feel_new_bytes(x, text.len, &p));
        if (text.len)
                memcpy(p, text.ptr, text.len);
        *ret = feel_string(str_n(p, text.len));
        return ST_OK;
}

Status feel_list_push(FeelListBuilder *b, const FeelValue *v)
{
        TRY(feel_tick(b->x, 1));
        if (b->len == b->cap) {
                size_t cap = b->cap ? b->cap * 2 : 8;
                if (cap > b->x->limits.max_bytes / sizeof(*v))
                        return ST_LIMIT;
                FeelValue *items = arena_alloc(b->x->arena, cap * sizeof(*v));
                if (!items)
                        return no_memory(b->x, cap * sizeof(*v));
                if (b->len)
                        memcpy(items, b->items, b->len * sizeof(*v));
                b->items = items;
                b->cap = cap;
        }
        b->items[b->len++] = *v;
        return ST_OK;
}

Status feel_list_unknown(FeelExec *x, const FeelValue *list, bool *ret_any, FeelValue *ret)
{
        FeelValue all = feel_null();
        *ret_any = false;
        for (size_t i = 0; i < list->list.len; i++) {
                const FeelValue *v = &list->list.items[i];
                if (v->kind != FEEL_UNKNOWN)
                        continue;
                if (*ret_any)
                        TRY(feel_unknown_union(x->arena, &all, v, &all));
                else
                        all = *v;
                *ret_any = true;
        }
        if (*ret_any)
                *ret = all;
        return ST_OK;
}

/* ---------------------------------------------------------------- loops */

typedef enum IterKind { ITER_LIST, ITER_NUMBER, ITER_DATE } IterKind;

typedef struct Iter {
        uint8_t kind;           /* IterKind */
        int8_t step;            /* 1, -1 */
        union {
                struct { const FeelValue *items; size_t len, index; } list;
                struct { int64_t now; uint64_t left; } span;    /* numbers, or days since 1970 */
        };
} Iter;

typedef struct Builder {
        FeelValue *items;
        size_t len, cap;
} Builder;

_Static_assert(sizeof(Iter) <= sizeof(FeelValue) && sizeof(Builder) <= sizeof(FeelValue), "loops fit into a local");

static void list_iter(FeelValue *local, const FeelValue *items, size_t len)
{
        Iter it = { .kind = ITER_LIST, .list = { items, len, 0 } };
        memcpy(local, &it, sizeof(it));
}

static void span_iter(FeelValue *local, IterKind kind, int64_t from, int64_t to)
{
        Iter it = { .kind = (uint8_t)kind, .step = from <= to ? 1 : -1 };
        it.span.now = from;
        it.span.left = (from <= to ? (uint64_t)to - (uint64_t)from : (uint64_t)from - (uint64_t)to) + 1;
        memcpy(local, &it, sizeof(it));
}

/* An iteration a..b.  false: null with a message. */
static Status start_span(FeelExec *x, FeelValue *local, const FeelValue *a, const FeelValue *b, bool *ret_ok,
                         FeelValue *fail)
{
        int64_t from, to;
        *ret_ok = false;
        if (a->kind == FEEL_UNKNOWN || b->kind == FEEL_UNKNOWN)
                return feel_unknown_union(x->arena, a, b, fail);
        if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER) {
                if (!dec_to_i64(a->number, &from) || !dec_to_i64(b->number, &to))
                        return FEEL_FAIL(x, fail, "逐一取值的端点应为整数",
                                         "the ends of an iteration should be whole numbers");
                span_iter(local, ITER_NUMBER, from, to);
        } else if (a->kind == FEEL_DATE && b->kind == FEEL_DATE) {
                span_iter(local, ITER_DATE, date_to_days(a->date), date_to_days(b->date));
        } else {
                return FEEL_FAIL(x, fail, "不能从 %s 到 %s 逐一取值", "cannot iterate from %s to %s",
                                 feel_kind_name(a->kind), feel_kind_name(b->kind));
        }
        *ret_ok = true;
        return ST_OK;
}

static Status start_range(FeelExec *x, FeelValue *local, const FeelRange *r, bool *ret_ok, FeelValue *fail)
{
        int64_t from, to;
        *ret_ok = false;
        if (r->low.kind == FEEL_NUMBER && r->high.kind == FEEL_NUMBER && dec_to_i64(r->low.number, &from) &&
            dec_to_i64(r->high.number, &to)) {
                span_iter(local, ITER_NUMBER, from, to);
        } else if (r->low.kind == FEEL_DATE && r->high.kind == FEEL_DATE) {
                span_iter(local, ITER_DATE, date_to_days(r->low.date), date_to_days(r->high.date));
        } else {
                return FEEL_FAIL(x, fail, "不能对 %s 与 %s 之间的区间逐一取值",
                                 "cannot iterate over a range from %s to %s", feel_kind_name(r->low.kind),
                                 feel_kind_name(r->high.kind));
        }
        Iter it;
        memcpy(&it, local, sizeof(it));
        if (!r->low_closed && it.span.left) {
                it.span.now++;
                it.span.left--;
        }
        if (!r->high_closed && it.span.left)
                it.span.left--;
        memcpy(local, &it, sizeof(it));
        *ret_ok = true;
        return ST_OK;
}

static Status start_iter(FeelExec *x, FeelValue *local, const FeelValue *domain, bool *ret_ok, FeelValue *fail)
{
        *ret_ok = true;
        switch (domain->kind) {
        case FEEL_LIST:
                list_iter(local, domain->list.items, domain->list.len);
                return ST_OK;
        case FEEL_RANGE:
                return start_range(x, local, domain->range, ret_ok, fail);
        case FEEL_UNKNOWN:
                *ret_ok = false;
                *fail = *domain;
                return ST_OK;
        case FEEL_NULL:
                *ret_ok = false;
                return FEEL_FAIL(x, fail, "不能对空值逐一取值", "cannot iterate over null");
        default: {
                FeelValue *one;
                TRY(feel_new_values(x, 1, &one));
                *one = *domain;
                list_iter(local, one, 1);
                return ST_OK;
        }
        }
}

static bool next_item(FeelValue *local, FeelValue *item)
{
        Iter *it = (Iter *)(void *)local;
        if (it->kind == ITER_LIST) {
                if (it->list.index == it->list.len)
                        return false;
                *item = it->list.items[it->list.index++];
                return true;
        }
        if (it->span.left == 0)
                return false;
        *item = it->kind == ITER_NUMBER ? feel_i64(it->span.now) : feel_date(date_from_days(it->span.now));
        if (--it->span.left)
                it->span.now += it->step;
        return true;
}

static Status collect(FeelExec *x, FeelValue *local, const FeelValue *v)
{
        Builder *b = (Builder *)(void *)local;
        FeelListBuilder lb = { x, b->items, b->len, b->cap };
        TRY(feel_list_push(&lb, v));
        *b = (Builder){ lb.items, lb.len, lb.cap };
        return ST_OK;
}

/* ---------------------------------------------------------------- filters */

/* The whole filter for a condition that does not look at the item. */
static Status filter_once(FeelExec *x, const FeelValue *list, const FeelValue *cond, FeelValue *ret)
{
        if (list->kind == FEEL_UNKNOWN || cond->kind == FEEL_UNKNOWN)
                return feel_unknown_union(x->arena, list, cond, ret);
        if (cond->kind == FEEL_NUMBER)
                return feel_op_index(x, list, cond, ret);
        if (list->kind == FEEL_NULL)
                return FEEL_FAIL(x, ret, "对空值筛选", "a filter of null");
        if (cond->kind != FEEL_BOOLEAN && cond->kind != FEEL_NULL)
                return FEEL_FAIL(x, ret, "筛选条件应为 boolean 或 number，而不是 %s",
                                 "a filter is boolean or number, not %s", feel_kind_name(cond->kind));
        if (!feel_is_true(cond)) {
                *ret = feel_list(NULL, 0);
        } else if (list->kind == FEEL_LIST) {
                *ret = *list;
        } else {
                FeelValue *one;
                TRY(feel_new_values(x, 1, &one));
                *one = *list;
                *ret = feel_list(one, 1);
        }
        return ST_OK;
}

/* ---------------------------------------------------------------- collections of the host */

struct FeelCollectionCache {
        const FeelHostCollection *collection;
        FeelValue value;
        FeelCollectionCache *next;
};

static Status fetch(FeelExec *x, const FeelHostCollection *c, FeelValue *ret)
{
        for (const FeelCollectionCache *k = x->collections; k; k = k->next) {
                if (k->collection == c) {
                        *ret = k->value;
                        return ST_OK;
                }
        }
        if (x->depth >= x->limits.max_depth)
                return ST_LIMIT;
        if (!x->fetched && !(x->fetched = arena_new(x->limits.max_bytes)))
                return ST_NOMEM;
        /* It outlives a rewind of the values made before and after. */
        Arena *values = x->arena;
        FeelValue v = feel_null();
        x->arena = x->fetched;
        x->depth++;
        Status st = c->fetch(x, c->user, NULL, 0, &v);
        x->depth--;
        x->arena = values;
        if (st != ST_OK)
                return st;
        FeelCollectionCache *k = arena_new_of(x->fetched, FeelCollectionCache);
        if (!k)
                return ST_NOMEM;
        *k = (FeelCollectionCache){ c, v, x->collections };
        x->collections = k;
        *ret = v;
        return ST_OK;
}

/* ---------------------------------------------------------------- frames */

typedef struct Frame {
        const FeelProgram *p;
        const FeelProto *proto;
        const FeelFunction *self;
        const FeelValue *inputs;
        size_t n_inputs;
        FeelValue *locals;
} Frame;

static FeelValue *push_frame(FeelExec *x, size_t n)
{
        StackBlock *b = x->blocks;
        if (!b || b->cap - b->used < n) {
                StackBlock *newer = b ? b->newer : NULL;
                if (newer && newer->cap < n) {
                        for (StackBlock *next; newer; newer = next) {
                                next = newer->newer;
                                mem_free(newer);
                        }
                        b->newer = NULL;
                }
                if (!newer) {
                        size_t cap = n > STACK_BLOCK ? n : STACK_BLOCK;
                        newer = mem_alloc(sizeof(*newer) + cap * sizeof(FeelValue));
                        if (!newer)
                                return NULL;
                        newer->older = b;
                        newer->newer = NULL;
                        newer->cap = cap;
                        if (b)
                                b->newer = newer;
                }
                newer->used = 0;
                x->blocks = b = newer;
        }
        FeelValue *v = b->values + b->used;
        b->used += n;
        return v;
}

static void pop_frame(FeelExec *x, size_t n)
{
        StackBlock *b = x->blocks;
        b->used -= n;
        if (b->used == 0 && b->older)
                x->blocks = b->older;
}

static Status make_function(FeelExec *x, const Frame *f, const FeelProto *proto, FeelValue *ret)
{
        FeelFunction *fn = arena_alloc(x->arena, sizeof(*fn));
        FeelValue *caps = NULL;
        if (!fn)
                return no_memory(x, sizeof(*fn));
        if (proto->capture_count)
                TRY(feel_new_values(x, proto->capture_count, &caps));
        for (uint32_t i = 0; i < proto->capture_count; i++) {
                uint32_t at = proto->captures[i].index;
                switch (proto->captures[i].from) {
                case 'L': caps[i] = f->locals[at]; break;
                case 'C': caps[i] = f->self->captures[at]; break;
                case 'S': caps[i] = at < f->n_inputs ? f->inputs[at] : feel_null(); break;
                case 'B': {
                        const Builder *b = (const Builder *)(const void *)&f->locals[at];
                        caps[i] = feel_list(b->items, b->len);
                        break;
                }
                default: caps[i] = (FeelValue){ .kind = FEEL_FUNCTION, .function = f->self }; break;
                }
        }
        *fn = (FeelFunction){ .kind = FN_CLOSURE, .program = f->p, .proto = proto, .captures = caps };
        *ret = (FeelValue){ .kind = FEEL_FUNCTION, .function = fn };
        return ST_OK;
}

static Status bad_condition(FeelExec *x, const FeelValue *v)
{
        FeelValue ignored;
        if (v->kind == FEEL_BOOLEAN || v->kind == FEEL_NULL)
                return ST_OK;
        return FEEL_FAIL(x, &ignored, "条件应为 boolean，而不是 %s", "a condition is boolean, not %s",
                         feel_kind_name(v->kind));
}

/* a op b where it is not the plain comparison of two numbers. */
static Status compare(FeelExec *x, Opcode op, const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        static const uint8_t ops[] = { OPR_EQ, OPR_NE, OPR_LT, OPR_LE, OPR_GT, OPR_GE };
        return feel_op_compare(x, ops[op - OP_EQ], a, b, ret);
}

static Status arith(FeelExec *x, Opcode op, const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        static const uint8_t ops[] = { OPR_ADD, OPR_SUB, OPR_MUL, OPR_DIV, OPR_POW };
        return feel_op_arith(x, ops[op - OP_ADD], a, b, ret);
}

static Status run(FeelExec *x, const Frame *f, FeelValue *ret)
{
        const FeelProgram *p = f->p;
        const uint32_t *code = p->code;
        const FeelValue *k = p->constants;
        FeelValue *L = f->locals, *sp = f->locals + f->proto->locals;   /* sp: first free */
        FeelValue v;
        uint32_t pc = f->proto->start;

        x->program = p;
        for (;;) {
                uint32_t w = code[pc], a = OP_A(w);
                x->pc = pc;
                pc++;
                switch (OP_OF(w)) {
                case OP_CONST:
                        *sp++ = k[a];
                        break;
                case OP_SLOT:
                        *sp++ = a < f->n_inputs ? f->inputs[a] : feel_null();
                        break;
                case OP_LOCAL:
                        *sp++ = L[a];
                        break;
                case OP_CAPTURE:
                        *sp++ = f->self->captures[a];
                        break;
                case OP_SELF:
                        *sp++ = (FeelValue){ .kind = FEEL_FUNCTION, .function = f->self };
                        break;
                case OP_COLLECTION:
                        TRY(fetch(x, p->sites[a].collection, sp));
                        x->program = p;
                        sp++;
                        break;
                case OP_FAIL:
                        TRY(feel_null_because(x, sp, "%s", "%s",
                                              x->diag && x->diag->lang == LANG_EN ? p->notes[a].en : p->notes[a].zh));
                        sp++;
                        break;
                case OP_STORE:
                        L[a] = *--sp;
                        break;
                case OP_KEEP:
                        L[a] = sp[-1];
                        break;
                case OP_ADD:
                case OP_SUB:
                case OP_MUL:
                case OP_DIV:
                case OP_POW:
                        sp--;
                        if (OP_OF(w) <= OP_MUL && sp[-1].kind == FEEL_NUMBER && sp[0].kind == FEEL_NUMBER) {
                                Dec d = OP_OF(w) == OP_ADD   ? dec_add(sp[-1].number, sp[0].number)
                                        : OP_OF(w) == OP_SUB ? dec_sub(sp[-1].number, sp[0].number)
                                                             : dec_mul(sp[-1].number, sp[0].number);
                                if (dec_is_finite(d)) {
                                        sp[-1].number = d;
                                        break;
                                }
                        }
                        TRY(arith(x, OP_OF(w), &sp[-1], &sp[0], &v));
                        sp[-1] = v;
                        break;
                case OP_NEG:
                        TRY(feel_op_neg(x, &sp[-1], &v));
                        sp[-1] = v;
                        break;
                case OP_EQ:
                case OP_NE:
                case OP_LT:
                case OP_LE:
                case OP_GT:
                case OP_GE:
                        sp--;
                        if (sp[-1].kind == FEEL_NUMBER && sp[0].kind == FEEL_NUMBER) {
                                sp[-1] = feel_bool(feel_op_holds(OP_OF(w), dec_cmp(sp[-1].number, sp[0].number)));
                                break;
                        }
                        TRY(compare(x, OP_OF(w), &sp[-1], &sp[0], &v));
                        sp[-1] = v;
                        break;
                case OP_BETWEEN:
                        sp -= 2;
                        TRY(feel_op_between(x, &sp[-1], &sp[0], &sp[1], &v));
                        sp[-1] = v;
                        break;
                case OP_IN:
                        sp--;
                        TRY(feel_op_in(x, &sp[-1], &sp[0], &v));
                        sp[-1] = v;
                        break;
                case OP_TRUTH:
                        if (sp[-1].kind != FEEL_BOOLEAN && sp[-1].kind != FEEL_UNKNOWN && sp[-1].kind != FEEL_NULL) {
                                TRY(feel_op_in(x, &L[a], &sp[-1], &v));
                                sp[-1] = v;
                        }
                        break;
                case OP_AND_JUMP:
                        if (sp[-1].kind == FEEL_BOOLEAN) {
                                if (!sp[-1].boolean)
                                        pc = a;
                        } else if (sp[-1].kind != FEEL_UNKNOWN) {
                                TRY(bad_condition(x, &sp[-1]));
                                sp[-1] = feel_null();
                        }
                        break;
                case OP_OR_JUMP:
                        if (sp[-1].kind == FEEL_BOOLEAN) {
                                if (sp[-1].boolean)
                                        pc = a;
                        } else if (sp[-1].kind != FEEL_UNKNOWN) {
                                TRY(bad_condition(x, &sp[-1]));
                                sp[-1] = feel_null();
                        }
                        break;
                case OP_AND:
                        sp--;
                        TRY(feel_op_and(x, &sp[-1], &sp[0], &v));
                        sp[-1] = v;
                        break;
                case OP_OR:
                        sp--;
                        TRY(feel_op_or(x, &sp[-1], &sp[0], &v));
                        sp[-1] = v;
                        break;
                case OP_NOT:
                        TRY(feel_op_not(x, &sp[-1], &v));
                        sp[-1] = v;
                        break;
                case OP_PASSED:
                        if (sp[-1].kind != FEEL_UNKNOWN)
                                sp[-1] = feel_bool(feel_is_true(&sp[-1]));
                        break;
                case OP_JUMP:
                        if (a < pc)
                                TRY(feel_tick(x, 1));
                        pc = a;
                        break;
                case OP_BRANCH:
                        sp--;
                        if (feel_is_true(sp)) {
                                pc++;
                        } else if (sp->kind == FEEL_UNKNOWN) {
                                pc = code[pc];
                                sp++;
                        } else {
                                TRY(bad_condition(x, sp));
                                pc = a;
                        }
                        break;
                case OP_LIST: {
                        FeelValue *items;
                        TRY(feel_new_values(x, a, &items));
                        sp -= a;
                        if (a)
                                memcpy(items, sp, a * sizeof(*items));
                        *sp++ = feel_list(items, a);
                        break;
                }
                case OP_CONTEXT: {
                        FeelValue *values;
                        size_t n = feel_shape_len(p->shapes[a]);
                        TRY(feel_new_values(x, n, &values));
                        sp -= n;
                        if (n)
                                memcpy(values, sp, n * sizeof(*values));
                        *sp++ = feel_context(p->shapes[a], values);
                        break;
                }
                case OP_RANGE:
                        sp--;
                        TRY(feel_op_range(x, &sp[-1], &sp[0], a, &v));
                        sp[-1] = v;
                        break;
                case OP_UNARY:
                        TRY(feel_op_unary(x, a, &sp[-1], &v));
                        sp[-1] = v;
                        break;
                case OP_INSTANCE:
                        TRY(feel_tick(x, sp[-1].kind == FEEL_LIST ? sp[-1].list.len : 1));
                        if (sp[-1].kind != FEEL_UNKNOWN)
                                sp[-1] = feel_bool(feel_instance_of(&sp[-1], p->types[a]));
                        break;
                case OP_PATH:
                        TRY(feel_op_path(x, &sp[-1], k[a].string, &v));
                        sp[-1] = v;
                        break;
                case OP_INDEX:
                        sp--;
                        TRY(filter_once(x, &sp[-1], &sp[0], &v));
                        sp[-1] = v;
                        break;
                case OP_ITEM_TRY:
                case OP_CAPTURE_TRY: {
                        const FeelValue *item = OP_OF(w) == OP_ITEM_TRY ? &L[a] : &f->self->captures[a], *e;
                        e = item->kind == FEEL_CONTEXT ? feel_context_get(item, k[code[pc]].string)
                                                       : item->kind == FEEL_UNKNOWN ? item : NULL;
                        if (e) {
                                *sp++ = *e;
                                pc = code[pc + 1];
                        } else {
                                pc += 2;
                        }
                        break;
                }
                case OP_FILTER_BEGIN:
                        sp--;
                        memset(&L[a + 1], 0, sizeof(*L));
                        if (sp->kind == FEEL_UNKNOWN) {
                                pc = code[pc];
                                sp++;
                        } else if (sp->kind == FEEL_NULL) {
                                TRY(feel_null_because(x, sp, "对空值筛选", "a filter of null"));
                                pc = code[pc];
                                sp++;
                        } else {
                                if (sp->kind == FEEL_LIST) {
                                        list_iter(&L[a], sp->list.items, sp->list.len);
                                } else {
                                        FeelValue *one;
                                        TRY(feel_new_values(x, 1, &one));
                                        *one = *sp;
                                        list_iter(&L[a], one, 1);
                                }
                                pc++;
                        }
                        break;
                case OP_FILTER_NEXT:
                        TRY(feel_tick(x, 1));
                        if (next_item(&L[a], &L[a + 2]))
                                pc++;
                        else
                                pc = code[pc];
                        break;
                case OP_FILTER_TEST:
                        sp--;
                        if (feel_is_true(sp)) {
                                TRY(collect(x, &L[a + 1], &L[a + 2]));
                                pc = code[pc];
                        } else if (sp->kind == FEEL_NUMBER) {
                                const Iter *it = (const Iter *)(const void *)&L[a];
                                FeelValue list = feel_list(it->list.items, it->list.len);
                                TRY(feel_op_index(x, &list, sp, &v));
                                *sp++ = v;
                                pc = code[pc + 1];
                        } else if (sp->kind == FEEL_UNKNOWN) {
                                pc = code[pc + 1];      /* which items remain is not known */
                                sp++;
                        } else {
                                TRY(bad_condition(x, sp));
                                pc = code[pc];
                        }
                        break;
                case OP_BUILD:
                        memset(&L[a], 0, sizeof(*L));
                        break;
                case OP_COLLECT:
                        sp--;
                        TRY(collect(x, &L[a], sp));
                        break;
                case OP_BUILT: {
                        const Builder *b = (const Builder *)(const void *)&L[a];
                        *sp++ = feel_list(b->items, b->len);
                        break;
                }
                case OP_ITERATE:
                case OP_SPAN: {
                        bool ok;
                        if (OP_OF(w) == OP_SPAN) {
                                sp -= 2;
                                TRY(start_span(x, &L[a], &sp[0], &sp[1], &ok, &v));
                        } else {
                                sp--;
                                TRY(start_iter(x, &L[a], sp, &ok, &v));
                        }
                        if (ok) {
                                pc++;
                        } else {
                                *sp++ = v;
                                pc = code[pc];
                        }
                        break;
                }
                case OP_NEXT:
                        TRY(feel_tick(x, 1));
                        if (next_item(&L[a], &L[a + 1]))
                                pc++;
                        else
                                pc = code[pc];
                        break;
                case OP_SOME_TEST:
                case OP_EVERY_TEST: {
                        bool some = OP_OF(w) == OP_SOME_TEST;
                        sp--;
                        if (sp->kind != FEEL_UNKNOWN)
                                TRY(bad_condition(x, sp));
                        TRY(some ? feel_op_or(x, &L[a], sp, &v) : feel_op_and(x, &L[a], sp, &v));
                        L[a] = v;
                        if (v.kind == FEEL_BOOLEAN && v.boolean == some)
                                pc = code[pc];
                        else
                                pc++;
                        break;
                }
                case OP_FUNCTION:
                        TRY(make_function(x, f, &p->protos[a], sp));
                        sp++;
                        break;
                case OP_EXTERNAL:
                        TRY(feel_external(x, &p->protos[a], &sp[-1], &v));
                        sp[-1] = v;
                        break;
                case OP_CALL:
                        sp -= a;
                        TRY(feel_tick(x, 1));
                        TRY(feel_call(x, &sp[-1], sp, a, &v));
                        x->program = p;
                        sp[-1] = v;
                        break;
                case OP_CALL_NAMED: {
                        const FeelSite *s = &p->sites[a];
                        sp -= s->argc;
                        TRY(feel_tick(x, 1));
                        if (sp[-1].kind == FEEL_FUNCTION)
                                TRY(feel_call_named(x, sp[-1].function, sp, s->names, s->argc, &v));
                        else
                                TRY(feel_call(x, &sp[-1], sp, s->argc, &v));
                        x->program = p;
                        sp[-1] = v;
                        break;
                }
                case OP_CALL_BUILTIN: {
                        const FeelSite *s = &p->sites[a];
                        sp -= s->argc;
                        TRY(feel_tick(x, 1));
                        TRY(feel_call_builtin(x, s, sp, s->argc, &v));
                        x->program = p;
                        *sp++ = v;
                        break;
                }
                case OP_CALL_HOST: {
                        const FeelSite *s = &p->sites[a];
                        sp -= s->argc;
                        TRY(feel_tick(x, 1));
                        TRY(feel_call_host(x, s->host, sp, s->argc, &v));
                        x->program = p;
                        *sp++ = v;
                        break;
                }
                case OP_RETURN:
                        *ret = sp[-1];
                        return ST_OK;
                case OP_COUNT:
                        return ST_INTERNAL;
                }
        }
}

/* Runs a prototype in a frame of its own; args become its first locals. */
static Status enter(FeelExec *x, Frame *f, const FeelValue *args, FeelValue *ret)
{
        size_t need = (size_t)f->proto->locals + f->proto->stack;
        if (x->depth >= x->limits.max_depth)
                return ST_LIMIT;
        f->locals = push_frame(x, need);
        if (!f->locals)
                return ST_NOMEM;
        if (args && f->proto->params)
                memcpy(f->locals, args, f->proto->params * sizeof(*args));
        if (f->proto->locals > f->proto->params)
                memset(f->locals + f->proto->params, 0, (f->proto->locals - f->proto->params) * sizeof(*args));
        const FeelProgram *program = x->program;
        uint32_t pc = x->pc;
        x->depth++;
        FeelValue out;
        Status st = run(x, f, &out);
        x->depth--;
        pop_frame(x, need);
        x->program = program;
        x->pc = pc;
        if (st == ST_OK)
                *ret = out;
        return st;
}

Status feel_run_closure(FeelExec *x, const FeelFunction *fn, const FeelValue *args, FeelValue *ret)
{
        Frame f = { .p = fn->program, .proto = fn->proto, .self = fn };
        return enter(x, &f, args, ret);
}

/* ---------------------------------------------------------------- entry */

/* What was stopped by the arena's maximum says so. */
static Status ended(const FeelExec *x, Status st)
{
        return st == ST_NOMEM && arena_used(x->arena) > x->limits.max_bytes / 2 ? ST_LIMIT : st;
}

Status feel_eval(FeelExec *x, const FeelProgram *p, const FeelValue *inputs, size_t n, FeelValue *ret)
{
        if (p->unary_tests)
                return ST_USAGE;
        if (p->constant) {
                *ret = *p->constant;
                return ST_OK;
        }
        Frame f = { .p = p, .proto = &p->protos[0], .inputs = inputs, .n_inputs = n };
        return ended(x, enter(x, &f, NULL, ret));
}

Status feel_eval_unary_tests(FeelExec *x, const FeelProgram *p, const FeelValue *input, const FeelValue *inputs,
                             size_t n, FeelValue *ret)
{
        if (!p->unary_tests)
                return ST_USAGE;
        if (p->constant) {
                *ret = *p->constant;
                return ST_OK;
        }
        bool passed;
        if (p->tests && feel_simple_tests(p, input, &passed)) {
                *ret = feel_bool(passed);
                return feel_tick(x, 1);
        }
        Frame f = { .p = p, .proto = &p->protos[0], .inputs = inputs, .n_inputs = n };
        return ended(x, enter(x, &f, input, ret));
}
