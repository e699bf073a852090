/* Each stage of reading on texts of its own: what comes in, what is cleaned, the outline, every kind of item, what is
 * refused, and that a failing allocation ends clean. */
#include "tests/test.h"

#include "base/utf8.h"
#include "codec/json.h"
#include "codec/zip.h"
#include "meeting/meeting.h"

typedef struct Read {
        Arena *arena;
        Diag diag;
        MeetingLexicon *lex;
        Meeting *m;
        Status st;
} Read;

static Read read_bytes(Str bytes)
{
        Read r = { .arena = arena_new((size_t)256 << 20), .diag = DIAG_INIT(LANG_EN) };
        assert_ok(meeting_lexicon_default(&r.diag, &r.lex));
        r.st = meeting_read(r.arena, r.lex, bytes, "test.txt", &r.diag, &r.m);
        return r;
}

static void release(Read *r)
{
        meeting_lexicon_free(r->lex);
        diag_release(&r->diag);
        arena_free(r->arena);
}

static void put_dec(Buf *b, Dec d)
{
        char text[DEC_TEXT_MAX];
        buf_put(b, text, dec_to_text(d, text));
}

/* One line a piece, so that an expectation reads like the text it is about. */
static void put_item(Buf *b, const MeetingItem *i)
{
        buf_printf(b, "%s ", meeting_kind_name(i->kind));
        if (i->kind == MEETING_TASK) {
                buf_printf(b, "%.*s", STR_FMT(i->quote));
                for (size_t k = 0; k < i->owner_count; k++)
                        buf_printf(b, " @%.*s", STR_FMT(i->owners[k]));
                if (i->cadence.ptr)
                        buf_printf(b, " ~%.*s", STR_FMT(i->cadence));
        } else if (i->kind == MEETING_INCENTIVE) {
                buf_printf(b, "%.*s/%.*s ", STR_FMT(i->condition), STR_FMT(i->beneficiary));
                if (i->has_value)
                        put_dec(b, i->value);
                if (i->has_rate) {
                        buf_puts(b, " rate ");
                        put_dec(b, i->rate);
                        buf_printf(b, " of %.*s", STR_FMT(i->base));
                }
                if (i->has_cap) {
                        buf_puts(b, " cap ");
                        put_dec(b, i->cap);
                }
        } else {
                if (i->subject.len)
                        buf_printf(b, "[%.*s] ", STR_FMT(i->subject));
                buf_printf(b, "%.*s ", STR_FMT(i->indicator));
                if (i->op)
                        buf_printf(b, "%s ", i->op);
                if (i->missing)
                        buf_puts(b, "missing");
                else
                        put_dec(b, i->value);
                if (i->has_max) {
                        buf_puts(b, "..");
                        put_dec(b, i->value_max);
                }
                buf_printf(b, "%.*s", STR_FMT(i->unit));
                if (i->approx)
                        buf_puts(b, " approx");
                if (i->change.ptr)
                        buf_printf(b, " %.*s", STR_FMT(i->change));
        }
        if (i->deadline.ptr)
                buf_printf(b, " by %.*s", STR_FMT(i->deadline));
        if (i->period.ptr)
                buf_printf(b, " in %.*s", STR_FMT(i->period));
        buf_putc(b, '\n');
}

enum { SECTIONS = 1, ITEMS = 2, HEADS = 4, CLEAN = 8 };

static void put_meeting(Buf *b, const Meeting *m, unsigned what)
{
        if (what & CLEAN)
                buf_printf(b, "%.*s\n", STR_FMT(m->clean));
        for (size_t k = 0; k < m->speech_count; k++) {
                const MeetingSpeech *s = &m->speeches[k];
                if (what & HEADS)
                        buf_printf(b, "%.*s|%.*s|%.*s|%.*s|%.*s\n", STR_FMT(s->title), STR_FMT(s->date), STR_FMT(s->occasion),
                                   STR_FMT(s->speaker), STR_FMT(s->salutation));
                for (size_t i = 0; (what & SECTIONS) && i < s->section_count; i++)
                        buf_printf(b, "%d %.*s|%.*s\n", s->sections[i].level, STR_FMT(s->sections[i].number), STR_FMT(s->sections[i].heading));
                for (size_t i = 0; (what & ITEMS) && i < s->item_count; i++)
                        put_item(b, &s->items[i]);
        }
}

