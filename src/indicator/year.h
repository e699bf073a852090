/* year.h -- private to the room: figures at rest, a year in a row.
 *
 * The table indicator_year holds the figures of an indicator and a unit for a year in one
 * row: 8 bytes a period, little endian, INT64_MIN for none; and the event that changed it
 * last.  It follows indicator_value, in the same transaction, and is there for reading many:
 * twelve figures come with one step of a statement. */
#ifndef KC_INDICATOR_YEAR_H
#define KC_INDICATOR_YEAR_H

#include "indicator/indicator_int.h"

enum { YEAR_SLOTS_MAX = 12 };
int year_slots(PeriodKind kind);
#define YEAR_NONE INT64_MIN
/* Bytes of a row to figures; returns how many there were (at most YEAR_SLOTS_MAX). */
size_t year_decode(Str bytes, int64_t out[YEAR_SLOTS_MAX]);
void year_encode(const int64_t *figures, size_t n, char out[YEAR_SLOTS_MAX * 8]);
/* Writes the row anew from indicator_value. */
Status year_refresh(StoreTx *tx, const PackIndicator *ind, Str unit, int32_t year, int64_t event) FALLIBLE;
/* Of a database from before there was this table. */
Status year_fill(StoreTx *tx) FALLIBLE;

#endif
