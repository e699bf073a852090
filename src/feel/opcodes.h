/* opcodes.h -- the one table of instructions.
 *
 * A program is a row of 32-bit words.  An instruction is one word (low 8 bits the
 * operation, high 24 bits operand A) and so many further words.  `[…]` is the
 * value stack; L the frame's locals, K constants, T types, X call sites.  The
 * table makes the enum, the names, the disassembler and the verifier.
 *
 *   OP(name, A, more words, values popped, values pushed, semantics)
 *
 * Operand kinds: - none, K constant, S input slot, L local, C capture, N count,
 * F flags or operator, J jump target, T type, X call site, P function prototype,
 * M message, H shape.  popped -1: by count A; -2: A + 1; -3: by the site.
 * Jumps carry the depth of the stack at their target in the verifier: an
 * instruction that jumps after pushing has its own rule there (verify.c).
 */
#ifndef KC_FEEL_OPCODES_H
#define KC_FEEL_OPCODES_H

#define OPCODE_LIST(OP)                                                                                     \
        OP(CONST,        'K', "",   0, 1, "push K[A]")                                                      \
        OP(SLOT,         'S', "",   0, 1, "push inputs[A]")                                                 \
        OP(LOCAL,        'L', "",   0, 1, "push L[A]")                                                      \
        OP(CAPTURE,      'C', "",   0, 1, "push captures[A]")                                               \
        OP(SELF,         '-', "",   0, 1, "push the function being executed")                               \
        OP(COLLECTION,   'X', "",   0, 1, "push the host's collection, fetched once")                       \
        OP(FAIL,         'M', "",   0, 1, "push null with message A")                                       \
        OP(STORE,        'L', "",   1, 0, "L[A] := pop")                                                    \
        OP(KEEP,         'L', "",   1, 1, "L[A] := top")                                                    \
        OP(ADD,          '-', "",   2, 1, "push a + b")                                                     \
        OP(SUB,          '-', "",   2, 1, "push a - b")                                                     \
        OP(MUL,          '-', "",   2, 1, "push a * b")                                                     \
        OP(DIV,          '-', "",   2, 1, "push a / b")                                                     \
        OP(POW,          '-', "",   2, 1, "push a ** b")                                                    \
        OP(NEG,          '-', "",   1, 1, "push -a")                                                        \
        OP(EQ,           '-', "",   2, 1, "push a = b")                                                     \
        OP(NE,           '-', "",   2, 1, "push a != b")                                                    \
        OP(LT,           '-', "",   2, 1, "push a < b")                                                     \
        OP(LE,           '-', "",   2, 1, "push a <= b")                                                    \
        OP(GT,           '-', "",   2, 1, "push a > b")                                                     \
        OP(GE,           '-', "",   2, 1, "push a >= b")                                                    \
        OP(BETWEEN,      '-', "",   3, 1, "push b <= a and a <= c")                                         \
        OP(IN,           '-', "",   2, 1, "push whether a passes the test value b (range, list, equal)")    \
        OP(TRUTH,        'L', "",   1, 1, "push b if boolean, else whether L[A] passes the test value b")   \
        OP(AND_JUMP,     'J', "",   1, 1, "top is false: go to A; top not boolean: null")                   \
        OP(OR_JUMP,      'J', "",   1, 1, "top is true: go to A; top not boolean: null")                    \
        OP(AND,          '-', "",   2, 1, "push a and b, three-valued")                                     \
        OP(OR,           '-', "",   2, 1, "push a or b, three-valued")                                      \
        OP(NOT,          '-', "",   1, 1, "push not a, three-valued")                                       \
        OP(PASSED,       '-', "",   1, 1, "push a = true, or UNKNOWN: the answer of unary tests")           \
        OP(JUMP,         'J', "",   0, 0, "go to A")                                                        \
        OP(BRANCH,       'J', "J",  1, 0, "pop: true goes on; UNKNOWN: push it, go to the 2nd; else go to A") \
        OP(LIST,         'N', "",  -1, 1, "push the list of the last A values")                             \
        OP(CONTEXT,      'H', "",  -3, 1, "push the context of shape A with the last values")               \
        OP(RANGE,        'F', "",   2, 1, "push the range a..b; A: 1 closed below, 2 closed above")         \
        OP(UNARY,        'F', "",   1, 1, "push the range `op a`; A the operator")                          \
        OP(INSTANCE,     'T', "",   1, 1, "push a instance of T[A]")                                        \
        OP(PATH,         'K', "",   1, 1, "push a.K[A]")                                                    \
        OP(INDEX,        '-', "",   2, 1, "push a[b], b a number; any other b: whole filter")               \
        OP(ITEM_TRY,     'L', "KJ", 0, 1, "L[A] is a context with entry K: push that, go to the 3rd; else nothing") \
        OP(CAPTURE_TRY,  'C', "KJ", 0, 1, "the same with captures[A]")                                      \
        OP(FILTER_BEGIN, 'L', "J",  1, 0, "pop the list to filter into L[A]; UNKNOWN: push it, go to the 2nd") \
        OP(FILTER_NEXT,  'L', "J",  0, 0, "L[A+2] := next item; none left: go to the 2nd")                  \
        OP(FILTER_TEST,  'L', "JJ", 1, 0, "pop: true keeps the item, go to the 2nd; a number: push that item, go to the 3rd") \
        OP(BUILD,        'L', "",   0, 0, "L[A] := an empty list being built")                              \
        OP(COLLECT,      'L', "",   1, 0, "append pop to L[A]")                                             \
        OP(BUILT,        'L', "",   0, 1, "push the list L[A] as it is now")                                \
        OP(ITERATE,      'L', "J",  1, 0, "pop a domain into L[A]; not one: push null or UNKNOWN, go to the 2nd") \
        OP(SPAN,         'L', "J",  2, 0, "the same with the domain a..b")                                  \
        OP(NEXT,         'L', "J",  0, 0, "L[A+1] := next item; none left: go to the 2nd")                  \
        OP(SOME_TEST,    'L', "J",  1, 0, "L[A] := L[A] or pop; true: go to the 2nd")                       \
        OP(EVERY_TEST,   'L', "J",  1, 0, "L[A] := L[A] and pop; false: go to the 2nd")                     \
        OP(FUNCTION,     'P', "",   0, 1, "push a function of prototype A with its captures")               \
        OP(EXTERNAL,     'P', "",   1, 1, "pop the description, push the external function")                \
        OP(CALL,         'N', "",  -2, 1, "call with A arguments")                                          \
        OP(CALL_NAMED,   'X', "",  -3, 1, "call with named arguments")                                      \
        OP(CALL_BUILTIN, 'X', "",  -3, 1, "call a built-in function")                                       \
        OP(CALL_HOST,    'X', "",  -3, 1, "call a function of the host")                                    \
        OP(RETURN,       '-', "",   1, 0, "the frame's result is pop")

typedef enum Opcode {
#define OPCODE_ENUM(name, a, more, pop, push, text) OP_##name,
        OPCODE_LIST(OPCODE_ENUM)
#undef OPCODE_ENUM
        OP_COUNT
} Opcode;

#endif