static void expect_bytes(Str bytes, unsigned what, const char *want)
{
        Read r = read_bytes(bytes);
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        assert_ok(r.st);
        put_meeting(&b, r.m, what);
        assert_string_equal(buf_cstr(&b), want);
        release(&r);
}

static void expect(const char *text, unsigned what, const char *want)
{
        expect_bytes(str_c(text), what, want);
}

static void refuse(Str bytes, Status want, const char *word)
{
        Read r = read_bytes(bytes);
        assert_int_equal(r.st, want);
        assert_true(r.diag.count == 1 && strstr(r.diag.msgs[0].text, word));
        release(&r);
}

#define PLAN "在工作会议上的讲话\n一、重点任务\n"
#define PAST "工作报告\n一、2023年工作回顾\n"

/* ---- decode ---- */

static void encodings_and_kinds_of_files(void **state)
{
        (void)state;
        const char *text = "一、回顾\n完成投资3亿元。";
        const char *want = "1 一、|回顾\nfact 完成投资 300000000元\n";
        expect(text, SECTIONS | ITEMS, want);
        expect_bytes(STR("\xef\xbb\xbf一、回顾\r\n完成投资3亿元。"), SECTIONS | ITEMS, want);
        expect_bytes(STR("\xd2\xbb\xa1\xa2\xbb\xd8\xb9\xcb\n\xcd\xea\xb3\xc9\xcd\xb6\xd7\xca" "3\xd2\xda\xd4\xaa\xa1\xa3"), SECTIONS | ITEMS, want);
        expect("<html><head><style>p{}</style><title>x</title></head><body><h2>一、回&#39038;</h2><script>if (a<b) \"</p>\"</script>"
               "<p>完成&nbsp;投资<b>3亿</b>元。</p></body></html>", SECTIONS, "1 一、|回顾\n");
}

static void a_word_document(void **state)
{
        (void)state;
        _cleanup_buf_ Buf zip = BUF_INIT(1 << 20);
        ZipWriter *w;
        const char *xml = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>"
                          "<w:p><w:pPr><w:t>no</w:t></w:pPr><w:r><w:t>一、</w:t></w:r><w:r><w:t>回顾</w:t></w:r></w:p>"
                          "<w:p><w:r><w:t>完成投资</w:t><w:delText>9</w:delText><w:t>3亿元。</w:t></w:r></w:p></w:body></w:document>";
        assert_ok(zip_writer_new(&zip, &w));
        assert_ok(zip_writer_add(w, STR("word/document.xml"), str_c(xml), ZIP_DEFLATE));
        assert_ok(zip_writer_finish(w));
        zip_writer_free(w);
        expect_bytes(buf_str(&zip), SECTIONS | ITEMS, "1 一、|回顾\nfact 完成投资 300000000元\n");
}

static void what_is_no_text_is_refused(void **state)
{
        (void)state;
        refuse(STR(""), ST_INVALID, "no text");
        refuse(STR(" \n\t\r\n"), ST_INVALID, "no text");
        refuse(STR("\xd0\xcf\x11\xe0 old"), ST_UNSUPPORTED, ".docx");
        refuse(STR("%PDF-1.7"), ST_UNSUPPORTED, "PDF");
        refuse(STR("\x00\x01\x02\x03"), ST_INVALID, "");
        refuse(STR("下载\n打印\n"), ST_INVALID, "nothing is left");
}

static void lost_bytes_are_dropped_not_refused(void **state)
{
        (void)state;
        Read r = read_bytes(STR("一、回顾\n全市科技工作完成投资3亿元，全市科技工作完成得很好，各项工作都有\xe5\x9c进展。"));
        assert_ok(r.st);
        assert_true(utf8_valid(r.m->clean));
        assert_true(str_has(r.m->clean, STR("都有进展")));
        release(&r);
}

/* ---- clean ---- */

static void furniture_goes(void **state)
{
        (void)state;
        expect("https://example.org/1.html\n首页\n下载 打印 收藏\n【字号：\n加大\n减小\n】\n在会上的讲话\n要抓好落实。\n上一篇：甲事\n下一篇：乙事\n版权所有 某网",
               CLEAN, "在会上的讲话\n要抓好落实。\n");
        expect("《讲话.doc》由会员分享，可在线阅读，更多相关请搜索。\n讲话.doc_第1页\n第1页 / 共2页\n在会上的讲话\n要抓好落实。", CLEAN, "在会上的讲话\n要抓好落实。\n");
}

