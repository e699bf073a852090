/* docx.c -- the text of a Word document, with the numbers that Word only shows.
 *
 * Lists in Word are seldom typed: a paragraph names a list (w:numPr, its own or its style's), word/numbering.xml tells
 * how each level is counted and shown, and the program counts.  The outline of official prose lives in these numbers,
 * so they are written out: 一、 （一） 1. as on the page.  A list that counts anew, levels that start again below a higher
 * one, and texts such as 第%1章 or %1.%2 are as Word does them; bullets are left out. */
#include "codec/xml.h"
#include "codec/zip.h"
#include "meeting/meeting_int.h"

#define NS_W STR("http://schemas.openxmlformats.org/wordprocessingml/2006/main")

enum { LEVELS = 9, LISTS_MAX = 4096, STYLES_MAX = 4096, BASED_MAX = 12, COUNT_MAX = 100000 };

static const ZipLimits docx_limits = {
        .max_file_bytes = MEETING_BYTES_MAX, .max_entries = 4096, .max_entry_bytes = (uint64_t)64 << 20,
        .max_total_bytes = (uint64_t)64 << 20, .max_ratio = 200, .ratio_from_bytes = 1 << 20,
};

typedef struct Level {
        bool known, legal, never_restarts;
        uint32_t start;
        Str format, text;
} Level;

typedef struct Counting {           /* w:abstractNum */
        Str id;
        Level levels[LEVELS];
        uint32_t counts[LEVELS];
        bool begun[LEVELS];
} Counting;

typedef struct List {               /* w:num */
        Str id;
        Counting *counting;
        bool overrides[LEVELS], used[LEVELS];
        uint32_t starts[LEVELS];
} List;

typedef struct Style {
        Str id, based_on, list;
        uint32_t level;
} Style;

typedef struct Numbers {
        Counting *countings;
        List *lists;
        Style *styles;
        size_t counting_count, list_count, style_count;
} Numbers;

static uint32_t small_number(Str s, uint32_t otherwise)
{
        uint32_t v = 0;
        for (size_t i = 0; i < s.len; i++) {
                if (s.ptr[i] < '0' || s.ptr[i] > '9' || v > COUNT_MAX)
                        return otherwise;
                v = v * 10 + (uint32_t)(s.ptr[i] - '0');
        }
        return s.len ? v : otherwise;
}

static Str val(const XmlNode *n, const char *name)
{
        const XmlNode *c = n ? xml_child(n, NS_W, str_c(name)) : NULL;
        return c ? xml_node_attr(c, NS_W, STR("val")) : STR_NONE;
}

static void read_level(const XmlNode *n, Level *level)
{
        *level = (Level){ .known = true, .start = small_number(val(n, "start"), 1), .format = val(n, "numFmt"),
                          .text = val(n, "lvlText"), .legal = xml_child(n, NS_W, STR("isLgl")) != NULL,
                          .never_restarts = str_eq_c(val(n, "lvlRestart"), "0") };
}

static size_t count_children(const XmlNode *root, const char *name, size_t most)
{
        size_t n = 0;
        for (const XmlNode *c = root->first; c; c = c->next)
                n += xml_node_is(c, NS_W, str_c(name));
        return n < most ? n : most;
}

static Status read_numbering(Arena *a, const XmlNode *root, Numbers *ret)
{
        size_t countings = count_children(root, "abstractNum", LISTS_MAX),
                lists = count_children(root, "num", LISTS_MAX);
        ret->countings = arena_array_of(a, Counting, countings + 1);
        ret->lists = arena_array_of(a, List, lists + 1);
        if (!ret->countings || !ret->lists)
                return ST_NOMEM;
        for (const XmlNode *n = root->first; n; n = n->next) {
                if (xml_node_is(n, NS_W, STR("abstractNum")) && ret->counting_count < countings) {
                        Counting *c = &ret->countings[ret->counting_count++];
                        *c = (Counting){ .id = xml_node_attr(n, NS_W, STR("abstractNumId")) };
                        for (const XmlNode *l = n->first; l; l = l->next) {
                                uint32_t at = small_number(xml_node_attr(l, NS_W, STR("ilvl")), LEVELS);
                                if (xml_node_is(l, NS_W, STR("lvl")) && at < LEVELS)
                                        read_level(l, &c->levels[at]);
                        }
                }
        }
        for (const XmlNode *n = root->first; n; n = n->next) {
                if (!xml_node_is(n, NS_W, STR("num")) || ret->list_count >= lists)
                        continue;
                List *list = &ret->lists[ret->list_count++];
                *list = (List){ .id = xml_node_attr(n, NS_W, STR("numId")) };
                Str of = val(n, "abstractNumId");
                for (size_t i = 0; i < ret->counting_count && !list->counting; i++)
                        if (str_eq(ret->countings[i].id, of))
                                list->counting = &ret->countings[i];
                for (const XmlNode *o = n->first; o; o = o->next) {
                        uint32_t at = small_number(xml_node_attr(o, NS_W, STR("ilvl")), LEVELS);
                        if (!xml_node_is(o, NS_W, STR("lvlOverride")) || at >= LEVELS ||
                            !xml_child(o, NS_W, STR("startOverride")))
                                continue;
                        list->overrides[at] = true;
                        list->starts[at] = small_number(val(o, "startOverride"), 1);
                }
        }
        return ST_OK;
}

