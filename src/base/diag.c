#include "base/diag.h"

#include "base/utf8.h"

enum { DIAG_ARENA_MAX = 4 << 20, SOURCE_WIDTH_MAX = 160 };

void diag_release(Diag *d)
{
        arena_free(d->arena);
        *d = (Diag){ .lang = d->lang, .max = d->max };
}

void diag_clear(Diag *d)
{
        diag_release(d);
}

static const char *copy_text(Arena *a, const char *s)
{
        return s ? arena_strdup(a, s) : NULL;
}

static size_t most(const Diag *d)
{
        return d->max ? d->max : DIAG_MAX_DEFAULT;
}

bool diag_is_full(const Diag *d)
{
        return !d || d->count >= most(d);
}

static void record(Diag *d, Severity sev, Pos pos, const char *fmt, va_list ap)
{
        if (sev == SEV_ERROR)
                d->errors++;
        else if (sev == SEV_WARNING)
                d->warnings++;
        if (d->count >= most(d))
                return;
        if (!d->arena && !(d->arena = arena_new(DIAG_ARENA_MAX)))
                return;
        if (arena_grow(d->arena, (void **)&d->msgs, &d->cap, d->count + 1, sizeof(DiagMsg)) < 0)
                return;
        const char *text = arena_vprintf(d->arena, fmt, ap);
        if (!text)
                return;
        Str line = pos.source.len > 4096 ? STR_NONE : pos.source;
        d->msgs[d->count++] = (DiagMsg){
                .severity = sev,
                .pos = { .file = copy_text(d->arena, pos.file), .line = pos.line, .col = pos.col,
                         .cell = copy_text(d->arena, pos.cell),
                         .source = line.ptr ? arena_str(d->arena, line) : STR_NONE },
                .text = text,
        };
}

void diag_add(Diag *d, Severity sev, Pos pos, const char *zh, const char *en, ...)
{
        if (!d)
                return;
        va_list ap;
        va_start(ap, en);
        record(d, sev, pos, d->lang == LANG_EN ? en : zh, ap);
        va_end(ap);
}

void diag_first_error(Diag *d, Pos pos, const char *zh, const char *en, ...)
{
        if (!d || d->errors)
                return;
        va_list ap;
        va_start(ap, en);
        record(d, SEV_ERROR, pos, d->lang == LANG_EN ? en : zh, ap);
        va_end(ap);
}

static void print_place(const Pos *p, Buf *out)
{
        if (!p->file && !p->cell && !p->line)
                return;
        buf_puts(out, p->file ? p->file : "");
        if (p->cell)
                buf_printf(out, "%s%s", p->file ? "!" : "", p->cell);
        else if (p->line)
                buf_printf(out, ":%d", p->line);
        if (p->line && p->col && !p->cell)
                buf_printf(out, ":%d", p->col);
        buf_puts(out, ": ");
}

static void print_caret(const Pos *p, Buf *out)
{
        if (!p->source.ptr || p->col <= 0 || utf8_width(p->source) > SOURCE_WIDTH_MAX)
                return;
        Str before = { p->source.ptr, utf8_offset(p->source, (size_t)p->col - 1) };
        buf_printf(out, "  %.*s\n  ", STR_FMT(p->source));
        for (size_t pos = 0; pos < before.len;) {
                size_t start = pos;
                uint32_t cp = utf8_next(before, &pos);
                size_t width = utf8_width(str_n(before.ptr + start, pos - start));
                for (size_t i = 0; i < width || (cp == '\t' && i == 0); i++)
                        buf_putc(out, cp == '\t' ? '\t' : ' ');
        }
        buf_puts(out, "^\n");
}

void diag_print(const Diag *d, Buf *out)
{
        static const char *const words[2][3] = {
                [LANG_ZH] = { "错误", "警告", "提示" },
                [LANG_EN] = { "error", "warning", "note" },
        };
        int en = d->lang == LANG_EN;
        for (size_t i = 0; i < d->count; i++) {
                const DiagMsg *m = &d->msgs[i];
                print_place(&m->pos, out);
                buf_printf(out, en ? "%s: %s\n" : "%s：%s\n", words[en][m->severity], m->text);
                print_caret(&m->pos, out);
        }
        size_t notes = 0;
        for (size_t i = 0; i < d->count; i++)
                notes += d->msgs[i].severity == SEV_NOTE;
        size_t all = d->errors + d->warnings + notes;
        if (all > d->count)
                buf_printf(out, en ? "… and %zu more\n" : "……另有 %zu 条\n", all - d->count);
}
