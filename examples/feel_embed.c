/* The expression engine alone: cc -Isrc examples/feel_embed.c libkc_feel.a libkc_codec.a libkc_base.a …
 * (the foreign libraries are those that src/feel, src/codec and src/base name in their meson.build). */
#include <stdio.h>

#include "feel/feel.h"

int main(int argc, char **argv)
{
        const char *text = argc > 1 ? argv[1] : "if 研发费用 / 营业收入 >= 0.05 then 研发费用 * 0.1 else 0";
        Diag diag = DIAG_INIT(LANG_EN);
        Buf out = BUF_INIT(1 << 20);
        Arena *arena = arena_new(1 << 20);
        FeelScope *scope = arena ? feel_scope_new(arena, NULL) : NULL;
        FeelExec *exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, &diag);
        FeelProgram *program = NULL;
        FeelValue inputs[2] = { feel_i64(26000000), feel_number(dec_from_scaled(130000050, 2)) }, result;

        Status st = scope && exec ? feel_scope_add(scope, STR("营业收入"), FEEL_TYPE_NUMBER, NULL) : ST_NOMEM;
        if (st == ST_OK)
                st = feel_scope_add(scope, STR("研发费用"), FEEL_TYPE_NUMBER, NULL);
        if (st == ST_OK)
                st = feel_compile(scope, FEEL_SOURCE(str_c(text)), NULL, &diag, &program);
        if (st == ST_OK)
                st = feel_eval(exec, program, inputs, 2, &result);
        if (st == ST_OK)
                feel_to_text(&result, &out);
        diag_print(&diag, &out);
        printf("%s\n", buf_cstr(&out));

        feel_program_free(program);
        feel_exec_free(exec);
        arena_free(arena);
        buf_release(&out);
        diag_release(&diag);
        return status_exit_code(st);
}
