/* Encodings: what is detected decodes to the same UTF-8 at once and by drips. */
#include "base/utf8.h"
#include "codec/encoding.h"
#include "fuzz/fuzz.h"
#include "tests/drip.h"

static Status stream(Str input, TextEncoding e, size_t step, Buf *out)
{
        DripSource source = { input, step };
        _cleanup_text_source_ TextSource *t = NULL;
        if (text_source_new(drip_source(&source), e, NULL, &t) != ST_OK)
                return ST_NOMEM;
        return source_read_all(text_source_bytes(t), out, NULL);
}

void fuzz_one(Str input)
{
        uint8_t head[2];
        fuzz_take(&input, head, sizeof(head));
        _cleanup_buf_ Buf whole = BUF_INIT(16 << 20), pieces = BUF_INIT(16 << 20), forced = BUF_INIT(16 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        TextEncoding e = ENC_AUTO, pieced;
        Status st = encoding_to_utf8(input, ENC_AUTO, "fuzz", &d, &whole, &e);
        FUZZ_ASSERT((st == ST_OK) == (d.errors == 0));
        if (st == ST_OK) {
                FUZZ_ASSERT(e != ENC_AUTO && utf8_valid(buf_str(&whole)) &&
                            !str_has(buf_str(&whole), STR("\xEF\xBF\xBD")));
                FUZZ_ASSERT(stream(input, ENC_AUTO, (size_t)head[0] + 1, &pieces) == ST_OK &&
                            str_eq(buf_str(&whole), buf_str(&pieces)));
                DripSource source = { input, (size_t)head[0] + 1 };
                FUZZ_ASSERT(encoding_detect_source(drip_source(&source), NULL, NULL, &pieced) == ST_OK && pieced == e);
        }
        e = (TextEncoding)(1 + head[1] % (ENC_COUNT_ - 1));
        buf_clear(&pieces);
        st = stream(input, e, (size_t)head[0] + 1, &pieces);
        FUZZ_ASSERT(stream(input, e, SIZE_MAX, &forced) == st);
        if (st == ST_OK)
                FUZZ_ASSERT(str_eq(buf_str(&forced), buf_str(&pieces)) && utf8_valid(buf_str(&forced)));
}
