#include "tests/store/db.h"

#include <pthread.h>

static const StoreColumn unit_columns[] = {
        { .name = "code", .type = STORE_TEXT }, { .name = "title", .type = STORE_TEXT, .not_null = true },
        { .name = "parent", .type = STORE_TEXT, .references = "unit(code)" }, { .name = "area", .type = STORE_I64 },
        { .name = "seal", .type = STORE_BLOB },
};
static const StoreIndex unit_indexes[] = {
        { .name = "unit_title", .columns = "title", .unique = true }, { .name = "unit_parent", .columns = "parent, area" },
};
static const StoreColumn fact_columns[] = {
        { .name = "unit", .type = STORE_TEXT, .references = "unit(code)" }, { .name = "period", .type = STORE_I64 },
        { .name = "amount", .type = STORE_I64 },
};
static const StoreTable tables[] = {
        { .name = "fact", .columns = fact_columns, .column_count = ARRAY_LEN(fact_columns), .primary_key = "unit, period" },
        { .name = "unit", .columns = unit_columns, .column_count = ARRAY_LEN(unit_columns), .primary_key = "code",
          .indexes = unit_indexes, .index_count = ARRAY_LEN(unit_indexes) },
};

static void make_tables(Db *t)
{
        StoreTx *tx = db_begin(t, STORE_WRITE);
        bool changed = false;
        DB_OK(t, store_apply_tables(tx, tables, ARRAY_LEN(tables), &changed));
        assert_true(changed);
        db_commit(t, tx);
}

static void add_unit(Db *t, StoreTx *tx, const char *code, const char *title, const char *parent, int64_t area)
{
        DB_OK(t, store_exec(tx, "INSERT INTO unit (code, title, parent, area) VALUES ($1, $2, $3, $4)",
                            STORE_ARGS(sv_cstr(code), sv_cstr(title), parent ? sv_cstr(parent) : sv_null(), sv_i64(area)), NULL));
}

static void fill(Db *t)
{
        make_tables(t);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        add_unit(t, tx, "51", "四川省", NULL, 486000);
        add_unit(t, tx, "5101", "成都市", "51", 14335);
        add_unit(t, tx, "5103", "自贡市", "51", 4381);
        add_unit(t, tx, "510304", "大安区", "5103", 401);
        for (int64_t p = 1; p <= 12; p++)
                DB_OK(t, store_exec(tx, "INSERT INTO fact (unit, period, amount) VALUES ($1, $2, $3)",
                                    STORE_ARGS(sv_cstr(p % 2 ? "5101" : "5103"), sv_i64(p), p == 7 ? sv_null() : sv_i64(p * p)), NULL));
        db_commit(t, tx);
}

/* All rows as text, columns by '|', rows by ';': the same on both engines. */
static void show(Db *t, StoreTx *tx, const char *sql, const StoreValue *args, size_t n, bool many, Buf *out)
{
        StoreStmt *q = NULL;
        DB_OK(t, many ? store_query_many(tx, sql, args, n, &q) : store_query(tx, sql, args, n, &q));
        while (store_next(q)) {
                for (int i = 0; i < store_columns(q); i++) {
                        StoreValue v = store_value(q, i);
                        if (i)
                                buf_putc(out, '|');
                        if (v.type == STORE_I64)
                                buf_printf(out, "%lld", (long long)v.i64);
                        else if (v.type == STORE_NULL)
                                buf_puts(out, "~");
                        else
                                buf_put_str(out, v.str);
                }
                buf_putc(out, ';');
        }
        DB_OK(t, store_done(q));
        store_stmt_free(q);
}

