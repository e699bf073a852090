/* bind.c -- what of the pack an item is about. */
#include "meeting/bind.h"

#include "base/utf8.h"
#include "codec/text_norm.h"
#include "meeting/confirm_int.h"
#include "meeting/draft.h"

enum { NAME_POINTS_MAX = 64, LINKS_MAX = 200, SAME = 1000, SYNONYM = 950, NEAR_BEST = 900 };

/* ---- similarity ---- */

/* Words that say nothing about which figure is meant. */
static const char *const fillers[] = { "全市", "全县", "全省", "我市", "本市", "总数", "总量", "总额",
                                       "数量", "数",   "量",   "的",   "累计", "规模", "达到", "情况" };

typedef struct Name {
        uint32_t points[NAME_POINTS_MAX];
        size_t len;
} Name;

/* Bytes of the filler that s begins with; 0: none. */
static size_t filler_of(Str s)
{
        for (size_t k = 0; k < ARRAY_LEN(fillers); k++)
                if (fillers[k][0] == s.ptr[0] && fillers[k][1] == s.ptr[1] && fillers[k][2] == s.ptr[2] &&
                    str_starts(s, str_c(fillers[k])))
                        return strlen(fillers[k]);
        return 0;
}

/* Without blanks, brackets' contents stay; half width, lower case; without fillers. */
static void name_of(Str s, Name *ret)
{
        ret->len = 0;
        for (size_t i = 0; i < s.len && ret->len < NAME_POINTS_MAX;) {
                size_t skipped = s.len - i >= 3 ? filler_of(str_n(s.ptr + i, s.len - i)) : 0;
                i += skipped;
                if (skipped)
                        continue;
                uint32_t cp = utf8_next(s, &i);
                if (cp == UTF8_BAD || text_is_blank(cp))
                        continue;
                cp = text_narrow(cp);
                if (cp >= 'A' && cp <= 'Z')
                        cp += 'a' - 'A';
                if (cp == '(' || cp == ')' || cp == 0x201c || cp == 0x201d)
                        continue;
                ret->points[ret->len++] = cp;
        }
}

static bool same(const Name *a, const Name *b)
{
        return a->len == b->len && memcmp(a->points, b->points, a->len * sizeof(a->points[0])) == 0;
}

/* Pairs of neighbours in common, twice, over all pairs: Dice. */
static int dice(const Name *a, const Name *b)
{
        bool used[NAME_POINTS_MAX] = { false };
        size_t common = 0;
        if (a->len < 2 || b->len < 2)
                return 0;
        for (size_t i = 0; i + 1 < a->len; i++)
                for (size_t k = 0; k + 1 < b->len; k++)
                        if (!used[k] && a->points[i] == b->points[k] && a->points[i + 1] == b->points[k + 1]) {
                                used[k] = true;
                                common++;
                                break;
                        }
        return (int)(common * 2 * SAME / (a->len - 1 + b->len - 1));
}

/* Every letter of the shorter in order in the longer: 营收 in 营业收入. */
static bool abbreviates(const Name *a, const Name *b)
{
        size_t i = 0;
        if (a->len < 2 || a->len >= b->len || a->points[0] != b->points[0])
                return false;
        for (size_t k = 0; k < b->len && i < a->len; k++)
                i += b->points[k] == a->points[i];
        return i == a->len;
}

int bind_similarity(Str left, Str right)
{
        Name a, b;
        name_of(left, &a);
        name_of(right, &b);
        if (a.len == 0 || b.len == 0)
                return 0;
        if (same(&a, &b))
                return SAME;
        int score = dice(&a, &b) * NEAR_BEST / SAME;
        if (score < 700 && (abbreviates(&a, &b) || abbreviates(&b, &a)))
                score = 700;
        return score;
}

static bool one_of(Str s, const char *const *words)
{
        for (; *words; words++)
                if (str_eq_c(s, *words))
                        return true;
        return false;
}

bool bind_measures_fit(Str said, Str defined)
{
        static const char *const bodies[] = { "家", "户", "个", "所", "座", NULL };
        static const char *const people[] = { "名", "人", "位", NULL };
        static const char *const things[] = { "件", "项", "个", "份", NULL };
        if (!said.len || !defined.len || str_eq(said, defined))
                return true;
        return (one_of(said, bodies) && one_of(defined, bodies)) || (one_of(said, people) && one_of(defined, people)) ||
               (one_of(said, things) && one_of(defined, things));
}

