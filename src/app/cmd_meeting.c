/* cmd_meeting.c -- reads a speech or a work report. */
#include "app/commands.h"
#include "meeting/meeting.h"

static void put_summary(App *app, const Meeting *m, const char *path)
{
        size_t sections = 0, kinds[MEETING_KINDS] = { 0 }, lost = 0;
        for (size_t i = 0; i < m->speech_count; i++) {
                const MeetingSpeech *s = &m->speeches[i];
                sections += s->section_count;
                for (size_t k = 0; k < s->item_count; k++) {
                        kinds[s->items[k].kind]++;
                        lost += s->items[k].missing;
                }
        }
        /* Dates and ordinals carry a unit and are no figures: their part is said apart. */
        size_t dates = 0;
        for (size_t i = 0; i < m->leftover_count; i++)
                dates += cstr_eq(m->leftovers[i].why, "date") || cstr_eq(m->leftovers[i].why, "ordinal");
        size_t rest = m->leftover_count - dates;
        size_t share = m->quantity_count ? (rest * 1000 + m->quantity_count / 2) / m->quantity_count : 0;
        if (app->lang == LANG_EN)
                buf_printf(
                        &app->out,
                        "%s: %zu speeches, %zu sections, %zu facts, %zu targets, %zu tasks, %zu incentives; "
                        "%zu figures lost by the copy; numbers with a unit: %zu, left over %zu: dates and ordinals %zu, "
                        "others %zu (%zu.%zu%%)\n",
                        path, m->speech_count, sections, kinds[MEETING_FACT], kinds[MEETING_TARGET],
                        kinds[MEETING_TASK], kinds[MEETING_INCENTIVE], lost, m->quantity_count, m->leftover_count,
                        dates, rest, share / 10, share % 10);
        else
                buf_printf(&app->out,
                           "%s：讲话 %zu 篇，标题 %zu，事实 %zu，目标 %zu，任务 %zu，激励 %zu；原文缺失的数字 %zu；"
                           "带单位的数字 %zu，未归入 %zu：日期和序数 %zu，其余 %zu（%zu.%zu%%）\n",
                           path, m->speech_count, sections, kinds[MEETING_FACT], kinds[MEETING_TARGET],
                           kinds[MEETING_TASK], kinds[MEETING_INCENTIVE], lost, m->quantity_count, m->leftover_count,
                           dates, rest, share / 10, share % 10);
}

static const char *why_in(Lang lang, const char *why)
{
        static const struct { const char *en, *zh;
        } words[] = {
                { "date", "日期、时长或序数" }, { "ordinal", "序数" },
                { "name", "名称的一部分" },     { "indefinite", "泛指" },
                { "points", "讲话自身的条目" }, { "rank", "排名" },
                { "condition", "条件" },        { "per", "每……" },
                { "unread", "未识别" },
        };
        for (size_t i = 0; lang == LANG_ZH && i < ARRAY_LEN(words); i++)
                if (cstr_eq(words[i].en, why))
                        return words[i].zh;
        return why;
}

/* Each left-over figure with the words around it. */
static void put_leftovers(App *app, const Meeting *m)
{
        enum { AROUND = 14 };
        for (size_t i = 0; i < m->leftover_count; i++) {
                MeetingSpan at = m->leftovers[i].at;
                MeetingSpan wide = { at.start > AROUND ? at.start - AROUND : 0,
                                     at.end + AROUND < m->clean_len ? at.end + AROUND : m->clean_len };
                Str text = meeting_text(m, wide);
                buf_printf(&app->out, "%.*s\t%s\t", STR_FMT(meeting_text(m, at)),
                           why_in(app->lang, m->leftovers[i].why));
                for (size_t k = 0; k < text.len; k++)
                        buf_putc(&app->out, text.ptr[k] == '\n' ? ' ' : text.ptr[k]);
                buf_putc(&app->out, '\n');
        }
}

Status cmd_meeting_read(App *app, Args *args)
{
        const char *path, *out = NULL, *pack = NULL;
        bool bare = false, leftover = false, summary = false, clean = false;
        TRY(args_option(args, "-o", &out));
        TRY(args_option(args, "--pack", &pack));
        TRY(args_flag(args, "--bare", &bare));
        TRY(args_flag(args, "--leftover", &leftover));
        TRY(args_flag(args, "--summary", &summary));
        TRY(args_flag(args, "--clean", &clean));
        TRY(args_positional(args, "FILE", &path));
        TRY(args_done(args));
        _cleanup_meeting_lexicon_ MeetingLexicon *lex = NULL;
        TRY(pack ? meeting_lexicon_load(pack, &app->diag, &lex) : meeting_lexicon_default(&app->diag, &lex));
        Str bytes;
        Meeting *m;
        TRY(app_read_file(app, path, MEETING_BYTES_MAX, &bytes));
        TRY(meeting_read(app->arena, lex, bytes, path, &app->diag, &m));
        if (clean) {
                buf_put_str(&app->out, m->clean);
                return buf_status(&app->out);
        }
        if (leftover)
                put_leftovers(app, m);
        MeetingWrite how = { .bare = bare };
        if (!out && !leftover && !summary)
                return meeting_write_json(m, &how, &app->out);
        if (out) {
                _cleanup_buf_ Buf json = BUF_INIT(BUF_MAX_DEFAULT);
                TRY(meeting_write_json(m, &how, &json));
                TRY(app_write_file(app, out, buf_str(&json)));
        }
        put_summary(app, m, path);
        return buf_status(&app->out);
}
