/* build_codes.c -- code lists, and roles: small tables. */
#include "pack/pack_int.h"

typedef struct CodeBuild {
        Loader *l;
        PackCodeList *list;
} CodeBuild;

static size_t count_codes(const YamlArray *items)
{
        size_t n = items->count;
        const RawCode *raw = items->items;
        for (size_t i = 0; i < items->count; i++)
                n += count_codes(&raw[i].items);
        return n;
}

/* A text that several entries share finds nothing, unless they stand one above the other:
 * then it is the upper one (房地产业 is a section and its only division). */
static void add_text(CodeBuild *b, Str text, PackCode *c)
{
        char folded[PACK_FOLD_MAX];
        size_t n = pack_fold(text, folded);
        const PackCode *other = n ? map_get(&b->list->by_text, str_n(folded, n)) : NULL;
        for (const PackCode *up = c->parent; other && up; up = up->parent)
                if (up == other)
                        return;
        pack_add_header(b->l, &b->list->by_text, text, c, c->pos, false);
}

static void add_codes(CodeBuild *b, const YamlArray *items, const PackCode *parent)
{
        Loader *l = b->l;
        const RawCode *raw = items->items;
        for (size_t i = 0; i < items->count && l->fatal == ST_OK; i++) {
                PackCode *c = &b->list->codes[b->list->count];
                *c = (PackCode){ .code = raw[i].code, .title = loader_title(l, &raw[i].title, raw[i].code),
                                 .also = raw[i].also.items, .also_count = raw[i].also.count, .parent = parent,
                                 .from = raw[i].from, .to = raw[i].to, .index = b->list->count,
                                 .pos = yaml_pos(raw[i].at) };
                b->list->count++;
                if (!c->code.len || str_trim(c->code).len != c->code.len)
                        loader_error(l, c->pos, "代码为空或首尾有空白", "the code is empty or has blanks around it");
                if (c->from.month && c->to.month && date_cmp(c->to, c->from) < 0)
                        loader_error(l, c->pos, "终止日早于起始日", "it ends before it begins");
                loader_add(l, &b->list->by_code, c->code, c, raw[i].at, "代码", "code");
                add_text(b, c->code, c);
                add_text(b, c->title.zh, c);
                add_text(b, c->title.en, c);
                for (size_t k = 0; k < c->also_count; k++)
                        add_text(b, c->also[k], c);
                add_codes(b, &raw[i].items, c);
        }
}

void build_codes(Loader *l)
{
        size_t n = l->raw[RAW_CODES].len;
        PackCodeList **lists = arena_array_of(l->arena, PackCodeList *, n + 1);
        if (loader_oom(l, lists))
                return;
        l->pack->code_lists = (const PackCodeList *const *)lists;
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                const RawCodes *raw = l->raw[RAW_CODES].data[i];
                PackCodeList *list = arena_new_of(l->arena, PackCodeList);
                if (loader_oom(l, list))
                        return;
                size_t count = count_codes(&raw->items);
                *list = (PackCodeList){ .name = raw->name, .title = loader_title(l, &raw->title, raw->name),
                                        .by_code = MAP_INIT(PACK_UNITS_MAX), .by_text = MAP_INIT(PACK_UNITS_MAX * 4),
                                        .pos = yaml_pos(raw->at) };
                lists[l->pack->code_list_count++] = list;
                list->codes = arena_array_of(l->arena, PackCode, count + 1);
                if (loader_oom(l, list->codes))
                        return;
                CodeBuild b = { l, list };
                add_codes(&b, &raw->items, NULL);
                loader_add(l, &l->own->code_lists, list->name, list, raw->at, "代码表", "code list");
        }
}

