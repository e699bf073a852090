/* publish.c -- see publish.h. */
#include "document/publish.h"

#include "base/map.h"
#include "codec/json.h"
#include "document/document_int.h"
#include "store/event.h"

enum { FILE_MAX = 64 << 20, LIST_MAX = 1000 };

static const struct {
        const char *name;
        Status (*write)(const Document *, Diag *, Buf *);
} formats[] = {
        { "docx", document_docx },
        { "html", document_html },
        { "md", document_md },
        { "pdf", document_pdf },
};

Status document_tables(StoreTx *tx)
{
        static const StoreColumn document[] = {
                { .name = "id", .type = STORE_I64 },
                { .name = "name", .type = STORE_TEXT, .not_null = true },
                { .name = "title", .type = STORE_TEXT, .not_null = true },
                { .name = "period", .type = STORE_TEXT, .not_null = true }, /* empty: none */
                { .name = "key", .type = STORE_TEXT, .not_null = true },
                { .name = "edition", .type = STORE_I64, .not_null = true },
                { .name = "day", .type = STORE_TEXT, .not_null = true },
                { .name = "pack_version", .type = STORE_TEXT, .not_null = true },
                { .name = "actor", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "event", .type = STORE_I64, .not_null = true },
                { .name = "withdrawn", .type = STORE_TEXT },
        };
        static const StoreColumn file[] = {
                { .name = "document", .type = STORE_I64, .references = "document(id)" },
                { .name = "format", .type = STORE_TEXT },
                { .name = "hash", .type = STORE_TEXT, .not_null = true },
                { .name = "content", .type = STORE_BLOB, .not_null = true },
        };
        static const StoreColumn figure[] = {
                { .name = "document", .type = STORE_I64, .references = "document(id)" },
                { .name = "number", .type = STORE_I64 },
                { .name = "feel", .type = STORE_TEXT, .not_null = true },
                { .name = "value", .type = STORE_TEXT, .not_null = true },
                { .name = "shown", .type = STORE_TEXT, .not_null = true },
        };
        static const StoreIndex editions[] = {
                { .name = "document_edition", .columns = "name, period, key, edition", .unique = true }
        };
        static const StoreTable tables[] = {
                { .name = "document",
                  .columns = document,
                  .column_count = ARRAY_LEN(document),
                  .primary_key = "id",
                  .indexes = editions,
                  .index_count = 1 },
                { .name = "document_file",
                  .columns = file,
                  .column_count = ARRAY_LEN(file),
                  .primary_key = "document, format" },
                { .name = "document_figure",
                  .columns = figure,
                  .column_count = ARRAY_LEN(figure),
                  .primary_key = "document, number" },
        };
        return store_apply_tables(tx, tables, ARRAY_LEN(tables), NULL);
}

/* ---- the figures of a document ---- */

typedef struct Figure {
        Str feel, value, shown;
} Figure;

typedef struct Figures {
        Arena *a;
        Figure *items;
        size_t count, cap;
} Figures;

static Status take(Figures *f, Str feel, Str value, Str shown)
{
        if (arena_grow(f->a, (void **)&f->items, &f->cap, f->count + 1, sizeof(*f->items)) < 0)
                return ST_NOMEM;
        f->items[f->count++] = (Figure){ feel, value.ptr ? value : STR(""), shown };
        return ST_OK;
}

static Status take_text(Figures *f, DocText t)
{
        for (size_t i = 0; i < t.count; i++)
                if (t.spans[i].feel.len)
                        TRY(take(f, t.spans[i].feel, t.spans[i].value, t.spans[i].text));
        return ST_OK;
}

static Status take_chart(Figures *f, const DocChart *c)
{
        TRY(take_text(f, c->caption));
        for (size_t i = 0; i < c->count; i++) {
                const DocPoint *p = &c->points[i];
                char text[DEC_TEXT_MAX] = "null";
                if (p->known)
                        dec_to_text(p->value, text);
                char *shown = arena_printf(f->a, "%.*s %.*s", STR_FMT(p->label), STR_FMT(p->shown));
                Str value = arena_str(f->a, str_c(text));
                if (!shown || !value.ptr)
                        return ST_NOMEM;
                TRY(take(f, c->feel, value, str_c(shown)));
        }
        return ST_OK;
}

