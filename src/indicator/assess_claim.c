/* assess_claim.c -- claims at rest: filed with evidence, decided by somebody else. */
#include "indicator/assess_int.h"
#include "store/event.h"

const char *assess_kind_name(AssessKind k)
{
        static const char *const names[] = {
#define ASSESS_NAME(code, word) [code] = word,
                ASSESS_KINDS(ASSESS_NAME)
        };
        return (unsigned)k < ARRAY_LEN(names) ? names[k] : "?";
}

const char *assess_state_name(AssessState s)
{
        static const char *const names[] = { ASSESS_STATES(ASSESS_NAME) };
#undef ASSESS_NAME
        return (unsigned)s < ARRAY_LEN(names) ? names[s] : "?";
}

Status assess_tables(StoreTx *tx)
{
        static const StoreColumn claim[] = {
                { .name = "id", .type = STORE_I64 },
                { .name = "assessment", .type = STORE_TEXT, .not_null = true },
                { .name = "subject", .type = STORE_TEXT, .not_null = true },
                { .name = "year", .type = STORE_I64, .not_null = true },
                { .name = "kind", .type = STORE_TEXT, .not_null = true },
                { .name = "item", .type = STORE_TEXT, .not_null = true },
                { .name = "matter", .type = STORE_TEXT, .not_null = true },
                { .name = "evidence", .type = STORE_TEXT, .not_null = true },
                { .name = "state", .type = STORE_TEXT, .not_null = true },
                { .name = "points", .type = STORE_I64 }, /* ten-thousandths */
                { .name = "filed_by", .type = STORE_TEXT, .not_null = true },
                { .name = "filed_at", .type = STORE_TEXT, .not_null = true },
                { .name = "filed_event", .type = STORE_I64, .not_null = true },
                { .name = "decided_by", .type = STORE_TEXT },
                { .name = "decided_at", .type = STORE_TEXT },
                { .name = "decided_event", .type = STORE_I64 },
                { .name = "reason", .type = STORE_TEXT },
        };
        static const StoreColumn frozen[] = {
                { .name = "assessment", .type = STORE_TEXT },
                { .name = "year", .type = STORE_I64 },
                { .name = "version", .type = STORE_I64 },
                { .name = "scores", .type = STORE_TEXT, .not_null = true },
                { .name = "hash", .type = STORE_TEXT, .not_null = true },
                { .name = "reason", .type = STORE_TEXT, .not_null = true },
                { .name = "actor", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "event", .type = STORE_I64, .not_null = true },
        };
        static const StoreIndex by_year[] = { { .name = "assess_claim_year", .columns = "assessment, year, subject" } };
        static const StoreTable tables[] = {
                { .name = "assess_claim",
                  .columns = claim,
                  .column_count = ARRAY_LEN(claim),
                  .primary_key = "id",
                  .indexes = by_year,
                  .index_count = 1 },
                { .name = "assess_frozen",
                  .columns = frozen,
                  .column_count = ARRAY_LEN(frozen),
                  .primary_key = "assessment, year, version" },
        };
        return store_apply_tables(tx, tables, ARRAY_LEN(tables), NULL);
}

const PackClaimItem *assess_item(const PackAssessment *a, Str name)
{
        for (size_t i = 0; i < a->item_count; i++)
                if (str_eq(a->items[i].name, name))
                        return &a->items[i];
        return NULL;
}

/* ---- reading ---- */

#define CLAIM_COLUMNS                                                                                                   \
        "id, assessment, subject, year, kind, item, matter, evidence, state, points, filed_by, filed_at, filed_event, " \
        "decided_by, decided_at, decided_event, reason "

static Status word_at(Str text, const char *(*name)(int), int count, int *ret)
{
        for (int i = 0; i < count; i++)
                if (str_eq_c(text, name(i))) {
                        *ret = i;
                        return ST_OK;
                }
        return ST_CORRUPT;
}

static const char *kind_at(int i) { return assess_kind_name((AssessKind)i); }
static const char *state_at(int i) { return assess_state_name((AssessState)i); }

