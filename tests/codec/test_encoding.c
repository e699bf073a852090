#include "tests/codec/text_test.h"

#include "base/utf8.h"
#include "codec/encoding.h"

/* GBK of 企业名称,营业收入 and of 科技创新 */
#define GBK_HEADER "\xC6\xF3\xD2\xB5\xC3\xFB\xB3\xC6,\xD3\xAA\xD2\xB5\xCA\xD5\xC8\xEB"
#define GBK_WORDS "\xBF\xC6\xBC\xBC\xB4\xB4\xD0\xC2"

static const struct {
        Str bytes;
        TextEncoding e;
        const char *text;
} good[] = {
        { STR(""), ENC_UTF8, "" },
        { STR("abc,1\r\n"), ENC_UTF8, "abc,1\r\n" },
        { STR("企业,1\n"), ENC_UTF8, "企业,1\n" },
        { STR("\xEF\xBB\xBF"
              "企业,1\n"),
          ENC_UTF8_BOM, "企业,1\n" },
        { STR("\xEF\xBB\xBF"), ENC_UTF8_BOM, "" },
        { STR("㐀䶮𠀀𪚥𬺰"), ENC_UTF8, "㐀䶮𠀀𪚥𬺰" },
        { STR(GBK_HEADER "\r\n"), ENC_GBK, "企业名称,营业收入\r\n" },
        { STR("\xFE\x9F,1"), ENC_GBK, "䶮,1" }, /* 䶮 */
        { STR("\xFE\x59,1"), ENC_GBK, "龴,1" }, /* U+9FB4, private in older tables */
        { STR(GBK_HEADER "\x95\x32\x82\x36\n"), ENC_GB18030, "企业名称,营业收入𠀀\n" },
        { STR("\x84\x31\x95\x33" GBK_HEADER), ENC_GB18030, "企业名称,营业收入" },
        { STR("\x82\x30\xFE\x39\x20\xB7\xEB"), ENC_GB18030, "㦓 冯" },
        { STR("\xFF\xFE"
              "A\0"
              "\x01\x4F"
              "\n\0"),
          ENC_UTF16LE, "A企\n" },
        { STR("\xFE\xFF"
              "\0A"
              "\x4F\x01"
              "\0\n"),
          ENC_UTF16BE, "A企\n" },
        { STR("A\0"
              "\x01\x4F"
              ",\0"
              "1\0"
              "\n\0"),
          ENC_UTF16LE, "A企,1\n" },
        { STR("\0A"
              "\x4F\x01"
              "\0,"
              "\0"
              "1"
              "\0\n"),
          ENC_UTF16BE, "A企,1\n" },
        { STR("\xFF\xFE"
              "\x40\xD8\x00\xDC"),
          ENC_UTF16LE, "𠀀" },
        { STR("\xFF\xFE"), ENC_UTF16LE, "" },
        /* the word that is valid UTF-8 in GBK is too short to be anything else: what UTF-8 says */
        { STR("\xC1\xAA\xCD\xA8\xB9\xAB\xCB\xBE"), ENC_GBK, "联通公司" },
};

static void good_texts(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(good); i++) {
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                TextEncoding e = ENC_AUTO;
                Status st = encoding_to_utf8(good[i].bytes, ENC_AUTO, "f", &d, &out, &e);
                if (st != ST_OK || e != good[i].e || strcmp(buf_cstr(&out), good[i].text) != 0) {
                        print_error("%s (%zu): %s “%s” %s\n", good[i].text, i, encoding_name(e), buf_cstr(&out),
                                    d.count ? d.msgs[0].text : "");
                        mismatches++;
                }
                assert_true(utf8_valid(buf_str(&out)));
                /* and as a stream, by drips, with the encoding known or not */
                for (int mode = 0; mode < 4; mode++) {
                        DripSource drip = { good[i].bytes, mode < 2 ? 1 : 1000 };
                        _cleanup_text_source_ TextSource *t = NULL;
                        assert_ok(text_source_new(drip_source(&drip), mode & 1 ? good[i].e : ENC_AUTO, "f", &t));
                        _cleanup_buf_ Buf streamed = BUF_INIT(1 << 20);
                        st = source_read_all(text_source_bytes(t), &streamed, &d);
                        if (st != ST_OK || strcmp(buf_cstr(&streamed), good[i].text) != 0) {
                                print_error("%s as a stream, mode %d: %s %s\n", good[i].text, mode, buf_cstr(&streamed),
                                            d.count ? d.msgs[0].text : "");
                                mismatches++;
                        }
                        if (text_source_encoding(t) != good[i].e) {
                                print_error("%s as a stream, mode %d: %s\n", good[i].text, mode,
                                            encoding_name(text_source_encoding(t)));
                                mismatches++;
                        }
                }
        }
        no_mismatches();
}

