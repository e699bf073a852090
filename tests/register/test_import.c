/* An import is done or it is not: whatever fails on the way (the n-th allocation; the n-th write, sync, opening or
 * read of the database's files; the temporary file of a large import), once or from then on, it ends with a status
 * that says so and without a leak, and the database holds exactly what it held before or what it holds after. */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "codec/sheet_writer.h"
#include "register/register.h"
#include "tests/store/faults.h"

/* ---- a small city ------------------------------------------------------ */

static const PackFile pack_texts[] = {
        { STR("pack.yaml"),
          STR("pack: small\ntitle: {zh: 小城, en: Small town}\n"
              "kinds:\n  - {kind: city, title: {zh: 市, en: City}}\n  - {kind: county, title: 县}\n") },
        { STR("units.yaml"), STR("units:\n  - code: \"1\"\n    name: 甲市\n    units:\n"
                                 "      - {code: \"11\", name: 乙县, also: [乙]}\n"
                                 "      - {code: \"12\", name: 丙县, also: [丙]}\n") },
        { STR("registers/firm.yaml"),
          STR("register: firm\ntitle: {zh: 企业, en: Firm}\nkey: code\nplace: county\nlabel: name\nfields:\n"
              "  code: {type: text, title: 代码, required: true}\n"
              "  name: {type: text, title: 名称, required: true, search: true}\n"
              "  county: {type: unit, kind: county, title: 县}\n"
              "  founded: {type: date, title: 成立日期}\n"
              "  revenue: {type: money, title: 收入, in: 万元}\n"
              "  rd: {type: money, title: 研发费用}\n"
              "  tags: {type: list of text, title: 标签}\n"
              "  note: {type: text, title: 备注, max length: 8000}\n"
              "rules:\n  - {when: rd > revenue, say: 研发大于收入, level: explain}\n") },
        { STR("registers/firm_year.yaml"),
          STR("register: firm_year\ntitle: {zh: 企业年度, en: Firm's year}\nparent: firm\nperiod: year\nfields:\n"
              "  revenue: {type: money, title: 收入}\n"
              "rules:\n  - {when: revenue > previous.revenue * 100, say: 比上年增长百倍, level: explain}\n") },
};

static const char *const head[] = { "代码", "名称", "县", "成立日期", "收入", "研发费用", "标签" };
enum { COLUMNS = ARRAY_LEN(head) };
typedef const char *Line[COLUMNS];

static const Line there[] = {
        { "A1", "甲一公司", "乙县", "2001-02-03", "100", "2.5", "新材料" },
        { "A2", "长安机械", "乙县", "2002-02-03", "250.07", "", "机械、出口" },
        { "A3", "重庆科技", "丙县", "", "1", "", "" },
};
/* The same, changed and moved, new, of one key twice, held, refused, and one more that is new. */
static const Line coming[] = {
        { "A1", "甲一公司", "乙县", "2001-02-03", "100", "2.5", "新材料" },
        { "A2", "长安机械股份", "丙县", "2002-02-03", "251", "3", "机械" },
        { "B1", "新来的公司", "乙县", "2020-01-01", "12.34", "", "软件" },
        { "B2", "两行的公司", "乙县", "", "1", "", "" },
        { "B2", "两行的公司", "丙县", "", "2", "", "芯片、设计" },
        { "B3", "研发大户", "丙县", "", "1", "99999", "" },
        { "B4", "无处可去", "没有的县", "", "x", "", "" },
        { "B5", "最后一家", "丙县", "2021-12-31", "5000", "1000", "" },
};
static const char years[] =
        "代码,年度,收入\nA1,2022年,1000\nA1,2023年,1200\nA1,2024年,999999999\nA2,2023年,50\nA9,2023年,1\n";

static void put_csv(FILE *f, const Line *lines, size_t n)
{
        for (int c = 0; c < COLUMNS; c++)
                fprintf(f, "%s%s", c ? "," : "", head[c]);
        for (size_t i = 0; i < n; i++)
                for (int c = 0; c < COLUMNS; c++)
                        fprintf(f, "%s%s", c ? "," : "\n", lines[i][c]);
        fputc('\n', f);
}

