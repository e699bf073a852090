/* bank.h -- a paid batch as the list a bank takes, and what the bank answers.
 *
 * The list has what is on its way (sent, not settled): payee, account, bank, amount, purpose, and a reference of its own
 * for every attempt at a payment.  Account and bank are those of the record the register calls `payee` (pack.h), as they
 * are when the list is made; each list made is an event with its count, its sum and a hash over all rows (the control),
 * so that anyone can tell whether the file at the bank is the one that was made.
 *
 * The bank's answer is a table with reference, amount and result.  Rows are matched by reference and taken one by one:
 * what does not fit (no such reference, another amount, a payment made again since, a result that cannot be read) is
 * refused with its row and changes nothing; what was taken before is unchanged.  Whoever paid cannot answer for it.
 */
#ifndef KC_POLICY_BANK_H
#define KC_POLICY_BANK_H

#include "codec/sheet_writer.h"
#include "policy/pay.h"
#include "store/event.h"

typedef struct BankRow {
        PayItem item;
        Str reference;                  /* KC, batch, item, attempt: KC000012000345701 */
        Str code;                       /* of the firm */
        Str payee, account, bank;
        Str purpose;
        const char *missing;            /* which of them is not there, in the caller's language; NULL: complete */
} BankRow;

typedef struct BankList {
        int64_t batch;
        BankRow *rows;                  /* by item */
        size_t count, incomplete;
        int64_t fen;
        char control[SM3_HEX];
} BankList;

/* ST_CONFLICT: nothing of the batch is on its way. */
Status bank_list(StoreTx *tx, const Pack *pack, int64_t batch, Lang lang, Arena *a, Diag *diag, BankList *ret) FALLIBLE;
/* Writes the list and notes it in the event chain.  ST_INVALID: a row lacks something; all of them are named. */
Status bank_file(const PayDo *by, int64_t batch, const char *path, SheetFormat format, BankList *ret,
                 Arena *a) FALLIBLE;

typedef enum BankOutcome { BANK_CONFIRMED, BANK_RETURNED, BANK_UNCHANGED, BANK_REFUSED } BankOutcome;
const char *bank_outcome_name(BankOutcome o);

typedef struct BankAnswerRow {
        uint32_t row;
        Str reference, name;
        int64_t fen;                    /* of the payment; 0 when there is none */
        BankOutcome outcome;
        Str words;                      /* refused: why; returned: the bank's reason */
} BankAnswerRow;

typedef struct BankAnswer {
        BankAnswerRow *rows;
        size_t count, by_outcome[4];
        int64_t confirmed_fen, returned_fen;
} BankAnswer;

enum { BANK_ROWS_MAX = 200000 };

/* bytes: .xlsx or .csv, with a header row among its first ones.  dry: looks and changes nothing. */
Status bank_answer(const PayDo *by, Str bytes, const char *file, bool dry, Arena *a, BankAnswer *ret) FALLIBLE;

#endif
