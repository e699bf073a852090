/* Every expression in tests/feel/text/ *.feel, docs/feel.md and docs/feel-functions.md, each a test of its own.
 *
 * A fixture is a block of lines between blank lines:
 *
 *     with {"a": 1}            inputs, as JSON (optional)
 *     unknown b, c             inputs that are UNKNOWN (optional)
 *     input 5                  the text is unary tests of this value (optional)
 *     a + 1                    the expression, one or several lines
 *     => 2                     its value as a FEEL literal; or
 *     !! 1:3 text              it must not compile, with a message there that has this text; or
 *     ?? 1:3 text              it is null, with this warning
 *
 * In the manual, ```feel blocks hold `expression → value` (the expression may be several
 * lines; `→ !! text` stands for a message), with the same with/unknown/input lines.
 */
#include "tests/feel/feel_test.h"

#include <dirent.h>

#include "base/vec.h"

typedef struct Fixture {
        Case c;
        char kind;              /* '=', '!', '?' */
        Str want;
        const char *file;
        int line;
} Fixture;

VEC_DECLARE(Fixtures, Fixture);

static Arena *arena;

/* "1:3 text": a message there that has the text; in the manual only the text. */
static bool has_message(const Diag *d, Str want)
{
        Str text = want, place = STR_NONE;
        if (want.len && want.ptr[0] >= '0' && want.ptr[0] <= '9')
                place = str_cut(want, ' ', &text);
        for (size_t i = 0; i < d->count; i++) {
                char at[40];
                snprintf(at, sizeof(at), "%d:%d", d->msgs[i].pos.line, d->msgs[i].pos.col);
                if (str_has(str_c(d->msgs[i].text), text) && (!place.ptr || str_eq_c(place, at)))
                        return true;
        }
        return false;
}

static void run_fixture(void **state)
{
        const Fixture *f = *state;
        Outcome o = { .text = BUF_INIT(1 << 20), .diag = DIAG_INIT(LANG_EN) };
        Status st = run_case(&f->c, NULL, NULL, &o);
        Buf messages = BUF_INIT(1 << 20);
        for (size_t i = 0; i < o.diag.count; i++)
                buf_printf(&messages, "%d:%d %s\n", o.diag.msgs[i].pos.line, o.diag.msgs[i].pos.col, o.diag.msgs[i].text);
        bool ok = f->kind == '!' ? st != ST_OK && o.compiled == st && has_message(&o.diag, f->want)
                : f->kind == '?' ? st == ST_OK && str_eq(buf_str(&o.text), STR("null")) && has_message(&o.diag, f->want)
                                 : st == ST_OK && str_eq(buf_str(&o.text), f->want);
        if (!ok)
                print_message("%s:%d: %.*s\n  wanted %c %.*s\n  got    %s %s\n%s", f->file, f->line, STR_FMT(f->c.expression), f->kind,
                              STR_FMT(f->want), status_name(st), buf_cstr(&o.text), buf_cstr(&messages));
        buf_release(&messages);
        outcome_release(&o);
        assert_true(ok);
}

static Str read_file(const char *path)
{
        FILE *f = fopen(path, "rb");
        if (!f)
                return STR_NONE;
        Buf b = BUF_INIT(16 << 20);
        char chunk[65536];
        for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0;)
                buf_put(&b, chunk, n);
        fclose(f);
        Str s = arena_str(arena, buf_str(&b));
        buf_release(&b);
        return s;
}

/* `with`, `unknown`, `input`: true when the line was one. */
static bool header_line(Fixture *f, Str line)
{
        static const struct { const char *word; size_t at; } words[] = {
                { "with ", offsetof(Case, context) }, { "unknown ", offsetof(Case, unknown) },
                { "input ", offsetof(Case, input) },
        };
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
                if (!str_starts(line, str_c(words[i].word)))
                        continue;
                Str rest = { line.ptr + strlen(words[i].word), line.len - strlen(words[i].word) };
                memcpy((char *)&f->c + words[i].at, &rest, sizeof(rest));
                return true;
        }
        return false;
}

static void add_line(Str *expression, Str line)
{
        if (!expression->ptr)
                *expression = line;
        else
                expression->len = (size_t)(line.ptr + line.len - expression->ptr);
}

static void push(Fixtures *v, Fixture f)
{
        f.c.lenient = f.kind == '?';
        if (!VEC_PUSH(v, f, 100000))
                abort();
}