static void refused_texts(void **state)
{
        (void)state;
        static const struct {
                Str bytes;
                const char *words;
        } cases[] = {
                { STR("企业\n" GBK_WORDS "\n"), "mixed encodings: there is UTF-8 text at byte 0, but byte 7 (0xBF)" },
                { STR(GBK_HEADER "\r\n"
                                 "科技企业," GBK_WORDS),
                  "mixed encodings: there is UTF-8 text at byte 19, but byte 0 (0xC6)" },
                { STR("a,b\n企业,名称\nx,\xB9\xFA\n"), "mixed encodings: there is UTF-8 text at byte 4" },
                { STR("\xEF\xBB\xBF"
                      "a,\xB9\xFA"),
                  "marked as UTF-8 (BOM), but byte 5 (0xB9)" },
                { STR("\xEF\xBB\xBF"
                      "a,\xE4\xBC"),
                  "marked as UTF-8 (BOM), but byte 5 (0xE4)" },
                { STR("abc\xFF"), "byte 3 (0xFF) is not UTF-8, and byte 3 (0xFF) is not GB18030" },
                { STR("caf\xE9\n"), "byte 3 (0xE9) is not UTF-8, and byte 3 (0xE9) is not GB18030" },
                { STR("\xC6\xF3\xD2"), "byte 0 (0xC6) is not UTF-8, and byte 2 (0xD2) is not GB18030" },
                { STR("\x80"
                      "5"),
                  "byte 0 (0x80) is not UTF-8, and byte 0 (0x80)" },
                { STR("\x95\x32\x82"), "byte 0 (0x95) is not UTF-8, and byte 0 (0x95)" },
                { STR("abc\0def"), "a NUL character at byte 3" },
                { STR("\0\0\0\0"), "a NUL character at byte 0" },
                { STR("PK\x03\x04\x14\0\0\0\x08\0"), "NUL character at byte 5" },
                { STR("a\x1B$B"), "control character 0x1B at byte 1" },
                { STR("\xEF\xBF\xBD,1"), "U+FFFD at byte 0" },
                { STR("企业\xEF\xBF\xBD"), "U+FFFD at byte 6" },
                { STR("\xFF\xFE"
                      "A\0"
                      "\x00\xD8"
                      "A\0"),
                  "UTF-16LE text with half a surrogate pair or a control character at byte 4" },
                { STR("\xFF\xFE"
                      "A\0"
                      "B"),
                  "UTF-16LE text ends inside a character (5 bytes)" },
                { STR("\xFE\xFF"
                      "\0A"
                      "\xDC\x00"),
                  "UTF-16BE text with half a surrogate pair or a control character at byte 4" },
                { STR("\xFF\xFE"
                      "A\0"
                      "\x40\xD8"),
                  "half a surrogate pair or a control character at byte 4" },
                { STR("\xFF\xFE\0\0"
                      "A\0\0\0"),
                  "UTF-32" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN), zh = DIAG_INIT(LANG_ZH);
                _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                TextEncoding e;
                Status st = encoding_to_utf8(cases[i].bytes, ENC_AUTO, "f", &d, &out, &e);
                if (st != ST_INVALID)
                        fail_msg("%s: %s", cases[i].words, status_name(st));
                expect_message(&d, 0, 0, cases[i].words, cases[i].words);
                assert_int_equal(encoding_to_utf8(cases[i].bytes, ENC_AUTO, "f", &zh, &out, &e), ST_INVALID);
                assert_int_equal(encoding_to_utf8(cases[i].bytes, ENC_AUTO, NULL, NULL, &out, &e), ST_INVALID);
                DripSource drip = { cases[i].bytes, 1 };
                _cleanup_text_source_ TextSource *t = NULL;
                assert_ok(text_source_new(drip_source(&drip), ENC_AUTO, NULL, &t));
                _cleanup_buf_ Buf streamed = BUF_INIT(1 << 20);
                assert_int_equal(source_read_all(text_source_bytes(t), &streamed, NULL), ST_INVALID);
        }
        no_mismatches();
}

