/* xml_int.h -- private to xml_*.c: the window of checked UTF-8 under the reader. */
#ifndef KC_CODEC_XML_INT_H
#define KC_CODEC_XML_INT_H

#include "codec/xml.h"

typedef enum XmlForm { XML_FORM_UNKNOWN, XML_FORM_UTF8, XML_FORM_UTF16LE, XML_FORM_UTF16BE } XmlForm;

/* Bytes come in at the end and leave at the front; data[0..len) is well-formed
 * UTF-8 of characters that XML allows, data[len] is NUL.  Places are counted
 * lazily, over what was passed or left the window. */
typedef struct XmlInput {
        ByteSource source;
        const char *file;
        XmlForm form;
        char *data;
        size_t len, cap;
        size_t raw;             /* bytes after len that are not yet checked (UTF-8 only) */
        uint64_t max_bytes, total;
        unsigned char carry[4]; /* of UTF-16, a piece of a character */
        size_t carried;
        bool source_end;
        bool end;               /* nothing comes after data[len) */
        bool bad;               /* what comes next is no text: bad_zh, bad_en, bad_byte */
        const char *bad_zh, *bad_en;
        unsigned bad_byte;
        size_t at;              /* place of data[at]: */
        int64_t line, col;
} XmlInput;

void xml_input_init(XmlInput *in, ByteSource source, uint64_t max_bytes);
void xml_input_release(XmlInput *in);
/* Drops data[0..from) and reads on until the rest has doubled, or to the end.
 * Nothing new when end or bad is set. */
Status xml_input_fill(XmlInput *in, size_t from, Diag *d) FALLIBLE;
/* Moves the counted place to data[at]; never back. */
void xml_input_advance(XmlInput *in, size_t at);
/* The place of data[offset], offset >= in->at, with the line when it is in the window. */
Pos xml_input_pos(const XmlInput *in, size_t offset);

/* Namespace declaration number i of the element of the last START; false past the last. */
bool xml_declared_at(const XmlReader *r, size_t i, Str *ret_prefix, Str *ret_uri);

/* Character classes of XML 1.0, fifth edition. */
bool xml_is_name_start(uint32_t c);
bool xml_is_name_char(uint32_t c);
bool xml_is_char(uint32_t c);

#endif
