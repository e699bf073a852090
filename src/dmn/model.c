/* model.c -- a model's life: files and imports in, a DmnModel out; looking around in it. */
#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>

#include "codec/source.h"
#include "dmn/link_int.h"

enum { FOLDER_FILES = 2000 };

/* ---- imports ---- */

typedef struct Imports {
        DmnModel *m;
        DmnImportFn find;
        void *ctx;
        Diag *diag;
        Map docs;               /* namespace to XmlDoc: a file imported twice is read once */
} Imports;

static Status load_tree(Imports *in, const XmlDoc *doc, DmnDefs *parent, const DmnImport *via, DmnDefs **ret);

static bool is_ancestor(const DmnDefs *d, Str ns)
{
        for (; d; d = d->parent)
                if (str_eq(d->namespace_uri, ns))
                        return true;
        return false;
}

static Status import_failed(Imports *in, const DmnDefs *defs, const DmnImport *im, const char *zh, const char *en)
{
        DmnModel *m = in->m;
        m->circular = true;     /* does not load, unless asked to go on */
        return dmn_problem(m, SEV_ERROR, defs, im->line, im->col, "%s：%.*s", "%s: %.*s",
                           m->problems.lang == LANG_EN ? en : zh, STR_FMT(im->namespace_uri));
}

static Status load_import(Imports *in, DmnDefs *defs, DmnImport *im)
{
        DmnModel *m = in->m;
        if (is_ancestor(defs, im->namespace_uri))
                return import_failed(in, defs, im, "循环导入", "circular import");
        if (m->defs_count > m->limits.max_imports)
                return dmn_limit(m, defs, im->line, im->col, "导入过多（上限 %zu）", "too many imports (at most %zu)",
                                 m->limits.max_imports);
        XmlDoc *doc = map_get(&in->docs, im->namespace_uri);
        if (!doc) {
                Str xml = STR_NONE;
                const char *file = NULL;
                Status st = in->find ? in->find(in->ctx, m->arena, im->namespace_uri, im->location, &xml, &file)
                                     : ST_NOT_FOUND;
                if (st == ST_NOT_FOUND)
                        return import_failed(in, defs, im, "找不到导入的模型", "the imported model was not found");
                TRY(st);
                TRY(dmn_parse_file(m, xml, file, in->diag, &doc));
                TRY(map_put(&in->docs, im->namespace_uri, doc));
        }
        return load_tree(in, doc, defs, im, &im->defs);
}

static Status path_of(DmnModel *m, const DmnDefs *parent, const DmnImport *via, Str *ret)
{
        *ret = STR("");
        if (!parent)
                return ST_OK;
        if (via->name.len == 0 || parent->path.len == 0) {
                *ret = via->name.len ? via->name : parent->path;
                return ST_OK;
        }
        char *s = arena_printf(m->arena, "%.*s.%.*s", STR_FMT(parent->path), STR_FMT(via->name));
        *ret = str_c(s);
        return s ? ST_OK : ST_NOMEM;
}

static Status load_tree(Imports *in, const XmlDoc *doc, DmnDefs *parent, const DmnImport *via, DmnDefs **ret)
{
        DmnModel *m = in->m;
        DmnDefs *d = arena_new_of(m->arena, DmnDefs);
        if (!d)
                return ST_NOMEM;
        *d = (DmnDefs){ .model = m, .parent = parent, .level = parent ? parent->level + 1 : 0 };
        d->import_name = via ? via->name : STR("");
        if (d->level > 50)
                return dmn_limit(m, parent, via->line, via->col, "导入层数过多", "imports nested too deep");
        TRY(path_of(m, parent, via, &d->path));
        TRY(DMN_PUSH(m, m->defs, m->defs_count, m->defs_cap, d));
        TRY(dmn_load_defs(m, doc, d));
        for (size_t i = 0; i < d->import_count; i++)
                if (d->imports[i].is_dmn)
                        TRY(load_import(in, d, &d->imports[i]));
        *ret = d;
        return ST_OK;
}

/* ---- loading ---- */

static Status new_model(const DmnLoadOptions *opt, const Diag *diag, DmnModel **ret)
{
        DmnLimits limits = opt && opt->limits ? *opt->limits : DMN_LIMITS_DEFAULT;
        DmnModel *m = mem_calloc(1, sizeof(*m));
        if (!m)
                return ST_NOMEM;
        m->limits = limits;
        m->deadline = limits.max_ns ? clock_mono_ns() + limits.max_ns : 0;
        m->library = opt ? opt->library : NULL;
        m->keep_going = opt && opt->keep_going;
        m->problems = DIAG_INIT(diag ? diag->lang : LANG_ZH);
        m->problems.max = 1000;
        m->names = MAP_INIT(limits.max_nodes);
        m->arena = arena_new(limits.max_model_bytes);
        pthread_mutex_t *lock = mem_calloc(1, sizeof(*lock));
        m->lock = lock;
        if (m->arena)
                m->empty_scope = feel_scope_new(m->arena, NULL);
        if (!lock || !m->empty_scope || pthread_mutex_init(lock, NULL) != 0) {
                mem_free(lock);
                m->lock = NULL;
                dmn_model_free(m);
                return ST_NOMEM;
        }
        *ret = m;
        return ST_OK;
}

