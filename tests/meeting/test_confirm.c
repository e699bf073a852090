/* Items confirmed, tasks supervised, drafts made: words and days in tables; every failing allocation leaves nothing behind. */
#include "tests/store/db.h"

#include "meeting/apply.h"
#include "meeting/bind.h"
#include "meeting/facts.h"
#include "meeting/supervise.h"
#include "pack/check.h"

static Pack *pack;

static int load_pack(void **state)
{
        (void)state;
        const char *root = getenv("KECHUANG_ROOT");
        char path[512];
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        snprintf(path, sizeof(path), "%s/packs/city", root ? root : ".");
        Status st = pack_load(path, &d, &pack);
        db_show(&d);
        return st == ST_OK ? 0 : -1;
}

static int free_pack(void **state)
{
        (void)state;
        pack_free(pack);
        return 0;
}

static Json *parse(Arena *a, const char *text)
{
        Json *j;
        assert_ok(json_parse(a, str_c(text), NULL, NULL, NULL, &j));
        return j;
}

/* ---- words ---- */

static void deadlines_become_days(void **unused)
{
        (void)unused;
        static const struct {
                const char *said, *day;
        } rows[] = { { "2025", "2025-12-31" },       { "2023年底", "2023-12-31" },     { "2023年6月底前", "2023-06-30" },
                     { "6月底前", "2023-06-30" },     { "2月底", "2023-02-28" },        { "2024年2月", "2024-02-29" },
                     { "9月15日前", "2023-09-15" },   { "今年", "2023-12-31" },         { "年内", "2023-12-31" },
                     { "上半年", "2023-06-30" },      { "明年底", "2024-12-31" },       { "明年上半年", "2024-06-30" },
                     { "三季度", "2023-09-30" },      { "“十四五”末", "2025-12-31" },   { "2023-05-06", "2023-05-06" },
                     { "20xx年", NULL },              { "", NULL },                     { "尽快", NULL },
                     { "近期", NULL },                { "13月", NULL } };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                Date d = apply_deadline(str_c(rows[i].said), (Date){ 2023, 3, 10 });
                char text[24] = "";
                if (d.month)
                        date_to_text(d, text);
                assert_string_equal(text, rows[i].day ? rows[i].day : "");
        }
}

static void cadences_become_the_five_words(void **unused)
{
        (void)unused;
        static const struct {
                const char *said, *word;
        } rows[] = { { "每月", "每月" }, { "月通报", "每月" }, { "季调度", "每季度" }, { "半年督查；年终考核", "每半年;每年" },
                     { "月通报、季调度", NULL }, { "月通报;季调度;半年督查;年终考核", "每月;每季度;每半年;每年" },
                     { "", "" }, { "每周", "每周" }, { "偶尔", NULL }, { "每月;每月", "每月" } };
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                Str got = STR("");
                Status st = supervise_cadence(str_c(rows[i].said), a, &got);
                if (!rows[i].word)
                        assert_true(st == ST_INVALID || !str_eq_c(got, rows[i].said));
                else
                        assert_true(st == ST_OK && str_eq_c(got, rows[i].word));
        }
}

static void periods_of_facts(void **unused)
{
        (void)unused;
        static const struct {
                const char *said, *period;
        } rows[] = { { "2022年", "2022" },       { "2022", "2022" },          { "2022年6月", "2022-06" },
                     { "2022年1-6月", "2022-06" }, { "2022年上半年", "2022-H1" }, { "2022年一季度", "2022-Q1" },
                     { "去年", "2022" },           { "今年上半年", "2023-H1" },   { "2012-2022年", NULL },
                     { "2023-06", "2023-06" },     { "十年间", NULL },            { "", NULL } };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                Period p;
                char text[16] = "";
                if (fact_period(str_c(rows[i].said), (Date){ 2023, 3, 10 }, &p) == ST_OK)
                        period_to_text(p, text);
                assert_string_equal(text, rows[i].period ? rows[i].period : "");
        }
}

