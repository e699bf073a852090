/* What a pack becomes: the packs of the house, and a small one under limits and failing memory. */
#include "fixture.h"

#include "pack/idcheck.h"
#include "pack/amount.h"
#include "pack/scope.h"

static Pack *load_house(const char *name)
{
        const char *root = getenv("KECHUANG_ROOT");
        char dir[4096];
        snprintf(dir, sizeof(dir), "%s/packs/%s", root && *root ? root : ".", name);
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
        Pack *pack = NULL;
        Status st = pack_load(dir, &diag, &pack);
        if (st != ST_OK) {
                _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                diag_print(&diag, &out);
                fail_msg("%s", buf_cstr(&out));
        }
        return pack;
}

static void assert_str(Str s, const char *expected)
{
        if (!str_eq_c(s, expected))
                fail_msg("\"%.*s\" is not \"%s\"", STR_FMT(s), expected);
}

static void the_house_packs_pass_their_check(void **state)
{
        (void)state;
        static const char *const names[] = { "city", "listed" };
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                _cleanup_pack_ Pack *pack = load_house(names[i]);
                _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
                PackCheckReport r;
                assert_ok(pack_check(pack, &diag, &r));
                assert_int_equal(diag.count, 0);
                assert_true(r.cases >= 50);
                assert_int_equal(r.failed, 0);
                assert_int_equal(r.rules, r.hit);
        }
}

static void children_get_their_parents_key_and_their_period(void **state)
{
        (void)state;
        _cleanup_pack_ Pack *pack = load_house("city");
        const PackRegister *firm = pack_register(pack, STR("enterprise"));
        const PackRegister *year = pack_register(pack, STR("enterprise_year"));
        const PackRegister *q = pack_register(pack, STR("qualification"));
        assert_non_null(firm);
        assert_true(firm->index < year->index);
        assert_ptr_equal(year->parent, firm);
        size_t known = 0; /* a later register of the pack may be one more child */
        for (size_t i = 0; i < firm->child_count; i++)
                known += firm->children[i] == year || firm->children[i] == q;
        assert_int_equal(known, 2);
        assert_int_equal(firm->key_count, 1);
        assert_str(firm->key[0]->name, "uscc");
        assert_true(firm->key[0]->required);
        assert_str(firm->place->name, "county");
        assert_ptr_equal(firm->place->from_address, pack_field(firm, STR("address")));
        assert_str(firm->label->name, "name");

        assert_int_equal(year->fields[0].role, PACK_FIELD_PARENT);
        assert_str(year->fields[0].name, "uscc");
        assert_ptr_equal(year->fields[0].reg, year);
        assert_int_equal(year->fields[0].scheme_count, 2);
        assert_int_equal(year->fields[1].role, PACK_FIELD_PERIOD);
        assert_str(year->fields[1].name, "year");
        assert_int_equal(year->key_count, 2);
        assert_null(year->place);
        assert_str(year->list_name, "enterprise_years");
        assert_int_equal(q->key_count, 3);
        assert_str(q->valid_from->name, "valid_from");
        assert_str(q->valid_to->name, "valid_to");

        /* Slots: the fields, then what else a rule sees. */
        assert_int_equal(pack_register_slot(year, PACK_SLOT_PREVIOUS), year->field_count);
        assert_int_equal(pack_register_slot(year, PACK_SLOT_OTHERS), year->field_count + 1);
        assert_int_equal(pack_register_slot(year, PACK_SLOT_PARENT), year->field_count + 2);
        assert_int_equal(pack_register_slot(firm, PACK_SLOT_PARENT), SIZE_MAX);
        for (size_t i = 0; i < year->field_count; i++)
                assert_true(str_eq(feel_scope_name(year->scope, i), year->fields[i].name));

        /* Fields at rest. */
        const PackField *revenue = pack_field(year, STR("revenue"));
        assert_int_equal(revenue->type, PACK_MONEY);
        assert_int_equal(revenue->scale, 2);
        assert_str(revenue->unit, "元");
        assert_true(revenue->has_min && dec_is_zero(revenue->min));
        const PackField *intensity = pack_field(year, STR("rd_intensity"));
        assert_non_null(intensity->computed.program);
        assert_int_equal(year->computed_count, 1);
        assert_ptr_equal(year->computed[0], intensity);
        assert_str(pack_title(revenue->title, LANG_EN), "Revenue");
        assert_str(pack_title(revenue->title, LANG_ZH), "营业收入");
        const PackField *classes = pack_field(pack_register(pack, STR("patent")), STR("high_value"));
        assert_true(classes->many);
        assert_int_equal(classes->type, PACK_CODE);
        assert_int_equal(pack_field(pack_register(pack, STR("patent")), STR("number"))->check, PACK_CHECK_PATENT);
}

