/* The General Decimal Arithmetic test cases against base/decimal.h, one TAP line
 * a case.
 *
 * In scope are the cases of the decimal128 files (dq…), and of the general files
 * those whose result does not depend on their precision: settings of decimal128
 * themselves, or an exact result of an operation on operands that decimal128
 * holds.  Out of scope, counted by reason at the end:
 *   - operations our interface does not have (logical, next-up, min/max, total
 *     order, fma, scaleb, the DPD encodings, engineering notation …);
 *   - signalling NaNs and NaNs that carry a diagnostic number;
 *   - results rounded in another precision, range, or in a mode the operation
 *     does not offer (arithmetic is half even; rounding has the seven modes);
 *   - divide-integer and remainder of operands of different signs (ours floor) or
 *     with quotients beyond 34 digits (an error there, rounded here).
 * Ours differs on purpose: text that overflows is refused, not infinite; a zero
 * that results from rounding, negation or reduction has no sign and, when
 * reduced, exponent 0. */
#include "tests/test.h"

#include <dirent.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/decimal.h"
#include "base/mem.h"

enum { LINE_MAX_LEN = 16384, TOKENS_MAX = 24, REASONS = 8, SHOWN = 40 };

typedef struct Settings {
        int precision, max_exp, min_exp;
        bool clamp, extended;
        char rounding[16];
} Settings;

typedef struct Case {
        const char *id, *op, *operand[3], *result;
        int operands;
        char conditions[400];
} Case;

static int passed, failed, numbered;
static const char *const reasons[REASONS] = {
        "the operation is not in the interface", "signalling or numbered NaN", "hexadecimal encoding or null operand",
        "another precision or range", "a rounding mode the operation does not offer", "signs differ (ours floors)",
        "quotient beyond 34 digits", "result is a special value of quantize",
};
static int left_out[REASONS];

static bool is(const char *a, const char *b)
{
        return strcasecmp(a, b) == 0;
}

static bool has(const Case *c, const char *condition)
{
        return strcasestr(c->conditions, condition) != NULL;
}

static bool decimal128(const Settings *s)
{
        return s->precision == 34 && s->max_exp == 6144 && s->min_exp == -6143 && s->clamp;
}

/* Splits at blanks; quoted tokens lose their quotes (a doubled quote is one). */
static int split(char *line, char *token[TOKENS_MAX])
{
        int n = 0;
        char *p = line;
        while (n < TOKENS_MAX) {
                while (*p == ' ' || *p == '\t')
                        p++;
                if (!*p || (p[0] == '-' && p[1] == '-' && (p == line || p[-1] == ' ')))
                        break;
                if (*p == '\'' || *p == '"') {
                        char quote = *p++, *out = p;
                        token[n++] = out;
                        while (*p && !(*p == quote && p[1] != quote)) {
                                if (*p == quote)
                                        p++;
                                *out++ = *p++;
                        }
                        if (*p)
                                p++;
                        *out = '\0';
                        continue;
                }
                token[n++] = p;
                while (*p && *p != ' ' && *p != '\t')
                        p++;
                if (*p)
                        *p++ = '\0';
        }
        return n;
}

static bool special_nan(const char *s)
{
        if (*s == '-' || *s == '+')
                s++;
        return strncasecmp(s, "snan", 4) == 0 || (strncasecmp(s, "nan", 3) == 0 && s[3]) || (strncasecmp(s, "nan", 3) == 0 && s[-1] == '-');
}

/* Text to Dec with infinities and NaN; false: no number, or not exactly held. */
static bool operand(const char *s, Dec *ret)
{
        const char *digits = *s == '-' || *s == '+' ? s + 1 : s;
        if (is(digits, "inf") || is(digits, "infinity")) {
                *ret = dec_div(dec_from_i64(*s == '-' ? -1 : 1), dec_zero());
                return true;
        }
        if (is(digits, "nan")) {
                *ret = dec_div(dec_zero(), dec_zero());
                return true;
        }
        return dec_parse(str_c(s), ret) == ST_OK;
}

