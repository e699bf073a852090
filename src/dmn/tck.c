/* tck.c -- runs the cases of the compatibility kit of DMN.
 *
 * A case names inputs and the results of decisions (or of a decision service, or of a
 * business knowledge model).  Numbers agree when they differ by less than 10^-8, as the
 * kit's own runners have it: its expected values are rounded to eight digits.  A result
 * marked errorResult has to be null. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "codec/source.h"
#include "codec/xml.h"
#include "dmn/link_int.h"
#include "dmn/run_int.h"
#include "feel/feel_json.h"

#define NS STR_NONE

enum { CASE_BYTES = 256 << 20, CASE_SECONDS = 10, FOLDER_DEPTH = 40 };

typedef struct Tck {
        const char *path;
        Lang lang;
        Buf *out;
        DmnTckCounts *counts;
        Arena *arena;
        DmnModel *model;
        FeelExec *exec;
        Diag diag;
} Tck;

/* ---- values ---- */

static bool is_nil(const XmlNode *n)
{
        for (size_t i = 0; i < n->attr_count; i++)
                if (str_eq_c(n->attrs[i].name, "nil") && n->attrs[i].prefix.len)
                        return str_eq_c(str_trim(n->attrs[i].value), "true");
        return false;
}

static Str xsd_type(const XmlNode *n)
{
        for (size_t i = 0; i < n->attr_count; i++) {
                if (!str_eq_c(n->attrs[i].name, "type") || n->attrs[i].prefix.len == 0)
                        continue;
                Str rest;
                Str first = str_cut(str_trim(n->attrs[i].value), ':', &rest);
                return rest.ptr ? rest : first;
        }
        return STR("string");
}

static Status simple_value(Tck *t, const XmlNode *n, FeelValue *ret)
{
        static const char *const numbers[] = {
                "decimal", "double", "float", "integer", "int", "long", "short", "byte"
        };
        *ret = feel_null();
        if (is_nil(n))
                return ST_OK;
        Str text = xml_node_text(t->arena, n), type = xsd_type(n);
        if (!text.ptr)
                return ST_NOMEM;
        const FeelType *as = FEEL_TYPE_STRING;
        for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
                if (str_eq_c(type, numbers[i]))
                        as = FEEL_TYPE_NUMBER;
        if (str_eq_c(type, "boolean"))
                as = FEEL_TYPE_BOOLEAN;
        else if (str_eq_c(type, "date"))
                as = FEEL_TYPE_DATE;
        else if (str_eq_c(type, "time"))
                as = FEEL_TYPE_TIME;
        else if (str_eq_c(type, "dateTime"))
                as = FEEL_TYPE_DATE_TIME;
        else if (str_eq_c(type, "duration"))
                as = FEEL_TYPE_MONTHS_DURATION;
        bool ok;
        TRY(feel_from_text(t->arena, text, as, &ok, ret));
        if (!ok && as == FEEL_TYPE_MONTHS_DURATION)
                TRY(feel_from_text(t->arena, text, FEEL_TYPE_DAYS_DURATION, &ok, ret));
        if (!ok)
                return diag_fail(&t->diag, ST_INVALID, xml_node_pos(n), "“%.*s”不是 xsd:%.*s",
                                 "\"%.*s\" is no xsd:%.*s", STR_FMT(text), STR_FMT(type));
        return ST_OK;
}

static Status any_value(Tck *t, const XmlNode *n, FeelValue *ret);

static Status list_value(Tck *t, const XmlNode *n, FeelValue *ret)
{
        FeelValue *items = NULL;
        size_t len = 0, cap = 0;
        if (is_nil(n)) {
                *ret = feel_null();
                return ST_OK;
        }
        for (const XmlNode *c = xml_child(n, NS, STR("item")); c; c = xml_sibling(c, NS, STR("item"))) {
                if (arena_grow(t->arena, (void **)&items, &cap, len + 1, sizeof(*items)) < 0)
                        return ST_NOMEM;
                items[len] = feel_null();
                TRY(any_value(t, c, &items[len]));
                len++;
        }
        *ret = feel_list(items, len);
        return ST_OK;
}