static void rules_know_their_cells(void **state)
{
        (void)state;
        _cleanup_pack_ Pack *pack = load_house("city");
        const PackRegister *year = pack_register(pack, STR("enterprise_year"));
        const PackRule *above = &year->rules[0];
        assert_int_equal(above->level, PACK_LEVEL_EXPLAIN);
        assert_int_equal(above->field_count, 2);
        assert_false(above->needs_others);
        const PackRule *unit = NULL;
        for (size_t i = 0; i < year->rule_count; i++)
                if (str_eq_c(year->rules[i].name, "revenue_unit"))
                        unit = &year->rules[i];
        assert_non_null(unit);
        assert_true(unit->needs_others);
        assert_false(unit->needs_parent);
        assert_int_equal(unit->field_count, 1);

        /* The rule itself: one year of three is a thousand times smaller. */
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        Arena *a = feel_exec_arena(x);
        size_t n = feel_scope_len(year->scope);
        FeelValue *in = arena_array_of(a, FeelValue, n);
        size_t revenue = pack_field(year, STR("revenue"))->index;
        FeelValue others[2];
        static const int64_t figures[3][4] = { { 2000000, 1800000000, 2100000000, 1 },
                                               { 1800000000, 2000000, 2100000000, 0 },
                                               { 1800000000, 1700000000, 2100000000, 0 } };
        for (size_t k = 0; k < 3; k++) {
                for (size_t i = 0; i < 2; i++) {
                        FeelValue *record = arena_array_of(a, FeelValue, year->field_count);
                        record[revenue] = feel_i64(figures[k][i + 1]);
                        others[i] = feel_context(year->shape, record);
                }
                in[revenue] = feel_i64(figures[k][0]);
                in[pack_register_slot(year, PACK_SLOT_OTHERS)] = feel_list(others, 2);
                FeelValue out;
                assert_ok(feel_eval(x, unit->when.program, in, n, &out));
                assert_int_equal(out.kind, FEEL_BOOLEAN);
                assert_int_equal(out.boolean, figures[k][3]);
        }
}

static void headers_find_their_fields(void **state)
{
        (void)state;
        _cleanup_pack_ Pack *pack = load_house("city");
        const PackRegister *year = pack_register(pack, STR("enterprise_year"));
        static const struct { const char *header, *field, *unit; } pairs[] = {
                { "营业收入", "revenue", "" }, { "营业收入（万元）", "revenue", "万元" }, { " 营 业 收 入(亿元)", "revenue", "亿元" },
                { "研发费用[千元]", "rd_expense", "千元" }, { "研发投入/万元", "rd_expense", "万元" },
                { "研发费用（单位：万元）", "rd_expense", "万元" }, { "REVENUE", "revenue", "" }, { "ｒｄ", "rd_expense", "" },
                { "统一社会信用代码", "uscc", "" }, { "stock_code", "uscc", "" }, { "年份", "year", "" }, { "year", "year", "" },
                { "高新技术产品（服务）收入", "hi_tech_revenue", "" }, { "高新技术产品（服务）收入（万元）", "hi_tech_revenue", "万元" },
        };
        for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
                Str unit;
                const PackField *f = pack_field_match(year, str_c(pairs[i].header), &unit);
                if (!f || !str_eq_c(f->name, pairs[i].field) || !str_eq_c(unit, pairs[i].unit))
                        fail_msg("%s: %.*s %.*s", pairs[i].header, STR_FMT(f ? f->name : STR("none")), STR_FMT(unit));
        }
        assert_null(pack_field_match(year, STR("备注"), NULL));
        assert_null(pack_field_match(year, STR(""), NULL));
        assert_null(pack_field_match(year, STR("\xff"), NULL));
        const PackForm *form = pack_form(pack, STR("monthly"));
        Str unit;
        const PackFormItem *item = pack_form_match(form, STR("地区生产总值（亿元）"), &unit);
        assert_non_null(item);
        assert_str(item->indicator->name, "gdp");
        assert_str(unit, "亿元");
}

static void codes_are_found_by_code_title_and_synonym(void **state)
{
        (void)state;
        _cleanup_pack_ Pack *pack = load_house("city");
        const PackCodeList *list = pack_code_list(pack, STR("gbt4754"));
        assert_int_equal(list->count, 117);
        const PackCode *c = pack_code_match(list, STR("39"));
        assert_str(c->title.zh, "计算机、通信和其他电子设备制造业");
        assert_str(c->parent->code, "C");
        assert_ptr_equal(pack_code_match(list, STR(" 计算机、通信和其他电子设备制造业 ")), c);
        assert_str(pack_code_match(list, STR("房地产业"))->code, "K");
        assert_null(pack_code_match(list, STR("99")));
        const PackCodeList *kinds = pack_code_list(pack, STR("qualification_kind"));
        assert_str(pack_code_match(kinds, STR("高企"))->code, "高新技术企业");
        assert_str(pack_code_match(kinds, STR("Little Giant"))->code, "专精特新小巨人");
}

static const char *place(const Pack *pack, const char *address)
{
        const PackUnit *u;
        Status st = pack_unit_from_address(pack, str_c(address), pack_unit_kind(pack, STR("province")), DATE_NONE, &u);
        return st == ST_OK ? u->title.en.ptr : st == ST_CONFLICT ? "(conflict)" : "(none)";
}

