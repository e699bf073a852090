/* The only file that sees libgcrypt. */
#include "store/sm3.h"

#include <gcrypt.h>
#include <pthread.h>

struct Sm3 {
        gcry_md_hd_t md;
};

static bool ready;

static void start(void)
{
        if (!gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) {
                if (!gcry_check_version(GCRYPT_VERSION))
                        return;
                gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
                gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
        }
        ready = gcry_md_test_algo(GCRY_MD_SM3) == 0;
}

Status sm3_new(Sm3 **ret)
{
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        pthread_once(&once, start);
        if (!ready)
                return ST_UNSUPPORTED;
        _cleanup_sm3_ Sm3 *h = mem_calloc(1, sizeof(*h));
        if (!h)
                return ST_NOMEM;
        gcry_error_t e = gcry_md_open(&h->md, GCRY_MD_SM3, 0);
        if (e)
                return gcry_err_code(e) == GPG_ERR_ENOMEM ? ST_NOMEM : ST_INTERNAL;
        *ret = TAKE(h);
        return ST_OK;
}

void sm3_add(Sm3 *h, Str data)
{
        if (data.len)
                gcry_md_write(h->md, data.ptr, data.len);
}

void sm3_end(Sm3 *h, uint8_t ret[SM3_SIZE])
{
        memcpy(ret, gcry_md_read(h->md, GCRY_MD_SM3), SM3_SIZE);
        gcry_md_reset(h->md);
}

void sm3_free(Sm3 *h)
{
        if (!h)
                return;
        gcry_md_close(h->md);
        mem_free(h);
}

Status sm3_of(Str data, uint8_t ret[SM3_SIZE])
{
        _cleanup_sm3_ Sm3 *h = NULL;
        TRY(sm3_new(&h));
        sm3_add(h, data);
        sm3_end(h, ret);
        return ST_OK;
}

Status sm3_hex_of(Str data, char ret[SM3_HEX])
{
        uint8_t h[SM3_SIZE];
        TRY(sm3_of(data, h));
        sm3_to_hex(h, ret);
        return ST_OK;
}

void sm3_to_hex(const uint8_t h[SM3_SIZE], char out[SM3_HEX])
{
        static const char digits[] = "0123456789abcdef";
        for (size_t i = 0; i < SM3_SIZE; i++) {
                out[2 * i] = digits[h[i] >> 4];
                out[2 * i + 1] = digits[h[i] & 15];
        }
        out[SM3_HEX - 1] = '\0';
}

static int digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool sm3_from_hex(Str hex, uint8_t out[SM3_SIZE])
{
        uint8_t h[SM3_SIZE];
        if (hex.len != (size_t)2 * SM3_SIZE)
                return false;
        for (size_t i = 0; i < (size_t)SM3_SIZE; i++) {
                int high = digit(hex.ptr[2 * i]), low = digit(hex.ptr[2 * i + 1]);
                if (high < 0 || low < 0)
                        return false;
                h[i] = (uint8_t)(high * 16 + low);
        }
        memcpy(out, h, sizeof(h));
        return true;
}