/* n holds a value, a list, or components. */
static Status any_value(Tck *t, const XmlNode *n, FeelValue *ret)
{
        *ret = feel_null();
        if (is_nil(n))
                return ST_OK;
        const XmlNode *value = xml_child(n, NS, STR("value"));
        if (value)
                return simple_value(t, value, ret);
        const XmlNode *list = xml_child(n, NS, STR("list"));
        if (list)
                return list_value(t, list, ret);
        FeelContextBuilder b = FEEL_CONTEXT_BUILDER(t->arena);
        const XmlNode *c = xml_child(n, NS, STR("component"));
        if (!c)
                return ST_OK;
        for (; c; c = xml_sibling(c, NS, STR("component"))) {
                FeelValue v;
                TRY(any_value(t, c, &v));
                TRY(feel_context_put(&b, xml_node_attr(c, STR_NONE, STR("name")), &v));
        }
        return feel_context_done(&b, ret);
}

/* ---- comparing ---- */

static bool close_numbers(Dec a, Dec b)
{
        return dec_eq(a, b) || dec_cmp(dec_abs(dec_sub(a, b)), dec_from_scaled(1, 8)) < 0;
}

static bool agrees(const FeelValue *want, const FeelValue *got)
{
        if (want->kind != got->kind)
                return false;
        if (feel_is(want, FEEL_NULL))
                return true;
        if (feel_is(want, FEEL_NUMBER))
                return close_numbers(want->number, got->number);
        if (feel_is(want, FEEL_LIST)) {
                if (want->list.len != got->list.len)
                        return false;
                for (size_t i = 0; i < want->list.len; i++)
                        if (!agrees(&want->list.items[i], &got->list.items[i]))
                                return false;
                return true;
        }
        if (feel_is(want, FEEL_CONTEXT)) {
                size_t n = feel_shape_len(want->context.shape);
                if (n != feel_shape_len(got->context.shape))
                        return false;
                for (size_t i = 0; i < n; i++) {
                        const FeelValue *part = feel_context_get(got, feel_shape_key(want->context.shape, i));
                        if (!part || !agrees(&want->context.values[i], part))
                                return false;
                }
                return true;
        }
        return feel_equal(want, got) == FEEL_TRUE;
}

/* ---- cases ---- */

static Status inputs_of(Tck *t, const XmlNode *tc, FeelValue *ret)
{
        FeelContextBuilder b = FEEL_CONTEXT_BUILDER(t->arena);
        for (const XmlNode *n = xml_child(tc, NS, STR("inputNode")); n; n = xml_sibling(n, NS, STR("inputNode"))) {
                FeelValue v;
                TRY(any_value(t, n, &v));
                TRY(feel_context_put(&b, xml_node_attr(n, STR_NONE, STR("name")), &v));
        }
        return feel_context_done(&b, ret);
}

static Status call_bkm(Tck *t, const DmnElement *e, FeelValue inputs, FeelValue *ret)
{
        DmnRun *run;
        FeelValue fn, args[64];
        TRY(dmn_run_new(t->model, t->exec, NULL, &run));
        run->inputs = inputs;
        TRY(dmn_run_value(run, e, &fn));
        size_t n = feel_is(&fn, FEEL_FUNCTION) ? feel_function_param_count(&fn) : 0;
        *ret = feel_null();
        if (!feel_is(&fn, FEEL_FUNCTION) || n > ARRAY_LEN(args))
                return ST_OK;
        for (size_t i = 0; i < n; i++) {
                const FeelValue *v = feel_context_get(&inputs, feel_function_param_name(&fn, i));
                args[i] = v ? *v : feel_null();
        }
        return feel_call(t->exec, &fn, args, n, ret);
}