static void a_fact_agrees_with_what_rounds_to_it(void **unused)
{
        (void)unused;
        static const struct {
                const char *quote, *said, *own;
                FactVerdict verdict;
        } rows[] = { { "达到72.5亿元", "7250000000", "7245000000", FACT_SAME },
                     { "达到72.5亿元", "7250000000", "7244999999", FACT_DIFFERS },
                     { "达到72.5亿元", "7250000000", "7254999999.99", FACT_SAME },
                     { "1.03万亿元", "1030000000000", "1034999999999", FACT_SAME },
                     { "强度达到1.86%", "1.86", "1.8649", FACT_SAME },
                     { "强度达到1.86%", "1.86", "1.865", FACT_DIFFERS },
                     { "高新技术企业286家", "286", "286", FACT_SAME },
                     { "高新技术企业286家", "286", "287", FACT_DIFFERS },
                     { "共1000家", "1000", "1001", FACT_DIFFERS },
                     { "5万家", "50000", "50400", FACT_SAME } };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                Dec said, own, difference;
                assert_ok(dec_parse(str_c(rows[i].said), &said));
                assert_ok(dec_parse(str_c(rows[i].own), &own));
                int scale = fact_scale(str_c(rows[i].quote), said);
                assert_int_equal(fact_compare(said, scale, own, &difference), rows[i].verdict);
                assert_true(dec_eq(difference, dec_sub(own, said)));
        }
}

static void indicators_are_linked_when_they_are_near(void **unused)
{
        (void)unused;
        static const struct {
                const char *name, *unit, *op, *indicator, *measure;
        } rows[] = { { "研发投入强度", "%", "share>=", "rd_intensity", "share" },
                     { "高新技术企业", "家", ">=", "hnte_count", "level" },
                     { "高新技术企业数", "家", ">=", "hnte_count", "level" },
                     { "全社会研发经费", "元", ">=", "rd_expenditure", "level" },
                     { "研发经费", "元", ">=", "rd_expenditure", "level" },
                     { "技术合同成交额增长", "%", "growth>=", "tech_contract_amount", "growth" },
                     { "GDP", "元", ">=", "gdp", "level" },
                     { "新增科技型中小企业", "家", "+=", "tech_sme_count", "added" },
                     { "研发投入强度", "家", ">=", NULL, "level" },     /* no measure of an intensity */
                     { "城镇登记失业率", "%", "<=", NULL, "level" },
                     { "", "", "", NULL, "level" } };
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                BindIndicator l;
                assert_ok(bind_indicator(pack, str_c(rows[i].name), str_c(rows[i].unit), str_c(rows[i].op), a, &l));
                if (rows[i].indicator) {
                        assert_non_null(l.indicator);
                        if (!str_eq_c(l.indicator->name, rows[i].indicator))
                                fail_msg("%s: %.*s", rows[i].name, STR_FMT(l.indicator->name));
                        assert_true(l.confidence >= BIND_LEAST && l.confidence <= 1000);
                } else {
                        assert_null(l.indicator);
                        assert_int_equal(l.confidence, 0);
                }
                assert_string_equal(l.measure, rows[i].measure);
        }
}

static void owners_are_units_and_departments(void **unused)
{
        (void)unused;
        static const struct {
                const char *name, *unit, *department;
                size_t count;
        } rows[] = { { "锦湖区", "980102", "", 1 },       { "锦湖区科技局", "980102", "科技局", 1 },
                     { "望川县政府", "980121", "政府", 1 }, { "市财政局", "980100", "市财政局", 1 },
                     { "各县（区）", "980102", "", 8 },     { "各县(区)", "980102", "", 8 },
                     { "市、县区科技局", "980100", "", 9 }, { "全市", "980100", "", 1 },
                     { "张三", NULL, "", 1 } };
        BindUnit out[64];
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                size_t n = bind_units(pack, str_c(rows[i].name), out, ARRAY_LEN(out));
                if (n != rows[i].count)
                        fail_msg("%s: %zu", rows[i].name, n);
                if (!rows[i].unit) {
                        assert_null(out[0].unit);
                        continue;
                }
                assert_true(str_eq_c(out[0].unit->code, rows[i].unit));
                assert_true(str_eq_c(out[0].department, rows[i].department));
        }
        assert_int_equal(bind_units(pack, STR(""), out, ARRAY_LEN(out)), 0);
}

