/* load.c -- from files to a pack: parse each, build, or say everything that is wrong. */
#include <stdlib.h>

#include "base/near.h"
#include "pack/pack_int.h"

bool loader_oom(Loader *l, const void *ptr)
{
        if (!ptr && l->fatal == ST_OK)
                l->fatal = ST_NOMEM;
        return l->fatal != ST_OK;
}

bool loader_status(Loader *l, Status st)
{
        if (st == ST_NOMEM || st == ST_INTERNAL || st == ST_LIMIT) {
                if (l->fatal == ST_OK)
                        l->fatal = st;
        } else if (st != ST_OK) {
                l->failed = true;
        }
        return l->fatal != ST_OK;
}

PackTitle loader_title(Loader *l, const YamlTitle *t, Str fallback)
{
        PackTitle made = { .zh = t->zh.len ? t->zh : fallback, .en = t->en };
        if (!made.en.len) {
                const RawText *english = map_get(&l->own->english, made.zh);
                if (english)
                        made.en = english->text;
        }
        return made;
}

PackExpr loader_expr(const YamlExpr *e)
{
        PackExpr made = { .text = e->text };
        if (e->at)
                made.pos = yaml_pos_in(e->at, 0);
        return made;
}

void loader_compile(Loader *l, const FeelScope *scope, PackExpr *expr, const FeelType *expected)
{
        FeelProgram *program = NULL;
        FeelSource src = { .text = expr->text, .file = expr->pos.file, .line = expr->pos.line, .col = expr->pos.col };
        if (l->fatal != ST_OK || loader_status(l, feel_compile(scope, src, NULL, l->diag, &program)) || !program)
                return;
        if (!VEC_PUSH(&l->own->programs, program, PACK_DEFINITIONS_MAX)) {
                feel_program_free(program);
                l->fatal = ST_NOMEM;
                return;
        }
        expr->program = program;
        const FeelType *type = feel_program_type(program);
        if (expected && type->kind != FEEL_T_ANY && type->kind != FEEL_T_NULL && !feel_type_conforms(type, expected)) {
                _cleanup_buf_ Buf is = BUF_INIT(1000), wanted = BUF_INIT(1000);
                feel_type_to_text(type, &is);
                feel_type_to_text(expected, &wanted);
                loader_error(l, expr->pos, "结果是 %s，此处要 %s", "this gives %s where %s is needed", buf_cstr(&is),
                             buf_cstr(&wanted));
        }
}

void loader_add(Loader *l, Map *map, Str name, void *value, const Yaml *at, const char *zh, const char *en)
{
        Status st = map_add(map, name, value);
        if (st == ST_EXISTS)
                loader_error(l, yaml_pos(at), "%s“%.*s”定义了两次", "%s \"%.*s\" is defined twice",
                             l->diag && l->diag->lang == LANG_EN ? en : zh, STR_FMT(name));
        else
                loader_status(l, st);
}

const char *loader_near(Loader *l, const Map *map, Str name)
{
        Near near = { .word = name };
        for (size_t i = 0; i < map->len; i++)
                near_offer(&near, map->items[i].key);
        if (!near.best.ptr)
                return "";
        const char *text = l->diag && l->diag->lang == LANG_EN
                ? arena_printf(l->arena, "; did you mean \"%.*s\"?", STR_FMT(near.best))
                : arena_printf(l->arena, "；是否指“%.*s”？", STR_FMT(near.best));
        return text ? text : "";
}

/* ---- files ------------------------------------------------------------------- */

static Status found_definition(void *ctx, size_t kind, void *object, const Yaml *node, bool ok)
{
        Loader *l = ctx;
        (void)node;
        if (!ok)
                l->failed = true;
        /* What had errors is built all the same, so that what refers to it is not reported too. */
        return VEC_PUSH(&l->raw[kind], object, PACK_DEFINITIONS_MAX) ? ST_OK : ST_NOMEM;
}

/* A key given twice spoils the pack, and not what can be said of the rest; of a file that cannot be read nothing
 * can. */