static Status read_claim(const Pack *pack, StoreStmt *q, Arena *a, AssessClaim *ret)
{
        AssessClaim c = { .id = store_i64(q, 0),
                          .assessment = pack_assessment(pack, store_text(q, 1)),
                          .year = (int32_t)store_i64(q, 3),
                          .has_points = !store_is_null(q, 9),
                          .points = dec_from_scaled(store_i64(q, 9), ASSESS_POINTS_SCALE),
                          .filed_event = store_i64(q, 12),
                          .decided_event = store_i64(q, 15) };
        Str *const texts[] = { &c.subject,  &c.item,       &c.matter,     &c.evidence, &c.filed_by,
                               &c.filed_at, &c.decided_by, &c.decided_at, &c.reason };
        static const int columns[] = { 2, 5, 6, 7, 10, 11, 13, 14, 16 };
        int kind, state;
        for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
                *texts[i] = store_is_null(q, columns[i]) ? STR("") : store_text_dup(q, columns[i], a);
                if (!texts[i]->ptr)
                        return ST_NOMEM;
        }
        TRY(word_at(store_text(q, 4), kind_at, ASSESS_KIND_COUNT, &kind));
        TRY(word_at(store_text(q, 8), state_at, ASSESS_STATE_COUNT, &state));
        c.kind = (AssessKind)kind;
        c.state = (AssessState)state;
        if (c.assessment && c.kind == ASSESS_ITEM)
                c.definition = assess_item(c.assessment, c.item);
        *ret = c;
        return ST_OK;
}

Status assess_claims(StoreTx *tx, const Pack *pack, const PackAssessment *assessment, int32_t year, Str subject,
                     Arena *a, AssessClaim **ret, size_t *ret_count)
{
        AssessClaim *list = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx,
                        "SELECT " CLAIM_COLUMNS "FROM assess_claim WHERE assessment = $1 AND year = $2 AND "
                        "($3 = '' OR subject = $3) ORDER BY id",
                        STORE_ARGS(sv_text(assessment->name), sv_i64(year), sv_text(subject.ptr ? subject : STR(""))),
                        &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&list, &cap, n + 1, sizeof(*list)) < 0)
                        return ST_NOMEM;
                TRY(read_claim(pack, q, a, &list[n]));
                n++;
        }
        *ret = list;
        *ret_count = n;
        return store_done(q);
}

static Status claim_by_id(StoreTx *tx, const Pack *pack, int64_t id, Arena *a, AssessClaim *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(tx, "SELECT " CLAIM_COLUMNS "FROM assess_claim WHERE id = $1", STORE_ARGS(sv_i64(id)), &q));
        return read_claim(pack, q, a, ret);
}

/* ---- filing ---- */

static Status check_item(const AssessFile *in, Diag *diag)
{
        const PackClaimItem *item = assess_item(in->assessment, in->item);
        if (!item)
                return diag_fail(diag, ST_INVALID, POS_NONE, "考核办法里没有“%.*s”这一项",
                                 "the assessment has no item \"%.*s\"", STR_FMT(in->item));
        if (in->has_points &&
            (item->kind == PACK_VETO || dec_is_negative(in->points) != dec_is_negative(item->points) ||
             dec_cmp(dec_abs(in->points), dec_abs(item->points)) > 0)) {
                char most[DEC_TEXT_MAX];
                dec_to_text(item->points, most);
                return diag_fail(diag, ST_INVALID, POS_NONE, "“%.*s”至多 %s 分", "\"%.*s\" is worth %s at most",
                                 STR_FMT(pack_title(item->title, diag ? diag->lang : LANG_ZH)), most);
        }
        return ST_OK;
}

/* "line:3", "claim:12" of the same subject and year. */
static Status check_appeal(StoreTx *tx, const Pack *pack, const AssessFile *in, Arena *a, Diag *diag)
{
        AssessFrozen published;
        Status st = assess_published(tx, in->assessment, in->year, a, &published);
        if (st == ST_NOT_FOUND)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "考核结果公布后才能申诉",
                                 "nothing is published yet that could be appealed");
        TRY(st);
        int64_t id;
        if (str_starts(in->item, STR("claim:")) && str_to_i64(str_n(in->item.ptr + 6, in->item.len - 6), &id)) {
                AssessClaim c;
                st = claim_by_id(tx, pack, id, a, &c);
                if (st != ST_OK && st != ST_NOT_FOUND)
                        return st;
                if (st == ST_OK && c.kind == ASSESS_ITEM && str_eq(c.subject, in->subject) && c.year == in->year)
                        return ST_OK;
        } else if (str_starts(in->item, STR("line:")) && in->item.len > 5) {
                return ST_OK; /* looked up when the table is made */
        }
        return diag_fail(diag, ST_INVALID, POS_NONE, "申诉须指明 line:序号 或 claim:编号",
                         "an appeal names line:NUMBER or claim:NUMBER");
}