/* Every kind of statement of the common SQL, with the rows it must give. */
static const struct { const char *sql, *rows; } common[] = {
        { "SELECT code, title, parent, area FROM unit ORDER BY code", "51|四川省|~|486000;5101|成都市|51|14335;5103|自贡市|51|4381;510304|大安区|5103|401;" },
        { "SELECT DISTINCT parent FROM unit ORDER BY parent NULLS FIRST", "~;51;5103;" },
        { "SELECT u.title, f.period FROM unit u JOIN fact f ON f.unit = u.code WHERE f.amount > 100 ORDER BY f.period", "成都市|11;自贡市|12;" },
        { "SELECT u.code, f.amount FROM unit u LEFT JOIN fact f ON f.unit = u.code AND f.period = 1 ORDER BY u.code", "51|~;5101|1;5103|~;510304|~;" },
        { "SELECT unit, count(*), count(amount), sum(amount), min(amount), max(amount) FROM fact GROUP BY unit HAVING count(*) > 1 ORDER BY unit",
          "5101|6|5|237|1|121;5103|6|6|364|4|144;" },
        { "SELECT count(*) FILTER (WHERE amount > 50) FROM fact", "5;" },
        { "SELECT sum(amount) FROM fact WHERE period > 99", "~;" },
        { "SELECT string_agg(title, '、' ORDER BY code) FROM unit", "四川省、成都市、自贡市、大安区;" },
        { "WITH RECURSIVE up(code, depth) AS (SELECT code, 1 FROM unit WHERE code = '510304' UNION ALL "
          "SELECT u.parent, depth + 1 FROM up JOIN unit u ON u.code = up.code WHERE u.parent IS NOT NULL) SELECT code, depth FROM up ORDER BY depth",
          "510304|1;5103|2;51|3;" },
        { "SELECT period, rank() OVER (PARTITION BY unit ORDER BY amount DESC NULLS LAST), row_number() OVER (ORDER BY period) FROM fact WHERE period > 8 ORDER BY period",
          "9|2|1;10|2|2;11|1|3;12|1|4;" },
        { "SELECT period, lag(amount) OVER (ORDER BY period), lead(amount, 2) OVER (ORDER BY period), sum(amount) OVER (ORDER BY period ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM fact WHERE period < 5 ORDER BY period",
          "1|~|9|1;2|1|16|5;3|4|~|13;4|9|~|25;" },
        { "SELECT dense_rank() OVER (ORDER BY area / 10000), ntile(2) OVER (ORDER BY code), first_value(code) OVER (ORDER BY area) FROM unit ORDER BY code",
          "3|1|510304;2|1|510304;1|2|510304;1|2|510304;" },
        { "SELECT code FROM unit WHERE EXISTS (SELECT 1 FROM fact WHERE fact.unit = unit.code) AND code IN ('5101', '51') ORDER BY 1", "5101;" },
        { "SELECT 7 / 2, -7 / 2, 7 % 3, -7 % 3, abs(-5), 2 + 3 * 4", "3|-3|1|-1|5|14;" },
        { "SELECT CASE WHEN area > 1000 THEN 'big' ELSE 'small' END FROM unit ORDER BY code", "big;big;big;small;" },
        { "SELECT coalesce(NULL, 'x'), nullif('a', 'a'), length('研发ab'), substr('研发经费', 2, 2), lower('AbÉ'), upper('abé'), trim('  x '), replace('aXbX', 'X', '-')",
          "x|~|4|发经|abÉ|ABé|x|a-b-;" },
        { "SELECT greatest(3, 9, 4), least(3, 9, 4), greatest(NULL, 2), strpos('研发经费', '经'), strpos('研发', 'x')", "9|3|2|3|0;" },
        { "SELECT greatest('b', 'a'), least('研', '发'), 'a' || '研' || CAST(12 AS TEXT), CAST('15' AS BIGINT) + 1", "b|发|a研12|16;" },
        { "SELECT 'a' < 'B', 'B' < 'a', 1 IS DISTINCT FROM NULL, NULL IS NOT DISTINCT FROM NULL, 5 BETWEEN 1 AND 5", "0|1|1|1|1;" },
        { "SELECT code FROM unit WHERE title LIKE '%市' ORDER BY code", "5101;5103;" },
        { "SELECT count(*) FROM unit WHERE 'ABC' LIKE 'a%'", "0;" },
        { "SELECT count(*) FROM unit WHERE 'a%c' LIKE 'a!%%' ESCAPE '!'", "4;" },
        { "SELECT code FROM unit ORDER BY title LIMIT 2 OFFSET 1", "510304;5101;" },
        { "SELECT parent FROM unit UNION SELECT unit FROM fact EXCEPT SELECT '51' ORDER BY 1 NULLS LAST", "5101;5103;~;" },
        { "SELECT code FROM unit INTERSECT SELECT unit FROM fact ORDER BY 1", "5101;5103;" },
        { "SELECT code FROM unit WHERE (parent, area) = ('51', 4381)", "5103;" },
        { "SELECT period FROM fact WHERE (period, amount) > (11, 100) ORDER BY period", "11;12;" },
        { "SELECT NULLIF(0, 0) IS NULL, 10 / NULLIF(0, 0)", "1|~;" },
        { "SELECT CAST(sum(amount) AS BIGINT) / count(amount) FROM fact", "54;" },
        { "SELECT x.n FROM (VALUES (1), (2), (3)) AS v, (SELECT 5 AS n) x WHERE 1 = 1 LIMIT 1", "5;" },
};

static void test_common_sql(void **state)
{
        DB_BEGIN(t);
        fill(t);
        StoreTx *tx = db_begin(t, STORE_READ);
        for (size_t i = 0; i < ARRAY_LEN(common); i++) {
                for (int many = 0; many < 2; many++) {
                        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
                        show(t, tx, common[i].sql, STORE_NO_ARGS, many, &b);
                        if (strcmp(buf_cstr(&b), common[i].rows) != 0)
                                fail_msg("%s\n  gave   %s\n  wanted %s", common[i].sql, buf_cstr(&b), common[i].rows);
                }
        }
        store_rollback(tx);
}

static void check(Db *t, StoreTx *tx, const char *sql, const StoreValue *args, size_t n, const char *rows)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        show(t, tx, sql, args, n, false, &b);
        assert_string_equal(buf_cstr(&b), rows);
}

static void test_changes(void **state)
{
        DB_BEGIN(t);
        fill(t);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        int64_t n = -1;
        DB_OK(t, store_exec(tx, "UPDATE fact SET amount = amount + $1 WHERE unit = $2", STORE_ARGS(sv_i64(1000), sv_cstr("5101")), &n));
        assert_int_equal(n, 6);
        DB_OK(t, store_exec(tx, "DELETE FROM fact WHERE period > $1", STORE_ARGS(sv_i64(10)), &n));
        assert_int_equal(n, 2);
        DB_OK(t, store_exec(tx, "INSERT INTO fact (unit, period, amount) VALUES ($1, $2, $3) ON CONFLICT (unit, period) DO UPDATE SET amount = excluded.amount",
                            STORE_ARGS(sv_cstr("5101"), sv_i64(1), sv_i64(5)), &n));
        assert_int_equal(n, 1);
        DB_OK(t, store_exec(tx, "INSERT INTO fact (unit, period, amount) VALUES ($1, $2, $3) ON CONFLICT (unit, period) DO NOTHING",
                            STORE_ARGS(sv_cstr("5101"), sv_i64(1), sv_i64(6)), &n));
        assert_int_equal(n, 0);
        DB_OK(t, store_exec(tx, "INSERT INTO fact (unit, period, amount) SELECT unit, period + 100, amount FROM fact WHERE period <= 2 "
                            "ON CONFLICT (unit, period) DO NOTHING", STORE_NO_ARGS, &n));
        assert_int_equal(n, 2);
        DB_OK(t, store_exec(tx, "UPDATE fact SET amount = u.area FROM unit u WHERE u.code = fact.unit AND fact.period = 101", STORE_NO_ARGS, &n));
        assert_int_equal(n, 1);
        int64_t before = store_changes(tx);
        check(t, tx, "DELETE FROM fact WHERE period IN (3, 5) RETURNING period, amount", STORE_NO_ARGS, "3|1009;5|1025;");
        assert_int_equal(store_changes(tx) - before, 2);
        check(t, tx, "UPDATE unit SET area = area + 1 WHERE code = $1 RETURNING area, title", STORE_ARGS(sv_cstr("51")), "486001|四川省;");
        check(t, tx, "SELECT unit, period, amount FROM fact ORDER BY period", STORE_NO_ARGS,
              "5101|1|5;5103|2|4;5103|4|16;5103|6|36;5101|7|~;5103|8|64;5101|9|1081;5103|10|100;5101|101|14335;5103|102|4;");
        /* Parameters in any order, several times. */
        check(t, tx, "SELECT $2, CAST($1 AS BIGINT) + CAST($1 AS BIGINT), $2", STORE_ARGS(sv_i64(21), sv_cstr("x")), "x|42|x;");
        check(t, tx, "SELECT count(*) FROM unit WHERE CAST($1 AS TEXT) IS NULL OR parent = $1", STORE_ARGS(sv_cstr("51")), "2;");
        check(t, tx, "SELECT count(*) FROM unit WHERE CAST($1 AS TEXT) IS NULL OR parent = $1", STORE_ARGS(sv_null()), "4;");
        db_commit(t, tx);
}

