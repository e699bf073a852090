#include "tests/codec/text_test.h"

#include "codec/numtext.h"
#include "codec/text_norm.h"

static void check_number(const char *text, const char *value, int pow10, const char *scaled)
{
        NumText n;
        NumTextWhy why = NUMTEXT_OK;
        char out[DEC_TEXT_MAX];
        if (numtext_parse(str_c(text), NUMTEXT_ALLOW_EXPONENT, &n, &why) != ST_OK) {
                print_error("%s: %s\n", text, numtext_why_text(why, LANG_EN));
                mismatches++;
                return;
        }
        dec_to_text(n.value, out);
        if (strcmp(out, value) != 0 || n.unit.pow10 != pow10) {
                print_error("%s: %s pow10 %d, want %s pow10 %d\n", text, out, n.unit.pow10, value, pow10);
                mismatches++;
        }
        dec_to_text(numtext_scaled(&n), out);
        if (strcmp(out, scaled) != 0) {
                print_error("%s: scaled %s, want %s\n", text, out, scaled);
                mismatches++;
        }
}

static void numbers(void **state)
{
        (void)state;
        static const struct {
                const char *text, *value;
                int pow10;
                const char *scaled;
        } cases[] = {
                { "0", "0", 0, "0" },
                { "12345.60", "12345.6", 0, "12345.6" },
                { "12,345.60", "12345.6", 0, "12345.6" },
                { "1,234,567", "1234567", 0, "1234567" },
                { "１２，３４５．６０", "12345.6", 0, "12345.6" },
                { " 1 234 567.8 ", "1234567.8", 0, "1234567.8" },
                { "\xC2\xA0"
                  "1\xC2\xA0"
                  "234\xC2\xA0",
                  "1234", 0, "1234" },
                { "1\xE2\x80\xAF"
                  "234",
                  "1234", 0, "1234" },
                { "\xE3\x80\x80"
                  "88\xE2\x80\x8B",
                  "88", 0, "88" },
                { "-12.5", "-12.5", 0, "-12.5" },
                { "－12.5", "-12.5", 0, "-12.5" },
                { "\xE2\x88\x92"
                  "12.5",
                  "-12.5", 0, "-12.5" },
                { "+3", "3", 0, "3" },
                { "- 3", "-3", 0, "-3" },
                { "(1,234.5)", "-1234.5", 0, "-1234.5" },
                { "（88）", "-88", 0, "-88" },
                { "¥1,234.00", "1234", 0, "1234" },
                { "￥ -5", "-5", 0, "-5" },
                { "-¥5", "-5", 0, "-5" },
                { "RMB 100", "100", 0, "100" },
                { "人民币：100元", "100", 0, "100" },
                { "1.5万元", "1.5", 4, "15000" },
                { "１．５ 万 元", "1.5", 4, "15000" },
                { "500万元", "500", 4, "5000000" },
                { "500万元整", "500", 4, "5000000" },
                { "3亿", "3", 8, "300000000" },
                { "0.12345678901亿元", "0.12345678901", 8, "12345678.901" },
                { "2.5万亿元", "2.5", 12, "2500000000000" },
                { "100元", "100", 0, "100" },
                { "7千元", "7", 3, "7000" },
                { "8百万元", "8", 6, "8000000" },
                { "12%", "12", -2, "0.12" },
                { "12.50％", "12.5", -2, "0.125" },
                { "5‰", "5", -3, "0.005" },
                { "-0.3个百分点", "-0.3", -2, "-0.003" },
                { "(3%)", "-3", -2, "-0.03" },
                { ".5", "0.5", 0, "0.5" },
                { "5.", "5", 0, "5" },
                { "007", "7", 0, "7" },
                { "1.5E+3", "1500", 0, "1500" },
                { "5.10322E+17", "510322000000000000", 0, "510322000000000000" },
                { "1e-7", "0.0000001", 0, "0.0000001" },
                { "9007199254740993", "9007199254740993", 0, "9007199254740993" },
                { "1234567890123456789012345678901234", "1234567890123456789012345678901234", 0,
                  "1234567890123456789012345678901234" },
                { "1234567890123456789012345678.901234万元", "1234567890123456789012345678.901234", 4,
                  "12345678901234567890123456789012.34" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
                check_number(cases[i].text, cases[i].value, cases[i].pow10, cases[i].scaled);
        no_mismatches();
}

static void refused_numbers(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                NumTextWhy why;
        } cases[] = {
                { "", NUMTEXT_EMPTY },
                { " \xE3\x80\x80\xC2\xA0", NUMTEXT_EMPTY },
                { "无", NUMTEXT_NOT_NUMBER },
                { "-", NUMTEXT_NOT_NUMBER },
                { "—", NUMTEXT_NOT_NUMBER },
                { ".", NUMTEXT_NOT_NUMBER },
                { "abc", NUMTEXT_NOT_NUMBER },
                { "'12", NUMTEXT_NOT_NUMBER },
                { "--1", NUMTEXT_NOT_NUMBER },
                { "1-", NUMTEXT_NOT_NUMBER },
                { "1.2.3", NUMTEXT_NOT_NUMBER },
                { "1-2", NUMTEXT_NOT_NUMBER },
                { "NaN", NUMTEXT_NOT_NUMBER },
                { "Infinity", NUMTEXT_NOT_NUMBER },
                { "\xFF", NUMTEXT_NOT_NUMBER },
                { "1,23", NUMTEXT_GROUPING },
                { "12,34,567", NUMTEXT_GROUPING },
                { "1234,567", NUMTEXT_GROUPING },
                { "1,2345,6789", NUMTEXT_GROUPING },
                { "1,234,56", NUMTEXT_GROUPING },
                { "1,,234", NUMTEXT_GROUPING },
                { "1.234,5", NUMTEXT_GROUPING },
                { "12 34", NUMTEXT_BLANK_INSIDE },
                { "1 2 3", NUMTEXT_BLANK_INSIDE },
                { "1  234", NUMTEXT_BLANK_INSIDE },
                { "1,234 567", NUMTEXT_BLANK_INSIDE },
                { "1.5 6", NUMTEXT_BLANK_INSIDE },
                { "12人", NUMTEXT_UNIT },
                { "12美元", NUMTEXT_UNIT },
                { "12abc", NUMTEXT_UNIT },
                { "约12", NUMTEXT_NOT_NUMBER },
                { "12左右", NUMTEXT_UNIT },
                { "3亿2000万", NUMTEXT_UNIT },
                { "¥5%", NUMTEXT_UNIT },
                { "(5", NUMTEXT_PARENS },
                { "5)", NUMTEXT_PARENS },
                { "(-5)", NUMTEXT_PARENS },
                { "12345678901234567890123456789012345", NUMTEXT_TOO_LONG },
                { "1e99999", NUMTEXT_TOO_LONG },
                { "11111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111",
                  NUMTEXT_NOT_NUMBER },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                NumText n;
                NumTextWhy why = NUMTEXT_OK;
                Status st = numtext_parse(str_c(cases[i].text), NUMTEXT_ALLOW_EXPONENT, &n, &why);
                if (st != ST_INVALID || why != cases[i].why) {
                        print_error("%s: %s, want %s\n", cases[i].text, numtext_why_text(why, LANG_EN),
                                    numtext_why_text(cases[i].why, LANG_EN));
                        mismatches++;
                }
                assert_int_equal(numtext_parse(str_c(cases[i].text), 0, &n, NULL), ST_INVALID);
        }
        no_mismatches();
        NumText n;
        NumTextWhy why;
        assert_int_equal(numtext_parse(STR("5.10322E+17"), 0, &n, &why), ST_INVALID);
        assert_int_equal(why, NUMTEXT_EXPONENT);
        assert_int_equal(numtext_parse(STR("5万元"), NUMTEXT_NO_UNIT, &n, &why), ST_INVALID);
        assert_int_equal(why, NUMTEXT_UNIT);
        assert_int_equal(numtext_parse(STR("¥5"), NUMTEXT_NO_UNIT, &n, &why), ST_INVALID);
        assert_int_equal(why, NUMTEXT_UNIT);
        assert_int_equal(numtext_parse(STR("1\0"), 0, &n, &why), ST_INVALID);
        for (int w = 0; w < NUMTEXT_WHY_COUNT_; w++) {
                assert_true(strlen(numtext_why_text((NumTextWhy)w, LANG_ZH)) > 0);
                assert_true(strlen(numtext_why_text((NumTextWhy)w, LANG_EN)) > 0);
        }
}

static void what_was_cleaned(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                bool cleaned, money, percent, present;
                int decimals;
        } cases[] = {
                { "12.50", false, false, false, false, 2 },
                { "12.50 ", true, false, false, false, 2 },
                { "1,200", true, false, false, false, 0 },
                { "１２", true, false, false, false, 0 },
                { "12万元", false, true, false, true, 0 },
                { "12万", false, false, false, true, 0 },
                { "¥12", true, true, false, true, 0 },
                { "1.230%", false, false, true, true, 3 },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                NumText n;
                assert_ok(numtext_parse(str_c(cases[i].text), 0, &n, NULL));
                assert_int_equal(n.cleaned, cases[i].cleaned);
                assert_int_equal(n.unit.money, cases[i].money);
                assert_int_equal(n.unit.percent, cases[i].percent);
                assert_int_equal(n.unit.present, cases[i].present);
                assert_int_equal(n.decimals, cases[i].decimals);
        }
}

