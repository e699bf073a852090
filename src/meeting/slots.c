/* slots.c -- what a cadence asks for, and what light a task shows on a day. */
#include "meeting/slots.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/period.h"
#include "base/workday.h"

enum { FAR_DAYS = 60 };

typedef enum Rhythm { WEEKLY, MONTHLY, QUARTERLY, HALF_YEARLY, YEARLY, RHYTHMS } Rhythm;
static const char *const words[RHYTHMS] = { "每周", "每月", "每季度", "每半年", "每年" };
static const PeriodKind kinds[RHYTHMS] = {
        [MONTHLY] = PERIOD_MONTH, [QUARTERLY] = PERIOD_QUARTER, [HALF_YEARLY] = PERIOD_HALF, [YEARLY] = PERIOD_YEAR
};

/* 月通报, 每月, 按月; 季调度; 半年督查; 年终考核, 年度 … */
static bool rhythm_of(Str word, Rhythm *ret)
{
        static const struct {
                const char *part;
                Rhythm rhythm;
        } parts[] = { { "周", WEEKLY },     { "半年", HALF_YEARLY }, { "季", QUARTERLY },     { "月", MONTHLY },
                      { "年", YEARLY },     { "week", WEEKLY },      { "half", HALF_YEARLY }, { "quarter", QUARTERLY },
                      { "month", MONTHLY }, { "year", YEARLY } };
        for (size_t i = 0; i < ARRAY_LEN(parts); i++)
                if (str_has(word, str_c(parts[i].part))) {
                        *ret = parts[i].rhythm;
                        return true;
                }
        return false;
}

static Status rhythms_of(Str cadence, bool out[RHYTHMS])
{
        for (Str rest = cadence; rest.ptr;) {
                Str word = str_trim(str_cut(rest, ';', &rest));
                Rhythm r;
                if (!word.len)
                        continue;
                if (!rhythm_of(word, &r))
                        return ST_INVALID;
                out[r] = true;
        }
        return ST_OK;
}