static void addresses_lie_in_units(void **state)
{
        (void)state;
        _cleanup_pack_ Pack *pack = load_house("listed");
        static const struct { const char *address, *unit; } pairs[] = {
                { "中华人民共和国广东省深圳市罗湖区深南东路5047 号", "Guangdong" }, { "深圳市南山区", "Guangdong" },
                { "上海市长宁区定西路1016号", "Shanghai" }, { "定西路1016号", "(none)" }, { "甘肃定西市安定区", "Gansu" },
                { "中国（上海）自由贸易试验区", "Shanghai" }, { "中国 北京 海淀区", "Beijing" }, { "北京市朝阳区朝阳路", "Beijing" },
                { "朝阳区建国路", "(none)" }, { "朝阳市双塔区", "Liaoning" }, { "吉林省吉林市", "Jilin" }, { "吉林", "Jilin" },
                { "海南省海口市", "Hainan" }, { "海南藏族自治州", "Qinghai" }, { "苏州工业园区星湖街", "Jiangsu" },
                { "公司注册地址：浙江省杭州市西湖区", "Zhejiang" }, { "nan", "(none)" }, { "", "(none)" }, { "南京西路88号", "(none)" },
                { "新疆乌鲁木齐市", "Xinjiang" }, { "广西壮族自治区南宁市", "Guangxi" }, { "注册地：江苏省，办公地：浙江省", "(conflict)" },
                { "江苏省南京西路8号", "Jiangsu" }, { "大理白族自治州大理市", "Yunnan" }, { "\xe5\xb9\xbf", "(none)" }, { "江苏镇江新区",
                                                                                                       "Jiangsu" },
                { "江苏镇大街", "(none)" },
        };
        for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
                if (strcmp(place(pack, pairs[i].address), pairs[i].unit) != 0)
                        fail_msg("%s: %s, not %s", pairs[i].address, place(pack, pairs[i].address), pairs[i].unit);
        char longest[4000];
        memset(longest, 'x', sizeof(longest));
        memcpy(longest, "广东省", 9);
        longest[sizeof(longest) - 1] = '\0';
        assert_string_equal(place(pack, longest), "Guangdong");
}

/* What cannot be placed in the real file is junk: no address, or one that names no place. */
static void real_addresses_are_placed(void **state)
{
        (void)state;
        NEED_SHARED_DATA(dir);
        _cleanup_pack_ Pack *pack = load_house("listed");
        char path[4096], line[8192];
        snprintf(path, sizeof(path), "%s/data/enterprises/listed_firm_year.csv", dir);
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        size_t rows = 0, placed = 0;
        assert_non_null(fgets(line, sizeof(line), f));
        while (fgets(line, sizeof(line), f)) {
                Str rest = str_c(line), cell = STR_NONE;
                for (int i = 0; i < 6; i++) {
                        if (rest.len && rest.ptr[0] == '"') {
                                size_t end = str_find(str_n(rest.ptr + 1, rest.len - 1), STR("\","));
                                if (end == SIZE_MAX)
                                        break;
                                cell = str_n(rest.ptr + 1, end);
                                rest = str_n(rest.ptr + end + 3, rest.len - end - 3);
                        } else {
                                cell = str_cut(rest, ',', &rest);
                        }
                }
                const PackUnit *u;
                Status st = pack_unit_from_address(pack, cell, pack_unit_kind(pack, STR("province")), DATE_NONE, &u);
                rows++;
                placed += st == ST_OK;
                if (st != ST_OK && getenv("KECHUANG_SHOW"))
                        print_message("%s %.*s\n", status_name(st), STR_FMT(cell));
        }
        fclose(f);
        print_message("placed %zu of %zu\n", placed, rows);
        assert_true(rows > 6800);
        assert_true(placed * 100 >= rows * 94);
}

static void units_form_a_tree(void **state)
{
        (void)state;
        _cleanup_pack_ Pack *pack = load_house("city");
        const PackUnit *city = pack_unit(pack, STR("980100")), *u;
        const PackUnitKind *county = pack_unit_kind(pack, STR("county"));
        assert_int_equal(city->child_count, 8);
        assert_int_equal(city->last, 8);
        const PackUnit *all[10];
        assert_int_equal(pack_units_of(pack, county, NULL, DATE_NONE, all, 10), 8);
        assert_int_equal(pack_units_of(pack, county, all[3], DATE_NONE, all, 10), 1);
        assert_int_equal(pack_units_of(pack, county, city, DATE_NONE, all, 2), 8);
        assert_ok(pack_unit_match(pack, STR(" 锦湖 "), county, DATE_NONE, &u));
        assert_str(u->code, "980102");
        assert_ok(pack_unit_match(pack, STR("980102"), county, DATE_NONE, &u));
        assert_ok(pack_unit_match(pack, STR("Jinhu district"), NULL, DATE_NONE, &u));
        assert_int_equal(pack_unit_match(pack, STR("云川市"), county, DATE_NONE, &u), ST_NOT_FOUND);
        assert_true(pack_unit_within(all[0], city));
        assert_false(pack_unit_within(city, all[0]));
        assert_ptr_equal(pack_unit_up(all[0], pack_unit_kind(pack, STR("city"))), city);
}

static const PackInput *input(const PackPolicy *p, const char *name)
{
        for (size_t i = 0; i < p->input_count; i++)
                if (str_eq_c(p->inputs[i].name, name))
                        return &p->inputs[i];
        fail_msg("no input %s", name);
        return NULL;
}

