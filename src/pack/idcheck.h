/* idcheck.h -- identity codes: what they must look like, and their check digits.
 *
 *   uscc      unified social credit code, GB 32100-2015; its characters 9 to 17 an
 *             organisation code of GB 11714-1997.  Some early genuine codes fail
 *             the check digits: the result says so (overridable), and a record with
 *             such a code is kept when someone explains it.
 *   org       organisation code, GB 11714-1997 (8 characters and a check character)
 *   person    resident identity number, GB 11643-1999 (18 characters; the old 15
 *             digits are refused with the reason)
 *   patent    Chinese patent application number (12 digits since October 2003, 8
 *             before), with the check character after the point: 201710601862.3
 *   phone     mainland mobile (11 digits) or fixed line with area code, optional +86
 *   email     one address: local@domain.tld
 *   postcode  six digits, first of 0..8
 *   stock     six digits of a mainland exchange
 *
 *     IdVerdict v;
 *     id_check(PACK_CHECK_USCC, STR("91350100M000100Y43"), &v);
 *     if (!v.ok) puts(v.zh);
 *
 * Blanks around a code are not part of it; full-width forms are not accepted
 * here (the import folds them first).  Pure functions, no allocation.
 */
#ifndef KC_PACK_IDCHECK_H
#define KC_PACK_IDCHECK_H

#include "pack/def.h"

typedef struct IdVerdict {
        bool ok;
        bool overridable;   /* well formed, only a check character is wrong: an explanation may keep it */
        const char *zh;     /* why not; static text; "" when ok */
        const char *en;
} IdVerdict;

void id_check(PackCheckKind kind, Str code, IdVerdict *ret);

/* "uscc", "person", …; PACK_CHECK_NONE for an unknown word.  Name of a kind; never NULL. */
PackCheckKind id_kind(Str name);
const char *id_kind_name(PackCheckKind kind);

/* The form a code is kept in: letters upper case, no blanks; a patent number
 * without "ZL" or "CN" before it and with its point.  Returns its length, 0 when
 * it does not fit into out (which is unchanged then). */
#define ID_TEXT_MAX 80
size_t id_canonical(PackCheckKind kind, Str code, char out[ID_TEXT_MAX]);

/* An identifier field's text: "scheme:code", or a bare code that is tried with
 * the field's schemes in order.  Gives the stored form (bare for uscc, else
 * "scheme:code").  ST_INVALID with verdict when nothing fits or a check fails;
 * out is set too when the verdict is overridable. */
Status id_identifier(const PackField *field, Str text, char out[ID_TEXT_MAX], IdVerdict *ret_verdict) FALLIBLE;

#endif
