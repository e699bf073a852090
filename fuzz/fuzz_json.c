/* JSON: what is read can be written and read again as the same value. */
#include "codec/json.h"
#include "fuzz/fuzz.h"

static void check_places(const Json *j, uint32_t lines)
{
        FUZZ_ASSERT(j->line >= 1 && j->line <= lines && j->col >= 1);
        if (j->kind == JSON_ARRAY) {
                for (uint32_t i = 0; i < j->count; i++)
                        check_places(json_at(j, i), lines);
        } else if (j->kind == JSON_OBJECT) {
                for (uint32_t i = 0; i < j->count; i++) {
                        FUZZ_ASSERT(json_get_str(j, j->members[i].key) == &j->members[i].value);
                        check_places(&j->members[i].value, lines);
                }
        } else if (j->kind == JSON_NUMBER) {
                Dec d;
                int64_t n;
                if (json_i64(j, &n))
                        FUZZ_ASSERT(json_dec(j, &d) == ST_OK && dec_eq(d, dec_from_i64(n)));
        }
}

void fuzz_one(Str input)
{
        _cleanup_arena_ Arena *a = arena_new(16 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_ZH);
        JsonLimits limits = { .max_bytes = 1 << 16, .max_depth = 60, .max_values = 5000 };
        Json *root, *again;
        Status st = json_parse(a, input, "fuzz", &limits, &d, &root);
        FUZZ_ASSERT((st == ST_OK) == (d.errors == 0));
        if (st != ST_OK)
                return;
        uint32_t lines = 1;
        for (size_t i = 0; i < input.len; i++)
                lines += input.ptr[i] == '\n';
        check_places(root, lines);
        _cleanup_buf_ Buf canonical = BUF_INIT(1 << 20), pretty = BUF_INIT(4 << 20), twice = BUF_INIT(1 << 20);
        FUZZ_ASSERT(json_canonical(root, &canonical) == ST_OK);
        FUZZ_ASSERT(json_parse(a, buf_str(&canonical), NULL, NULL, NULL, &again) == ST_OK && json_equal(root, again));
        FUZZ_ASSERT(json_canonical(again, &twice) == ST_OK && str_eq(buf_str(&canonical), buf_str(&twice)));
        JsonWriter w = json_writer(&pretty, JSON_PRETTY);
        jw_json(&w, root);
        FUZZ_ASSERT(jw_finish(&w) == ST_OK);
        FUZZ_ASSERT(json_parse(a, buf_str(&pretty), NULL, NULL, NULL, &again) == ST_OK && json_equal(root, again));
}
