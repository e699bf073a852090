/* meeting.h -- from the text of a speech or a work report to its outline and its items.
 *
 * What goes in is the file as people have it: plain text in any usual encoding, HTML, or .docx.  What
 * comes out is a Meeting: the original text, the cleaned text, a map from every character of the clean
 * text to the original, and for each speech in the file its outline and its items -- facts, targets,
 * tasks and incentives -- each with the span of clean text it was read from.
 *
 *     _cleanup_meeting_lexicon_ MeetingLexicon *lex = NULL;
 *     TRY(meeting_lexicon_default(diag, &lex));
 *     Meeting *m;
 *     TRY(meeting_read(arena, lex, bytes, "讲话.docx", diag, &m));
 *     for (size_t i = 0; i < m->speech_count; i++)
 *             for (size_t k = 0; k < m->speeches[i].item_count; k++)
 *                     use(&m->speeches[i].items[k]);
 *     TRY(meeting_write_json(m, NULL, &out));
 *
 * Stages, a file each: decode.c (bytes to text), clean.c (furniture, advertising, pinyin, broken lines),
 * speech.c (several speeches, their heads), outline.c (numbering and level), clause.c (sentences, clauses,
 * past or plan), quantity.c (numbers and units), figures.c (facts and targets), incentive.c, task.c,
 * link.c (owners, dates, indicators).  The words they go by are the lexicon: readable YAML in the pack's
 * folder `meeting/` (docs/meeting.md), with the city pack's built in.
 *
 * Positions count characters (code points), not bytes: `at` in the clean text; meeting_original gives the
 * same in the original.  A figure the copy lost is `missing`, its value is never invented.  Time and memory
 * are linear in the text; everything lives in the caller's arena.
 */
#ifndef KC_MEETING_MEETING_H
#define KC_MEETING_MEETING_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/diag.h"

/* Bytes of a file; what is larger is ST_LIMIT. */
#define MEETING_BYTES_MAX ((size_t)16 << 20)
#define MEETING_NONE UINT32_MAX

/* ---- the lexicon ---- */

typedef struct MeetingLexicon MeetingLexicon;

/* A file of the folder meeting/ of a pack: its name is for messages. */
typedef struct MeetingFile {
        const char *name;
        Str text;
} MeetingFile;

/* The one built in. */
Status meeting_lexicon_default(Diag *d, MeetingLexicon **ret) FALLIBLE;
/* From files; a list that no file names is taken from the built-in lexicon.  Unknown lists, empty words,
 * words of the wrong kind are errors with file, line and column.  ST_INVALID, ST_LIMIT, ST_NOMEM. */
Status meeting_lexicon_new(const MeetingFile *files, size_t count, Diag *d, MeetingLexicon **ret) FALLIBLE;
/* Every .yaml of DIR/meeting; the built-in one when there is no such folder. */
Status meeting_lexicon_load(const char *pack_dir, Diag *d, MeetingLexicon **ret) FALLIBLE;
void meeting_lexicon_free(MeetingLexicon *lex);
DEFINE_CLEANUP(MeetingLexicon *, meeting_lexicon_free)
#define _cleanup_meeting_lexicon_ _cleanup_(meeting_lexicon_freep)
/* Words in all lists, for a summary. */
size_t meeting_lexicon_words(const MeetingLexicon *lex);

/* ---- what a reading gives ---- */

/* [start, end) in characters. */
typedef struct MeetingSpan {
        uint32_t start, end;
} MeetingSpan;

typedef enum MeetingKind { MEETING_FACT, MEETING_TARGET, MEETING_TASK, MEETING_INCENTIVE, MEETING_KINDS } MeetingKind;
/* "fact", "target", "task", "incentive". */
const char *meeting_kind_name(MeetingKind kind);

/* One piece of content.  Texts that do not apply have ptr NULL.  `value` is in base units: 3亿元 is
 * 300000000 with unit 元; % stays a number. */
typedef struct MeetingItem {
        MeetingKind kind;
        MeetingSpan at;             /* the quote in the clean text */
        Str quote;
        uint32_t section;           /* index in the speech's sections, or MEETING_NONE */
        uint8_t confidence;         /* 0..100: how often an item read this way is right */

        /* facts, targets; incentives: the amount */
        Str subject, indicator;
        bool has_value, missing;    /* missing: the copy lost the figure */
        Dec value;
        bool has_max;               /* the upper end of a range */
        Dec value_max;
        bool approx;                /* 近, 约, 多, 左右 */
        Str unit;
        MeetingSpan figure;         /* the number with its unit, inside `at`; empty for a task */
        Str period;                 /* facts: "2022年", "2020-2022年" */
        Str change;                 /* facts: "+20.3%" */
        const char *op;             /* targets: ">=", "<=", "=", "+=", "growth>=", "share>=", "covers" */
        Str deadline;               /* targets and tasks: "2025", "2023年底", "年内" */

        /* tasks */
        Str action;
        Str *owners;
        size_t owner_count;
        Str cadence;                /* "每月", "月通报;季调度" */

        /* incentives */
        Str beneficiary, condition;
        bool has_rate;
        Dec rate;                   /* a fraction: 10% is 0.1 */
        Str base;
        bool has_cap;
        Dec cap;

        /* set by meeting_link */
        Str link;                   /* name of the pack's indicator; ptr NULL: none is near */
        uint8_t link_confidence;    /* 0..100 */
} MeetingItem;

