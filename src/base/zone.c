/* TZif as in RFC 8536: a header and a data block with 32-bit times, then (from
 * version 2 on) both again with 64-bit times and a footer, a line in the form
 * of POSIX TZ that says what holds after the last change. */
#include "base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/map.h"
#include "base/mem.h"

enum {
        NAME_MAX_LEN = 64, FILE_MAX = 128 * 1024, CHANGES_MAX = 6000, ZONES_MAX = 1000, HEADER = 44,
        DAY = 86400, OFFSET_MIN = -89999, OFFSET_MAX = 93599
};

/* When a rule changes the clock, in the local time that holds until then. */
typedef struct RuleDay {
        enum { RULE_MONTH_WEEK, RULE_JULIAN, RULE_DAY } form;
        int month, week, day;   /* Mm.w.d; Jn (1..365, no leap day); n (0..365) */
        int32_t time;           /* seconds from midnight, may be negative or past the day */
} RuleDay;

typedef struct Rule {
        bool present, has_summer;
        int32_t standard, summer;       /* seconds east */
        RuleDay start, end;             /* of summer time */
} Rule;

struct Zone {
        char name[NAME_MAX_LEN + 1];
        size_t changes;
        int64_t *at;            /* ascending */
        int32_t *offset;        /* from at[i] on */
        int32_t first;          /* before at[0] */
        Rule rule;              /* from at[changes - 1] on */
};

void zone_free(Zone *z)
{
        if (!z)
                return;
        mem_free(z->at);
        mem_free(z->offset);
        mem_free(z);
}
DEFINE_CLEANUP(Zone *, zone_free)
#define _cleanup_zone_ _cleanup_(zone_freep)

Str zone_name(const Zone *z)
{
        return str_c(z->name);
}

/* --- the footer ------------------------------------------------------------- */

static bool rule_number(Str *s, int max, int *ret)
{
        int v = 0, digits = 0;
        while (s->len && s->ptr[0] >= '0' && s->ptr[0] <= '9' && digits < 4) {
                v = v * 10 + (s->ptr[0] - '0');
                *s = str_n(s->ptr + 1, s->len - 1);
                digits++;
        }
        *ret = v;
        return digits > 0 && v <= max;
}

static bool rule_char(Str *s, char c)
{
        if (!s->len || s->ptr[0] != c)
                return false;
        *s = str_n(s->ptr + 1, s->len - 1);
        return true;
}

/* An abbreviation: letters, or anything but > within <>. */
static bool rule_name(Str *s)
{
        size_t n = 0;
        if (rule_char(s, '<')) {
                while (n < s->len && s->ptr[n] != '>')
                        n++;
                if (n == s->len)
                        return false;
                *s = str_n(s->ptr + n + 1, s->len - n - 1);
                return n >= 3;
        }
        while (n < s->len && ((s->ptr[n] | 32) >= 'a' && (s->ptr[n] | 32) <= 'z'))
                n++;
        *s = str_n(s->ptr + n, s->len - n);
        return n >= 3;
}

/* [+-]h[:m[:s]] */
static bool rule_time(Str *s, int max_hours, int32_t *ret)
{
        int sign = 1, h, m = 0, sec = 0;
        if (rule_char(s, '-'))
                sign = -1;
        else
                (void)rule_char(s, '+');
        if (!rule_number(s, max_hours, &h))
                return false;
        if (rule_char(s, ':')) {
                if (!rule_number(s, 59, &m))
                        return false;
                if (rule_char(s, ':') && !rule_number(s, 59, &sec))
                        return false;
        }
        *ret = sign * (h * 3600 + m * 60 + sec);
        return true;
}

