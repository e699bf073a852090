/* confirm_schema.c -- the tables of meetings, items, supervised tasks and draft policies; the words of their states.
 *
 *   meeting            one reading: the file by its hash, the clean text, the outline
 *   meeting_file       bytes by their SM3: what was uploaded, and evidence of tasks
 *   meeting_item       the present version of each item; back: the version an undo goes back to
 *   meeting_item_past  every earlier version
 *   task, task_report  what is supervised, and what was reported on it
 *   meeting_line       lines of responsibility letters that targets became
 *   meeting_draft, meeting_draft_file   draft policies and their files */
#include "meeting/confirm_int.h"

#define WORD(code, word) [code] = word,
#define WORDS(list, name) static const char *const name[] = { list(WORD) }
WORDS(CONFIRM_KINDS, kind_words);
WORDS(CONFIRM_STATES, state_words);
WORDS(CONFIRM_ACTS, act_words);

static bool word_of(const char *const *words, size_t n, Str word, size_t *ret)
{
        for (size_t i = 0; i < n; i++)
                if (str_eq_c(word, words[i])) {
                        *ret = i;
                        return true;
                }
        return false;
}

const char *confirm_kind_name(ConfirmKind k)
{
        return (unsigned)k < ARRAY_LEN(kind_words) ? kind_words[k] : "?";
}
const char *confirm_state_name(ConfirmState s)
{
        return (unsigned)s < ARRAY_LEN(state_words) ? state_words[s] : "?";
}

bool confirm_kind_of(Str word, ConfirmKind *ret)
{
        size_t i;
        if (!word_of(kind_words, ARRAY_LEN(kind_words), word, &i))
                return false;
        *ret = (ConfirmKind)i;
        return true;
}

bool confirm_state_of(Str word, ConfirmState *ret)
{
        size_t i;
        if (!word_of(state_words, ARRAY_LEN(state_words), word, &i))
                return false;
        *ret = (ConfirmState)i;
        return true;
}

bool confirm_act_of(Str word, ConfirmActKind *ret)
{
        size_t i;
        if (!word_of(act_words, ARRAY_LEN(act_words), word, &i))
                return false;
        *ret = (ConfirmActKind)i;
        return true;
}

#define TEXT(column)                               \
        {                                          \
                .name = column, .type = STORE_TEXT \
        }
#define TEXT_NEEDED(column)                                          \
        {                                                            \
                .name = column, .type = STORE_TEXT, .not_null = true \
        }
#define NUMBER(column)                                              \
        {                                                           \
                .name = column, .type = STORE_I64, .not_null = true \
        }
#define TABLE(table, list, key, index_list)                                                          \
        {                                                                                            \
                .name = table, .columns = list, .column_count = ARRAY_LEN(list), .primary_key = key, \
                .indexes = index_list, .index_count = ARRAY_LEN(index_list)                          \
        }
#define TABLE_PLAIN(table, list, key)                                                               \
        {                                                                                           \
                .name = table, .columns = list, .column_count = ARRAY_LEN(list), .primary_key = key \
        }

