/* chart.c -- bar and line charts, drawn once for every format.
 *
 * Figures stay decimals: a double is only where something stands on the page. */
#include "document/document_int.h"
#include "document/draw.h"

enum { TICKS_MAX = 12, PNG_SCALE = 2 };

static const char FONT[] = "Noto Sans CJK SC";
#define INK 0.15, 0.15, 0.15
#define FAINT 0.80, 0.80, 0.80
#define BLUE 0.16, 0.38, 0.62
#define RED 0.78, 0.22, 0.18

typedef struct Axis {
        Dec low, high, step;
        double bottom, top;             /* of the page */
} Axis;

/* The largest of 1, 2, 5 times a power of ten that makes at most TICKS_MAX / 2 steps. */
static Dec nice_step(Dec span)
{
        Dec want = dec_div(span, dec_from_i64(TICKS_MAX / 2)), ten = dec_from_i64(10), p = dec_from_i64(1);
        for (int i = 0; i < 400 && dec_cmp(p, want) > 0; i++)
                p = dec_div(p, ten);
        for (int i = 0; i < 400 && dec_cmp(dec_mul(p, ten), want) <= 0; i++)
                p = dec_mul(p, ten);
        static const int multiples[] = { 1, 2, 5, 10 };
        for (size_t i = 0; i < ARRAY_LEN(multiples); i++) {
                Dec step = dec_mul(p, dec_from_i64(multiples[i]));
                if (dec_cmp(step, want) >= 0)
                        return step;
        }
        return dec_mul(p, ten);
}

static void take(Dec v, Dec *low, Dec *high)
{
        if (dec_cmp(v, *low) < 0)
                *low = v;
        if (dec_cmp(v, *high) > 0)
                *high = v;
}

static Axis axis_of(const DocChart *c, double bottom, double top)
{
        Axis a = { .low = dec_zero(), .high = dec_zero(), .bottom = bottom, .top = top };
        bool any = false;
        for (size_t i = 0; i < c->count; i++)
                if (c->points[i].known) {
                        if (!any && c->kind == DOC_LINE)        /* a line need not begin at zero */
                                a.low = a.high = c->points[i].value;
                        any = true;
                        take(c->points[i].value, &a.low, &a.high);
                }
        if (c->has_reference)
                take(c->reference, &a.low, &a.high);
        if (dec_eq(a.low, a.high))
                a.high = dec_add(a.high, dec_from_i64(1));
        a.step = nice_step(dec_sub(a.high, a.low));
        a.low = dec_mul(dec_floor_div(a.low, a.step), a.step);
        Dec up = dec_neg(dec_mul(dec_floor_div(dec_neg(a.high), a.step), a.step));
        a.high = dec_cmp(up, a.low) > 0 ? up : dec_add(a.low, a.step);
        return a;
}

static double place(const Axis *a, Dec v)
{
        int64_t millionths = 0;
        if (!dec_to_scaled_round(dec_div(dec_sub(v, a->low), dec_sub(a->high, a->low)), 6, DEC_HALF_UP, &millionths))
                millionths = 0;
        return a->bottom - (a->bottom - a->top) * (double)millionths / 1e6;
}

/* ---- text ---- */

typedef struct Pen {
        cairo_t *cr;
        PangoContext *context;
} Pen;

static PangoLayout *layout_of(const Pen *pen, Str text, double size, double *ret_width, double *ret_height)
{
        PangoLayout *layout = pango_layout_new(pen->context);
        PangoFontDescription *font = pango_font_description_from_string(FONT);
        int w, h;
        pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
        pango_layout_set_font_description(layout, font);
        pango_layout_set_text(layout, text.ptr ? text.ptr : "", (int)text.len);
        pango_layout_get_size(layout, &w, &h);
        *ret_width = (double)w / PANGO_SCALE;
        *ret_height = (double)h / PANGO_SCALE;
        pango_font_description_free(font);
        return layout;
}