static void test_values(void **state)
{
        DB_BEGIN(t);
        make_tables(t);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        char bytes[256];
        for (int i = 0; i < 256; i++)
                bytes[i] = (char)i;
        const struct { int64_t i; const char *title; Str blob; } cases[] = {
                { INT64_MAX, "", { bytes, 256 } }, { INT64_MIN, "𠀀 ä \n'\"\\%_", { "", 0 } }, { 0, "x", { bytes, 1 } }, { -1, "$1 ?", { NULL, 0 } },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                char code[8];
                snprintf(code, sizeof(code), "c%zu", i);
                DB_OK(t, store_exec(tx, "INSERT INTO unit (code, title, area, seal) VALUES ($1, $2, $3, $4)",
                                    STORE_ARGS(sv_cstr(code), sv_cstr(cases[i].title), sv_i64(cases[i].i),
                                               cases[i].blob.ptr ? sv_blob(cases[i].blob) : sv_null()), NULL));
        }
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        StoreStmt *q = NULL;
        DB_OK(t, store_query(tx, "SELECT title, area, seal FROM unit ORDER BY code", STORE_NO_ARGS, &q));
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                assert_true(store_next(q));
                assert_true(str_eq_c(store_text(q, 0), cases[i].title));
                assert_non_null(store_text(q, 0).ptr);
                assert_int_equal(store_i64(q, 1), cases[i].i);
                assert_int_equal(store_is_null(q, 2), cases[i].blob.ptr == NULL);
                assert_true(str_eq(store_blob(q, 2), cases[i].blob));
                assert_true(str_eq_c(store_text_dup(q, 0, a), cases[i].title));
        }
        assert_false(store_next(q));
        assert_false(store_next(q));
        DB_OK(t, store_done(q));
        store_stmt_free(q);

        /* A type that is not the column's. */
        DB_OK(t, store_query(tx, "SELECT title FROM unit", STORE_NO_ARGS, &q));
        assert_true(store_next(q));
        assert_int_equal(store_i64(q, 0), 0);
        DB_IS(t, store_done(q), ST_INTERNAL);
        store_stmt_free(q);

        int64_t v = 7;
        Str s;
        assert_int_equal(store_get_i64(tx, "SELECT area FROM unit WHERE code = 'none'", STORE_NO_ARGS, &v), ST_NOT_FOUND);
        assert_int_equal(store_get_i64(tx, "SELECT max(area) FROM unit WHERE code = 'none'", STORE_NO_ARGS, &v), ST_NOT_FOUND);
        assert_int_equal(v, 7);
        assert_int_equal(store_get_text(tx, "SELECT title FROM unit WHERE code = 'none'", STORE_NO_ARGS, a, &s), ST_NOT_FOUND);
        assert_int_equal(t->diag.errors, 0);
        DB_OK(t, store_get_text(tx, "SELECT title FROM unit WHERE area = $1", STORE_ARGS(sv_i64(0)), a, &s));
        assert_true(str_eq(s, STR("x")));
        db_commit(t, tx);
}

/* A failed statement ends its transaction; what went before is undone. */
static void failing(Db *t, const char *sql, const StoreValue *args, size_t n, Status want)
{
        StoreTx *tx = db_begin(t, STORE_WRITE);
        add_unit(t, tx, "99", "别处", NULL, 1);
        DB_IS(t, store_exec(tx, sql, args, n, NULL), want);
        DB_IS(t, store_exec(tx, "SELECT 1", STORE_NO_ARGS, NULL), ST_INTERNAL);
        DB_IS(t, store_commit(&tx), ST_INTERNAL);
        assert_null(tx);
        tx = db_begin(t, STORE_READ);
        assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM unit WHERE code = '99'"), 0);
        store_rollback(tx);
}

static void test_failures(void **state)
{
        DB_BEGIN(t);
        fill(t);
        failing(t, "INSERT INTO unit (code, title) VALUES ('51', 'x')", STORE_NO_ARGS, ST_EXISTS);
        failing(t, "INSERT INTO unit (code, title) VALUES ('52', '成都市')", STORE_NO_ARGS, ST_EXISTS);
        failing(t, "INSERT INTO unit (code, title) VALUES ('52', NULL)", STORE_NO_ARGS, ST_CONFLICT);
        failing(t, "SELEC 1", STORE_NO_ARGS, ST_INTERNAL);
        failing(t, "SELECT * FROM nowhere", STORE_NO_ARGS, ST_INTERNAL);
        failing(t, "SELECT 1; SELECT 2", STORE_NO_ARGS, ST_INTERNAL);
        failing(t, "UPDATE unit SET title = $1", STORE_NO_ARGS, ST_INTERNAL);
        failing(t, "UPDATE unit SET title = $1 WHERE code = 'x'", STORE_ARGS(sv_cstr("\xff\xfe")), ST_INVALID);
        failing(t, "UPDATE unit SET title = $1 WHERE code = 'x'", STORE_ARGS(sv_text(str_n("a\0b", 3))), ST_INVALID);
        failing(t, "UPDATE fact SET amount = amount * 9223372036854775807", STORE_NO_ARGS, ST_LIMIT);

        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_exec(tx, "UPDATE fact SET amount = 9223372036854775807", STORE_NO_ARGS, NULL));
        int64_t v;
        DB_IS(t, store_get_i64(tx, "SELECT sum(amount) FROM fact", STORE_NO_ARGS, &v), ST_LIMIT);
        store_rollback(tx);

        /* Foreign keys are looked at when all is there. */
        tx = db_begin(t, STORE_WRITE);
        add_unit(t, tx, "530102", "五华区", "5301", 1);
        add_unit(t, tx, "5301", "昆明市", NULL, 1);
        db_commit(t, tx);
        tx = db_begin(t, STORE_WRITE);
        add_unit(t, tx, "540102", "城关区", "5401", 1);
        db_event(t, tx, "test");
        DB_IS(t, store_commit(&tx), ST_CONFLICT);
        tx = db_begin(t, STORE_READ);
        assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM unit"), 6);
        store_rollback(tx);
}

