/* status.h -- the one list of outcomes.
 *
 * Every fallible function of every room returns a Status and is marked
 * warn_unused_result (FALLIBLE).  A Status says *what kind* of thing went
 * wrong; the words for the user (file, line, cell, what to do) go into the
 * caller's Diag (diag.h).  Outputs named ret_... are set only on ST_OK.
 *
 *     Status st = period_parse(text, &period);
 *     if (st != ST_OK)
 *             return st;
 *
 * The list is an X-macro: code, process exit code (design: 0 done, 1 the data
 * says no, 2 wrong usage, 3 something broke), Chinese and English text.
 */
#ifndef KC_BASE_STATUS_H
#define KC_BASE_STATUS_H

#define STATUS_LIST(X) \
        X(ST_OK,          0, "完成",             "done")                          \
        X(ST_CHECK,       1, "未通过检查",       "a check failed")                \
        X(ST_INVALID,     1, "输入有误",         "invalid input")                 \
        X(ST_NOT_FOUND,   1, "未找到",           "not found")                     \
        X(ST_EXISTS,      1, "已存在",           "already exists")                \
        X(ST_CONFLICT,    1, "与现有数据冲突",   "conflicts with existing data")  \
        X(ST_FORBIDDEN,   1, "没有权限",         "not permitted")                 \
        X(ST_USAGE,       2, "用法错误",         "wrong usage")                   \
        X(ST_LIMIT,       1, "超过上限",         "a limit was exceeded")          \
        X(ST_TIMEOUT,     1, "超过时限",         "a time limit was exceeded")     \
        X(ST_CANCELLED,   1, "已取消",           "cancelled")                     \
        X(ST_UNSUPPORTED, 1, "不支持",           "not supported")                 \
        X(ST_NOMEM,       3, "内存不足",         "out of memory")                 \
        X(ST_IO,          3, "读写失败",         "input/output error")            \
        X(ST_FULL,        3, "磁盘已满",         "no space left on device")       \
        X(ST_LOCKED,      3, "数据库被占用",     "database is locked")            \
        X(ST_CORRUPT,     3, "数据已损坏",       "data is corrupt")               \
        X(ST_FOREIGN,     3, "不是本系统的数据库", "not a kechuang database")     \
        X(ST_INTERNAL,    3, "内部错误",         "internal error")

typedef enum Status {
#define STATUS_ENUM(code, exit_code, zh, en) code,
        STATUS_LIST(STATUS_ENUM)
#undef STATUS_ENUM
        ST_COUNT_
} Status;

#define FALLIBLE __attribute__((warn_unused_result))

typedef enum Lang { LANG_ZH, LANG_EN } Lang;

/* Words for a status; never NULL. */
const char *status_text(Status st, Lang lang);
/* The enum's name, for example "ST_NOMEM"; never NULL. */
const char *status_name(Status st);
/* 0, 1, 2 or 3 as listed above. */
int status_exit_code(Status st);

/* if (st != ST_OK) return st; */
#define TRY(expr)                                   \
        do {                                        \
                Status try_status_ = (expr);        \
                if (try_status_ != ST_OK)           \
                        return try_status_;         \
        } while (0)

#endif
