/* commands.h -- the commands, one row each; and what every command is given.
 *
 * A command's function parses its own arguments (args.h), calls rooms, writes
 * results to app->out (flushed to stdout at the end) and returns a Status; the
 * messages in app->diag go to stderr.  Its exit code is the status's own
 * (status.h): 0 done, 1 the data says no, 2 wrong usage, 3 something broke.
 *
 * To add a command: write `Status cmd_name(App *app, Args *args)` in
 * src/app/cmd_GROUP.c, and add its row here.  A name may be several words
 * ("policy run"); the longest row that fits is taken.
 */
#ifndef KC_APP_COMMANDS_H
#define KC_APP_COMMANDS_H

#include "app/app.h"
#include "app/args.h"

/* name, function, usage, Chinese summary, English summary */
#define COMMAND_LIST(X) \
        X("version", cmd_version, "version", "显示版本", "show the version") \
        X("init", cmd_init, "init DB --pack DIR [--dry-run]", "建立数据库，或更新到城市包的新定义", "create a database, or move it to the pack's newer definitions") \
        X("demo", cmd_demo, "demo DB [--seed N] [--enterprises N] [--years N]", "生成一座演示城市", "a generated city that looks like a real one") \
        X("user add", cmd_user_add, "user add DB NAME --role R --unit U [--record KEY] [--name TITLE] [--password-file FILE]", "添加账号（密码从标准输入读）", \
          "add an account (password on standard input)") \
        X("import", cmd_import, "import DB REGISTER FILE [--period P] [--dry-run] [--errors OUT.xlsx] [--columns B=FIELD,D=] [--explanation TEXT] [--reason TEXT] [--valid-from DATE] [--json]", \
          "把表格导入库", "import a sheet into a register") \
        X("export", cmd_export, "export DB REGISTER -o FILE [--as-of DATE] [--q WORDS] [--where FEEL] [--sort FIELD] [--unit U]", "导出一个库", "export a register") \
        X("template", cmd_template, "template DB REGISTER -o FILE.xlsx", "一个库的空白填报表，带下拉选项", \
          "an empty workbook to fill in, with drop-downs") \
        X("held", cmd_held, "held DB REGISTER [--explain ID --explanation TEXT] [--json]", "等待说明的行，及其说明", \
          "rows that wait for an explanation, and explaining one") \
        X("record show", cmd_record_show, "record show DB REGISTER KEY [--as-of DATE] [--json]", "一条记录及其沿革", \
          "one record and its history") \
        X("record set", cmd_record_set, \
          "record set DB REGISTER KEY FIELD=VALUE … [--reason TEXT] [--explanation TEXT] [--valid-from DATE] [--dry-run] [--json]", \
          "改一条记录（KEY 为 - 时新增）", "change one record (KEY - makes a new one)") \
        X("record delete", cmd_record_delete, "record delete DB REGISTER KEY --reason TEXT [--json]", "删除一条记录，历史保留", \
          "delete a record; its history stays") \
        X("record restore", cmd_record_restore, "record restore DB REGISTER KEY --reason TEXT [--json]", "恢复删除的记录，或撤销合并", \
          "bring a deleted record back, or undo a merge") \
        X("record merge", cmd_record_merge, "record merge DB REGISTER KEY --into KEY --reason TEXT [--json]", \
          "把重复的记录并入另一条", "merge a duplicate into another record") \
        X("record links", cmd_record_links, "record links DB REGISTER KEY [--json]", "一条记录与其他记录的联系，双向", \
          "what a record names and what names it") \
        X("record figures", cmd_record_figures, "record figures DB REGISTER KEY --year Y [--json]", "一条记录名下的统计", \
          "what belongs to a record, counted for a year") \
        X("warnings", cmd_warnings, "warnings DB [--register R] [--unit U] [--json]", "到期预警：证书、贷款、合同、任务", \
          "records whose day is near or has passed") \
        X("record gone", cmd_record_gone, "record gone DB REGISTER [--json]", "已删除和并入的记录", "deleted and merged records") \
        X("attach", cmd_attach, "attach DB REGISTER KEY FILE [--reason TEXT] [--json]", "给记录附上文件", "attach a file to a record") \
        X("attachments", cmd_attachments, \
          "attachments DB REGISTER KEY [--get ID -o FILE | --remove ID --reason TEXT] [--json]", "记录的附件：列出、取出、移除", \
          "a record's files: list, fetch, take off") \
        X("view", cmd_view, \
          "view DB REGISTER [--save NAME [--q WORDS] [--where FEEL] [--sort FIELD] [--shared] | --remove NAME] [--json]", \
          "保存的视图", "saved views of a register") \
        X("report", cmd_report, "report DB FORM FILE [--period P] [--submit] [--approve] [--explanation TEXT] [--dry-run] [--json]", \
          "填报一期报表", "report the figures of a form") \
        X("form show", cmd_form_show, "form show DB FORM --period P [-o FILE.xlsx [--last]] [--json]", \
          "一期报表的填报情况，或导出待填的工作簿", "a form's period: who has reported, or a workbook to fill in") \
        X("form move", cmd_form_move, "form move DB FORM submit|sign|approve|return|publish|undo --period P [--unit U] [--reason TEXT]", \
          "提交、签字、审核、退回、发布，或撤回一步", "submit, sign, approve, return, publish, or take a step back") \
        X("form extend", cmd_form_extend, "form extend DB FORM DATE --period P --unit U --reason TEXT", "准予一个单位延期填报", \
          "grant a unit another due day") \
        X("value", cmd_value, "value DB INDICATOR --period P [--unit U] [--explain] [--json]", "查一个指标，可追溯到填报的单元格", \
          "one figure, with --explain down to its cells") \
        X("rank", cmd_rank, "rank DB INDICATOR --period P [--json]", "指标排名", "rank an indicator") \
        X("alerts", cmd_alerts, "alerts DB --period P [--json]", "预警：连续几期靠后的单位", "units that a rule calls in") \
        X("alerts update", cmd_alerts_update, "alerts update DB --period P [--json]", \
          "按规则更新预警：新开、升级、更正、解除", "open, escalate, correct and close alerts by their rules") \
        X("alerts list", cmd_alerts_list, "alerts list DB [--year Y] [--unit U] [--open] [--case N] [--json]", \
          "预警及其经过", "alerts as cases, with what happened") \
        X("alerts add", cmd_alerts_add, "alerts add DB CASE --act note|talk|answer|close --text TEXT [--json]", \
          "登记约谈、答复、说明，或结束预警", "put a talk, an answer or a note to a case, or end it") \
        X("rank history", cmd_rank_history, "rank history DB INDICATOR --period P --unit U [--json]", \
          "一期名次因更正而变的经过", "how corrections changed a place") \
        X("letter list", cmd_letter_list, "letter list DB --year Y [--period P] [--unit U] [--as-of DATE] [--drafts] [--json]", \
          "目标责任书：目标、进度与亮灯", "letters of responsibility with progress and lights") \
        X("letter show", cmd_letter_show, "letter show DB UNIT --year Y [--period P] [--as-of DATE] [--json]", \
          "一份责任书，含各版与逐月亮灯", "one letter with its versions and the lights month by month") \
        X("letter import", cmd_letter_import, "letter import DB FILE --year Y [--add] [--dry-run] [--json]", \
          "从表格起草责任书（一行一个目标）", "draft letters from a sheet with a row a target") \
        X("letter sign", cmd_letter_sign, "letter sign DB --year Y [--unit U] [--from DATE] [--reason TEXT] [--json]", \
          "签订草稿；年中调整须说明理由", "sign drafts; an amendment needs a reason") \
        X("letter drop", cmd_letter_drop, "letter drop DB UNIT --year Y [--reason TEXT]", "撤销未签订的草稿", \
          "throw an unsigned draft away") \
        X("assess", cmd_assess, "assess DB --year Y [--unit U] [--assessment NAME] [--explain] [--live] [--json]", \
          "年度考核得分表，可说明每一分的来历", "the year's scores, with --explain every point of them") \
        X("assess claims", cmd_assess_claims, "assess claims DB --year Y [--unit U] [--json]", "加减分、申诉的申报与决定", \
          "claims of bonus, deductions and appeals, and what was decided") \
        X("assess claim", cmd_assess_claim, \
          "assess claim DB UNIT ITEM --year Y --evidence TEXT [--matter TEXT] [--points N] [--kind item|line|appeal] [--json]", \
          "申报加分、扣分、否决，评定文字目标，或申诉（ITEM 写 line:序号 或 claim:编号）", \
          "claim an item, points for a target in words, or appeal") \
        X("assess decide", cmd_assess_decide, "assess decide DB CLAIM --accept|--reject [--points N] [--reason TEXT]", \
          "审定一项申报", "decide a claim") \
        X("assess publish", cmd_assess_publish, "assess publish DB --year Y [--reason TEXT] [--json]", "固化并公布考核结果", \
          "freeze and publish the scores") \
        X("policy check", cmd_policy_check, "policy check DB POLICY KEY --year Y [--explain] [--json]", "一家企业能否享受、多少、为什么", \
          "whether one beneficiary qualifies, how much and why") \
        X("policy run", cmd_policy_run, "policy run DB [POLICY …] --year Y [--on DAY] [-o OUT.xlsx] [--shares] [--json]", "全部企业测算并固化", \
          "compute and freeze the year's entitlements") \
        X("policy entitlements", cmd_policy_entitlements, "policy entitlements DB KEY --year Y [--json]", "一家企业当年可享受的全部政策", \
          "everything one beneficiary is due, and why not the rest") \
        X("policy calculate", cmd_policy_calculate, "policy calculate DB --year Y NAME=VALUE … [--json]", "填几个数，看可享受哪些政策", \
          "what an enterprise with these figures could get") \
        X("policy runs", cmd_policy_runs, "policy runs DB [--json]", "历次测算", \
          "the runs made so far") \
        X("policy rerun", cmd_policy_rerun, "policy rerun DB RUN [--json]", "用固化的输入和规则重算一次测算，核对哈希", \
          "compute a run again from what was frozen with it") \
        X("policy diff", cmd_policy_diff, "policy diff DB RUN OTHER [--limit N] [--json]", "两次测算有何不同", \
          "what a run says differently from another one") \
        X("policy table", cmd_policy_table, "policy table DB POLICY [--table N] [-o OUT.csv|.xlsx|.dmn] [--json]", "政策的决策表", \
          "a policy's decision tables") \
        X("policy whatif", cmd_policy_whatif, \
          "policy whatif DB POLICY --year Y [--set NAME=VALUE …] [--cell RULE:COLUMN=TEXT …] [--add AFTER=CELL|CELL …] " \
          "[--remove RULE …] [--move RULE:AFTER …] [--table FILE.csv|.json …] [--model FILE.dmn] [--json]", \
          "调整参数、单元格、规则或整表看影响，不写入", "try other parameters, cells, rules or tables; writes nothing") \
        X("document publish", cmd_document_publish, "document publish DB NAME [--period P] [--key K] [--reason TEXT] [--json]", \
          "发布公文：连同每个数字一起固化", "publish a document: frozen with every figure in it") \
        X("document list", cmd_document_list, "document list DB [--document NAME] [--period P] [--key K] [--json]", "已发布的公文", \
          "documents that were published") \
        X("document get", cmd_document_get, "document get DB ID -o OUT.(docx|pdf|html|md)", "取出发布时的原件", \
          "a published document to the byte") \
        X("document differences", cmd_document_differences, "document differences DB ID [--json]", "发布后哪些数字有变（有变退出码为 1）", \
          "figures that changed since it was published (exit 1 when some did)") \
        X("document withdraw", cmd_document_withdraw, "document withdraw DB ID --reason TEXT", "撤回已发布的公文，原件保留", \
          "withdraw a published document; it stays with the reason") \
        X("own show", cmd_own_show, "own show DB [--year Y] [--json] --as ACCOUNT", "企业看自己：档案、政策、申请和款项", \
          "an enterprise's own view: record, policies, applications, money") \
        X("own apply", cmd_own_apply, "own apply DB POLICY --year Y --text T --as ACCOUNT", "企业申请一项政策", "apply for a policy") \
        X("own withdraw", cmd_own_withdraw, "own withdraw DB APPLICATION --as ACCOUNT", "撤回申请", "withdraw an application") \
        X("own object", cmd_own_object, "own object DB ITEM --text T --as ACCOUNT", "对公示中自己的一项提出异议", \
          "object to what is published of oneself") \
        X("application list", cmd_application_list, "application list DB [--open] [--json]", "企业的申请", "applications") \
        X("application answer", cmd_application_answer, "application answer DB APPLICATION --accept|--refuse --text T", "答复申请", \
          "answer an application") \
        X("pay make", cmd_pay_make, "pay make DB RUN [POLICY …] --title T [--skip-claimed] [--json]", "由测算结果制兑付批次", \
          "a payment batch of what a run says is to be paid") \
        X("pay list", cmd_pay_list, "pay list DB [--json]", "列出兑付批次", \
          "list the payment batches") \
        X("pay show", cmd_pay_show, "pay show DB PAYMENT [--json]", "一个批次：各步经手人、异议、名单", \
          "a batch: who did what, objections, items") \
        X("pay edit", cmd_pay_edit, "pay edit DB PAYMENT ITEM --reason R [--amount YUAN] [--json]", "调低一项或取出，已有复核审批失效", \
          "lower an item or take it out; reviews and approvals are void") \
        X("pay review", cmd_pay_review, "pay review DB PAYMENT [--reason R] [--json]", "复核", \
          "review a batch") \
        X("pay approve", cmd_pay_approve, "pay approve DB PAYMENT [--reason R] [--json]", "审批", \
          "approve a batch") \
        X("pay publish", cmd_pay_publish, "pay publish DB PAYMENT [--reason R] [--json]", "公示", \
          "publish a batch") \
        X("pay object", cmd_pay_object, "pay object DB PAYMENT ITEM --text T [--by WHO]", "登记异议", \
          "record an objection") \
        X("pay answer", cmd_pay_answer, "pay answer DB OBJECTION --text T [--upheld] [--json]", "答复异议", \
          "answer an objection") \
        X("pay send", cmd_pay_send, "pay send DB PAYMENT [--reason R] [--json]", "支付", \
          "pay a batch") \
        X("pay bank", cmd_pay_bank, "pay bank DB PAYMENT [-o OUT.xlsx|.csv] [--json]", "给银行的支付清单", \
          "the payment list for the bank") \
        X("pay bank-answer", cmd_pay_bank_answer, "pay bank-answer DB FILE [--dry-run] [--json]", "银行回单：到账或退回", \
          "the bank's answer: arrived or came back") \
        X("pay settle", cmd_pay_settle, "pay settle DB ITEM (--arrived | --returned) [--reason R] [--json]", "登记到账或退回", \
          "a payment arrived or came back") \
        X("pay cancel", cmd_pay_cancel, "pay cancel DB PAYMENT --reason R [--json]", "作废未支付的批次", \
          "cancel a batch that is not paid") \
        X("pay due", cmd_pay_due, "pay due DB --year Y [--json]", "后续条件未保持、应追回的款项", \
          "payments whose conditions did not hold") \
        X("pay claim-back", cmd_pay_claim_back, "pay claim-back DB ITEM --amount YUAN --reason R [--json]", "追回", \
          "claim back a part of a payment") \
        X("pay came-back", cmd_pay_came_back, "pay came-back DB ITEM --amount YUAN [--json]", "登记追回到账", \
          "money claimed back came in") \
        X("ledger show", cmd_ledger_show, "ledger show DB [--account A] [--json]", "科目余额与明细", \
          "accounts and their lines") \
        X("ledger fund", cmd_ledger_fund, "ledger fund DB UNIT SOURCE AMOUNT [--reason R]", "登记到位资金（元）", \
          "record money made available (yuan)") \
        X("document", cmd_document, "document DB NAME [--period P] [--key K] -o OUT.(docx|pdf|html|md)", "由数据生成公文", \
          "make an official document from the data") \
        X("meeting read", cmd_meeting_read, "meeting read FILE [-o OUT.json] [--pack DIR] [--bare] [--leftover] [--summary] [--clean]", \
          "读一篇讲话或工作报告：提纲、事实、目标、任务、激励", "read a speech or a work report: outline, facts, targets, tasks, incentives") \
        X("meeting add", cmd_meeting_add, "meeting add DB FILE [--title T] [--occasion T] [--day DATE] [--json]", \
          "读一份讲话，存入数据库待确认", "read a speech and keep it, to be confirmed") \
        X("meeting list", cmd_meeting_list, "meeting list DB [--json]", "读过的会议", "meetings that were read") \
        X("meeting show", cmd_meeting_show, "meeting show DB MEETING [--kind K] [--state S] [--json]", "一次会议的条目", \
          "the items of a meeting") \
        X("meeting accept", cmd_meeting_accept, "meeting accept DB ITEM … [--version N] [--reason TEXT] [--json]", "确认条目", \
          "accept items") \
        X("meeting reject", cmd_meeting_reject, "meeting reject DB ITEM … [--version N] [--reason TEXT] [--json]", "否定条目", \
          "reject items") \
        X("meeting mend", cmd_meeting_mend, \
          "meeting mend DB ITEM [--set FIELD=VALUE …] [--indicator NAME] [--unit CODE …] [--version N] [--reason TEXT] [--json]", \
          "修改条目的内容或关联", "correct an item's fields or what it is linked to") \
        X("meeting split", cmd_meeting_split, "meeting split DB ITEM --part TEXT --part TEXT … [--json]", "把一个条目拆成几个", \
          "split an item into several") \
        X("meeting join", cmd_meeting_join, "meeting join DB ITEM ITEM … [--json]", "把几个条目合成一个", "join items into one") \
        X("meeting undo", cmd_meeting_undo, "meeting undo DB ITEM … [--version N] [--json]", "撤销最近一次办理", \
          "take back the last act on items") \
        X("meeting apply", cmd_meeting_apply, "meeting apply DB MEETING [--json]", \
          "落实已确认的条目：督办事项、责任书条目、政策草案", "make tasks, lines of letters and draft policies of what is confirmed") \
        X("meeting results", cmd_meeting_results, "meeting results DB MEETING [--json]", "会议的结果，事实与本市数据对照", \
          "what came of a meeting; its facts beside the city's figures") \
        X("meeting draft", cmd_meeting_draft, "meeting draft DB DRAFT [-o OUT.zip]", "一份政策草案的文件", "the files of a draft policy") \
        X("task list", cmd_task_list, "task list DB [--unit U] [--light L] [--meeting M] [--open] [--due] [--day DATE] [--json]", \
          "督办事项与红黄绿灯", "supervised tasks with their lights") \
        X("task show", cmd_task_show, "task show DB TASK [--day DATE] [--json]", "一个督办事项", "one supervised task") \
        X("task add", cmd_task_add, "task add DB ACTION --owner UNIT [--helper U …] [--due DATE] [--cadence C] [--json]", \
          "交办一个事项", "give a task by hand") \
        X("task report", cmd_task_report, "task report DB TASK [TEXT] [--slot P] [--evidence TEXT] [--file FILE] [--json]", \
          "报送进展或佐证", "report progress or evidence") \
        X("task close", cmd_task_close, "task close DB TASK [--evidence TEXT] [--text TEXT] [--version N] [--json]", \
          "办结（须有佐证）", "close a task; needs evidence") \
        X("task open", cmd_task_open, "task open DB TASK --reason TEXT [--version N] [--json]", "重新打开已办结的事项", \
          "open a closed task again") \
        X("serve", cmd_serve, "serve DB [--listen ADDR:PORT]", "提供网页与接口", "serve the web face and the interface") \
        X("check", cmd_check, "check KIND [CODE …]", "检验身份代码（uscc、person、patent 等），可从标准输入读", \
          "check identity codes (uscc, person, patent …), from arguments or standard input") \
        X("pack check", cmd_pack_check, "pack check DIR [--json]", "检查城市包：逐处列出问题，并运行其案例", \
          "check a city pack: every problem with its place, and its cases run") \
        X("feel", cmd_feel, "feel EXPR [--context FILE.json] [--json] [--code]", "计算一个 FEEL 表达式", \
          "evaluate a FEEL expression") \
        X("dmn eval", cmd_dmn_eval, "dmn eval MODEL --decision NAME [--input FILE.json] [--explain] [--json]", \
          "计算一个决策，可说明每一步依据", "evaluate a decision, with --explain every step of it") \
        X("dmn batch", cmd_dmn_batch, "dmn batch MODEL --decision NAME (--input ROWS.csv [-o OUT.csv] | --explain-plan)", \
          "对 CSV 的每一行计算一个决策", "evaluate a decision for every row of a CSV file") \
        X("dmn check", cmd_dmn_check, "dmn check MODEL [--strict]", \
          "检查决策模型：类型、名称、循环依赖，决策表的缺口、重叠和永不生效的规则", \
          "check a model: types, names, circles; gaps, overlaps and dead rules of its tables") \
        X("dmn test", cmd_dmn_test, "dmn test PATH …", "运行兼容性用例", "run cases of the compatibility kit") \
        X("verify", cmd_verify, "verify DB [--checkpoint FILE] [--write-checkpoint FILE] [--json]", \
          "验证事件链，可与另存的检查点比对", "prove the event chain, also against a checkpoint kept elsewhere") \
        X("backup", cmd_backup, "backup DB FILE [--json]", "在线备份为一个文件", "back up on line to one file") \
        X("restore", cmd_restore, "restore FILE DB [--json]", "从备份恢复到新的数据库，恢复前验证事件链", \
          "restore a backup to a new database, proving its event chain first") \
        X("sheet", cmd_sheet, "sheet FILE [--sheet NAME] [--json | --count]", "显示读到的工作簿或 CSV 的每个单元格", \
          "show what the reader sees in a workbook or a CSV, cell by cell")

#define COMMAND_DECLARE(name, fn, usage, zh, en) Status fn(App *app, Args *args) FALLIBLE;
COMMAND_LIST(COMMAND_DECLARE)
#undef COMMAND_DECLARE

#endif
