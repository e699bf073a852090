/* document.h -- private to the room: what the operations of documents share. */
#ifndef KC_API_DOCUMENT_H
#define KC_API_DOCUMENT_H

#include "api/api.h"
#include "document/document.h"

/* The document as the caller may have it now; period and key: none for a document that is of neither. */
Status api_make_document(ApiCall *call, StoreTx *tx, Str name, Str period, Str key, Document **ret) FALLIBLE;
/* ST_NOT_FOUND, in the words that do not tell whether it is there. */
Status api_document_absent(ApiCall *call, Str what);
/* What a browser is told of a file in the format. */
const char *api_document_type(Str format);

#endif
