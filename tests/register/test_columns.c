/* A register that is kept and patched is the one that is read anew: its orders, its places, its columns and which rows
 * hold the words; and what cannot be patched says so. */
#include "register/columns_int.h"
#include "store/event.h"
#include "tests/store/db.h"

static const PackFile pack_texts[] = {
        { STR("pack.yaml"), STR("pack: small\ntitle: 小城\nkinds:\n  - {kind: city, title: 市}\n"
                                "  - {kind: county, title: 县}\n") },
        { STR("units.yaml"), STR("units:\n  - {code: \"1\", name: 甲市, kind: city, units: [{code: \"11\", name: 东县, "
                                 "kind: county}, {code: \"12\", name: 西县, kind: county}]}\n") },
        { STR("registers/firm.yaml"),
          STR("register: firm\ntitle: 企业\nkey: code\nplace: county\nlabel: name\nfields:\n"
              "  code: {type: text, title: 代码, required: true, search: true}\n"
              "  name: {type: text, title: 名称, search: true}\n"
              "  county: {type: unit, kind: county, title: 县}\n"
              "  staff: {type: integer, title: 人数}\n"
              "  founded: {type: date, title: 成立}\n"
              "  listed: {type: boolean, title: 上市}\n"
              "  contact: {type: text, title: 联系人}\n") },
        { STR("registers/grant.yaml"), STR("register: grant\ntitle: 资金\nparent: firm\nkey: no\nfields:\n"
                                           "  no: {type: text, title: 编号, required: true}\n"
                                           "  amount: {type: money, title: 金额}\n") },
};

static void import(Db *t, const Pack *pack, const char *reg, const char *text)
{
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        RegisterOutcome out;
        RegisterImport in = { .file_name = cstr_eq(reg, "grant") ? "grants.csv" : "firms.csv", .bytes = str_c(text),
                              .valid_from = clock_today(), .actor = STR("tester") };
        Status st = register_import(t->store, pack, pack_register(pack, str_c(reg)), &in, a, &t->diag, &out);
        if (st != ST_OK)
                db_show(&t->diag);
        assert_ok(st);
}

static const char *const words[] = { "厂", "长安", "F00", "乙厂" };

/* All that can be kept of the register, as text. */
static void show(Kept *k, StoreTx *tx, const Pack *pack, Buf *out)
{
        static const char *const sorts[] = { NULL, "staff", "name", "contact" };
        _cleanup_feel_program_ FeelProgram *where = NULL;
        const char *uses = "staff > 0 and founded != null and listed and contact != \"\" and name != \"\" and code != \"\"";
        assert_ok(feel_compile(k->reg->scope, FEEL_SOURCE(str_c(uses)), NULL, NULL, &where));
        assert_ok(kept_columns(k, tx, where));
        for (size_t i = 0; i < ARRAY_LEN(sorts) * 2; i++) {
                const uint32_t *rows;
                const char *by = sorts[i / 2];
                RegisterQuery q = { .sort = by ? pack_field(k->reg, str_c(by)) : NULL, .descending = i % 2 };
                assert_true(!by || q.sort);
                assert_ok(kept_order(k, tx, &q, NULL, &rows));
                buf_printf(out, "%s %zu:", by ? by : "key", i % 2);
                for (size_t r = 0; r < k->live; r++)
                        buf_printf(out, " %lld", (long long)k->id[rows[r]]);
                buf_putc(out, '\n');
        }
        const uint32_t *rows;
        assert_ok(kept_order(k, tx, &(RegisterQuery){ 0 }, NULL, &rows));
        for (size_t r = 0; r < k->live; r++) {
                buf_printf(out, "%lld %s", (long long)k->id[rows[r]],
                           k->unit[rows[r]] ? pack->units[k->unit[rows[r]] - 1].code.ptr : "-");
                for (size_t f = 0; f < k->reg->field_count; f++)
                        if (k->columns[f].any && !k->columns[f].null[rows[r]]) {
                                FeelValue v;
                                _cleanup_arena_ Arena *a = arena_new(1 << 20);
                                assert_ok(feel_column_get(a, &k->columns[f], rows[r], &v));
                                buf_puts(out, " ");
                                feel_to_text(&v, out);
                        } else {
                                buf_puts(out, " ~");
                        }
                buf_putc(out, '\n');
        }
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
                uint64_t *found;
                assert_ok(kept_found(k, tx, str_c(words[i]), &found));
                for (size_t r = 0; r < k->live; r++)
                        buf_putc(out, found[rows[r] / 64] >> rows[r] % 64 & 1 ? '1' : '0');
                buf_putc(out, '\n');
                mem_free(found);
        }
        assert_ok(buf_status(out));
}