static Status evaluate(Tck *t, const XmlNode *tc, Str name, FeelValue inputs, FeelValue *ret)
{
        Str type = xml_node_attr(tc, STR_NONE, STR("type")), callee = xml_node_attr(tc, STR_NONE, STR("invocableName"));
        *ret = feel_null();
        if (str_eq_c(type, "decisionService")) {
                const DmnService *s = dmn_find_service(t->model, callee);
                if (!s)
                        return ST_NOT_FOUND;
                TRY(dmn_eval_service(t->model, s, t->exec, inputs, NULL, ret));
                const FeelValue *part =
                        s->outputs.len > 1 && feel_is(ret, FEEL_CONTEXT) ? feel_context_get(ret, name) : NULL;
                if (part)
                        *ret = *part;
                return ST_OK;
        }
        if (str_eq_c(type, "bkm")) {
                for (size_t i = 0; i < t->model->main->element_count; i++) {
                        const DmnElement *e = t->model->main->elements[i];
                        if (e->kind == EL_BKM && str_eq(e->name, callee))
                                return call_bkm(t, e, inputs, ret);
                }
                return ST_NOT_FOUND;
        }
        const DmnDecision *d = dmn_find_decision(t->model, name);
        return d ? dmn_eval(t->model, d, t->exec, inputs, NULL, ret) : ST_NOT_FOUND;
}

static void report(Tck *t, const XmlNode *tc, Str name, const char *what, const FeelValue *want, const FeelValue *got)
{
        buf_printf(t->out, t->lang == LANG_EN ? "%s: case %.*s: %.*s: " : "%s：用例 %.*s：%.*s：", t->path,
                   STR_FMT(xml_node_attr(tc, STR_NONE, STR("id"))), STR_FMT(name));
        if (what) {
                buf_puts(t->out, what);
        } else {
                buf_puts(t->out, t->lang == LANG_EN ? "expected " : "应为 ");
                feel_to_text(want, t->out);
                buf_puts(t->out, t->lang == LANG_EN ? ", got " : "，得到 ");
                feel_to_text(got, t->out);
        }
        for (size_t i = 0; i < t->diag.count && i < 2; i++)
                buf_printf(t->out, " [%d:%d %s]", t->diag.msgs[i].pos.line, t->diag.msgs[i].pos.col,
                           t->diag.msgs[i].text);
        buf_putc(t->out, '\n');
}

static Status run_case(Tck *t, const XmlNode *tc)
{
        bool good = true;
        ArenaMark mark = arena_mark(t->arena);
        FeelValue inputs = feel_null();
        diag_clear(&t->diag);
        Status st = inputs_of(t, tc, &inputs);
        if (st == ST_NOMEM)
                return st;
        if (st != ST_OK) {
                report(t, tc, STR("inputNode"), status_text(st, t->lang), NULL, NULL);
                good = false;
        }
        for (const XmlNode *r = good ? xml_child(tc, NS, STR("resultNode")) : NULL; r;
             r = xml_sibling(r, NS, STR("resultNode"))) {
                Str name = xml_node_attr(r, STR_NONE, STR("name"));
                const XmlNode *expected = xml_child(r, NS, STR("expected"));
                FeelValue want = feel_null(), got = feel_null();
                diag_clear(&t->diag);
                feel_exec_reset(t->exec);
                st = expected ? any_value(t, expected, &want) : ST_OK;
                if (st == ST_OK)
                        st = evaluate(t, tc, name, inputs, &got);
                if (st == ST_NOMEM)
                        return st;
                if (st != ST_OK)
                        report(t, tc, name, status_text(st, t->lang), NULL, NULL);
                else if (!agrees(&want, &got))
                        report(t, tc, name, NULL, &want, &got);
                else
                        continue;
                good = false;
        }
        arena_rewind(t->arena, mark);
        t->counts->passed += good;
        t->counts->failed += !good;
        return ST_OK;
}

static size_t case_count(const XmlNode *root)
{
        size_t n = 0;
        for (const XmlNode *c = xml_child(root, NS, STR("testCase")); c; c = xml_sibling(c, NS, STR("testCase")))
                n++;
        return n;
}

static void whole_file_failed(Tck *t, size_t cases)
{
        diag_print(&t->diag, t->out);
        buf_printf(t->out, t->lang == LANG_EN ? "%s: all %zu cases failed\n" : "%s：全部 %zu 个用例失败\n", t->path,
                   cases);
        t->counts->failed += cases;
}

