/* Pieces of SQL text: quoted names, numbered parameters, LIKE patterns. */
#include "store/store_int.h"

bool store_name_ok(const char *name)
{
        if (!name || !*name || (*name >= '0' && *name <= '9'))
                return false;
        size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        return name[n] == '\0' && n <= STORE_NAME_MAX;
}

void store_put_name(Buf *sql, const char *name)
{
        if (!store_name_ok(name)) {
                if (sql->failed == ST_OK)
                        sql->failed = ST_INVALID;
                return;
        }
        buf_putc(sql, '"');
        buf_puts(sql, name);
        buf_putc(sql, '"');
}

void store_put_params(Buf *sql, size_t first, size_t count)
{
        for (size_t i = 0; i < count; i++)
                buf_printf(sql, "%s$%zu", i ? ", " : "", first + i);
}

void store_put_like(Buf *out, Str text)
{
        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];
                if (c == '!' || c == '%' || c == '_')
                        buf_putc(out, '!');
                buf_putc(out, c);
        }
}