/* Exponent of the last digit and number of significant digits of a plain number. */
static int written_exponent(const char *s, int *ret_digits)
{
        int exp = 0, digits = 0;
        bool point = false;
        for (; *s && *s != 'e' && *s != 'E'; s++) {
                if (*s == '.')
                        point = true;
                if (*s >= '0' && *s <= '9') {
                        exp -= point;
                        if (digits || *s != '0')
                                digits++;
                }
        }
        *ret_digits = digits;
        return *s ? exp + (int)strtol(s + 1, NULL, 10) : exp;
}

static bool exactly_held(const char *s)
{
        Dec d;
        if (!operand(s, &d))
                return false;
        if (!dec_is_finite(d))
                return true;
        int digits, exp = written_exponent(s, &digits);
        return digits <= 34 && exp >= -6176 && exp <= 6111;
}

static bool rounding_mode(const char *s, DecRound *ret)
{
        static const char *const names[] = { "half_even", "half_up", "half_down", "up", "down", "ceiling", "floor" };
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                if (is(s, names[i])) {
                        *ret = (DecRound)i;
                        return true;
                }
        }
        return false;
}

static void result(const Case *c, bool ok, const char *got)
{
        numbered++;
        if (ok) {
                passed++;
                printf("ok %d - %s\n", numbered, c->id);
                return;
        }
        failed++;
        printf("not ok %d - %s %s %s %s -> %s %s, got %s\n", numbered, c->id, c->op, c->operand[0], c->operands > 1 ? c->operand[1] : "",
               c->result, c->conditions, got);
}

static void expect(const Case *c, Dec got, bool by_value)
{
        char text[64];
        dec_to_sci(got, text);
        bool ok = is(text, c->result) || (is(c->result, "NaN") && dec_is_nan(got));
        Dec want;
        if (!ok && by_value && operand(c->result, &want))
                ok = dec_eq(got, want);
        result(c, ok, text);
}

/* dec_parse and dec_to_sci on the case's text. */
static void conversion(const Settings *s, const Case *c)
{
        Dec d;
        char text[64];
        const char *in = c->operand[0], *digits = *in == '-' || *in == '+' ? in + 1 : in;
        if (has(c, "Conversion_syntax")) {
                result(c, dec_parse(str_c(in), &d) == ST_INVALID, "accepted");
        } else if (strncasecmp(digits, "inf", 3) == 0 || strncasecmp(digits, "nan", 3) == 0 || strncasecmp(digits, "snan", 4) == 0) {
                result(c, dec_parse(str_c(in), &d) == ST_INVALID, "accepted");
        } else if (!decimal128(s) && !(exactly_held(in) && !has(c, "Rounded") && !has(c, "flow") && !has(c, "Clamped") && !has(c, "Subnormal"))) {
                left_out[3]++;
        } else if (!is(s->rounding, "half_even") && has(c, "Inexact")) {
                left_out[4]++;
        } else if (has(c, "Overflow")) {
                result(c, dec_parse(str_c(in), &d) == ST_INVALID, "accepted");
        } else {
                Status st = dec_parse(str_c(in), &d);
                if (st == ST_OK)
                        dec_to_sci(d, text);
                result(c, st == ST_OK && is(text, c->result), st == ST_OK ? text : "refused");
        }
}

static void quantize(const Case *c, const Settings *s, Dec a)
{
        DecRound mode;
        if (!rounding_mode(s->rounding, &mode)) {
                left_out[4]++;
                return;
        }
        Dec b;
        int digits, exp;
        int64_t whole;
        if (!operand(c->operand[1], &b) || !dec_is_finite(a) || !dec_is_finite(b)) {
                left_out[7]++;
                return;
        }
        if (is(c->op, "rescale")) {
                if (!dec_to_i64(b, &whole) || whole > 100000 || whole < -100000) {
                        left_out[7]++;
                        return;
                }
                exp = (int)whole;
        } else {
                exp = written_exponent(c->operand[1], &digits);
        }
        expect(c, dec_quantize(a, -exp, mode), false);
}

static bool dividing(const char *op)
{
        return is(op, "divideint") || is(op, "remainder");
}