void dmn_model_free(DmnModel *m)
{
        if (!m)
                return;
        for (size_t i = 0; i < m->program_count; i++)
                feel_program_free(m->programs[i]);
        for (size_t i = 0; i < m->defs_count; i++) {
                map_release(&m->defs[i]->by_id);
                map_release(&m->defs[i]->item_by_name);
        }
        map_release(&m->names);
        diag_release(&m->problems);
        if (m->lock)
                pthread_mutex_destroy(m->lock);
        mem_free(m->lock);
        arena_free(m->arena);
        mem_free(m);
}

void dmn_problems_to_diag(const DmnModel *m, Diag *diag)
{
        for (size_t i = 0; diag && i < m->problems.count; i++) {
                const DiagMsg *p = &m->problems.msgs[i];
                diag_add(diag, p->severity, p->pos, "%s", "%s", p->text);
        }
}

static Status load(Imports *in, Str xml, const char *file)
{
        DmnModel *m = in->m;
        XmlDoc *doc;
        TRY(dmn_parse_file(m, xml, file, in->diag, &doc));
        TRY(load_tree(in, doc, NULL, NULL, &m->main));
        return dmn_link(m);
}

Status dmn_load_text(Str xml, const char *file, const DmnLoadOptions *opt, Diag *diag, DmnModel **ret)
{
        DmnModel *m;
        TRY(new_model(opt, diag, &m));
        Imports in = { .m = m, .find = opt ? opt->import : NULL, .ctx = opt ? opt->import_ctx : NULL, .diag = diag,
                       .docs = MAP_INIT(m->limits.max_imports + 1) };
        Status st = load(&in, xml, file);
        map_release(&in.docs);
        if (st != ST_OK) {
                dmn_problems_to_diag(m, diag);
                if (st == ST_NOMEM && arena_used(m->arena) + xml.len > m->limits.max_model_bytes / 2)
                        st = diag_fail(diag, ST_LIMIT, POS_FILE(file), "模型所需内存超过上限（%zu 字节）",
                                       "the model needs more memory than allowed (%zu bytes)",
                                       m->limits.max_model_bytes);
                dmn_model_free(m);
                return st;
        }
        *ret = m;
        return ST_OK;
}

/* ---- the .dmn files beside a file ---- */

typedef struct Folder {
        const char *dir;
        size_t max_bytes;
} Folder;