/* Patches k (or not, as expected) and compares it with a fresh one; not patched, the fresh one stands in its place. */
static void follow(Db *t, const Pack *pack, Kept **k, bool patched)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        _cleanup_kept_ Kept *fresh = NULL;
        _cleanup_buf_ Buf was = BUF_INIT(1 << 20), is = BUF_INIT(1 << 20);
        int64_t head;
        bool done;
        assert_ok(store_begin(t->store, STORE_READ, &t->diag, &tx));
        assert_ok(store_event_head(tx, &head));
        assert_ok(kept_new(tx, pack, (*k)->reg, head, &fresh));
        show(fresh, tx, pack, &is);
        assert_ok(kept_patch(*k, tx, pack, NULL, &done));
        assert_int_equal(done, patched);
        if (!done) {
                kept_free(*k);
                *k = TAKE(fresh);
                return;
        }
        (*k)->event = head;
        assert_int_equal((*k)->live, fresh->live);
        show(*k, tx, pack, &was);
        assert_string_equal(buf_cstr(&was), buf_cstr(&is));
}

static const RegisterChange because = { .actor = STR("tester"), .reason = STR("试验") };

static void changes_are_put_in_place(void **state)
{
        Db *t = *state;
        _cleanup_pack_ Pack *pack = NULL;
        _cleanup_kept_ Kept *k = NULL;
        _cleanup_buf_ Buf many = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
        RegisterChanged done;
        StoreTx *tx = NULL;
        if (pack_load_files(pack_texts, ARRAY_LEN(pack_texts), NULL, &t->diag, &pack) != ST_OK) {
                db_show(&t->diag);
                fail();
        }
        const PackRegister *firm = pack_register(pack, STR("firm"));
        assert_ok(store_begin(t->store, STORE_WRITE, &t->diag, &tx));
        assert_ok(register_tables(tx, pack));
        db_event(t, tx, "init");
        assert_ok(store_commit(&tx));
        import(t, pack, "firm", "代码,名称,县,人数,成立,上市,联系人\n"
                                "F001,长安厂,东县,30,2001-01-01,是,王五\nF002,重庆厂,西县,10,,否,\n"
                                "F003,,东县,,2003-05-06,,张三\nF004,东方,,20,2010-01-01,是,李四\n");
        assert_ok(store_begin(t->store, STORE_READ, &t->diag, &tx));
        int64_t head;
        assert_ok(store_event_head(tx, &head));
        assert_ok(kept_new(tx, pack, firm, head, &k));
        show(k, tx, pack, &out); /* now everything is kept */
        store_rollback(tx);

        follow(t, pack, &k, true); /* nothing happened */
        import(t, pack, "firm", "代码,名称,人数\nF002,长安乙厂,99\n");
        follow(t, pack, &k, true);
        import(t, pack, "firm", "代码,名称,县,人数,联系人\nF000,阿城厂,西县,5,赵六\nF005,众厂,西县,,\nF003,,东县,31,长孙\n");
        follow(t, pack, &k, true);
        assert_ok(register_delete(t->store, pack, firm, STR("F000"), &because, &t->diag, &done));
        follow(t, pack, &k, true);
        assert_ok(register_delete(t->store, pack, firm, STR("F001"), &because, &t->diag, &done));
        assert_ok(register_restore(t->store, pack, firm, STR("F000"), &because, &t->diag, &done));
        follow(t, pack, &k, true);
        import(t, pack, "firm", "代码,名称\nF006,来去厂\n"); /* comes and goes between two pages */
        assert_ok(register_delete(t->store, pack, firm, STR("F006"), &because, &t->diag, &done));
        follow(t, pack, &k, true);
        assert_ok(register_merge(t->store, pack, firm, STR("F004"), STR("F005"), &because, &t->diag, &done));
        follow(t, pack, &k, true);
        RegisterChange may = because;
        may.unmerge = true;
        assert_int_equal(register_restore(t->store, pack, firm, STR("F004"), &because, &t->diag, &done), ST_FORBIDDEN);
        diag_clear(&t->diag);
        assert_ok(register_restore(t->store, pack, firm, STR("F004"), &may, &t->diag, &done));
        follow(t, pack, &k, true);
        import(t, pack, "grant", "代码,编号,金额\nF002,G1,10\n"); /* another register */
        follow(t, pack, &k, true);

        buf_puts(&many, "代码,名称,人数\n");
        for (int i = 0; i < 256; i++)
                buf_printf(&many, "M%03d,新%d厂,%d\n", i, i % 7, i % 11);
        import(t, pack, "firm", buf_cstr(&many));
        follow(t, pack, &k, true);
        buf_puts(&many, "M256,新厂,1\n");
        import(t, pack, "firm", buf_cstr(&many)); /* one row more, the others as they were */
        follow(t, pack, &k, true);
        buf_clear(&many);
        buf_puts(&many, "代码,人数\n");
        for (int i = 0; i < 257; i++)
                buf_printf(&many, "M%03d,%d\n", i, 500 - i);
        import(t, pack, "firm", buf_cstr(&many)); /* more than are put in place at once */
        follow(t, pack, &k, false);

        /* its number stands between others */
        assert_ok(register_restore(t->store, pack, firm, STR("F006"), &because, &t->diag, &done));
        follow(t, pack, &k, false);
}