static Status read_styles(Arena *a, const XmlNode *root, Numbers *ret)
{
        size_t styles = count_children(root, "style", STYLES_MAX);
        ret->styles = arena_array_of(a, Style, styles + 1);
        if (!ret->styles)
                return ST_NOMEM;
        for (const XmlNode *n = root->first; n && ret->style_count < styles; n = n->next) {
                if (!xml_node_is(n, NS_W, STR("style")))
                        continue;
                const XmlNode *properties = xml_child(n, NS_W, STR("pPr"));
                const XmlNode *num = properties ? xml_child(properties, NS_W, STR("numPr")) : NULL;
                ret->styles[ret->style_count++] = (Style){
                        .id = xml_node_attr(n, NS_W, STR("styleId")), .based_on = val(n, "basedOn"),
                        .list = val(num, "numId"), .level = small_number(val(num, "ilvl"), 0),
                };
        }
        return ST_OK;
}

/* A part that is missing or broken only means that there are no numbers. */
static Status read_part(ZipReader *z, Arena *a, const char *part, Status (*read)(Arena *, const XmlNode *, Numbers *),
                        Numbers *ret)
{
        const ZipEntry *e = zip_reader_find(z, str_c(part));
        _cleanup_buf_ Buf text = BUF_INIT((size_t)8 << 20);
        XmlDoc *doc;
        if (!e)
                return ST_OK;
        Status st = zip_read_all(z, e, NULL, &text);
        if (st == ST_OK) {
                Str copy = arena_str(a, buf_str(&text));
                st = copy.ptr ? xml_parse(a, copy, part, NULL, NULL, &doc) : ST_NOMEM;
        }
        if (st == ST_OK)
                st = read(a, doc->root, ret);
        return st == ST_NOMEM ? st : ST_OK;
}

/* ---- numbers as they are shown ---- */

static void put_han(Buf *out, uint32_t n, const char *const digits[10], const char *const units[4])
{
        uint32_t power = 1000, at = 3;
        bool begun = false, zero = false;
        if (n > 9999 || n == 0) {
                buf_printf(out, "%u", n);
                return;
        }
        for (; power; power /= 10, at--) {
                uint32_t d = n / power % 10;
                if (!d) {
                        zero = begun;
                        continue;
                }
                if (zero)
                        buf_puts(out, digits[0]);
                zero = false;
                /* 十二, not 一十二 */
                if (!(d == 1 && at == 1 && !begun))
                        buf_puts(out, digits[d]);
                buf_puts(out, units[at]);
                begun = true;
        }
}

static void put_roman(Buf *out, uint32_t n, bool upper)
{
        static const struct { uint32_t value; const char *low, *high; } parts[] = {
                { 1000, "m", "M" }, { 900, "cm", "CM" }, { 500, "d", "D" }, { 400, "cd", "CD" }, { 100, "c", "C" },
                { 90, "xc", "XC" }, { 50, "l", "L" }, { 40, "xl", "XL" }, { 10, "x", "X" }, { 9, "ix", "IX" },
                { 5, "v", "V" }, { 4, "iv", "IV" }, { 1, "i", "I" },
        };
        if (n > 3999)
                n = 3999;
        for (size_t i = 0; i < ARRAY_LEN(parts); i++)
                for (; n >= parts[i].value; n -= parts[i].value)
                        buf_puts(out, upper ? parts[i].high : parts[i].low);
}

static bool is_format(Str f, const char *const *names)
{
        for (; *names; names++)
                if (str_eq_c(f, *names))
                        return true;
        return false;
}

