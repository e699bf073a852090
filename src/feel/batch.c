/* The batch executor's entry: plan, run chunk by chunk, or row by row. */
#include "feel/batch_int.h"

#include "base/utf8.h"

static Status new_batch(const FeelProgram *p, const Str *names, size_t count, FeelBatch **ret)
{
        _cleanup_(feel_batch_freep) FeelBatch *b = mem_calloc(1, sizeof(*b));
        if (!b)
                return ST_NOMEM;
        b->program = p;
        b->arena = arena_new((size_t)64 << 20);
        b->constant_memory = arena_new((size_t)64 << 20);
        if (!b->arena || !b->constant_memory)
                return ST_NOMEM;
        if (count) {
                b->part_names = names;
                b->part_roots = arena_array_of(b->arena, uint32_t, count);
                b->part_root_count = count;
                if (!b->part_roots)
                        return ST_NOMEM;
        }
        Status st = batch_plan(b);
        if (st != ST_OK && st != ST_UNSUPPORTED)
                return st;
        b->columnar = st == ST_OK;
        if (b->columnar && !count && b->nodes[b->root].op == NODE_CONTEXT) {
                b->part_roots = (uint32_t *)(uintptr_t)b->nodes[b->root].args;
                b->part_root_count = b->nodes[b->root].n;
        }
        *ret = TAKE(b);
        return ST_OK;
}

Status feel_batch_new(const FeelProgram *p, const FeelColumn *inputs, size_t n_inputs, FeelBatch **ret)
{
        (void)inputs;           /* representations are settled chunk by chunk */
        (void)n_inputs;
        return new_batch(p, NULL, 0, ret);
}

Status feel_batch_new_parts(const FeelProgram *p, const Str *names, size_t count, FeelBatch **ret)
{
        return new_batch(p, names, count, ret);
}

/* What is computed for the results: args have smaller numbers. */
static void mark_used(const FeelBatch *b, uint8_t *used)
{
        if (b->part_names)
                for (size_t k = 0; k < b->part_root_count; k++)
                        used[b->part_roots[k]] = 1;
        else
                used[b->root] = 1;
        for (uint32_t i = b->node_count; i-- > 0;)
                for (uint32_t k = 0; used[i] && k < b->nodes[i].n; k++)
                        used[b->nodes[i].args[k]] = 1;
}

Status feel_batch_slot_use(FeelBatch *b, uint32_t slot, FeelSlotUse *ret)
{
        *ret = (FeelSlotUse){ .whole = !b->columnar && feel_program_uses(b->program, slot) };
        if (!b->columnar)
                return ST_OK;
        uint8_t *used = arena_calloc(b->arena, b->node_count, 1);
        Str *names = arena_array_of(b->arena, Str, b->node_count);
        if (!used || !names)
                return ST_NOMEM;
        mark_used(b, used);
        uint32_t at = UINT32_MAX;
        for (uint32_t i = 0; i < b->node_count; i++)
                if (used[i] && b->nodes[i].op == NODE_SLOT && (uint32_t)b->nodes[i].index == slot)
                        at = i;
        if (at == UINT32_MAX)
                return ST_OK;
        ret->whole = !b->part_names && b->root == at;
        for (size_t k = 0; b->part_names && k < b->part_root_count; k++)
                ret->whole |= b->part_roots[k] == at;
        for (uint32_t i = 0; i < b->node_count; i++) {
                const Node *n = &b->nodes[i];
                for (uint32_t k = 0; used[i] && k < n->n; k++) {
                        if (n->args[k] != at)
                                continue;
                        if (n->op == NODE_PATH)
                                names[ret->count++] = n->text;
                        else
                                ret->whole = true;
                }
        }
        ret->names = names;
        return ST_OK;
}

static void scratch_release(Scratch *s)
{
        for (size_t i = 0; i < s->count; i++)
                mem_free(s->blocks[i]);
        mem_free(s->blocks);
}

void feel_batch_free(FeelBatch *b)
{
        if (!b)
                return;
        scratch_release(&b->scratch);
        scratch_release(&b->constant_scratch);
        arena_free(b->constant_memory);
        arena_free(b->arena);
        mem_free(b);
}

bool feel_batch_is_columnar(const FeelBatch *b)
{
        return b->columnar && b->part_count == 0;
}

bool feel_batch_has_plan(const FeelBatch *b)
{
        return b->columnar;
}