/* ---- drafts ---- */

static Status check_with(const Draft *d, size_t *ret_cases)
{
        size_t count;
        const PackFile *files = pack_files(pack, &count);
        PackFile *all = calloc(count + DRAFT_FILES, sizeof(*all));
        _cleanup_pack_ Pack *with = NULL;
        _cleanup_diag_ Diag said = DIAG_INIT(LANG_EN);
        PackCheckReport report = { 0 };
        memcpy(all, files, count * sizeof(*all));
        memcpy(all + count, d->files, sizeof(d->files));
        Status st = pack_load_files(all, count + DRAFT_FILES, NULL, &said, &with);
        if (st == ST_OK)
                st = pack_check(with, &said, &report);
        if (st != ST_OK)
                db_show(&said);
        free(all);
        *ret_cases = report.cases;
        return st;
}

/* Every shape an incentive may have gives a draft that the pack takes. */
static void drafts_pass_the_pack_check(void **unused)
{
        (void)unused;
        static const struct {
                const char *fields[3];
                size_t lacks;
                const char *from;       /* a piece of an input that must be there */
        } rows[] = {
                { { "{\"beneficiary\":\"高新技术企业\",\"condition\":\"新认定\",\"amount\":200000}" }, 0,
                  "kind = \\\"高新技术企业\\\" and action = \\\"新认定\\\" and valid_from >= period start" },
                { { "{\"beneficiary\":\"高新技术企业\",\"condition\":\"通过复审\",\"amount\":100000}" }, 0, "action = \\\"复审\\\"" },
                { { "{\"beneficiary\":\"国家级企业技术中心\",\"condition\":\"新认定\",\"amount\":5000000}" }, 0,
                  "level = \\\"国家级\\\"" },
                { { "{\"beneficiary\":\"高新技术企业\",\"condition\":\"年营收首次突破10亿元\",\"amount\":500000}",
                    "{\"beneficiary\":\"高新技术企业\",\"condition\":\"年营收首次突破50亿元\",\"amount\":1000000}" }, 0,
                  "max(enterprise_years[year < assessment year].revenue)" },
                { { "{\"beneficiary\":\"规上工业企业\",\"condition\":\"研发投入占比超2%\",\"amount\":null,\"rate\":0.1,"
                    "\"base\":\"超额部分\",\"cap\":5000000}" }, 1, "enterprise_year(year).rd_expense" },
                { { "{\"beneficiary\":\"科技型中小企业\",\"condition\":\"有研发投入\",\"rate\":0.15,\"base\":\"实际投入\","
                    "\"cap\":500000}" }, 0, "enterprise_year(year).rd_expense" },
                { { "{\"beneficiary\":\"企业\",\"condition\":\"出口额达到1000万元\",\"amount\":100000}" }, 0,
                  "enterprise_year(year).export" },
                { { "{\"beneficiary\":\"企业\",\"condition\":\"从业人员不足300人\",\"amount\":1000}" }, 0,
                  "enterprise_year(year).employees" },
                { { "{\"beneficiary\":\"企业\",\"condition\":\"研发费用超过500万元\",\"rate\":0.05,\"base\":\"超出部分\"}" }, 0,
                  "enterprise_year(year).rd_expense" },
                { { "{\"beneficiary\":\"单位\",\"condition\":\"引进“长江学者”<1名>\",\"amount\":300000.5}" }, 1, "null" },
                { { "{\"beneficiary\":\"\",\"condition\":\"\",\"amount\":1}" }, 1, "null" },
                { { "{\"beneficiary\":\"企业\",\"condition\":\"贷款\\n\\\"贴息\\\": # 甲\",\"rate\":0.5,\"base\":\"利息\"}" }, 2, "null" },
        };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                _cleanup_arena_ Arena *a = arena_new(64 << 20);
                _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
                DraftIncentive in[3];
                Draft d;
                size_t n = 0, cases;
                for (; n < 3 && rows[i].fields[n]; n++)
                        in[n] = (DraftIncentive){ (int64_t)n + 1, parse(a, rows[i].fields[n]), NULL, STR("对企业研发投入给予补助") };
                assert_int_equal(draft_group(pack, in, n), n);
                DraftSource source = { .meeting = 1, .document = STR("讲话：\"一\""), .day = { 2023, 3, 10 } };
                assert_ok(draft_make(pack, &source, in, n, a, &diag, &d));
                if (d.lack_count != rows[i].lacks)
                        fail_msg("%s: %zu inputs lack", rows[i].fields[0], d.lack_count);
                if (!str_has(d.files[0].content, str_c(rows[i].from)))
                        fail_msg("%s\n%.*s", rows[i].fields[0], STR_FMT(d.files[0].content));
                cases = 0;
                assert_ok(check_with(&d, &cases));
        }
}