static bool rule_day(Str *s, RuleDay *ret)
{
        RuleDay d = { .time = 7200 };
        if (rule_char(s, 'M')) {
                d.form = RULE_MONTH_WEEK;
                if (!rule_number(s, 12, &d.month) || d.month < 1 || !rule_char(s, '.') || !rule_number(s, 5, &d.week) ||
                    d.week < 1 || !rule_char(s, '.') || !rule_number(s, 6, &d.day))
                        return false;
        } else if (rule_char(s, 'J')) {
                d.form = RULE_JULIAN;
                if (!rule_number(s, 365, &d.day) || d.day < 1)
                        return false;
        } else {
                d.form = RULE_DAY;
                if (!rule_number(s, 365, &d.day))
                        return false;
        }
        if (rule_char(s, '/') && !rule_time(s, 167, &d.time))
                return false;
        *ret = d;
        return true;
}

/* std offset [dst [offset] , start , end]; offsets count west of Greenwich. */
static bool parse_rule(Str s, Rule *ret)
{
        Rule r = { .present = true };
        int32_t west;
        if (!rule_name(&s) || !rule_time(&s, 24, &west))
                return false;
        r.standard = -west;
        if (s.len) {
                r.has_summer = true;
                if (!rule_name(&s))
                        return false;
                r.summer = r.standard + 3600;
                if (s.len && s.ptr[0] != ',') {
                        if (!rule_time(&s, 24, &west))
                                return false;
                        r.summer = -west;
                }
                if (!rule_char(&s, ',') || !rule_day(&s, &r.start) || !rule_char(&s, ',') || !rule_day(&s, &r.end))
                        return false;
        }
        *ret = r;
        return s.len == 0;
}

/* Local seconds at which the rule takes effect in a year. */
static int64_t rule_moment(const RuleDay *d, int32_t year)
{
        int64_t january = date_to_days((Date){ year, 1, 1 }), day = january;
        switch (d->form) {
        case RULE_JULIAN:
                day += d->day - 1 + (date_is_leap(year) && d->day >= 60);
                break;
        case RULE_DAY:
                day += d->day;
                break;
        case RULE_MONTH_WEEK: {
                Date first = { year, (uint8_t)d->month, 1 };
                int until = (d->day - date_weekday(first) % 7 + 7) % 7 + (d->week - 1) * 7;
                if (until >= date_days_in_month(year, d->month))
                        until -= 7;
                day = date_to_days(first) + until;
                break;
        }
        }
        return day * DAY + d->time;
}

static int64_t floor_day(int64_t seconds)
{
        return seconds / DAY - (seconds % DAY < 0);
}

static int32_t rule_offset(const Rule *r, int64_t utc)
{
        if (!r->has_summer)
                return r->standard;
        int64_t local;
        if (__builtin_add_overflow(utc, (int64_t)r->standard, &local))
                return r->standard;
        Date d = date_from_days(floor_day(local));
        if (d.month == 0)
                return r->standard;
        int64_t start = rule_moment(&r->start, d.year) - r->standard;
        int64_t end = rule_moment(&r->end, d.year) - r->summer;
        bool summer = start < end ? utc >= start && utc < end : utc >= start || utc < end;
        return summer ? r->summer : r->standard;
}

/* --- the file --------------------------------------------------------------- */