static Status file_event(StoreTx *tx, const AssessFile *in, int64_t id, Arena *a, int64_t *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "claim", id);
        jw_put_str(&w, "subject", in->subject);
        jw_put_i64(&w, "year", in->year);
        jw_put_cstr(&w, "kind", assess_kind_name(in->kind));
        jw_put_str(&w, "item", in->item);
        jw_put_str(&w, "matter", str_trim(in->matter));
        jw_put_str(&w, "evidence", str_trim(in->evidence));
        if (in->has_points)
                jw_put_dec(&w, "points", in->points);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char *subject = arena_printf(a, "assess:%.*s/%d/%.*s", STR_FMT(in->assessment->name), (int)in->year,
                                     STR_FMT(in->subject));
        if (!subject)
                return ST_NOMEM;
        return store_event(tx,
                           &(StoreEvent){ .actor = in->actor,
                                          .on_behalf = in->on_behalf,
                                          .op = STR("assess.claim"),
                                          .subject = str_c(subject),
                                          .payload = buf_str(&b) },
                           ret);
}

static Status check_file(StoreTx *tx, const Pack *pack, const AssessFile *in, Arena *a, Diag *diag)
{
        Str evidence = str_trim(in->evidence), matter = str_trim(in->matter);
        if (in->assessment->units ? !pack_unit(pack, in->subject) : !in->subject.len)
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "没有考核对象“%.*s”", "there is no \"%.*s\" to assess",
                                 STR_FMT(in->subject));
        if (!evidence.len || evidence.len > ASSESS_TEXT_MAX || matter.len > ASSESS_TEXT_MAX)
                return diag_fail(diag, ST_INVALID, POS_NONE, "须写明依据（文件名称、文号等），至多 %d 字节",
                                 "name the evidence (document, number), in at most %d bytes", ASSESS_TEXT_MAX);
        if (in->kind == ASSESS_LINE && !in->has_points)
                return diag_fail(diag, ST_INVALID, POS_NONE, "请写明给多少分", "say how many points");
        if (in->kind == ASSESS_APPEAL)
                return check_appeal(tx, pack, in, a, diag);
        if (in->kind == ASSESS_ITEM)
                TRY(check_item(in, diag));
        AssessClaim *all;
        size_t n;
        TRY(assess_claims(tx, pack, in->assessment, in->year, in->subject, a, &all, &n));
        for (size_t i = 0; i < n; i++)
                if (all[i].kind == in->kind && str_eq(all[i].item, in->item) && str_eq(all[i].matter, matter) &&
                    all[i].state != ASSESS_REJECTED && (in->kind == ASSESS_ITEM || all[i].state == ASSESS_FILED))
                        return diag_fail(diag, ST_CONFLICT, POS_NONE, "同一事项已经申报过（第 %lld 号）",
                                         "the same matter is claimed already (number %lld)", (long long)all[i].id);
        return ST_OK;
}

Status assess_file(StoreTx *tx, const Pack *pack, const AssessFile *in, Arena *a, Diag *diag, int64_t *ret_id)
{
        char at[40];
        int64_t id, event, points = 0;
        TRY(check_file(tx, pack, in, a, diag));
        if (in->has_points && !dec_to_scaled(in->points, ASSESS_POINTS_SCALE, &points))
                return diag_fail(diag, ST_INVALID, POS_NONE, "分数至多四位小数",
                                 "points have at most four digits after the point");
        TRY(store_new_ids(tx, "assess_claim", 1, &id));
        TRY(file_event(tx, in, id, a, &event));
        size_t n = instant_to_text(clock_now(), at);
        TRY(store_exec(
                tx,
                "INSERT INTO assess_claim (id, assessment, subject, year, kind, item, matter, evidence, state, points, "
                "filed_by, filed_at, filed_event) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                STORE_ARGS(sv_i64(id), sv_text(in->assessment->name), sv_text(in->subject), sv_i64(in->year),
                           sv_cstr(assess_kind_name(in->kind)), sv_text(in->item),
                           sv_text(in->matter.ptr ? str_trim(in->matter) : STR("")), sv_text(str_trim(in->evidence)),
                           sv_cstr(assess_state_name(ASSESS_FILED)), in->has_points ? sv_i64(points) : sv_null(),
                           sv_text(in->actor), sv_text(str_n(at, n)), sv_i64(event)),
                NULL));
        *ret_id = id;
        return ST_OK;
}

