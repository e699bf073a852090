/* sound.h -- records sorted by the sound of a text, in memory.
 *
 * The label of a register keeps its sort key in the table; every other text is sorted here when somebody asks for it:
 * texts come one by one in the order of the keys of their records, which decides between equal ones, and leave as
 * numbers of that coming.  Those without a text stand last, whichever way the others run.
 *
 *     _cleanup_sound_ SoundSort *s = NULL;
 *     TRY(sound_new(field, diag, &s));
 *     … TRY(sound_add(s, text, i)); …
 *     sound_sort(s, descending);
 *     … sound_at(s, k) is the number of the k-th …
 */
#ifndef KC_REGISTER_SOUND_H
#define KC_REGISTER_SOUND_H

#include "base/mem.h"
#include "register/register.h"

typedef struct SoundSort SoundSort;

/* A text that is sorted here: stored, one, without a check of its own, and not the label. */
bool sound_sorts(const PackField *f);
Status sound_new(const PackField *f, Diag *diag, SoundSort **ret) FALLIBLE;
void sound_free(SoundSort *s);
DEFINE_CLEANUP(SoundSort *, sound_free)
#define _cleanup_sound_ _cleanup_(sound_freep)
/* text.ptr NULL: none.  ST_LIMIT: more than is sorted in memory; the Diag says to filter first. */
Status sound_add(SoundSort *s, Str text, uint32_t number) FALLIBLE;
/* Equal ones stand by their numbers. */
void sound_sort(SoundSort *s, bool descending);
/* How two texts stand to each other: < 0, 0 (their records' keys decide), > 0; what was added before is forgotten. */
Status sound_compare(SoundSort *s, Str a, Str b, bool descending, int *ret) FALLIBLE;
size_t sound_count(const SoundSort *s);
uint32_t sound_at(const SoundSort *s, size_t at);

#endif