static void run_case(const Settings *s, Case *c)
{
        if (is(c->op, "toSci") || is(c->op, "apply")) {
                if (strchr(c->operand[0], '#') || *c->result == '#')
                        left_out[2]++;
                else
                        conversion(s, c);
                return;
        }
        static const char *const ops[] = { "add", "subtract", "multiply", "divide", "divideint", "remainder", "abs", "copyabs", "minus", "plus",
                                           "compare", "quantize", "rescale", "tointegral", "tointegralx", "reduce", "squareroot", "exp", "ln",
                                           "power" };
        bool known = false;
        for (size_t i = 0; i < ARRAY_LEN(ops); i++)
                known = known || (is(c->op, ops[i]) && c->operands <= 2);       /* power of three is modular */
        if (!known) {
                left_out[0]++;
                return;
        }
        Dec a = dec_zero(), b = dec_zero();
        for (int i = 0; i < c->operands; i++) {
                if (strchr(c->operand[i], '#') || is(c->operand[i], "?")) {
                        left_out[2]++;
                        return;
                }
                if (special_nan(c->operand[i]) || special_nan(c->result)) {
                        left_out[1]++;
                        return;
                }
                if (!exactly_held(c->operand[i])) {
                        left_out[3]++;
                        return;
                }
        }
        if (*c->result == '#' || *c->result == '?') {
                left_out[2]++;
                return;
        }
        operand(c->operand[0], &a);
        if (c->operands > 1)
                operand(c->operand[1], &b);
        bool exact = !has(c, "Inexact") && !has(c, "Rounded") && !has(c, "flow") && !has(c, "Clamped") && !has(c, "Subnormal") &&
                     !has(c, "Lost_digits") && !has(c, "Invalid") && !has(c, "Division_impossible");
        if (!decimal128(s) && !(exact && exactly_held(c->result))) {
                left_out[3]++;
                return;
        }
        if (is(c->op, "quantize") || is(c->op, "rescale")) {
                quantize(c, s, a);
                return;
        }
        DecRound mode;
        if (is(c->op, "tointegral") || is(c->op, "tointegralx")) {
                if (rounding_mode(s->rounding, &mode))
                        expect(c, dec_round(a, 0, mode), dec_is_zero(dec_round(a, 0, mode)));
                else
                        left_out[4]++;
                return;
        }
        if (!is(s->rounding, "half_even")) {
                Dec want;
                if (!exact || !operand(c->result, &want) || dec_is_zero(want)) {
                        left_out[4]++;
                        return;
                }
        }
        if (dividing(c->op)) {
                if (has(c, "Division_impossible") || has(c, "Division_undefined") || has(c, "Division_by_zero")) {
                        left_out[6]++;
                } else if (dec_is_negative(a) != dec_is_negative(b) && !dec_is_zero(a)) {
                        left_out[5]++;
                } else {
                        expect(c, is(c->op, "remainder") ? dec_modulo(a, b) : dec_floor_div(a, b), true);
                }
        } else if (is(c->op, "add")) {
                expect(c, dec_add(a, b), false);
        } else if (is(c->op, "subtract")) {
                expect(c, dec_sub(a, b), false);
        } else if (is(c->op, "multiply")) {
                expect(c, dec_mul(a, b), false);
        } else if (is(c->op, "divide")) {
                expect(c, dec_div(a, b), false);
        } else if (is(c->op, "abs") || is(c->op, "copyabs")) {
                expect(c, dec_abs(a), false);
        } else if (is(c->op, "minus")) {
                expect(c, dec_neg(a), false);
        } else if (is(c->op, "plus")) {
                expect(c, dec_neg(dec_neg(a)), false);
        } else if (is(c->op, "reduce")) {
                expect(c, dec_normalize(a), dec_is_zero(a));
        } else if (is(c->op, "squareroot")) {
                expect(c, dec_sqrt(a), false);
        } else if (is(c->op, "exp")) {
                expect(c, dec_exp(a), false);
        } else if (is(c->op, "ln")) {
                expect(c, dec_log(a), false);
        } else if (is(c->op, "power")) {
                expect(c, dec_pow(a, b), true);
        } else {
                int cmp = dec_cmp(a, b);
                expect(c, cmp == 2 ? dec_div(dec_zero(), dec_zero()) : dec_from_i64(cmp), false);
        }
}