static void advertising_goes_and_the_cut_stays(void **state)
{
        (void)state;
        expect("要通过县 ……(某文网http://www.example.org省略1754字,正式会员可完整阅读)…… 三是深入推进", CLEAN, "要通过县 …… 三是深入推进\n");
        expect("要抓好（含县、区）落实……（未完，全文共100字，当前只显示50字）", CLEAN, "要抓好（含县、区）落实……\n");
}

static void traditional_with_pinyin(void **state)
{
        (void)state;
        expect("標(biāo)題:全市科技創(chuàng)新驅(qū)動(dòng)發(fā)展推進(jìn)會(huì)議講話", CLEAN, "标题:全市科技创新驱动发展推进会议讲话\n");
        /* One traditional character in a simplified text is a name, brackets with words are brackets. */
        expect("乾隆年间(qián)没有研发(R&D)经费", CLEAN, "乾隆年间没有研发(R&D)经费\n");
}

static void pages_are_joined(void **state)
{
        (void)state;
        expect("1、全市科技工作取得新进展,企业增\n\n2、长20%;平台增加。全市投资完\n\n3、成3亿元。项目开工\n\n4、5个。各地都\n\n5、有进展。", CLEAN,
               "全市科技工作取得新进展,企业增长20%;平台增加。全市投资完成3亿元。项目开工5个。各地都有进展。\n");
        /* A list of five sentences stays a list. */
        expect("1、加强领导。\n2、明确责任。\n3、抓好落实。\n4、强化督查。\n5、严格考核。", CLEAN, "1、加强领导。\n2、明确责任。\n3、抓好落实。\n4、强化督查。\n5、严格考核。\n");
}

static void broken_lines_are_joined(void **state)
{
        (void)state;
        expect("全市科技创新工作要坚持以企业为主体，以市场\n为导向，产学研深度融合，加快建设创新型城市，\n着力培育一批具有竞争力的高新技术企业，不断\n"
               "提升区域创新能力。\n（一）加快平台建设\n要支持企业建设研发机构，鼓励高校院所与企业\n共建实验室，推动创新资源开放共享，提高科技\n资源使用效率，"
               "完善考核评价办法，健全激励约\n束机制。", CLEAN,
               "全市科技创新工作要坚持以企业为主体，以市场为导向，产学研深度融合，加快建设创新型城市，着力培育一批具有竞争力的高新技术企业，不断提升区域创新能力。\n"
               "（一）加快平台建设\n要支持企业建设研发机构，鼓励高校院所与企业共建实验室，推动创新资源开放共享，提高科技资源使用效率，完善考核评价办法，健全激励约束机制。\n");
}

static void contents_go(void **state)
{
        (void)state;
        expect("在会上的讲话\n目 录\n一、总体要求\n二、重点任务\n一、总体要求\n要加快建设平台。\n二、重点任务\n要实施专项。", SECTIONS,
               "1 一、|总体要求\n1 二、|重点任务\n");
        expect("在会上的讲话\n目录\n一、成效\n二、任务\n各位同志：\n今天召开会议，很重要，大家要认真学习领会精神。\n一、成效\n好。\n二、任务\n要抓好平台。", HEADS | SECTIONS,
               "在会上的讲话||||各位同志：\n1 一、|成效\n1 二、|任务\n");
        expect("一、总体要求………………1\n二、重点任务........3\n一、总体要求\n要加快建设平台。", CLEAN, "一、总体要求\n要加快建设平台。\n");
}

static void markdown_goes(void **state)
{
        (void)state;
        expect("---\nsource: x\ntitle: 政府工作报告\n---\n\n**政府工作报告**\n\n## 一、回顾\n\n**（一）成绩。**完成3亿元，*县、*区都有**进展**。", CLEAN,
               "政府工作报告\n政府工作报告\n一、回顾\n（一）成绩。完成3亿元，*县、*区都有进展。\n");
}

static void every_character_knows_its_origin(void **state)
{
        (void)state;
        Read r = read_bytes(STR("首页\n  標(biāo)題:全市科技創(chuàng)新驅(qū)動(dòng)會(huì)議……(省略10字,会员可读)……完成３亿元。"));
        assert_ok(r.st);
        const Meeting *m = r.m;
        for (uint32_t i = 0; i < m->clean_len; i++) {
                Str clean = meeting_text(m, (MeetingSpan){ i, i + 1 });
                MeetingSpan from = meeting_original(m, (MeetingSpan){ i, i + 1 });
                size_t at = utf8_offset(m->original, from.start);
                Str original = str_n(m->original.ptr + at, utf8_offset(m->original, from.end) - at);
                bool changed = !str_eq(clean, original);
                assert_true(from.end == from.start + 1);
                assert_true(!changed || str_eq(original, STR("３")) || clean.len == original.len);
                assert_true(i == 0 || m->map[i] > m->map[i - 1]);
        }
        assert_true(m->removed_count >= 3 && cstr_eq(m->removed[0].what, "furniture"));
        release(&r);
}