static Status run_file(Tck *t, Str text)
{
        XmlDoc *doc;
        Status st = xml_parse(t->arena, text, t->path, NULL, &t->diag, &doc);
        if (st != ST_OK || !str_eq_c(doc->root->name, "testCases")) {
                if (st == ST_OK)
                        diag_error(&t->diag, POS_FILE(t->path), "不是测试用例文件", "this is no file of test cases");
                whole_file_failed(t, 1);
                return st == ST_NOMEM ? st : ST_OK;
        }
        size_t cases = case_count(doc->root);
        const XmlNode *name = xml_child(doc->root, NS, STR("modelName"));
        Str file = name ? str_trim(xml_node_text(t->arena, name)) : STR("");
        const char *slash = strrchr(t->path, '/');
        char *path = arena_printf(t->arena, "%.*s%.*s", slash ? (int)(slash - t->path) + 1 : 0, t->path, STR_FMT(file));
        if (!path)
                return ST_NOMEM;
        st = dmn_load_file(path, NULL, &t->diag, &t->model);
        if (st == ST_NOMEM)
                return st;
        if (st != ST_OK) {
                whole_file_failed(t, cases ? cases : 1);
                return ST_OK;
        }
        FeelLimits limits = FEEL_LIMITS_DEFAULT;
        limits.max_ns = (uint64_t)CASE_SECONDS * 1000000000u;
        limits.max_bytes = CASE_BYTES;
        t->exec = feel_exec_new(&limits, &t->diag);
        if (!t->exec)
                return ST_NOMEM;
        for (const XmlNode *c = xml_child(doc->root, NS, STR("testCase")); c; c = xml_sibling(c, NS, STR("testCase")))
                TRY(run_case(t, c));
        return ST_OK;
}

Status dmn_tck_file(const char *path, Lang lang, Buf *out, DmnTckCounts *counts)
{
        Tck t = { .path = path, .lang = lang, .out = out, .counts = counts, .diag = DIAG_INIT(lang) };
        t.arena = arena_new((size_t)1 << 30);
        if (!t.arena)
                return ST_NOMEM;
        _cleanup_buf_ Buf text = BUF_INIT((size_t)64 << 20);
        Status st = file_read_all(path, &text, &t.diag);
        if (st == ST_OK)
                st = run_file(&t, buf_str(&text));
        else if (st != ST_NOMEM)
                whole_file_failed(&t, 1);
        feel_exec_free(t.exec);
        dmn_model_free(t.model);
        diag_release(&t.diag);
        arena_free(t.arena);
        return st == ST_NOMEM ? st : buf_status(out);
}

static bool is_test_file(const char *name)
{
        return str_ends(str_c(name), STR(".xml"));
}

static Status run_folder(const char *path, Lang lang, int depth, Buf *out, DmnTckCounts *counts)
{
        struct dirent **names;
        int n = scandir(path, &names, NULL, alphasort);
        if (n < 0)
                return ST_IO;
        Status st = depth > FOLDER_DEPTH ? ST_LIMIT : ST_OK;
        for (int i = 0; i < n; i++) {
                _cleanup_buf_ Buf child = BUF_INIT(1 << 16);
                struct stat info;
                if (names[i]->d_name[0] != '.' && st == ST_OK) {
                        buf_printf(&child, "%s/%s", path, names[i]->d_name);
                        st = buf_status(&child);
                        if (st == ST_OK && stat(buf_cstr(&child), &info) == 0) {
                                if (S_ISDIR(info.st_mode))
                                        st = run_folder(buf_cstr(&child), lang, depth + 1, out, counts);
                                else if (is_test_file(names[i]->d_name))
                                        st = dmn_tck_file(buf_cstr(&child), lang, out, counts);
                        }
                }
                free(names[i]);
        }
        free(names);
        return st;
}

Status dmn_tck_path(const char *path, Lang lang, Buf *out, DmnTckCounts *counts)
{
        struct stat info;
        if (stat(path, &info) != 0)
                return ST_NOT_FOUND;
        if (!S_ISDIR(info.st_mode))
                return dmn_tck_file(path, lang, out, counts);
        _cleanup_buf_ Buf clean = BUF_INIT(1 << 16);
        size_t len = strlen(path);
        while (len > 1 && path[len - 1] == '/')
                len--;
        buf_put(&clean, path, len);
        TRY(buf_status(&clean));
        return run_folder(buf_cstr(&clean), lang, 0, out, counts);
}