static void units_of_headers(void **state)
{
        (void)state;
        static const struct {
                const char *header;
                bool present;
                int pow10;
        } cases[] = {
                { "营业收入（万元）", true, 4 },       { "营业收入(亿元)", true, 8 },          { "营业收入（单位：万元）", true, 4 },
                { "营业收入/万元", true, 4 },          { "营业收入：万元", true, 4 },          { "单位：千元", true, 3 },
                { "研发费用（2023年）（万元）", true, 4 }, { "研发费用（万元，含税）", false, 0 }, { "占比（%）", true, -2 },
                { "增速%", true, -2 },                 { "增速％", true, -2 },                 { "营业收入万元", true, 4 },
                { "营业收入[元]", true, 0 },           { "营业收入【亿元】", true, 8 },        { "营业收入", false, 0 },
                { "万元", true, 4 },                   { "企业名称（全称）", false, 0 },       { "从业人员（人）", false, 0 },
                { "", false, 0 },                      { "（）", false, 0 },                   { "上交国家（", false, 0 },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                NumUnit u = numtext_header_unit(str_c(cases[i].header));
                if (u.present != cases[i].present || u.pow10 != cases[i].pow10) {
                        print_error("%s: %d %d\n", cases[i].header, u.present, u.pow10);
                        mismatches++;
                }
        }
        no_mismatches();
        NumUnit u;
        assert_true(numtext_unit(STR(" 万 元 "), &u) && u.pow10 == 4 && u.money);
        assert_false(numtext_unit(STR("公斤"), &u));
}