static void put_json(FILE *f, const Line *lines, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                fputs(i ? ",{" : "[{", f);
                for (int c = 0; c < COLUMNS; c++)
                        fprintf(f, "%s\"%s\":\"%s\"", c ? "," : "", head[c], lines[i][c]);
                fputc('}', f);
        }
        fputs("]\n", f);
}

static void put_xlsx(const char *path, const Line *lines, size_t n)
{
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        SheetColumn columns[COLUMNS] = { 0 };
        SheetWriter *w = NULL;
        for (int c = 0; c < COLUMNS; c++)
                columns[c].title = str_c(head[c]);
        assert_ok(sheet_writer_new(path, SHEET_XLSX, &d, &w));
        assert_ok(sheet_writer_sheet(w, STR("企业"), columns, COLUMNS, &d));
        for (size_t i = 0; i < n; i++) {
                SheetOut cells[COLUMNS];
                for (int c = 0; c < COLUMNS; c++)
                        cells[c] = (SheetOut){ .kind = lines[i][c][0] ? SHEET_TEXT : SHEET_EMPTY,
                                               .text = str_c(lines[i][c]) };
                assert_ok(sheet_writer_row(w, cells, COLUMNS, &d));
        }
        assert_ok(sheet_writer_finish(w, &d));
        sheet_writer_free(w);
}

static void put_file(const char *path, const Line *lines, size_t n)
{
        if (str_ends(str_c(path), STR(".xlsx"))) {
                put_xlsx(path, lines, n);
                return;
        }
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        if (str_ends(str_c(path), STR(".csv")))
                put_csv(f, lines, n);
        else
                put_json(f, lines, n);
        assert_int_equal(fclose(f), 0);
}

/* ---- one import and what it leaves ------------------------------------- */

typedef struct City {
        Db *db;
        Pack *pack;
        const char *reg;
        char file[128];       /* what is imported */
        char errors[128];     /* the workbook that comes back */
        char where[512];      /* the database it is imported into */
        char kept[512];       /* SQLite: that database as it was before */
        char *before, *after; /* what the database holds */
} City;

static Status import_into(Store *s, const City *c, const char *reg, const char *file, const char *errors, Diag *d)
{
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        RegisterOutcome out;
        if (!a)
                return ST_NOMEM;
        RegisterImport in = { .file_name = strrchr(file, '/') + 1,
                              .path = file,
                              .errors_out = errors,
                              .valid_from = { 2024, 5, 1 },
                              .reason = STR("月报"),
                              .actor = STR("tester"),
                              .lang = LANG_EN };
        return register_import(s, c->pack, pack_register(c->pack, str_c(reg)), &in, a, d, &out);
}

static Status work(const City *c, const char *vfs, Diag *d)
{
        _cleanup_store_ Store *s = NULL;
        TRY(store_open(c->where, &(StoreOptions){ .vfs = vfs, .busy_ms = 200, .cache_kb = 64 }, d, &s));
        return import_into(s, c, c->reg, c->file, c->errors, d);
}

static void dump(StoreTx *tx, Arena *a, const char *sql, Buf *out)
{
        Str text = STR_NONE;
        Status st = store_get_text(tx, sql, STORE_NO_ARGS, a, &text);
        assert_true(st == ST_OK || st == ST_NOT_FOUND);
        buf_printf(out, "%.*s\n", STR_FMT(text));
}