static uint32_t be32(const char *p)
{
        const unsigned char *u = (const unsigned char *)p;
        return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static int64_t be64(const char *p)
{
        return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

typedef struct Header {
        char version;
        uint32_t isut, isstd, leap, time, type, chars;
} Header;

static bool read_header(Str *s, Header *ret)
{
        if (s->len < HEADER || memcmp(s->ptr, "TZif", 4) != 0)
                return false;
        const char *p = s->ptr + 20;
        *ret = (Header){ s->ptr[4], be32(p), be32(p + 4), be32(p + 8), be32(p + 12), be32(p + 16), be32(p + 20) };
        *s = str_n(s->ptr + HEADER, s->len - HEADER);
        return ret->time <= CHANGES_MAX && ret->type >= 1 && ret->type <= 256 && ret->chars <= 4096 &&
               ret->leap <= 1000 && ret->isut <= 256 && ret->isstd <= 256;
}

static size_t block_size(const Header *h, size_t time_size)
{
        return h->time * time_size + h->time + (size_t)h->type * 6 + h->chars + h->leap * (time_size + 4) + h->isstd +
               h->isut;
}

static Status read_block(Zone *z, const Header *h, size_t time_size, const char *p)
{
        const char *index = p + h->time * time_size, *types = index + h->time;
        if (h->leap)
                return ST_CORRUPT;
        int32_t offsets[256];
        int32_t first = 0;
        bool first_is_summer = true;
        for (uint32_t i = 0; i < h->type; i++) {
                offsets[i] = (int32_t)be32(types + 6 * (size_t)i);
                if (offsets[i] < OFFSET_MIN || offsets[i] > OFFSET_MAX)
                        return ST_CORRUPT;
                /* Before the first change: type 0, by the standard; older files
                 * mean the first that is no summer time when type 0 is one. */
                if (first_is_summer && !types[6 * (size_t)i + 4]) {
                        first = offsets[i];
                        first_is_summer = false;
                }
        }
        z->first = first_is_summer ? offsets[0] : first;
        z->at = mem_calloc(h->time ? h->time : 1, sizeof(*z->at));
        z->offset = mem_calloc(h->time ? h->time : 1, sizeof(*z->offset));
        if (!z->at || !z->offset)
                return ST_NOMEM;
        for (uint32_t i = 0; i < h->time; i++) {
                const char *t = p + i * time_size;
                z->at[i] = time_size == 8 ? be64(t) : (int32_t)be32(t);
                unsigned char type = (unsigned char)index[i];
                if (type >= h->type || (i && z->at[i] <= z->at[i - 1]))
                        return ST_CORRUPT;
                z->offset[i] = offsets[type];
        }
        z->changes = h->time;
        return ST_OK;
}

Status zone_from_bytes(Str name, Str bytes, Zone **ret)
{
        _cleanup_zone_ Zone *z = mem_calloc(1, sizeof(*z));
        if (!z)
                return ST_NOMEM;
        if (name.len > NAME_MAX_LEN)
                return ST_CORRUPT;
        if (name.len)
                memcpy(z->name, name.ptr, name.len);
        Header h;
        size_t time_size = 4;
        if (!read_header(&bytes, &h) || block_size(&h, 4) > bytes.len)
                return ST_CORRUPT;
        if (h.version >= '2') {
                size_t skip = block_size(&h, 4);
                bytes = str_n(bytes.ptr + skip, bytes.len - skip);
                time_size = 8;
                if (!read_header(&bytes, &h) || block_size(&h, 8) > bytes.len)
                        return ST_CORRUPT;
        }
        TRY(read_block(z, &h, time_size, bytes.ptr));
        if (time_size == 8) {
                size_t skip = block_size(&h, 8);
                Str footer = str_n(bytes.ptr + skip, bytes.len - skip);
                if (footer.len < 2 || footer.ptr[0] != '\n' || footer.ptr[footer.len - 1] != '\n')
                        return ST_CORRUPT;
                if (footer.len > 2 && !parse_rule(str_n(footer.ptr + 1, footer.len - 2), &z->rule))
                        return ST_CORRUPT;
        }
        *ret = TAKE(z);
        return ST_OK;
}

/* Parts of letters, digits, + - _, separated by single slashes, each beginning
 * with a letter: no way out of the folder, no hidden file, no file with a suffix. */
static bool name_valid(Str name)
{
        if (name.len == 0 || name.len > NAME_MAX_LEN)
                return false;
        bool part_start = true;
        for (size_t i = 0; i < name.len; i++) {
                char c = name.ptr[i];
                bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
                if (part_start && !letter)
                        return false;
                if (!letter && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '_' && c != '/')
                        return false;
                part_start = c == '/';
        }
        /* Other copies of the database, and what depends on the machine. */
        return !part_start && !str_starts(name, STR("posix/")) && !str_starts(name, STR("right/")) &&
               !str_eq(name, STR("localtime")) && !str_eq(name, STR("posixrules"));
}

static Status read_file(Str name, char *buf, size_t *ret_len)
{
        const char *dir = getenv("TZDIR");
        char path[1024];
        int n = snprintf(path, sizeof(path), "%s/%.*s", dir && *dir ? dir : "/usr/share/zoneinfo", STR_FMT(name));
        if (n < 0 || (size_t)n >= sizeof(path))
                return ST_NOT_FOUND;
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return errno == ENOENT || errno == ENOTDIR ? ST_NOT_FOUND : ST_IO;
        struct stat st;
        Status result = ST_OK;
        size_t len = 0;
        if (fstat(fd, &st) != 0)
                result = ST_IO;
        else if (!S_ISREG(st.st_mode))
                result = ST_NOT_FOUND;
        while (result == ST_OK) {
                ssize_t got = read(fd, buf + len, FILE_MAX - len);
                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        result = ST_IO;
                if (got <= 0)
                        break;
                len += (size_t)got;
                if (len == FILE_MAX)
                        result = ST_CORRUPT;
        }
        close(fd);
        if (result == ST_OK)
                *ret_len = len;
        return result;
}

static Status load(Str name, Zone **ret)
{
        _cleanup_free_ char *buf = mem_alloc(FILE_MAX);
        size_t len;
        if (!buf)
                return ST_NOMEM;
        TRY(read_file(name, buf, &len));
        if (len < 4 || memcmp(buf, "TZif", 4) != 0)
                return ST_NOT_FOUND;
        return zone_from_bytes(name, str_n(buf, len), ret);
}

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static Map cache = { .max = ZONES_MAX };

static Status find_locked(Str name, const Zone **ret)
{
        const Zone *known = map_get(&cache, name);
        if (!known) {
                _cleanup_zone_ Zone *z = NULL;
                TRY(load(name, &z));
                TRY(map_add(&cache, zone_name(z), z));
                known = TAKE(z);
        }
        *ret = known;
        return ST_OK;
}

Status zone_find(Str name, const Zone **ret)
{
        if (!name_valid(name))
                return ST_NOT_FOUND;
        pthread_mutex_lock(&cache_lock);
        Status st = find_locked(name, ret);
        pthread_mutex_unlock(&cache_lock);
        return st;
}

void zone_release_all(void)
{
        pthread_mutex_lock(&cache_lock);
        for (size_t i = 0; i < cache.len; i++)
                zone_free(cache.items[i].value);
        map_release(&cache);
        cache.max = ZONES_MAX;
        pthread_mutex_unlock(&cache_lock);
}

/* --- offsets ---------------------------------------------------------------- */

int32_t zone_offset_at(const Zone *z, int64_t utc)
{
        if (z->changes == 0)
                return z->rule.present ? rule_offset(&z->rule, utc) : z->first;
        if (utc < z->at[0])
                return z->first;
        if (utc >= z->at[z->changes - 1] && z->rule.present)
                return rule_offset(&z->rule, utc);
        size_t lo = 0, hi = z->changes;
        while (hi - lo > 1) {
                size_t mid = lo + (hi - lo) / 2;
                if (z->at[mid] <= utc)
                        lo = mid;
                else
                        hi = mid;
        }
        return z->offset[lo];
}

int32_t zone_offset_local(const Zone *z, int64_t local)
{
        /* Far outside of any year: no change is near. */
        if (local < INT64_MIN / 2 || local > INT64_MAX / 2)
                return zone_offset_at(z, local);
        int32_t before = zone_offset_at(z, local - OFFSET_MAX);
        int32_t now = zone_offset_at(z, local - before);
        if (now == before)
                return before;
        return zone_offset_at(z, local - now) == now ? now : before;
}
