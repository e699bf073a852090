#include "codec/csv.h"

/* -12.5: a plain number, which a spreadsheet reads as one and cannot run. */
static bool is_plain_negative(Str s)
{
        size_t i = 1, digits = 0;
        while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9') {
                i++;
                digits++;
        }
        if (digits == 0 || (digits > 1 && s.ptr[1] == '0'))
                return false;
        if (i < s.len && s.ptr[i] == '.') {
                size_t from = ++i;
                while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
                        i++;
                if (i == from)
                        return false;
        }
        return i == s.len;
}

bool csv_is_risky(Str cell)
{
        static const Str wide[] = { STR("＝"), STR("＋"), STR("－"), STR("＠") };
        size_t i = 0;
        while (i < cell.len && cell.ptr[i] == '\'')
                i++;
        if (i == cell.len)
                return false;
        switch (cell.ptr[i]) {
        case '=':
        case '+':
        case '@':
        case '\t':
        case '\r':
        case '\n':
        case '\0':
                return true;
        case '-':
                return i > 0 || !is_plain_negative(cell);
        default:
                break;
        }
        for (size_t k = 0; k < ARRAY_LEN(wide); k++)
                if (str_starts(str_n(cell.ptr + i, cell.len - i), wide[k]))
                        return true;
        return false;
}

Str csv_unguard(Str cell)
{
        if (cell.len < 2 || cell.ptr[0] != '\'')
                return cell;
        Str inner = { cell.ptr + 1, cell.len - 1 };
        return csv_is_risky(inner) ? inner : cell;
}

CsvWriter csv_writer(Buf *out, char separator)
{
        return (CsvWriter){ .out = out, .separator = separator, .crlf = true };
}

void csv_write_bom(CsvWriter *w)
{
        buf_put(w->out, "\xEF\xBB\xBF", 3);
}

static bool needs_quotes(Str cell, char separator)
{
        for (size_t i = 0; i < cell.len; i++) {
                char c = cell.ptr[i];
                if (c == '"' || c == '\n' || c == '\r' || c == separator)
                        return true;
        }
        return cell.len && (cell.ptr[0] == ' ' || cell.ptr[cell.len - 1] == ' ');
}

static void put_quoted(Buf *out, Str cell, bool guard)
{
        buf_puts(out, guard ? "\"'" : "\"");
        for (Str rest = cell; rest.ptr;) {
                buf_put_str(out, str_cut(rest, '"', &rest));
                if (rest.ptr)
                        buf_put(out, "\"\"", 2);
        }
        buf_putc(out, '"');
}

void csv_write(CsvWriter *w, Str cell)
{
        if (w->cells++)
                buf_putc(w->out, w->separator);
        w->only_empty = w->cells == 1 && cell.len == 0;
        bool guard = csv_is_risky(cell);
        if (guard || needs_quotes(cell, w->separator))
                put_quoted(w->out, cell, guard);
        else
                buf_put_str(w->out, cell);
}

void csv_end_row(CsvWriter *w)
{
        if (w->only_empty)              /* else it would be an empty line */
                buf_put(w->out, "\"\"", 2);
        buf_puts(w->out, w->crlf ? "\r\n" : "\n");
        w->cells = 0;
        w->only_empty = false;
}
