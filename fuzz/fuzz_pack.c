/* A pack from any bytes: `== path` begins a file, what follows is its text.  What loads is whole,
 * loads again from its own files, and can be checked. */
#include "fuzz/fuzz.h"
#include "pack/check.h"
#include "pack/scope.h"

enum { FILES_MAX = 12 };

static size_t split(Str input, PackFile *files)
{
        size_t n = 0;
        for (Str rest = input; rest.ptr && rest.len;) {
                Str row = str_cut(rest, '\n', &rest);
                if (str_starts(row, STR("== "))) {
                        if (n == FILES_MAX)
                                return n;
                        files[n++] = (PackFile){ str_n(row.ptr + 3, row.len - 3), str_n(row.ptr + row.len, 0) };
                } else if (n) {
                        Str *content = &files[n - 1].content;
                        if (!content->len)
                                content->ptr = row.ptr;
                        content->len = (size_t)(row.ptr + row.len - content->ptr);
                }
        }
        return n;
}

static void look_around(const Pack *pack)
{
        for (size_t i = 0; i < pack->register_count; i++) {
                const PackRegister *reg = pack->registers[i];
                FUZZ_ASSERT(pack_register(pack, reg->name) == reg && reg->key_count > 0 && reg->label && reg->scope);
                FUZZ_ASSERT(!reg->parent || (reg->parent->index < reg->index && reg->parent_key));
                for (size_t k = 0; k < reg->field_count; k++) {
                        const PackField *f = &reg->fields[k];
                        FUZZ_ASSERT(pack_field(reg, f->name) == f && f->index == k && f->reg == reg);
                        FUZZ_ASSERT(f->type != PACK_CODE || f->list);
                        FUZZ_ASSERT(f->type != PACK_REFERENCE || f->target);
                        FUZZ_ASSERT(!f->computed.text.len || f->computed.program);
                        FUZZ_ASSERT(pack_field_match(reg, f->name, NULL) != NULL);
                }
                for (size_t k = 0; k < reg->rule_count; k++)
                        FUZZ_ASSERT(reg->rules[k].when.program);
        }
        for (size_t i = 0; i < pack->unit_count; i++) {
                const PackUnit *u = &pack->units[i];
                FUZZ_ASSERT(u->kind && u->index == i && u->last >= i && u->last < pack->unit_count);
                FUZZ_ASSERT(!u->parent || pack_unit_within(u, u->parent));
        }
        for (size_t i = 0; i < pack->indicator_count; i++) {
                const PackIndicator *ind = pack->indicators[i];
                FUZZ_ASSERT((ind->source == PACK_FORMULA) == (ind->formula.program != NULL));
                FUZZ_ASSERT((ind->source == PACK_DERIVED) == (ind->query != NULL));
                for (size_t k = 0; k < ind->use_count; k++)
                        FUZZ_ASSERT(ind->uses[k]->order < ind->order);
        }
        for (size_t i = 0; i < pack->policy_count; i++) {
                const PackPolicy *p = pack->policies[i];
                FUZZ_ASSERT(p->beneficiary && p->model && p->scope);
                for (size_t k = 0; k < p->input_count; k++)
                        FUZZ_ASSERT(p->inputs[k].query || p->inputs[k].expr.program);
        }
}

void fuzz_one(Str input)
{
        static const PackFile base[] = {
                { STR("pack.yaml"), STR("pack: p\nkinds: [city, county]\n") },
                { STR("units.yaml"), STR("units: [{code: '1', name: 甲市, units: [{code: '11', name: 乙县}]}]\n") },
        };
        static const PackLimits limits = { .file_bytes = 1 << 16, .total_bytes = 1 << 18, .files = 20,
                                           .memory = 16 << 20 };
        PackFile files[FILES_MAX + 2];
        size_t n = split(input, files);
        for (size_t i = 0; i < ARRAY_LEN(base); i++) {
                bool there = false;
                for (size_t k = 0; k < n; k++)
                        there = there || str_eq(files[k].path, base[i].path);
                if (!there)
                        files[n++] = base[i];
        }
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
        _cleanup_pack_ Pack *pack = NULL, *again = NULL;
        Status st = pack_load_files(files, n, &limits, &diag, &pack);
        FUZZ_ASSERT((st == ST_OK) == (pack != NULL));
        FUZZ_ASSERT(st == ST_OK || st == ST_NOMEM || diag.errors > 0);
        if (!pack)
                return;
        look_around(pack);
        size_t count;
        const PackFile *kept = pack_files(pack, &count);
        FUZZ_ASSERT(pack_load_files(kept, count, &limits, NULL, &again) == ST_OK);
        PackCheckReport report;
        st = pack_check(pack, &diag, &report);
        FUZZ_ASSERT(st == ST_OK || st == ST_CHECK || st == ST_NOMEM);
        FUZZ_ASSERT(report.failed <= report.cases && report.hit <= report.rules);
}
