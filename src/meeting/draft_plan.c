/* draft_plan.c -- the conditions of an incentive, read against the registers of the pack. */
#include "base/utf8.h"
#include "codec/text_norm.h"
#include "meeting/bind.h"
#include "meeting/draft_int.h"

enum {
        FIELD_LEAST = 500 /* few fields have the measure: a nearer one is not missed */,
        CODE_LEAST = 12 /* bytes: four letters name a kind, fewer only narrow one down */
};

static bool is_yearly(const PackRegister *reg)
{
        return reg->periodic && reg->period == PERIOD_YEAR;
}

static bool has_yearly(const PackRegister *beneficiary)
{
        for (size_t i = 0; beneficiary && i < beneficiary->child_count; i++)
                if (is_yearly(beneficiary->children[i]))
                        return true;
        return false;
}

const PackRegister *draft_beneficiary(const Pack *pack)
{
        for (size_t i = 0; i < pack->policy_count; i++)
                if (has_yearly(pack->policies[i]->beneficiary))
                        return pack->policies[i]->beneficiary;
        for (size_t i = 0; i < pack->register_count; i++)
                if (!pack->registers[i]->parent && has_yearly(pack->registers[i]))
                        return pack->registers[i];
        return NULL;
}

static Str text_of(const Json *fields, const char *key)
{
        return str_trim(json_get_text(fields, key, STR("")));
}

static bool dec_of(const Json *fields, const char *key, Dec *ret)
{
        const Json *j = json_get(fields, key);
        return j && json_dec(j, ret) == ST_OK;
}

static bool has_any(Str s, const char *const *words)
{
        for (; *words; words++)
                if (str_has(s, str_c(*words)))
                        return true;
        return false;
}

/* ---- codes of registers that belong to the beneficiary ---- */

typedef struct CodeHit {
        const PackField *field;
        const PackCode *code;
        Str word; /* as it stands in the text */
} CodeHit;

/* The longest name of the code in the text. */
static Str code_in(const PackCode *c, Str text)
{
        Str best = STR("");
        if (str_has(text, c->code))
                best = c->code;
        if (c->title.zh.len > best.len && str_has(text, c->title.zh))
                best = c->title.zh;
        for (size_t i = 0; i < c->also_count; i++)
                if (c->also[i].len > best.len && str_has(text, c->also[i]))
                        best = c->also[i];
        return best;
}

static size_t hits_of(const PackRegister *reg, Str text, CodeHit *hits, size_t max, size_t *ret_longest)
{
        size_t n = 0;
        *ret_longest = 0;
        for (size_t i = 0; i < reg->field_count && n < max; i++) {
                const PackField *f = &reg->fields[i];
                CodeHit best = { .word = STR("") };
                for (size_t k = 0; f->type == PACK_CODE && !f->many && k < f->list->count; k++) {
                        Str word = code_in(&f->list->codes[k], text);
                        if (word.len > best.word.len && word.len >= 6)
                                best = (CodeHit){ f, &f->list->codes[k], word };
                }
                if (!best.field)
                        continue;
                hits[n++] = best;
                *ret_longest = best.word.len > *ret_longest ? best.word.len : *ret_longest;
        }
        return n;
}

static bool is_event_word(Str text)
{
        static const char *const words[] = { "新认定",   "首次认定", "新获批",   "新获", "新建", "新增",
                                             "通过复审", "复审",     "重新认定", "当年", NULL };
        return has_any(text, words);
}