void build_roles(Loader *l)
{
        size_t n = 0;
        for (size_t i = 0; i < l->raw[RAW_ROLES].len; i++)
                n += ((const RawRoles *)l->raw[RAW_ROLES].data[i])->roles.count;
        PackRole **roles = arena_array_of(l->arena, PackRole *, n + 1);
        if (loader_oom(l, roles))
                return;
        l->pack->roles = (const PackRole *const *)roles;
        for (size_t i = 0; i < l->raw[RAW_ROLES].len; i++) {
                const RawRoles *table = l->raw[RAW_ROLES].data[i];
                const RawRole *raw = table->roles.items;
                for (size_t k = 0; k < table->roles.count && l->fatal == ST_OK; k++) {
                        PackRole *role = arena_new_of(l->arena, PackRole);
                        if (loader_oom(l, role))
                                return;
                        *role = (PackRole){ .name = raw[k].name, .title = loader_title(l, &raw[k].title, raw[k].name),
                                            .reach = (PackReach)raw[k].reach, .may = raw[k].may.items,
                                            .may_count = raw[k].may.count, .personal = raw[k].personal,
                                            .pos = yaml_pos(raw[k].at) };
                        if (raw[k].reg.len && !(role->reg = map_get(&l->own->registers, raw[k].reg)))
                                loader_error(l, loader_at(raw[k].at, "register"), "没有库“%.*s”%s",
                                             "there is no register \"%.*s\"%s", STR_FMT(raw[k].reg),
                                             loader_near(l, &l->own->registers, raw[k].reg));
                        for (size_t p = 0; p < role->may_count; p++) {
                                Str pattern = role->may[p];
                                size_t dot = str_find(pattern, STR("."));
                                if (!str_eq(pattern,
                                            STR("*")) && (dot == SIZE_MAX || dot == 0 || dot + 1 == pattern.len))
                                        loader_error(l, yaml_pos(raw[k].may.at), "权限“%.*s”应写成 范围.动作 或 *",
                                                     "the right \"%.*s\" is no area.action, and no *",
                                                     STR_FMT(pattern));
                        }
                        roles[l->pack->role_count++] = role;
                        loader_add(l, &l->own->roles, role->name, role, raw[k].at, "角色", "role");
                }
        }
}

void build_documents(Loader *l)
{
        size_t n = l->documents.len;
        PackDocument **docs = arena_array_of(l->arena, PackDocument *, n + 1);
        if (loader_oom(l, docs))
                return;
        l->pack->documents = (const PackDocument *const *)docs;
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                const RawDocument *raw = l->documents.data[i];
                PackDocument *doc = arena_new_of(l->arena, PackDocument);
                PackHead *head = arena_array_of(l->arena, PackHead, raw->head.count + 1);
                if (loader_oom(l, doc) || loader_oom(l, head))
                        return;
                const RawHead *from = raw->head.items;
                for (size_t k = 0; k < raw->head.count; k++)
                        head[k] = (PackHead){ .key = from[k].key, .text = from[k].text, .pos = yaml_pos(from[k].at) };
                *doc = (PackDocument){ .name = raw->name, .title = loader_title(l, &raw->title, raw->name),
                                       .periodic = raw->has_period, .period = (PeriodKind)raw->period, .head = head,
                                       .head_count = raw->head.count, .path = raw->path, .body = raw->body,
                                       .body_line = raw->body_line, .pos = yaml_pos(raw->at) };
                if (raw->key.len) {
                        doc->key = map_get(&l->own->registers, raw->key);
                        doc->unit_key = doc->key ? NULL : map_get(&l->own->kinds, raw->key);
                        if (!doc->key && !doc->unit_key)
                                loader_error(l, yaml_pos(yaml_get(raw->at, STR("key"))), "没有库“%.*s”%s",
                                             "there is no register \"%.*s\"%s", STR_FMT(raw->key),
                                             loader_near(l, &l->own->registers, raw->key));
                }
                docs[l->pack->document_count++] = doc;
                loader_add(l, &l->own->documents, doc->name, doc, raw->at, "文书", "document");
        }
}
