/* Regular expressions: the language that is accepted, what is refused, and that
 * no pattern runs away.  Rows marked (kit) are forms that the compatibility kit
 * uses for matches, replace and split. */
#include "tests/test.h"

#include "base/date.h"
#include "feel/regex_int.h"

typedef struct Row {
        const char *subject, *pattern, *flags;
        int want;       /* 1 matches, 0 does not, -1 refused */
} Row;

static int run(const Row *r)
{
        _cleanup_(feel_regex_freep) FeelRegex *re = NULL;
        RegexError err = { 0 };
        Status st = feel_regex_compile(str_c(r->pattern), str_c(r->flags), &err, &re);
        if (st == ST_INVALID) {
                assert_non_null(err.zh);
                assert_non_null(err.en);
                return -1;
        }
        assert_ok(st);
        bool found = false;
        assert_ok(feel_regex_matches(re, str_c(r->subject), NULL, &found));
        return found;
}

static void run_all(const Row *rows, size_t n)
{
        size_t wrong = 0;
        for (size_t i = 0; i < n; i++) {
                int got = run(&rows[i]);
                if (got != rows[i].want) {
                        print_error("matches(%s, %s, %s): %d, not %d\n", rows[i].subject, rows[i].pattern,
                                    rows[i].flags, got, rows[i].want);
                        wrong++;
                }
        }
        assert_int_equal(wrong, 0);
}

