/* program.c -- the finished program: names of operations, disassembler, verifier. */
#include "feel/program.h"

#include <stdio.h>

const char *const feel_op_names[OP_COUNT] = {
#define OP_NAME(name, a, more, pop, push, text) [OP_##name] = #name,
        OPCODE_LIST(OP_NAME)
#undef OP_NAME
};
const char *const feel_op_more[OP_COUNT] = {
#define OP_MORE(name, a, more, pop, push, text) [OP_##name] = more,
        OPCODE_LIST(OP_MORE)
#undef OP_MORE
};
const char feel_op_kind[OP_COUNT] = {
#define OP_KIND(name, a, more, pop, push, text) [OP_##name] = a,
        OPCODE_LIST(OP_KIND)
#undef OP_KIND
};
const signed char feel_op_pops[OP_COUNT] = {
#define OP_POPS(name, a, more, pop, push, text) [OP_##name] = pop,
        OPCODE_LIST(OP_POPS)
#undef OP_POPS
};
const signed char feel_op_pushes[OP_COUNT] = {
#define OP_PUSHES(name, a, more, pop, push, text) [OP_##name] = push,
        OPCODE_LIST(OP_PUSHES)
#undef OP_PUSHES
};

void feel_program_free(FeelProgram *p)
{
        if (p)
                arena_free(p->arena);
}

const FeelType *feel_program_type(const FeelProgram *p)
{
        return p->type;
}

Str feel_program_text(const FeelProgram *p)
{
        return p->src.text;
}

bool feel_program_uses(const FeelProgram *p, uint32_t slot)
{
        return slot < p->slots && p->slot_used[slot];
}

const FeelValue *feel_program_constant(const FeelProgram *p)
{
        return p->constant;
}

size_t feel_program_bytes(const FeelProgram *p)
{
        return arena_held(p->arena);
}

bool feel_program_is_any(const FeelProgram *p)
{
        return p->is_any;
}

/* ---------------------------------------------------------------- disassembler */

static void put_operand(const FeelProgram *p, char kind, uint32_t a, Buf *out)
{
        static const char *const ops[] = { "+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=" };
        switch (kind) {
        case '-':
                break;
        case 'K':
                buf_putc(out, ' ');
                feel_to_text(&p->constants[a], out);
                break;
        case 'X':
                buf_printf(out, " %.*s/%u", STR_FMT(p->sites[a].name), p->sites[a].argc);
                break;
        case 'T':
                buf_putc(out, ' ');
                feel_type_to_text(p->types[a], out);
                break;
        case 'J':
                buf_printf(out, " ->%u", a);
                break;
        case 'M':
                buf_printf(out, " %s", p->notes[a].en);
                break;
        case 'H':
                buf_puts(out, " {");
                for (size_t i = 0; i < feel_shape_len(p->shapes[a]); i++) {
                        if (i)
                                buf_puts(out, ", ");
                        buf_put_str(out, feel_shape_key(p->shapes[a], i));
                }
                buf_putc(out, '}');
                break;
        case 'F':
                if (a < ARRAY_LEN(ops))
                        buf_printf(out, " %u", a);
                break;
        default:
                buf_printf(out, " %u", a);
                break;
        }
}

void feel_program_disassemble(const FeelProgram *p, Buf *out)
{
        for (uint32_t i = 0; i < p->proto_count; i++) {
                const FeelProto *f = &p->protos[i];
                if (f->end == 0)
                        continue;
                if (i)
                        buf_printf(out, "function %u(%u)\n", i, f->params);
                for (uint32_t pc = f->start; pc < f->end;) {
                        Opcode op = OP_OF(p->code[pc]);
                        buf_printf(out, "%u\t%s", pc, feel_op_names[op]);
                        put_operand(p, feel_op_kind[op], OP_A(p->code[pc]), out);
                        pc++;
                        for (const char *m = feel_op_more[op]; *m; m++)
                                put_operand(p, *m, p->code[pc++], out);
                        buf_putc(out, '\n');
                }
        }
}

/* ---------------------------------------------------------------- verifier */

#define NOT_SEEN UINT32_MAX

static bool operand_ok(const FeelProgram *p, const FeelProto *f, char kind, uint32_t a, Opcode op)
{
        switch (kind) {
        case '-': return a == 0;
        case 'K': return a < p->constant_count;
        case 'S': return a < p->slots;
        case 'L': {
                /* Loops take the locals that follow, too. */
                uint32_t more = op == OP_FILTER_BEGIN || op == OP_FILTER_NEXT || op == OP_FILTER_TEST ? 2
                                : op == OP_NEXT                                                       ? 1
                                                                                                      : 0;
                return a + more < f->locals;
        }
        case 'C': return a < f->capture_count;
        case 'J': return a >= f->start && a < f->end;
        case 'T': return a < p->type_count;
        case 'X': return a < p->site_count;
        case 'P': return a < p->proto_count;
        case 'M': return a < p->note_count;
        case 'H': return a < p->shape_count;
        default: return true;
        }
}

