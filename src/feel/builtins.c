/* The built-in functions by name: the tables of builtins_*.c strung together, and
 * sorted once into an index (names are few and constant). */
#include <pthread.h>

#include "feel/builtins_int.h"
#include "feel/lex.h"

static const FeelBuiltin *const tables[] = {
        feel_builtins_convert, feel_builtins_string,   feel_builtins_list,    feel_builtins_aggregate,
        feel_builtins_number,  feel_builtins_temporal, feel_builtins_context, feel_builtins_range,
};

enum { NAMES_MAX = 160 };

static struct Group {
        Str name;
        const FeelBuiltin *first;
        size_t count;
} groups[NAMES_MAX];
static size_t group_count;
static const char *names[NAMES_MAX + 1];
/* Which first letters and lengths the first words of names of several words have: most words are no such. */
static uint64_t first_words;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static unsigned first_word_bit(char letter, size_t len)
{
        return ((unsigned)(unsigned char)letter * 5 + (unsigned)len) & 63;
}

static void insert(const FeelBuiltin *first, size_t count)
{
        Str name = str_c(first->name);
        size_t at = group_count++;
        for (; at > 0 && str_cmp(groups[at - 1].name, name) > 0; at--)
                groups[at] = groups[at - 1];
        groups[at] = (struct Group){ name, first, count };
}

static void build_index(void)
{
        for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
                for (const FeelBuiltin *b = tables[t]; b->name && group_count < NAMES_MAX;) {
                        size_t n = 1;
                        while (b[n].name && strcmp(b[n].name, b->name) == 0)
                                n++;
                        insert(b, n);
                        b += n;
                }
        }
        for (size_t i = 0; i < group_count; i++) {
                names[i] = groups[i].first->name;
                const char *blank = strchr(names[i], ' ');
                if (blank)
                        first_words |= (uint64_t)1 << first_word_bit(names[i][0], (size_t)(blank - names[i]));
        }
}

const FeelBuiltin *feel_builtin_find(Str name, size_t *ret_count)
{
        pthread_once(&once, build_index);
        size_t low = 0, high = group_count;
        while (low < high) {
                size_t mid = low + (high - low) / 2;
                int c = str_cmp(name, groups[mid].name);
                if (c == 0) {
                        *ret_count = groups[mid].count;
                        return groups[mid].first;
                }
                if (c < 0)
                        high = mid;
                else
                        low = mid + 1;
        }
        return NULL;
}

const char *const *feel_builtin_names(void)
{
        pthread_once(&once, build_index);
        return names;
}

uint32_t feel_builtin_match(Lexer *lx, uint32_t pos, uint32_t word_end, Str *ret_key)
{
        /* The names are sorted: those that begin with the word and a blank stand together. */
        Str word = { lx->text.ptr + pos, word_end - pos };
        uint32_t best = 0;
        pthread_once(&once, build_index);
        if (!(first_words >> first_word_bit(word.ptr[0], word.len) & 1))
                return 0;
        size_t low = 0, high = group_count;
        while (low < high) {
                size_t mid = low + (high - low) / 2;
                if (str_cmp(groups[mid].name, word) < 0)
                        low = mid + 1;
                else
                        high = mid;
        }
        for (; low < group_count && str_starts(groups[low].name, word); low++) {
                if (groups[low].name.len == word.len || groups[low].name.ptr[word.len] != ' ')
                        continue;
                uint32_t e = feel_name_at(groups[low].name, lx, pos);
                if (e > best) {
                        best = e;
                        *ret_key = groups[low].name;
                }
        }
        return best;
}