static void test_language(void **state)
{
        (void)state;
        static const Row rows[] = {
                { "abracadabra", "bra", "", 1 },
                { "abracadabra", "^a.*a$", "", 1 },
                { "abracadabra", "^bra", "", 0 },
                { "banana", "[a-z]{3}", "", 1 },
                { "\nabcd\ndefg\n", "^$", "m", 1 },
                { "abcd\n\ndefg\n ", "^$", "m", 1 },
                { "abcd\ndefg\n", "^$", "m", 0 },       /* not after the last newline */
                { "abcd\n", "^abcd$", "", 0 },
                { "abcd\n", "^abcd$", "m", 1 },
                { "Mary\rJones", "Mary.Jones", "", 0 },
                { "Mary\nJones", "Mary.Jones", "", 0 },
                { "Mary\nJones", "Mary.Jones", "s", 1 },
                { "abc", "ABC", "i", 1 },
                { "abZ", "[A-Z]*", "i", 1 },
                { "\xE2\x84\xAA", "k", "i", 1 },        /* the Kelvin sign */
                { "x", "[A-Z-[OI]]", "i", 1 },
                { "X", "[A-Z-[OI]]", "i", 1 },
                { "O", "[A-Z-[OI]]", "i", 0 },
                { "i", "[A-Z-[OI]]", "i", 0 },
                { "Q", "[^Q]", "i", 0 },
                { "q", "[^Q]", "i", 0 },
                { "aA", "(a)\\1", "i", 1 },
                { "hello world", "hello\\ sworld", "x", 1 },
                { "hello world", " hello[ ]world", "x", 1 },
                { "hello world", "he ll o[ ]worl d", "x", 1 },
                { "hello world", "\\p{ IsBasicLatin}+", "x", 1 },
                { "hello world", "\\p{ I s B a s i c L a t i n }+", "x", 1 },
                { "a", "a[^b]", "", 0 },
                { "a ", "a[^b]", "", 1 },
                { "input", "[0-9-.]*/", "", 0 },
                { "3-.5/", "^[0-9-.]*/$", "", 1 },
                { "-", "^[-a]$", "", 1 },
                { "-", "^[a-]$", "", 1 },
                { "-", "^[a\\-z]$", "", 1 },
                { "m", "^[a\\-z]$", "", 0 },
                { "b", "^[a-z-[aeiou]]+$", "", 1 },
                { "e", "^[a-z-[aeiou]]+$", "", 0 },
                { "e", "^[a-z-[aeiou-[e]]]+$", "", 1 },
                { "z", "^[^a-f-[z]]$", "", 0 },
                { "y", "^[^a-f-[z]]$", "", 1 },
                { "研发", "^\\p{IsCJKUnifiedIdeographs}+$", "", 1 },
                { "研a", "^\\p{IsCJKUnifiedIdeographs}+$", "", 0 },
                { "研", "^\\P{IsBasicLatin}$", "", 1 },
                { "α", "\\p{IsGreek}", "", 1 },
                { "É", "\\p{IsLatin-1Supplement}", "", 1 },
                { "９", "^\\d$", "", 1 },
                { "a_b", "^\\w+$", "", 0 },             /* the underscore is punctuation */
                { "研发2", "^\\w+$", "", 1 },
                { "_", "^\\W$", "", 1 },
                { "xml:id", "^\\i\\c*$", "", 1 },
                { "1x", "^\\i", "", 0 },
                { "-", "^\\c$", "", 1 },
                { "-", "^\\I$", "", 1 },
                { "+", "^[\\C\\d]$", "", 1 },
                { "\t \r\n", "^\\s+$", "", 1 },
                { "\xC2\xA0", "\\s", "", 0 },           /* no-break space is no \s */
                { "a.b", "^a\\.b$", "", 1 },
                { "axb", "^a\\.b$", "", 0 },
                { "a$b^", "\\$b\\^", "", 1 },
                { "a{b}", "\\{b\\}", "", 1 },
                { "aaa", "^a{2,3}$", "", 1 },
                { "aaaa", "^a{2,3}$", "", 0 },
                { "aaaa", "^a{2,}$", "", 1 },
                { "a#b c", "a#b c", "", 1 },
                { "", "", "", 1 },
                { "abc", "", "", 1 },
                { "ab", "a|", "", 1 },
                { "b", "^(a)?b\\1$", "", 1 },           /* a group that took no part is empty */
                { "abab", "^(?:ab)+$", "", 1 },
                { "aa1", "(a)\\11", "", 1 },            /* one group: \1 and the digit 1 */
                { "Ω", "\\p{Lu}", "", 1 },
                { "ω", "\\p{Lu}", "i", 0 },             /* flag i leaves categories alone */
                { "A", "^\\p{L}$", "", 1 },
                { "a\nb", "^b", "m", 1 },
                { "a^", "a\\^", "", 1 },
                { "aaa", "a^*", "", 1 },
                { "ab", "a**", "", -1 },
                { "abcabc", "(a)(b)(c)(d)?\\1", "", 1 },
                { "\xF0\x9F\x90\x8E", "^.$", "", 1 },
                { "\xF0\x9F\x90\x8E", "^[\xF0\x9F\x90\x8D-\xF0\x9F\x90\x8F]$", "", 1 },
        };
        run_all(rows, ARRAY_LEN(rows));
}