static Status count_expression(const PackRegister *reg, const CodeHit *hits, size_t n, Str text, Arena *a, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
        buf_printf(&b, "count(%.*s[", STR_FMT(reg->name));
        for (size_t i = 0; i < n; i++)
                buf_printf(&b, "%s%.*s = \"%.*s\"", i ? " and " : "", STR_FMT(hits[i].field->name),
                           STR_FMT(hits[i].code->code));
        if (reg->valid_from && is_event_word(text))
                buf_printf(&b, " and %.*s >= period start and %.*s <= period end", STR_FMT(reg->valid_from->name),
                           STR_FMT(reg->valid_from->name));
        else if (reg->valid_from)
                buf_puts(&b, " and valid on period end");
        buf_puts(&b, "])");
        TRY(buf_status(&b));
        *ret = arena_str(a, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* The register whose codes name the beneficiary best; its other codes narrow it down. */
static Status plan_codes(DraftPlan *p, Str text, Arena *a, bool *ret_found)
{
        const PackRegister *best = NULL;
        CodeHit hits[8], best_hits[8];
        size_t best_n = 0, best_len = 0;
        for (size_t i = 0; i < p->beneficiary->child_count; i++) {
                const PackRegister *reg = p->beneficiary->children[i];
                size_t longest, n = reg->periodic ? 0 : hits_of(reg, text, hits, ARRAY_LEN(hits), &longest);
                if (n == 0 || longest < CODE_LEAST || longest <= best_len)
                        continue;
                best = reg;
                best_n = n;
                best_len = longest;
                memcpy(best_hits, hits, n * sizeof(*hits));
        }
        *ret_found = best != NULL;
        if (!best)
                return ST_OK;
        _cleanup_buf_ Buf title = BUF_INIT(1 << 16);
        bool event = best->valid_from && is_event_word(text);
        if (event)
                buf_puts(&title, "当年");
        for (size_t pass = 0; pass < 2; pass++) /* narrowing words first: 国家级 企业技术中心 */
                for (size_t i = 0; i < best_n; i++)
                        if ((best_hits[i].word.len < best_len) == (pass == 0))
                                buf_put_str(&title, best_hits[i].code->title.zh);
        TRY(buf_status(&title));
        DraftGate *g = &p->gates[p->gate_count++];
        *g = (DraftGate){ .title = arena_str(a, buf_str(&title)), .text = text, .confidence = 950 };
        if (!g->title.ptr)
                return ST_NOMEM;
        return count_expression(best, best_hits, best_n, text, a, &g->from);
}

/* ---- thresholds ---- */

static bool is_digit(char c)
{
        return (c >= '0' && c <= '9') || c == '.';
}

typedef struct Figure {
        Str before, after; /* words around it */
        Dec value;         /* in base units */
        Str measure;       /* base: 元 % 人 … */
} Figure;

static const struct {
        const char *word, *base;
        int64_t factor;
} measures[] = { { "万亿元", "元", 1000000000000 },
                 { "亿元", "元", 100000000 },
                 { "万元", "元", 10000 },
                 { "元", "元", 1 },
                 { "%", "%", 1 },
                 { "％", "%", 1 },
                 { "万人", "人", 10000 },
                 { "人", "人", 1 },
                 { "名", "人", 1 },
                 { "件", "件", 1 },
                 { "项", "项", 1 },
                 { "家", "家", 1 },
                 { "个", "个", 1 } };

/* The first figure with a measure. */
static bool find_figure(Str s, Figure *ret)
{
        for (size_t i = 0; i < s.len; i++) {
                size_t n = 0;
                if (s.ptr[i] < '0' || s.ptr[i] > '9')
                        continue;
                while (i + n < s.len && is_digit(s.ptr[i + n]))
                        n++;
                Str rest = str_n(s.ptr + i + n, s.len - i - n);
                for (size_t k = 0; k < ARRAY_LEN(measures); k++) {
                        Dec number;
                        if (!str_starts(rest, str_c(measures[k].word)) ||
                            dec_parse(str_n(s.ptr + i, n), &number) != ST_OK)
                                continue;
                        size_t word = strlen(measures[k].word);
                        *ret = (Figure){ str_n(s.ptr, i), str_n(rest.ptr + word, rest.len - word),
                                         dec_mul(number, dec_from_i64(measures[k].factor)), str_c(measures[k].base) };
                        return true;
                }
                i += n - 1;
        }
        return false;
}

/* How near the words are to a field of this measure; the best of the whole and of its titles found in the words. */
static int field_score(const PackField *f, Str words)
{
        int best = bind_similarity(words, f->title.zh);
        if (str_has(words, f->title.zh))
                best = best > 900 ? best : 900;
        for (size_t i = 0; i < f->also_count; i++) {
                int s = bind_similarity(words, f->also[i]);
                if (f->also[i].len >= 6 && str_has(words, f->also[i]) && s < 850)
                        s = 850;
                best = s > best ? s : best;
        }
        return best;
}

/* The yearly field of the beneficiary that the words mean, in this measure. */
static const PackField *find_field(const PackRegister *beneficiary, Str words, Str measure, int *ret_score)
{
        const PackField *found = NULL;
        *ret_score = FIELD_LEAST - 1;
        for (size_t r = 0; r < beneficiary->child_count; r++) {
                const PackRegister *reg = beneficiary->children[r];
                for (size_t i = 0; is_yearly(reg) && i < reg->field_count; i++) {
                        const PackField *f = &reg->fields[i];
                        if (f->role != PACK_FIELD_PLAIN || !pack_type_is_number(f->type) || f->many ||
                            !str_eq(f->type == PACK_MONEY ? STR("元") : f->unit, measure))
                                continue;
                        int score = field_score(f, words);
                        if (score > *ret_score) {
                                *ret_score = score;
                                found = f;
                        }
                }
        }
        if (!found)
                *ret_score = 0;
        return found;
}

/* "X / Y * 100" in a computed field: both fields; false: something else. */
static bool take_ratio(const PackField *f, DraftLevel *l)
{
        Str t = f->computed.text;
        size_t slash = str_find(t, STR(" / "));
        if (slash == SIZE_MAX)
                return false;
        size_t from = slash, to = slash + 3;
        while (from > 0 && t.ptr[from - 1] != ' ' && t.ptr[from - 1] != '(')
                from--;
        while (to < t.len && t.ptr[to] != ' ' && t.ptr[to] != ')')
                to++;
        l->over = pack_field(f->reg, str_n(t.ptr + from, slash - from));
        l->under = pack_field(f->reg, str_n(t.ptr + slash + 3, to - slash - 3));
        return l->over && l->under && !l->over->computed.text.len && !l->under->computed.text.len &&
               str_starts(str_n(t.ptr + to, t.len - to), STR(" * 100"));
}

const PackField *draft_field(const Pack *pack, Str name)
{
        const PackRegister *who = draft_beneficiary(pack);
        Str rest, reg_name = str_cut(name, '.', &rest);
        for (size_t r = 0; who && rest.ptr && r < who->child_count; r++) {
                const PackRegister *reg = who->children[r];
                const PackField *f = is_yearly(reg) && str_eq(reg->name, reg_name) ? pack_field(reg, rest) : NULL;
                if (f && f->role == PACK_FIELD_PLAIN && pack_type_is_number(f->type) && !f->many)
                        return f;
        }
        return NULL;
}

/* What a person has said that these words mean. */
static const PackField *persons_field(const Pack *pack, const Json *link, Str words)
{
        const Json *inputs = json_get(link, "inputs");
        for (size_t i = 0; json_at(inputs, i); i++) {
                const Json *in = json_at(inputs, i);
                if (str_eq_c(json_get_text(in, "by", STR("")), "person") &&
                    str_eq(json_get_text(in, "text", STR("")), words))
                        return draft_field(pack, json_get_text(in, "input", STR("")));
        }
        return NULL;
}

/* 年营收首次突破 -> 年营收. */
static Str field_words(Str before)
{
        static const char *const cuts[] = { "首次", "突破", "超过", "达到", "不低于", "高于", "大于",
                                            "低于", "不足", "小于", "至少", "超",     "达",   "在" };
        static const char *const marks[] = { "，", ",", "、", "；", "。", "且", "的", "对" };
        for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
                size_t at = str_find(before, str_c(cuts[i]));
                if (at != SIZE_MAX && at > 0)
                        before = str_n(before.ptr, at);
        }
        for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
                size_t at;
                while ((at = str_find(before, str_c(marks[i]))) != SIZE_MAX && at + strlen(marks[i]) < before.len)
                        before = str_n(before.ptr + at + strlen(marks[i]), before.len - at - strlen(marks[i]));
        }
        before = str_trim(before);
        if (str_starts(before, STR("年")) && before.len > 6) /* 年营收 is 营收 */
                before = str_n(before.ptr + 3, before.len - 3);
        return before;
}