/* ---- speeches ---- */

static void the_head_of_a_report(void **state)
{
        (void)state;
        expect("2026年甲省政府工作报告\n——2026年1月26日在甲省第十四届人民代表大会第四次会议上\n来源：甲省日报\n甲省省长 张三\n各位代表：\n现在，我向大会报告工作。", HEADS,
               "2026年甲省政府工作报告|2026-01-26|甲省第十四届人民代表大会第四次会议|甲省省长 张三|各位代表：\n");
        expect("政府工作报告\n（二〇二六年一月二十七日）\n同志们：\n好。", HEADS, "政府工作报告|2026-01-27|||同志们：\n");
        expect("没有题目的文字，从这里开始。", HEADS, "||||\n");
}

static void several_speeches_are_told_apart(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
        for (int i = 1; i <= 3; i++) {
                buf_printf(&b, "篇%d：在%s会议上的讲话\n同志们：\n", i, i == 1 ? "甲" : i == 2 ? "乙" : "丙");
                for (int k = 0; k < 30; k++)
                        buf_puts(&b, "今天的会议很重要。");
                buf_puts(&b, "\n一、重点任务\n要抓好落实工作。\n");
        }
        expect_bytes(buf_str(&b), HEADS | SECTIONS, "在甲会议上的讲话||甲会议||同志们：\n1 一、|重点任务\n在乙会议上的讲话||乙会议||同志们：\n1 一、|重点任务\n"
                     "在丙会议上的讲话||丙会议||同志们：\n1 一、|重点任务\n");
}

/* ---- outline ---- */

static void levels_are_depths(void **state)
{
        (void)state;
        expect("一、总体情况\n（一）成绩\n1.企业\n（1）大企业\n正文在此。\n（2）小企业\n正文在此。\n2.平台\n（二）问题\n二、任务\n1．直接到这一级\n①更小的\n第二章 其他\n", SECTIONS,
               "1 一、|总体情况\n2 （一）|成绩\n3 1.|企业\n4 （1）|大企业\n4 （2）|小企业\n3 2.|平台\n2 （二）|问题\n1 二、|任务\n2 1．|直接到这一级\n3 ①|更小的\n"
               "1 第二章|其他\n");
        /* Cut texts begin anywhere. */
        expect("（三）着力推进。要抓好。\n三、任务\n（五）其他。要做好工作。", SECTIONS, "1 （三）|着力推进\n1 三、|任务\n2 （五）|其他\n");
        expect("第一，提高认识。要学习。\n（一）学什么\n要学好。\n（二）怎么学\n第二，抓好落实。要检查。", SECTIONS,
               "1 第一，|提高认识\n2 （一）|学什么\n2 （二）|怎么学\n1 第二，|抓好落实\n");
}

static void heads_run_in(void **state)
{
        (void)state;
        expect("一、任务\n一是建立机制。要明确分工。二是强化考核，落实责任。每月通报。\n（一）稳增长。要抓项目。", SECTIONS,
               "1 一、|任务\n2 一是|建立机制\n2 二是|强化考核，落实责任\n2 （一）|稳增长\n");
        /* A list in one sentence, and sentences without a text of their own, are no heads. */
        expect("一、问题\n一是投入不足，强度1%；二是人才不足；三是转化不足。\n一是抓项目。二是抓企业。三是抓平台。", SECTIONS, "1 一、|问题\n");
        /* Years, quantities and decimals are no numbers of heads. */
        expect("2023年全市工作很好。\n1.5亿元已经到位。\n3个项目开工。\n一个目标已实现。", SECTIONS, "");
        /* Brackets lost by the copy. */
        expect("一、工作\n一主要工作成效\n好。\n二主要工作措施\n好。", SECTIONS, "1 一、|工作\n2 一|主要工作成效\n2 二|主要工作措施\n");
}