static Status read_into(Arena *a, const char *path, size_t max, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(max);
        TRY(file_read_all(path, &b, NULL));
        *ret = arena_str(a, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* Is it a DMN file of that namespace?  Only its first tag is read. */
static bool has_namespace(Str xml, Str ns)
{
        MemSource mem = { .left = xml };
        _cleanup_xml_reader_ XmlReader *r = NULL;
        XmlEvent e;
        if (xml_reader_new(mem_source(&mem), "", NULL, &r) != ST_OK)
                return false;
        return xml_next(r, NULL, &e) == ST_OK && e == XML_EV_START && str_eq_c(xml_name(r), "definitions") &&
               str_eq(xml_attr(r, STR_NONE, STR("namespace")), ns);
}

static int only_models(const struct dirent *e)
{
        return str_ends(str_c(e->d_name), STR(".dmn"));
}

static Status find_beside(void *ctx, Arena *a, Str ns, Str location, Str *ret_xml, const char **ret_file)
{
        const Folder *f = ctx;
        struct dirent **names;
        (void)location;         /* a model may not name files outside its folder; in it the namespace decides */
        int n = scandir(f->dir, &names, only_models, alphasort);
        if (n < 0)
                return ST_NOT_FOUND;
        Status st = ST_NOT_FOUND;
        for (int i = 0; i < n; i++) {
                ArenaMark mark = arena_mark(a);
                char *path = st == ST_NOT_FOUND && i < FOLDER_FILES ? arena_printf(a, "%s/%s", f->dir, names[i]->d_name)
                                                                    : NULL;
                Str xml;
                Status got = path ? read_into(a, path, f->max_bytes, &xml) : ST_NOT_FOUND;
                if (got == ST_OK && has_namespace(xml, ns)) {
                        *ret_xml = xml;
                        *ret_file = path;
                        st = ST_OK;
                } else if (path) {
                        arena_rewind(a, mark);
                        if (got == ST_NOMEM)
                                st = got;
                }
                free(names[i]);
        }
        free(names);
        return st;
}

Status dmn_load_file(const char *path, const DmnLoadOptions *opt, Diag *diag, DmnModel **ret)
{
        DmnLoadOptions o = opt ? *opt : (DmnLoadOptions){ 0 };
        const DmnLimits *limits = o.limits ? o.limits : &DMN_LIMITS_DEFAULT;
        _cleanup_buf_ Buf xml = BUF_INIT(limits->max_file_bytes);
        TRY(file_read_all(path, &xml, diag));
        const char *slash = strrchr(path, '/');
        _cleanup_arena_ Arena *a = arena_new(1 << 16);
        char *dir =
                a ? slash ? arena_strndup(a, path, slash == path ? 1 : (size_t)(slash - path)) : arena_strdup(a, ".")
                  : NULL;
        if (!dir)
                return ST_NOMEM;
        Folder folder = { .dir = dir, .max_bytes = limits->max_file_bytes };
        if (!o.import) {
                o.import = find_beside;
                o.import_ctx = &folder;
        }
        return dmn_load_text(buf_str(&xml), path, &o, diag, ret);
}

/* ---- looking around ---- */

Str dmn_model_name(const DmnModel *m)
{
        return m->main->name;
}

Str dmn_model_namespace(const DmnModel *m)
{
        return m->main->namespace_uri;
}

static const DmnElement *find(const DmnModel *m, Str name, DmnElementKind kind)
{
        const DmnElement *e = map_get(&m->names, name);
        if (e && e->kind == kind)
                return e;
        /* A decision and its business knowledge model may share a name. */
        for (size_t i = 0; i < m->main->element_count; i++) {
                e = m->main->elements[i];
                if (e->kind == kind && (str_eq(e->name, name) || str_eq(e->id, name)))
                        return e;
        }
        return NULL;
}

const DmnDecision *dmn_find_decision(const DmnModel *m, Str name)
{
        return find(m, name, EL_DECISION);
}

const DmnService *dmn_find_service(const DmnModel *m, Str name)
{
        return find(m, name, EL_SERVICE);
}

size_t dmn_decision_count(const DmnModel *m)
{
        return m->decision_count;
}

const DmnDecision *dmn_decision_at(const DmnModel *m, size_t i)
{
        return i < m->decision_count ? m->decisions[i] : NULL;
}

Str dmn_decision_name(const DmnDecision *d)
{
        return d->full_name;
}

const FeelType *dmn_decision_type(const DmnDecision *d)
{
        return d->feel;
}

typedef struct Walk {
        DmnModel *m;
        uint8_t *seen;
        DmnElement **inputs;
        size_t len, cap;
} Walk;

static Status walk(Walk *w, DmnElement *e)
{
        if (w->seen[e->index])
                return ST_OK;
        w->seen[e->index] = 1;
        if (e->kind == EL_INPUT)
                return DMN_PUSH(w->m, w->inputs, w->len, w->cap, e);
        for (size_t i = 0; i < e->reqs.len; i++)
                if (e->reqs.items[i].target && e->reqs.items[i].target->kind != EL_SERVICE)
                        TRY(walk(w, e->reqs.items[i].target));
        return ST_OK;
}

static Status list_inputs(DmnModel *m, DmnElement *d)
{
        Walk w = { .m = m };
        w.seen = mem_calloc(m->element_count, 1);
        if (!w.seen)
                return ST_NOMEM;
        Status st = walk(&w, d);
        mem_free(w.seen);
        TRY(st);
        DmnInput *list = arena_array_of(m->arena, DmnInput, w.len);
        if (!list)
                return ST_NOMEM;
        for (size_t i = 0; i < w.len; i++)
                list[i] = (DmnInput){ .name = w.inputs[i]->full_name, .type = dmn_feel_type(w.inputs[i]->type),
                                      .type_name = w.inputs[i]->type_ref, .description = w.inputs[i]->description };
        d->input_list = list;
        d->input_elements = w.inputs;
        d->input_count = w.len;
        return ST_OK;
}

/* The lists are made when somebody asks; the model is shared, so behind a lock. */
static DmnElement *mutable(const DmnElement *d)
{
        return (DmnElement *)(uintptr_t)d;
}

const DmnInput *dmn_decision_inputs(const DmnDecision *d, size_t *ret_count)
{
        DmnModel *m = d->defs->model;
        pthread_mutex_lock(m->lock);
        Status st = d->input_list ? ST_OK : list_inputs(m, mutable(d));
        pthread_mutex_unlock(m->lock);
        *ret_count = st == ST_OK ? d->input_count : 0;
        return st == ST_OK ? d->input_list : NULL;
}

static Status list_outputs(DmnModel *m, DmnElement *d)
{
        const FeelType *t = d->feel;
        size_t n = t->kind == FEEL_T_CONTEXT && t->field_count ? t->field_count : 1;
        DmnOutput *list = arena_array_of(m->arena, DmnOutput, n);
        if (!list)
                return ST_NOMEM;
        list[0] = (DmnOutput){ .name = STR(""), .type = t };
        for (size_t i = 0; t->kind == FEEL_T_CONTEXT && i < t->field_count; i++)
                list[i] = (DmnOutput){ .name = t->fields[i].name, .type = t->fields[i].type };
        d->output_list = list;
        d->output_count = n;
        return ST_OK;
}

const DmnOutput *dmn_decision_outputs(const DmnDecision *d, size_t *ret_count)
{
        DmnModel *m = d->defs->model;
        pthread_mutex_lock(m->lock);
        Status st = d->output_list ? ST_OK : list_outputs(m, mutable(d));
        pthread_mutex_unlock(m->lock);
        *ret_count = st == ST_OK ? d->output_count : 0;
        return st == ST_OK ? d->output_list : NULL;
}