static void a_lost_amount_makes_no_draft(void **unused)
{
        (void)unused;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        DraftIncentive in = { 1, parse(a, "{\"beneficiary\":\"企业\",\"amount\":null,\"missing\":true}"), NULL, STR("给予万元奖励") };
        Draft draft;
        assert_int_equal(draft_make(pack, &(DraftSource){ .meeting = 1, .document = STR("讲话") }, &in, 1, a, &d, &draft), ST_INVALID);
        assert_int_equal(d.errors, 1);
}

static void only_grades_of_one_field_are_one_table(void **unused)
{
        (void)unused;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        DraftIncentive in[] = { { 1, parse(a, "{\"beneficiary\":\"企业\",\"condition\":\"营业收入超过1亿元\",\"amount\":1}"), NULL, STR("") },
                                { 2, parse(a, "{\"beneficiary\":\"企业\",\"condition\":\"营业收入超过2亿元\",\"amount\":2}"), NULL, STR("") },
                                { 3, parse(a, "{\"beneficiary\":\"企业\",\"condition\":\"营业收入达到3亿元\",\"amount\":3}"), NULL, STR("") },
                                { 4, parse(a, "{\"beneficiary\":\"企业\",\"condition\":\"出口额超过3亿元\",\"amount\":3}"), NULL, STR("") } };
        assert_int_equal(draft_group(pack, in, 4), 2);
        assert_int_equal(draft_group(pack, in + 2, 2), 1);
}

/* What a person says a condition is about goes before likeness; names that are not there are refused. */
static void a_person_links_a_condition(void **unused)
{
        (void)unused;
        _cleanup_arena_ Arena *a = arena_new(8 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        Str link;
        assert_ok(bind_check(pack, parse(a, "{\"inputs\":[{\"text\":\"达到50亿元\",\"input\":\"enterprise_year.revenue\"}]}"), a, &d,
                             &link));
        DraftIncentive in = { 1, parse(a, "{\"beneficiary\":\"企业\",\"condition\":\"达到50亿元\",\"amount\":5}"), NULL, STR("") };
        Draft draft;
        DraftSource source = { .meeting = 1, .document = STR("讲话") };
        assert_ok(draft_make(pack, &source, &in, 1, a, &d, &draft));
        assert_int_equal(draft.lack_count, 1);
        assert_ok(json_parse(a, link, NULL, NULL, &d, (Json **)&in.link));
        assert_ok(draft_make(pack, &source, &in, 1, a, &d, &draft));
        assert_int_equal(draft.lack_count, 0);
        assert_true(str_has(draft.files[0].content, STR("enterprise_year(year).revenue")));
        size_t cases;
        assert_ok(check_with(&draft, &cases));
        assert_int_equal(bind_check(pack, parse(a, "{\"inputs\":[{\"text\":\"x\",\"input\":\"enterprise_year.nothing\"}]}"), a, &d, &link),
                         ST_INVALID);
        assert_int_equal(bind_check(pack, parse(a, "{\"indicator\":{\"name\":\"nothing\"}}"), a, &d, &link), ST_INVALID);
}

/* ---- a meeting ---- */

static const char TEXT[] = "锦湖区要建成中试基地，秀川区要办好对接会。全市高新技术企业达到350家。对新认定的高新技术企业，给予20万元奖励。";
static const char READING[] =
        "{\"speeches\":[{\"title\":\"推进会\",\"sections\":[],\"items\":["
        "{\"kind\":\"task\",\"action\":\"建成中试基地\",\"owners\":[\"锦湖区\"],\"deadline\":\"年底\",\"cadence\":\"每月\","
        "\"quote\":\"锦湖区要建成中试基地\",\"at\":[0,10],\"confidence\":0.9,\"unknown key\":1},"
        "{\"kind\":\"task\",\"action\":\"办好对接会\",\"owners\":[\"秀川区\"],\"quote\":\"秀川区要办好对接会\"},"
        "{\"kind\":\"target\",\"subject\":\"全市\",\"indicator\":\"高新技术企业\",\"op\":\">=\",\"value\":350,\"unit\":\"家\","
        "\"deadline\":null,\"quote\":\"全市高新技术企业达到350家\"}]}]}";

static Status add_all(Db *t, StoreTx *tx, Arena *a, int64_t *ret)
{
        (void)t;
        Json *reading;
        TRY(json_parse(a, str_c(READING), NULL, NULL, NULL, &reading));
        ConfirmNew in = { .file_name = "讲话.txt", .bytes = str_c(TEXT), .text = str_c(TEXT), .reading = reading,
                          .day = { 2023, 3, 10 }, .actor = STR("zhou") };
        return confirm_add(tx, pack, &in, a, ret);
}

static void prepare(Db *t)
{
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, confirm_tables(tx));
        db_commit(t, tx);
}