static void setting(Settings *s, const char *key, const char *value)
{
        int v = (int)strtol(value, NULL, 10);
        if (is(key, "precision:"))
                s->precision = v;
        else if (is(key, "maxexponent:"))
                s->max_exp = v;
        else if (is(key, "minexponent:"))
                s->min_exp = v;
        else if (is(key, "clamp:"))
                s->clamp = v;
        else if (is(key, "extended:"))
                s->extended = v;
        else if (is(key, "rounding:"))
                snprintf(s->rounding, sizeof(s->rounding), "%s", value);
}

static void run_file(const char *path)
{
        FILE *f = fopen(path, "r");
        if (!f) {
                printf("not ok %d - cannot open %s\n", ++numbered, path);
                failed++;
                return;
        }
        static char line[LINE_MAX_LEN];
        Settings s = { .precision = 9, .max_exp = 999, .min_exp = -999, .rounding = "half_up" };
        while (fgets(line, sizeof(line), f)) {
                line[strcspn(line, "\r\n")] = '\0';
                char *token[TOKENS_MAX];
                int n = split(line, token);
                if (n == 2 && token[0][strlen(token[0]) - 1] == ':') {
                        setting(&s, token[0], token[1]);
                        continue;
                }
                int arrow = 0;
                for (int i = 2; i < n; i++)
                        if (!arrow && strcmp(token[i], "->") == 0)
                                arrow = i;
                if (arrow < 3 || arrow > 5 || arrow + 1 >= n)
                        continue;
                Case c = { .id = token[0], .op = token[1], .operands = arrow - 2, .result = token[arrow + 1] };
                for (int i = 0; i < c.operands; i++)
                        c.operand[i] = token[2 + i];
                for (int i = arrow + 2; i < n; i++) {
                        size_t used = strlen(c.conditions);
                        snprintf(c.conditions + used, sizeof(c.conditions) - used, "%s ", token[i]);
                }
                run_case(&s, &c);
        }
        fclose(f);
}

static bool run_program(char *const argv[])
{
        pid_t pid = fork();
        if (pid == 0) {
                execvp(argv[0], argv);
                _exit(127);
        }
        int status = 0;
        return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static int suffix_filter(const struct dirent *e)
{
        size_t n = strlen(e->d_name);
        /* decDouble, decSingle and their parts are other formats; decQuad and
         * testall only name other files. */
        return n > 8 && strcmp(e->d_name + n - 8, ".decTest") == 0 && strncmp(e->d_name, "dd", 2) != 0 && strncmp(e->d_name, "ds", 2) != 0 &&
               strncmp(e->d_name, "dec", 3) != 0 && strncmp(e->d_name, "testall", 7) != 0;
}

int main(void)
{
        const char *shared = shared_data();
        if (!shared) {
                printf("ok 1 - decTest # SKIP no shared data\n");
                return 0;
        }
        char archive[1024], dir[] = "/tmp/kc-dectest-XXXXXX", folder[64], path[512];
        snprintf(archive, sizeof(archive), "%s/data/conformance/decTest.tar.gz", shared);
        if (!mkdtemp(dir))
                return 1;
        int status = 1;
        if (run_program((char *[]){ "tar", "-xzf", archive, "-C", dir, NULL })) {
                snprintf(folder, sizeof(folder), "%s/decimaltestdata", dir);
                struct dirent **names;
                int n = scandir(folder, &names, suffix_filter, alphasort);
                for (int i = 0; i < n; i++) {
                        snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
                        run_file(path);
                        free(names[i]);
                }
                if (n >= 0)
                        free(names);
                for (int i = 0; i < REASONS; i++)
                        printf("# out of scope: %d, %s\n", left_out[i], reasons[i]);
                status = failed || passed < 10000;
        }
        run_program((char *[]){ "rm", "-rf", dir, NULL });
        return status;
}