/* Everything an import writes, as one text; and the chain proves, and SQLite finds its file whole. */
static char *holdings(const City *c)
{
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        _cleanup_arena_ Arena *a = arena_new(16 << 20);
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        _cleanup_store_ Store *s = NULL;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        StoreProof proof = { 0 };
        if (store_open(c->where, NULL, &d, &s) != ST_OK || store_verify(s, NULL, &d, &proof) != ST_OK ||
            store_begin(s, STORE_READ, &d, &tx) != ST_OK) {
                db_show(&d);
                fail();
        }
        buf_printf(&out, "%lld events\n", (long long)proof.events);
#define STATES(t, v)                                                                                                                \
        "SELECT string_agg(CAST(k_id AS TEXT) || ' ' || k_key || ' ' || CAST(k_version AS TEXT) || ' ' || coalesce(k_owner, '') "   \
        "|| ' ' || coalesce(k_unit, '') || ' ' || k_from || ' ' || coalesce(k_to, '') || ' ' || CAST(k_event AS TEXT) || ' ' || " v \
        " || ' ' || coalesce(CAST(revenue AS TEXT), '-'), '; ' ORDER BY k_id, k_version) FROM " t
        dump(tx, a, STATES("r_firm", "name || coalesce(tags, '') || coalesce(k_sort, '')"), &out);
        dump(tx, a, STATES("h_firm", "name || coalesce(tags, '')"), &out);
        dump(tx, a, STATES("r_firm_year", "''"), &out);
        dump(tx, a, STATES("h_firm_year", "''"), &out);
        dump(tx, a, "SELECT string_agg(register || key || data || reasons, ';' ORDER BY id) FROM held_row", &out);
        dump(tx, a, "SELECT string_agg(file || hash || columns, ';' ORDER BY id) FROM import_file", &out);
        static const char *const words[] = { "公司", "机械", "股份", "新来" };
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
                int64_t *ids;
                size_t n;
                assert_ok(store_text_search(tx, "t_firm", str_c(words[i]), 100, a, &ids, &n));
                for (size_t k = 0; k < n; k++)
                        buf_printf(&out, "%s %lld\n", words[i], (long long)ids[k]);
        }
        if (c->db->engine == STORE_SQLITE)
                dump(tx, a, "PRAGMA integrity_check", &out);
        assert_ok(buf_status(&out));
        return strdup(buf_cstr(&out));
}

static void copy_file(const char *from, const char *to)
{
        char cmd[1200];
        remove_db(to);
        snprintf(cmd, sizeof(cmd), "cp %s %s", from, to);
        assert_int_equal(system(cmd), 0);
}

static void done(Status st, Diag *d)
{
        if (st == ST_OK)
                return;
        db_show(d);
        fail_msg("%s", status_name(st));
}

static void make_city(City *c)
{
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        char file[160];
        Store *s = NULL;
        StoreTx *tx = NULL;
        assert_ok(store_open(c->where, &(StoreOptions){ .mode = STORE_CREATE }, &d, &s));
        assert_ok(store_begin(s, STORE_WRITE, &d, &tx));
        assert_ok(register_tables(tx, c->pack));
        db_event(c->db, tx, "init");
        assert_ok(store_commit(&tx));
        snprintf(file, sizeof(file), "%s/there.csv", c->db->folder);
        put_file(file, there, ARRAY_LEN(there));
        done(import_into(s, c, "firm", file, NULL, &d), &d);
        snprintf(file, sizeof(file), "%s/there_years.csv", c->db->folder);
        FILE *f = fopen(file, "wb");
        fputs("代码,年度,收入\nA1,2022年,900\nA2,2022年,40\n", f);
        assert_int_equal(fclose(f), 0);
        done(import_into(s, c, "firm_year", file, NULL, &d), &d);
        store_close(s);
}

/* The database as it was before the import. */
static void renew(City *c)
{
        if (c->db->engine == STORE_SQLITE && c->kept[0]) {
                copy_file(c->kept, c->where);
                return;
        }
        static int made;
        char name[32];
        snprintf(name, sizeof(name), "c%d", made++);
        db_place(c->db, name, c->where);
        make_city(c);
        if (c->db->engine == STORE_SQLITE) {
                db_place(c->db, "kept", c->kept);
                copy_file(c->where, c->kept);
        }
}