void feel_batch_explain(const FeelBatch *b, Lang lang, Buf *out)
{
        static const struct { const char *zh, *en;
        } why[AST_KIND_COUNT] = {
                [AST_FILTER] = { "筛选", "a filter" },
                [AST_FOR] = { "循环", "a loop" },
                [AST_SOME] = { "循环", "a loop" },
                [AST_EVERY] = { "循环", "a loop" },
                [AST_CALL] = { "函数调用", "a function call" },
        };
        Str text = feel_program_text(b->program);
        for (size_t i = 0; i < b->part_count; i++) {
                const Ast *n = b->parts[i]->tree;
                Pos pos = feel_source_pos(&b->program->src, n->pos);
                Str part = str_trim(str_n(text.ptr + n->pos, n->end - n->pos));
                if (n->kind == AST_FILTER || n->kind == AST_PATH)
                        part = text;    /* these begin at their operator */
                if (part.len > 60)
                        part.len = utf8_offset(part, 20);
                const char *zh = why[n->kind].zh ? why[n->kind].zh : "其中有循环或函数";
                const char *en = why[n->kind].en ? why[n->kind].en : "loops or functions in it";
                buf_printf(out, lang == LANG_EN ? "%d:%d row by row, %s: %.*s\n" : "%d:%d 逐行计算（%s）：%.*s\n",
                           pos.line, pos.col, lang == LANG_EN ? en : zh, STR_FMT(part));
        }
        if (!b->columnar)
                buf_puts(out, lang == LANG_EN ? "all of it row by row\n" : "整个表达式逐行计算\n");
}

/* ---------------------------------------------------------------- columns */

static Status column_unknown(Arena *a, const FeelColumn *c, size_t row, FeelValue *ret)
{
        if (!c->causes)
                return feel_unknown(a, c->unknown_name, ret);
        FeelValue all = feel_null(), one;
        for (uint64_t left = c->causes[row]; left; left &= left - 1) {
                TRY(feel_unknown(a, c->cause_names[__builtin_ctzll(left)], &one));
                if (all.kind == FEEL_NULL)
                        all = one;
                else
                        TRY(feel_unknown_union(a, &all, &one, &all));
        }
        *ret = all;
        return ST_OK;
}

static Status column_context(Arena *a, const FeelColumn *c, size_t row, FeelValue *ret)
{
        size_t n = feel_shape_len(c->shape);
        FeelValue *values = arena_array_of(a, FeelValue, n + 1);
        if (!values)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                TRY(feel_column_get(a, &c->parts[i], row, &values[i]));
        *ret = feel_context(c->shape, values);
        return ST_OK;
}

Status feel_column_get(Arena *a, const FeelColumn *c, size_t row, FeelValue *ret)
{
        *ret = feel_null();
        if (c->kind == FEEL_COL_VALUE) {
                if (c->value)
                        *ret = c->value[row];
                return ST_OK;
        }
        if ((c->causes && c->causes[row]) || (!c->causes && c->unknown && c->unknown[row]))
                return column_unknown(a, c, row, ret);
        if (!c->any || (c->null && c->null[row]))
                return ST_OK;
        if (c->kind == FEEL_COL_CONTEXT)
                return column_context(a, c, row, ret);
        switch (c->kind) {
        case FEEL_COL_SCALED: *ret = feel_number(dec_from_scaled(c->scaled[row], c->scale)); break;
        case FEEL_COL_DEC: *ret = feel_number(c->dec[row]); break;
        case FEEL_COL_BOOL: *ret = feel_bool(c->boolean[row] != 0); break;
        case FEEL_COL_STR: *ret = feel_string(c->str[row]); break;
        default: *ret = feel_date(date_from_days(c->days[row])); break;
        }
        return ST_OK;
}

/* ---------------------------------------------------------------- row by row */

static Status run_rows(FeelBatch *b, size_t rows, FeelColumn *ret)
{
        FeelExec *x = b->x;
        BatchOut out = { .b = b, .rows = rows };
        FeelValue *values, *input;
        TRY(feel_new_values(x, b->n_inputs + 1, &values));
        TRY(feel_new_values(x, 1, &input));
        FeelValue nothing = feel_null();
        for (size_t i = 0; i < rows; i++) {
                size_t row = b->pick ? b->pick[i] : i;
                FeelValue v;
                if (i == 0)
                        TRY(batch_out_value(&out, 0, &nothing));        /* the array stands before the mark */
                ArenaMark mark = feel_exec_mark(x);
                for (size_t k = 0; k < b->n_inputs; k++)
                        TRY(feel_column_get(x->arena, &b->inputs[k], row, &values[k]));
                if (b->input) {
                        TRY(feel_column_get(x->arena, b->input, row, input));
                        TRY(feel_eval_unary_tests(x, b->program, input, values, b->n_inputs, &v));
                } else {
                        TRY(feel_eval(x, b->program, values, b->n_inputs, &v));
                }
                TRY(batch_out_value(&out, i, &v));
                if (batch_stands_alone(&v))
                        feel_exec_rewind(x, mark);
        }
        return batch_out_done(&out, ret);
}

/* ---------------------------------------------------------------- columns */