static Status figures_of(const Document *d, Arena *a, Figures *ret)
{
        Figures f = { .a = a };
        TRY(take_text(&f, d->title));
        for (size_t i = 0; i < DOC_HEAD_COUNT; i++)
                TRY(take_text(&f, d->head[i]));
        for (size_t i = 0; i < d->count; i++) {
                const DocBlock *b = &d->blocks[i];
                TRY(take_text(&f, b->text));
                if (b->table) {
                        TRY(take_text(&f, b->table->caption));
                        for (size_t k = 0; k < b->table->columns * b->table->rows; k++)
                                TRY(take_text(&f, b->table->cells[k]));
                }
                if (b->chart)
                        TRY(take_chart(&f, b->chart));
        }
        *ret = f;
        return ST_OK;
}

static Status figures_hash(const Figures *f, char ret[SM3_HEX])
{
        _cleanup_sm3_ Sm3 *h = NULL;
        uint8_t hash[SM3_SIZE];
        TRY(sm3_new(&h));
        for (size_t i = 0; i < f->count; i++) {
                const Str parts[] = { f->items[i].feel, f->items[i].value, f->items[i].shown };
                for (size_t k = 0; k < ARRAY_LEN(parts); k++) {
                        sm3_add(h, parts[k]);
                        sm3_add(h, str_n("", 1)); /* a NUL ends every part: texts cannot hold one */
                }
        }
        sm3_end(h, hash);
        sm3_to_hex(hash, ret);
        return ST_OK;
}

static Status stored_figures(StoreTx *tx, int64_t id, Arena *a, Figures *ret)
{
        Figures f = { .a = a };
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(tx, "SELECT feel, value, shown FROM document_figure WHERE document = $1 ORDER BY number",
                             STORE_ARGS(sv_i64(id)), &q));
        while (store_next(q)) {
                Str feel = store_text_dup(q, 0, a), value = store_text_dup(q, 1, a), shown = store_text_dup(q, 2, a);
                if (!feel.ptr || !value.ptr || !shown.ptr)
                        return ST_NOMEM;
                TRY(take(&f, feel, value, shown));
        }
        *ret = f;
        return store_done(q);
}

/* ---- publishing ---- */

typedef struct Files {
        Buf content[ARRAY_LEN(formats)];
        char hash[ARRAY_LEN(formats)][SM3_HEX];
} Files;

static Status make_files(const Document *d, Diag *diag, Files *f)
{
        for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
                f->content[i] = BUF_INIT(FILE_MAX);
                TRY(formats[i].write(d, diag, &f->content[i]));
                TRY(buf_status(&f->content[i]));
                TRY(sm3_hex_of(buf_str(&f->content[i]), f->hash[i]));
        }
        return ST_OK;
}

static void files_release(Files *f)
{
        for (size_t i = 0; i < ARRAY_LEN(formats); i++)
                buf_release(&f->content[i]);
}

static Status make_event(StoreTx *tx, const DocumentPublish *in, const DocumentFrozen *d, const Files *files,
                         const Figures *figures, int64_t *ret)
{
        char hash[SM3_HEX];
        TRY(figures_hash(figures, hash));
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "document", d->id);
        jw_put_str(&w, "name", d->name);
        jw_put_str(&w, "title", d->title);
        jw_put_str(&w, "period", d->period);
        jw_put_str(&w, "key", d->key);
        jw_put_i64(&w, "edition", d->edition);
        jw_put_str(&w, "day", d->day);
        jw_put_str(&w, "pack_version", in->pack_version);
        jw_put_object(&w, "files_sm3");
        for (size_t i = 0; i < ARRAY_LEN(formats); i++)
                jw_put_cstr(&w, formats[i].name, files->hash[i]);
        jw_object_end(&w);
        jw_put_i64(&w, "figures", (int64_t)figures->count);
        jw_put_cstr(&w, "figures_sm3", hash);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        StoreEvent e = { .actor = in->actor,
                         .on_behalf = in->on_behalf,
                         .op = STR("document.publish"),
                         .subject = d->name,
                         .reason = in->reason,
                         .payload = buf_str(&b) };
        return store_event(tx, &e, ret);
}