static void test_events_are_asked_for(void **state)
{
        DB_BEGIN(t);
        fill(t);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_exec(tx, "DELETE FROM fact WHERE period = 1", STORE_NO_ARGS, NULL));
        DB_IS(t, store_commit(&tx), ST_INTERNAL);
        tx = db_begin(t, STORE_READ);
        assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM fact"), 12);
        store_rollback(tx);
        /* Nothing changed: nothing to record. */
        tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_exec(tx, "DELETE FROM fact WHERE period = 999", STORE_NO_ARGS, NULL));
        DB_OK(t, store_commit(&tx));
        /* Housekeeping leaves no event, and makes none. */
        tx = db_begin(t, STORE_HOUSEKEEPING);
        DB_OK(t, store_exec(tx, "UPDATE unit SET area = 5 WHERE code = '51'", STORE_NO_ARGS, NULL));
        DB_OK(t, store_commit(&tx));
        tx = db_begin(t, STORE_HOUSEKEEPING);
        DB_IS(t, store_event(tx, &(StoreEvent){ .actor = STR("x"), .op = STR("y") }, NULL), ST_INTERNAL);
        store_rollback(tx);
        tx = db_begin(t, STORE_READ);
        assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM event"), 2);
        DB_IS(t, store_exec(tx, "DELETE FROM fact", STORE_NO_ARGS, NULL), ST_INTERNAL);
        store_rollback(tx);
        /* A definition changed is a change. */
        tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_drop_index(tx, "unit_parent"));
        DB_IS(t, store_commit(&tx), ST_INTERNAL);
}

static void test_savepoints(void **state)
{
        DB_BEGIN(t);
        fill(t);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        StoreSavepoint outer, inner;
        add_unit(t, tx, "61", "陕西省", NULL, 1);
        DB_OK(t, store_savepoint(tx, &outer));
        add_unit(t, tx, "62", "甘肃省", NULL, 1);
        DB_OK(t, store_savepoint(tx, &inner));
        DB_IS(t, store_exec(tx, "INSERT INTO unit (code, title) VALUES ('61', 'x')", STORE_NO_ARGS, NULL), ST_EXISTS);
        DB_OK(t, store_undo_to(tx, &inner));
        assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM unit WHERE code IN ('61', '62')"), 2);
        db_event(t, tx, "inside");
        DB_OK(t, store_undo_to(tx, &outer));
        assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM unit WHERE code IN ('61', '62')"), 1);
        DB_OK(t, store_savepoint(tx, &outer));
        add_unit(t, tx, "63", "青海省", NULL, 1);
        DB_OK(t, store_release(tx, &outer));
        DB_IS(t, store_undo_to(tx, &inner), ST_INTERNAL);
        store_rollback(tx);

        /* The event of the savepoint was undone with it: it does not count. */
        tx = db_begin(t, STORE_WRITE);
        add_unit(t, tx, "61", "陕西省", NULL, 1);
        DB_OK(t, store_savepoint(tx, &outer));
        db_event(t, tx, "inside");
        DB_OK(t, store_undo_to(tx, &outer));
        DB_IS(t, store_commit(&tx), ST_INTERNAL);
        tx = db_begin(t, STORE_WRITE);
        add_unit(t, tx, "61", "陕西省", NULL, 1);
        db_commit(t, tx);
        StoreProof proof;
        DB_OK(t, store_verify(t->store, NULL, &t->diag, &proof));
        assert_int_equal(proof.events, 3);
}

static void test_nested_statements(void **state)
{
        DB_BEGIN(t);
        fill(t);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        StoreStmt *outer = NULL, *inner = NULL;
        int64_t seen = 0;
        DB_OK(t, store_query(tx, "SELECT code FROM unit ORDER BY code", STORE_NO_ARGS, &outer));
        while (store_next(outer)) {
                /* The same text, beside itself. */
                DB_OK(t, store_query(tx, "SELECT code FROM unit ORDER BY code", STORE_NO_ARGS, &inner));
                while (store_next(inner))
                        seen++;
                DB_OK(t, store_done(inner));
                store_stmt_free(inner);
                DB_OK(t, store_exec(tx, "UPDATE fact SET amount = 1 WHERE unit = $1", STORE_ARGS(sv_text(store_text(outer, 0))), NULL));
        }
        DB_OK(t, store_done(outer));
        assert_int_equal(seen, 16);
        db_event(t, tx, "test");
        DB_OK(t, store_commit(&tx));
        /* A handle that outlives its transaction is empty, and may be freed. */
        assert_false(store_next(outer));
        assert_int_equal(store_columns(outer), 0);
        store_stmt_free(outer);

        /* Many different texts: the cache gives up the oldest. */
        tx = db_begin(t, STORE_READ);
        for (int i = 0; i < 1000; i++) {
                char sql[64];
                snprintf(sql, sizeof(sql), "SELECT %d", i);
                assert_int_equal(db_i64(t, tx, sql), i);
        }
        store_rollback(tx);
}