Status supervise_cadence(Str said, Arena *a, Str *ret)
{
        static const char wide[] = "；";
        bool has[RHYTHMS] = { false };
        _cleanup_buf_ Buf b = BUF_INIT(4096), out = BUF_INIT(4096);
        for (size_t i = 0; i < said.len;) {
                bool separator = str_starts(str_n(said.ptr + i, said.len - i), str_c(wide));
                buf_putc(&b, separator ? ';' : said.ptr[i]);
                i += separator ? strlen(wide) : 1;
        }
        TRY(buf_status(&b));
        TRY(rhythms_of(buf_str(&b), has));
        for (Rhythm r = WEEKLY; r < RHYTHMS; r++)
                if (has[r])
                        buf_printf(&out, "%s%s", out.len ? ";" : "", words[r]);
        TRY(buf_status(&out));
        *ret = arena_str(a, buf_str(&out));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* ---- periods ---- */

static Date week_end(Date d)
{
        return date_add_days(d, 7 - date_weekday(d));
}

/* The end of the rhythm's period that holds the day, and its name. */
static Date period_end(Rhythm r, Date d, char name[24])
{
        if (r != WEEKLY) {
                Period p = period_of(d, kinds[r]);
                period_to_text(p, name);
                return period_last_day(p);
        }
        Date end = week_end(d), thursday = date_add_days(end, -3);
        snprintf(name, 24, "%04d-W%02d", (int)thursday.year, date_iso_week(end));
        return end;
}

/* Monday to Friday, where the calendar does not reach. */
static Date weekday_add(Date d, int64_t n)
{
        for (; n > 0; n--)
                do
                        d = date_add_days(d, 1);
                while (date_weekday(d) > 5);
        return d;
}

static Date report_due(Date end, bool *guessed)
{
        Date due;
        if (workday_add(workcal_national(), end, SUPERVISE_REPORT_DAYS, NULL, &due) == ST_OK)
                return due;
        *guessed = true;
        return weekday_add(end, SUPERVISE_REPORT_DAYS);
}

int64_t slots_workdays(Date from, Date to, bool *guessed)
{
        int64_t n;
        if (workday_count(workcal_national(), from, to, NULL, &n) == ST_OK)
                return n;
        *guessed = true;
        int64_t a = date_to_days(from), b = date_to_days(to), sign = a <= b ? 1 : -1;
        n = 0;
        for (int64_t day = (a < b ? a : b) + 1; day <= (a < b ? b : a); day++)
                n += date_weekday(date_from_days(day)) <= 5;
        return n * sign;
}

static int by_due(const void *x, const void *y)
{
        const SuperviseSlot *a = x, *b = y;
        int c = date_cmp(a->due, b->due);
        return c ? c : str_cmp(a->name, b->name);
}

Status slots_make(Str cadence, Date started, Date until, Arena *a, SuperviseTask *t)
{
        bool has[RHYTHMS] = { false };
        size_t cap = 0;
        t->slots = NULL;
        t->slot_count = 0;
        TRY(rhythms_of(cadence, has));
        for (Rhythm r = WEEKLY; r < RHYTHMS; r++) {
                char name[24];
                if (!has[r])
                        continue;
                for (Date end = period_end(r, started, name); date_cmp(end, until) <= 0;
                     end = period_end(r, date_add_days(end, 1), name)) {
                        if (t->slot_count == SUPERVISE_SLOTS_MAX)
                                break;
                        if (r != WEEKLY && date_to_days(end) - date_to_days(started) < SUPERVISE_FIRST_DAYS)
                                continue;
                        if (arena_grow(a, (void **)&t->slots, &cap, t->slot_count + 1, sizeof(*t->slots)) < 0)
                                return ST_NOMEM;
                        SuperviseSlot *s = &t->slots[t->slot_count++];
                        *s = (SuperviseSlot){ .name = arena_str(a, str_c(name)), .end = end };
                        if (!s->name.ptr)
                                return ST_NOMEM;
                        s->due = report_due(end, &t->guessed);
                }
        }
        if (t->slot_count)
                qsort(t->slots, t->slot_count, sizeof(*t->slots), by_due);
        return ST_OK;
}

Status slots_running(Str cadence, Date on, Arena *a, Str *ret)
{
        bool has[RHYTHMS] = { false };
        char name[24] = "";
        TRY(rhythms_of(cadence, has));
        for (Rhythm r = WEEKLY; r < RHYTHMS; r++)
                if (has[r]) {
                        (void)period_end(r, on, name);
                        break;
                }
        *ret = arena_str(a, str_c(name));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* ---- lights ---- */

static void worse(SuperviseLight *light, SuperviseLight than)
{
        if (than > *light)
                *light = than;
}

static void answer_slots(SuperviseTask *t)
{
        for (size_t i = 0; i < t->entry_count; i++) {
                const SuperviseEntry *e = &t->entries[i];
                Date day;
                if (!str_eq_c(e->kind, "progress") || date_parse(e->day, &day) != ST_OK)
                        continue;
                for (size_t k = 0; k < t->slot_count; k++) {
                        SuperviseSlot *s = &t->slots[k];
                        if (!str_eq(s->name, e->slot) || s->reported.month)
                                continue;
                        s->reported = day;
                        s->late = date_cmp(day, s->due) > 0;
                }
        }
}

static void light_slot(SuperviseSlot *s, Date on)
{
        s->over = date_cmp(on, s->due) > 0;
        bool there = s->reported.month && date_cmp(s->reported, on) <= 0;
        s->light = there ? (s->late ? SUPERVISE_YELLOW : SUPERVISE_GREEN) : s->over ? SUPERVISE_RED : SUPERVISE_GREEN;
}

static Status remind(SuperviseTask *t, Arena *a, const char *zh, const char *en, Date day, int64_t days, Str name)
{
        char text[24];
        date_to_text(day, text);
        const char *z = arena_printf(a, zh, STR_FMT(name), text, (long long)days);
        const char *e = arena_printf(a, en, STR_FMT(name), text, (long long)days);
        if (!z || !e)
                return ST_NOMEM;
        t->remind_zh = str_c(z);
        t->remind_en = str_c(e);
        return ST_OK;
}

static Status light_due(SuperviseTask *t, Date on, Arena *a)
{
        if (!t->due.month)
                return ST_OK;
        if (t->closed) {
                worse(&t->light, date_cmp(t->closed_on, t->due) > 0 ? SUPERVISE_YELLOW : SUPERVISE_GREEN);
                return ST_OK;
        }
        int64_t far = date_to_days(t->due) - date_to_days(on);
        /* Far from it no working day needs to be counted, and no calendar of years to come. */
        t->days_left = far > FAR_DAYS ? far * 5 / 7 : slots_workdays(on, t->due, &t->guessed);
        if (date_cmp(on, t->due) > 0) {
                worse(&t->light, SUPERVISE_RED);
                return remind(t, a, "%.*s应于 %s 办结，已超期 %lld 个工作日", "%.*sdue %s, %lld working days overdue",
                              t->due, -t->days_left, STR(""));
        }
        if (far <= FAR_DAYS && t->days_left <= SUPERVISE_NEAR_DAYS) {
                worse(&t->light, SUPERVISE_YELLOW);
                return remind(t, a, "%.*s应于 %s 办结，还有 %lld 个工作日", "%.*sdue %s, %lld working days left",
                              t->due, t->days_left, STR(""));
        }
        return ST_OK;
}

Status slots_lights(SuperviseTask *t, Date on, Arena *a)
{
        t->light = SUPERVISE_GREEN;
        t->remind_zh = t->remind_en = STR("");
        answer_slots(t);
        TRY(light_due(t, on, a));
        for (size_t i = 0; i < t->slot_count; i++) {
                SuperviseSlot *s = &t->slots[i];
                light_slot(s, on);
                worse(&t->light, s->light);
                if (t->closed || t->remind_zh.len || s->reported.month)
                        continue;
                int64_t left = slots_workdays(on, s->due, &t->guessed);
                if (s->over)
                        TRY(remind(t, a, "%.*s进展应于 %s 前报送，已超期 %lld 个工作日",
                                   "progress of %.*s was due %s, %lld working days overdue", s->due, -left, s->name));
                else if (left <= SUPERVISE_REMIND_DAYS)
                        TRY(remind(t, a, "%.*s进展应于 %s 前报送，还有 %lld 个工作日",
                                   "progress of %.*s is due %s, %lld working days left", s->due, left, s->name));
        }
        return ST_OK;
}