static uint32_t pops(const FeelProgram *p, Opcode op, uint32_t a)
{
        switch (feel_op_pops[op]) {
        case -1: return a;
        case -2: return a + 1;
        case -3:
                if (op == OP_CONTEXT)
                        return (uint32_t)feel_shape_len(p->shapes[a]);
                return p->sites[a].argc + (op == OP_CALL_NAMED);
        default: return (uint32_t)feel_op_pops[op];
        }
}

/* Depth at a jump's target, relative to the depth before the instruction. */
static int jump_effect(Opcode op, size_t jump)
{
        switch (op) {
        case OP_BRANCH: return jump == 0 ? -1 : 0;              /* UNKNOWN stays */
        case OP_ITEM_TRY:
        case OP_CAPTURE_TRY: return 1;
        case OP_FILTER_BEGIN: return 0;
        case OP_FILTER_TEST: return jump == 0 ? -1 : 0;
        case OP_ITERATE: return 0;
        case OP_SPAN: return -1;
        case OP_SOME_TEST:
        case OP_EVERY_TEST: return -1;
        default: return 0;
        }
}

typedef struct Verifier {
        const FeelProgram *p;
        FeelProto *f;
        uint32_t *depth;        /* before each word; NOT_SEEN */
        uint32_t *todo;
        size_t todo_len;
} Verifier;

static Status reach(Verifier *v, uint32_t pc, int64_t depth)
{
        if (depth < 0 || pc < v->f->start || pc >= v->f->end)
                return ST_INTERNAL;
        uint32_t *at = &v->depth[pc - v->f->start];
        if (*at == NOT_SEEN) {
                *at = (uint32_t)depth;
                v->todo[v->todo_len++] = pc;
        }
        return *at == (uint32_t)depth ? ST_OK : ST_INTERNAL;
}

static Status step(Verifier *v, uint32_t pc)
{
        const FeelProgram *p = v->p;
        uint32_t w = p->code[pc], a = OP_A(w), depth = v->depth[pc - v->f->start];
        Opcode op = OP_OF(w);
        if ((unsigned)op >= OP_COUNT || !operand_ok(p, v->f, feel_op_kind[op], a, op))
                return ST_INTERNAL;
        uint32_t taken = pops(p, op, a), len = 1 + (uint32_t)strlen(feel_op_more[op]);
        if (taken > depth || pc + len > v->f->end)
                return ST_INTERNAL;
        uint32_t after = depth - taken + (feel_op_pushes[op] ? 1u : 0u);
        uint32_t peak = after > depth ? after : depth;
        /* An instruction that pushes before it jumps needs room for it. */
        if (peak + 1 > v->f->stack)
                v->f->stack = peak + 1;
        size_t jump = 0;
        if (feel_op_kind[op] == 'J')
                TRY(reach(v, a, (int64_t)depth + jump_effect(op, jump++)));
        for (uint32_t i = 1; i < len; i++) {
                char kind = feel_op_more[op][i - 1];
                if (!operand_ok(p, v->f, kind, p->code[pc + i], op))
                        return ST_INTERNAL;
                if (kind == 'J')
                        TRY(reach(v, p->code[pc + i], (int64_t)depth + jump_effect(op, jump++)));
        }
        if (op == OP_RETURN || op == OP_JUMP || op == OP_FILTER_TEST)
                return ST_OK;
        /* A *_TRY that finds nothing pushes nothing. */
        if (op == OP_ITEM_TRY || op == OP_CAPTURE_TRY)
                after = depth;
        return reach(v, pc + len, after);
}

Status feel_verify(const FeelProgram *p, FeelProto *proto)
{
        uint32_t n = proto->end - proto->start;
        _cleanup_free_ uint32_t *depth = mem_alloc((size_t)n * sizeof(*depth));
        _cleanup_free_ uint32_t *todo = mem_alloc((size_t)n * sizeof(*todo));
        if (!depth || !todo)
                return ST_NOMEM;
        memset(depth, 0xFF, (size_t)n * sizeof(*depth));
        Verifier v = { .p = p, .f = proto, .depth = depth, .todo = todo };
        proto->stack = 1;
        TRY(reach(&v, proto->start, 0));
        while (v.todo_len)
                TRY(step(&v, v.todo[--v.todo_len]));
        return ST_OK;
}
