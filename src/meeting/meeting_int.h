/* meeting_int.h -- private to the room: the lexicon, the text as characters, and what the stages hand on.
 *
 * All stages after cleaning work on code points: a Reading holds the clean text as an array, and everything
 * else is positions in it.  Paragraphs end in '\n'. */
#ifndef KC_MEETING_MEETING_INT_H
#define KC_MEETING_MEETING_INT_H

#include "meeting/meeting.h"

/* ---- the lexicon ---- */

/* identifier, key in the YAML, what it is.  The keys are the manual's (docs/meeting.md). */
#define LEX_LIST(X) \
        X(FURNITURE, "furniture", "网页边框用语", "words of page furniture") \
        X(TAIL, "tail", "正文结束标志", "marks of the end of the text") \
        X(ADVERT, "advert", "广告用语", "words of advertising in brackets") \
        X(SHARING, "sharing", "文档网站用语", "words of document-sharing sites") \
        X(TITLE_END, "title_ends", "标题结尾", "last words of a title") \
        X(SALUTATION, "salutations", "称呼", "salutations") \
        X(UNIT, "units", "计量单位", "units that count") \
        X(UNIT_NOT, "not_units", "不作计量的单位", "units of dates, names, ordinals") \
        X(ABSTRACT, "abstract_nouns", "抽象名词", "nouns that count the speech's own points") \
        X(BEFORE, "hedges_before", "数前修饰", "words before a figure") \
        X(AFTER, "hedges_after", "数后修饰", "words after a figure") \
        X(APPROX, "approximate", "约数", "words that make a figure approximate") \
        X(AT_MOST, "at_most", "不超过", "words that make a figure an upper bound") \
        X(REACH, "reach", "达到类动词", "verbs that join an indicator and its figure") \
        X(GROW, "grow", "增长类动词", "verbs of growth") \
        X(FALL, "fall", "下降类动词", "verbs of decline") \
        X(ADD, "add", "新增类动词", "verbs of adding") \
        X(SHARE, "share", "占比类词", "words of shares and intensity") \
        X(COVER, "cover", "覆盖类词", "words of coverage") \
        X(DOUBLING, "doubling", "翻番", "words for doubling") \
        X(PROGRAMME, "programmes", "计划类名词", "nouns of programmes") \
        X(SIZED, "sized", "以金额论大小的名词", "nouns whose size a sum of money tells") \
        X(CAPACITY, "capacities", "产能单位", "units of capacity") \
        X(WORKS, "works", "项目类词尾", "last words of lists of projects") \
        X(PEOPLE, "people", "人群", "people counted without a unit") \
        X(PAST, "past", "过去标志", "words of what has been done") \
        X(OUTCOME, "outcomes", "结果标志", "words of a result: past unless the head plans") \
        X(STATE, "states", "现状标志", "words of how things stand") \
        X(PLAN, "plan", "计划标志", "words of what is planned") \
        X(PLAN_VERB, "plan_verbs", "计划动词", "words of planning when a verb follows") \
        X(HEAD_PAST, "heads_past", "回顾类标题", "words of heads of reviews") \
        X(HEAD_PLAN, "heads_plan", "部署类标题", "words of heads of plans") \
        X(HEAD_VIEW, "heads_view", "形势类标题", "words of heads of situation and significance") \
        X(TITLE_PLAN, "titles_plan", "部署类文种", "last words of titles of what only orders") \
        X(PROBLEM, "problems", "问题标志", "words that open problems and shortfalls") \
        X(MODAL, "modals", "要求词", "words of obligation") \
        X(ADVERB, "adverbs", "状语", "adverbs before a verb") \
        X(ACTION, "actions", "行动动词", "verbs of doing something concrete") \
        X(WEAK, "weak_actions", "一般动词", "verbs that need a concrete object") \
        X(VERB_NOUN, "verb_nouns", "动名兼类词", "verbs that are as often nouns: verbs at the beginning of a clause") \
        X(SLOGAN, "slogans", "口号", "clauses that instruct nothing") \
        X(PURPOSE, "purposes", "目的状语", "openings of purpose clauses") \
        X(MANNER, "manners", "方式状语", "openings of manner clauses") \
        X(FRAME, "frames", "总括状语", "openings of clauses that only frame others") \
        X(PRINCIPLE, "principles", "总体要求", "openings of sentences of general requirements") \
        X(CONNECT, "connectives", "连接词", "connectives at the beginning of a clause") \
        X(NOBODY, "nobody", "泛指主语", "subjects that are nobody") \
        X(ORGAN, "organs", "机构后缀", "last words of names of bodies") \
        X(DUTY, "duties", "责任标注", "labels of who is to do it") \
        X(SERVED, "served", "服务对象", "bodies that are served, not told") \
        X(PLACE, "places", "地区词", "words for the whole area and its parts") \
        X(GRANT, "grants", "奖补动词", "verbs of paying") \
        X(CAP, "caps", "上限词", "words of a cap") \
        X(CADENCE, "cadence", "频次", "words of how often") \
        X(NOT_VERB, "not_verbs", "貌似动词的名词", "nouns that begin like a verb")

