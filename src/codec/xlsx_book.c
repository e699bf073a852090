/* A workbook as a package of parts: what must not be in it, how its parts refer
 * to each other, and the list of its sheets.  Relationship and content types are
 * told by their last word, which is the same in both editions of the standard. */
#include <stdio.h>

#include "codec/xlsx_int.h"

enum { RELS_MAX = 65536, TARGET_MAX = 2048, ARENA_MAX = 64 << 20, CONTENT_TYPES_MAX = 65536 };

typedef struct Rel {
        Str id;
        Str kind;               /* last word of its type: "worksheet" */
        Str target;             /* resolved: name of an entry; as it is when external */
        bool external;
} Rel;

typedef struct RelList {
        Rel *data;
        size_t count, cap;
} RelList;

static Status refuse(const XlsxBook *b, Diag *diag, const char *zh, const char *en)
{
        return diag_fail(diag, ST_UNSUPPORTED, POS_FILE(b->name), "%s", "%s", diag && diag->lang == LANG_EN ? en : zh);
}

static Status broken(const XlsxBook *b, Diag *diag, const char *zh, const char *en)
{
        return diag_fail(diag, ST_INVALID, POS_FILE(b->name), "%s", "%s", diag && diag->lang == LANG_EN ? en : zh);
}

static Status refuse_macros(const XlsxBook *b, Diag *diag)
{
        return refuse(b, diag, "工作簿含宏，不接受：请在表格软件里另存为不含宏的 .xlsx 再交",
                      "the workbook holds macros, which are not accepted: save it as an .xlsx without macros");
}

static Status refuse_links(const XlsxBook *b, Diag *diag)
{
        return refuse(
                b, diag, "工作簿链接到别的文件，不接受：请在“数据－编辑链接”里断开链接后再交",
                "the workbook links to other files, which is not accepted: break the links (Data, Edit Links) and save it again");
}

static Status refuse_objects(const XlsxBook *b, Diag *diag)
{
        return refuse(
                b, diag, "工作簿嵌入了别的对象（OLE、ActiveX），不接受：请删去后再交",
                "the workbook embeds other objects (OLE, ActiveX), which is not accepted: delete them and save it again");
}

static bool ends_fold(Str s, const char *tail)
{
        size_t n = strlen(tail);
        return s.len >= n && strncasecmp(s.ptr + s.len - n, tail, n) == 0;
}

static bool has_fold(Str s, const char *word)
{
        size_t n = strlen(word);
        for (size_t i = 0; i + n <= s.len; i++)
                if (strncasecmp(s.ptr + i, word, n) == 0)
                        return true;
        return false;
}

/* An archive in the archive is nothing a table needs: nobody is to unpack it later either. */
static bool is_archive(Str name)
{
        static const char *const tails[] = { ".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst", ".tar", ".tgz",
                                             ".jar", ".cab", ".iso", ".xlsx", ".docx", ".pptx", ".ods", ".odt" };
        for (size_t i = 0; i < ARRAY_LEN(tails); i++)
                if (ends_fold(name, tails[i]))
                        return true;
        return false;
}

/* Parts that carry code or other documents, by the names that programs give them. */
static Status check_names(const XlsxBook *b, Diag *diag)
{
        for (size_t i = 0; i < zip_reader_count(b->zip); i++) {
                Str name = zip_reader_entry(b->zip, i)->name;
                if (ends_fold(name, "vbaproject.bin") || ends_fold(name, "vbadata.xml") ||
                    has_fold(name, "macrosheets/"))
                        return refuse_macros(b, diag);
                if (has_fold(name, "externallinks/"))
                        return refuse_links(b, diag);
                if ((has_fold(name, "embeddings/") || has_fold(name, "activex/")) && !ends_fold(name, "/"))
                        return refuse_objects(b, diag);
                if (is_archive(name))
                        return refuse(b, diag, "工作簿里夹带了压缩包或别的文件，不接受：请删去后再交",
                                      "the workbook carries an archive or another document: delete it and save again");
        }
        return ST_OK;
}

static Status check_prologs(const XlsxBook *b, Diag *diag)
{
        for (size_t i = 0; i < zip_reader_count(b->zip); i++)
                TRY(xscan_prolog(b->zip, zip_reader_entry(b->zip, i), diag));
        return ST_OK;
}

/* ---- relationships ---- */

static Str last_word(Str s)
{
        size_t i = s.len;
        while (i && s.ptr[i - 1] != '/')
                i--;
        return str_n(s.ptr + i, s.len - i);
}