static void test_bulk_and_scan(void **state)
{
        DB_BEGIN(t);
        fill(t);
        enum { N = 20000 };
        StoreTx *tx = db_begin(t, STORE_WRITE);
        static const char *const columns[] = { "code", "title", "parent", "area", "seal" };
        StoreBulk *b = NULL;
        DB_OK(t, store_bulk(tx, "unit", columns, 5, &b));
        for (int64_t i = 0; i < N; i++) {
                char code[16], title[32];
                snprintf(code, sizeof(code), "u%05lld", (long long)i);
                snprintf(title, sizeof(title), "单位%lld", (long long)i);
                const StoreValue row[] = { sv_cstr(code), sv_cstr(title), i % 3 ? sv_cstr("51") : sv_null(), i % 7 ? sv_i64(-i) : sv_null(),
                                           i % 5 ? sv_null() : sv_blob(str_n(code, 3)) };
                DB_OK(t, store_bulk_row(b, row));
                if (i == 100) {         /* other statements run between */
                        DB_OK(t, store_bulk_flush(b));
                        assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM unit"), 105);
                }
        }
        int64_t rows = 0;
        DB_OK(t, store_bulk_end(&b, &rows));
        assert_null(b);
        assert_int_equal(rows, N);
        assert_int_equal(store_changes(tx), N);
        db_commit(t, tx);

        tx = db_begin(t, STORE_READ);
        static const StoreType types[] = { STORE_TEXT, STORE_I64, STORE_BLOB, STORE_I64 };
        for (int with_args = 0; with_args < 2; with_args++) {
                StoreScan *scan = NULL;
                if (with_args)
                        DB_OK(t, store_scan(tx, "SELECT title, area, seal, 1 /* $9 '*/ FROM unit WHERE code >= $1 AND title <> $2 AND '$3' = '$3' AND length(title) >= $3 ORDER BY code -- $4",
                                            STORE_ARGS(sv_cstr("u"), sv_cstr("it's"), sv_i64(3)), types, 4, 777, &scan));
                else
                        DB_OK(t, store_scan(tx, "SELECT title, area, seal, 1 FROM unit WHERE code >= 'u' ORDER BY code", STORE_NO_ARGS, types, 4, 4096, &scan));
                const StoreVector *v;
                size_t n;
                int64_t i = 0;
                while (store_scan_next(scan, &v, &n)) {
                        size_t nulls = 0;
                        for (size_t r = 0; r < n; r++, i++) {
                                char title[32], seal[16];
                                snprintf(title, sizeof(title), "单位%lld", (long long)i);
                                snprintf(seal, sizeof(seal), "u%05lld", (long long)i);
                                assert_true(str_eq_c(v[0].str[r], title));
                                assert_int_equal(v[1].null[r], i % 7 == 0);
                                assert_int_equal(v[1].i64[r], i % 7 ? -i : 0);
                                assert_int_equal(v[2].null[r], i % 5 != 0);
                                if (i % 5 == 0)
                                        assert_true(str_eq(v[2].str[r], str_n(seal, 3)));
                                assert_int_equal(v[3].i64[r], 1);
                                nulls += i % 7 == 0;
                        }
                        assert_int_equal(v[1].nulls, nulls);
                        assert_int_equal(v[3].nulls, 0);
                }
                DB_OK(t, store_scan_done(scan));
                assert_int_equal(i, N);
                store_scan_free(scan);
                assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM unit"), N + 4);
        }
        /* Left early. */
        StoreScan *scan = NULL;
        DB_OK(t, store_scan(tx, "SELECT title FROM unit", STORE_NO_ARGS, types, 1, 10, &scan));
        const StoreVector *v;
        size_t n;
        assert_true(store_scan_next(scan, &v, &n));
        store_scan_free(scan);
        assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM unit"), N + 4);
        /* Nothing else while it runs; what outlives its transaction is empty. */
        DB_OK(t, store_scan(tx, "SELECT title FROM unit", STORE_NO_ARGS, types, 1, 10, &scan));
        DB_IS(t, store_exec(tx, "SELECT 1", STORE_NO_ARGS, NULL), ST_INTERNAL);
        store_rollback(tx);
        assert_false(store_scan_next(scan, &v, &n));
        store_scan_free(scan);
        tx = db_begin(t, STORE_READ);
        /* The wrong type, the wrong number of columns. */
        DB_OK(t, store_scan(tx, "SELECT area FROM unit WHERE area IS NOT NULL", STORE_NO_ARGS, types, 1, 10, &scan));
        assert_false(store_scan_next(scan, &v, &n));
        DB_IS(t, store_scan_done(scan), ST_INTERNAL);
        store_rollback(tx);
        store_scan_free(scan);
        tx = db_begin(t, STORE_READ);
        DB_IS(t, store_scan(tx, "SELECT title, area FROM unit", STORE_NO_ARGS, types, 1, 10, &scan), ST_INTERNAL);
        store_rollback(tx);
        /* Many rows through a query, in pieces. */
        tx = db_begin(t, STORE_READ);
        StoreStmt *q = NULL;
        int64_t count = 0;
        DB_OK(t, store_query_many(tx, "SELECT code FROM unit WHERE code >= $1 ORDER BY code", STORE_ARGS(sv_cstr("u")), &q));
        while (store_next(q))
                count++;
        DB_OK(t, store_done(q));
        store_stmt_free(q);
        assert_int_equal(count, N);
        store_rollback(tx);
}

static void test_bulk_failures(void **state)
{
        DB_BEGIN(t);
        fill(t);
        static const char *const columns[] = { "code", "title" };
        StoreTx *tx = db_begin(t, STORE_WRITE);
        StoreBulk *b = NULL;
        DB_OK(t, store_bulk(tx, "unit", columns, 2, &b));
        Status st = store_bulk_row(b, (const StoreValue[]){ sv_cstr("51"), sv_cstr("again") });
        DB_IS(t, st == ST_OK ? store_bulk_end(&b, NULL) : st, ST_EXISTS);
        store_bulk_free(b);
        DB_IS(t, store_commit(&tx), ST_INTERNAL);
        tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_bulk(tx, "unit", columns, 2, &b));
        DB_OK(t, store_bulk_row(b, (const StoreValue[]){ sv_cstr("77"), sv_cstr("open") }));
        db_event(t, tx, "test");
        DB_IS(t, store_commit(&tx), ST_INTERNAL);      /* not ended */
        store_bulk_free(b);
        tx = db_begin(t, STORE_READ);
        assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM unit"), 4);
        DB_IS(t, store_bulk(tx, "unit", columns, 2, &b), ST_INTERNAL);
        store_rollback(tx);
        tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_bulk(tx, "unit", columns, 2, &b));
        DB_IS(t, store_bulk_row(b, (const StoreValue[]){ sv_cstr("\xff"), sv_cstr("x") }), ST_INVALID);
        store_rollback(tx);
        store_bulk_free(b);
}