Status confirm_tables(StoreTx *tx)
{
        static const StoreColumn meeting[] = {
                NUMBER("id"),        TEXT_NEEDED("title"),   TEXT("occasion"),     TEXT("day"),
                TEXT("unit"),        TEXT_NEEDED("file"),    TEXT_NEEDED("hash"),  NUMBER("bytes"),
                TEXT_NEEDED("body"), TEXT_NEEDED("outline"), TEXT_NEEDED("actor"), TEXT_NEEDED("at"),
                NUMBER("event"),
        };
        static const StoreColumn file[] = {
                TEXT("hash"),
                { .name = "content", .type = STORE_BLOB, .not_null = true },
        };
        static const StoreColumn item[] = {
                NUMBER("id"),           NUMBER("meeting"),     NUMBER("speech"),     TEXT_NEEDED("kind"),
                TEXT_NEEDED("state"),   NUMBER("version"),     NUMBER("span_from"),  NUMBER("span_to"),
                TEXT_NEEDED("quote"),   TEXT_NEEDED("fields"), TEXT_NEEDED("link"),  NUMBER("confidence"),
                TEXT_NEEDED("parents"), TEXT_NEEDED("result"), TEXT_NEEDED("actor"), TEXT_NEEDED("at"),
                TEXT_NEEDED("act"),     TEXT_NEEDED("reason"), NUMBER("event"),      NUMBER("back"),
        };
        static const StoreColumn task[] = {
                NUMBER("id"),         NUMBER("meeting"),      NUMBER("item"),         TEXT_NEEDED("action"),
                TEXT_NEEDED("quote"), TEXT_NEEDED("owner"),   TEXT("department"),     TEXT_NEEDED("helpers"),
                TEXT("due"),          TEXT_NEEDED("cadence"), TEXT_NEEDED("started"), TEXT_NEEDED("state"),
                TEXT("closed_on"),    TEXT("closed_by"),      TEXT("closed_why"),     NUMBER("version"),
                TEXT_NEEDED("actor"), TEXT_NEEDED("at"),      NUMBER("event"),
        };
        static const StoreColumn report[] = {
                NUMBER("task"),       NUMBER("number"),  TEXT_NEEDED("kind"), TEXT_NEEDED("slot"), TEXT_NEEDED("body"),
                TEXT("evidence"),     TEXT("file"),      TEXT("file_name"),   TEXT_NEEDED("day"),  NUMBER("late"),
                TEXT_NEEDED("actor"), TEXT_NEEDED("at"), NUMBER("event"),
        };
        static const StoreColumn line[] = {
                NUMBER("id"),        NUMBER("meeting"),    NUMBER("item"),       NUMBER("year"),
                TEXT_NEEDED("unit"), TEXT("indicator"),    TEXT_NEEDED("title"), TEXT_NEEDED("measure"),
                TEXT_NEEDED("op"),   TEXT("value"),        TEXT("value_max"),    TEXT_NEEDED("per"),
                TEXT("deadline"),    TEXT_NEEDED("quote"), NUMBER("event"),
        };
        static const StoreColumn draft[] = {
                TEXT("name"),         NUMBER("meeting"),    TEXT_NEEDED("items"), TEXT_NEEDED("title"),
                TEXT_NEEDED("state"), NUMBER("passes"),     NUMBER("cases"),      TEXT_NEEDED("said"),
                TEXT_NEEDED("lacks"), TEXT_NEEDED("actor"), TEXT_NEEDED("at"),    NUMBER("event"),
        };
        static const StoreColumn draft_file[] = { TEXT("draft"), TEXT("path"), TEXT_NEEDED("content") };
        static const StoreIndex by_hash[] = { { .name = "meeting_hash", .columns = "hash", .unique = true } };
        static const StoreIndex by_place[] = { { .name = "meeting_item_place", .columns = "meeting, span_from, id" } };
        static const StoreIndex by_owner[] = { { .name = "task_owner", .columns = "owner, id" },
                                               { .name = "task_item", .columns = "item" } };
        static const StoreIndex by_item[] = { { .name = "meeting_line_item", .columns = "item" } };
        static const StoreTable tables[] = {
                TABLE("meeting", meeting, "id", by_hash),
                TABLE_PLAIN("meeting_file", file, "hash"),
                TABLE("meeting_item", item, "id", by_place),
                TABLE_PLAIN("meeting_item_past", item, "id, version"),
                TABLE("task", task, "id", by_owner),
                TABLE_PLAIN("task_report", report, "task, number"),
                TABLE("meeting_line", line, "id", by_item),
                TABLE_PLAIN("meeting_draft", draft, "name"),
                TABLE_PLAIN("meeting_draft_file", draft_file, "draft, path"),
        };
        return store_apply_tables(tx, tables, ARRAY_LEN(tables), NULL);
}