/* target as seen from the folder of `from`, without "." and ".."; false when it leaves the package. */
static bool resolve_target(Str from, Str target, char out[TARGET_MAX], size_t *ret_len)
{
        size_t n = 0;
        Str folder = str_n(from.ptr, from.len - last_word(from).len);
        Str pieces[2] = { target.len && target.ptr[0] == '/' ? STR_NONE : folder, target };
        for (int k = 0; k < 2; k++) {
                Str rest = pieces[k];
                while (rest.ptr && rest.len) {
                        Str level = str_cut(rest, '/', &rest);
                        if (level.len == 0 || str_eq(level, STR(".")))
                                continue;
                        if (str_eq(level, STR(".."))) {
                                if (n == 0)
                                        return false;
                                while (n && out[--n] != '/')
                                        ;
                                continue;
                        }
                        if (n + level.len + 1 > TARGET_MAX)
                                return false;
                        if (n)
                                out[n++] = '/';
                        memcpy(out + n, level.ptr, level.len);
                        n += level.len;
                }
        }
        *ret_len = n;
        return true;
}

static Status attr_text(XScan *x, const char *name, Diag *diag, Buf *out)
{
        buf_clear(out);
        return xscan_resolve(x, xscan_attr(x, str_c(name)), false, diag, out);
}

static Status read_rel(XlsxBook *b, XScan *x, Str from, Diag *diag, RelList *list)
{
        _cleanup_buf_ Buf id = BUF_INIT(TARGET_MAX), type = BUF_INIT(TARGET_MAX), target = BUF_INIT(64 << 10),
                          mode = BUF_INIT(64);
        TRY(attr_text(x, "Id", diag, &id));
        TRY(attr_text(x, "Type", diag, &type));
        TRY(attr_text(x, "Target", diag, &target));
        TRY(attr_text(x, "TargetMode", diag, &mode));
        Rel rel = { .external = ends_fold(buf_str(&mode), "external") };
        Str kind = last_word(buf_str(&type));
        char path[TARGET_MAX];
        size_t len = 0;
        if (list->count >= RELS_MAX)
                return diag_fail(diag, ST_LIMIT, POS_FILE(b->name), "关联过多", "too many relationships");
        if (!rel.external && !resolve_target(from, buf_str(&target), path, &len))
                len = 0;        /* leads nowhere; whoever needs it will say so */
        rel.id = arena_str(b->arena, buf_str(&id));
        rel.kind = arena_str(b->arena, kind);
        rel.target = rel.external ? STR("") : arena_str(b->arena, str_n(path, len));
        if (!rel.id.ptr || !rel.kind.ptr || !rel.target.ptr ||
            arena_grow(b->arena, (void **)&list->data, &list->cap, list->count + 1, sizeof(Rel)) < 0)
                return ST_NOMEM;
        list->data[list->count++] = rel;
        return ST_OK;
}

/* Relationships of the part `from` ("" for the package); list stays empty when it has none. */
static Status read_rels(XlsxBook *b, const ZipEntry *entry, Str from, Diag *diag, RelList *list)
{
        if (!entry)
                return ST_OK;
        _cleanup_xscan_ XScan *x = NULL;
        TRY(xscan_open(b->zip, entry, diag, &x));
        for (;;) {
                XScanEvent e;
                TRY(xscan_next(x, diag, &e));
                if (e == XSCAN_END_DOCUMENT)
                        return ST_OK;
                if (e == XSCAN_START && xscan_depth(x) == 2 && str_eq(x->name, STR("Relationship")))
                        TRY(read_rel(b, x, from, diag, list));
        }
}

static const ZipEntry *rels_entry(const XlsxBook *b, Str part)
{
        char name[TARGET_MAX];
        Str base = last_word(part);
        int n = snprintf(name, sizeof(name), "%.*s_rels/%.*s.rels", (int)(part.len - base.len), part.ptr,
                         STR_FMT(base));
        return n > 0 && (size_t)n < sizeof(name) ? zip_reader_find(b->zip, str_n(name, (size_t)n)) : NULL;
}

/* Everything any part refers to: nothing outside but the targets of hyperlinks and pictures, which are never opened. */
static Status check_relations(XlsxBook *b, Diag *diag)
{
        for (size_t i = 0; i < zip_reader_count(b->zip); i++) {
                const ZipEntry *e = zip_reader_entry(b->zip, i);
                if (!ends_fold(e->name, ".rels"))
                        continue;
                ArenaMark mark = arena_mark(b->arena);
                RelList list = { 0 };
                TRY(read_rels(b, e, e->name, diag, &list));
                for (size_t k = 0; k < list.count; k++) {
                        Str kind = list.data[k].kind;
                        if (has_fold(kind, "vbaproject") || has_fold(kind, "macrosheet"))
                                return refuse_macros(b, diag);
                        if (has_fold(kind, "oleobject") || has_fold(kind, "activex") || has_fold(kind, "package"))
                                return refuse_objects(b, diag);
                        if (has_fold(kind, "externallink") || has_fold(kind, "attachedtemplate") ||
                            (list.data[k].external && !str_eq(kind, STR("hyperlink")) && !str_eq(kind, STR("image"))))
                                return refuse_links(b, diag);
                }
                arena_rewind(b->arena, mark);
        }
        return ST_OK;
}