static void policy_inputs_become_queries(void **state)
{
        (void)state;
        _cleanup_pack_ Pack *pack = load_house("city");
        const PackPolicy *p = pack_policy(pack, STR("rd_post_subsidy"));
        const PackPolicy *c2 = pack_policy(pack, STR("hnte_award"));
        const PackQuery *revenue = input(p, "revenue")->query;
        assert_int_equal(revenue->op, PACK_QUERY_PATH);
        assert_true(revenue->by_period);
        assert_int_equal(revenue->year_offset, 0);
        assert_str(revenue->field->name, "revenue");
        assert_ptr_equal(revenue->owner, revenue->reg->parent_key);
        const PackQuery *small = input(p, "small_tech")->query;
        assert_int_equal(small->op, PACK_QUERY_COUNT);
        assert_str(small->reg->name, "qualification");
        assert_null(small->field);
        assert_non_null(small->filter.program);
        const PackInput *sector = input(p, "sector");
        assert_null(sector->query);
        assert_non_null(sector->expr.program);
        assert_false(sector->rowwise);
        assert_true(feel_program_uses(sector->expr.program, (uint32_t)pack_field(p->beneficiary,
                                                                                 STR("industry"))->index));
        const PackInput *peak = input(c2, "peak_before");
        assert_int_equal(peak->query->op, PACK_QUERY_MAX);
        assert_str(peak->query->reg->name, "enterprise_year");
        assert_non_null(peak->otherwise.program);

        assert_int_equal(p->caps[0].fen, 500000000);
        assert_int_equal(p->round_fen, 100);
        assert_int_equal(p->round_mode, DEC_DOWN);
        assert_int_equal(p->publish_days, 5);
        assert_int_equal(p->share_count, 2);
        assert_int_equal(p->shares[0].millionths, 500000);
        assert_str(p->parameters[1].name, "threshold");
        assert_true(dec_eq(p->parameters[1].value, dec_from_scaled(2, 2)));
        assert_int_equal(pack_policy_slot(p, PACK_SLOT_YEAR), p->beneficiary->field_count);
        assert_str(feel_scope_name(p->scope, pack_policy_parameter_slot(p)), "scale_line");
        assert_str(feel_scope_name(p->scope, pack_policy_slot(p, PACK_SLOT_PERIOD_END)), "period end");

        /* The filter over one row of qualification. */
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        size_t n = feel_scope_len(small->scope);
        assert_str(feel_scope_name(small->scope, pack_query_parameter_slot(small)), "scale_line");
        FeelValue *in = arena_array_of(feel_exec_arena(x), FeelValue, n), out;
        in[pack_field(small->reg, STR("kind"))->index] = feel_string(STR("科技型中小企业"));
        in[pack_query_slot(small, PACK_SLOT_VALID_DURING)] = feel_bool(true);
        assert_ok(feel_eval(x, small->filter.program, in, n, &out));
        assert_true(feel_is_true(&out));
        in[pack_query_slot(small, PACK_SLOT_VALID_DURING)] = feel_bool(false);
        assert_ok(feel_eval(x, small->filter.program, in, n, &out));
        assert_false(feel_is_true(&out));
        in[pack_field(p->beneficiary, STR("industry"))->index] = feel_null();
        FeelValue *own = arena_array_of(feel_exec_arena(x), FeelValue, feel_scope_len(p->scope));
        own[pack_field(p->beneficiary, STR("industry"))->index] = feel_string(STR("39"));
        assert_ok(feel_eval(x, sector->expr.program, own, feel_scope_len(p->scope), &out));
        assert_str(out.string, "C");
}

/* Expressions that are no query run through a host. */
typedef struct TestHost {
        PackHost base;
        int asked;
} TestHost;

static Status host_record(PackHost *host, FeelExec *x, const PackRegister *reg, const FeelValue *period, FeelValue *ret)
{
        ((TestHost *)host)->asked++;
        FeelValue *v = arena_array_of(feel_exec_arena(x), FeelValue, reg->field_count);
        int64_t year = 0;
        assert_true(dec_to_i64(period->number, &year));
        v[pack_field(reg, STR("revenue"))->index] = feel_i64(year * 10);
        *ret = feel_context(pack_register_shape(reg), v);
        return ST_OK;
}

static Status host_records(PackHost *host, FeelExec *x, const PackRegister *reg, const PackField *owner, FeelValue *ret)
{
        ((TestHost *)host)->asked++;
        assert_ptr_equal(owner, reg->parent_key);
        FeelValue *one = arena_array_of(feel_exec_arena(x), FeelValue, 1);
        FeelValue *v = arena_array_of(feel_exec_arena(x), FeelValue, reg->field_count);
        one[0] = feel_context(pack_register_shape(reg), v);
        *ret = feel_list(one, 1);
        return ST_OK;
}

static const char host_policy[] =
        "policy: p\nbasis: {document: 意见}\neffective: {from: 2023-01-01}\nfor: firm\n"
        "inputs: {growth: firm_year(year).revenue - firm_year(year - 1).revenue + count(title)}\ndecision: 金额\n";