typedef struct MeetingSection {
        int level;                  /* 1 is the top: the depth in this speech, not the kind of numeral */
        Str number;                 /* as written: "一、", "（一）", "一是"; "" for a head without one */
        Str heading;
        MeetingSpan at;             /* number and heading */
        uint32_t end;               /* where its content ends */
        uint32_t parent;            /* index, or MEETING_NONE */
        bool run_in;                /* the text goes on in the same paragraph */
        uint8_t confidence;
} MeetingSection;

typedef struct MeetingSpeech {
        MeetingSpan at;
        Str title, salutation, date, occasion, speaker;     /* ptr NULL: not found */
        int32_t year;               /* the year it was given in; 0 unknown */
        MeetingSection *sections;
        size_t section_count;
        MeetingItem *items;         /* in the order of the text */
        size_t item_count;
} MeetingSpeech;

/* A number with a unit that is in no item, and why: "date", "name", "condition", "no subject" … */
typedef struct MeetingLeftover {
        MeetingSpan at;
        const char *why;
} MeetingLeftover;

/* What cleaning took out: span in the original. */
typedef struct MeetingRemoved {
        MeetingSpan at;
        const char *what;           /* "furniture", "advertising", "page", "contents", "pinyin", "break", "lost" */
} MeetingRemoved;

/* A word that a sharing site put in the place of another: 开展 for 发展. */
typedef struct MeetingReplaced {
        MeetingSpan at;
        const char *means;          /* the word that stood there */
} MeetingReplaced;

typedef struct Meeting {
        const char *name;
        const char *format;         /* "text", "html", "docx" */
        const char *encoding;       /* "UTF-8" …; the file's own for text and HTML */
        Str original, clean;        /* UTF-8 */
        uint32_t original_len, clean_len;   /* in characters */
        uint32_t *map;              /* clean character -> original character; clean_len + 1 entries */
        MeetingSpeech *speeches;
        size_t speech_count;
        MeetingLeftover *leftovers;
        size_t leftover_count;
        size_t quantity_count;      /* numbers with a unit in the clean text, in items or left over */
        MeetingRemoved *removed;
        size_t removed_count;
        MeetingReplaced *replaced;
        size_t replaced_count;
        uint32_t *byte_at;          /* byte offset of every clean character; clean_len + 1 entries */
} Meeting;

/* bytes may go away afterwards.  ST_INVALID (no text in it), ST_UNSUPPORTED (a kind of file that is none of
 * the three), ST_LIMIT, ST_NOMEM. */
Status meeting_read(Arena *a, const MeetingLexicon *lex, Str bytes, const char *name, Diag *d, Meeting **ret) FALLIBLE;

/* The text of a span of the clean text. */
Str meeting_text(const Meeting *m, MeetingSpan at);
/* The span of the original that a span of the clean text came from. */
MeetingSpan meeting_original(const Meeting *m, MeetingSpan at);

/* Does the span hold a word that a sharing site replaced? */
bool meeting_is_replaced(const Meeting *m, MeetingSpan at);

/* ---- linking ---- */

/* A name to link to: an indicator of the pack with its titles. */
typedef struct MeetingName {
        Str name;
        Str title;
        Str unit;                   /* base unit, or "" when it does not matter */
} MeetingName;
/* Sets link and link_confidence of facts and targets whose indicator is near a title. */
Status meeting_link(Meeting *m, Arena *a, const MeetingName *names, size_t count) FALLIBLE;
/* Likeness of two names, 0..100, by shared pairs of characters. */
unsigned meeting_likeness(Str a, Str b);

/* ---- writing ---- */

typedef struct MeetingWrite {
        bool bare;                  /* only the schema of speeches: no clean text, positions, left-overs */
} MeetingWrite;
/* {doc, speeches: [{title, sections, items}], …}: docs/meeting.md tells every key. */
Status meeting_write_json(const Meeting *m, const MeetingWrite *how, Buf *out) FALLIBLE;

#endif