static void begin_city(City *c, Db *db, const char *reg, const char *end)
{
        *c = (City){ .db = db, .reg = reg };
        if (pack_load_files(pack_texts, ARRAY_LEN(pack_texts), NULL, &db->diag, &c->pack) != ST_OK) {
                db_show(&db->diag);
                fail();
        }
        snprintf(c->file, sizeof(c->file), "%s/coming%s", db->folder, end);
        snprintf(c->errors, sizeof(c->errors), "%s/errors%s", db->folder, strcmp(end, ".xlsx") == 0 ? end : ".csv");
        if (strcmp(reg, "firm") == 0) {
                put_file(c->file, coming, ARRAY_LEN(coming));
        } else {
                FILE *f = fopen(c->file, "wb");
                fputs(years, f);
                assert_int_equal(fclose(f), 0);
        }
        renew(c);
        c->before = holdings(c);
        DB_OK(db, work(c, NULL, &db->diag));
        c->after = holdings(c);
        assert_string_not_equal(c->before, c->after);
        renew(c);
        char *again = holdings(c);
        assert_string_equal(again, c->before);
        free(again);
}

static void end_city(City *c)
{
        pack_free(c->pack);
        free(c->before);
        free(c->after);
}

/* After a fault: wholly before or wholly after, and after only where it said so or where its last step failed. */
static void whole(City *c, Status st, const Diag *d, const char *what)
{
        char *now = holdings(c), cmd[256];
        bool done = strcmp(now, c->after) == 0;
        if (!done && strcmp(now, c->before) != 0)
                fail_msg("%s: %s left a part of the import:\n%s\nbefore:\n%s\nafter:\n%s", what, status_name(st), now,
                         c->before, c->after);
        if (st == ST_OK && !done)
                fail_msg("%s: said to be done, and nothing is there", what);
        if (st != ST_OK && st != ST_NOMEM && st != ST_IO && st != ST_FULL && st != ST_CORRUPT)
                fail_msg("%s: %s", what, status_name(st));
        if (st != ST_OK && st != ST_NOMEM && d->errors == 0)
                fail_msg("%s: %s without a word", what, status_name(st));
        free(now);
        snprintf(cmd, sizeof(cmd), "test -z \"$(ls -A %s | grep -e tmp -e '~')\"", c->db->folder);
        if (system(cmd) != 0)
                fail_msg("%s: a temporary file is left", what);
        if (done)
                renew(c);
}

/* ---- memory ------------------------------------------------------------ */

static void sweep_memory(City *c, bool persistent, uint64_t dense, uint64_t step, const char *what)
{
        for (uint64_t n = 1;; n += n < dense ? 1 : step) {
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                char text[160];
                int64_t live = mem_live_blocks();
                mem_test_fail_at(n, persistent);
                Status st = work(c, NULL, &d);
                uint64_t seen = mem_test_count();
                mem_test_fail_at(0, 0);
                snprintf(text, sizeof(text), "%s: allocation %llu%s of %llu", what, (unsigned long long)n,
                         persistent ? " and all after" : "", (unsigned long long)seen);
                diag_release(&d);
                if (mem_live_blocks() != live)
                        fail_msg("%s: %lld blocks are left", text, (long long)(mem_live_blocks() - live));
                /* Without memory, or it could do without what it asked for. */
                if (st != ST_OK && st != ST_NOMEM)
                        fail_msg("%s: %s", text, status_name(st));
                whole(c, st, &d, text);
                if (seen < n) {
                        assert_ok(st);
                        return;
                }
        }
}

static const struct {
        const char *reg, *end;
} kinds[] = { { "firm", ".xlsx" }, { "firm", ".csv" }, { "firm", ".json" }, { "firm_year", ".csv" } };

static void test_memory_faults(void **state)
{
        DB_BEGIN(t);
        bool pg = t->engine == STORE_POSTGRES;
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
                City c;
                begin_city(&c, t, kinds[i].reg, kinds[i].end);
                uint64_t dense = quick() ? 5 : 50, step = quick() ? (pg ? 71 : 307) : (pg ? 3 : 7);
                sweep_memory(&c, false, dense, step, kinds[i].end);
                sweep_memory(&c, true, dense, step * 2, kinds[i].end);
                end_city(&c);
        }
}

/* ---- files ------------------------------------------------------------- */