static void heads_without_numbers(void **state)
{
        (void)state;
        expect("（一）任务\n提升创新体系效能。要深入实施攻坚行动，建强实验室，支持企业承担任务，推出改革举措，打造园区，不断取得新成果。\n"
               "打造人才高地。要加快建设学院，支持高校开展试点，鼓励企业设立工作站，推进引才计划，构建政策体系。", SECTIONS,
               "1 （一）|任务\n2 |提升创新体系效能\n2 |打造人才高地\n");
        expect("“十四五”时期工作回顾\n全市很好。\n2026年重点工作\n要抓好落实。", SECTIONS, "1 |“十四五”时期工作回顾\n1 |2026年重点工作\n");
        expect("一、目标\n——坚持创新驱动。全面推进。", SECTIONS, "1 一、|目标\n2 ——|坚持创新驱动\n");
}

/* ---- figures ---- */

static void facts_in_base_units(void **state)
{
        (void)state;
        expect(PAST "全市研发经费达到12.5亿元。新建孵化器3家。210项关键技术获得突破。建成公寓15万平方米。人均收入16,584元。占比超五成。上千家企业受益。", ITEMS,
               "fact [全市] 研发经费 1250000000元 in 2023年\nfact 新建孵化器 3家 in 2023年\nfact 关键技术 210项 in 2023年\nfact 公寓 150000平方米 in 2023年\n"
               "fact 人均收入 16584元 in 2023年\nfact 占比 50% approx in 2023年\nfact 企业受益 1000家 in 2023年\n");
}

static void growth_is_a_change_or_a_figure(void **state)
{
        (void)state;
        expect(PAST "生产总值完成710亿元，同比增长18%；能耗比上年下降3.1%。财政支出35亿元，年均增长22%。数字经济增长8.7%。", ITEMS,
               "fact 生产总值 71000000000元 +18% in 2023年\nfact 能耗比上年下降 3.1% in 2023年\nfact 财政支出 3500000000元 in 2023年\n"
               "fact 财政支出年均增长 22% in 2023年\nfact 数字经济增长 8.7% in 2023年\n");
}

static void from_to_each_and_respectively(void **state)
{
        (void)state;
        expect(PAST "研发强度从1.91%提升至2.55%。甲县、乙区占比分别达3.5%、3.2%。知晓率、覆盖率均达90%。", ITEMS,
               "fact 研发强度 1.91% in 2023年\nfact 研发强度 2.55% in 2023年\nfact 甲县 3.5% in 2023年\nfact 乙区占比 3.2% in 2023年\n"
               "fact 知晓率 90% in 2023年\nfact 覆盖率 90% in 2023年\n");
        expect(PLAN "甲县、乙区要率先突破，2025年企业数量分别达到200家、180家。新建重点实验室、技术中心各20家。", ITEMS,
               "task 甲县、乙区要率先突破 @甲县 @乙区\n"
               "target [甲县] 企业数量 >= 200家 by 2025\ntarget [乙区] 企业数量 >= 180家 by 2025\n"
               "target 新建重点实验室 += 20家\ntarget 技术中心 += 20家\n");
}

static void targets_and_their_signs(void **state)
{
        (void)state;
        expect(PLAN "力争到2026年高新技术企业达到500家，失业率控制在5%以内，研发投入强度达到2.5%，覆盖率达60%，新增就业65万人以上，生产总值增长4.5%—5%，"
               "再增加2—4家。", ITEMS,
               "target 高新技术企业 >= 500家 by 2026\ntarget 失业率 <= 5% by 2026\ntarget 研发投入强度 share>= 2.5% by 2026\ntarget 覆盖率 covers 60% by 2026\n"
               "target 新增就业 += 650000人 by 2026\ntarget 生产总值增长 growth>= 4.5..5% by 2026\ntarget 生产总值增长 += 2..4家 by 2026\n");
}

static void lost_figures_are_never_invented(void **state)
{
        (void)state;
        expect(PAST "企业达到家，同比增长；产值达到亿元，增长。", ITEMS,
               "fact 企业 missing家 in 2023年\nfact 企业增长 missing% in 2023年\nfact 产值 missing元 in 2023年\nfact 产值增长 missing% in 2023年\n");
        expect(PAST "总产值达到亿元，增长%。引进人才20xx名。获资金支持3亿元。", ITEMS,
               "fact 总产值 missing元 in 2023年\nfact 总产值增长 missing% in 2023年\nfact 人才 missing名 in 2023年\nfact 获资金支持 300000000元 in 2023年\n");
}