/* anchor: which part of the text's width stands left of x; y is the text's top, or its foot when up. */
static void put(const Pen *pen, Str text, double size, double x, double y, double anchor, bool up)
{
        double width, height;
        PangoLayout *layout = layout_of(pen, text, size, &width, &height);
        cairo_new_path(pen->cr);
        cairo_move_to(pen->cr, x - width * anchor, up ? y - height : y);
        pango_cairo_show_layout(pen->cr, layout);
        cairo_new_path(pen->cr);
        g_object_unref(layout);
}

static double width_of(const Pen *pen, Str text, double size)
{
        double width, height;
        g_object_unref(layout_of(pen, text, size, &width, &height));
        return width;
}

static void line(cairo_t *cr, double x1, double y1, double x2, double y2, double width)
{
        cairo_new_path(cr);
        cairo_set_line_width(cr, width);
        cairo_move_to(cr, x1, y1);
        cairo_line_to(cr, x2, y2);
        cairo_stroke(cr);
}

/* ---- parts ---- */

static int tick_digits(Dec step)
{
        int digits = 0;
        while (digits < 10 && !dec_is_integer(step)) {
                step = dec_mul(step, dec_from_i64(10));
                digits++;
        }
        return digits;
}

static double put_axis(const Pen *pen, const Axis *a, double left, double right, Arena *arena)
{
        double widest = 0;
        Str labels[TICKS_MAX + 2];
        Dec v = a->low;
        int n = 0;
        for (; n < TICKS_MAX + 2 && dec_cmp(v, a->high) <= 0; n++, v = dec_add(v, a->step)) {
                if (doc_format(v, tick_digits(a->step), arena, &labels[n]) != ST_OK)
                        return left;
                double w = width_of(pen, labels[n], 9);
                widest = w > widest ? w : widest;
        }
        left += widest + 6;
        v = a->low;
        for (int i = 0; i < n; i++, v = dec_add(v, a->step)) {
                double y = place(a, v);
                cairo_set_source_rgb(pen->cr, FAINT);
                line(pen->cr, left, y, right, y, 0.5);
                cairo_set_source_rgb(pen->cr, INK);
                put(pen, labels[i], 9, left - 5, y - 6.5, 1, false);
        }
        cairo_set_source_rgb(pen->cr, INK);
        bool crosses = dec_is_negative(a->low) && !dec_is_negative(a->high);
        double base = crosses ? place(a, dec_zero()) : a->bottom;
        line(pen->cr, left, base, right, base, 0.8);
        return left;
}

static void put_bars(const Pen *pen, const DocChart *c, const Axis *a, double left, double slot, double size)
{
        double base = place(a, dec_is_negative(a->low) ? dec_zero() : a->low), wide = slot * 0.56;
        for (size_t i = 0; i < c->count; i++) {
                const DocPoint *p = &c->points[i];
                double middle = left + slot * ((double)i + 0.5), y = p->known ? place(a, p->value) : base;
                bool below = y > base;
                if (p->known) {
                        if (p->marked)
                                cairo_set_source_rgb(pen->cr, RED);
                        else
                                cairo_set_source_rgb(pen->cr, BLUE);
                        cairo_new_path(pen->cr);
                        cairo_rectangle(pen->cr, middle - wide / 2, below ? base : y, wide,
                                        below ? y - base : base - y);
                        cairo_fill(pen->cr);
                        cairo_set_source_rgb(pen->cr, INK);
                } else {
                        cairo_set_source_rgb(pen->cr, 0.5, 0.5, 0.5);
                }
                if (size >= 6)
                        put(pen, p->shown, size, middle, below ? y + 1 : y - 1, 0.5, !below);
        }
}

static void put_line(const Pen *pen, const DocChart *c, const Axis *a, double left, double slot, double size)
{
        cairo_t *cr = pen->cr;
        cairo_set_source_rgb(cr, BLUE);
        for (size_t i = 1; i < c->count; i++)
                if (c->points[i].known && c->points[i - 1].known)
                        line(cr, left + slot * ((double)i - 0.5), place(a, c->points[i - 1].value),
                             left + slot * ((double)i + 0.5), place(a, c->points[i].value), 1.6);
        for (size_t i = 0; i < c->count; i++) {
                const DocPoint *p = &c->points[i];
                double x = left + slot * ((double)i + 0.5), y = p->known ? place(a, p->value) : a->bottom;
                if (p->marked)
                        cairo_set_source_rgb(cr, RED);
                else
                        cairo_set_source_rgb(cr, BLUE);
                cairo_new_path(cr);
                if (p->known) {
                        cairo_arc(cr, x, y, 2.4, 0, 6.283185307179586);
                        cairo_fill(cr);
                }
                cairo_set_source_rgb(cr, INK);
                if (size >= 6)
                        put(pen, p->shown, size, x, y - 4, 0.5, true);
        }
}

