/* sound.c -- see sound.h: the keys of the collator lie in one piece, the items point into it. */
#include <stdlib.h>

#include "codec/collate.h"
#include "register/register_int.h"
#include "register/sound.h"

enum { ITEMS_MAX = 4000000 };
#define KEYS_MAX ((size_t)160 << 20)

typedef struct Item {
        uint32_t at, len;       /* of the key; len 0: no text */
        uint32_t number;
} Item;

struct SoundSort {
        const PackField *field;
        Diag *diag;
        Collator *collator;
        Buf keys;
        Item *items;
        size_t count, cap;
        bool descending;
};

bool sound_sorts(const PackField *f)
{
        return f->type == PACK_TEXT && !f->many && f->check == PACK_CHECK_NONE && register_stored(f) &&
               !(f == f->reg->label && register_sorts_by_sound(f->reg));
}

Status sound_new(const PackField *f, Diag *diag, SoundSort **ret)
{
        _cleanup_sound_ SoundSort *s = mem_calloc(1, sizeof(*s));
        if (!s)
                return ST_NOMEM;
        s->field = f;
        s->diag = diag;
        s->keys = BUF_INIT(KEYS_MAX);
        TRY(collator_new(&s->collator));
        *ret = TAKE(s);
        return ST_OK;
}

void sound_free(SoundSort *s)
{
        if (!s)
                return;
        collator_free(s->collator);
        buf_release(&s->keys);
        mem_free(s->items);
        mem_free(s);
}

static Status too_many(SoundSort *s)
{
        return diag_fail(s->diag, ST_LIMIT, POS_NONE, "记录太多，不能按“%.*s”的读音排序：请先筛选或检索",
                         "too many records to sort by the sound of \"%.*s\": filter or search first",
                         STR_FMT(pack_title(s->field->title, s->diag ? s->diag->lang : LANG_ZH)));
}

Status sound_add(SoundSort *s, Str text, uint32_t number)
{
        if (s->count == s->cap) {
                size_t cap = s->cap ? s->cap + s->cap / 2 : 256;
                if (s->count >= ITEMS_MAX)
                        return too_many(s);
                Item *items = mem_realloc_array(s->items, cap, sizeof(*items));
                if (!items)
                        return ST_NOMEM;
                s->items = items;
                s->cap = cap;
        }
        Item it = { .at = (uint32_t)s->keys.len, .number = number };
        if (text.ptr) {
                Status st = collator_key(s->collator, text, &s->keys);
                if (st == ST_LIMIT)
                        return too_many(s);
                TRY(st);
                it.len = (uint32_t)(s->keys.len - it.at);
        }
        s->items[s->count++] = it;
        return ST_OK;
}

static int compare_keys(const SoundSort *s, const Item *x, const Item *y, bool descending)
{
        if (!x->len != !y->len)
                return x->len ? -1 : 1;
        int c = str_cmp(str_n(s->keys.ptr + x->at, x->len), str_n(s->keys.ptr + y->at, y->len));
        return descending ? -c : c;
}

static int compare(const void *a, const void *b, void *ctx)
{
        const Item *x = a, *y = b;
        const SoundSort *s = ctx;
        int c = compare_keys(s, x, y, s->descending);
        return c ? c : (x->number > y->number) - (x->number < y->number);
}

Status sound_compare(SoundSort *s, Str a, Str b, bool descending, int *ret)
{
        s->count = 0;
        buf_clear(&s->keys);
        TRY(sound_add(s, a, 0));
        TRY(sound_add(s, b, 0));
        *ret = compare_keys(s, &s->items[0], &s->items[1], descending);
        return ST_OK;
}

void sound_sort(SoundSort *s, bool descending)
{
        s->descending = descending;
        if (s->count)
                qsort_r(s->items, s->count, sizeof(*s->items), compare, s);
}

size_t sound_count(const SoundSort *s)
{
        return s->count;
}

uint32_t sound_at(const SoundSort *s, size_t at)
{
        return s->items[at].number;
}