static void an_item_goes_through_its_states(void **state)
{
        DB_BEGIN(t);
        prepare(t);
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        int64_t meeting;
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, add_all(t, tx, a, &meeting));
        ConfirmItem *items, after;
        size_t n;
        DB_OK(t, confirm_items(tx, meeting, NULL, a, &items, &n));
        assert_int_equal(n, 3);
        assert_true(items[0].from == 0 && items[0].to == 10 && items[0].confidence == 900 && items[1].from == 11);
        ConfirmAct act = { .item = items[0].id, .version = 1, .act = CONFIRM_ACCEPT, .actor = STR("zhou") };
        DB_OK(t, confirm_act(tx, pack, &act, a, &after));
        assert_true(after.state == CONFIRM_ACCEPTED && after.version == 2);
        act = (ConfirmAct){ .item = items[0].id, .version = 2, .act = CONFIRM_UNDO, .actor = STR("li") };
        DB_OK(t, confirm_act(tx, pack, &act, a, &after));
        assert_true(after.state == CONFIRM_PROPOSED && after.version == 3);
        int64_t others[] = { items[1].id }, versions[] = { 1 };
        act = (ConfirmAct){ .item = items[0].id, .version = 3, .act = CONFIRM_JOIN, .actor = STR("li"), .others = others,
                            .other_versions = versions, .other_count = 1 };
        DB_OK(t, confirm_act(tx, pack, &act, a, &after));
        assert_true(str_eq_c(after.quote, "锦湖区要建成中试基地，秀川区要办好对接会") && str_has(after.fields, STR("秀川区")));
        DB_OK(t, store_commit(&tx));
        tx = db_begin(t, STORE_WRITE);
        DB_IS(t, confirm_act(tx, pack, &act, a, &after), ST_CONFLICT);
        store_rollback(tx);
        /* A target cannot be joined with a task. */
        tx = db_begin(t, STORE_WRITE);
        versions[0] = 1;
        others[0] = items[2].id;
        act = (ConfirmAct){ .item = after.id, .version = 1, .act = CONFIRM_JOIN, .actor = STR("li"), .others = others,
                            .other_versions = versions, .other_count = 1 };
        DB_IS(t, confirm_act(tx, pack, &act, a, &after), ST_INVALID);
        store_rollback(tx);
        StoreProof proof;
        DB_OK(t, store_verify(t->store, NULL, &t->diag, &proof));
}