static void sweep_files(City *c, Op op, int error, bool persistent, int step, const char *what)
{
        for (int n = 1;; n += step) {
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                char text[160];
                int64_t live = mem_live_blocks();
                memset(&fault, 0, sizeof(fault));
                fault.on[op] = true;
                fault.at = n;
                fault.error = error;
                fault.persistent = persistent;
                Status st = work(c, "failing", &d);
                bool fired = fault.fired;
                memset(&fault, 0, sizeof(fault));
                snprintf(text, sizeof(text), "%s: %s %d%s", c->file, what, n, persistent ? " and all after" : "");
                whole(c, st, &d, text);
                diag_release(&d);
                if (mem_live_blocks() != live)
                        fail_msg("%s: %lld blocks are left", text, (long long)(mem_live_blocks() - live));
                if (!fired) {
                        assert_ok(st);
                        return;
                }
        }
}

static void test_file_faults(void **state)
{
        DB_BEGIN(t);
        add_vfs();
        int step = quick() ? 11 : 1;
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
                City c;
                begin_city(&c, t, kinds[i].reg, kinds[i].end);
                for (int persistent = 0; persistent < 2; persistent++) {
                        sweep_files(&c, OP_WRITE, SQLITE_IOERR_WRITE, persistent, step, "failing write");
                        sweep_files(&c, OP_WRITE, SQLITE_FULL, persistent, step, "disk full at write");
                        sweep_files(&c, OP_SYNC, SQLITE_IOERR_FSYNC, persistent, 1, "failing sync");
                        sweep_files(&c, OP_OPEN, SQLITE_CANTOPEN, persistent, 1, "failing open");
                        sweep_files(&c, OP_READ, SQLITE_IOERR_READ, persistent, step * 2, "failing read");
                }
                end_city(&c);
        }
}

/* ---- the temporary file of a large import ------------------------------ */

/* More than stands in memory while it is checked. */
static void put_large(const char *path)
{
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fputs("代码,名称,县,备注\n", f);
        char note[6001];
        memset(note, 'n', sizeof(note) - 1);
        note[sizeof(note) - 1] = '\0';
        for (int i = 0; i < 1500; i++)
                fprintf(f, "C%04d,公司%d,乙县,%s\n", i, i, note);
        assert_int_equal(fclose(f), 0);
}

static void test_temporary_file(void **state)
{
        DB_BEGIN(t);
        City c;
        begin_city(&c, t, "firm", ".csv");
        put_large(c.file);
        DB_OK(t, work(&c, NULL, &t->diag));
        free(c.after);
        c.after = holdings(&c);
        assert_non_null(strstr(c.after, "C1499"));
        renew(&c);
        /* No folder for it. */
        Diag d = DIAG_INIT(LANG_EN);
        setenv("TMPDIR", "/nowhere", 1);
        Status st = work(&c, NULL, &d);
        unsetenv("TMPDIR");
        assert_int_equal(st, ST_IO);
        whole(&c, st, &d, "no folder for temporary files");
        diag_release(&d);
        /* It can be no longer than so much. */
        int failed = 0;
        if (t->engine == STORE_SQLITE)
                signal(SIGXFSZ, SIG_IGN);
        for (rlim_t most = 0; t->engine == STORE_SQLITE && most < (10 << 20);
             most += most ? most / (quick() ? 1 : 4) : 4096) {
                struct rlimit was, less;
                char text[100];
                assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
                less = was;
                less.rlim_cur = most;
                d = DIAG_INIT(LANG_EN);
                assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
                st = work(&c, NULL, &d);
                assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
                snprintf(text, sizeof(text), "files of at most %llu bytes", (unsigned long long)most);
                whole(&c, st, &d, text);
                diag_release(&d);
                if (st == ST_OK)
                        break;
                failed++;
        }
        assert_true(t->engine == STORE_POSTGRES || failed > 3);
        end_city(&c);
}

int main(void)
{
        const struct CMUnitTest on_files[] = { DB_TEST(test_file_faults) };
        const struct CMUnitTest tests[] = { DB_TEST(test_memory_faults), DB_TEST(test_temporary_file) };
        return db_run("import faults", tests, ARRAY_LEN(tests)) +
               db_run_on(STORE_SQLITE, "import file faults", on_files, ARRAY_LEN(on_files));
}