typedef enum LexClass {
#define LEX_ENUM(id, key, zh, en) LEX_##id,
        LEX_LIST(LEX_ENUM)
#undef LEX_ENUM
        LEX_COUNT_
} LexClass;
#define LEX_BIT(id) ((uint64_t)1 << LEX_##id)

/* Characters of the longest word of any of the classes that begins at i and ends by end; 0: none.
 * ret_mask (may be NULL): all classes of that word. */
uint32_t lex_at(const MeetingLexicon *lex, const uint32_t *cp, uint32_t i, uint32_t end, uint64_t classes,
                uint64_t *ret_mask);
/* Characters of the longest word that ends at end and begins at or after start; 0: none. */
uint32_t lex_before(const MeetingLexicon *lex, const uint32_t *cp, uint32_t start, uint32_t end, uint64_t classes);
/* Where the first such word begins; MEETING_NONE: none.  ret_len may be NULL. */
uint32_t lex_find(const MeetingLexicon *lex, const uint32_t *cp, uint32_t start, uint32_t end, uint64_t classes,
                  uint32_t *ret_len);
static inline bool lex_has(const MeetingLexicon *lex, const uint32_t *cp, uint32_t start, uint32_t end,
                           uint64_t classes)
{
        return lex_find(lex, cp, start, end, classes, NULL) != MEETING_NONE;
}

/* The folder meeting/ of the city pack, built in (tools/embed-meeting). */
typedef struct MeetingBuiltin {
        const char *name, *begin, *end;
} MeetingBuiltin;
extern const MeetingBuiltin meeting_builtin[];
extern const size_t meeting_builtin_count;

/* ---- characters ---- */