static Status run_chunks(FeelBatch *b, size_t rows, FeelColumn *ret)
{
        FeelExec *x = b->x;
        BatchOut out = { .b = b, .rows = rows };
        for (size_t at = 0; at < rows; at += BATCH_CHUNK) {
                size_t n = rows - at < BATCH_CHUNK ? rows - at : BATCH_CHUNK;
                Frame *root;
                Vec *v;
                ArenaMark mark = feel_exec_mark(x);
                b->base = at;
                b->scratch.block = b->scratch.used = 0;
                b->last_causes = 0;
                TRY(feel_tick(x, n));
                TRY(frame_child(b, NULL, NULL, n, &root));
                TRY(frame_vec(b, root, b->root, &v));
                if (b->too_many_names)
                        return run_rows(b, rows, ret);
                out.pinned = false;
                TRY(batch_out_vec(&out, at, v, n));
                if (!out.pinned)
                        feel_exec_rewind(x, mark);
        }
        return batch_out_done(&out, ret);
}

const FeelShape *feel_batch_shape(const FeelBatch *b)
{
        return b->columnar && b->nodes[b->root].op == NODE_CONTEXT ? b->nodes[b->root].shape : NULL;
}

static Status parts_chunks(FeelBatch *b, size_t rows, BatchOut *outs, bool *ret_ok)
{
        for (size_t at = 0; at < rows; at += BATCH_CHUNK) {
                size_t n = rows - at < BATCH_CHUNK ? rows - at : BATCH_CHUNK;
                Frame *frame;
                Vec *v;
                b->base = at;
                b->scratch.block = b->scratch.used = 0;
                b->last_causes = 0;
                TRY(feel_tick(b->x, n));
                TRY(frame_child(b, NULL, NULL, n, &frame));
                for (size_t k = 0; k < b->part_root_count; k++) {
                        TRY(frame_vec(b, frame, b->part_roots[k], &v));
                        if (b->too_many_names)
                                return ST_OK;
                        TRY(batch_out_vec(&outs[k], at, v, n));
                }
        }
        *ret_ok = true;
        return ST_OK;
}

Status feel_batch_eval_parts(FeelBatch *b, FeelExec *x, const FeelColumn *inputs, size_t n_inputs, size_t rows,
                             FeelColumn *parts, bool *ret_ok)
{
        const FeelProgram *outer = x->program;
        size_t n = b->part_root_count;
        *ret_ok = false;
        if (!b->columnar || !n)
                return ST_OK;
        BatchOut *outs = arena_array_of(x->arena, BatchOut, n + 1);
        if (!outs)
                return ST_NOMEM;
        for (size_t k = 0; k < n; k++)
                outs[k] = (BatchOut){ .b = b, .rows = rows };
        b->inputs = inputs;
        b->n_inputs = n_inputs < b->program->slots ? n_inputs : b->program->slots;
        b->input = NULL;
        b->pick = NULL;
        b->x = x;
        b->name_count = 0;
        b->too_many_names = false;
        b->last_causes = 0;
        x->program = b->program;
        Status st = parts_chunks(b, rows, outs, ret_ok);
        for (size_t k = 0; st == ST_OK && *ret_ok && k < n; k++)
                st = batch_out_done(&outs[k], &parts[k]);
        x->program = outer;
        b->x = NULL;
        return st;
}

static Status run(FeelBatch *b, FeelExec *x, size_t rows, FeelColumn *ret)
{
        const FeelProgram *outer = x->program;
        b->x = x;
        b->name_count = 0;
        b->too_many_names = false;
        b->last_causes = 0;
        x->program = b->program;
        Status st = b->columnar ? run_chunks(b, rows, ret) : run_rows(b, rows, ret);
        x->program = outer;
        b->x = NULL;
        return st;
}

Status feel_batch_eval(FeelBatch *b, FeelExec *x, const FeelColumn *inputs, size_t n_inputs, size_t rows,
                       FeelColumn *ret)
{
        return feel_batch_unary_tests(b, x, NULL, inputs, n_inputs, NULL, rows, ret);
}

Status feel_batch_eval_rows(FeelBatch *b, FeelExec *x, const FeelColumn *inputs, size_t n_inputs,
                            const uint32_t *pick, size_t n_pick, FeelColumn *ret)
{
        return feel_batch_unary_tests(b, x, NULL, inputs, n_inputs, pick, n_pick, ret);
}

Status feel_batch_unary_tests(FeelBatch *b, FeelExec *x, const FeelColumn *input, const FeelColumn *inputs,
                              size_t n_inputs, const uint32_t *pick, size_t n_pick, FeelColumn *ret)
{
        b->inputs = inputs;
        b->n_inputs = n_inputs < b->program->slots ? n_inputs : b->program->slots;
        b->input = input;
        b->pick = pick;
        return run(b, x, n_pick, ret);
}