static void scientific_codes(void **state)
{
        (void)state;
        static const char *const yes[] = { "5.10322E+17", "5.10322e17", "1E+17", "-1.5E-3", "５．１Ｅ＋１７", " 9.1E+17 " };
        static const char *const no[] = {
                "510322199001011234", "12E5", "E5", "1.5", "91E", "1E+", "1E+1234", "1.5E+3x", "", "9132E1MA"
        };
        for (size_t i = 0; i < ARRAY_LEN(yes); i++)
                if (!numtext_is_scientific(str_c(yes[i])))
                        fail_msg("%s", yes[i]);
        for (size_t i = 0; i < ARRAY_LEN(no); i++)
                if (numtext_is_scientific(str_c(no[i])))
                        fail_msg("%s", no[i]);
}

static void show(const DateText *d, char *out, size_t cap)
{
        static const char *const kinds[] = { "", " month", " quarter", " half", " year" };
        char day[24];
        date_to_text(d->date, day);
        int n = snprintf(out, cap, "%s%s", day, kinds[d->kind]);
        if (d->has_time)
                n += snprintf(out + n, cap - (size_t)n, " %02u:%02u:%02u", d->hour, d->minute, d->second);
        if (d->nanos)
                n += snprintf(out + n, cap - (size_t)n, ".%09d", d->nanos);
        if (d->has_zone)
                snprintf(out + n, cap - (size_t)n, " %+d", d->zone_minutes);
}