/* With the encoding given, the decoder finds its own errors. */
static void refused_by_decoders(void **state)
{
        (void)state;
        static const struct {
                Str bytes;
                TextEncoding e;
                const char *words;
        } cases[] = {
                { STR("ab\xB9\xFA"), ENC_UTF8, "byte 2 (0xB9) is not UTF-8" },
                { STR("ab\xE4\xBC"), ENC_UTF8, "byte 2 (0xE4) is not UTF-8" },
                { STR("ab\xEF\xBF\xBD"), ENC_UTF8, "U+FFFD at byte 2" },
                { STR("ab\xFF"), ENC_GBK, "byte 2 (0xFF) is not GBK" },
                { STR("ab\xC6"), ENC_GB18030, "byte 2 (0xC6) is not GB18030" },
                { STR("ab\x84\x31\xA4\x37"), ENC_GB18030, "U+FFFD" },
                { STR("A\0\0\xD8"), ENC_UTF16LE, "byte 2 (0x00) is not UTF-16LE" },
                { STR("A\0B"), ENC_UTF16LE, "byte 2 (0x42) is not UTF-16LE" },
                { STR("\0A\xDC\0"), ENC_UTF16BE, "byte 2 (0xDC) is not UTF-16BE" },
                { STR("\xFD\xFF"), ENC_UTF16LE, "U+FFFD at byte 0" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                for (size_t step = 1; step < 100; step += 98) {
                        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                        DripSource drip = { cases[i].bytes, step };
                        _cleanup_text_source_ TextSource *t = NULL;
                        assert_ok(text_source_new(drip_source(&drip), cases[i].e, "f", &t));
                        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                        assert_int_equal(source_read_all(text_source_bytes(t), &out, &d), ST_INVALID);
                        expect_message(&d, 0, 0, cases[i].words, cases[i].words);
                        char byte;
                        size_t n;
                        assert_int_equal(text_source_bytes(t).read(t, &byte, 1, NULL, &n), ST_INVALID);
                }
        }
        no_mismatches();
}

/* 2 MB of GBK whose first Chinese stands after 300 kB of ASCII, in one pass; then with one UTF-8 line late in it. */
static void large_streams(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(16 << 20);
        for (int i = 0; i < 30000; i++)
                buf_puts(&b, "1234567890\n");
        size_t ascii = b.len;
        for (int i = 0; i < 60000; i++)
                buf_puts(&b, GBK_WORDS "," GBK_HEADER "\n");
        for (int mixed = 0; mixed < 2; mixed++) {
                if (mixed)
                        buf_puts(&b, "科技创新,1\n");
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                DripSource drip = { buf_str(&b), 10000 };
                _cleanup_text_source_ TextSource *t = NULL;
                assert_ok(text_source_new(drip_source(&drip), ENC_AUTO, "f", &t));
                _cleanup_buf_ Buf out = BUF_INIT(16 << 20);
                Status st = source_read_all(text_source_bytes(t), &out, &d);
                if (mixed) {
                        assert_int_equal(st, ST_INVALID);
                        char want[100];
                        snprintf(want, sizeof(want), "UTF-8 text at byte %zu, but byte %zu", b.len - 15, ascii);
                        expect_message(&d, 0, 0, want, want);
                } else {
                        assert_ok(st);
                        assert_int_equal(out.len, ascii + (size_t)60000 * 39);
                        assert_int_equal(text_source_encoding(t), ENC_GB18030);
                }
                TextEncoding e;
                MemSource m = { buf_str(&b) };
                assert_int_equal(encoding_detect_source(mem_source(&m), NULL, NULL, &e), mixed ? ST_INVALID : ST_OK);
                if (!mixed)
                        assert_int_equal(e, ENC_GBK);
        }
        no_mismatches();
}

/* Every character up to U+31FFF in UTF-16 and in UTF-8. */
static void every_character(void **state)
{
        (void)state;
        _cleanup_buf_ Buf utf8 = BUF_INIT(16 << 20), utf16 = BUF_INIT(16 << 20), back = BUF_INIT(16 << 20);
        buf_put(&utf16, "\xFF\xFE", 2);
        for (uint32_t c = 0x20; c < 0x32000; c++) {
                if ((c >= 0xD800 && c <= 0xDFFF) || c == 0xFFFD || c == 0xFFFE || c == 0xFFFF || c == 0xFEFF)
                        continue;
                buf_put_codepoint(&utf8, c);
                uint32_t units[2] = { c < 0x10000 ? c : 0xD800 + ((c - 0x10000) >> 10),
                                      0xDC00 + ((c - 0x10000) & 0x3FF) };
                for (int k = 0; k < (c < 0x10000 ? 1 : 2); k++) {
                        char two[2] = { (char)units[k], (char)(units[k] >> 8) };
                        buf_put(&utf16, two, 2);
                }
        }
        TextEncoding e;
        assert_ok(encoding_to_utf8(buf_str(&utf16), ENC_AUTO, NULL, NULL, &back, &e));
        assert_int_equal(e, ENC_UTF16LE);
        assert_true(str_eq(buf_str(&back), buf_str(&utf8)));
        buf_clear(&back);
        assert_ok(encoding_to_utf8(buf_str(&utf8), ENC_AUTO, NULL, NULL, &back, &e));
        assert_int_equal(e, ENC_UTF8);
        assert_true(str_eq(buf_str(&back), buf_str(&utf8)));
}

/* Beyond the basic plane GB18030 counts on: every character of its four-byte forms there. */
static void every_four_byte_form(void **state)
{
        (void)state;
        _cleanup_buf_ Buf gb = BUF_INIT(16 << 20), want = BUF_INIT(16 << 20), out = BUF_INIT(16 << 20);
        for (uint32_t c = 0x10000; c < 0x32400; c++) {
                uint32_t n = c - 0x10000 + 189000;
                char b[4] = { (char)(0x81 + n / 12600), (char)(0x30 + n / 1260 % 10), (char)(0x81 + n / 10 % 126), (char)(0x30 + n % 10) };
                buf_put(&gb, b, 4);
                buf_put_codepoint(&want, c);
        }
        TextEncoding e;
        assert_ok(encoding_to_utf8(buf_str(&gb), ENC_AUTO, NULL, NULL, &out, &e));
        assert_int_equal(e, ENC_GB18030);
        assert_true(str_eq(buf_str(&out), buf_str(&want)));
}

static void names_of_encodings(void **state)
{
        (void)state;
        static const struct { const char *name; TextEncoding e;
        } cases[] = {
                { "UTF-8", ENC_UTF8 },       { "utf8", ENC_UTF8 },        { "GB2312", ENC_GBK },
                { "cp936", ENC_GBK },        { "GB-18030", ENC_GB18030 }, { "utf_16_le", ENC_UTF16LE },
                { "UTF-16BE", ENC_UTF16BE },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                TextEncoding e;
                assert_ok(encoding_by_name(str_c(cases[i].name), &e));
                assert_int_equal(e, cases[i].e);
                assert_ok(encoding_by_name(str_c(encoding_name(e)), &e));
                assert_int_equal(e, cases[i].e);
        }
        TextEncoding e;
        assert_int_equal(encoding_by_name(STR("latin1"), &e), ST_NOT_FOUND);
        assert_int_equal(encoding_by_name(STR("a name that is far too long for one"), &e), ST_NOT_FOUND);
}

static void limits_hold(void **state)
{
        (void)state;
        _cleanup_buf_ Buf small = BUF_INIT(10);
        TextEncoding e;
        assert_int_equal(encoding_to_utf8(STR("0123456789"), ENC_AUTO, NULL, NULL, &small, &e), ST_LIMIT);
}

static Status convert(void *ctx)
{
        (void)ctx;
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        TextEncoding e;
        TRY(encoding_to_utf8(STR(GBK_HEADER), ENC_AUTO, "f", NULL, &out, &e));
        DripSource drip = { STR(GBK_HEADER), 3 };
        _cleanup_text_source_ TextSource *t = NULL;
        TRY(text_source_new(drip_source(&drip), ENC_AUTO, "f", &t));
        TRY(source_read_all(text_source_bytes(t), &out, NULL));
        MemSource m = { STR(GBK_HEADER) };
        return encoding_detect_source(mem_source(&m), NULL, NULL, &e);
}

static void every_allocation_may_fail(void **state)
{
        (void)state;
        assert_ok(convert(NULL));       /* ICU keeps its table from here on */
        sweep_allocations(convert, NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(good_texts),
                cmocka_unit_test(refused_texts),
                cmocka_unit_test(refused_by_decoders),
                cmocka_unit_test(large_streams),
                cmocka_unit_test(every_character),
                cmocka_unit_test(every_four_byte_form),
                cmocka_unit_test(names_of_encodings),
                cmocka_unit_test(limits_hold),
                cmocka_unit_test(every_allocation_may_fail),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
