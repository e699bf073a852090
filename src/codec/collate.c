/* collate.c -- pinyin order through ICU, with an override for names. */
#include "codec/collate.h"

#include <unicode/ucol.h>
#include <unicode/ustring.h>

enum { TEXT_MAX = 4096, KEY_MAX = 64 << 10 };

struct Collator {
        UCollator *icu;
        /* By the second and third byte of a character: may a name of the table begin with it?  Few texts have any. */
        uint64_t begins[64];
};

/* A character that has several readings stands under its commonest one; in these names it has another.  The second
 * text sorts where the name belongs: a character of the right reading stands for the one in question. */
static const struct {
        const char *name, *as;
} readings[] = {
        { "长安", "常安" }, { "长沙", "常沙" }, { "长春", "常春" }, { "长治", "常治" },     { "长江", "常江" },
        { "长丰", "常丰" }, { "长宁", "常宁" }, { "长垣", "常垣" }, { "长乐", "常乐" },     { "长兴", "常兴" },
        { "长岭", "常岭" }, { "长汀", "常汀" }, { "长武", "常武" }, { "长葛", "常葛" },     { "长清", "常清" },
        { "长寿", "常寿" }, { "长阳", "常阳" }, { "长泰", "常泰" }, { "长白", "常白" },     { "长虹", "常虹" },
        { "长城", "常城" }, { "长征", "常征" }, { "长航", "常航" }, { "长三角", "常三角" }, { "重庆", "虫庆" },
        { "重阳", "虫阳" }, { "厦门", "夏门" }, { "六安", "陆安" }, { "六合", "陆合" },     { "乐清", "月清" },
        { "乐平", "勒平" }, { "乐山", "勒山" }, { "蚌埠", "泵埠" }, { "亳州", "博州" },     { "台州", "胎州" },
        { "天台", "天胎" }, { "东阿", "东婀" }, { "番禺", "潘禺" }, { "尉犁", "玉犁" },     { "单县", "善县" },
        { "铅山", "盐山" }, { "丽水", "离水" }, { "洪洞", "洪同" }, { "曾", "增" },         { "单于", "蝉于" },
        { "解州", "害州" }, { "大厦", "大煞" },
};

Status collator_new(Collator **ret)
{
        UErrorCode e = U_ZERO_ERROR;
        Collator *c = mem_calloc(1, sizeof(*c));
        if (!c)
                return ST_NOMEM;
        c->icu = ucol_open("zh@collation=pinyin", &e);
        if (U_SUCCESS(e))
                ucol_setAttribute(c->icu, UCOL_NUMERIC_COLLATION, UCOL_ON, &e);
        if (U_FAILURE(e)) {
                collator_free(c);
                return e == U_MEMORY_ALLOCATION_ERROR ? ST_NOMEM : ST_INTERNAL;
        }
        for (size_t i = 0; i < ARRAY_LEN(readings); i++) {
                const unsigned char *name = (const unsigned char *)readings[i].name;
                c->begins[name[1] & 63] |= UINT64_C(1) << (name[2] & 63);
        }
        *ret = c;
        return ST_OK;
}

void collator_free(Collator *c)
{
        if (!c)
                return;
        if (c->icu)
                ucol_close(c->icu);
        mem_free(c);
}

/* The name that the text begins with; SIZE_MAX: none. */
static size_t name_at(Str text, bool first)
{
        for (size_t k = 0; k < ARRAY_LEN(readings); k++)
                if (str_starts(text, str_c(readings[k].name)) && (strlen(readings[k].name) > 3 || first))
                        return k;
        return SIZE_MAX;
}

/* The text with the names of the table in the spelling that sorts right.  All its characters have three bytes. */
static size_t respell(const Collator *c, Str text, char out[TEXT_MAX])
{
        size_t n = 0;
        for (size_t i = 0; i < text.len && n + 16 < TEXT_MAX;) {
                const unsigned char *p = (const unsigned char *)text.ptr + i;
                bool may = (*p & 0xf0) == 0xe0 && i + 3 <= text.len && c->begins[p[1] & 63] >> (p[2] & 63) & 1;
                size_t k = may ? name_at(str_n(text.ptr + i, text.len - i), i == 0) : SIZE_MAX;
                if (k == SIZE_MAX) {
                        out[n++] = text.ptr[i++];
                        continue;
                }
                size_t len = strlen(readings[k].as);
                memcpy(out + n, readings[k].as, len);
                n += len;
                i += strlen(readings[k].name);
        }
        return n;
}

Status collator_key(Collator *c, Str text, Buf *out)
{
        char spelled[TEXT_MAX];
        UChar wide[TEXT_MAX];
        uint8_t key[KEY_MAX];
        int32_t len = 0;
        UErrorCode e = U_ZERO_ERROR;
        size_t n = respell(c, text, spelled);
        while (n && n < text.len && ((unsigned char)spelled[n - 1] & 0x80) && n + 16 >= TEXT_MAX)
                n--; /* cut between characters */
        u_strFromUTF8(wide, TEXT_MAX, &len, spelled, (int32_t)n, &e);
        if (U_FAILURE(e))
                return ST_INVALID;
        int32_t used = ucol_getSortKey(c->icu, wide, len, key, KEY_MAX);
        if (used <= 0 || used > KEY_MAX)
                return ST_LIMIT;
        buf_put(out, (const char *)key, (size_t)used);
        /* The same key for two spellings: the text itself decides. */
        buf_put_str(out, text);
        return buf_status(out);
}
