/* demo.h -- a generated city that looks like a real one, by the roads people use.
 *
 * Everything comes in as it would from people: sheets through the import and the
 * monthly form, in order of time, by the accounts of the counties, with the
 * mistakes people make.  The same seed gives the same city, down to the hashes of
 * the event chain (the clock stands at each act's time).
 *
 * Only integers are drawn, so that no machine's arithmetic makes a difference. */
#ifndef KC_APP_DEMO_DEMO_H
#define KC_APP_DEMO_DEMO_H

#include "api/api.h"
#include "app/app.h"
#include "base/period.h"

typedef struct DemoPackFile {
        const char *path, *data, *end;
} DemoPackFile;
/* The default pack, embedded at build time. */
extern const DemoPackFile demo_pack_files[];
extern const size_t demo_pack_file_count;

/* ---- dice ---- */

typedef struct Dice {
        uint64_t state;
} Dice;
uint64_t dice_next(Dice *d);
/* 0 … n-1 */
int64_t dice_below(Dice *d, int64_t n);
int64_t dice_between(Dice *d, int64_t low, int64_t high);
/* True in `permille` of 1000 cases. */
bool dice_chance(Dice *d, int permille);
/* About normal: mean, standard deviation (sum of twelve). */
int64_t dice_normal(Dice *d, int64_t mean, int64_t deviation);
/* base * 2^(x/8), x about normal(0, spread): skewed as firm sizes are. */
int64_t dice_skewed(Dice *d, int64_t base, int64_t spread);

/* ---- the city ---- */

typedef struct DemoFirm {
        char code[20];
        char name[96];
        const PackUnit *county;
        const char *industry;           /* GB/T 4754 division */
        int founded_year, founded_month, founded_day;
        int64_t base_revenue;           /* yuan, in the first year */
        int growth;                     /* permille a year */
        int rd_bp;                      /* R&D in ten-thousandths of revenue */
        int hnte_year;                  /* first recognised; 0: never */
        bool small_tech;
} DemoFirm;

typedef struct Demo {
        App *app;
        ApiWorld *world;
        const Pack *pack;
        Arena *arena;
        Dice dice;
        int64_t enterprises, years;     /* asked for */
        int last_year;                  /* 2023 */
        const PackUnit **counties;
        size_t county_count;
        DemoFirm *firms;
} Demo;

enum { DEMO_LAST_YEAR = 2023, DEMO_COUNTIES_MAX = 64 };

/* Stops the clock at a moment of the city's past. */
void demo_clock(int year, int month, int day, int hour, int minute);
/* demo_firms.c: draws the firms; writes them, their years, their qualifications and institutions as sheets. */
Status demo_draw_firms(Demo *d) FALLIBLE;
Status demo_import_firms(Demo *d) FALLIBLE;
/* demo_declarations.c: balance sheets, declarations for recognitions and R&D accounts of those near a title. */
Status demo_import_declarations(Demo *d) FALLIBLE;
/* demo_months.c: the counties' monthly reports from the first month to the last. */
Status demo_report_months(Demo *d) FALLIBLE;
/* demo_pay.c: what is paid of a run, in the year after it. */
Status demo_pay(Demo *d, int64_t run, int year) FALLIBLE;
/* demo_meeting.c: the last year's meeting, read, confirmed and applied; what the counties report on its tasks for a
 * month. */
Status demo_meeting(Demo *d) FALLIBLE;
Status demo_task_reports(Demo *d, Period p) FALLIBLE;
/* The account of the i-th county; NULL: it has none. */
const char *demo_county_account(size_t i);
/* demo_targets.c: letters from last year's figures, one amended in July; alerts after a month; the year's assessment,
 * published or with a claim that waits. */
Status demo_sign_letters(Demo *d, int year) FALLIBLE;
Status demo_amend_letter(Demo *d, int year) FALLIBLE;
Status demo_look_at_alerts(Demo *d, Period p) FALLIBLE;
Status demo_assess(Demo *d, int year, bool publish) FALLIBLE;
/* demo_registers.c: what else the city keeps. */
Status demo_import_registers(Demo *d) FALLIBLE;
/* demo.c: a register's import from text; problems are the demo's own dirt and are not told. */
Status demo_import(Demo *d, const char *reg, const char *file, Str csv, const char *actor) FALLIBLE;

#endif