static const Rel *rel_by_kind(const RelList *list, const char *kind)
{
        for (size_t i = 0; i < list->count; i++)
                if (!list->data[i].external && str_eq_c(list->data[i].kind, kind))
                        return &list->data[i];
        return NULL;
}

static const Rel *rel_by_id(const RelList *list, Str id)
{
        for (size_t i = 0; i < list->count; i++)
                if (str_eq(list->data[i].id, id))
                        return &list->data[i];
        return NULL;
}

/* ---- content types ---- */

static Status check_type(const XlsxBook *b, Str type, Diag *diag)
{
        if (has_fold(type, "sheet.binary"))
                return refuse(b, diag, "这是 .xlsb 二进制工作簿：请另存为 .xlsx 再交",
                              "this is a binary workbook (.xlsb): save it as .xlsx");
        if (has_fold(type, "macroenabled") || has_fold(type, "vbaproject") || has_fold(type, "macrosheet"))
                return refuse_macros(b, diag);
        if (has_fold(type, "externallink"))
                return refuse_links(b, diag);
        if (has_fold(type, "oleobject") || has_fold(type, "activex"))
                return refuse_objects(b, diag);
        if (has_fold(type, "wordprocessingml.document.main") || has_fold(type, "wordprocessingml.template.main"))
                return refuse(b, diag, "这是 Word 文档，不是表格", "this is a Word document, not a table");
        if (has_fold(type, "presentationml.presentation.main"))
                return refuse(b, diag, "这是演示文稿，不是表格", "this is a presentation, not a table");
        return ST_OK;
}

static Status check_content_types(XlsxBook *b, Diag *diag)
{
        const ZipEntry *entry = zip_reader_find(b->zip, STR("[Content_Types].xml"));
        const ZipEntry *mimetype = zip_reader_find(b->zip, STR("mimetype"));
        if (!entry && mimetype) {
                _cleanup_buf_ Buf type = BUF_INIT(4096);
                TRY(zip_read_all(b->zip, mimetype, diag, &type));
                if (str_starts(buf_str(&type), STR("application/vnd.oasis.opendocument")))
                        return refuse(b, diag, "这是 OpenDocument 文件（.ods 等）：请另存为 .xlsx 再交",
                                      "this is an OpenDocument file (.ods or the like): save it as .xlsx");
        }
        if (!entry)
                return broken(b, diag, "是压缩包，但不是 .xlsx 工作簿", "a ZIP archive, but not an .xlsx workbook");
        _cleanup_xscan_ XScan *x = NULL;
        TRY(xscan_open(b->zip, entry, diag, &x));
        _cleanup_buf_ Buf type = BUF_INIT(4096);
        for (size_t seen = 0;;) {
                XScanEvent e;
                TRY(xscan_next(x, diag, &e));
                if (e == XSCAN_END_DOCUMENT)
                        return ST_OK;
                if (e != XSCAN_START || xscan_depth(x) != 2 || !str_eq(x->name, STR("Override")))
                        continue;
                if (++seen > CONTENT_TYPES_MAX)
                        return diag_fail(diag, ST_LIMIT, POS_FILE(b->name), "部件过多", "too many parts");
                TRY(attr_text(x, "ContentType", diag, &type));
                TRY(check_type(b, buf_str(&type), diag));
        }
}

/* ---- the workbook part ---- */

static bool is_true(Str s)
{
        return str_eq(s, STR("1")) || str_eq(s, STR("true"));
}

static Status add_sheet(XlsxBook *b, XScan *x, const RelList *rels, size_t *cap, Diag *diag)
{
        _cleanup_buf_ Buf name = BUF_INIT(TARGET_MAX), id = BUF_INIT(TARGET_MAX);
        TRY(attr_text(x, "name", diag, &name));
        Str raw = xscan_attr_prefixed(x, STR("id"));
        TRY(xscan_resolve(x, raw, false, diag, &id));
        Str state = xscan_attr(x, STR("state"));
        const Rel *rel = raw.ptr ? rel_by_id(rels, buf_str(&id)) : NULL;
        if (!rel)
                return broken(b, diag, "工作表没有对应的部件", "a sheet refers to no part");
        if (!str_eq(rel->kind, STR("worksheet")))
                return ST_OK;           /* a chart sheet or dialog */
        if (b->sheet_count >= b->limits.max_sheets)
                return diag_fail(diag, ST_LIMIT, POS_FILE(b->name), "工作表超过 %u 张", "more than %u sheets",
                                 b->limits.max_sheets);
        XlsxSheet s = { .entry = zip_reader_find(b->zip, rel->target) };
        if (!s.entry)
                return broken(b, diag, "工作表的部件不存在", "the part of a sheet is missing");
        s.info.name = arena_str(b->arena, buf_str(&name));
        s.info.state = str_eq(state, STR("hidden"))       ? SHEET_HIDDEN
                       : str_eq(state, STR("veryHidden")) ? SHEET_VERY_HIDDEN
                                                          : SHEET_VISIBLE;
        if (!s.info.name.ptr ||
            arena_grow(b->arena, (void **)&b->sheets, cap, b->sheet_count + 1, sizeof(XlsxSheet)) < 0)
                return ST_NOMEM;
        b->sheets[b->sheet_count++] = s;
        return ST_OK;
}

