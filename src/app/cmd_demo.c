/* cmd_demo.c -- kechuang demo: a generated city in a new database.
 *
 * The city is made in a file beside its place and moved there when it is whole
 * (restored in one transaction for a postgres:// URL): it is there or it is not. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/demo/demo.h"
#include "base/period.h"
#include "policy/policy.h"
#include "store/backup.h"

enum { ENTERPRISES_DEFAULT = 1600, YEARS_DEFAULT = 5, SEED_DEFAULT = 20230612 };
static const char PASSWORD[] = "kechuang-demo";

static const struct {
        const char *account, *name, *role;
} people[] = { { "admin", "系统管理员", "admin" },
               { "city", "市科技局 周敏", "city_officer" },
               { "leader", "分管市领导", "leader" },
               { "auditor", "市审计局 何平", "auditor" },
               { "reviewer", "市科技局 许宁", "reviewer" },
               { "finance", "市财政局 罗岚", "finance" },
               { "accountant", "市科技局财务 唐静", "accountant" } };
static const struct {
        const char *account, *name;
} county_people[] = { { "jinhu", "锦湖区科技局" },  { "xiuchuan", "秀川区科技局" }, { "wangchuan", "望川县科技局" },
                      { "qingya", "青崖县科技局" }, { "liudu", "柳渡县科技局" },    { "zishan", "梓山县科技局" },
                      { "langu", "岚谷县科技局" },  { "jindu", "金渡市科技局" } };

const char *demo_county_account(size_t i)
{
        return i < ARRAY_LEN(county_people) ? county_people[i].account : NULL;
}

void demo_clock(int year, int month, int day, int hour, int minute)
{
        int64_t days = date_to_days((Date){ year, (uint8_t)month, (uint8_t)day });
        Instant t = { .seconds = days * 86400 + (hour - 8) * 3600 + minute * 60 };
        clock_fix(&t);
}

Status demo_import(Demo *d, const char *reg, const char *file, Str csv, const char *actor)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)2 << 30);
        _cleanup_diag_ Diag diag = DIAG_INIT(d->app->lang);
        RegisterOutcome out;
        const PackRegister *r = pack_register(d->pack, str_c(reg));
        if (!a)
                return ST_NOMEM;
        if (!r)
                return diag_fail(&d->app->diag, ST_NOT_FOUND, POS_NONE, "城市包里没有库 %s",
                                 "the pack has no register %s", reg);
        RegisterImport in = { .file_name = file, .bytes = csv, .actor = str_c(actor), .lang = d->app->lang };
        Status st = register_import(api_store(d->world), d->pack, r, &in, a, &diag, &out);
        if (st == ST_OK)
                return ST_OK;
        for (size_t i = 0; i < diag.count; i++)
                if (diag.msgs[i].severity == SEV_ERROR)
                        return diag_fail(&d->app->diag, st, POS_FILE(file), "%s", "%s", diag.msgs[i].text);
        return st;
}

static Status embedded_pack(App *app, Pack **ret)
{
        PackFile *files = arena_array_of(app->arena, PackFile, demo_pack_file_count + 1);
        if (!files)
                return ST_NOMEM;
        for (size_t i = 0; i < demo_pack_file_count; i++)
                files[i] = (PackFile){ str_c(demo_pack_files[i].path),
                                       str_n(demo_pack_files[i].data,
                                             (size_t)(demo_pack_files[i].end - demo_pack_files[i].data)) };
        return pack_load_files(files, demo_pack_file_count, NULL, &app->diag, ret);
}

static Status add_accounts(Demo *d)
{
        Str top = d->pack->units[0].code;
        for (size_t i = 0; i < ARRAY_LEN(people); i++)
                TRY(api_account_add(d->world,
                                    &(ApiAccount){ .account = str_c(people[i].account),
                                                   .name = str_c(people[i].name),
                                                   .role = str_c(people[i].role),
                                                   .unit = top },
                                    str_c(PASSWORD), STR("root"), &d->app->diag));
        for (size_t i = 0; i < d->county_count && i < ARRAY_LEN(county_people); i++)
                TRY(api_account_add(d->world,
                                    &(ApiAccount){ .account = str_c(county_people[i].account),
                                                   .name = str_c(county_people[i].name),
                                                   .role = STR("county_officer"),
                                                   .unit = d->counties[i]->code },
                                    str_c(PASSWORD), STR("root"), &d->app->diag));
        return ST_OK;
}

static Status make_runs(Demo *d)
{
        for (int year = d->last_year - 1; year <= d->last_year; year++) {
                _cleanup_arena_ Arena *a = arena_new((size_t)4 << 30);
                PolicyRun run;
                if (!a)
                        return ST_NOMEM;
                demo_clock(year + 1, 4, 18, 10, 0);
                TRY(policy_run(api_store(d->world), d->pack, &(PolicyAsk){ .year = year }, STR("city"),
                               STR(""), a, &d->app->diag, &run));
                TRY(demo_pay(d, run.id, year + 1));
        }
        return ST_OK;
}

static Status build_city(Demo *d, const char *file)
{
        _cleanup_pack_ Pack *pack = NULL;
        _cleanup_(api_world_closep) ApiWorld *world = NULL;
        TRY(embedded_pack(d->app, &pack));
        demo_clock(d->last_year - (int)d->years + 1, 1, 4, 9, 0);
        TRY(api_init_pack(file, pack, STR("root"), &d->app->diag, NULL));
        TRY(api_world_open(file, &d->app->diag, &world));
        d->world = world;
        TRY(api_pack(world, &d->app->diag, &d->pack));
        d->counties = arena_array_of(d->arena, const PackUnit *, d->pack->unit_count + 1);
        const PackUnitKind *kind = pack_unit_kind(d->pack, STR("county"));
        if (!d->counties || !kind)
                return ST_NOMEM;
        d->county_count = pack_units_of(d->pack, kind, NULL, DATE_NONE, d->counties, DEMO_COUNTIES_MAX);
        TRY(add_accounts(d));
        TRY(demo_draw_firms(d));
        app_progress(d->app, d->app->lang == LANG_EN ? "enterprises" : "企业", 1, 2);
        TRY(demo_import_firms(d));
        app_progress(d->app, d->app->lang == LANG_EN ? "enterprises" : "企业", 2, 2);
        TRY(demo_report_months(d));
        TRY(demo_import_registers(d));
        return make_runs(d);
}

static void put_accounts(App *app)
{
        bool en = app->lang == LANG_EN;
        buf_printf(&app->out, en ? "Accounts (password %s):\n" : "演示账号（密码 %s）：\n", PASSWORD);
        for (size_t i = 0; i < ARRAY_LEN(people); i++)
                buf_printf(&app->out, "  %-10s %s\n", people[i].account, people[i].name);
        for (size_t i = 0; i < ARRAY_LEN(county_people); i++)
                buf_printf(&app->out, "  %-10s %s\n", county_people[i].account, county_people[i].name);
}

static void remove_files(const char *file)
{
        static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
        char path[4200];
        for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
                snprintf(path, sizeof(path), "%s%s", file, endings[i]);
                unlink(path);
        }
}

static Status put_in_place(App *app, const char *made, const char *db)
{
        if (store_is_url(db))
                return store_restore(made, db, &app->diag, NULL);
        if (rename(made, db) == 0)
                return ST_OK;
        return diag_fail(&app->diag, ST_IO, POS_FILE(db), "无法放到这里", "cannot be put there");
}

Status cmd_demo(App *app, Args *args)
{
        const char *db;
        int64_t seed = SEED_DEFAULT;
        Demo d = { .app = app,
                   .arena = app->arena,
                   .enterprises = ENTERPRISES_DEFAULT,
                   .years = YEARS_DEFAULT,
                   .last_year = DEMO_LAST_YEAR };
        TRY(args_option_int(args, "--seed", 0, INT64_MAX, &seed));
        TRY(args_option_int(args, "--enterprises", 1, 2000000, &d.enterprises));
        TRY(args_option_int(args, "--years", 1, 20, &d.years));
        TRY(args_positional(args, "DB", &db));
        TRY(args_done(args));
        d.dice.state = (uint64_t)seed;
        struct stat info;
        if (!store_is_url(db) && stat(db, &info) == 0)
                return diag_fail(&app->diag, ST_EXISTS, POS_FILE(db), "文件已存在；演示城市要建在新的数据库里",
                                 "the file exists; a demo city wants a new database");
        const char *dir = getenv("TMPDIR");
        char *made = store_is_url(db) ? arena_printf(app->arena, "%s/kechuang-demo-%ld.db", dir && *dir ? dir : "/tmp",
                                                     (long)getpid())
                                      : arena_printf(app->arena, "%s.new%ld", db, (long)getpid());
        if (!made)
                return ST_NOMEM;
        Status st = build_city(&d, made);
        clock_fix(NULL);
        if (st == ST_OK)
                st = put_in_place(app, made, db);
        remove_files(made);
        TRY(st);
        buf_printf(&app->out,
                   app->lang == LANG_EN ? "A city of %lld enterprises is in %s.\n"
                                        : "演示城市（%lld 家企业）已建在 %s。\n",
                   (long long)d.enterprises, db);
        put_accounts(app);
        return ST_OK;
}