static void test_refused(void **state)
{
        (void)state;
        static const Row rows[] = {
                { "x", "pattern", "p", -1 },
                { "x", "pattern", "X", -1 },
                { "x", "pattern", " ", -1 },
                { "hello world", "\\p{ IsBasicLatin}+", "", -1 },
                { "h", "(.)\\3", "", -1 },
                { "h", "(.)\\2", "", -1 },
                { "input", "\\3", "", -1 },
                { "abcd", "(asd)[\\1]", "", -1 },
                { "abcd", "(asd)[asd\\1]", "", -1 },
                { "abcd", "(asd)[asd\\0]", "", -1 },
                { "abcd", "1[asd\\0]", "", -1 },
                { "aa", "(a\\1)", "", -1 },             /* not closed yet */
                { "a", "a)", "", -1 },
                { "a", "(a", "", -1 },
                { "a", "[a", "", -1 },
                { "a", "[]", "", -1 },
                { "a", "[^]", "", -1 },
                { "a", "[]a]", "", -1 },
                { "a", "a]", "", -1 },
                { "a", "a}", "", -1 },
                { "a", "a{", "", -1 },
                { "a", "a{,3}", "", -1 },
                { "a", "a{3,2}", "", -1 },
                { "a", "a{1", "", -1 },
                { "a", "a{99999}", "", -1 },
                { "a", "*a", "", -1 },
                { "a", "(?=a)", "", -1 },
                { "a", "(?i)a", "", -1 },
                { "a", "(*UCP)a", "", -1 },
                { "a", "a++", "", -1 },
                { "a", "\\b", "", -1 },
                { "a", "\\Qa\\E", "", -1 },
                { "a", "\\x41", "", -1 },
                { "a", "\\", "", -1 },
                { "a", "\\p", "", -1 },
                { "a", "\\p{L", "", -1 },
                { "a", "\\p{Han}", "", -1 },
                { "a", "\\p{IsNoSuchBlock}", "", -1 },
                { "a", "[z-a]", "", -1 },
                { "a", "[a-\\d]", "", -1 },
                { "a", "[a[b]]", "", -1 },
                { "a", "[a-z-[aeiou]x]", "", -1 },
                { "a", "\xFF", "", -1 },
        };
        run_all(rows, ARRAY_LEN(rows));
}

/* NULL want: refused. */
static void check_replace(const char *subject, const char *pattern, const char *replacement, const char *flags,
                          const char *want)
{
        _cleanup_(feel_regex_freep) FeelRegex *re = NULL;
        RegexError err = { 0 };
        assert_ok(feel_regex_compile(str_c(pattern), str_c(flags), &err, &re));
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        Status st = feel_regex_replace(re, str_c(subject), str_c(replacement), NULL, &err, &out);
        if (!want) {
                assert_int_equal(st, ST_INVALID);
                assert_non_null(err.en);
                return;
        }
        assert_ok(st);
        assert_string_equal(buf_cstr(&out), want);
}

static void test_replace(void **state)
{
        (void)state;
        check_replace("abcd", "(ab)|(a)", "[1=$1][2=$2]", "", "[1=ab][2=]cd");
        check_replace("a", "[a-z]", "#", "", "#");
        check_replace("foobar", "^fo*b*", "#", "", "#ar");
        check_replace("abc", ".^[d-z]", "#", "", "abc");
        check_replace("abracadabra", "bra", "*", "", "a*cada*");
        check_replace("abracadabra", "a.*a", "*", "", "*");
        check_replace("abracadabra", "a.*?a", "*", "", "*c*bra");
        check_replace("abracadabra", "a", "", "", "brcdbr");
        check_replace("abracadabra", "a(.)", "a$1$1", "", "abbraccaddabbra");
        check_replace("AAAA", "A+", "b", "", "b");
        check_replace("AAAA", "A+?", "b", "", "bbbb");
        check_replace("darted", "^(.*?)d(.*)$", "$1c$2", "", "carted");
        check_replace("reluctant", "r.*?t", "X", "", "Xant");
        check_replace("0123456789", "(\\d{3})(\\d{3})(\\d{4})", "($1) $2-$3", "", "(012) 345-6789");
        check_replace("facetiously", "[iouy]", "[$0]", "", "facet[i][o][u]sl[y]");
        check_replace("abc", "[A-Z]", "#", "i", "###");
        check_replace("a b c d ", "[a-z]", "#", "x", "# # # # ");
        check_replace("abc", ".^[d-z]*", "#", "smix", "abc");
        check_replace("abc", "b", "\\$\\\\", "", "a$\\c");
        check_replace("abc", "(b)", "$12", "", "ab2c");
        check_replace("abc", "b", "$1", "", "ac");
        check_replace("abc", "b", "$", "", NULL);
        check_replace("abc", "b", "$x", "", NULL);
        check_replace("abc", "b", "\\n", "", NULL);
        check_replace("abc", "x*", "-", "", NULL);
        check_replace("abc", "^", "-", "", NULL);
        check_replace("研发研发", "研", "开", "", "开发开发");
}