static void numbers_that_are_no_figures(void **state)
{
        (void)state;
        expect(PAST "第十八届大会于2023年10月9日召开，提出三点意见和四个方面。“1+N”体系形成。“两个启动”有序。8英寸晶圆投产。15分钟生活圈建成。每万人指标好。", ITEMS, "");
        Read r = read_bytes(STR(PAST "第十八届大会于2023年10月9日召开。连续3个月后两位的县被约谈。"));
        assert_ok(r.st);
        assert_true(r.m->leftover_count == r.m->quantity_count && r.m->leftover_count >= 4);
        assert_string_equal(r.m->leftovers[1].why, "ordinal");
        release(&r);
}

static void a_plan_within_a_review_and_back(void **state)
{
        (void)state;
        expect(PAST "新建平台3家。到2030年力争达到10家。", ITEMS, "fact 新建平台 3家 in 2023年\ntarget 新建平台 >= 10家 by 2030\n");
        expect("2024年甲市政府工作报告\n二、2024年重点工作\n甲集团已成为龙头，2023年营收达8亿元，我们要支持其发展壮大。", ITEMS,
               "fact [全市] 营收 800000000元 in 2023年\ntask 我们要支持其发展壮大 by 2024\n");
}

/* ---- incentives ---- */

static void promises_of_money(void **state)
{
        (void)state;
        expect(PLAN "对新认定的高新技术企业，给予20万元奖励；对通过复审的，给予10万元奖励。", ITEMS,
               "incentive 新认定/高新技术企业 200000\nincentive 通过复审/高新技术企业 100000\n");
        expect(PLAN "对年营收首次突破10亿元、50亿元的企业，分别给予50万元、100万元奖励。", ITEMS,
               "incentive 年营收首次突破10亿元/企业 500000\nincentive 年营收首次突破50亿元/企业 1000000\n");
        expect(PLAN "对规上工业企业研发投入占比超2%的，按超额部分的10%给予奖励，单个企业年度奖励最高500万元；对中小企业研发投入，按实际投入的15%给予补助，最高50万元。", ITEMS,
               "incentive 研发投入占比超2%/规上工业企业  rate 0.1 of 超额部分 cap 5000000\nincentive /中小企业研发投入  rate 0.15 of 实际投入 cap 500000\n");
        expect(PLAN "对年研发投入1000万元以上的企业按增量的5%给予补助，最高不超过300万元；对新建的国家级平台一次性给予1000万元资助。", ITEMS,
               "incentive 年研发投入1000万元以上/企业  rate 0.05 of 增量 cap 3000000\nincentive 新建/国家级平台 10000000\n");
        /* A rate that nothing stands before. */
        Read first = read_bytes(STR("不超过50%给予补助，最高20万元。"));
        assert_ok(first.st);
        release(&first);
        /* Money already paid is a fact. */
        expect(PAST "对达标企业发放补助1.2亿元。", ITEMS, "fact 对达标企业发放补助 120000000元 in 2023年\n");
}

/* ---- tasks ---- */

static void clauses_with_a_verb_and_an_object(void **state)
{
        (void)state;
        expect(PLAN "深入实施攻坚行动，建强实验室，围绕脑机接口建设一批平台，支持企业承担任务。要落实加计扣除政策，确保应享尽享。", ITEMS,
               "task 深入实施攻坚行动\ntask 建强实验室\ntask 围绕脑机接口建设一批平台\ntask 支持企业承担任务\ntask 要落实加计扣除政策，确保应享尽享\n");
        expect(PLAN "坚持创新驱动，建立了机制，科技体制改革持续深化，高度重视安全工作。", ITEMS, "");
        expect(PLAN "各县区每季度报送进展情况，对连续落后的县区进行约谈。", ITEMS,
               "task 各县区每季度报送进展情况 @各县区 ~每季度\ntask 对连续落后的县区进行约谈 @各县区\n");
        /* A review holds no task. */
        expect(PAST "深入实施攻坚行动，建强实验室。", ITEMS, "");
}

static void owners_dates_and_how_often(void **state)
{
        (void)state;
        expect(PLAN "市科技局要牵头建立通报机制，2024年6月底前完成摸底。各县区、各有关部门要定期报送进度，6月底前制定方案。由市财政局、市科技局安排专项资金。由市工信局牵头，于2024年9月底前建成交易市场。", ITEMS,
               "task 市科技局要牵头建立通报机制 @市科技局\ntask 2024年6月底前完成摸底 @市科技局 by 2024年6月\ntask 各县区、各有关部门要定期报送进度 @各县区 @各有关部门 ~定期\n"
               "task 6月底前制定方案 @各县区 @各有关部门 by 6月底前\n"
               "task 由市财政局、市科技局安排专项资金 @市财政局 @市科技局\ntask 于2024年9月底前建成交易市场 @市工信局 by 2024年9月\n");
}