/* The simplified form of a traditional character, or itself (han.c). */
uint32_t han_simplified(uint32_t cp);
static inline bool is_han(uint32_t c)
{
        return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007;
}
static inline bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }
static inline bool is_latin(uint32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static inline bool is_comma(uint32_t c) { return c == ',' || c == 0xFF0C; }
static inline bool is_semicolon(uint32_t c) { return c == ';' || c == 0xFF1B; }
static inline bool is_colon(uint32_t c) { return c == ':' || c == 0xFF1A; }
static inline bool is_stop(uint32_t c) { return c == 0x3002 || c == '!' || c == '?' || c == 0xFF01 || c == 0xFF1F; }
static inline bool is_open(uint32_t c) { return c == '(' || c == 0xFF08 || c == 0x3014 || c == '['; }
static inline bool is_close(uint32_t c) { return c == ')' || c == 0xFF09 || c == 0x3015 || c == ']'; }
static inline bool is_quote_open(uint32_t c) { return c == 0x201C || c == 0x300C || c == 0x300A; }
static inline bool is_quote_close(uint32_t c) { return c == 0x201D || c == 0x300D || c == 0x300B; }
static inline bool is_blank(uint32_t c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == 0x3000 || c == 0xA0 || c == 0xFEFF || c == 0x200B;
}
/* Value of a Chinese digit 零..九 (and 两, 〇); -1 otherwise. */
int han_digit(uint32_t c);
/* Does the ASCII-or-Chinese literal stand at i? */
bool text_is(const uint32_t *cp, uint32_t i, uint32_t end, const char *utf8);
/* Where the literal is first found, or MEETING_NONE. */
uint32_t text_find(const uint32_t *cp, uint32_t start, uint32_t end, const char *utf8);

/* ---- stages ---- */

/* Growing arrays of a reading live on the heap until it is done. */
enum { MEETING_ITEMS_MAX = 2000000 };

typedef enum Mode { MODE_UNKNOWN, MODE_PAST, MODE_PLAN, MODE_VIEW } Mode;

/* A clause: what stands between commas, semicolons, colons and stops. */
typedef struct Clause {
        uint32_t start, end;        /* without the mark at its end */
        uint32_t mark;              /* the mark: ',' ';' ':' '.' '\n' */
        uint32_t sentence;          /* number of the sentence */
        uint32_t section;
        Mode mode;
        Mode base;                  /* of the section, whatever the clause says */
        int32_t year;               /* the year that holds here; 0 none */
        bool said_year;             /* the year stands in this clause */
        bool in_head;               /* the clause is a heading */
} Clause;

typedef struct Quantity {
        uint32_t start, end;        /* number, hedges that belong to it, unit */
        uint32_t number, number_end;        /* the number alone */
        uint32_t clause;
        Dec value, value_max;
        bool has_max, missing, approx, at_least, at_most, han;
        uint32_t unit, unit_end;    /* base unit in the text */
        bool percent, money;
        const char *unit_name;      /* when it is not as in the text: "%", "个百分点" */
        const char *why_not;        /* set: it is no figure, and why */
        uint32_t item;              /* set when it went into an item; MEETING_NONE */
} Quantity;

typedef struct Reading {
        Arena *arena;
        const MeetingLexicon *lex;
        Diag *diag;
        Meeting *m;
        const uint32_t *cp;         /* the clean text */
        uint32_t len;
        Clause *clauses;
        size_t clause_count;
        Quantity *quantities;
        size_t quantity_count;
        Str subject;                /* whom the speech is about, when a sentence does not say: "全市" */
        uint32_t *bodies;           /* of each speech: where its head ends */
        MeetingSpeech *speech;      /* the one being read */
        uint32_t body;
        int32_t year;               /* what is before it has been, what is from it on is planned; 0 unknown */
        size_t item_cap;
} Reading;

/* The text as characters: what decode and clean hand on. */
typedef struct Glyphs {
        uint32_t *cp;
        uint32_t *map;              /* to the original; NULL: the same */
        uint32_t len;
} Glyphs;

Status meeting_decode(Arena *a, Str bytes, const char *name, Diag *d, Meeting *m) FALLIBLE;
/* The text of a .docx, automatic numbers written out (docx.c). */
Status meeting_docx(Str bytes, const char *name, Diag *d, Buf *out) FALLIBLE;
Status meeting_clean(Arena *a, const MeetingLexicon *lex, Meeting *m, Glyphs *ret) FALLIBLE;
Status meeting_planted(Reading *r) FALLIBLE;
Status meeting_speeches(Reading *r) FALLIBLE;
Status meeting_outline(Reading *r) FALLIBLE;
Status meeting_clauses(Reading *r) FALLIBLE;
Status meeting_quantities(Reading *r) FALLIBLE;
/* In a plan: does the figure tell of what is there already (standing.c)?  number: where its digits begin. */
bool quantity_stands(const Reading *r, const Quantity *q, const Clause *c, uint32_t number);
Status meeting_tables(Reading *r) FALLIBLE;
Status meeting_incentives(Reading *r) FALLIBLE;
Status meeting_figures(Reading *r) FALLIBLE;
Status meeting_tasks(Reading *r) FALLIBLE;
Status meeting_duties(Reading *r) FALLIBLE;
/* Sorts the speech's items by place. */
void meeting_order_items(MeetingSpeech *s);

/* A new item of the speech being read, zeroed but for kind, at, section. */
Status reading_item(Reading *r, MeetingKind kind, uint32_t start, uint32_t end, uint32_t section,
                    MeetingItem **ret) FALLIBLE;
/* The item goes on to end, its quote with it. */
void reading_extend(Reading *r, MeetingItem *item, uint32_t end);
/* Clean text as UTF-8 (a slice of Meeting.clean); blanks at both ends left out. */
Str reading_text(const Reading *r, uint32_t start, uint32_t end);
/* Owners, deadline, cadence of a task; the place of a figure. */
Status link_owners(Reading *r, MeetingItem *item, uint32_t start, uint32_t end) FALLIBLE;
/* The same of words that surely name whom: 张三, 市科协李四. */
Status link_charged(Reading *r, MeetingItem *item, uint32_t start, uint32_t end) FALLIBLE;
Status link_deadline(Reading *r, const Clause *c, uint32_t start, uint32_t end, MeetingItem *item) FALLIBLE;
/* "2025年底", "6月底前", "年内" in the words; ptr NULL when they say none. */
Str link_said(const Reading *r, uint32_t start, uint32_t end);
Status link_cadence(Reading *r, MeetingItem *item, uint32_t start, uint32_t end) FALLIBLE;

#endif