static void limits_are_told(void **state)
{
        DB_BEGIN(t);
        prepare(t);
        _cleanup_arena_ Arena *a = arena_new(256 << 20);
        int64_t meeting;
        StoreTx *tx = db_begin(t, STORE_WRITE);
        ConfirmNew in = { .file_name = "x", .bytes = STR("x"), .text = STR("x"), .reading = parse(a, "{}"), .actor = STR("z") };
        DB_IS(t, confirm_add(tx, pack, &in, a, &meeting), ST_INVALID);
        store_rollback(tx);
        _cleanup_buf_ Buf b = BUF_INIT(64 << 20);
        buf_puts(&b, "{\"speeches\":[{\"title\":\"t\",\"items\":[");
        for (int i = 0; i <= CONFIRM_ITEMS_MAX; i++)
                buf_printf(&b, "%s{\"kind\":\"task\",\"action\":\"x\",\"quote\":\"x\"}", i ? "," : "");
        buf_puts(&b, "]}]}");
        tx = db_begin(t, STORE_WRITE);
        in.reading = parse(a, buf_cstr(&b));
        DB_IS(t, confirm_add(tx, pack, &in, a, &meeting), ST_LIMIT);
        store_rollback(tx);
        tx = db_begin(t, STORE_WRITE);
        in.reading = parse(a, READING);
        in.bytes = str_n(buf_cstr(&b), CONFIRM_FILE_MAX + 1);
        if (b.len <= CONFIRM_FILE_MAX) {
                char *big = calloc(1, CONFIRM_FILE_MAX + 1);
                in.bytes = str_n(big, CONFIRM_FILE_MAX + 1);
                DB_IS(t, confirm_add(tx, pack, &in, a, &meeting), ST_LIMIT);
                free(big);
        } else {
                DB_IS(t, confirm_add(tx, pack, &in, a, &meeting), ST_LIMIT);
        }
        store_rollback(tx);
}

/* The whole way in one transaction: kept, accepted, split, applied, reported. */
static Status whole_way(Db *t, StoreTx *tx, Arena *a)
{
        int64_t meeting;
        ConfirmItem *items, after;
        size_t n;
        ApplyResult r;
        SuperviseTask *tasks;
        TRY(add_all(t, tx, a, &meeting));
        TRY(confirm_items(tx, meeting, NULL, a, &items, &n));
        for (size_t i = 0; i < n; i++)
                TRY(confirm_act(tx, pack, &(ConfirmAct){ .item = items[i].id, .version = 1, .act = CONFIRM_ACCEPT, .actor = STR("zhou") },
                                a, &after));
        TRY(apply_meeting(tx, pack, &(ApplyAsk){ .meeting = meeting, .actor = STR("zhou") }, a, &r));
        if (r.tasks != 2 || r.lines != 1)
                return ST_INTERNAL;
        Date on = { 2023, 4, 7 };
        TRY(supervise_list(tx, pack, &(SuperviseFilter){ 0 }, on, a, &tasks, &n));
        return supervise_report(tx, pack, &(SuperviseAct){ .task = tasks[0].id, .text = STR("进展"), .day = on, .actor = STR("jin") }, a);
}

static void every_failing_allocation_leaves_nothing(void **state)
{
        DB_BEGIN(t);
        if (t->engine != STORE_SQLITE)
                skip();
        prepare(t);
        Status st = ST_NOMEM;
        uint64_t tried = 0;
        for (uint64_t n = 1; st != ST_OK; n += 1 + n / 40) {
                _cleanup_arena_ Arena *a = arena_new(64 << 20);
                StoreTx *tx = db_begin(t, STORE_WRITE);
                mem_test_fail_at(n, 0);
                st = whole_way(t, tx, a);
                mem_test_fail_at(0, 0);
                assert_true(st == ST_OK || st == ST_NOMEM);
                store_rollback(tx);
                diag_clear(&t->diag);
                tx = db_begin(t, STORE_READ);
                assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM meeting_item"), 0);
                assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM task"), 0);
                store_rollback(tx);
                tried++;
                assert_true(n < 1000000);
        }
        assert_true(tried > 50);
}