static const char host_model[] =
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" id=\"p\" name=\"p\" namespace=\"urn:p\">"
        "<decision id=\"d\" name=\"金额\"><variable name=\"金额\" typeRef=\"number\"/>"
        "<informationRequirement id=\"q\"><requiredInput href=\"#growth\"/></informationRequirement>"
        "<decisionTable hitPolicy=\"UNIQUE\"><input><inputExpression typeRef=\"number\"><text>growth</text>"
        "</inputExpression></input><output name=\"o\" typeRef=\"number\"/>"
        "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>growth</text></outputEntry></rule>"
        "</decisionTable></decision>"
        "<inputData id=\"growth\" name=\"growth\"><variable name=\"growth\" typeRef=\"number\"/></inputData></definitions>";
static const char host_cases[] = "cases: p\neach: [{case: a, given: {growth: 5}, expect: 5元}]\n";

static size_t host_files(PackFile files[FIXTURE_FILES + 3])
{
        size_t n = fixture_files(NULL, files);
        files[n++] = (PackFile){ STR("policies/p.yaml"), str_c(host_policy) };
        files[n++] = (PackFile){ STR("policies/p.dmn"), str_c(host_model) };
        files[n++] = (PackFile){ STR("cases/p.yaml"), str_c(host_cases) };
        return n;
}

static void other_expressions_ask_a_host(void **state)
{
        (void)state;
        PackFile files[FIXTURE_FILES + 3];
        _cleanup_pack_ Pack *pack = NULL;
        assert_ok(pack_load_files(files, host_files(files), NULL, NULL, &pack));
        const PackPolicy *p = pack_policy(pack, STR("p"));
        assert_null(p->inputs[0].query);
        assert_true(p->inputs[0].rowwise);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        TestHost host = { { host_record, host_records }, 0 };
        size_t n = feel_scope_len(p->scope);
        FeelValue *in = arena_array_of(feel_exec_arena(x), FeelValue, n), out;
        in[pack_policy_slot(p, PACK_SLOT_YEAR)] = feel_i64(2023);
        /* Without a host it is null, with a reason; not a crash. */
        assert_ok(feel_eval(x, p->inputs[0].expr.program, in, n, &out));
        assert_int_equal(out.kind, FEEL_NULL);
        feel_exec_reset(x);
        in = arena_array_of(feel_exec_arena(x), FeelValue, n);
        in[pack_policy_slot(p, PACK_SLOT_YEAR)] = feel_i64(2023);
        feel_exec_set_host(x, &host);
        assert_ok(feel_eval(x, p->inputs[0].expr.program, in, n, &out));
        assert_true(dec_eq(out.number, dec_from_i64(11)));
        assert_int_equal(host.asked, 3);
}

static void formulas_are_in_order(void **state)
{
        (void)state;
        static const char text[] = "- {indicator: c, formula: b * 2, direction: lower, rank: county, decimals: 3}\n"
                                   "- {indicator: b, formula: a + 1}\n- {indicator: a, source: reported, unit: 元}\n";
        PackFile files[FIXTURE_FILES + 3];
        size_t n = fixture_files(NULL, files);
        files[n++] = (PackFile){ STR("indicators/a.yaml"), str_c(text) };
        _cleanup_pack_ Pack *pack = NULL;
        assert_ok(pack_load_files(files, n, NULL, NULL, &pack));
        const PackIndicator *a = pack_indicator(pack, STR("a")), *b = pack_indicator(pack, STR("b")),
                            *c = pack_indicator(pack, STR("c"));
        assert_int_equal(a->order, 0);
        assert_int_equal(b->order, 1);
        assert_int_equal(c->order, 2);
        assert_int_equal(c->use_count, 1);
        assert_ptr_equal(c->uses[0], b);
        assert_int_equal(a->scale, 2);
        assert_int_equal(a->rollup, PACK_ROLLUP_SUM);
        assert_int_equal(a->missing, PACK_MISSING_UNKNOWN);
        assert_int_equal(a->frequency, PERIOD_MONTH);
        assert_true(c->rank.is);
        assert_int_equal(c->decimals, 3);
        assert_int_equal(c->direction, PACK_LOWER);
}