static Status write_all(StoreTx *tx, const DocumentPublish *in, const DocumentFrozen *d, const Files *files,
                        const Figures *figures)
{
        TRY(store_exec(
                tx,
                "INSERT INTO document (id, name, title, period, key, edition, day, pack_version, actor, at, event) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                STORE_ARGS(sv_i64(d->id), sv_text(d->name), sv_text(d->title), sv_text(d->period), sv_text(d->key),
                           sv_i64(d->edition), sv_text(d->day), sv_text(in->pack_version), sv_text(d->actor),
                           sv_text(d->at), sv_i64(d->event)),
                NULL));
        for (size_t i = 0; i < ARRAY_LEN(formats); i++)
                TRY(store_exec(tx,
                               "INSERT INTO document_file (document, format, hash, content) VALUES ($1, $2, $3, $4)",
                               STORE_ARGS(sv_i64(d->id), sv_cstr(formats[i].name), sv_cstr(files->hash[i]),
                                          sv_blob(buf_str(&files->content[i]))),
                               NULL));
        static const char *const columns[] = { "document", "number", "feel", "value", "shown" };
        _cleanup_store_bulk_ StoreBulk *bulk = NULL;
        TRY(store_bulk(tx, "document_figure", columns, ARRAY_LEN(columns), &bulk));
        for (size_t i = 0; i < figures->count; i++) {
                const Figure *f = &figures->items[i];
                const StoreValue row[] = { sv_i64(d->id), sv_i64((int64_t)i + 1), sv_text(f->feel), sv_text(f->value),
                                           sv_text(f->shown) };
                TRY(store_bulk_row(bulk, row));
        }
        return store_bulk_end(&bulk, NULL);
}

/* The last edition of the same document, if it stands and holds the same bytes. */
static Status same_as_last(StoreTx *tx, const DocumentFrozen *d, const Files *files, bool *ret)
{
        *ret = false;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx,
                        "SELECT f.format, f.hash FROM document d JOIN document_file f ON f.document = d.id "
                        "WHERE d.name = $1 AND d.period = $2 AND d.key = $3 AND d.edition = $4 AND d.withdrawn IS NULL",
                        STORE_ARGS(sv_text(d->name), sv_text(d->period), sv_text(d->key), sv_i64(d->edition - 1)), &q));
        size_t same = 0;
        while (store_next(q))
                for (size_t i = 0; i < ARRAY_LEN(formats); i++)
                        same += str_eq_c(store_text(q, 0), formats[i].name) &&
                                str_eq_c(store_text(q, 1), files->hash[i]);
        *ret = same == ARRAY_LEN(formats);
        return store_done(q);
}

static Status describe(StoreTx *tx, const DocumentPublish *in, Arena *a, DocumentFrozen *ret)
{
        _cleanup_buf_ Buf title = BUF_INIT(1 << 20);
        char text[40];
        document_text(in->document->title, &title);
        TRY(buf_status(&title));
        DocumentFrozen d = { .name = in->document->name,
                             .period = in->period.ptr ? in->period : STR(""),
                             .key = in->key.ptr ? in->key : STR(""),
                             .actor = in->actor };
        size_t n = date_to_text(in->document->date, text);
        d.day = arena_str(a, str_n(text, n));
        n = instant_to_text(clock_now(), text);
        d.at = arena_str(a, str_n(text, n));
        d.title = arena_str(a, buf_str(&title));
        if (!d.day.ptr || !d.at.ptr || !d.title.ptr)
                return ST_NOMEM;
        int64_t editions;
        TRY(store_get_i64(tx, "SELECT count(*) FROM document WHERE name = $1 AND period = $2 AND key = $3",
                          STORE_ARGS(sv_text(d.name), sv_text(d.period), sv_text(d.key)), &editions));
        d.edition = editions + 1;
        *ret = d;
        return ST_OK;
}