static Status join(void *arg, Str piece)
{
        Buf *b = arg;
        buf_printf(b, "<%.*s>", STR_FMT(piece));
        return buf_status(b);
}

static void check_split(const char *subject, const char *pattern, const char *want)
{
        _cleanup_(feel_regex_freep) FeelRegex *re = NULL;
        RegexError err = { 0 };
        assert_ok(feel_regex_compile(str_c(pattern), STR(""), &err, &re));
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        assert_ok(feel_regex_split(re, str_c(subject), NULL, &err, join, &out));
        assert_string_equal(buf_cstr(&out), want);
}

static void test_split(void **state)
{
        (void)state;
        check_split("John Doe", "\\s", "<John><Doe>");
        check_split("a;b;c;;", ";", "<a><b><c><><>");
        check_split(";a", ";", "<><a>");
        check_split("abc", ";", "<abc>");
        check_split("", ";", "<>");
        check_split("一、二、三", "、", "<一><二><三>");
}

static void expect_stop(const char *pattern, const char *piece, size_t times)
{
        _cleanup_buf_ Buf subject = BUF_INIT(4 << 20);
        for (size_t i = 0; i < times; i++)
                buf_puts(&subject, piece);
        buf_putc(&subject, '!');
        _cleanup_(feel_regex_freep) FeelRegex *re = NULL;
        RegexError err = { 0 };
        assert_ok(feel_regex_compile(str_c(pattern), STR(""), &err, &re));
        bool found = false;
        uint64_t start = clock_mono_ns();
        assert_int_equal(feel_regex_matches(re, buf_str(&subject), NULL, &found), ST_LIMIT);
        assert_true(clock_mono_ns() - start < 20000000000ull);
        RegexLimits soon = { .max_steps = UINT64_MAX, .deadline_ns = clock_mono_ns() + 20000000 };
        start = clock_mono_ns();
        Status st = feel_regex_matches(re, buf_str(&subject), &soon, &found);
        assert_true(st == ST_TIMEOUT || st == ST_LIMIT);
        assert_true(clock_mono_ns() - start < 10000000000ull);
}

static void test_bombs(void **state)
{
        (void)state;
        expect_stop("^(a+)+$", "a", 40);
        expect_stop("^(a|a)*$", "a", 60);
        expect_stop("^(a|aa)+$", "a", 80);
        expect_stop("(x+x+)+[yz]", "x", 60);
        expect_stop("a*a*a*a*a*[bc]", "a", 2000);
        expect_stop("a*[ab]*[cd]", "a", 60000);
        expect_stop("(.*)\\1[xy]", "ab", 5000);
        expect_stop("(a?){30}a{30}$", "a", 30);
}

static void test_memory(void **state)
{
        (void)state;
        bool done = false;
        for (uint64_t n = 1; !done; n++) {
                int64_t before = mem_live_blocks();
                mem_test_fail_at(n, 0);
                FeelRegex *re = NULL;
                RegexError err = { 0 };
                Status st = feel_regex_compile(STR("([a-z-[aeiou]]+) x"), STR("ix"), &err, &re);
                Buf out = BUF_INIT(1000);
                if (st == ST_OK)
                        st = feel_regex_replace(re, STR("abcd efgh"), STR("<$1>"), NULL, &err, &out);
                mem_test_fail_at(0, 0);
                assert_true(st == ST_OK || st == ST_NOMEM);
                done = st == ST_OK;
                feel_regex_free(re);
                buf_release(&out);
                assert_int_equal(mem_live_blocks(), before);
                assert_true(n < 1000);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_language), cmocka_unit_test(test_refused), cmocka_unit_test(test_replace),
                cmocka_unit_test(test_split),    cmocka_unit_test(test_bombs),   cmocka_unit_test(test_memory),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