/* ---- linking, lexicon, writing ---- */

static void indicators_are_linked_by_likeness(void **state)
{
        (void)state;
        Read r = read_bytes(STR(PAST "全市技术合同成交额达到65亿元。研发经费投入强度1.6%。招商项目120个。"));
        const MeetingName names[] = { { STR("contracts"), STR("技术合同成交额"), STR("元") }, { STR("intensity"), STR("研发投入强度"), STR("") },
                                      { STR("firms"), STR("高新技术企业数量"), STR("") } };
        assert_ok(r.st);
        assert_ok(meeting_link(r.m, r.arena, names, ARRAY_LEN(names)));
        const MeetingSpeech *s = &r.m->speeches[0];
        assert_int_equal(s->item_count, 3);
        assert_true(str_eq(s->items[0].link, STR("contracts")) && s->items[0].link_confidence == 100);
        assert_true(str_eq(s->items[1].link, STR("intensity")) && s->items[1].link_confidence < 100);
        assert_null(s->items[2].link.ptr);
        assert_int_equal(meeting_likeness(STR("甲"), STR("乙")), 0);
        release(&r);
}

static Status lexicon_of(const char *text, Diag *d, MeetingLexicon **ret)
{
        MeetingFile file = { "meeting/words.yaml", str_c(text) };
        return meeting_lexicon_new(&file, 1, d, ret);
}

static void words_are_read_from_the_pack(void **state)
{
        (void)state;
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        _cleanup_meeting_lexicon_ MeetingLexicon *lex = NULL;
        Meeting *m;
        assert_ok(lexicon_of("actions: [搞掂]\n", &d, &lex));
        assert_ok(meeting_read(a, lex, STR(PLAN "搞掂平台问题，建设平台三期。"), "x", &d, &m));
        assert_int_equal(m->speeches[0].item_count, 1);
        assert_true(str_eq(m->speeches[0].items[0].quote, STR("搞掂平台问题")));
        /* Mistakes have their place. */
        MeetingLexicon *none = NULL;
        assert_int_equal(lexicon_of("acts: [x]\n", &d, &none), ST_INVALID);
        assert_int_equal(d.msgs[0].pos.line, 1);
        assert_non_null(strstr(d.msgs[0].text, "acts"));
        diag_clear(&d);
        assert_int_equal(lexicon_of("actions:\n  - 建设\n  - ''\n", &d, &none), ST_INVALID);
        assert_int_equal(d.msgs[0].pos.line, 3);
        diag_clear(&d);
        assert_int_equal(lexicon_of("actions: {a: b}\n", &d, &none), ST_INVALID);
        assert_null(none);
}

static void the_json_is_whole(void **state)
{
        (void)state;
        Read r = read_bytes(STR(PLAN "要建设平台，到2025年达到10家。对企业，给予20万元奖励。"));
        _cleanup_buf_ Buf full = BUF_INIT(1 << 20), bare = BUF_INIT(1 << 20);
        Json *j, *k;
        assert_ok(meeting_write_json(r.m, NULL, &full));
        assert_ok(meeting_write_json(r.m, &(MeetingWrite){ .bare = true }, &bare));
        assert_ok(json_parse(r.arena, buf_str(&full), "f", NULL, NULL, &j));
        assert_ok(json_parse(r.arena, buf_str(&bare), "b", NULL, NULL, &k));
        assert_true(str_eq(json_get_text(j, "doc", STR("")), STR("test")));
        assert_non_null(json_get(j, "clean"));
        assert_null(json_get(k, "clean"));
        const Json *item = json_at(json_get(json_at(json_get(j, "speeches"), 0), "items"), 1);
        assert_true(str_eq(json_get_text(item, "kind", STR("")), STR("target")));
        int64_t start;
        assert_true(json_i64(json_at(json_get(item, "at"), 0), &start));
        assert_true(str_starts(meeting_text(r.m, (MeetingSpan){ (uint32_t)start, r.m->clean_len }), json_get_text(item, "quote", STR("?"))));
        release(&r);
}

/* ---- hostile ---- */