static void children_move_with_their_parent(void **state)
{
        Db *t = *state;
        _cleanup_pack_ Pack *pack = NULL;
        _cleanup_kept_ Kept *k = NULL;
        StoreTx *tx = NULL;
        int64_t head;
        bool done;
        assert_ok(pack_load_files(pack_texts, ARRAY_LEN(pack_texts), NULL, &t->diag, &pack));
        const PackRegister *grant = pack_register(pack, STR("grant"));
        assert_ok(store_begin(t->store, STORE_WRITE, &t->diag, &tx));
        assert_ok(register_tables(tx, pack));
        db_event(t, tx, "init");
        assert_ok(store_commit(&tx));
        import(t, pack, "firm", "代码,名称,县\nF001,长安厂,东县\n");
        import(t, pack, "grant", "代码,编号,金额\nF001,G1,10\n");
        assert_ok(store_begin(t->store, STORE_READ, &t->diag, &tx));
        assert_ok(store_event_head(tx, &head));
        assert_ok(kept_new(tx, pack, grant, head, &k));
        store_rollback(tx);
        import(t, pack, "firm", "代码,县\nF001,西县\n");
        assert_ok(store_begin(t->store, STORE_READ, &t->diag, &tx));
        assert_int_equal(k->unit[0], pack_unit(pack, STR("11"))->index + 1);
        assert_ok(kept_patch(k, tx, pack, NULL, &done));
        assert_true(done);
        assert_int_equal(k->unit[0], pack_unit(pack, STR("12"))->index + 1);
        RegisterRecord moved; /* it stands elsewhere, and still comes from its own sheet */
        RegisterSource source;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        assert_ok(register_get(tx, pack, grant, STR("F001|G1"), NULL, a, &moved));
        assert_ok(register_source(tx, &moved, pack_field(grant, STR("amount")), a, &source));
        assert_true(str_eq(source.file, STR("grants.csv")) && str_eq(source.cell, STR("C2")));
        store_rollback(tx);
}

int main(void)
{
        const struct CMUnitTest tests[] = { DB_TEST(changes_are_put_in_place), DB_TEST(children_move_with_their_parent) };
        return db_run("kept columns", tests, ARRAY_LEN(tests));
}