static Status publish(StoreTx *tx, const DocumentPublish *in, Arena *a, Diag *diag, Files *files, DocumentFrozen *ret)
{
        DocumentFrozen d;
        Figures figures;
        bool same;
        TRY(make_files(in->document, diag, files));
        TRY(figures_of(in->document, a, &figures));
        TRY(describe(tx, in, a, &d));
        TRY(same_as_last(tx, &d, files, &same));
        if (same)
                return diag_fail(diag, ST_EXISTS, POS_NONE, "“%.*s”已经发布，数据没有变化",
                                 "\"%.*s\" is published already and no figure has changed", STR_FMT(d.title));
        TRY(store_new_ids(tx, "document", 1, &d.id));
        TRY(make_event(tx, in, &d, files, &figures, &d.event));
        TRY(write_all(tx, in, &d, files, &figures));
        *ret = d;
        return ST_OK;
}

Status document_publish(StoreTx *tx, const DocumentPublish *in, Arena *a, Diag *diag, DocumentFrozen *ret)
{
        Files files = { 0 };
        Status st = publish(tx, in, a, diag, &files, ret);
        files_release(&files);
        return st;
}

Status document_withdraw(StoreTx *tx, int64_t id, Str reason, Str actor, Str on_behalf, Diag *diag)
{
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        DocumentFrozen d;
        reason = str_trim(reason);
        if (!a)
                return ST_NOMEM;
        if (!reason.len)
                return diag_fail(diag, ST_INVALID, POS_NONE, "撤回文书要写明理由", "say why the document is withdrawn");
        Status st = document_frozen(tx, id, a, &d);
        if (st == ST_NOT_FOUND)
                return diag_fail(diag, st, POS_NONE, "没有第 %lld 号文书", "there is no document %lld", (long long)id);
        TRY(st);
        if (d.withdrawn.ptr)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "“%.*s”已经撤回", "\"%.*s\" is withdrawn already",
                                 STR_FMT(d.title));
        char *payload = arena_printf(a, "{\"document\":%lld}", (long long)id);
        if (!payload)
                return ST_NOMEM;
        StoreEvent e = { .actor = actor,
                         .on_behalf = on_behalf,
                         .op = STR("document.withdraw"),
                         .subject = d.name,
                         .reason = reason,
                         .payload = str_c(payload) };
        TRY(store_event(tx, &e, NULL));
        return store_exec(tx, "UPDATE document SET withdrawn = $2 WHERE id = $1",
                          STORE_ARGS(sv_i64(id), sv_text(reason)), NULL);
}

/* ---- reading ---- */

#define FROZEN_COLUMNS "id, name, title, period, key, edition, day, actor, at, event, withdrawn"

static Status read_frozen(StoreStmt *q, Arena *a, DocumentFrozen *ret)
{
        DocumentFrozen d = { .id = store_i64(q, 0), .edition = store_i64(q, 5), .event = store_i64(q, 9) };
        const struct {
                int column;
                Str *out;
        } texts[] = { { 1, &d.name }, { 2, &d.title }, { 3, &d.period }, { 4, &d.key },
                      { 6, &d.day },  { 7, &d.actor }, { 8, &d.at } };
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                if (!(*texts[i].out = store_text_dup(q, texts[i].column, a)).ptr)
                        return ST_NOMEM;
        if (!store_is_null(q, 10) && !(d.withdrawn = store_text_dup(q, 10, a)).ptr)
                return ST_NOMEM;
        *ret = d;
        return ST_OK;
}

Status document_frozen_list(StoreTx *tx, Str name, Str period, Str key, Arena *a, DocumentFrozen **ret,
                            size_t *ret_count)
{
        DocumentFrozen *rows = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx,
                "SELECT " FROZEN_COLUMNS
                " FROM document WHERE ($1 = '' OR name = $1) AND ($2 = '' OR period = $2) AND ($3 = '' OR key = $3) "
                "ORDER BY id DESC LIMIT $4",
                STORE_ARGS(sv_text(name.ptr ? name : STR("")), sv_text(period.ptr ? period : STR("")),
                           sv_text(key.ptr ? key : STR("")), sv_i64(LIST_MAX)),
                &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&rows, &cap, n + 1, sizeof(*rows)) < 0)
                        return ST_NOMEM;
                TRY(read_frozen(q, a, &rows[n]));
                n++;
        }
        *ret = rows;
        *ret_count = n;
        return store_done(q);
}