static void test_ids_and_meta(void **state)
{
        DB_BEGIN(t);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        int64_t id;
        DB_OK(t, store_new_ids(tx, "enterprise", 1, &id));
        assert_int_equal(id, 1);
        DB_OK(t, store_new_ids(tx, "enterprise", 100, &id));
        assert_int_equal(id, 2);
        DB_OK(t, store_new_ids(tx, "other", 5, &id));
        assert_int_equal(id, 1);
        db_commit(t, tx);
        tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_new_ids(tx, "enterprise", 7, &id));
        assert_int_equal(id, 102);
        store_rollback(tx);
        tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_new_ids(tx, "enterprise", 1, &id));
        assert_int_equal(id, 102);
        DB_IS(t, store_new_ids(tx, "enterprise", 0, &id), ST_INTERNAL);
        store_rollback(tx);

        _cleanup_arena_ Arena *a = arena_new(1 << 16);
        Str s;
        tx = db_begin(t, STORE_WRITE);
        assert_int_equal(store_meta_get(tx, "pack", a, &s), ST_NOT_FOUND);
        DB_OK(t, store_meta_set(tx, "pack", STR("city")));
        DB_OK(t, store_meta_set(tx, "pack", STR("listed")));
        db_commit(t, tx);
        tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_meta_get(tx, "pack", a, &s));
        assert_true(str_eq(s, STR("listed")));
        DB_OK(t, store_meta_set(tx, "pack", STR("listed")));
        assert_int_equal(store_changes(tx), 0);
        DB_OK(t, store_commit(&tx));
        assert_non_null(strstr(store_engine_text(t->store), t->engine == STORE_SQLITE ? "SQLite 3." : "PostgreSQL 1"));
}

/* ---- several at once --------------------------------------------------- */

static void test_readers_and_writer(void **state)
{
        DB_BEGIN(t);
        fill(t);
        StoreTx *w = db_begin(t, STORE_WRITE);
        StoreTx *r = db_begin(t, STORE_READ);
        DB_OK(t, store_exec(w, "DELETE FROM fact", STORE_NO_ARGS, NULL));
        assert_int_equal(db_i64(t, r, "SELECT count(*) FROM fact"), 12);
        StoreTx *w2 = NULL;
        StoreOptions quick = { .busy_ms = 50 };
        Store *other = NULL;
        DB_OK(t, store_open(t->where, &quick, &t->diag, &other));
        DB_IS(t, store_begin(other, STORE_WRITE, &t->diag, &w2), ST_LOCKED);
        db_commit(t, w);
        assert_int_equal(db_i64(t, r, "SELECT count(*) FROM fact"), 12);        /* its snapshot */
        assert_int_equal(db_i64(t, r, "SELECT count(*) FROM event"), 2);
        store_rollback(r);
        DB_OK(t, store_begin(other, STORE_WRITE, &t->diag, &w2));
        assert_int_equal(db_i64(t, w2, "SELECT count(*) FROM fact"), 0);
        store_rollback(w2);
        store_close(other);
        StoreOptions reading = { .mode = STORE_OPEN_READ };
        DB_OK(t, store_open(t->where, &reading, &t->diag, &other));
        DB_IS(t, store_begin(other, STORE_WRITE, &t->diag, &w2), ST_FORBIDDEN);
        DB_OK(t, store_begin(other, STORE_READ, &t->diag, &r));
        assert_int_equal(db_i64(t, r, "SELECT count(*) FROM event"), 3);
        store_rollback(r);
        store_close(other);
}

enum { THREADS = 8, ROUNDS = 12 };

static void *one_writer(void *arg)
{
        Db *t = arg;
        intptr_t failures = 0;
        for (int i = 0; i < ROUNDS; i++) {
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                StoreTx *tx = NULL;
                int64_t v = 0;
                Status st = store_begin(t->store, i % 3 == 2 ? STORE_HOUSEKEEPING : STORE_WRITE, &d, &tx);
                if (st == ST_OK && i % 3 == 2) {
                        st = store_exec(tx, "UPDATE unit SET area = area + 1 WHERE code = '51'", STORE_NO_ARGS, NULL);
                } else if (st == ST_OK) {
                        /* Read, then write what was read: nothing may be lost. */
                        st = store_get_i64(tx, "SELECT amount FROM fact WHERE unit = '5101' AND period = 1", STORE_NO_ARGS, &v);
                        if (st == ST_OK)
                                st = store_exec(tx, "UPDATE fact SET amount = $1 WHERE unit = '5101' AND period = 1", STORE_ARGS(sv_i64(v + 1)), NULL);
                        if (st == ST_OK)
                                st = store_event(tx, &(StoreEvent){ .actor = STR("t"), .op = STR("add") }, NULL);
                }
                if (st == ST_OK)
                        st = store_commit(&tx);
                else
                        store_rollback(tx);
                failures += st != ST_OK;
        }
        return (void *)failures;
}

static void test_threads(void **state)
{
        DB_BEGIN(t);
        fill(t);
        store_close(t->store);
        t->store = NULL;
        DB_OK(t, store_open(t->where, &(StoreOptions){ .busy_ms = 60000, .connections = 5 }, &t->diag, &t->store));
        pthread_t threads[THREADS];
        for (int i = 0; i < THREADS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, one_writer, t), 0);
        for (int i = 0; i < THREADS; i++) {
                void *failures = NULL;
                pthread_join(threads[i], &failures);
                assert_null(failures);
        }
        StoreTx *tx = db_begin(t, STORE_READ);
        assert_int_equal(db_i64(t, tx, "SELECT amount FROM fact WHERE unit = '5101' AND period = 1"), 1 + THREADS * (ROUNDS - ROUNDS / 3));
        assert_int_equal(db_i64(t, tx, "SELECT area FROM unit WHERE code = '51'"), 486000 + THREADS * (ROUNDS / 3));
        store_rollback(tx);
        StoreProof proof;
        DB_OK(t, store_verify(t->store, NULL, &t->diag, &proof));
        assert_int_equal(proof.events, 2 + THREADS * (ROUNDS - ROUNDS / 3));
}

