/* docx_int.h -- the fixed parts of a .docx, for docx.c. */
#ifndef KC_DOCUMENT_DOCX_INT_H
#define KC_DOCUMENT_DOCX_INT_H

#define DOCX_W "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

extern const char docx_rels[], docx_app[], docx_types[], docx_fonts[], docx_settings[], docx_styles[],
        docx_footer_odd[], docx_footer_even[];

#endif