/* ---- deciding ---- */

static Status decide_event(StoreTx *tx, const AssessDecide *in, const AssessClaim *c, const Dec *points, Arena *a,
                           int64_t *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "claim", c->id);
        jw_put_cstr(&w, "state", assess_state_name(in->accept ? ASSESS_ACCEPTED : ASSESS_REJECTED));
        if (points)
                jw_put_dec(&w, "points", *points);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char *subject =
                arena_printf(a, "assess:%.*s/%d/%.*s", STR_FMT(c->assessment->name), (int)c->year, STR_FMT(c->subject));
        if (!subject)
                return ST_NOMEM;
        return store_event(tx,
                           &(StoreEvent){ .actor = in->actor,
                                          .on_behalf = in->on_behalf,
                                          .op = STR("assess.decide"),
                                          .subject = str_c(subject),
                                          .reason = str_trim(in->reason),
                                          .payload = buf_str(&b) },
                           ret);
}

Status assess_decide(StoreTx *tx, const Pack *pack, const AssessDecide *in, Arena *a, Diag *diag)
{
        AssessClaim c;
        char at[40];
        int64_t event, scaled = 0;
        Status st = claim_by_id(tx, pack, in->id, a, &c);
        if (st == ST_NOT_FOUND || (st == ST_OK && !c.assessment))
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "没有第 %lld 号申报", "there is no claim %lld",
                                 (long long)in->id);
        TRY(st);
        if (c.state != ASSESS_FILED)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "第 %lld 号申报已经决定", "claim %lld is decided already",
                                 (long long)in->id);
        if (!in->owner && str_eq(c.filed_by, in->actor))
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "本人提出的不能由本人决定",
                                 "who files a claim does not decide it");
        if (!str_trim(in->reason).len && (!in->accept || c.kind == ASSESS_APPEAL))
                return diag_fail(diag, ST_INVALID, POS_NONE, "请写明理由", "give the reason");
        bool has = in->has_points || c.has_points;
        Dec points = in->has_points ? in->points : c.points;
        if (c.kind == ASSESS_ITEM && !has && c.definition) {
                has = true;
                points = c.definition->points;
        }
        if (c.kind == ASSESS_APPEAL && in->accept && !has)
                return diag_fail(diag, ST_INVALID, POS_NONE, "支持申诉须写明改为多少分",
                                 "an appeal that is upheld needs the new points");
        if (in->has_points && c.kind == ASSESS_ITEM) {
                const AssessFile as_filed = {
                        .assessment = c.assessment, .item = c.item, .has_points = true, .points = points
                };
                TRY(check_item(&as_filed, diag));
        }
        if (has && !dec_to_scaled(points, ASSESS_POINTS_SCALE, &scaled))
                return diag_fail(diag, ST_INVALID, POS_NONE, "分数至多四位小数",
                                 "points have at most four digits after the point");
        TRY(decide_event(tx, in, &c, has ? &points : NULL, a, &event));
        size_t n = instant_to_text(clock_now(), at);
        return store_exec(
                tx,
                "UPDATE assess_claim SET state = $2, points = $3, decided_by = $4, decided_at = $5, decided_event = $6, "
                "reason = $7 WHERE id = $1",
                STORE_ARGS(sv_i64(in->id), sv_cstr(assess_state_name(in->accept ? ASSESS_ACCEPTED : ASSESS_REJECTED)),
                           has ? sv_i64(scaled) : sv_null(), sv_text(in->actor), sv_text(str_n(at, n)), sv_i64(event),
                           sv_text(in->reason.ptr ? str_trim(in->reason) : STR(""))),
                NULL);
}