static void test_time_limit(void **state)
{
        DB_BEGIN(t);
        StoreTx *tx = db_begin(t, STORE_READ);
        DB_OK(t, store_limit_ms(tx, 50));
        int64_t v;
        DB_IS(t, store_get_i64(tx, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n",
                               STORE_NO_ARGS, &v), ST_TIMEOUT);
        store_rollback(tx);
        tx = db_begin(t, STORE_READ);
        assert_int_equal(db_i64(t, tx, "SELECT 1"), 1);
        store_rollback(tx);
}

/* ---- opening ----------------------------------------------------------- */

static void write_file(const char *path, const char *data, size_t n)
{
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(fwrite(data, 1, n, f), n);
        fclose(f);
}

static Status try_open(Db *t, const char *where, StoreOpenMode mode)
{
        Store *s = NULL;
        diag_clear(&t->diag);
        Status st = store_open(where, &(StoreOptions){ .mode = mode, .busy_ms = 50 }, &t->diag, &s);
        store_close(s);
        return st;
}

static void test_opening(void **state)
{
        DB_BEGIN(t);
        char where[512];
        db_place(t, "none", where);
        DB_IS(t, try_open(t, "", STORE_OPEN), ST_USAGE);
        assert_int_equal(try_open(t, where, STORE_OPEN), ST_NOT_FOUND);
        assert_non_null(strstr(t->diag.msgs[0].text, "kechuang init"));
        if (t->engine == STORE_SQLITE)
                assert_int_equal(access(where, F_OK), -1);
        DB_OK(t, try_open(t, where, STORE_CREATE));
        DB_OK(t, try_open(t, where, STORE_CREATE));
        DB_OK(t, try_open(t, where, STORE_OPEN));
        /* Made by a newer program. */
        Store *s = NULL;
        DB_OK(t, store_open(where, NULL, &t->diag, &s));
        StoreTx *tx = NULL;
        DB_OK(t, store_begin(s, STORE_HOUSEKEEPING, &t->diag, &tx));
        DB_OK(t, store_meta_set(tx, "schema", STR("999")));
        DB_OK(t, store_commit(&tx));
        store_close(s);
        DB_IS(t, try_open(t, where, STORE_OPEN), ST_UNSUPPORTED);
}

static void test_foreign_files(void **state)
{
        DB_BEGIN(t);
        if (t->engine != STORE_SQLITE)
                return;
        char path[512];
        db_place(t, "foreign", path);
        const char text[] = "this is a text file, long enough to be taken for the header of a database, but it is none: "
                            "0123456789012345678901234567890123456789";
        write_file(path, text, sizeof(text));
        DB_IS(t, try_open(t, path, STORE_OPEN), ST_FOREIGN);
        DB_IS(t, try_open(t, path, STORE_CREATE), ST_FOREIGN);
        struct stat sb;
        assert_int_equal(stat(path, &sb), 0);
        assert_int_equal(sb.st_size, sizeof(text));
        DB_IS(t, try_open(t, t->folder, STORE_OPEN), ST_FOREIGN);
        DB_IS(t, try_open(t, t->folder, STORE_CREATE), ST_FOREIGN);
        /* An SQLite database of something else. */
        char cmd[1300];
        snprintf(cmd, sizeof(cmd), "rm -f %s; python3 -c \"import sqlite3; c = sqlite3.connect('%s'); c.execute('CREATE TABLE x (y)'); c.commit()\"", path, path);
        assert_int_equal(system(cmd), 0);
        DB_IS(t, try_open(t, path, STORE_OPEN), ST_FOREIGN);
        DB_IS(t, try_open(t, path, STORE_CREATE), ST_FOREIGN);
        /* Empty: nothing of anybody's. */
        write_file(path, "", 0);
        assert_int_equal(try_open(t, path, STORE_OPEN), ST_NOT_FOUND);
        DB_OK(t, try_open(t, path, STORE_CREATE));
        /* Cut short, overwritten. */
        assert_int_equal(truncate(path, 5000), 0);
        Status st = try_open(t, path, STORE_OPEN);
        assert_true(st == ST_CORRUPT || st == ST_FOREIGN);
        /* A folder that is not there; one that may not be written. */
        snprintf(path, sizeof(path), "%s/no/such/folder/x.db", t->folder);
        DB_IS(t, try_open(t, path, STORE_CREATE), ST_IO);
        DB_IS(t, try_open(t, "/proc/x.db", STORE_CREATE), ST_IO);
}