static void the_citys_alert_and_form(void **state)
{
        (void)state;
        _cleanup_pack_ Pack *pack = load_house("city");
        const PackIndicator *ind = pack_indicator(pack, STR("rd_intensity"));
        assert_int_equal(ind->alert_count, 1);
        assert_int_equal(ind->alerts[0].bottom, 2);
        assert_int_equal(ind->alerts[0].periods, 3);
        assert_int_equal(ind->alerts[0].resets_outside, 2);
        assert_int_equal(ind->alerts[0].not_reported, PACK_COUNTS_AS_LAST);
        assert_str(ind->alerts[0].action.zh, "约谈");
        const PackForm *form = pack_form(pack, STR("monthly"));
        assert_int_equal(form->due_day, 10);
        assert_int_equal(form->opens_day, 1);
        assert_int_equal(form->first.year, 2021);
        assert_int_equal(form->item_count, 9);
        assert_str(form->units->name, "county");
        const PackIndicator *gdp = pack_indicator(pack, STR("gdp"));
        assert_true(gdp->cumulative);
        assert_true(dec_eq(gdp->import_factor, dec_from_i64(10000)));
        const PackIndicator *count = pack_indicator(pack, STR("hnte_count"));
        assert_int_equal(count->source, PACK_DERIVED);
        assert_null(count->query->owner);
        const PackDocument *doc = pack_document(pack, STR("rd_bulletin"));
        assert_int_equal(doc->period, PERIOD_MONTH);
        assert_true(doc->periodic && doc->body.len > 0 && doc->body_line > 4);
        assert_str(pack_text(pack, STR("家"), LANG_EN), "enterprises");
        assert_str(pack_text(pack, STR("家"), LANG_ZH), "家");
        assert_str(pack_text(pack, STR("台"), LANG_EN), "台");
        assert_true(pack_role_may(pack_role(pack, STR("admin")), STR("anything.at_all")));
        assert_true(pack_role_may(pack_role(pack, STR("city_officer")), STR("policy.run")));
        assert_false(pack_role_may(pack_role(pack, STR("leader")), STR("policy.run")));
        assert_true(pack_role_may(pack_role(pack, STR("auditor")), STR("audit.read")));
        assert_false(pack_role_may(pack_role(pack, STR("auditor")), STR("audit.write")));
}

static void files_go_out_and_come_back(void **state)
{
        (void)state;
        _cleanup_pack_ Pack *pack = load_house("city"), *again = NULL;
        size_t n, m;
        const PackFile *files = pack_files(pack, &n);
        assert_ok(pack_load_files(files, n, NULL, NULL, &again));
        const PackFile *same = pack_files(again, &m);
        assert_int_equal(n, m);
        for (size_t i = 0; i < n; i++) {
                assert_true(str_eq(files[i].path, same[i].path) && str_eq(files[i].content, same[i].content));
                assert_true(i == 0 || str_cmp(files[i - 1].path, files[i].path) < 0);
        }
        assert_true(pack_file(pack, STR("map.geojson")).len > 10000);
        assert_null(pack_file(pack, STR("nowhere")).ptr);
        assert_int_equal(pack->register_count, again->register_count);
        /* Later files may come in any order. */
        PackFile *turned = mem_calloc(n, sizeof(*turned));
        for (size_t i = 0; i < n; i++)
                turned[i] = files[n - 1 - i];
        _cleanup_pack_ Pack *third = NULL;
        assert_ok(pack_load_files(turned, n, NULL, NULL, &third));
        mem_free(turned);
        assert_int_equal(third->register_count, again->register_count);
        for (size_t i = 0; i < again->register_count; i++)
                assert_true(str_eq(third->registers[i]->name, again->registers[i]->name));
}

static void the_two_packs_share_their_models(void **state)
{
        (void)state;
        _cleanup_pack_ Pack *city = load_house("city"), *listed = load_house("listed");
        static const char *const shared[] = { "policies/rd_post_subsidy.dmn", "policies/hnte_award.dmn",
                                              "cases/rd_post_subsidy.yaml", "cases/hnte_award.yaml" };
        for (size_t i = 0; i < ARRAY_LEN(shared); i++)
                assert_true(str_eq(pack_file(city, str_c(shared[i])), pack_file(listed, str_c(shared[i]))));
}

static int64_t paid(const PackPolicy *p, const char *yuan, const FeelValue *inputs, const FeelValue *parameters)
{
        PackAmount m;
        Dec d;
        assert_ok(dec_parse(str_c(yuan), &d));
        assert_ok(pack_policy_amount(p, d, inputs, parameters, NULL, &m));
        assert_true(m.answer != PACK_ANSWER_PAID || m.fen > 0);
        return m.fen;
}

static void amounts_are_capped_rounded_and_floored(void **state)
{
        (void)state;
        PackCap caps[] = { { .per = PACK_CAP_ENTERPRISE_YEAR, .fen = 1000000 }, { .per = PACK_CAP_RECORD,
                                                                                 .parameter = STR("top") } };
        PackParameter top = { .name = STR("top") };
        PackPolicy p = { .caps = caps, .cap_count = 2, .round_fen = 100, .round_mode = DEC_DOWN, .floor_fen = 500,
                         .parameters = &top, .parameter_count = 1, .day = SIZE_MAX };
        FeelValue high = feel_i64(30000), low = feel_number(dec_from_scaled(1250, 2));
        static const struct { const char *yuan; int64_t fen; } pairs[] = {
                { "0", 0 }, { "4.99", 0 }, { "5", 500 }, { "7.99", 700 }, { "9999.99", 999900 }, { "10000", 1000000 },
                { "10000.01", 1000000 }, { "1E+30", 1000000 },
        };
        for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
                assert_int_equal(paid(&p, pairs[i].yuan, NULL, &high), pairs[i].fen);
        assert_int_equal(paid(&p, "30", NULL, &low), 1200);     /* 12.50 in whole yuan is 12 */
        PackAmount m;
        Dec d;
        assert_int_equal(pack_policy_amount(&p, dec_from_i64(-1), NULL, &high, NULL, &m), ST_INVALID);
        p.cap_count = 0;
        assert_ok(dec_parse(STR("1E+30"), &d));
        assert_int_equal(pack_policy_amount(&p, d, NULL, &high, NULL, &m), ST_INVALID);
        p.round_fen = 1;
        p.round_mode = DEC_HALF_UP;
        p.floor_fen = 0;
        assert_int_equal(paid(&p, "0.005", NULL, &high), 1);
}

