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
        X("check", cmd_check, "check KIND [CODE …]", "检验身份代码（uscc、person、patent 等），可从标准输入读", \
          "check identity codes (uscc, person, patent …), from arguments or standard input") \
        X("pack check", cmd_pack_check, "pack check DIR [--json]", "检查城市包：逐处列出问题，并运行其案例", \
          "check a city pack: every problem with its place, and its cases run") \
        X("feel", cmd_feel, "feel EXPR [--context FILE.json] [--json] [--code]", "计算一个 FEEL 表达式", \
          "evaluate a FEEL expression") \
        X("dmn eval", cmd_dmn_eval, "dmn eval MODEL --decision NAME [--input FILE.json] [--explain] [--json]", \
          "计算一个决策，可说明每一步依据", "evaluate a decision, with --explain every step of it") \
        X("dmn check", cmd_dmn_check, "dmn check MODEL", \
          "检查决策模型：类型、名称、循环依赖，决策表的缺口、重叠和永不生效的规则", \
          "check a model: types, names, circles; gaps, overlaps and dead rules of its tables") \
        X("dmn test", cmd_dmn_test, "dmn test PATH …", "运行兼容性用例", "run cases of the compatibility kit") \
        X("verify", cmd_verify, "verify DB [--checkpoint FILE] [--write-checkpoint FILE] [--json]", \
          "验证事件链，可与另存的检查点比对", "prove the event chain, also against a checkpoint kept elsewhere") \
        X("backup", cmd_backup, "backup DB FILE [--json]", "在线备份为一个文件", "back up on line to one file") \
        X("restore", cmd_restore, "restore FILE DB [--json]", "从备份恢复到新的数据库，恢复前验证事件链", \
          "restore a backup to a new database, proving its event chain first")

#define COMMAND_DECLARE(name, fn, usage, zh, en) Status fn(App *app, Args *args) FALLIBLE;
COMMAND_LIST(COMMAND_DECLARE)
#undef COMMAND_DECLARE

#endif
