/* publish.h -- documents that were sent out: frozen as files, with every figure they were made of.
 *
 * Publishing keeps the four files of a document and, for every figure in it, the
 * expression and its exact value at that moment; the event of the chain carries the
 * hashes of all of them.  Nothing kept is ever changed: a document that is published
 * again is a new edition beside the old one, one that should not have gone out is
 * withdrawn and stays.  When figures are corrected later, the same template made again
 * differs from what was published, and document_differences says where.
 */
#ifndef KC_DOCUMENT_PUBLISH_H
#define KC_DOCUMENT_PUBLISH_H

#include "document/document.h"
#include "store/store.h"

Status document_tables(StoreTx *tx) FALLIBLE;

typedef struct DocumentFrozen {
        int64_t id;
        Str name;               /* of the template */
        Str title;
        Str period, key;        /* as text; none: not of a period, not of a record */
        int64_t edition;        /* 1, 2, … of this name, period and key */
        Str day;                /* of the document */
        Str actor, at;          /* who published it and when */
        int64_t event;
        Str withdrawn;          /* why; none: it stands */
} DocumentFrozen;

typedef struct DocumentPublish {
        const Document *document;
        Str period, key;
        Str pack_version;       /* of the definitions it was made with */
        Str actor, on_behalf, reason;
} DocumentPublish;

/* Freezes; *ret is what document_frozen will say.  ST_EXISTS when the latest edition stands and is the same to the byte. */
Status document_publish(StoreTx *tx, const DocumentPublish *in, Arena *a, Diag *diag, DocumentFrozen *ret) FALLIBLE;
/* ST_NOT_FOUND; ST_CONFLICT when it is withdrawn already; a reason is wanted (ST_INVALID). */
Status document_withdraw(StoreTx *tx, int64_t id, Str reason, Str actor, Str on_behalf, Diag *diag) FALLIBLE;

/* Newest first; name, period, key: empty for any. */
Status document_frozen_list(StoreTx *tx, Str name, Str period, Str key, Arena *a, DocumentFrozen **ret,
                            size_t *ret_count) FALLIBLE;
Status document_frozen(StoreTx *tx, int64_t id, Arena *a, DocumentFrozen *ret) FALLIBLE;
/* format: docx, pdf, html, md.  ST_NOT_FOUND; ST_CORRUPT when its hash is no longer that of the event. */
Status document_frozen_file(StoreTx *tx, int64_t id, Str format, Buf *out, Diag *diag) FALLIBLE;

/* A figure that is not what it was. */
typedef struct DocumentDifference {
        Str feel;               /* the expression */
        int64_t which;          /* its occurrence in the document, from 1 */
        Str shown, value;       /* as published; none: it was not there */
        Str shown_now, value_now;
} DocumentDifference;
/* What the document made now says otherwise; in the order of the published one, what is new at the end. */
Status document_differences(StoreTx *tx, int64_t id, const Document *now, Arena *a, DocumentDifference **ret,
                            size_t *ret_count) FALLIBLE;

/* Files and figures against the hashes in the chain, of all published documents: *ret_bad counts those that
 * differ, each with a message. */
Status document_verify(StoreTx *tx, Diag *diag, size_t *ret_checked, size_t *ret_bad) FALLIBLE;

#endif
