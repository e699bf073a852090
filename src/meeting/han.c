/* han.c -- characters: traditional to simplified, Chinese digits, literals in text. */
#include "base/utf8.h"
#include "meeting/han_table.h"
#include "meeting/meeting_int.h"

uint32_t han_simplified(uint32_t cp)
{
        size_t low = 0, high = ARRAY_LEN(han_pairs);
        if (cp > 0xFFFF)
                return cp;
        while (low < high) {
                size_t mid = (low + high) / 2;
                if (han_pairs[mid][0] < cp)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low < ARRAY_LEN(han_pairs) && han_pairs[low][0] == cp ? han_pairs[low][1] : cp;
}

int han_digit(uint32_t c)
{
        switch (c) {
        case 0x3007: case 0x96F6: return 0;     /* 〇 零 */
        case 0x4E00: return 1;
        case 0x4E8C: case 0x4E24: return 2;     /* 二 两 */
        case 0x4E09: return 3;
        case 0x56DB: return 4;
        case 0x4E94: return 5;
        case 0x516D: return 6;
        case 0x4E03: return 7;
        case 0x516B: return 8;
        case 0x4E5D: return 9;
        default: return -1;
        }
}

bool text_is(const uint32_t *cp, uint32_t i, uint32_t end, const char *utf8)
{
        Str s = str_c(utf8);
        for (size_t pos = 0; pos < s.len; i++)
                if (i >= end || cp[i] != utf8_next(s, &pos))
                        return false;
        return true;
}

uint32_t text_find(const uint32_t *cp, uint32_t start, uint32_t end, const char *utf8)
{
        size_t pos = 0;
        uint32_t first = utf8_next(str_c(utf8), &pos);
        for (uint32_t i = start; i < end; i++)
                if (cp[i] == first && text_is(cp, i, end, utf8))
                        return i;
        return MEETING_NONE;
}