static YamlFile *read_yaml(Loader *l, Str text, const char *name)
{
        YamlLimits limits = YAML_LIMITS_DEFAULT;
        YamlFile *yaml = NULL;
        limits.keep_repeated = true;
        if (loader_status(l, yaml_parse(l->arena, text, name, &limits, l->diag, &yaml)))
                return NULL;
        if (!yaml)
                l->unread = name;
        else if (yaml->repeated)
                l->failed = true;
        return yaml;
}

static void load_yaml(Loader *l, const PackFile *file, const char *name)
{
        YamlFile *yaml = read_yaml(l, file->content, name);
        if (!yaml)
                return;
        loader_status(l, yaml_read_definitions(l->arena, yaml, pack_definitions, RAW_COUNT, found_definition, l,
                                               l->diag));
}

/* Markdown that begins with `---`, a YAML head, `---`. */
static void load_document(Loader *l, const PackFile *file, const char *name)
{
        Str text = file->content, end = STR("\n---");
        size_t close = SIZE_MAX;
        if (str_starts(text, STR("---\n")) || str_starts(text, STR("---\r\n"))) {
                size_t at = str_find(str_n(text.ptr + 3, text.len - 3), end);
                close = at == SIZE_MAX ? SIZE_MAX : at + 3 + 1;
        }
        if (close == SIZE_MAX) {
                loader_error(l, POS_LINE(name, 1, 1), "文书须以 --- 开头的文头开始，并以单独一行 --- 结束文头",
                             "a document begins with a head between two lines of ---");
                return;
        }
        YamlFile *yaml = read_yaml(l, str_n(text.ptr, close), name);
        if (!yaml)
                return;
        RawDocument *doc = arena_new_of(l->arena, RawDocument);
        if (loader_oom(l, doc))
                return;
        if (yaml->count != 1) {
                loader_error(l, POS_LINE(name, 1, 1), "文头为空", "the head is empty");
                return;
        }
        Status st = yaml_read(l->arena, yaml->docs[0], &pack_document_schema, l->diag, doc);
        if (loader_status(l, st))
                return;
        Str rest = str_n(text.ptr + close, text.len - close);
        str_cut(rest, '\n', &rest);
        doc->path = file->path;
        doc->body = rest.ptr ? rest : STR("");
        doc->body_line = 2;
        for (size_t i = 0; i < close; i++)
                doc->body_line += text.ptr[i] == '\n';
        if (st == ST_OK && !VEC_PUSH(&l->documents, doc, PACK_DEFINITIONS_MAX))
                l->fatal = ST_NOMEM;
}

static void load_files(Loader *l)
{
        for (size_t i = 0; i < l->own->file_count && l->fatal == ST_OK; i++) {
                const PackFile *file = &l->own->files[i];
                const char *name = arena_strndup(l->arena, file->path.ptr, file->path.len);
                if (loader_oom(l, name))
                        return;
                /* The words meetings are read with are lists, not definitions: the room of meetings reads them. */
                if (str_starts(file->path, STR("meeting/")))
                        continue;
                if (str_ends(file->path, STR(".yaml")) || str_ends(file->path, STR(".yml")))
                        load_yaml(l, file, name);
                else if (str_ends(file->path, STR(".md")))
                        load_document(l, file, name);
        }
        for (size_t i = 0; i < l->raw[RAW_LANGUAGE].len; i++) {
                const RawLanguage *lang = l->raw[RAW_LANGUAGE].data[i];
                if (!str_eq(lang->language, STR("en"))) {
                        loader_error(l, yaml_pos(lang->at), "只有英文（en）译文表", "the only language of texts is en");
                        continue;
                }
                RawText *texts = lang->texts.items;
                for (size_t k = 0; k < lang->texts.count; k++)
                        loader_add(l, &l->own->english, texts[k].key, &texts[k], texts[k].at, "译文", "text");
        }
}