static void put_number(Buf *out, uint32_t n, Str format)
{
        static const char *const digits[10] = { "零", "一", "二", "三", "四", "五", "六", "七", "八", "九" };
        static const char *const units[4] = { "", "十", "百", "千" };
        static const char *const legal[10] = { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };
        static const char *const legal_units[4] = { "", "拾", "佰", "仟" };
        static const char *const stems[10] = { "甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸" };
        static const char *const han[] = { "chineseCounting", "chineseCountingThousand", "japaneseCounting",
                                           "taiwaneseCounting", "taiwaneseCountingThousand", "ideographDigital",
                                           "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital2", NULL };
        static const char *const formal[] = { "chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal",
                NULL };
        static const char *const circled[] = { "decimalEnclosedCircle", "decimalEnclosedCircleChinese", NULL };
        if (is_format(format, han))
                put_han(out, n, digits, units);
        else if (is_format(format, formal))
                put_han(out, n, legal, legal_units);
        else if (str_eq_c(format, "ideographTraditional") && n >= 1 && n <= 10)
                buf_puts(out, stems[n - 1]);
        else if (is_format(format, circled) && n >= 1 && n <= 20)
                buf_put_codepoint(out, 0x2460 + n - 1);
        else if (str_eq_c(format, "upperRoman") || str_eq_c(format, "lowerRoman"))
                put_roman(out, n, format.ptr[0] == 'u');
        else if ((str_eq_c(format, "upperLetter") || str_eq_c(format, "lowerLetter")) && n >= 1)
                buf_putc(out, (char)((format.ptr[0] == 'u' ? 'A' : 'a') + (n - 1) % 26));
        else if (str_eq_c(format, "decimalZero") && n < 10)
                buf_printf(out, "0%u", n);
        else if (!str_eq_c(format, "none"))
                buf_printf(out, "%u", n);
}

static void count(List *list, uint32_t at)
{
        Counting *c = list->counting;
        if (list->overrides[at] && !list->used[at]) {
                c->counts[at] = list->starts[at];
                c->begun[at] = true;
        } else if (!c->begun[at]) {
                c->counts[at] = c->levels[at].start;
                c->begun[at] = true;
        } else if (c->counts[at] < COUNT_MAX) {
                c->counts[at]++;
        }
        list->used[at] = true;
        /* A higher level that never came counts as begun. */
        for (uint32_t k = 0; k < at; k++)
                if (!c->begun[k]) {
                        c->counts[k] = c->levels[k].known ? c->levels[k].start : 1;
                        c->begun[k] = true;
                }
        for (uint32_t k = at + 1; k < LEVELS; k++)
                if (!c->levels[k].never_restarts)
                        c->begun[k] = false;
}

/* The number of a paragraph of the list at the level, as it is shown. */
static void put_label(Numbers *numbers, Str id, uint32_t at, Buf *out)
{
        List *list = NULL;
        for (size_t i = 0; i < numbers->list_count && !list; i++)
                if (str_eq(numbers->lists[i].id, id))
                        list = &numbers->lists[i];
        if (!list || !list->counting || at >= LEVELS || !list->counting->levels[at].known)
                return;
        const Level *level = &list->counting->levels[at];
        count(list, at);
        if (str_eq_c(level->format, "bullet") || !level->text.ptr)
                return;
        size_t before = out->len;
        for (size_t i = 0; i < level->text.len; i++) {
                char c = level->text.ptr[i];
                uint32_t k = i + 1 < level->text.len ? (uint32_t)(level->text.ptr[i + 1] - '1') : LEVELS;
                if (c != '%' || k >= LEVELS) {
                        buf_putc(out, c);
                        continue;
                }
                const Level *of = &list->counting->levels[k];
                put_number(out, list->counting->counts[k], level->legal && k < at ? STR("decimal") : of->format);
                i++;
        }
        /* A number without a mark of its own stands apart. */
        char last = out->len > before && out->ptr ? out->ptr[out->len - 1] : ' ';
        if ((last >= '0' && last <= '9') || (last >= 'A' && last <= 'Z') || (last >= 'a' && last <= 'z'))
                buf_putc(out, ' ');
}

/* ---- the text ---- */

typedef struct Paragraph {
        Str style, list;
        uint32_t level;
        bool leveled;
        char style_text[128], list_text[16];
} Paragraph;

static Str keep(char *to, size_t size, Str s)
{
        size_t n = s.len < size ? s.len : size;
        if (n)
                memcpy(to, s.ptr, n);
        return str_n(to, n);
}