Status document_frozen(StoreTx *tx, int64_t id, Arena *a, DocumentFrozen *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(tx, "SELECT " FROZEN_COLUMNS " FROM document WHERE id = $1", STORE_ARGS(sv_i64(id)), &q));
        return read_frozen(q, a, ret);
}

/* The payload of the event that published it. */
static Status event_of(StoreTx *tx, int64_t event, Arena *a, const Json **ret)
{
        StoreEvent *events;
        size_t n;
        Json *root;
        TRY(store_events(tx, &(StoreEventFilter){ .op = STR("document.publish"), .after = event - 1, .limit = 1 }, a,
                         &events, &n));
        if (n == 0 || events[0].seq != event || json_parse(a, events[0].payload, NULL, NULL, NULL, &root) != ST_OK)
                return ST_CORRUPT;
        *ret = root;
        return ST_OK;
}

static bool said(const Json *event, const char *in, const char *name, const char *hash)
{
        const Json *part = in ? json_get(event, in) : event;
        const Json *text = part ? json_get(part, name) : NULL;
        return text && text->kind == JSON_STRING && str_eq_c(text->text, hash);
}

Status document_frozen_file(StoreTx *tx, int64_t id, Str format, Buf *out, Diag *diag)
{
        _cleanup_arena_ Arena *a = arena_new(2 * STORE_PAYLOAD_MAX);
        DocumentFrozen d;
        const Json *event;
        if (!a)
                return ST_NOMEM;
        TRY(document_frozen(tx, id, a, &d));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(tx, "SELECT content FROM document_file WHERE document = $1 AND format = $2",
                      STORE_ARGS(sv_i64(id), sv_text(format)), &q));
        buf_put_str(out, store_blob(q, 0));
        TRY(buf_status(out));
        TRY(event_of(tx, d.event, a, &event));
        char hash[SM3_HEX], *name = arena_strndup(a, format.ptr, format.len);
        TRY(sm3_hex_of(buf_str(out), hash));
        if (!name)
                return ST_NOMEM;
        return said(event, "files_sm3", name, hash)
                       ? ST_OK
                       : diag_fail(diag, ST_CORRUPT, POS_NONE, "“%.*s”的 %s 文件与发布时不同，已被改动",
                                   "\"%.*s\" as a %s file is not what was published", STR_FMT(d.title), name);
}

/* ---- what is different now ---- */

/* The figures of one expression, in order of occurrence. */
typedef struct Said {
        size_t *at;
        size_t count, cap, next;
} Said;

static Status index_figures(const Figures *f, Arena *a, Map *ret)
{
        for (size_t i = 0; i < f->count; i++) {
                Said *s = map_get(ret, f->items[i].feel);
                if (!s) {
                        if (!(s = arena_new_of(a, Said)))
                                return ST_NOMEM;
                        TRY(map_put(ret, f->items[i].feel, s));
                }
                if (arena_grow(a, (void **)&s->at, &s->cap, s->count + 1, sizeof(*s->at)) < 0)
                        return ST_NOMEM;
                s->at[s->count++] = i;
        }
        return ST_OK;
}

typedef struct Found {
        DocumentDifference *items;
        size_t count, cap;
} Found;

static Status differ(Found *f, Arena *a, Str feel, size_t which, const Figure *then, const Figure *now)
{
        if (then && now && str_eq(then->shown, now->shown) && str_eq(then->value, now->value))
                return ST_OK;
        if (arena_grow(a, (void **)&f->items, &f->cap, f->count + 1, sizeof(*f->items)) < 0)
                return ST_NOMEM;
        DocumentDifference d = { .feel = feel, .which = (int64_t)which };
        if (then) {
                d.shown = then->shown;
                d.value = then->value;
        }
        if (now) {
                d.shown_now = now->shown;
                d.value_now = now->value;
        }
        f->items[f->count++] = d;
        return ST_OK;
}

