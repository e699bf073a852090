/* simple_tests.c -- unary tests that compare the input with constants, without the machine. */
#include "feel/program.h"

/* Cells like `> 5`, `"a", "b"`, `[1..3)` need no machine: LOCAL 0, CONST, comparison, joined by OR. */
Status feel_find_simple_tests(FeelProgram *p)
{
        const uint32_t *code = p->code;
        uint32_t pc = 0, n = 0, len = p->code_len;
        FeelSimpleTest *tests = arena_array_of(p->arena, FeelSimpleTest, len / 3 + 1);
        if (!tests)
                return ST_NOMEM;
        while (pc + 3 < len) {
                if (n) {
                        if (OP_OF(code[pc]) != OP_OR_JUMP)
                                break;
                        pc++;
                }
                if (pc + 3 >= len || code[pc] != OP_LOCAL || OP_OF(code[pc + 1]) != OP_CONST)
                        return ST_OK;
                Opcode op = OP_OF(code[pc + 2]);
                if (op != OP_IN && (op < OP_EQ || op > OP_GE))
                        return ST_OK;
                tests[n] = (FeelSimpleTest){ (uint8_t)op, &p->constants[OP_A(code[pc + 1])] };
                pc += 3;
                if (n++) {
                        if (OP_OF(code[pc]) != OP_OR)
                                return ST_OK;
                        pc++;
                }
        }
        if (pc < len && OP_OF(code[pc]) == OP_NOT) {
                p->test_not = true;
                pc++;
        }
        if (n == 0 || pc + 2 != len || OP_OF(code[pc]) != OP_PASSED || OP_OF(code[pc + 1]) != OP_RETURN)
                return ST_OK;
        p->tests = tests;
        p->test_count = n;
        return ST_OK;
}

/* Is the test certain without a message?  Then *ret says whether it is passed. */
static bool simple_test(const FeelSimpleTest *t, const FeelValue *in, bool *ret)
{
        const FeelValue *v = t->value;
        Opcode op = t->op == OP_IN ? OP_EQ : (Opcode)t->op;
        if (v->kind == FEEL_RANGE && t->op == OP_IN) {
                FeelTruth r =
                        in->kind == FEEL_NUMBER || in->kind == FEEL_DATE ? feel_in_range(in, v->range) : FEEL_NEITHER;
                *ret = r == FEEL_TRUE;
                return r != FEEL_NEITHER;
        }
        if (v->kind != in->kind)
                return false;
        switch (v->kind) {
        case FEEL_NUMBER:
                *ret = feel_op_holds(op, dec_cmp(in->number, v->number));
                return true;
        case FEEL_STRING:
                *ret = op == OP_EQ || op == OP_NE ? str_eq(in->string, v->string) == (op == OP_EQ)
                                                  : feel_op_holds(op, str_cmp(in->string, v->string));
                return true;
        case FEEL_BOOLEAN:
                *ret = (in->boolean == v->boolean) == (op == OP_EQ);
                return op == OP_EQ || op == OP_NE;
        case FEEL_DATE:
                *ret = feel_op_holds(op, date_cmp(in->date, v->date));
                return true;
        default:
                return false;
        }
}

bool feel_simple_tests(const FeelProgram *p, const FeelValue *input, bool *ret)
{
        bool any = false;
        for (uint32_t i = 0; i < p->test_count && !any; i++)
                if (!simple_test(&p->tests[i], input, &any))
                        return false;
        *ret = any != p->test_not;
        return true;
}