/* Reads on to the end of w:pPr. */
static Status read_properties(XmlReader *r, Diag *d, Paragraph *p)
{
        for (;;) {
                XmlEvent e;
                TRY(xml_next(r, d, &e));
                if (e == XML_EV_END_DOCUMENT || (e == XML_EV_END && xml_is(r, NS_W, STR("pPr"))))
                        return ST_OK;
                if (e != XML_EV_START)
                        continue;
                Str v = xml_attr(r, NS_W, STR("val"));
                if (xml_is(r, NS_W, STR("rPr")) || xml_is(r, NS_W, STR("pPrChange"))) {
                        TRY(xml_skip(r, d));
                } else if (xml_is(r, NS_W, STR("pStyle")) && v.ptr) {
                        p->style = keep(p->style_text, sizeof(p->style_text), v);
                } else if (xml_is(r, NS_W, STR("numId")) && v.ptr) {
                        p->list = keep(p->list_text, sizeof(p->list_text), v);
                } else if (xml_is(r, NS_W, STR("ilvl")) && v.ptr) {
                        p->level = small_number(v, 0);
                        p->leveled = true;
                }
        }
}

/* The list is the paragraph's own, or that of its style or of one the style is based on; numId 0 is none. */
static void number_paragraph(Numbers *numbers, const Paragraph *p, Buf *out)
{
        Str list = p->list, style = p->style;
        uint32_t level = p->level;
        for (int n = 0; !list.ptr && style.ptr && n < BASED_MAX; n++) {
                const Style *found = NULL;
                for (size_t i = 0; i < numbers->style_count && !found; i++)
                        if (str_eq(numbers->styles[i].id, style))
                                found = &numbers->styles[i];
                if (!found)
                        break;
                list = found->list;
                level = p->leveled ? p->level : found->level;
                style = found->based_on;
        }
        if (list.ptr && !str_eq_c(list, "0"))
                put_label(numbers, list, level, out);
}

/* Text of deleted revisions (w:delText) has an element of its own and is left out by that. */
static Status read_body(XmlReader *r, Numbers *numbers, Diag *d, Buf *out)
{
        for (;;) {
                XmlEvent e;
                TRY(xml_next(r, d, &e));
                if (e == XML_EV_END_DOCUMENT)
                        return ST_OK;
                if (e == XML_EV_START && xml_is(r, NS_W, STR("t"))) {
                        TRY(xml_read_text(r, true, d, out));
                } else if (e == XML_EV_START && (xml_is(r, NS_W, STR("tab")) ||
                                                 xml_is(r, NS_W, STR("noBreakHyphen")))) {
                        buf_putc(out, xml_is(r, NS_W, STR("tab")) ? ' ' : '-');
                } else if (e == XML_EV_START && (xml_is(r, NS_W, STR("br")) || xml_is(r, NS_W, STR("cr")))) {
                        buf_putc(out, '\n');
                } else if (e == XML_EV_START && xml_is(r, NS_W, STR("pPr"))) {
                        Paragraph p = { .style = STR_NONE, .list = STR_NONE };
                        TRY(read_properties(r, d, &p));
                        number_paragraph(numbers, &p, out);
                } else if (e == XML_EV_START && xml_is(r, NS_W, STR("rPr"))) {
                        TRY(xml_skip(r, d));
                } else if (e == XML_EV_END && xml_is(r, NS_W, STR("p"))) {
                        buf_putc(out, '\n');
                }
        }
}

Status meeting_docx(Str bytes, const char *name, Diag *d, Buf *out)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)128 << 20);
        _cleanup_buf_ Buf xml = BUF_INIT(docx_limits.max_entry_bytes);
        Numbers numbers = { 0 };
        ZipReader *z = NULL;
        XmlReader *x = NULL;
        if (!a)
                return ST_NOMEM;
        TRY(zip_reader_open_bytes(bytes, name, &docx_limits, d, &z));
        const ZipEntry *e = zip_reader_find(z, STR("word/document.xml"));
        Status st = e ? zip_read_all(z, e, d, &xml) :
                    diag_fail(d, ST_UNSUPPORTED, POS_FILE(name), "不是 Word 文档（.docx）：其中没有 word/document.xml",
                              "not a Word document (.docx): no word/document.xml in it");
        if (st == ST_OK)
                st = read_part(z, a, "word/numbering.xml", read_numbering, &numbers);
        if (st == ST_OK)
                st = read_part(z, a, "word/styles.xml", read_styles, &numbers);
        MemSource source = { buf_str(&xml) };
        if (st == ST_OK)
                st = xml_reader_new(mem_source(&source), name, NULL, &x);
        if (st == ST_OK)
                st = read_body(x, &numbers, d, out);
        xml_reader_free(x);
        zip_reader_free(z);
        TRY(st);
        return buf_status(out);
}