/* Read by someone who may not write, in a folder he may not write to; and names that are not plain. */
static void test_reading_only(void **state)
{
        DB_BEGIN(t);
        if (t->engine != STORE_SQLITE)
                return;
        fill(t);
        store_close(t->store);
        t->store = NULL;
        static const char *const names[] = { "plain.db", ":memory:", "a?b#c%41.db", "file:x", "科创 库.db" };
        char cwd[300];
        assert_non_null(getcwd(cwd, sizeof(cwd)));
        assert_int_equal(chdir(t->folder), 0);
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                DB_OK(t, try_open(t, names[i], STORE_CREATE));
                assert_int_equal(access(names[i], F_OK), 0);
                DB_OK(t, try_open(t, names[i], STORE_OPEN_READ));
        }
        assert_int_equal(chmod(t->where, 0444), 0);
        assert_int_equal(chmod(t->folder, 0555), 0);
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0) {
                if (getuid() == 0 && setuid(65534) != 0)
                        _exit(9);
                Store *s = NULL;
                StoreProof proof = { 0 };
                Diag d = DIAG_INIT(LANG_EN);
                if (store_open(t->where, &(StoreOptions){ .mode = STORE_OPEN_READ }, &d, &s) != ST_OK)
                        _exit(1);
                if (store_verify(s, NULL, &d, &proof) != ST_OK || proof.events != 2)
                        _exit(2);
                StoreTx *tx = NULL;
                if (store_begin(s, STORE_WRITE, &d, &tx) != ST_FORBIDDEN)
                        _exit(3);
                store_close(s);
                s = NULL;
                diag_clear(&d);
                Status st = store_open(t->where, NULL, &d, &s);
                _exit(st == ST_FORBIDDEN && d.errors == 1 ? 0 : 4);
        }
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(chmod(t->folder, 0755), 0);
        assert_int_equal(chdir(cwd), 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_foreign_schema(void **state)
{
        DB_BEGIN(t);
        if (t->engine != STORE_POSTGRES)
                return;
        /* `main` is ours; what is not is made with our own means in a schema that is then spoiled. */
        char where[512];
        db_place(t, "spoiled", where);
        DB_OK(t, try_open(t, where, STORE_CREATE));
        Store *s = NULL;
        DB_OK(t, store_open(where, NULL, &t->diag, &s));
        StoreTx *tx = NULL;
        DB_OK(t, store_begin(s, STORE_HOUSEKEEPING, &t->diag, &tx));
        DB_OK(t, store_exec(tx, "DROP TABLE store_meta", STORE_NO_ARGS, NULL));
        DB_OK(t, store_commit(&tx));
        store_close(s);
        DB_IS(t, try_open(t, where, STORE_OPEN), ST_FOREIGN);
        DB_IS(t, try_open(t, where, STORE_CREATE), ST_FOREIGN);
        snprintf(where, sizeof(where), "%s?schema=pg_catalog", db_pg_base());
        DB_IS(t, try_open(t, where, STORE_CREATE), ST_USAGE);
        snprintf(where, sizeof(where), "%s?schema=a\"b", db_pg_base());
        DB_IS(t, try_open(t, where, STORE_CREATE), ST_USAGE);
        snprintf(where, sizeof(where), "%.*s/nosuchdb", (int)(strrchr(db_pg_base(), '/') - db_pg_base()), db_pg_base());
        assert_int_equal(try_open(t, where, STORE_OPEN), ST_NOT_FOUND);
        DB_IS(t, try_open(t, "postgres://x@127.0.0.1:1/none", STORE_OPEN), ST_IO);
        assert_true(store_is_url("postgresql://h/d"));
        assert_false(store_is_url("/postgres://h"));
}

/* The server ends a connection: the transaction on it is lost with one message; the next one gets a new connection,
 * also when it was ended while it rested. */
static void test_lost_connection(void **state)
{
        DB_BEGIN(t);
        if (t->engine != STORE_POSTGRES)
                return;
        fill(t);
        Store *other = NULL;
        DB_OK(t, store_open(t->where, NULL, &t->diag, &other));
        for (int in_transaction = 0; in_transaction < 2; in_transaction++) {
                StoreTx *tx = db_begin(t, STORE_READ), *killer = NULL;
                int64_t pid = db_i64(t, tx, "SELECT pg_backend_pid()");
                if (!in_transaction)
                        store_rollback(tx);
                DB_OK(t, store_begin(other, STORE_HOUSEKEEPING, &t->diag, &killer));
                int64_t done = 0;
                DB_OK(t, store_get_i64(killer, "SELECT pg_terminate_backend($1)", STORE_ARGS(sv_i64(pid)), &done));
                assert_int_equal(done, 1);
                for (int i = 0; i < 200 && done; i++) {
                        DB_OK(t, store_get_i64(killer, "SELECT count(*) FROM pg_stat_activity WHERE pid = $1", STORE_ARGS(sv_i64(pid)), &done));
                        DB_OK(t, store_exec(killer, "SELECT pg_stat_clear_snapshot(), pg_sleep(0.01)", STORE_NO_ARGS, NULL));
                }
                store_rollback(killer);
                if (in_transaction) {
                        int64_t v;
                        DB_IS(t, store_get_i64(tx, "SELECT count(*) FROM fact", STORE_NO_ARGS, &v), ST_IO);
                        store_rollback(tx);
                }
                tx = db_begin(t, STORE_WRITE);
                assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM fact"), 12);
                DB_OK(t, store_exec(tx, "UPDATE fact SET amount = 1", STORE_NO_ARGS, NULL));
                db_commit(t, tx);
        }
        store_close(other);
}

static void test_names_of_urls(void **state)
{
        (void)state;
        Store *s = NULL;
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        assert_int_equal(store_open("postgres://me:s3cret@127.0.0.1:1/db", NULL, &d, &s), ST_IO);
        assert_string_equal(d.msgs[0].pos.file, "postgres://me@127.0.0.1:1/db");
        diag_clear(&d);
        assert_int_equal(store_open("postgres://me@127.0.0.1:1/db?password=s3cret&x=1", NULL, &d, &s), ST_IO);
        assert_null(strstr(d.msgs[0].pos.file, "s3cret"));
}

static void test_pieces_of_sql(void **state)
{
        (void)state;
        assert_true(store_name_ok("r_enterprise2"));
        static const char *const bad[] = { "", "2a", "a b", "a\"b", "研", "a;b", "a12345678901234567890123456789012345678901234567890123456789" };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                _cleanup_buf_ Buf b = BUF_INIT(1000);
                assert_false(store_name_ok(bad[i]));
                store_put_name(&b, bad[i]);
                assert_int_equal(buf_status(&b), ST_INVALID);
        }
        _cleanup_buf_ Buf b = BUF_INIT(1000);
        store_put_name(&b, "order");
        buf_puts(&b, " IN (");
        store_put_params(&b, 3, 3);
        buf_puts(&b, ") ");
        store_put_like(&b, STR("50%_!"));
        assert_string_equal(buf_cstr(&b), "\"order\" IN ($3, $4, $5) 50!%!_!!");
}

int main(void)
{
        const struct CMUnitTest tests_both[] = {
                DB_TEST(test_common_sql), DB_TEST(test_changes), DB_TEST(test_values), DB_TEST(test_failures),
                DB_TEST(test_events_are_asked_for), DB_TEST(test_savepoints), DB_TEST(test_nested_statements),
                DB_TEST(test_bulk_and_scan), DB_TEST(test_bulk_failures), DB_TEST(test_ids_and_meta),
                DB_TEST(test_readers_and_writer), DB_TEST(test_threads), DB_TEST(test_time_limit), DB_TEST(test_opening),
                DB_TEST(test_foreign_files), DB_TEST(test_reading_only), DB_TEST(test_foreign_schema),
                DB_TEST(test_lost_connection),
        };
        const struct CMUnitTest tests_once[] = { cmocka_unit_test(test_names_of_urls), cmocka_unit_test(test_pieces_of_sql) };
        int failed = db_run("store", tests_both, ARRAY_LEN(tests_both));
        return failed + cmocka_run_group_tests_name("store, no engine", tests_once, NULL, NULL);
}