static bool plan_level(DraftPlan *p, Str condition, const PackField *given)
{
        static const char *const strict[] = { "超", "突破", "大于", "高于", ">", NULL };
        static const char *const below[] = { "不足", "低于", "小于", "少于", NULL };
        static const char *const not_below[] = { "不低于", "不少于", "不小于", NULL };
        Figure f;
        DraftLevel l = { .text = condition, .first = str_has(condition, STR("首次")) };
        if (!find_figure(condition, &f))
                return false;
        l.field = given ? given : find_field(p->beneficiary, field_words(f.before), f.measure, &l.confidence);
        l.confidence = given ? 1000 : l.confidence;
        if (!l.field || (l.field->computed.text.len && !take_ratio(l.field, &l)))
                return false;
        l.line = f.value;
        l.measure = f.measure;
        l.below = has_any(f.before, below) && !has_any(f.before, not_below);
        l.strict = !l.below && has_any(f.before, strict);
        p->level = l;
        return true;
}

/* ---- what is not linked ---- */

static bool is_general(Str text)
{
        static const char *const words[] = { "企业",     "单位",     "各企业",         "单个企业", "科技企业",
                                             "市内企业", "全市企业", "符合条件的企业", "各类企业", NULL };
        for (size_t i = 0; words[i]; i++)
                if (str_eq_c(text, words[i]))
                        return true;
        return text.len == 0;
}