static void load_head(Loader *l)
{
        const RawList *list = &l->raw[RAW_PACK];
        const RawPack *raw = list->len ? list->data[0] : NULL;
        for (size_t i = 0; i < list->len; i++)
                if (cstr_eq(((const RawPack *)list->data[i])->at->file->name, "pack.yaml"))
                        raw = list->data[i];
        for (size_t i = 0; i < list->len; i++)
                if (list->data[i] != raw)
                        loader_error(l, yaml_pos(((const RawPack *)list->data[i])->at), "城市包只能有一个 pack 定义",
                                     "a pack has one definition `pack`");
        if (!raw) {
                if (!l->failed)
                        loader_error(l, POS_FILE("pack.yaml"), "没有 pack 定义", "there is no definition `pack`");
                return;
        }
        l->pack->name = raw->name;
        l->pack->title = loader_title(l, &raw->title, raw->name);
        l->pack->version = raw->version;
        PackUnitKind *kinds = arena_array_of(l->arena, PackUnitKind, raw->kinds.count + 1);
        if (loader_oom(l, kinds))
                return;
        const RawKind *from = raw->kinds.items;
        for (size_t i = 0; i < raw->kinds.count; i++) {
                kinds[i] = (PackUnitKind){ .name = from[i].name, .title = loader_title(l, &from[i].title, from[i].name),
                                           .index = i, .pos = yaml_pos(from[i].at) };
                loader_add(l, &l->own->kinds, kinds[i].name, &kinds[i], from[i].at, "单位类型", "kind of unit");
        }
        l->pack->kinds = kinds;
        l->pack->kind_count = raw->kinds.count;
}

static void build(Loader *l)
{
        static void (*const stages[])(Loader *) = {
                load_files, load_head, build_units, build_codes, build_registers, build_ladders, build_indicators,
                build_forms, build_assessments, build_policies, build_documents, build_roles, build_migrations,
        };
        for (size_t i = 0; i < ARRAY_LEN(stages) && l->fatal == ST_OK; i++)
                stages[i](l);
        if (l->unread && l->fatal == ST_OK)
                diag_note(l->diag, POS_FILE(l->unread), "这个文件没能读出：别处说“没有…”，可能只因它在此文件里",
                          "this file could not be read: what others say is missing may only stand in it");
        for (size_t i = 0; i < l->raw[RAW_CASES].len && l->fatal == ST_OK; i++)
                if (!VEC_PUSH(&l->own->cases, l->raw[RAW_CASES].data[i], PACK_DEFINITIONS_MAX))
                        l->fatal = ST_NOMEM;
}

/* ---- the pack ------------------------------------------------------------------ */

void pack_free(Pack *pack)
{
        if (!pack)
                return;
        PackPrivate *own = pack->own;
        for (size_t i = 0; i < own->models.len; i++)
                dmn_model_free(own->models.data[i]);
        for (size_t i = 0; i < own->programs.len; i++)
                feel_program_free(own->programs.data[i]);
        for (size_t i = 0; i < pack->code_list_count; i++) {
                PackCodeList *list = (PackCodeList *)pack->code_lists[i];
                map_release(&list->by_code);
                map_release(&list->by_text);
        }
        for (size_t i = 0; i < pack->register_count; i++) {
                PackRegister *reg = (PackRegister *)pack->registers[i];
                map_release(&reg->by_name);
                map_release(&reg->by_header);
        }
        for (size_t i = 0; i < pack->form_count; i++)
                map_release(&((PackForm *)pack->forms[i])->by_header);
        Map *maps[] = { &own->kinds, &own->units, &own->unit_names, &own->code_lists, &own->registers,
                        &own->indicators, &own->forms, &own->policies, &own->documents, &own->roles, &own->english,
                        &own->ladders, &own->lights, &own->methods, &own->assessments };
        for (size_t i = 0; i < ARRAY_LEN(maps); i++)
                map_release(maps[i]);
        VEC_RELEASE(&own->programs);
        VEC_RELEASE(&own->models);
        VEC_RELEASE(&own->cases);
        arena_free(own->arena);
        mem_free(own);
        mem_free(pack);
}

