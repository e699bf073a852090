/* Codes, measures and names as people type them: what is accepted has one form, and that form is accepted. */
#include "fuzz/fuzz.h"
#include "pack/idcheck.h"
#include "pack/measure.h"
#include "pack/pack_int.h"

static void check_codes(Str text)
{
        for (int k = PACK_CHECK_USCC; k <= PACK_CHECK_ORG; k++) {
                IdVerdict v, again;
                char one[ID_TEXT_MAX], two[ID_TEXT_MAX];
                id_check((PackCheckKind)k, text, &v);
                FUZZ_ASSERT(v.ok == (v.zh[0] == '\0') && v.ok == (v.en[0] == '\0') && !(v.ok && v.overridable));
                size_t n = id_canonical((PackCheckKind)k, text, one);
                if (!v.ok || !n)
                        continue;
                id_check((PackCheckKind)k, str_n(one, n), &again);
                FUZZ_ASSERT(again.ok);
                FUZZ_ASSERT(id_canonical((PackCheckKind)k, str_n(one, n), two) == n && memcmp(one, two, n) == 0);
        }
        PackCheckKind schemes[] = { PACK_CHECK_USCC, PACK_CHECK_STOCK };
        PackField field = { .schemes = schemes, .scheme_count = 2 };
        IdVerdict v;
        char out[ID_TEXT_MAX], same[ID_TEXT_MAX];
        if (id_identifier(&field, text, out, &v) == ST_OK)
                FUZZ_ASSERT(id_identifier(&field, str_c(out), same, &v) == ST_OK && strcmp(out, same) == 0);
}

static void check_measures(Str text)
{
        Dec number, yuan, back, factor;
        Str measure;
        if (measure_parse(text, &number, &measure) != ST_OK)
                return;
        FUZZ_ASSERT(dec_is_finite(number));
        if (measure_amount(text, STR("元"), &yuan) == ST_OK && measure.len && measure_factor(STR("元"), measure,
                                                                                            &factor) == ST_OK) {
                back = dec_mul(yuan, factor);
                FUZZ_ASSERT(dec_eq(back, number) || dec_is_zero(back));
        }
}

void fuzz_one(Str input)
{
        static const PackFile files[] = {
                { STR("pack.yaml"), STR("pack: p\nkinds: [city, county]\n") },
                { STR("units.yaml"),
                 STR("units:\n- {code: '1', name: 甲市, also: [甲], units: [{code: '11', name: 乙县, also: [乙]}]}\n"
                                         "- {code: '2', name: 丙市, also: [丙], units: [{code: '21', name: 乙县, also: [甲乙]}]}\n") },
        };
        _cleanup_pack_ Pack *pack = NULL;
        FUZZ_ASSERT(pack_load_files(files, 2, NULL, NULL, &pack) == ST_OK);
        check_codes(input);
        check_measures(input);
        char folded[PACK_FOLD_MAX], twice[PACK_FOLD_MAX];
        size_t n = pack_fold(input, folded);
        FUZZ_ASSERT(n < PACK_FOLD_MAX);
        FUZZ_ASSERT(pack_fold(str_n(folded, n), twice) == n && memcmp(folded, twice, n) == 0);
        Str name, unit;
        pack_split_unit(input, &name, &unit);
        FUZZ_ASSERT(name.len + unit.len <= input.len);
        const PackUnit *u;
        const PackUnitKind *kind = pack_unit_kind(pack, STR("county"));
        if (pack_unit_from_address(pack, input, kind, DATE_NONE, &u) == ST_OK)
                FUZZ_ASSERT(u->kind == kind);
        if (pack_unit_match(pack, input, NULL, DATE_NONE, &u) == ST_OK)
                FUZZ_ASSERT(u->code.len > 0);
}
