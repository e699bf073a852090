/* model.c -- a policy's decision model: the pack's own, or another text in its place. */
#include "pack/pack_int.h"

typedef struct ImportFrom {
        const Pack *pack;
        Str folder;
} ImportFrom;

/* Models of the pack import each other by their place beside the importing one. */
static Status import_model(void *ctx, Arena *arena, Str namespace_uri, Str location, Str *ret_xml,
                           const char **ret_file)
{
        const ImportFrom *from = ctx;
        (void)namespace_uri;
        const char *path = arena_printf(arena, "%.*s%.*s", STR_FMT(from->folder), STR_FMT(location));
        if (!path)
                return ST_NOMEM;
        Str xml = pack_file(from->pack, str_c(path));
        if (!xml.ptr)
                return ST_NOT_FOUND;
        *ret_xml = xml;
        *ret_file = path;
        return ST_OK;
}

Status pack_policy_model(const Pack *pack, const PackPolicy *p, Str xml, bool keep_going, Diag *diag, DmnModel **ret)
{
        size_t folder = p->model_path.len;
        while (folder && p->model_path.ptr[folder - 1] != '/')
                folder--;
        ImportFrom from = { pack, str_n(p->model_path.ptr, folder) };
        DmnLoadOptions opt = {
                .library = pack->own->library, .import = import_model, .import_ctx = &from, .keep_going = keep_going
        };
        _cleanup_arena_ Arena *a = arena_new(1 << 16);
        const char *file = a ? arena_strndup(a, p->model_path.ptr, p->model_path.len) : NULL;
        return file ? dmn_load_text(xml, file, &opt, diag, ret) : ST_NOMEM;
}

static bool gives(const PackPolicy *p, Str name)
{
        for (size_t i = 0; i < p->input_count; i++)
                if (str_eq(p->inputs[i].name, name))
                        return true;
        for (size_t i = 0; i < p->parameter_count; i++)
                if (str_eq(p->parameters[i].name, name))
                        return true;
        return false;
}

Status pack_policy_model_fits(const PackPolicy *p, const DmnModel *m, Diag *diag)
{
        size_t n, outputs;
        bool good = true;
        const DmnDecision *d = dmn_find_decision(m, p->decision);
        if (!d)
                return diag_fail(diag, ST_INVALID, POS_NONE, "模型里没有决策“%.*s”",
                                 "the model has no decision \"%.*s\"", STR_FMT(p->decision));
        const DmnInput *inputs = dmn_decision_inputs(d, &n);
        const DmnOutput *out = dmn_decision_outputs(d, &outputs);
        if ((n && !inputs) || !out)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                if (!gives(p, inputs[i].name)) {
                        good = false;
                        diag_error(diag, POS_NONE, "决策“%.*s”要用“%.*s”，政策没有这个输入或参数",
                                   "the decision \"%.*s\" needs \"%.*s\", which the policy does not give",
                                   STR_FMT(p->decision), STR_FMT(inputs[i].name));
                }
        const Str wanted[] = { p->amount, p->holds, p->reason, p->reason_en };
        for (size_t w = 0; w < ARRAY_LEN(wanted); w++) {
                bool found = wanted[w].len == 0;
                for (size_t i = 0; i < outputs; i++)
                        found = found || str_eq(out[i].name, wanted[w]);
                if (!found) {
                        good = false;
                        diag_error(diag, POS_NONE, "决策“%.*s”的结果没有“%.*s”",
                                   "the result of \"%.*s\" has no \"%.*s\"", STR_FMT(p->decision), STR_FMT(wanted[w]));
                }
        }
        return good ? ST_OK : ST_INVALID;
}
