/* idcheck.c -- identity codes; the standards are named in idcheck.h. */
#include "pack/idcheck.h"

#include "base/utf8.h"

static const char USCC_ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";   /* no I O S V Z */

static void say(IdVerdict *v, bool overridable, const char *zh, const char *en)
{
        *v = (IdVerdict){ .ok = false, .overridable = overridable, .zh = zh, .en = en };
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool all_digits(Str s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!is_digit(s.ptr[i]))
                        return false;
        return s.len > 0;
}

static bool has_lower(Str s)
{
        for (size_t i = 0; i < s.len; i++)
                if (s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
                        return true;
        return false;
}

static int alphabet_value(char c)
{
        const char *p = c ? strchr(USCC_ALPHABET, c) : NULL;
        return p ? (int)(p - USCC_ALPHABET) : -1;
}

/* GB 11714: eight characters 0-9A-Z (A is 10) and a check character. */
static bool org_body_ok(const char *c)
{
        for (int i = 0; i < 8; i++)
                if (!is_digit(c[i]) && !(c[i] >= 'A' && c[i] <= 'Z'))
                        return false;
        return true;
}

static char org_check_char(const char *c)
{
        static const int weight[8] = { 3, 7, 9, 10, 5, 8, 4, 2 };
        int sum = 0;
        for (int i = 0; i < 8; i++)
                sum += weight[i] * (is_digit(c[i]) ? c[i] - '0' : c[i] - 'A' + 10);
        int check = 11 - sum % 11;
        return check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check);
}

static void check_org(Str s, IdVerdict *v)
{
        char body[9];
        if (s.len == 10 && s.ptr[8] == '-') {
                memcpy(body, s.ptr, 8);
                body[8] = s.ptr[9];
        } else if (s.len == 9) {
                memcpy(body, s.ptr, 9);
        } else {
                say(v, false, "应为9位", "must have 9 characters");
                return;
        }
        if (has_lower(s))
                say(v, false, "字母应为大写", "letters must be upper case");
        else if (!org_body_ok(body) || !(is_digit(body[8]) || body[8] == 'X'))
                say(v, false, "含有不允许的字符", "has a character that is not allowed");
        else if (org_check_char(body) != body[8])
                say(v, true, "组织机构代码校验位不符（GB 11714）", "the check character is wrong (GB 11714)");
}

/* GB 32100: department, kind, six digits of a division, organisation code, check. */
static void check_uscc(Str s, IdVerdict *v)
{
        static const int weight[17] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
        if (s.len != 18) {
                say(v, false, "应为18位", "must have 18 characters");
                return;
        }
        if (has_lower(s)) {
                say(v, false, "字母应为大写", "letters must be upper case");
                return;
        }
        int sum = 0;
        for (int i = 0; i < 18; i++) {
                int value = alphabet_value(s.ptr[i]);
                if (value < 0) {
                        say(v, false, "含有不允许的字符（不用 I O S V Z）",
                            "has a character that is not allowed (I O S V Z are not used)");
                        return;
                }
                if (i < 17)
                        sum += value * weight[i];
        }
        if (!strchr("123456789ANY", s.ptr[0])) {
                say(v, false, "第1位登记管理部门代码不存在", "character 1 is no registering department");
                return;
        }
        for (int i = 2; i < 8; i++)
                if (!is_digit(s.ptr[i])) {
                        say(v, false, "第3至8位应为行政区划数字", "characters 3 to 8 must be the digits of a division");
                        return;
                }
        if (USCC_ALPHABET[(31 - sum % 31) % 31] != s.ptr[17])
                say(v, true, "校验位不符（GB 32100）", "the check character is wrong (GB 32100)");
        else if (org_check_char(s.ptr + 8) != s.ptr[16])
                say(v, true, "第9至17位主体标识码校验位不符（GB 11714）",
                    "the check character of characters 9 to 17 is wrong (GB 11714)");
}

