/* draw.h -- private to the room: cairo and pango, which are loaded when the first PDF or chart is drawn (base/dynlib.h). */
#ifndef KC_DOCUMENT_DRAW_H
#define KC_DOCUMENT_DRAW_H

#include <cairo-pdf.h>
#include <cairo.h>
#include <pango/pangocairo.h>

#include "base/dynlib.h"

#define DRAW_FUNCTIONS(X) X(cairo_arc) X(cairo_create) X(cairo_destroy) X(cairo_fill) X(cairo_image_surface_create) \
        X(cairo_line_to) X(cairo_move_to) X(cairo_new_path) X(cairo_paint) X(cairo_pdf_surface_create_for_stream) \
        X(cairo_pdf_surface_set_metadata) X(cairo_rectangle) X(cairo_restore) X(cairo_save) X(cairo_scale) \
        X(cairo_set_dash) X(cairo_set_line_width) X(cairo_set_source_rgb) X(cairo_show_page) X(cairo_status) \
        X(cairo_stroke) X(cairo_surface_destroy) X(cairo_surface_finish) X(cairo_surface_status) \
        X(cairo_surface_write_to_png_stream) X(cairo_translate) X(g_object_unref) X(pango_attr_letter_spacing_new) \
        X(pango_attr_list_change) X(pango_attr_list_insert) X(pango_attr_list_new) X(pango_attr_list_unref) \
        X(pango_attr_weight_new) X(pango_cairo_font_map_new) X(pango_cairo_show_layout) \
        X(pango_cairo_show_layout_line) X(pango_cairo_update_context) X(pango_context_set_language) \
        X(pango_font_description_free) X(pango_font_description_from_string) X(pango_font_description_new) \
        X(pango_font_description_set_absolute_size) X(pango_font_description_set_family) \
        X(pango_font_description_set_weight) X(pango_font_map_create_context) X(pango_language_from_string) \
        X(pango_layout_get_iter) X(pango_layout_get_line_count) X(pango_layout_get_line_readonly) \
        X(pango_layout_get_size) X(pango_layout_iter_free) X(pango_layout_iter_get_baseline) \
        X(pango_layout_iter_get_line_extents) X(pango_layout_iter_get_line_readonly) X(pango_layout_iter_next_line) \
        X(pango_layout_line_get_extents) X(pango_layout_new) X(pango_layout_set_alignment) \
        X(pango_layout_set_attributes) X(pango_layout_set_font_description) X(pango_layout_set_indent) \
        X(pango_layout_set_text) X(pango_layout_set_width) X(pango_layout_set_wrap)
