/* fixture.h -- packs made of texts: a small good one, and files that change it.
 *
 * A fixture file holds cases:
 *
 *     #### what it shows
 *     == registers/a.yaml
 *     register: a
 *     …
 *     >> registers/a.yaml:3:5: the message in English
 *
 * Files of a case are added to the base pack or replace its files.
 */
#ifndef KC_TESTS_PACK_FIXTURE_H
#define KC_TESTS_PACK_FIXTURE_H

#include "tests/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "pack/check.h"
#include "pack/pack.h"

enum { FIXTURE_FILES = 20, FIXTURE_MESSAGES = 40, FIXTURE_CASES = 500 };

typedef struct Fixture {
        Str name;
        int line;
        PackFile files[FIXTURE_FILES];
        size_t file_count;
        Str messages[FIXTURE_MESSAGES];
        size_t message_count;
} Fixture;

static const char base_pack[] =
        "pack: small\ntitle: {zh: 小城, en: Small town}\n"
        "kinds:\n  - {kind: city, title: {zh: 市, en: City}}\n  - {kind: county, title: 县}\n";
static const char base_units[] =
        "units:\n  - code: \"1\"\n    name: 甲市\n    units:\n      - {code: \"11\", name: 乙县, also: [乙]}\n"
        "      - {code: \"12\", name: 丙县, also: [丙]}\n";
static const char base_registers[] =
        "register: firm\ntitle: {zh: 企业, en: Firm}\nkey: code\nplace: county\nfields:\n"
        "  code: {type: identifier, schemes: [uscc, stock], title: 代码, required: true}\n"
        "  name: {type: text, title: 名称, search: true}\n"
        "  county: {type: unit, kind: county, title: 县}\n"
        "---\nregister: firm_year\nparent: firm\nperiod: year\nlist: firm_years\nfields:\n"
        "  revenue: {type: money, title: 营业收入, in: 万元}\n"
        "  rd: {type: money, title: 研发费用}\n"
        "rules:\n  - {when: rd > revenue, say: 研发大于收入, level: explain}\n"
        "---\nregister: title\nparent: firm\nkey: [kind, since]\nvalid: {from: since, to: until}\nfields:\n"
        "  kind: {type: text}\n  since: {type: date}\n  until: {type: date}\n";

/* The base files under the case's own; returns how many. */
static inline size_t fixture_files(const Fixture *f, PackFile out[FIXTURE_FILES + 3])
{
        const PackFile base[] = { { STR("pack.yaml"), str_c(base_pack) }, { STR("units.yaml"), str_c(base_units) },
                                  { STR("registers/base.yaml"), str_c(base_registers) } };
        size_t n = 0;
        for (size_t i = 0; i < ARRAY_LEN(base); i++) {
                bool replaced = false;
                for (size_t k = 0; f && k < f->file_count; k++)
                        replaced = replaced || str_eq(f->files[k].path, base[i].path);
                if (!replaced)
                        out[n++] = base[i];
        }
        for (size_t k = 0; f && k < f->file_count; k++)
                if (f->files[k].content.len || !str_ends(f->files[k].path, STR("-")))
                        out[n++] = f->files[k];
        return n;
}

static inline Str fixture_read(Arena *a, const char *relative)
{
        const char *root = getenv("KECHUANG_ROOT");
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", root && *root ? root : ".", relative);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        char *text = arena_alloc(a, 4 << 20);
        assert_non_null(text);
        size_t n = fread(text, 1, 4 << 20, file);
        fclose(file);
        return str_n(text, n);
}

static inline size_t fixture_parse(Str text, Fixture *out)
{
        size_t n = 0;
        int line = 0;
        Fixture *f = NULL;
        bool in_file = false;
        for (Str rest = text; rest.ptr && rest.len;) {
                Str row = str_cut(rest, '\n', &rest);
                line++;
                if (str_starts(row, STR("#### "))) {
                        assert_true(n < FIXTURE_CASES);
                        f = &out[n++];
                        *f = (Fixture){ .name = str_n(row.ptr + 5, row.len - 5), .line = line };
                        in_file = false;
                } else if (f && str_starts(row, STR("== "))) {
                        assert_true(f->file_count < FIXTURE_FILES);
                        f->files[f->file_count++] = (PackFile){ str_n(row.ptr + 3, row.len - 3),
                                                                str_n(row.ptr + row.len + 1, 0) };
                        in_file = true;
                } else if (f && str_starts(row, STR(">> "))) {
                        assert_true(f->message_count < FIXTURE_MESSAGES);
                        f->messages[f->message_count++] = str_n(row.ptr + 3, row.len - 3);
                        in_file = false;
                } else if (in_file) {
                        Str *content = &f->files[f->file_count - 1].content;
                        content->len = (size_t)(row.ptr + row.len + 1 - content->ptr);
                }
        }
        return n;
}

/* "file:line:col: text" of one message. */
static inline void fixture_message(const DiagMsg *m, char *out, size_t size)
{
        size_t n = 0;
        if (m->pos.file)
                n += (size_t)snprintf(out, size, "%s:", m->pos.file);
        if (m->pos.line)
                n += (size_t)snprintf(out + n, size - n, "%d:%d:", m->pos.line, m->pos.col);
        snprintf(out + n, size - n, "%s%s", n ? " " : "", m->text);
}

#endif