Status document_differences(StoreTx *tx, int64_t id, const Document *now, Arena *a, DocumentDifference **ret,
                            size_t *ret_count)
{
        Figures then, present;
        Found found = { 0 };
        TRY(stored_figures(tx, id, a, &then));
        TRY(figures_of(now, a, &present));
        _cleanup_map_ Map by_feel = MAP_INIT(DOCUMENT_FIGURES_MAX * 2);
        TRY(index_figures(&present, a, &by_feel));
        for (size_t i = 0; i < then.count; i++) {
                Said *s = map_get(&by_feel, then.items[i].feel);
                const Figure *p = s && s->next < s->count ? &present.items[s->at[s->next]] : NULL;
                size_t which = s ? ++s->next : 1;
                TRY(differ(&found, a, then.items[i].feel, which, &then.items[i], p));
        }
        for (size_t k = 0; k < by_feel.len; k++) {
                Said *s = by_feel.items[k].value;
                for (; s->next < s->count; s->next++)
                        TRY(differ(&found, a, by_feel.items[k].key, s->next + 1, NULL, &present.items[s->at[s->next]]));
        }
        *ret = found.items;
        *ret_count = found.count;
        return ST_OK;
}

/* ---- against the chain ---- */

static Status verify_one(StoreTx *tx, const DocumentFrozen *d, Arena *a, Diag *diag, bool *ret_good)
{
        const Json *event;
        *ret_good = false;
        Status st = event_of(tx, d->event, a, &event);
        if (st == ST_CORRUPT) {
                diag_error(diag, POS_NONE, "文书“%.*s”没有发布的事件",
                           "the document \"%.*s\" has no event that published it", STR_FMT(d->title));
                return ST_OK;
        }
        TRY(st);
        bool good = true;
        for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
                ArenaMark mark = arena_mark(a);
                _cleanup_buf_ Buf content = BUF_INIT(FILE_MAX);
                st = document_frozen_file(tx, d->id, str_c(formats[i].name), &content, diag);
                if (st == ST_NOT_FOUND)
                        diag_error(diag, POS_NONE, "“%.*s”的 %s 文件不见了", "a file of \"%.*s\" is gone: %s",
                                   STR_FMT(d->title), formats[i].name);
                else if (st != ST_OK && st != ST_CORRUPT)
                        return st;
                good = good && st == ST_OK;
                arena_rewind(a, mark);
        }
        Figures figures;
        char hash[SM3_HEX];
        TRY(stored_figures(tx, d->id, a, &figures));
        TRY(figures_hash(&figures, hash));
        if (!said(event, NULL, "figures_sm3", hash)) {
                diag_error(diag, POS_NONE, "“%.*s”的数据底稿与发布时不同，已被改动",
                           "the figures kept with \"%.*s\" are not those that were published", STR_FMT(d->title));
                good = false;
        }
        *ret_good = good;
        return ST_OK;
}

Status document_verify(StoreTx *tx, Diag *diag, size_t *ret_checked, size_t *ret_bad)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)1 << 30);
        size_t checked = 0, bad = 0;
        int64_t last = 0, id;
        if (!a)
                return ST_NOMEM;
        Status st;
        while ((st = store_get_i64(tx, "SELECT id FROM document WHERE id > $1 ORDER BY id LIMIT 1",
                                   STORE_ARGS(sv_i64(last)), &id)) == ST_OK) {
                DocumentFrozen d;
                bool good;
                arena_reset(a);
                TRY(document_frozen(tx, id, a, &d));
                TRY(verify_one(tx, &d, a, diag, &good));
                bad += !good;
                checked++;
                last = id;
        }
        if (st != ST_NOT_FOUND)
                return st;
        /* What was published and is not there any more. */
        int64_t events;
        TRY(store_get_i64(tx, "SELECT count(*) FROM event WHERE op = 'document.publish'", STORE_NO_ARGS, &events));
        if ((size_t)events != checked) {
                diag_error(diag, POS_NONE, "发布过 %lld 份文书，现存 %zu 份",
                           "%lld documents were published, %zu are there", (long long)events, checked);
                bad += (size_t)events > checked ? (size_t)events - checked : checked - (size_t)events;
        }
        *ret_checked = checked;
        *ret_bad = bad;
        return ST_OK;
}
