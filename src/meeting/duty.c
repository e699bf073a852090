/* duty.c -- who is to do it, when a bracket or a line behind the instructions says so.
 *
 * Notices and plans name the doers after the fact: （责任单位：市科技局、市财政局；完成时限：6月底前）, （市科技局、市财政局）,
 * or a line 牵头单位：市科技局.  Such a mark speaks of the tasks before it, back to the mark before, the paragraph's
 * beginning for a bracket, the section's for a line. */
#include "meeting/meeting_int.h"

enum { MARK_MAX = 120 };

/* The bracket that opens at i, with brackets in it; 0: it does not close soon. */
static uint32_t bracket_end(const Reading *r, uint32_t i, uint32_t end)
{
        uint32_t depth = 0, most = i + MARK_MAX < end ? i + MARK_MAX : end;
        for (uint32_t k = i; k < most && r->cp[k] != '\n'; k++) {
                depth += is_open(r->cp[k]);
                if (is_close(r->cp[k]) && --depth == 0)
                        return k;
        }
        return 0;
}

typedef struct Duty {
        uint32_t start, end;        /* what the mark says */
        uint32_t from;              /* where what it speaks of begins */
        bool labelled;
} Duty;

/* 责任单位： at i: where the names begin; 0 when it is none. */
static uint32_t label_end(const Reading *r, uint32_t i, uint32_t end)
{
        uint32_t n = lex_at(r->lex, r->cp, i, end, LEX_BIT(DUTY), NULL);
        if (!n || i + n >= end || (!is_colon(r->cp[i + n]) && !is_blank(r->cp[i + n])))
                return 0;
        return i + n + 1;
}

/* The names in [start, end): every part between 、 ; and , is a body, but for labels and dates. */
static bool names_only(const Reading *r, uint32_t start, uint32_t end)
{
        uint32_t from = start, bodies = 0;
        for (uint32_t i = start; i <= end; i++) {
                if (i < end && r->cp[i] != 0x3001 && !is_semicolon(r->cp[i]) && !is_comma(r->cp[i]))
                        continue;
                uint32_t stop = i;
                /* 等 */
                while (stop > from && (is_blank(r->cp[stop - 1]) || is_close(r->cp[stop - 1]) ||
                                       r->cp[stop - 1] == 0x7B49))
                        stop--;
                if (stop > from && (!lex_before(r->lex, r->cp, from, stop, LEX_BIT(ORGAN)) || is_digit(r->cp[from])))
                        return false;
                bodies += stop > from;
                from = i + 1;
        }
        return bodies > 0;
}

static Status give(Reading *r, const Duty *duty)
{
        MeetingItem found = { .kind = MEETING_TASK };
        Str deadline = STR_NONE;
        for (uint32_t i = duty->start; i < duty->end;) {
                uint32_t stop = i;
                while (stop < duty->end && !is_semicolon(r->cp[stop]) && r->cp[stop] != 0x3002)
                        stop++;
                uint32_t names = label_end(r, i, stop);
                if (!found.owner_count)
                        TRY(link_owners(r, &found, names ? names : i, stop));
                if (!deadline.ptr)
                        deadline = link_said(r, i, stop);
                i = stop + 1;
        }
        if (!found.owner_count && !deadline.ptr)
                return ST_OK;
        for (size_t i = r->speech->item_count; i > 0; i--) {
                MeetingItem *item = &r->speech->items[i - 1];
                if (item->kind != MEETING_TASK)
                        break;          /* tasks are read last */
                if (item->at.start < duty->from)
                        break;
                if (item->at.start >= duty->start)
                        continue;
                if (!item->owner_count) {
                        item->owners = found.owners;
                        item->owner_count = found.owner_count;
                }
                if (deadline.ptr)
                        item->deadline = deadline;
        }
        return ST_OK;
}

/* The mark at i: a bracket, or a label at a line's beginning. */
static bool mark_at(const Reading *r, uint32_t i, uint32_t end, bool line, Duty *ret)
{
        if (is_open(r->cp[i])) {
                uint32_t close = bracket_end(r, i, end);
                if (!close)
                        return false;
                uint32_t label = label_end(r, i + 1, close);
                uint32_t next = close + 1;
                bool at_end = next >= end || r->cp[next] == '\n' || is_stop(r->cp[next]) || is_semicolon(r->cp[next]) ||
                              (i > 0 && is_stop(r->cp[i - 1]));
                if (!label && (!at_end || !names_only(r, i + 1, close)))
                        return false;
                *ret = (Duty){ .start = i + 1, .end = close, .labelled = label != 0 };
                return true;
        }
        if (!line || !label_end(r, i, end))
                return false;
        uint32_t stop = i;
        while (stop < end && r->cp[stop] != '\n')
                stop++;
        *ret = (Duty){ .start = i, .end = stop, .labelled = true };
        return true;
}

Status meeting_duties(Reading *r)
{
        uint32_t end = r->speech->at.end, paragraph = r->body, last = r->body;
        size_t section = 0;
        for (uint32_t i = r->body; i < end; i++) {
                bool line = i == r->body || r->cp[i - 1] == '\n';
                Duty duty;
                if (line)
                        paragraph = i;
                if ((!line && !is_open(r->cp[i])) || !mark_at(r, i, end, line, &duty))
                        continue;
                while (section < r->speech->section_count && r->speech->sections[section].at.start <= i)
                        section++;
                uint32_t head = section ? r->speech->sections[section - 1].at.start : r->body;
                duty.from = line ? head : paragraph;
                if (duty.from < last)
                        duty.from = last;
                TRY(give(r, &duty));
                last = i = duty.end;
        }
        return ST_OK;
}
