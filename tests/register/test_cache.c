/* What a query gives does not depend on what was said before about the fields that would be asked: nothing, all it
 * reads, or too little; and rows stand in the order of their keys however they came. */
#include "register/register.h"
#include "tests/store/db.h"

static const PackFile pack_texts[] = {
        { STR("pack.yaml"), STR("pack: small\ntitle: 小城\nkinds:\n  - {kind: city, title: 市}\n") },
        { STR("units.yaml"), STR("units:\n  - {code: \"1\", name: 甲市}\n") },
        { STR("registers/firm.yaml"),
          STR("register: firm\ntitle: 企业\nkey: code\nplace: city\nlabel: name\nfields:\n"
              "  code: {type: text, title: 代码, required: true}\n"
              "  name: {type: text, title: 名称}\n"
              "  city: {type: unit, kind: city, title: 市}\n"
              "figures:\n"
              "  counted: 'count(grant[kind = \"补助\" and paid >= period start and paid <= period end])'\n"
              "  summed: 'sum(grant[kind != \"贷款\"].amount)'\n"
              "  valid: 'count(grant[valid on period end])'\n"
              "  most: 'max(grant.twice)'\n") },
        { STR("registers/grant.yaml"),
          STR("register: grant\ntitle: 资金\nparent: firm\nkey: paid\nvalid: {from: paid, to: until}\nfields:\n"
              "  kind: {type: text, title: 类别}\n"
              "  paid: {type: date, title: 日期, required: true}\n"
              "  until: {type: date, title: 截至}\n"
              "  amount: {type: money, title: 金额}\n"
              "  note: {type: text, title: 备注}\n"
              "  twice: {type: money, title: 两倍, computed: amount * 2}\n") },
};
static const char firms[] = "代码,名称,市\nC3,丙,甲市\nA1,甲,甲市\nB2,乙,甲市\nA0,零,甲市\n";
static const char grants[] = "代码,类别,日期,截至,金额,备注\n"
                             "C3,补助,2023-05-01,2023-06-01,10,x\nA1,补助,2023-01-01,,20,\nA1,奖励,2023-02-01,2024-01-01,7.5,y\n"
                             "B2,贷款,2022-01-01,,100,\nA1,补助,2022-12-31,2022-12-31,1,\nC3,奖励,2021-01-01,,,z\n";

typedef enum Said { NOTHING, ALL, TOO_LITTLE, SAID } Said;

static void import(Db *t, const Pack *pack, const char *reg, const char *text)
{
        char file[160];
        snprintf(file, sizeof(file), "%s/%s.csv", t->folder, reg);
        FILE *f = fopen(file, "wb");
        assert_non_null(f);
        fputs(text, f);
        assert_int_equal(fclose(f), 0);
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        RegisterOutcome out;
        RegisterImport in = { .file_name = file, .path = file, .valid_from = { 2024, 1, 1 }, .actor = STR("tester") };
        Status st = register_import(t->store, pack, pack_register(pack, str_c(reg)), &in, a, &t->diag, &out);
        if (st != ST_OK)
                db_show(&t->diag);
        assert_ok(st);
}

static void ask(Db *t, const Pack *pack, Said said, Buf *out)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        const PackRegister *firm = pack_register(pack, STR("firm")), *grant = pack_register(pack, STR("grant"));
        assert_ok(store_begin(t->store, STORE_READ, &t->diag, &tx));
        _cleanup_(register_cache_freep) RegisterCache *c = register_cache_new(tx, pack, NULL);
        assert_non_null(c);
        if (said == TOO_LITTLE) {
                assert_ok(register_cache_expect(c, firm, firm->label));
                assert_ok(register_cache_expect(c, grant, NULL));
        }
        for (size_t i = 0; said == ALL && i < firm->figure_count; i++)
                assert_ok(register_cache_expect_query(c, firm->figures[i].query));
        const RegisterTable *owners;
        assert_ok(said == NOTHING ? register_cache_table(c, firm, &owners) : register_cache_some(c, firm, &owners));
        if (said == TOO_LITTLE)
                assert_null(owners->columns[firm->place->index].any);
        for (size_t i = 0; i < firm->figure_count; i++) {
                FeelColumn column;
                assert_ok(register_query_by_owner(c, firm->figures[i].query, owners, (Period){ PERIOD_YEAR, 2023, 1 }, NULL,
                                                  0, STR("缺"), a, &column));
                for (size_t r = 0; r < owners->rows; r++) {
                        FeelValue v;
                        assert_ok(feel_column_get(a, &column, r, &v));
                        buf_printf(out, "%.*s ", STR_FMT(owners->key[r]));
                        feel_to_text(&v, out);
                        buf_putc(out, '\n');
                }
        }
        assert_ok(buf_status(out));
}

static void what_was_said_changes_no_answer(void **state)
{
        Db *t = *state;
        _cleanup_pack_ Pack *pack = NULL;
        if (pack_load_files(pack_texts, ARRAY_LEN(pack_texts), NULL, &t->diag, &pack) != ST_OK) {
                db_show(&t->diag);
                fail();
        }
        StoreTx *tx = NULL;
        assert_ok(store_begin(t->store, STORE_WRITE, &t->diag, &tx));
        assert_ok(register_tables(tx, pack));
        db_event(t, tx, "init");
        assert_ok(store_commit(&tx));
        import(t, pack, "firm", firms);
        import(t, pack, "grant", grants);
        static const char want[] = "A0 0\nA1 1\nB2 0\nC3 1\n"           /* counted */
                                   "A0 0\nA1 28.5\nB2 0\nC3 unknown(缺)\n" /* summed: what is missing is never zero */
                                   "A0 0\nA1 2\nB2 1\nC3 1\n";          /* valid */
        char *first = NULL;
        for (Said s = NOTHING; s < SAID; s++) {
                _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                ask(t, pack, s, &out);
                if (!first) {
                        first = strdup(buf_cstr(&out));
                        if (!str_starts(buf_str(&out), str_c(want)))
                                fail_msg("%s", first);
                }
                assert_string_equal(buf_cstr(&out), first);
        }
        free(first);
}

int main(void)
{
        const struct CMUnitTest tests[] = { DB_TEST(what_was_said_changes_no_answer) };
        return db_run("register cache", tests, ARRAY_LEN(tests));
}