static void dates(void **state)
{
        (void)state;
        static const char *const cases[][2] = {
                { "2023-06-30", "2023-06-30" },
                { "2023-6-30", "2023-06-30" },
                { "2023/6/30", "2023-06-30" },
                { "2023/06/30", "2023-06-30" },
                { "2023.6.30", "2023-06-30" },
                { "2023. 6. 30", "2023-06-30" },
                { "2023 - 06 - 30", "2023-06-30" },
                { "2023 6 30", "2023-06-30" },
                { "2023年6月30日", "2023-06-30" },
                { "2023年06月30号", "2023-06-30" },
                { "2023 年 6 月 30 日", "2023-06-30" },
                { "２０２３年６月３０日", "2023-06-30" },
                { "２０２３－０６－３０", "2023-06-30" },
                { " 2023-06-30\xC2\xA0", "2023-06-30" },
                { "2023–06–30", "2023-06-30" },
                { "20230630", "2023-06-30" },
                { "二〇二三年六月三十日", "2023-06-30" },
                { "二○二三年十二月二十一日", "2023-12-21" },
                { "二零二四年二月廿九日", "2024-02-29" },
                { "2023年十月一日", "2023-10-01" },
                { "30 June 2023", "2023-06-30" },
                { "30-Jun-2023", "2023-06-30" },
                { "Jun 30, 2023", "2023-06-30" },
                { "June 30 2023", "2023-06-30" },
                { "Sept. 3, 2023", "2023-09-03" },
                { "2023-06-30 8:05", "2023-06-30 08:05:00" },
                { "2023-06-30 08:05", "2023-06-30 08:05:00" },
                { "2023/6/30 0:00:00", "2023-06-30 00:00:00" },
                { "2023-06-30T08:05:09", "2023-06-30 08:05:09" },
                { "2023-06-30T08:05:09.25+08:00", "2023-06-30 08:05:09.250000000 +480" },
                { "2023-06-30T08:05:09Z", "2023-06-30 08:05:09 +0" },
                { "2023年6月30日 下午3:05", "2023-06-30 15:05:00" },
                { "2023年6月30日15时05分09秒", "2023-06-30 15:05:09" },
                { "2023年6月30日15时", "2023-06-30 15:00:00" },
                { "2023-06-30 上午 12:10", "2023-06-30 00:10:00" },
                { "2023/6/30 3:05:00 PM", "2023-06-30 15:05:00" },
                { "2023/6/30 12:05 PM", "2023-06-30 12:05:00" },
                { "2023-06-30 星期五", "2023-06-30" },
                { "2023年6月30日（周五）", "2023-06-30" },
                { "2023年6月30日（星期五）15:00", "2023-06-30 15:00:00" },
                { "Friday, June 30, 2023", "2023-06-30" },
                { "2024-02-29", "2024-02-29" },
                { "1900-01-01", "1900-01-01" },
                { "2023-06", "2023-06-01 month" },
                { "2023/6", "2023-06-01 month" },
                { "2023.06", "2023-06-01 month" },
                { "2023.6", "2023-06-01 month" },
                { "2023.10", "2023-10-01 month" },
                { "2023.01", "2023-01-01 month" },
                { "2023-1", "2023-01-01 month" },
                { "2023年6月", "2023-06-01 month" },
                { "2023年6月份", "2023-06-01 month" },
                { "二〇二三年六月", "2023-06-01 month" },
                { "202306", "2023-06-01 month" },
                { "June 2023", "2023-06-01 month" },
                { "Jun-2023", "2023-06-01 month" },
                { "2023Q2", "2023-04-01 quarter" },
                { "2023-Q2", "2023-04-01 quarter" },
                { "2023年第二季度", "2023-04-01 quarter" },
                { "2023年二季度", "2023-04-01 quarter" },
                { "2023年第4季度", "2023-10-01 quarter" },
                { "2023年Q3", "2023-07-01 quarter" },
                { "2023H1", "2023-01-01 half" },
                { "2023年上半年", "2023-01-01 half" },
                { "2023年下半年", "2023-07-01 half" },
                { "2023", "2023-01-01 year" },
                { "2023年", "2023-01-01 year" },
                { "二〇二三年", "2023-01-01 year" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                DateText d;
                NumTextWhy why;
                char out[80] = "";
                Status st = datetext_parse(str_c(cases[i][0]), &d, &why);
                if (st == ST_OK)
                        show(&d, out, sizeof(out));
                if (strcmp(out, cases[i][1]) != 0) {
                        print_error("%s: %s, want %s\n", cases[i][0],
                                    st == ST_OK ? out : numtext_why_text(why, LANG_EN), cases[i][1]);
                        mismatches++;
                }
        }
        no_mismatches();
        DateText d;
        assert_ok(datetext_parse(STR("2023年二季度"), &d, NULL));
        char text[16];
        period_to_text(datetext_period(&d), text);
        assert_string_equal(text, "2023-Q2");
        assert_ok(datetext_parse(STR("2023-05-06"), &d, NULL));
        period_to_text(datetext_period(&d), text);
        assert_string_equal(text, "2023-05");
}

static void refused_dates(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                NumTextWhy why;
        } cases[] = {
                { "", NUMTEXT_EMPTY },
                { "  ", NUMTEXT_EMPTY },
                { "昨天", NUMTEXT_NOT_DATE },
                { "hello", NUMTEXT_NOT_DATE },
                { "2025.13.1", NUMTEXT_MONTH },
                { "2023-13-01", NUMTEXT_MONTH },
                { "2023-00-01", NUMTEXT_MONTH },
                { "20231301", NUMTEXT_MONTH },
                { "202313", NUMTEXT_MONTH },
                { "2023年13月", NUMTEXT_MONTH },
                { "2023-06-31", NUMTEXT_DAY },
                { "2023-02-29", NUMTEXT_DAY },
                { "1900-02-29", NUMTEXT_DAY },
                { "2023-06-00", NUMTEXT_DAY },
                { "2023年6月32日", NUMTEXT_DAY },
                { "23-6-30", NUMTEXT_YEAR_SHORT },
                { "23年6月30日", NUMTEXT_YEAR_SHORT },
                { "30-Jun-23", NUMTEXT_YEAR_SHORT },
                { "6/30/23", NUMTEXT_YEAR_SHORT },
                { "6/30/2023", NUMTEXT_DAY_FIRST },
                { "30.6.2023", NUMTEXT_DAY_FIRST },
                { "5-6-2023", NUMTEXT_DAY_FIRST },
                { "2023.1", NUMTEXT_YEAR_POINT_1 },
                { "1234-05-06", NUMTEXT_YEAR_RANGE },
                { "3000-01-01", NUMTEXT_YEAR_RANGE },
                { "12345678", NUMTEXT_YEAR_RANGE },
                { "6月30日", NUMTEXT_NO_YEAR },
                { "6-30", NUMTEXT_NO_YEAR },
                { "June 30", NUMTEXT_NO_YEAR },
                { "2023-06/30", NUMTEXT_NOT_DATE },
                { "2023-06-30-01", NUMTEXT_TIME },
                { "2023-06-30 25:00", NUMTEXT_TIME },
                { "2023-06-30 08:60", NUMTEXT_TIME },
                { "2023-06-30 08:", NUMTEXT_TIME },
                { "2023-06-30 8", NUMTEXT_TIME },
                { "2023-06-30 下午13:61", NUMTEXT_TIME },
                { "2023-06-30 上午15:00", NUMTEXT_TIME },
                { "2023-06-30T08:05:09+25:00", NUMTEXT_TIME },
                { "2023-06-30 星期四", NUMTEXT_WEEKDAY },
                { "2023-06 星期四", NUMTEXT_NOT_DATE },
                { "2023-06-30 星期", NUMTEXT_NOT_DATE },
                { "2023-06-30 08:05 x", NUMTEXT_NOT_DATE },
                { "2023Q5", NUMTEXT_NOT_DATE },
                { "2023年第五季度", NUMTEXT_NOT_DATE },
                { "2023H3", NUMTEXT_NOT_DATE },
                { "45107", NUMTEXT_NOT_DATE },
                { "45107.5", NUMTEXT_NOT_DATE },
                { "1234567890", NUMTEXT_NOT_DATE },
                { "2023年6", NUMTEXT_NOT_DATE },
                { "2023年6月30", NUMTEXT_NOT_DATE },
                { "十十年", NUMTEXT_NOT_DATE },
                { "\xFF", NUMTEXT_NOT_DATE },
                { "2023-06-30 2023-07-01", NUMTEXT_TIME },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                DateText d;
                NumTextWhy why = NUMTEXT_OK;
                Status st = datetext_parse(str_c(cases[i].text), &d, &why);
                if (st != ST_INVALID || why != cases[i].why) {
                        print_error("%s: %s, want %s\n", cases[i].text, numtext_why_text(why, LANG_EN),
                                    numtext_why_text(cases[i].why, LANG_EN));
                        mismatches++;
                }
        }
        no_mismatches();
}