static void every_failing_allocation_of_a_draft_is_told(void **unused)
{
        (void)unused;
        int64_t before = mem_live_blocks();
        Status st = ST_NOMEM;
        for (uint64_t n = 1; st != ST_OK; n++) {
                {
                        _cleanup_arena_ Arena *a = arena_new(8 << 20);
                        DraftIncentive in = { 1, parse(a, "{\"beneficiary\":\"高新技术企业\",\"condition\":\"年营收首次突破10亿元\",\"amount\":5}"), NULL,
                                              STR("给予奖励") };
                        Draft d;
                        mem_test_fail_at(n, 0);
                        st = draft_make(pack, &(DraftSource){ .meeting = 1, .document = STR("讲话"), .day = { 2023, 3, 1 } }, &in, 1, a,
                                        NULL, &d);
                        mem_test_fail_at(0, 0);
                        assert_true(st == ST_OK || st == ST_NOMEM);
                }
                assert_int_equal(mem_live_blocks(), before);
                assert_true(n < 100000);
        }
}

/* ---- lights ---- */

static void weeks_and_years_have_their_days(void **state)
{
        DB_BEGIN(t);
        prepare(t);
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        int64_t id;
        StoreTx *tx = db_begin(t, STORE_WRITE);
        SuperviseNew in = { .action = STR("周报"), .quote = STR(""), .cadence = STR("每周"), .owner = &pack->units[1],
                            .started = { 2023, 1, 3 }, .actor = STR("zhou") };
        DB_OK(t, supervise_add(tx, pack, &in, 0, a, &id));
        SuperviseTask task;
        DB_OK(t, supervise_get(tx, pack, id, NULL, (Date){ 2023, 1, 16 }, a, &task));
        assert_int_equal(task.slot_count, 2);
        assert_true(str_eq_c(task.slots[0].name, "2023-W01") && str_eq_c(task.slots[1].name, "2023-W02"));
        assert_int_equal(task.light, SUPERVISE_RED);    /* the first week's was due on 13 January */
        assert_int_equal(task.slots[0].due.day, 13);
        /* A year the calendar does not know: weekdays, and it says so. */
        in.cadence = STR("");
        in.due = (Date){ 2040, 6, 29 };
        DB_OK(t, supervise_add(tx, pack, &in, 0, a, &id));
        DB_OK(t, supervise_get(tx, pack, id, NULL, (Date){ 2040, 6, 20 }, a, &task));
        assert_true(task.guessed && task.days_left == 7 && task.light == SUPERVISE_YELLOW);
        DB_OK(t, supervise_get(tx, pack, id, NULL, (Date){ 2023, 6, 20 }, a, &task));
        assert_true(!task.guessed && task.light == SUPERVISE_GREEN);
        DB_OK(t, store_commit(&tx));
        tx = db_begin(t, STORE_WRITE);
        in.due = (Date){ 2022, 1, 1 };
        DB_IS(t, supervise_add(tx, pack, &in, 0, a, &id), ST_INVALID);
        store_rollback(tx);
}

int main(void)
{
        const struct CMUnitTest plain[] = {
                cmocka_unit_test(deadlines_become_days),
                cmocka_unit_test(cadences_become_the_five_words),
                cmocka_unit_test(periods_of_facts),
                cmocka_unit_test(a_fact_agrees_with_what_rounds_to_it),
                cmocka_unit_test(indicators_are_linked_when_they_are_near),
                cmocka_unit_test(owners_are_units_and_departments),
                cmocka_unit_test(drafts_pass_the_pack_check),
                cmocka_unit_test(a_lost_amount_makes_no_draft),
                cmocka_unit_test(only_grades_of_one_field_are_one_table),
                cmocka_unit_test(a_person_links_a_condition),
                cmocka_unit_test(every_failing_allocation_of_a_draft_is_told),
        };
        const struct CMUnitTest stored[] = {
                DB_TEST(an_item_goes_through_its_states),
                DB_TEST(limits_are_told),
                DB_TEST(every_failing_allocation_leaves_nothing),
                DB_TEST(weeks_and_years_have_their_days),
        };
        int failed = cmocka_run_group_tests(plain, load_pack, NULL);
        failed += db_run("confirm", stored, ARRAY_LEN(stored));
        free_pack(NULL);
        return failed;
}
