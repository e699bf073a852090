/* dmn_test.h -- models from text, inputs and results as FEEL text. */
#ifndef KC_TESTS_DMN_TEST_H
#define KC_TESTS_DMN_TEST_H

#include "dmn/dmn.h"
#include "tests/test.h"

#define NS15 "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define MODEL(...) "<definitions xmlns='" NS15 "' name='m' namespace='ns'>" __VA_ARGS__ "</definitions>"
#define INPUT(name, type) "<inputData id='" name "' name='" name "'><variable name='" name "' typeRef='" type "'/></inputData>"
#define NEEDS_INPUT(name) "<informationRequirement><requiredInput href='#" name "'/></informationRequirement>"
#define NEEDS(name) "<informationRequirement><requiredDecision href='#" name "'/></informationRequirement>"
#define KNOWS(name) "<knowledgeRequirement><requiredKnowledge href='#" name "'/></knowledgeRequirement>"
#define LITERAL(text) "<literalExpression><text>" text "</text></literalExpression>"
#define DECISION(name, ...) "<decision id='" name "' name='" name "'><variable name='" name "'/>" __VA_ARGS__ "</decision>"
#define IN(text) "<inputEntry><text>" text "</text></inputEntry>"
#define OUT(text) "<outputEntry><text>" text "</text></outputEntry>"
#define RULE(...) "<rule>" __VA_ARGS__ "</rule>"
#define COLUMN(text) "<input><inputExpression><text>" text "</text></inputExpression></input>"
#define TABLE(hit, ...) "<decisionTable hitPolicy='" hit "'>" __VA_ARGS__ "</decisionTable>"

typedef struct Fixture {
        DmnModel *model;
        FeelExec *exec;
        Diag diag;
        Arena *arena;
} Fixture;

static inline Status fixture_try(Fixture *f, const char *xml, const DmnLoadOptions *options)
{
        *f = (Fixture){ .diag = DIAG_INIT(LANG_EN) };
        f->arena = arena_new(64 << 20);
        assert_non_null(f->arena);
        return dmn_load_text(str_c(xml), "test.dmn", options, &f->diag, &f->model);
}

static inline void fixture_open(Fixture *f, const char *xml)
{
        Status st = fixture_try(f, xml, NULL);
        for (size_t i = 0; st != ST_OK && i < f->diag.count; i++)
                print_message("%s\n", f->diag.msgs[i].text);
        assert_int_equal(st, ST_OK);
        f->exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, &f->diag);
        assert_non_null(f->exec);
}

static inline void fixture_close(Fixture *f)
{
        feel_exec_free(f->exec);
        dmn_model_free(f->model);
        diag_release(&f->diag);
        arena_free(f->arena);
}

/* "{x: 5, y: unknown}": the word unknown stands for a value nobody has, named by its key. */
static inline FeelValue fixture_inputs(Fixture *f, const char *text)
{
        FeelScope *scope = feel_scope_new(f->arena, NULL);
        uint32_t slot;
        FeelProgram *p;
        FeelValue missing[4], v, copy;
        static const char *const names[] = { "unknown x", "unknown y", "unknown z", "unknown a" };
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                assert_ok(feel_scope_add(scope, str_c(names[i]), NULL, &slot));
                assert_ok(feel_unknown(f->arena, str_c(names[i] + strlen("unknown ")), &missing[i]));
        }
        assert_ok(feel_compile(scope, FEEL_SOURCE(str_c(text)), NULL, &f->diag, &p));
        feel_exec_reset(f->exec);
        assert_ok(feel_eval(f->exec, p, missing, ARRAY_LEN(missing), &v));
        assert_ok(feel_copy(f->arena, &v, &copy));
        feel_program_free(p);
        return copy;
}

static inline char *fixture_text(Fixture *f, const FeelValue *v)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        feel_to_text(v, &b);
        char *s = arena_strdup(f->arena, buf_cstr(&b));
        assert_non_null(s);
        return s;
}

/* The decision's value as FEEL text, in the fixture's arena. */
static inline char *fixture_eval(Fixture *f, const char *decision, const char *inputs)
{
        const DmnDecision *d = dmn_find_decision(f->model, str_c(decision));
        assert_non_null(d);
        FeelValue in = fixture_inputs(f, inputs), v;
        feel_exec_reset(f->exec);
        assert_ok(dmn_eval(f->model, d, f->exec, in, NULL, &v));
        return fixture_text(f, &v);
}

static inline bool fixture_says(const Fixture *f, const char *words)
{
        for (size_t i = 0; i < f->diag.count; i++)
                if (strstr(f->diag.msgs[i].text, words))
                        return true;
        return false;
}

#endif