static Pack *pack_new(const PackLimits *limits)
{
        Pack *pack = mem_calloc(1, sizeof(*pack));
        PackPrivate *own = mem_calloc(1, sizeof(*own));
        Arena *arena = arena_new(limits->memory);
        if (!pack || !own || !arena) {
                mem_free(pack);
                mem_free(own);
                arena_free(arena);
                return NULL;
        }
        own->arena = arena;
        Map *maps[] = { &own->kinds, &own->code_lists, &own->registers, &own->indicators, &own->forms, &own->policies,
                        &own->documents, &own->roles, &own->english, &own->ladders, &own->lights, &own->methods,
                        &own->assessments };
        for (size_t i = 0; i < ARRAY_LEN(maps); i++)
                maps[i]->max = PACK_DEFINITIONS_MAX;
        own->units.max = PACK_UNITS_MAX;
        own->unit_names.max = (size_t)PACK_UNITS_MAX * 4;
        pack->own = own;
        return pack;
}

static int by_path(const void *a, const void *b)
{
        return str_cmp(((const PackFile *)a)->path, ((const PackFile *)b)->path);
}

static Status keep_files(Pack *pack, const PackFile *files, size_t count, const PackLimits *limits, Diag *diag)
{
        PackPrivate *own = pack->own;
        size_t total = 0;
        if (count > limits->files)
                return diag_fail(diag, ST_LIMIT, POS_NONE, "城市包的文件超过 %zu 个",
                                 "the pack has more than %zu files", limits->files);
        own->files = arena_array_of(own->arena, PackFile, count + 1);
        if (!own->files)
                return ST_NOMEM;
        for (size_t i = 0; i < count; i++) {
                total += files[i].content.len;
                if (files[i].content.len > limits->file_bytes || total > limits->total_bytes)
                        return diag_fail(diag, ST_LIMIT, POS_NONE, "城市包的文件过大：%.*s",
                                         "a file of the pack is too large: %.*s",
                                         STR_FMT(files[i].path));
                PackFile *f = &own->files[own->file_count];
                *f = (PackFile){ .path = arena_str(own->arena, files[i].path),
                                 .content = arena_str(own->arena, files[i].content) };
                if (!f->path.ptr || !f->content.ptr)
                        return ST_NOMEM;
                own->file_count++;
        }
        qsort(own->files, own->file_count, sizeof(PackFile), by_path);
        return ST_OK;
}

Status pack_load_files(const PackFile *files, size_t count, const PackLimits *limits, Diag *diag, Pack **ret)
{
        limits = limits ? limits : &PACK_LIMITS_DEFAULT;
        _cleanup_pack_ Pack *pack = pack_new(limits);
        if (!pack)
                return ST_NOMEM;
        TRY(keep_files(pack, files, count, limits, diag));
        Loader l = { .pack = pack, .own = pack->own, .arena = pack->own->arena, .diag = diag };
        build(&l);
        for (size_t i = 0; i < RAW_COUNT; i++)
                VEC_RELEASE(&l.raw[i]);
        VEC_RELEASE(&l.documents);
        if (l.fatal == ST_LIMIT && (!diag || diag->errors == 0))
                return diag_fail(diag, ST_LIMIT, POS_NONE, "城市包超过上限", "the pack is beyond a limit");
        if (l.fatal != ST_OK)
                return l.fatal;
        if (l.failed)
                return ST_INVALID;
        *ret = TAKE(pack);
        return ST_OK;
}

Status pack_load(const char *dir, Diag *diag, Pack **ret)
{
        _cleanup_arena_ Arena *arena = arena_new(PACK_LIMITS_DEFAULT.total_bytes * 2);
        if (!arena)
                return ST_NOMEM;
        PackFile *files;
        size_t count;
        TRY(pack_read_dir(arena, dir, NULL, diag, &files, &count));
        return pack_load_files(files, count, NULL, diag, ret);
}

const PackFile *pack_files(const Pack *pack, size_t *ret_count)
{
        *ret_count = pack->own->file_count;
        return pack->own->files;
}

Str pack_file(const Pack *pack, Str path)
{
        for (size_t i = 0; i < pack->own->file_count; i++)
                if (str_eq(pack->own->files[i].path, path))
                        return pack->own->files[i].content;
        return STR_NONE;
}