static void serials(void **state)
{
        (void)state;
        static const struct {
                const char *serial;
                bool system_1904;
                const char *want;
                NumTextWhy why;
        } cases[] = {
                { "1", false, "1900-01-01", 0 },
                { "59", false, "1900-02-28", 0 },
                { "60", false, NULL, NUMTEXT_SERIAL_60 },
                { "60.5", false, NULL, NUMTEXT_SERIAL_60 },
                { "61", false, "1900-03-01", 0 },
                { "45107", false, "2023-06-30", 0 },
                { "45107.5", false, "2023-06-30 12:00:00", 0 },
                { "45107.999999999999", false, "2023-07-01", 0 },
                { "45107.337611", false, "2023-06-30 08:06:09.590000000", 0 },
                { "2958465", false, "9999-12-31", 0 },
                { "2958466", false, NULL, NUMTEXT_SERIAL_RANGE },
                { "0", false, NULL, NUMTEXT_SERIAL_RANGE },
                { "0.5", false, NULL, NUMTEXT_SERIAL_RANGE },
                { "-1", false, NULL, NUMTEXT_SERIAL_RANGE },
                { "1e300", false, NULL, NUMTEXT_SERIAL_RANGE },
                { "x", false, NULL, NUMTEXT_NOT_DATE },
                { "0", true, "1904-01-01", 0 },
                { "60", true, "1904-03-01", 0 },
                { "43645", true, "2023-06-30", 0 },
                { "2957003", true, "9999-12-31", 0 },
                { "2957004", true, NULL, NUMTEXT_SERIAL_RANGE },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                DateText d;
                NumTextWhy why = NUMTEXT_OK;
                char out[80] = "";
                Status st = datetext_from_serial(str_c(cases[i].serial), cases[i].system_1904, &d, &why);
                if (st == ST_OK)
                        show(&d, out, sizeof(out));
                if (cases[i].want ? strcmp(out, cases[i].want) != 0 : st != ST_INVALID || why != cases[i].why) {
                        print_error("%s: %s %s\n", cases[i].serial, out, numtext_why_text(why, LANG_EN));
                        mismatches++;
                }
        }
        no_mismatches();
}