static void blocks_and_adjustments(void **state)
{
        (void)state;
        enum { BLOCK, GIANT, PROVINCE, FIRST };
        PackInput inputs[] = { { .name = STR("dishonest"), .use = PACK_INPUT_BLOCK }, { .use = PACK_INPUT_ADJUST },
                               { .use = PACK_INPUT_ADJUST }, { .use = PACK_INPUT_ADJUST } };
        PackAdjust adjusts[] = {
                { .input = PROVINCE, .by = PACK_ADJUST_TIMES, .figure = dec_from_scaled(15, 1), .group = STR("rank"),
                  .has_most = true, .most_fen = 30000 },
                { .input = GIANT, .by = PACK_ADJUST_TIMES, .figure = dec_from_i64(2), .group = STR("rank"),
                  .has_most = true, .most_fen = 40000 },
                { .input = FIRST, .by = PACK_ADJUST_PLUS, .figure = dec_from_i64(10) },
        };
        PackPolicy p = { .round_fen = 1, .inputs = inputs, .input_count = 4, .adjusts = adjusts, .adjust_count = 3,
                         .day = SIZE_MAX };
        FeelValue v[4] = { feel_bool(false), feel_i64(0), feel_i64(0), feel_i64(0) };
        assert_int_equal(paid(&p, "100", v, NULL), 10000);
        v[PROVINCE] = feel_i64(1);
        assert_int_equal(paid(&p, "100", v, NULL), 15000);
        assert_int_equal(paid(&p, "250", v, NULL), 30000);      /* its own most */
        assert_int_equal(paid(&p, "350", v, NULL), 35000);      /* a bonus takes nothing away */
        v[GIANT] = feel_i64(1);                                 /* of a group the one that gives most */
        assert_int_equal(paid(&p, "100", v, NULL), 20000);
        assert_int_equal(paid(&p, "250", v, NULL), 40000);
        v[FIRST] = feel_bool(true);
        assert_int_equal(paid(&p, "100", v, NULL), 21000);
        v[BLOCK] = feel_i64(2);
        assert_int_equal(paid(&p, "100", v, NULL), 0);
        PackAmount m;
        v[BLOCK] = (FeelValue){ .kind = FEEL_UNKNOWN };
        assert_ok(pack_policy_amount(&p, dec_from_i64(100), v, NULL, NULL, &m));
        assert_int_equal(m.answer, PACK_ANSWER_UNKNOWN);
        assert_int_equal(m.unknown_count, 1);
        assert_ok(pack_policy_amount(&p, dec_zero(), v, NULL, NULL, &m));
        assert_int_equal(m.answer, PACK_ANSWER_NOTHING);        /* nothing is nothing, whatever else is missing */
}

static void parameters_have_dates(void **state)
{
        (void)state;
        PackParameterValue values[] = { { .to = { 2021, 12, 31 }, .value = dec_from_i64(1) },
                                        { .from = { 2022, 1, 1 }, .to = { 2022, 6, 30 }, .value = dec_from_i64(2) },
                                        { .from = { 2023, 1, 1 }, .value = dec_from_i64(3) } };
        PackParameter p = { .name = STR("rate"), .values = values, .value_count = 3 };
        assert_ptr_equal(pack_parameter_on(&p, (Date){ 2000, 1, 1 }), &values[0]);
        assert_ptr_equal(pack_parameter_on(&p, (Date){ 2021, 12, 31 }), &values[0]);
        assert_ptr_equal(pack_parameter_on(&p, (Date){ 2022, 1, 1 }), &values[1]);
        assert_ptr_equal(pack_parameter_on(&p, (Date){ 2022, 6, 30 }), &values[1]);
        assert_null(pack_parameter_on(&p, (Date){ 2022, 7, 1 }));
        assert_ptr_equal(pack_parameter_on(&p, (Date){ 2030, 1, 1 }), &values[2]);
}