static void put_reference(const Pen *pen, const DocChart *c, const Axis *a, double left, double right)
{
        static const double dash[] = { 4, 3 };
        double y = place(a, c->reference);
        cairo_set_source_rgb(pen->cr, RED);
        cairo_set_dash(pen->cr, dash, 2, 0);
        line(pen->cr, left, y, right, y, 1);
        cairo_set_dash(pen->cr, NULL, 0, 0);
        put(pen, c->reference_label, 9, right, y - 1, 1, true);
}

/* The size at which the widest text fits its slot, at most `most`. */
static double fitting(const Pen *pen, const DocChart *c, double slot, double most, bool labels)
{
        double widest = 1;
        for (size_t i = 0; i < c->count; i++) {
                double w = width_of(pen, labels ? c->points[i].label : c->points[i].shown, most);
                widest = w > widest ? w : widest;
        }
        double size = most * (slot - 2) / widest;
        return size < most ? size : most;
}

void chart_draw(cairo_t *cr, const DocChart *c, double width, double height)
{
        _cleanup_arena_ Arena *arena = arena_new(8 << 20);
        PangoFontMap *map = pango_cairo_font_map_new();
        Pen pen = { cr, pango_font_map_create_context(map) };
        pango_context_set_language(pen.context, pango_language_from_string("zh-cn"));
        pango_cairo_update_context(cr, pen.context);
        Axis a = axis_of(c, height - 24, 22);
        if (arena && c->count > 0) {
                double right = width - 4, left = put_axis(&pen, &a, 2, right, arena),
                       slot = (right - left) / (double)c->count;
                double values = fitting(&pen, c, slot * 1.1, 10, false), labels = fitting(&pen, c, slot, 10.5, true);
                size_t every = 1;
                while (labels * (double)every < 6.5)
                        every++;
                labels = labels < 6.5 ? 8 : labels;
                if (c->kind == DOC_BAR)
                        put_bars(&pen, c, &a, left, slot, values);
                else
                        put_line(&pen, c, &a, left, slot, values);
                cairo_set_source_rgb(cr, INK);
                for (size_t i = 0; i < c->count; i += every)
                        put(&pen, c->points[i].label, labels, left + slot * ((double)i + 0.5), a.bottom + 5, 0.5,
                            false);
                if (c->has_reference)
                        put_reference(&pen, c, &a, left, right);
        }
        g_object_unref(pen.context);
        g_object_unref(map);
}

/* ---- pictures ---- */

static cairo_status_t to_buf(void *user, const unsigned char *data, unsigned int n)
{
        Buf *out = user;
        buf_put(out, data, n);
        return buf_status(out) == ST_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

Status chart_png(const DocChart *c, Diag *diag, Buf *out)
{
        TRY(draw_load(diag));
        cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, DOC_CHART_WIDTH * PNG_SCALE,
                                                        DOC_CHART_HEIGHT * PNG_SCALE);
        cairo_t *cr = cairo_create(s);
        cairo_set_source_rgb(cr, 1, 1, 1);
        cairo_paint(cr);
        cairo_scale(cr, PNG_SCALE, PNG_SCALE);
        chart_draw(cr, c, DOC_CHART_WIDTH, DOC_CHART_HEIGHT);
        cairo_status_t st = cairo_status(cr);
        cairo_destroy(cr);
        if (st == CAIRO_STATUS_SUCCESS)
                st = cairo_surface_write_to_png_stream(s, to_buf, out);
        cairo_surface_destroy(s);
        TRY(buf_status(out));
        return st == CAIRO_STATUS_SUCCESS ? ST_OK : ST_NOMEM;
}