static void normal_forms(void **state)
{
        (void)state;
        static const struct {
                const char *in;
                unsigned how;
                const char *out;
        } cases[] = {
                { "营业收入　（万元）", NORM_KEY, "营业收入(万元)" },
                { " R＆D\n经费 ", NORM_KEY, "r&d经费" },
                { "ＡＢＣ１２３，．", NORM_WIDTH, "ABC123,." },
                { "￥1\xC2\xA0" "2", NORM_WIDTH, "¥1 2" },
                { "  a \t\n b\xE2\x80\x8B" "c  ", NORM_ONE_BLANK, "a bc" },
                { "  a b  ", NORM_TRIM, "a b" },
                { "\xEF\xBB\xBF" "名称", NORM_KEY, "名称" },
                { "cafe\xCC\x81", NORM_NFC, "café" },
                { "𠀀䶮㑇", NORM_KEY, "𠀀䶮㑇" },
                { "【附】〔1〕", NORM_KEY, "【附】〔1〕" },
                { "", NORM_KEY, "" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_arena_ Arena *a = arena_new(1 << 20);
                NormText t;
                assert_ok(text_norm(a, str_c(cases[i].in), cases[i].how, &t));
                assert_str(t.text, cases[i].out);
                assert_str(t.original, cases[i].in);
                assert_int_equal(t.changed, strcmp(cases[i].in, cases[i].out) != 0);
        }
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        NormText t;
        assert_int_equal(text_norm(a, STR("\xFF"), NORM_KEY, &t), ST_INVALID);
        Str plain = STR("abc");
        assert_ok(text_norm(a, plain, NORM_KEY, &t));
        assert_ptr_equal(t.text.ptr, plain.ptr);
}

static Status normalise(void *ctx)
{
        (void)ctx;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        NormText t;
        return a ? text_norm(a, STR("e\xCC\x81　（Ａ）"), NORM_KEY, &t) : ST_NOMEM;
}

static void every_allocation_may_fail(void **state)
{
        (void)state;
        sweep_allocations(normalise, NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(numbers),
                cmocka_unit_test(refused_numbers),
                cmocka_unit_test(what_was_cleaned),
                cmocka_unit_test(units_of_headers),
                cmocka_unit_test(scientific_codes),
                cmocka_unit_test(dates),
                cmocka_unit_test(refused_dates),
                cmocka_unit_test(serials),
                cmocka_unit_test(normal_forms),
                cmocka_unit_test(every_allocation_may_fail),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
