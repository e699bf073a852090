/* register_int.h -- private to the room: the shape of a register's tables.
 *
 * Both tables of a register begin with the columns below (h_NAME has k_to too and
 * the key (k_id, k_version)), then one column a stored field, in field order. */
#ifndef KC_REGISTER_REGISTER_INT_H
#define KC_REGISTER_REGISTER_INT_H

#include "codec/collate.h"
#include "register/register.h"

/* name, type; present in both tables */
#define REGISTER_META(X)                                                       \
        X(k_id, STORE_I64)                                                     \
        X(k_key, STORE_TEXT)                                                   \
        X(k_owner, STORE_TEXT)      /* key of the parent record */             \
        X(k_unit, STORE_TEXT)       /* placed in; null: nowhere */             \
        X(k_version, STORE_I64)                                                \
        X(k_from, STORE_TEXT)       /* first day this state is valid */        \
        X(k_to, STORE_TEXT)         /* first day it is not; null: still */     \
        X(k_event, STORE_I64)                                                  \
        X(k_actor, STORE_TEXT)                                                 \
        X(k_reason, STORE_TEXT)                                                \
        X(k_import, STORE_I64)                                                 \
        X(k_row, STORE_I64)                                                    \
        X(k_sort, STORE_TEXT)       /* pinyin key of the label, hexadecimal */

typedef enum RegisterMetaColumn {
#define REGISTER_META_ENUM(name, type) META_##name,
        REGISTER_META(REGISTER_META_ENUM)
#undef REGISTER_META_ENUM
        META_COUNT
} RegisterMetaColumn;

/* Is the field kept in the table (computed ones are not)? */
static inline bool register_stored(const PackField *f) { return f->computed.text.len == 0; }
static inline bool register_is_key(const PackRegister *reg, const PackField *f)
{
        for (size_t i = 0; i < reg->key_count; i++)
                if (reg->key[i] == f)
                        return true;
        return false;
}
/* Held as an integer? */
static inline bool register_is_int(const PackField *f) { return !f->many && pack_type_is_int(f->type); }

/* Appends "k_id", …, and the stored fields' columns, each preceded by prefix ("r." or ""). */
void register_put_columns(Buf *sql, const PackRegister *reg, const char *prefix);
/* Reads the current row of a query over register_put_columns, from column first on. */
Status register_read_row(StoreStmt *q, int first, const PackRegister *reg, Arena *a, RegisterRecord *ret) FALLIBLE;
/* " FROM (present and earlier states valid on the day) r", or the present table when as_of is NULL;
 * the day becomes one more argument. */
void register_put_source(Buf *sql, const PackRegister *reg, const Date *as_of, StoreValue *args, size_t *nargs,
                         char day[24]);
/* " WHERE (or AND) r.k_unit IN (codes of the subtree)": a range of pack->units. */
Status register_put_within(Buf *sql, const Pack *pack, const PackUnit *top, bool *first) FALLIBLE;
/* " ORDER BY …" of a list over `r`. */
void register_put_order(Buf *sql, const RegisterQuery *q);
const Pack *register_cache_pack(const RegisterCache *c);
/* From now on the cache holds of the register the records that name the key in the field (its parent, or a reference),
 * and asks the database for no others. */
Status register_cache_only(RegisterCache *c, const PackRegister *reg, const PackField *owner, Str key) FALLIBLE;
/* The records of a register that name the key in the field, with all their fields. */
Status register_table_load_only(StoreTx *tx, const Pack *pack, const PackRegister *reg, const PackField *owner, Str key,
                                const Date *as_of, Arena *a, RegisterTable *ret) FALLIBLE;
/* The register with at least what the query reads. */
Status register_cache_query_table(RegisterCache *c, const PackQuery *q, const RegisterTable **ret) FALLIBLE;
/* For each row of t the row of the record it belongs to + 1, by the field (NULL: its parent), made once; 0: nobody's. */
Status register_cache_links(RegisterCache *c, const RegisterTable *t, const PackField *field,
                            const RegisterTable *owners, const uint32_t **ret) FALLIBLE;
/* Fills in the computed fields of a record. */
Status register_compute(const Pack *pack, const PackRegister *reg, FeelExec *x, RegisterValue *values,
                        Arena *a) FALLIBLE;
/* Name of the index by which a unique field's value is found; false: the field has none. */
bool register_unique_index(const PackField *field, char out[REGISTER_NAME_MAX]);
/* Name of the full text index; empty when no field is searched. */
void register_text_index_name(const PackRegister *reg, char out[REGISTER_NAME_MAX]);
/* The text of the searched fields, blank between. */
void register_search_text(const PackRegister *reg, const RegisterValue *values, Buf *out);
/* register_value_feel, and lists of fields with `many`. */
Status register_any_feel(const PackField *field, const RegisterValue *v, Arena *a, FeelValue *ret) FALLIBLE;
/* Inputs of reg->scope: slot i is field i; the others are null. */
Status register_scope_inputs(const PackRegister *reg, const RegisterValue *values, Arena *a, FeelValue **ret,
                             size_t *ret_n) FALLIBLE;
/* The same for these programs only: what none of them uses stays null. */
Status register_scope_for(const PackRegister *reg, const RegisterValue *values, const FeelProgram *const *programs,
                          size_t count, Arena *a, FeelValue **ret, size_t *ret_n) FALLIBLE;
/* The record as a context of its fields. */
Status register_context(const PackRegister *reg, const RegisterValue *values, Arena *a, FeelValue *ret) FALLIBLE;
/* The other way: a FEEL value into a field; false when it does not fit. */
bool register_value_of_feel(const PackField *field, const FeelValue *v, Arena *a, RegisterValue *ret);

/* Is the label a text, that people look for by its sound? */
bool register_sorts_by_sound(const PackRegister *reg);
/* The pinyin key of a record's label as hexadecimal text, into out. */
Status register_sort_key(Collator *c, const PackRegister *reg, const RegisterValue *values, Buf *out) FALLIBLE;
/* Where the next separator of a list in one cell stands; SIZE_MAX: none. */
size_t register_separator(Str s);
/* The record as it is now, within the unit; ST_NOT_FOUND with its words. */
Status register_present(StoreTx *tx, const Pack *pack, const PackRegister *reg, Str key, const PackUnit *within,
                        Arena *a, Diag *diag, RegisterRecord *ret) FALLIBLE;
/* The event of a change of one record: subject "REGISTER:KEY".  op begins with "register.": columns.c knows by it
 * that what it keeps is no longer so. */
Status register_change_event(StoreTx *tx, const PackRegister *reg, const char *op, Str key, const RegisterChange *by,
                             Str payload, Arena *a, int64_t *ret) FALLIBLE;

#endif
