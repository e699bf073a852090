/* fold.c -- names compared as people mean them: without blanks, half width, lower case. */
#include "base/utf8.h"
#include "codec/text_norm.h"
#include "pack/pack_int.h"

size_t pack_fold(Str s, char out[PACK_FOLD_MAX])
{
        size_t n = 0;
        for (size_t i = 0; i < s.len;) {
                uint32_t cp = utf8_next(s, &i);
                if (cp == UTF8_BAD)
                        return 0;
                if (text_is_blank(cp))
                        continue;
                cp = text_narrow(cp);
                if (cp >= 'A' && cp <= 'Z')
                        cp += 'a' - 'A';
                char bytes[4];
                size_t len = utf8_put(bytes, cp);
                if (n + len >= PACK_FOLD_MAX)
                        return 0;
                memcpy(out + n, bytes, len);
                n += len;
        }
        out[n] = '\0';
        return n;
}

/* The last pair of brackets at the end, of either width. */
void pack_split_unit(Str header, Str *ret_name, Str *ret_unit)
{
        static const struct { const char *open, *close; } pairs[] = {
                { "（", "）" }, { "(", ")" }, { "[", "]" }, { "【", "】" }, { "〔", "〕" },
        };
        *ret_name = str_trim(header);
        *ret_unit = STR_NONE;
        Str text = *ret_name;
        for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
                Str open = str_c(pairs[i].open), close = str_c(pairs[i].close);
                if (!str_ends(text, close))
                        continue;
                for (size_t at = text.len - close.len; at > 0; at--)
                        if (str_starts(str_n(text.ptr + at, text.len - at), open)) {
                                *ret_name = str_trim(str_n(text.ptr, at));
                                *ret_unit = str_trim(str_n(text.ptr + at + open.len,
                                                           text.len - close.len - at - open.len));
                                /* “单位：万元” */
                                static const char *const labels[] = { "单位：", "单位:" };
                                for (size_t k = 0; k < ARRAY_LEN(labels); k++)
                                        if (str_starts(*ret_unit, str_c(labels[k])))
                                                *ret_unit = str_trim(str_n(ret_unit->ptr + strlen(labels[k]),
                                                                           ret_unit->len - strlen(labels[k])));
                                return;
                        }
        }
        /* “营业收入/万元”: the tail after the last slash when it is all there is to a measure. */
        for (size_t at = text.len; at-- > 1;)
                if (text.ptr[at] == '/') {
                        Str tail = str_trim(str_n(text.ptr + at + 1, text.len - at - 1));
                        if (str_ends(tail, STR("元")) || str_eq(tail, STR("%")) || str_eq(tail, STR("人")) ||
                            str_eq(tail, STR("万人"))) {
                                *ret_name = str_trim(str_n(text.ptr, at));
                                *ret_unit = tail;
                        }
                        return;
                }
}

void pack_add_header(Loader *l, Map *map, Str header, void *value, Pos pos, bool report)
{
        char folded[PACK_FOLD_MAX];
        if (!header.len || l->fatal != ST_OK)
                return;
        size_t n = pack_fold(header, folded);
        if (n == 0) {
                loader_error(l, pos, "名称过长或为空：%.*s", "the name is empty or too long: %.*s", STR_FMT(header));
                return;
        }
        size_t at = map_index(map, str_n(folded, n));
        if (at != SIZE_MAX) {
                if (map->items[at].value == value)
                        return;
                if (report)
                        loader_error(l, pos, "名称“%.*s”已指向另一项", "the name \"%.*s\" means something else already",
                                     STR_FMT(header));
                else
                        loader_status(l, map_put(map, map->items[at].key, NULL));
                return;
        }
        Str key = arena_str(l->arena, str_n(folded, n));
        if (!loader_oom(l, key.ptr))
                loader_status(l, map_put(map, key, value));
}
