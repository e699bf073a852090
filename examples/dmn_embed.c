/* A decision model in a program of one's own: cc -Isrc examples/dmn_embed.c libkc_dmn.a libkc_feel.a
 * libkc_codec.a libkc_base.a … (the foreign libraries those rooms name in their meson.build).
 *     dmn-embed MODEL DECISION NAME=NUMBER …        prints the value and why */
#include <stdio.h>

#include "dmn/dmn.h"

int main(int argc, char **argv)
{
        Diag diag = DIAG_INIT(LANG_EN);
        Buf out = BUF_INIT(1 << 20);
        Arena *arena = arena_new(1 << 20);
        FeelExec *exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, &diag);
        DmnModel *model = NULL;
        FeelContextBuilder given = FEEL_CONTEXT_BUILDER(arena);
        FeelValue inputs, result;
        Status st = argc > 2 && arena && exec ? dmn_load_file(argv[1], NULL, &diag, &model) : ST_USAGE;
        for (int i = 3; st == ST_OK && i < argc; i++) {
                Str text, name = str_cut(str_c(argv[i]), '=', &text);
                Dec number;
                FeelValue value = dec_parse(text, &number) == ST_OK ? feel_number(number) : feel_string(text);
                st = feel_context_put(&given, name, &value);
        }
        const DmnDecision *decision = st == ST_OK ? dmn_find_decision(model, str_c(argv[2])) : NULL;
        DmnTrace trace = { .arena = arena };
        if (st == ST_OK)
                st = decision ? feel_context_done(&given, &inputs) : ST_NOT_FOUND;
        if (st == ST_OK)
                st = dmn_eval(model, decision, exec, inputs, &trace, &result);
        dmn_trace_text(&trace, LANG_EN, &out);
        diag_print(&diag, &out);
        printf("%s%s\n", buf_cstr(&out), status_text(st, LANG_EN));
        dmn_model_free(model);
        feel_exec_free(exec);
        arena_free(arena);
        buf_release(&out);
        diag_release(&diag);
        return status_exit_code(st);
}
