/* The lexer: every text ends, tokens do not overlap, names are normalised once and for all. */
#include "base/arena.h"
#include "base/utf8.h"
#include "feel/lex.h"
#include "fuzz/fuzz.h"

void fuzz_one(Str input)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)16 << 20);
        Lexer lx = { .text = input };
        if (!a || input.len > 100000)
                return;
        uint32_t at = 0;
        for (;;) {
                Token t = feel_lex(&lx, at);
                FUZZ_ASSERT(t.start >= at && t.end >= t.start && t.end <= input.len);
                if (t.kind == T_EOF)
                        break;
                FUZZ_ASSERT(t.end > t.start);
                if (t.kind == T_STRING) {
                        Str s = feel_unescape(a, str_n(input.ptr + t.start, t.end - t.start));
                        FUZZ_ASSERT(s.ptr == NULL || s.len + 2 <= t.end - t.start);
                        if (s.ptr && utf8_valid(input))
                                FUZZ_ASSERT(utf8_valid(s));
                }
                at = t.end;
        }
        Status st, again;
        Str name = feel_name_normalize(a, input, &st);
        if (name.ptr) {
                FUZZ_ASSERT(feel_is_name(name));
                Str twice = feel_name_normalize(a, name, &again);
                FUZZ_ASSERT(twice.ptr == NULL ? again == ST_NOMEM : str_eq(name, twice));
                Lexer whole = { .text = name };
                FUZZ_ASSERT(feel_name_at(name, &whole, 0) == name.len);
        }
}