static void long_and_strange_texts_end(void **state)
{
        (void)state;
        static const char *const pieces[] = { "（", "“", "《1个", "一是", "1、", "十", "一", "9", "、", "，", "要", "从到", "。\n", "分别", "第", "万", "\xef\xbf\xbd", "<p" };
        for (size_t p = 0; p < ARRAY_LEN(pieces); p++) {
                _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 22);
                buf_puts(&b, "一、任务\n");
                while (b.len < 300000)
                        buf_puts(&b, pieces[p]);
                Read r = read_bytes(buf_str(&b));
                assert_true(r.st == ST_OK || r.st == ST_INVALID || r.st == ST_LIMIT);
                release(&r);
        }
}

static void every_failing_allocation_ends_clean(void **state)
{
        (void)state;
        MeetingLexicon *lex;
        assert_ok(meeting_lexicon_default(NULL, &lex));
        Str text = STR("在会上的讲话\n同志们：\n一、2023年回顾\n（一）成绩。完成3亿元，增长5%。甲、乙分别达到3家、5家。\n二、重点任务\n"
                       "市科技局要每月通报进度。对新认定的企业，给予20万元奖励。实现翻番。");
        for (uint64_t n = 1; n < 400; n++) {
                int64_t before = mem_live_blocks();
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_ZH);
                Meeting *m = NULL;
                Buf out = BUF_INIT(1 << 20);
                mem_test_fail_at(n, 0);
                Arena *a = arena_new((size_t)64 << 20);
                Status st = a ? meeting_read(a, lex, text, "x", &d, &m) : ST_NOMEM;
                if (st == ST_OK)
                        st = meeting_write_json(m, NULL, &out);
                uint64_t seen = mem_test_count();
                mem_test_fail_at(0, 0);
                buf_release(&out);
                arena_free(a);
                diag_release(&d);
                assert_int_equal(mem_live_blocks(), before);
                assert_true(st == ST_OK || st == ST_NOMEM);
                if (seen < n) {
                        assert_ok(st);
                        meeting_lexicon_free(lex);
                        return;
                }
        }
        fail();
}

static void every_failing_allocation_of_the_words_ends_clean(void **state)
{
        (void)state;
        for (uint64_t n = 1; n < 4000; n += n < 60 ? 1 : 37) {
                int64_t before = mem_live_blocks();
                MeetingLexicon *lex = NULL;
                mem_test_fail_at(n, 0);
                Status st = meeting_lexicon_default(NULL, &lex);
                uint64_t seen = mem_test_count();
                mem_test_fail_at(0, 0);
                meeting_lexicon_free(lex);
                assert_int_equal(mem_live_blocks(), before);
                assert_true(st == ST_OK || st == ST_NOMEM);
                if (seen < n)
                        return;
        }
        fail();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(encodings_and_kinds_of_files), cmocka_unit_test(a_word_document),
                cmocka_unit_test(what_is_no_text_is_refused), cmocka_unit_test(lost_bytes_are_dropped_not_refused),
                cmocka_unit_test(furniture_goes), cmocka_unit_test(advertising_goes_and_the_cut_stays),
                cmocka_unit_test(traditional_with_pinyin), cmocka_unit_test(pages_are_joined),
                cmocka_unit_test(broken_lines_are_joined), cmocka_unit_test(contents_go), cmocka_unit_test(markdown_goes),
                cmocka_unit_test(every_character_knows_its_origin), cmocka_unit_test(the_head_of_a_report),
                cmocka_unit_test(several_speeches_are_told_apart), cmocka_unit_test(levels_are_depths),
                cmocka_unit_test(heads_run_in), cmocka_unit_test(heads_without_numbers), cmocka_unit_test(facts_in_base_units),
                cmocka_unit_test(growth_is_a_change_or_a_figure), cmocka_unit_test(from_to_each_and_respectively),
                cmocka_unit_test(targets_and_their_signs), cmocka_unit_test(lost_figures_are_never_invented),
                cmocka_unit_test(numbers_that_are_no_figures), cmocka_unit_test(a_plan_within_a_review_and_back),
                cmocka_unit_test(promises_of_money), cmocka_unit_test(clauses_with_a_verb_and_an_object),
                cmocka_unit_test(owners_dates_and_how_often), cmocka_unit_test(indicators_are_linked_by_likeness),
                cmocka_unit_test(words_are_read_from_the_pack), cmocka_unit_test(the_json_is_whole),
                cmocka_unit_test(long_and_strange_texts_end), cmocka_unit_test(every_failing_allocation_ends_clean),
                cmocka_unit_test(every_failing_allocation_of_the_words_ends_clean),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