typedef struct DrawLib {
        DRAW_FUNCTIONS(DYNLIB_MEMBER)
} DrawLib;
extern DrawLib draw_lib;
/* Before any of them. */
Status draw_load(Diag *diag) FALLIBLE;
#define cairo_arc draw_lib.fn_cairo_arc
#define cairo_create draw_lib.fn_cairo_create
#define cairo_destroy draw_lib.fn_cairo_destroy
#define cairo_fill draw_lib.fn_cairo_fill
#define cairo_image_surface_create draw_lib.fn_cairo_image_surface_create
#define cairo_line_to draw_lib.fn_cairo_line_to
#define cairo_move_to draw_lib.fn_cairo_move_to
#define cairo_new_path draw_lib.fn_cairo_new_path
#define cairo_paint draw_lib.fn_cairo_paint
#define cairo_pdf_surface_create_for_stream draw_lib.fn_cairo_pdf_surface_create_for_stream
#define cairo_pdf_surface_set_metadata draw_lib.fn_cairo_pdf_surface_set_metadata
#define cairo_rectangle draw_lib.fn_cairo_rectangle
#define cairo_restore draw_lib.fn_cairo_restore
#define cairo_save draw_lib.fn_cairo_save
#define cairo_scale draw_lib.fn_cairo_scale
#define cairo_set_dash draw_lib.fn_cairo_set_dash
#define cairo_set_line_width draw_lib.fn_cairo_set_line_width
#define cairo_set_source_rgb draw_lib.fn_cairo_set_source_rgb
#define cairo_show_page draw_lib.fn_cairo_show_page
#define cairo_status draw_lib.fn_cairo_status
#define cairo_stroke draw_lib.fn_cairo_stroke
#define cairo_surface_destroy draw_lib.fn_cairo_surface_destroy
#define cairo_surface_finish draw_lib.fn_cairo_surface_finish
#define cairo_surface_status draw_lib.fn_cairo_surface_status
#define cairo_surface_write_to_png_stream draw_lib.fn_cairo_surface_write_to_png_stream
#define cairo_translate draw_lib.fn_cairo_translate
#define g_object_unref draw_lib.fn_g_object_unref
#define pango_attr_letter_spacing_new draw_lib.fn_pango_attr_letter_spacing_new
#define pango_attr_list_change draw_lib.fn_pango_attr_list_change
#define pango_attr_list_insert draw_lib.fn_pango_attr_list_insert
#define pango_attr_list_new draw_lib.fn_pango_attr_list_new
#define pango_attr_list_unref draw_lib.fn_pango_attr_list_unref
#define pango_attr_weight_new draw_lib.fn_pango_attr_weight_new
#define pango_cairo_font_map_new draw_lib.fn_pango_cairo_font_map_new
#define pango_cairo_show_layout draw_lib.fn_pango_cairo_show_layout
#define pango_cairo_show_layout_line draw_lib.fn_pango_cairo_show_layout_line
#define pango_cairo_update_context draw_lib.fn_pango_cairo_update_context
#define pango_context_set_language draw_lib.fn_pango_context_set_language
#define pango_font_description_free draw_lib.fn_pango_font_description_free
#define pango_font_description_from_string draw_lib.fn_pango_font_description_from_string
#define pango_font_description_new draw_lib.fn_pango_font_description_new
#define pango_font_description_set_absolute_size draw_lib.fn_pango_font_description_set_absolute_size
#define pango_font_description_set_family draw_lib.fn_pango_font_description_set_family
#define pango_font_description_set_weight draw_lib.fn_pango_font_description_set_weight
#define pango_font_map_create_context draw_lib.fn_pango_font_map_create_context
#define pango_language_from_string draw_lib.fn_pango_language_from_string
#define pango_layout_get_iter draw_lib.fn_pango_layout_get_iter
#define pango_layout_get_line_count draw_lib.fn_pango_layout_get_line_count
#define pango_layout_get_line_readonly draw_lib.fn_pango_layout_get_line_readonly
#define pango_layout_get_size draw_lib.fn_pango_layout_get_size
#define pango_layout_iter_free draw_lib.fn_pango_layout_iter_free
#define pango_layout_iter_get_baseline draw_lib.fn_pango_layout_iter_get_baseline
#define pango_layout_iter_get_line_extents draw_lib.fn_pango_layout_iter_get_line_extents
#define pango_layout_iter_get_line_readonly draw_lib.fn_pango_layout_iter_get_line_readonly
#define pango_layout_iter_next_line draw_lib.fn_pango_layout_iter_next_line
#define pango_layout_line_get_extents draw_lib.fn_pango_layout_line_get_extents
#define pango_layout_new draw_lib.fn_pango_layout_new
#define pango_layout_set_alignment draw_lib.fn_pango_layout_set_alignment
#define pango_layout_set_attributes draw_lib.fn_pango_layout_set_attributes
#define pango_layout_set_font_description draw_lib.fn_pango_layout_set_font_description
#define pango_layout_set_indent draw_lib.fn_pango_layout_set_indent
#define pango_layout_set_text draw_lib.fn_pango_layout_set_text
#define pango_layout_set_width draw_lib.fn_pango_layout_set_width
#define pango_layout_set_wrap draw_lib.fn_pango_layout_set_wrap

#endif
