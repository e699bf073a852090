/* Text to program: parse, check, compile, verify; strict and lenient, expressions and unary tests. */
#include "feel/feel.h"
#include "fuzz/fuzz.h"

static FeelScope *scope(Arena *a)
{
        FeelScope *s = feel_scope_new(a, NULL);
        FeelField fields[] = { { STR("first name"), FEEL_TYPE_STRING }, { STR("a-b"), FEEL_TYPE_NUMBER } };
        const FeelType *person = feel_type_context(a, fields, 2);
        if (!s || !person || feel_scope_add(s, STR("a"), FEEL_TYPE_NUMBER, NULL) != ST_OK ||
            feel_scope_add(s, STR("loan amount"), NULL, NULL) != ST_OK ||
            feel_scope_add(s, STR("营业 收入"), FEEL_TYPE_NUMBER, NULL) != ST_OK ||
            feel_scope_add(s, STR("people"), feel_type_list(a, person), NULL) != ST_OK ||
            feel_scope_add_type(s, STR("tPerson"), person) != ST_OK)
                return NULL;
        return s;
}

void fuzz_one(Str input)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)16 << 20);
        FeelScope *s = a ? scope(a) : NULL;
        if (!s)
                return;
        /* One of the four ways an input, told by its length, so that a run stays short. */
        bool lenient = input.len % 2, unary = input.len / 2 % 2;
        _cleanup_diag_ Diag d = DIAG_INIT(lenient ? LANG_EN : LANG_ZH);
        _cleanup_feel_program_ FeelProgram *p = NULL;
        _cleanup_buf_ Buf text = BUF_INIT((size_t)4 << 20);
        FeelCompileOptions o = { .lenient = lenient, .max_text = 20000, .max_bytes = (size_t)32 << 20 };
        Status st = unary ? feel_compile_unary_tests(s, FEEL_SOURCE(input), NULL, &o, &d, &p)
                          : feel_compile(s, FEEL_SOURCE(input), &o, &d, &p);
        FUZZ_ASSERT(st != ST_INTERNAL);
        FUZZ_ASSERT(st == ST_OK || st == ST_NOMEM || d.errors > 0);
        if (st == ST_OK) {
                FUZZ_ASSERT(feel_program_type(p) != NULL);
                feel_program_disassemble(p, &text);
        }
}