static bool province_code(Str two)
{
        static const char known[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "
                                    "61 62 63 64 65 71 81 82 83 91";
        for (const char *p = known; *p; p += p[2] ? 3 : 2)
                if (p[0] == two.ptr[0] && p[1] == two.ptr[1])
                        return true;
        return false;
}

static void check_person(Str s, IdVerdict *v)
{
        static const int weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
        if (s.len == 15 && all_digits(s)) {
                say(v, false, "15位旧身份证号已停用，应为18位", "the old 15 digits are no longer valid; 18 are needed");
                return;
        }
        if (s.len != 18) {
                say(v, false, "应为18位", "must have 18 characters");
                return;
        }
        if (!all_digits(str_n(s.ptr, 17)) || !(is_digit(s.ptr[17]) || s.ptr[17] == 'X')) {
                if (s.ptr[17] == 'x' && all_digits(str_n(s.ptr, 17)))
                        say(v, false, "末位X应为大写", "the last X must be upper case");
                else
                        say(v, false, "前17位应为数字，末位为数字或X", "17 digits and a digit or X");
                return;
        }
        /* A foreigner's permanent residence card since 2023: a 9, and the province where it was first applied for. */
        bool foreign = s.ptr[0] == '9' && province_code(str_n(s.ptr + 1, 2));
        if (!foreign && !province_code(str_n(s.ptr, 2))) {
                say(v, false, "前两位不是省级行政区划代码", "the first two digits are no province");
                return;
        }
        int64_t ymd = 0;
        bool digits = str_to_i64(str_n(s.ptr + 6, 8), &ymd);
        Date born = { (int32_t)(ymd / 10000), (uint8_t)(ymd / 100 % 100), (uint8_t)(ymd % 100) };
        if (!digits || born.year < 1850 || !date_valid(born) || date_cmp(born, clock_today()) > 0) {
                say(v, false, "出生日期不存在", "the day of birth does not exist");
                return;
        }
        int sum = 0;
        for (int i = 0; i < 17; i++)
                sum += weight[i] * (s.ptr[i] - '0');
        if ("10X98765432"[sum % 11] != s.ptr[17])
                say(v, false, "校验位不符（GB 11643）", "the check digit is wrong (GB 11643)");
}

/* Digits (8 or 12) and check character of a patent number as people write it;
 * false: not of that form. */
static bool patent_parts(Str s, Str *ret_digits, char *ret_check)
{
        if (str_starts(s, STR("ZL")) || str_starts(s, STR("CN")))
                s = str_n(s.ptr + 2, s.len - 2);
        if (s.len < 9)
                return false;
        char check = s.ptr[s.len - 1];
        Str digits = str_n(s.ptr, s.len - 1);
        if (str_ends(digits, STR(".")))
                digits.len--;
        if ((digits.len != 8 && digits.len != 12) || !all_digits(digits) || !(is_digit(check) || check == 'X'))
                return false;
        *ret_digits = digits;
        *ret_check = check;
        return true;
}

static void check_patent(Str s, IdVerdict *v)
{
        Str digits;
        char check;
        if (!patent_parts(s, &digits, &check)) {
                say(v, false, "应为12位（2003年10月前8位）数字、一点和一位校验位",
                    "must be 12 digits (8 before October 2003), a point and a check character");
                return;
        }
        bool is_new = digits.len == 12;
        int year = 0;
        for (size_t i = 0; i < (is_new ? 4 : 2); i++)
                year = year * 10 + (digits.ptr[i] - '0');
        if (!is_new)
                year += year >= 85 ? 1900 : 2000;
        if (year < 1985 || (is_new && year < 2003) || (!is_new && year > 2003) || year > clock_today().year) {
                say(v, false, "申请年份不对", "the year of application cannot be");
                return;
        }
        char kind = digits.ptr[is_new ? 4 : 2];
        if (kind != '1' && kind != '2' && kind != '3' && kind != '8' && kind != '9') {
                say(v, false, "种类号应为1、2、3、8或9", "the kind must be 1, 2, 3, 8 or 9");
                return;
        }
        int sum = 0;
        for (size_t i = 0; i < digits.len; i++)
                sum += (digits.ptr[i] - '0') * (int)(i % 8 + 2);
        if ("0123456789X"[sum % 11] != check)
                say(v, false, "校验位不符", "the check digit is wrong");
}

static void check_phone(Str s, IdVerdict *v)
{
        char d[32];
        size_t n = 0;
        if (str_starts(s, STR("+86")))
                s = str_trim(str_n(s.ptr + 3, s.len - 3));
        Str main = s;
        for (size_t i = 0; i < main.len; i++) {
                char c = main.ptr[i];
                if (c == '-' || c == ' ' || c == '(' || c == ')')
                        continue;
                if (!is_digit(c) || n >= sizeof(d)) {
                        say(v, false, "应为11位手机号或带区号的固定电话",
                            "must be an 11-digit mobile number or a fixed line with its area code");
                        return;
                }
                d[n++] = c;
        }
        bool mobile = n == 11 && d[0] == '1' && d[1] >= '3';
        bool service = n == 10 && (d[0] == '4' || d[0] == '8') && d[1] == '0' && d[2] == '0';
        /* Area codes: 010 and 02x have two more digits, others three; numbers 7 or 8 digits, extension up to 5. */
        bool fixed = n >= 10 && n <= 17 && d[0] == '0' && d[1] >= '1' && (n > 12 ? str_has(s, STR("-")) : true);
        if (!mobile && !service && !fixed)
                say(v, false, "应为11位手机号或带区号的固定电话",
                    "must be an 11-digit mobile number or a fixed line with its area code");
}

static bool domain_ok(Str domain)
{
        size_t labels = 0;
        Str rest = domain;
        if (domain.len > 253)
                return false;
        while (rest.ptr) {
                Str label = str_cut(rest, '.', &rest);
                if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
                        return false;
                for (size_t i = 0; i < label.len; i++) {
                        char c = label.ptr[i];
                        if (!is_digit(c) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && c != '-' && !(c & 0x80))
                                return false;
                }
                labels++;
        }
        return labels >= 2;
}

static void check_email(Str s, IdVerdict *v)
{
        size_t at = str_find(s, STR("@"));
        Str local = at == SIZE_MAX ? STR_NONE : str_n(s.ptr, at);
        Str domain = at == SIZE_MAX ? STR_NONE : str_n(s.ptr + at + 1, s.len - at - 1);
        bool ok = local.len > 0 && local.len <= 64 && domain.ptr && domain_ok(domain) && local.ptr[0] != '.' &&
                  local.ptr[local.len - 1] != '.' && !str_has(local, STR(".."));
        for (size_t i = 0; ok && i < local.len; i++) {
                unsigned char c = (unsigned char)local.ptr[i];
                ok = c > ' ' && c != 0x7f && !strchr("()<>[]:;,\\\"@", c);
        }
        if (!ok)
                say(v, false, "不是电子邮箱地址（name@domain）", "is no e-mail address (name@domain)");
}

static void check_postcode(Str s, IdVerdict *v)
{
        if (s.len != 6 || !all_digits(s) || s.ptr[0] > '8')
                say(v, false, "应为6位数字，首位0至8", "must be 6 digits, the first 0 to 8");
}

static void check_stock(Str s, IdVerdict *v)
{
        if (s.len != 6 || !all_digits(s))
                say(v, false, "应为6位数字", "must be 6 digits");
}

void id_check(PackCheckKind kind, Str code, IdVerdict *ret)
{
        *ret = (IdVerdict){ .ok = true, .zh = "", .en = "" };
        code = str_trim(code);
        if (kind == PACK_CHECK_NONE)
                return;
        if (code.len == 0) {
                say(ret, false, "为空", "is empty");
                return;
        }
        switch (kind) {
        case PACK_CHECK_USCC: check_uscc(code, ret); break;
        case PACK_CHECK_ORG: check_org(code, ret); break;
        case PACK_CHECK_PERSON: check_person(code, ret); break;
        case PACK_CHECK_PATENT: check_patent(code, ret); break;
        case PACK_CHECK_PHONE: check_phone(code, ret); break;
        case PACK_CHECK_EMAIL: check_email(code, ret); break;
        case PACK_CHECK_POSTCODE: check_postcode(code, ret); break;
        case PACK_CHECK_STOCK: check_stock(code, ret); break;
        case PACK_CHECK_NONE: break;
        }
}

static const struct {
        PackCheckKind kind;
        const char *name;
} kinds[] = {
        { PACK_CHECK_USCC, "uscc" },     { PACK_CHECK_ORG, "org" },     { PACK_CHECK_PERSON, "person" },
        { PACK_CHECK_PATENT, "patent" }, { PACK_CHECK_PHONE, "phone" }, { PACK_CHECK_EMAIL, "email" },
        { PACK_CHECK_POSTCODE, "postcode" }, { PACK_CHECK_STOCK, "stock" },
};

PackCheckKind id_kind(Str name)
{
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
                if (str_eq_c(name, kinds[i].name))
                        return kinds[i].kind;
        return PACK_CHECK_NONE;
}

const char *id_kind_name(PackCheckKind kind)
{
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
                if (kinds[i].kind == kind)
                        return kinds[i].name;
        return "none";
}

size_t id_canonical(PackCheckKind kind, Str code, char out[ID_TEXT_MAX])
{
        char made[ID_TEXT_MAX];
        size_t n = 0;
        Str digits;
        char check;
        code = str_trim(code);
        bool upper = kind == PACK_CHECK_USCC || kind == PACK_CHECK_ORG || kind == PACK_CHECK_PERSON ||
                     kind == PACK_CHECK_PATENT;
        for (size_t i = 0; i < code.len; i++) {
                char c = code.ptr[i];
                if (upper && (c == ' ' || (kind == PACK_CHECK_ORG && c == '-')))
                        continue;
                if (n + 1 >= sizeof(made))
                        return 0;
                made[n++] = upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        }
        if (kind == PACK_CHECK_PATENT && patent_parts(str_n(made, n), &digits, &check)) {
                memmove(made, digits.ptr, digits.len);
                n = digits.len;
                made[n++] = '.';
                made[n++] = check;
        }
        made[n] = '\0';
        memcpy(out, made, n + 1);
        return n;
}

Status id_identifier(const PackField *field, Str text, char out[ID_TEXT_MAX], IdVerdict *ret_verdict)
{
        IdVerdict first = { .ok = false, .zh = "为空", .en = "is empty" }, v;
        char made[ID_TEXT_MAX];
        text = str_trim(text);
        Str rest, word = str_cut(text, ':', &rest);
        PackCheckKind given = rest.ptr ? id_kind(word) : PACK_CHECK_NONE;
        bool is_override = false;
        PackCheckKind chosen = PACK_CHECK_NONE;
        for (size_t i = 0; i < field->scheme_count && chosen == PACK_CHECK_NONE; i++) {
                if (given != PACK_CHECK_NONE && field->schemes[i] != given)
                        continue;
                size_t n = id_canonical(field->schemes[i], given != PACK_CHECK_NONE ? rest : text, made);
                id_check(field->schemes[i], str_n(made, n), &v);
                /* What is told is about the first scheme, or the one whose form fits. */
                if (first.zh[0] && (i == 0 || given != PACK_CHECK_NONE || v.overridable))
                        first = v;
                if (v.ok || v.overridable) {
                        chosen = field->schemes[i];
                        is_override = !v.ok;
                }
        }
        if (chosen == PACK_CHECK_NONE) {
                if (rest.ptr && given == PACK_CHECK_NONE)
                        say(&first, false, "标识类型未知或本字段不接受", "the scheme is unknown or not accepted here");
                *ret_verdict = first;
                return ST_INVALID;
        }
        Str prefix = chosen == PACK_CHECK_USCC ? STR("") : str_c(id_kind_name(chosen));
        size_t n = strlen(made);
        if (prefix.len + n + 2 > ID_TEXT_MAX)
                return ST_INVALID;
        memcpy(out, prefix.ptr, prefix.len);
        if (prefix.len)
                out[prefix.len++] = ':';
        memcpy(out + prefix.len, made, n + 1);
        *ret_verdict = v;
        return is_override ? ST_INVALID : ST_OK;
}