static void limits_hold(void **state)
{
        (void)state;
        PackFile files[FIXTURE_FILES + 3];
        size_t n = host_files(files);
        PackLimits small[] = { PACK_LIMITS_DEFAULT, PACK_LIMITS_DEFAULT, PACK_LIMITS_DEFAULT, PACK_LIMITS_DEFAULT };
        small[0].file_bytes = 100;
        small[1].total_bytes = 300;
        small[2].files = 2;
        small[3].memory = 20000;
        for (size_t i = 0; i < ARRAY_LEN(small); i++) {
                _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
                Pack *pack = NULL;
                Status st = pack_load_files(files, n, &small[i], &diag, &pack);
                assert_int_equal(st, i < 3 ? ST_LIMIT : ST_NOMEM);
                assert_null(pack);
                assert_true(i == 3 || diag.errors == 1);
        }
        static const char *const dirs[] = { "/nonexistent/pack", "/dev/null", "/usr/share/zoneinfo/Asia" };
        for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
                _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
                Pack *pack = NULL;
                assert_int_equal(pack_load(dirs[i], &diag, &pack), ST_NOT_FOUND);
                assert_int_equal(diag.errors, 1);
        }
        /* Depth of YAML is bounded, so units cannot nest without end. */
        _cleanup_buf_ Buf deep = BUF_INIT(1 << 20);
        buf_puts(&deep, "units: ");
        for (int i = 0; i < 1000; i++)
                buf_puts(&deep, "[{code: a, name: b, units: ");
        files[1].content = buf_str(&deep);
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
        Pack *pack = NULL;
        assert_int_equal(pack_load_files(files, n, NULL, &diag, &pack), ST_LIMIT);
        /* Too many of a kind. */
        buf_clear(&deep);
        for (int i = 0; i < 5001; i++)
                buf_printf(&deep, "- {indicator: i%d, source: reported}\n", i);
        n = fixture_files(NULL, files);
        files[n++] = (PackFile){ STR("indicators/a.yaml"), buf_str(&deep) };
        diag_clear(&diag);
        assert_int_equal(pack_load_files(files, n, NULL, &diag, &pack), ST_INVALID);
        buf_clear(&deep);
        for (int i = 0; i < 2001; i++)
                buf_printf(&deep, "- {register: r%d, key: k, fields: {k: text}}\n", i);
        files[n - 1].content = buf_str(&deep);
        assert_int_equal(pack_load_files(files, n, NULL, &diag, &pack), ST_INVALID);
}

/* Allocation n fails, for every n: a clean refusal, nothing left behind. */
static void memory_may_fail_anywhere(void **state)
{
        (void)state;
        static const char indicators[] = "- {indicator: a, source: reported, unit: 元, rank: county, direction: lower, "
                                         "alert: {bottom: 1, periods: 2, say: 末位}}\n- {indicator: b, formula: a * 2}\n"
                                         "- {indicator: c, source: 'count(title[valid on period end])'}\n";
        static const char form[] = "form: f\nfor: county\nfrequency: month\nindicators: [a]\n"
                                   "checks: [{when: a < previous.a, say: 减少, level: explain}]\n";
        PackFile files[FIXTURE_FILES + 3];
        size_t n = host_files(files);
        files[n++] = (PackFile){ STR("indicators/a.yaml"), str_c(indicators) };
        files[n++] = (PackFile){ STR("forms/a.yaml"), str_c(form) };
        files[n++] = (PackFile){ STR("codes/a.yaml"), STR("codes: l\nitems: [A, B]\n") };
        files[n++] = (PackFile){ STR("roles.yaml"), STR("roles: [{role: r, may: ['*']}]\n") };
        files[n++] = (PackFile){ STR("documents/a.md"), STR("---\ndocument: a\nhead: {to: 各县}\n---\ntext\n") };
        {
                _cleanup_pack_ Pack *warm = NULL;
                PackCheckReport r;
                assert_ok(pack_load_files(files, n, NULL, NULL, &warm));
                assert_ok(pack_check(warm, NULL, &r));
        }
        int64_t before = mem_live_blocks();
        uint64_t at = 0;
        for (;;) {
                at++;
                mem_test_fail_at(at, 0);
                Pack *pack = NULL;
                PackCheckReport r;
                Status st = pack_load_files(files, n, NULL, NULL, &pack);
                if (st == ST_OK)
                        st = pack_check(pack, NULL, &r);
                uint64_t seen = mem_test_count();
                mem_test_fail_at(0, 0);
                pack_free(pack);
                assert_int_equal(mem_live_blocks(), before);
                if (seen < at) {
                        assert_ok(st);
                        break;
                }
                if (st != ST_NOMEM)
                        fail_msg("allocation %llu: %s", (unsigned long long)at, status_name(st));
        }
        print_message("%llu allocations\n", (unsigned long long)at);
        assert_true(at > 50);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_house_packs_pass_their_check),
                cmocka_unit_test(children_get_their_parents_key_and_their_period),
                cmocka_unit_test(rules_know_their_cells),
                cmocka_unit_test(headers_find_their_fields),
                cmocka_unit_test(codes_are_found_by_code_title_and_synonym),
                cmocka_unit_test(addresses_lie_in_units),
                cmocka_unit_test(real_addresses_are_placed),
                cmocka_unit_test(units_form_a_tree),
                cmocka_unit_test(policy_inputs_become_queries),
                cmocka_unit_test(other_expressions_ask_a_host),
                cmocka_unit_test(formulas_are_in_order),
                cmocka_unit_test(the_citys_alert_and_form),
                cmocka_unit_test(files_go_out_and_come_back),
                cmocka_unit_test(the_two_packs_share_their_models),
                cmocka_unit_test(amounts_are_capped_rounded_and_floored),
                cmocka_unit_test(blocks_and_adjustments),
                cmocka_unit_test(parameters_have_dates),
                cmocka_unit_test(limits_hold),
                cmocka_unit_test(memory_may_fail_anywhere),
        };
        return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