static Status read_workbook(XlsxBook *b, const ZipEntry *entry, const RelList *rels, Diag *diag)
{
        _cleanup_xscan_ XScan *x = NULL;
        TRY(xscan_open(b->zip, entry, diag, &x));
        bool sheets = false;
        size_t cap = 0;
        for (;;) {
                XScanEvent e;
                TRY(xscan_next(x, diag, &e));
                if (e == XSCAN_END_DOCUMENT)
                        break;
                if (e != XSCAN_START)
                        continue;
                unsigned depth = xscan_depth(x);
                if (depth == 1 && !str_eq(x->name, STR("workbook")))
                        return broken(b, diag, "不是 .xlsx 工作簿", "not an .xlsx workbook");
                if (depth == 2) {
                        sheets = str_eq(x->name, STR("sheets"));
                        if (str_eq(x->name, STR("workbookPr")))
                                b->is_1904 = is_true(xscan_attr(x, STR("date1904")));
                        else if (str_eq(x->name, STR("calcPr")))
                                b->stale = is_true(xscan_attr(x, STR("fullCalcOnLoad"))) ||
                                           str_eq(xscan_attr(x, STR("calcCompleted")), STR("0"));
                } else if (depth == 3 && sheets && str_eq(x->name, STR("sheet"))) {
                        TRY(add_sheet(b, x, rels, &cap, diag));
                }
        }
        return b->sheet_count ? ST_OK : broken(b, diag, "工作簿里没有工作表", "the workbook has no worksheet");
}

static Status read_package(XlsxBook *b, Diag *diag)
{
        TRY(check_content_types(b, diag));
        TRY(check_names(b, diag));
        TRY(check_prologs(b, diag));
        TRY(check_relations(b, diag));
        RelList package = { 0 }, workbook = { 0 };
        TRY(read_rels(b, zip_reader_find(b->zip, STR("_rels/.rels")), STR(""), diag, &package));
        const Rel *main_rel = rel_by_kind(&package, "officeDocument");
        const ZipEntry *main_entry = main_rel ? zip_reader_find(b->zip, main_rel->target) : NULL;
        if (!main_entry)
                return broken(b, diag, "压缩包里没有工作簿", "there is no workbook in the archive");
        TRY(read_rels(b, rels_entry(b, main_entry->name), main_entry->name, diag, &workbook));
        TRY(read_workbook(b, main_entry, &workbook, diag));
        const Rel *styles = rel_by_kind(&workbook, "styles"), *strings = rel_by_kind(&workbook, "sharedStrings");
        const ZipEntry *styles_entry = styles ? zip_reader_find(b->zip, styles->target) : NULL;
        b->strings_entry = strings ? zip_reader_find(b->zip, strings->target) : NULL;
        if ((styles && !styles_entry) || (strings && !b->strings_entry))
                return broken(b, diag, "工作簿缺少样式或共享字符串部件",
                              "the part with styles or shared strings is missing");
        return styles_entry ? xlsx_read_styles(b, styles_entry, diag) : ST_OK;
}

Status xlsx_open(ZipReader *zip, const char *name, const SheetLimits *limits, Diag *diag, XlsxBook **ret)
{
        Arena *a = arena_new(ARENA_MAX);
        XlsxBook *b = a ? arena_new_of(a, XlsxBook) : NULL;
        const char *copy = b ? arena_strdup(a, name) : NULL;
        DayText *days = b ? arena_array_of(a, DayText, DAYS_KEPT) : NULL;
        if (!copy || !days) {
                arena_free(a);
                zip_reader_free(zip);
                return ST_NOMEM;
        }
        *b = (XlsxBook){ .arena = a, .name = copy, .limits = *limits, .zip = zip, .days = days };
        Status st = read_package(b, diag);
        if (st != ST_OK) {
                xlsx_free(b);
                return st;
        }
        *ret = b;
        return ST_OK;
}

void xlsx_free(XlsxBook *b)
{
        if (!b)
                return;
        string_pool_free(b->strings);
        zip_reader_free(b->zip);
        arena_free(b->arena);
}