static void judge(DraftPlan *p, Str text)
{
        for (size_t i = 0; i < p->gate_count; i++)
                if (str_eq(p->gates[i].title, text))
                        return;
        if (p->gate_count < DRAFT_GATES_MAX)
                p->gates[p->gate_count++] = (DraftGate){
                        .title = text, .text = text, .from = STR("if true then null else 0"), .judged = true
                };
}

static void plan_base(DraftPlan *p, const DraftIncentive *in, const PackField *given)
{
        p->base_text = text_of(in->fields, "base");
        p->excess = str_has(p->base_text, STR("超"));
        Str words = p->base_text;
        if (p->excess && p->level.field) {
                p->base = p->level.over ? p->level.over : p->level.field;
                p->base_confidence = p->level.confidence;
                return;
        }
        p->excess = false;
        if (given) {
                p->base = given;
                p->base_confidence = 1000;
                return;
        }
        p->base = find_field(p->beneficiary, words, STR("元"), &p->base_confidence);
        /* 实际投入: the sentence says of what; 利息 says it itself. */
        static const char *const general[] = { "实际", "投入", "支出", "费用", "金额", NULL };
        bool open = !words.len || has_any(words, general);
        if (!p->base && open)
                p->base = find_field(p->beneficiary, in->quote, STR("元"), &p->base_confidence);
        if (!p->base && open)
                p->base = find_field(p->beneficiary, text_of(in->fields, "condition"), STR("元"), &p->base_confidence);
}

