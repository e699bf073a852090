/* analyse.h -- private to the room: what a decision table leaves open, and where its rules collide.
 *
 * Each input column is cut at all ends of all its cells into atoms, within which no
 * rule can tell values apart: 2n + 1 of them for n ends of an ordered kind (the ends
 * and what lies between), one a value and one for all others where cells only name
 * values.  A rule is a product of sets of atoms, a box; gaps are what no box covers.
 * Columns with the same expression are one dimension.  Cells that are not simple
 * (cell.c) are taken to match something but nothing for certain, so that nothing
 * false is said about their rules.  Work is bounded; past the bound the table is
 * reported as too large to be analysed in full.
 */
#ifndef KC_DMN_ANALYSE_H
#define KC_DMN_ANALYSE_H

#include "dmn/dmn_int.h"

/* Appends what it finds to the Diag: overlaps that contradict the hit policy and rules that can
 * never fire as errors, gaps and redundant rules as warnings (gaps of collecting tables: notes). */
Status dmn_analyse_table(const DmnDefs *defs, Str name, const DmnTable *t, Diag *diag) FALLIBLE;

#endif