/* ---- indicators ---- */

static bool contains_one(Str s, const char *const *words)
{
        for (; *words; words++)
                if (str_has(s, str_c(*words)))
                        return true;
        return false;
}

static const char *measure_of(Str name, Str unit, Str op)
{
        static const char *const growth[] = { "增长", "增速", "增幅", "下降", "提升幅度", NULL };
        static const char *const added[] = { "新增", "净增", "新建", "新培育", "新认定", NULL };
        if (str_eq_c(op, "growth>=") || (str_eq_c(unit, "%") && contains_one(name, growth)))
                return "growth";
        if (str_eq_c(op, "+=") || contains_one(name, added))
                return "added";
        return str_eq_c(op, "share>=") ? "share" : "level";
}

/* The name without the words that say how it is measured. */
static Status bare(Str name, const char *measure, Arena *a, Str *ret)
{
        static const char *const words[] = { "同比增长", "年均增长", "增长率", "增长", "增速",  "增幅",
                                             "下降",     "新增",     "净增",   "新建", "新培育" };
        _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
        *ret = name;
        if (!cstr_eq(measure, "growth") && !cstr_eq(measure, "added"))
                return ST_OK;
        for (size_t i = 0; i < name.len;) {
                size_t skip = 0;
                for (size_t k = 0; !skip && k < ARRAY_LEN(words); k++)
                        if (str_starts(str_n(name.ptr + i, name.len - i), str_c(words[k])))
                                skip = strlen(words[k]);
                if (!skip)
                        buf_putc(&b, name.ptr[i]);
                i += skip ? skip : 1;
        }
        TRY(buf_status(&b));
        *ret = arena_str(a, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static int indicator_score(const PackIndicator *ind, Str name)
{
        int best = bind_similarity(name, ind->title.zh);
        if (str_eq(name, ind->name))
                best = SAME;
        for (size_t i = 0; i < ind->also_count; i++) {
                int s = bind_similarity(name, ind->also[i]);
                s = s == SAME ? SYNONYM : s;
                best = s > best ? s : best;
        }
        return best;
}

Status bind_indicator(const Pack *pack, Str name, Str unit, Str op, Arena *a, BindIndicator *ret)
{
        const char *measure = measure_of(name, unit, op);
        int best = 0, second = 0;
        const PackIndicator *found = NULL;
        Str plain;
        TRY(bare(name, measure, a, &plain));
        for (size_t i = 0; i < pack->indicator_count; i++) {
                const PackIndicator *ind = pack->indicators[i];
                bool growth = cstr_eq(measure, "growth");
                if (!growth && !bind_measures_fit(unit, ind->unit))
                        continue;
                /* An indicator of additions is what 新增 means; the bare name finds the stock. */
                int whole = indicator_score(ind, name), score = indicator_score(ind, plain);
                score = whole > score ? whole : score;
                if (score > best) {
                        second = best;
                        best = score;
                        found = ind;
                } else if (score > second) {
                        second = score;
                }
        }
        /* A second one as near makes it unsure which is meant. */
        if (best < SYNONYM && second > best - 100)
                best -= (100 - (best - second)) * 2;
        *ret = (BindIndicator){ best >= BIND_LEAST ? found : NULL, best >= BIND_LEAST ? best : 0, measure };
        return ST_OK;
}

/* ---- units ---- */

/* 各县(区), 县市区, 各地: every unit of the kind right below the top. */
static bool names_all(Str name)
{
        static const char *const words[] = { "各县",         "各区", "县(区)", "县（区）", "县市区", "县(市、区)",
                                             "县（市、区）", "各地", "市县区", "各镇",     "县区",   NULL };
        return contains_one(name, words);
}

/* 市科技局, 市直有关部门, 各部门: of the city itself. */
static bool names_department(Str name)
{
        static const char *const words[] = {
                "市直", "部门", "单位", "局", "委", "办", "厅", "院", "中心", "集团", NULL
        };
        return contains_one(name, words);
}

static size_t unit_prefix(const PackUnit *u, Str name)
{
        size_t best = 0;
        if (str_starts(name, u->name))
                best = u->name.len;
        for (size_t i = 0; i < u->also_count; i++)
                if (u->also[i].len > best && str_starts(name, u->also[i]))
                        best = u->also[i].len;
        return best;
}

size_t bind_units(const Pack *pack, Str name, BindUnit *out, size_t max)
{
        static const char *const tops[] = { "全市", "我市", "本市", "全社会", "市政府", "市委", NULL };
        const PackUnit *top = pack->unit_count ? &pack->units[0] : NULL, *found = NULL;
        size_t longest = 0, n = 0;
        name = str_trim(name);
        if (!name.len || !top || max == 0)
                return 0;
        for (size_t i = 0; i < pack->unit_count; i++) {
                size_t len = unit_prefix(&pack->units[i], name);
                if (len > longest) {
                        longest = len;
                        found = &pack->units[i];
                }
        }
        if (found) {
                Str rest = str_trim(str_n(name.ptr + longest, name.len - longest));
                int sure = !rest.len ? SAME : names_department(rest) || str_has(rest, STR("政府")) ? SYNONYM : 700;
                out[0] = (BindUnit){ name, found, rest, sure };
                return 1;
        }
        if (names_all(name)) {
                bool city_too = str_starts(name, STR("市、")) || str_starts(name, STR("市县"));
                if (city_too)
                        out[n++] = (BindUnit){ name, top, STR(""), 850 };
                for (size_t i = 0; i < top->child_count && n < max; i++)
                        out[n++] = (BindUnit){ name, top->children[i], STR(""), 900 };
                return n;
        }
        for (size_t i = 0; tops[i]; i++)
                if (str_starts(name, str_c(tops[i]))) {
                        Str rest = str_n(name.ptr + strlen(tops[i]), name.len - strlen(tops[i]));
                        out[0] = (BindUnit){ name, top, str_trim(rest), 900 };
                        return 1;
                }
        out[0] = names_department(name) ? (BindUnit){ name, top, name, str_starts(name, STR("市")) ? 900 : 700 }
                                        : (BindUnit){ name, NULL, STR(""), 0 };
        return 1;
}

/* ---- the whole link ---- */

static void put_unit(JsonWriter *w, const BindUnit *u)
{
        jw_object_begin(w);
        jw_put_str(w, "text", u->text);
        if (u->unit)
                jw_put_str(w, "unit", u->unit->code);
        else
                jw_put_null(w, "unit");
        jw_put_str(w, "department", u->department);
        jw_put_i64(w, "confidence", u->confidence);
        jw_put_cstr(w, "by", "machine");
        jw_object_end(w);
}

static Status put_units(const Pack *pack, const Json *names, Arena *a, JsonWriter *w)
{
        BindUnit *links = arena_array_of(a, BindUnit, LINKS_MAX);
        if (!links)
                return ST_NOMEM;
        jw_put_array(w, "units");
        for (size_t i = 0; json_at(names, i); i++) {
                size_t n = bind_units(pack, json_at(names, i)->text, links, LINKS_MAX);
                for (size_t k = 0; k < n; k++)
                        put_unit(w, &links[k]);
        }
        jw_array_end(w);
        return ST_OK;
}

static Status put_subject(const Pack *pack, Str subject, Arena *a, JsonWriter *w)
{
        BindUnit *links = arena_array_of(a, BindUnit, LINKS_MAX);
        if (!links)
                return ST_NOMEM;
        size_t n = bind_units(pack, subject.len ? subject : STR("全市"), links, LINKS_MAX);
        jw_put_array(w, "units");
        for (size_t k = 0; k < n; k++)
                put_unit(w, &links[k]);
        jw_array_end(w);
        return ST_OK;
}

static Status put_indicator(const Pack *pack, const Json *fields, Arena *a, JsonWriter *w)
{
        BindIndicator l;
        TRY(bind_indicator(pack, json_get_text(fields, "indicator", STR("")), json_get_text(fields, "unit", STR("")),
                           json_get_text(fields, "op", STR("")), a, &l));
        jw_put_cstr(w, "measure", l.measure);
        if (!l.indicator) {
                jw_put_null(w, "indicator");
                return ST_OK;
        }
        jw_put_object(w, "indicator");
        jw_put_str(w, "name", l.indicator->name);
        jw_put_i64(w, "confidence", l.confidence);
        jw_put_cstr(w, "by", "machine");
        jw_object_end(w);
        return ST_OK;
}

Status bind_item(const Pack *pack, ConfirmKind kind, const Json *fields, Arena *a, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        switch (kind) {
        case CONFIRM_FACT:
        case CONFIRM_TARGET:
                TRY(put_indicator(pack, fields, a, &w));
                TRY(put_subject(pack, json_get_text(fields, "subject", STR("")), a, &w));
                break;
        case CONFIRM_TASK: TRY(put_units(pack, json_get(fields, "owners"), a, &w)); break;
        case CONFIRM_INCENTIVE: TRY(draft_put_inputs(pack, &(DraftIncentive){ .fields = fields }, a, &w)); break;
        case CONFIRM_KIND_COUNT: break;
        }
        jw_object_end(&w);
        TRY(jw_finish(&w));
        Json *link;
        TRY(confirm_json_read(buf_str(&b), a, &link));
        return confirm_json_text(link, a, ret);
}

/* ---- a person's link ---- */

static Status bad_name(Diag *d, Str name)
{
        return diag_fail(d, ST_INVALID, POS_NONE, "城市包里没有“%.*s”", "the pack has no \"%.*s\"", STR_FMT(name));
}

static Status put_persons_units(const Pack *pack, const Json *units, Diag *d, JsonWriter *w)
{
        jw_put_array(w, "units");
        for (size_t i = 0; json_at(units, i); i++) {
                const Json *u = json_at(units, i);
                Str code = json_get_text(u, "unit", STR(""));
                if (i >= LINKS_MAX || (code.len && !pack_unit(pack, code)))
                        return bad_name(d, code);
                jw_object_begin(w);
                jw_put_str(w, "text", json_get_text(u, "text", STR("")));
                if (code.len)
                        jw_put_str(w, "unit", code);
                else
                        jw_put_null(w, "unit");
                jw_put_str(w, "department", json_get_text(u, "department", STR("")));
                jw_put_i64(w, "confidence", SAME);
                jw_put_cstr(w, "by", "person");
                jw_object_end(w);
        }
        jw_array_end(w);
        return ST_OK;
}

/* A figure of the pack by name, nothing, or a count as the machine found it. */
static Status put_persons_inputs(const Pack *pack, const Json *inputs, Diag *d, JsonWriter *w)
{
        if (!json_is(inputs, JSON_ARRAY))
                return ST_OK;
        jw_put_array(w, "inputs");
        for (size_t i = 0; json_at(inputs, i); i++) {
                const Json *in = json_at(inputs, i);
                Str name = json_get_text(in, "input", STR(""));
                bool counted = str_starts(name, STR("count(")), figure = name.len && !counted;
                if (i >= LINKS_MAX || (figure && !draft_field(pack, name)))
                        return bad_name(d, name);
                jw_object_begin(w);
                jw_put_str(w, "text", json_get_text(in, "text", STR("")));
                if (name.len)
                        jw_put_str(w, "input", name);
                else
                        jw_put_null(w, "input");
                jw_put_i64(w, "confidence", figure ? SAME : 0);
                jw_put_cstr(w, "by", figure ? "person" : "machine");
                jw_object_end(w);
        }
        jw_array_end(w);
        return ST_OK;
}

Status bind_check(const Pack *pack, const Json *link, Arena *a, Diag *d, Str *ret)
{
        static const char *const measures[] = { "level", "added", "growth", "share", NULL };
        const Json *ind = json_get(link, "indicator"), *units = json_get(link, "units");
        Str name = json_is(ind, JSON_OBJECT) ? json_get_text(ind, "name", STR("")) : STR("");
        Str measure = json_get_text(link, "measure", STR("level"));
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 20);
        if (name.len && !pack_indicator(pack, name))
                return bad_name(d, name);
        if (!one_of(measure, measures))
                return bad_name(d, measure);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_cstr(&w, "by", "person");
        jw_put_str(&w, "measure", measure);
        if (name.len) {
                jw_put_object(&w, "indicator");
                jw_put_str(&w, "name", name);
                jw_put_i64(&w, "confidence", SAME);
                jw_put_cstr(&w, "by", "person");
                jw_object_end(&w);
        } else {
                jw_put_null(&w, "indicator");
        }
        TRY(put_persons_units(pack, units, d, &w));
        TRY(put_persons_inputs(pack, json_get(link, "inputs"), d, &w));
        jw_object_end(&w);
        TRY(jw_finish(&w));
        Json *checked;
        TRY(confirm_json_read(buf_str(&b), a, &checked));
        return confirm_json_text(checked, a, ret);
}