Status draft_plan(const Pack *pack, const PackRegister *beneficiary, const DraftIncentive *in, Arena *a, DraftPlan *ret)
{
        DraftPlan p = { .beneficiary = beneficiary };
        Str who = text_of(in->fields, "beneficiary"), condition = text_of(in->fields, "condition");
        bool coded;
        Str text = str_c(arena_printf(a, "%.*s %.*s", STR_FMT(condition), STR_FMT(who)));
        if (!text.ptr)
                return ST_NOMEM;
        p.has_amount = dec_of(in->fields, "amount", &p.amount);
        p.has_rate = dec_of(in->fields, "rate", &p.rate);
        p.has_cap = dec_of(in->fields, "cap", &p.cap);
        TRY(plan_codes(&p, text, a, &coded));
        if (!coded && !is_general(who))
                judge(&p, who);
        bool level = plan_level(&p, condition, persons_field(pack, in->link, condition));
        if (p.has_rate)
                plan_base(&p, in, persons_field(pack, in->link, text_of(in->fields, "base")));
        /* 有研发投入 says no more than that there is something to take a share of. */
        bool of_base = p.has_rate && p.base && str_starts(condition, STR("有")) &&
                       field_score(p.base, str_n(condition.ptr + 3, condition.len - 3)) >= FIELD_LEAST;
        bool told = coded && (is_event_word(condition) || str_has(who, condition));
        if (condition.len && !level && !told && !of_base)
                judge(&p, condition);
        if (p.gate_count == 0 && !level)
                judge(&p, who.len ? who : STR("享受对象"));
        *ret = p;
        return ST_OK;
}

static bool same_level(const DraftPlan *a, const DraftPlan *b)
{
        return a->level.field && a->level.field == b->level.field && a->level.strict == b->level.strict &&
               a->level.first == b->level.first && !a->level.below && !b->level.below &&
               dec_cmp(a->level.line, b->level.line) != 0;
}

static bool same_gates(const DraftPlan *a, const DraftPlan *b)
{
        for (size_t i = 0; i < a->gate_count; i++)
                if (a->gate_count != b->gate_count || !str_eq(a->gates[i].from, b->gates[i].from) ||
                    !str_eq(a->gates[i].title, b->gates[i].title))
                        return false;
        return a->gate_count == b->gate_count;
}

size_t draft_group(const Pack *pack, const DraftIncentive *in, size_t n)
{
        const PackRegister *who = draft_beneficiary(pack);
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        DraftPlan first, next;
        size_t count = 1;
        if (!a || !who || n == 0 || draft_plan(pack, who, &in[0], a, &first) != ST_OK || !first.has_amount)
                return n ? 1 : 0;
        for (; count < n && count < DRAFT_GRADES_MAX; count++) {
                if (draft_plan(pack, who, &in[count], a, &next) != ST_OK || !next.has_amount || next.has_rate ||
                    first.has_rate || !same_level(&first, &next) || !same_gates(&first, &next))
                        break;
        }
        return count;
}

/* ---- what the conditions are linked to ---- */

static void put_input(JsonWriter *w, Str text, Str input, int confidence)
{
        jw_object_begin(w);
        jw_put_str(w, "text", text);
        if (input.len)
                jw_put_str(w, "input", input);
        else
                jw_put_null(w, "input");
        jw_put_i64(w, "confidence", confidence);
        jw_put_cstr(w, "by", "machine");
        jw_object_end(w);
}

static Status put_field(JsonWriter *w, Str text, const PackField *f, int confidence, Arena *a)
{
        Str name = f ? str_c(arena_printf(a, "%.*s.%.*s", STR_FMT(f->reg->name), STR_FMT(f->name))) : STR("");
        if (!name.ptr)
                return ST_NOMEM;
        put_input(w, text, name, f ? confidence : 0);
        return ST_OK;
}

Status draft_put_inputs(const Pack *pack, const DraftIncentive *in, Arena *a, JsonWriter *w)
{
        const PackRegister *who = draft_beneficiary(pack);
        DraftPlan p;
        jw_put_array(w, "inputs");
        if (who) {
                TRY(draft_plan(pack, who, in, a, &p));
                for (size_t i = 0; i < p.gate_count; i++)
                        put_input(w, p.gates[i].title, p.gates[i].judged ? STR("") : p.gates[i].from,
                                  p.gates[i].confidence);
                if (p.level.field)
                        TRY(put_field(w, text_of(in->fields, "condition"), p.level.field, p.level.confidence, a));
                if (p.has_rate && !p.excess)
                        TRY(put_field(w, p.base_text, p.base, p.base_confidence, a));
        }
        jw_array_end(w);
        return ST_OK;
}