static void read_fixtures(Fixtures *v, const char *file, Str text)
{
        Fixture f = { 0 };
        int line = 0;
        for (Str rest = text; rest.ptr;) {
                Str l = str_cut(rest, '\n', &rest);
                line++;
                if (l.len == 0) {
                        f = (Fixture){ 0 };
                } else if (l.ptr[0] == '#') {
                        continue;
                } else if (str_starts(l, STR("=> ")) || str_starts(l, STR("!! ")) || str_starts(l, STR("?? "))) {
                        f.kind = l.ptr[0];
                        f.want = str_n(l.ptr + 3, l.len - 3);
                        push(v, f);
                } else if (f.c.expression.ptr || !header_line(&f, l)) {
                        add_line(&f.c.expression, l);
                        if (!f.file) {
                                f.file = file;
                                f.line = line;
                        }
                }
        }
}

static void read_manual(Fixtures *v, const char *file, Str text)
{
        Fixture f = { 0 };
        bool inside = false;
        int line = 0;
        for (Str rest = text; rest.ptr;) {
                Str l = str_cut(rest, '\n', &rest);
                line++;
                if (str_starts(l, STR("```"))) {
                        inside = str_eq(l, STR("```feel"));
                        f = (Fixture){ 0 };
                        continue;
                }
                if (!inside || l.len == 0)
                        continue;
                if (!f.c.expression.ptr && header_line(&f, l))
                        continue;
                size_t arrow = str_find(l, STR("→"));
                Str part = arrow == SIZE_MAX ? l : str_trim(str_n(l.ptr, arrow));
                if (part.len)
                        add_line(&f.c.expression, part);
                if (arrow == SIZE_MAX)
                        continue;
                Str want = str_trim(str_n(l.ptr + arrow + strlen("→"), l.len - arrow - strlen("→")));
                f.file = file;
                f.line = line;
                f.kind = str_starts(want, STR("!! ")) ? '!' : str_starts(want, STR("?? ")) ? '?' : '=';
                f.want = f.kind == '=' ? want : str_n(want.ptr + 3, want.len - 3);
                push(v, f);
                f = (Fixture){ .c = { .context = f.c.context, .unknown = f.c.unknown, .input = f.c.input } };
        }
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(void)
{
        const char *root = getenv("KECHUANG_ROOT");
        Fixtures v = { 0 };
        char *files[200];
        size_t n = 0;
        arena = arena_new((size_t)256 << 20);
        if (!arena)
                return 1;
        char *folder = arena_printf(arena, "%s/tests/feel/text", root ? root : ".");
        DIR *d = opendir(folder);
        if (!d)
                return fprintf(stderr, "no folder %s\n", folder), 1;
        for (struct dirent *e; (e = readdir(d)) != NULL && n < ARRAY_LEN(files);)
                if (str_ends(str_c(e->d_name), STR(".feel")))
                        files[n++] = arena_strdup(arena, e->d_name);
        closedir(d);
        qsort(files, n, sizeof(*files), by_name);
        for (size_t i = 0; i < n; i++)
                read_fixtures(&v, files[i], read_file(arena_printf(arena, "%s/%s", folder, files[i])));
        static const char *const manuals[] = { "docs/feel.md", "docs/feel-functions.md" };
        for (size_t i = 0; i < ARRAY_LEN(manuals); i++)
                read_manual(&v, manuals[i], read_file(arena_printf(arena, "%s/%s", root ? root : ".", manuals[i])));

        struct CMUnitTest *tests = mem_calloc(v.len, sizeof(*tests));
        for (size_t i = 0; i < v.len; i++) {
                Str e = v.data[i].c.expression;
                for (size_t k = 0; k < e.len && k < 100; k++)
                        if (e.ptr[k] == '\n' || e.ptr[k] == '#')
                                e.len = k;
                tests[i] = (struct CMUnitTest){
                        .name = arena_printf(arena, "%s:%d %.*s", v.data[i].file, v.data[i].line, STR_FMT(e)),
                        .test_func = run_fixture, .initial_state = &v.data[i],
                };
        }
        int failed = v.len ? _cmocka_run_group_tests("feel text", tests, v.len, NULL, NULL) : 1;
        mem_free(tests);
        VEC_RELEASE(&v);
        arena_free(arena);
        return failed;
}
