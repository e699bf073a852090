/* zip_int.h -- what zip.c, zip_stream.c and zip_writer.c share. */
#ifndef KC_CODEC_ZIP_INT_H
#define KC_CODEC_ZIP_INT_H

#include <zlib.h>

#include "base/map.h"
#include "codec/zip.h"

enum {
        ZIP_SIG_LOCAL = 0x04034b50,
        ZIP_SIG_CENTRAL = 0x02014b50,
        ZIP_SIG_END = 0x06054b50,
        ZIP_SIG_END64 = 0x06064b50,
        ZIP_SIG_LOCATOR64 = 0x07064b50,
        ZIP_SIG_DESCRIPTOR = 0x08074b50,
        ZIP_LOCAL_LEN = 30,
        ZIP_CENTRAL_LEN = 46,
        ZIP_END_LEN = 22,
        ZIP_LOCATOR64_LEN = 20,
        ZIP_END64_LEN = 56,
        ZIP_NAME_MAX = 1024,
        ZIP_FLAG_ENCRYPTED = 1 << 0,
        ZIP_FLAG_DESCRIPTOR = 1 << 3,
        ZIP_FLAG_PATCH = 1 << 5,
        ZIP_FLAG_STRONG = 1 << 6,
        ZIP_FLAG_UTF8 = 1 << 11,
        ZIP_FLAG_MASKED = 1 << 13,
};

/* What the directory says of an entry and the public part does not show. */
typedef struct ZipItem {
        ZipEntry entry;
        uint64_t local_offset;
        uint64_t end_offset;    /* first byte after its data (and descriptor) */
        uint16_t flags;
        bool verified;          /* read to its end once with the right checksum */
} ZipItem;

struct ZipReader {
        Arena *arena;
        const char *name;       /* for messages */
        ZipLimits limits;
        int fd;                 /* -1: bytes */
        Str bytes;
        uint64_t file_size;
        ZipItem *items;
        size_t count;
        Map by_name;            /* lower-case name to ZipItem */
        uint64_t total_out;     /* inflated so far, all streams */
};

static inline uint16_t zip_u16(const unsigned char *p) { return (uint16_t)(p[0] | p[1] << 8); }
static inline uint32_t zip_u32(const unsigned char *p) { return (uint32_t)zip_u16(p) | (uint32_t)zip_u16(p + 2) << 16; }
static inline uint64_t zip_u64(const unsigned char *p) { return zip_u32(p) | (uint64_t)zip_u32(p + 4) << 32; }

/* len bytes at offset; ST_IO when the file ends before. */
Status zip_read_at(ZipReader *z, uint64_t offset, void *data, size_t len, Diag *diag) FALLIBLE;
/* NULL when the name is acceptable; otherwise the reason, in both languages. */
typedef struct ZipReason {
        const char *zh;
        const char *en;
} ZipReason;
const ZipReason *zip_name_problem(Str name);

/* mem_alloc and mem_free for zlib. */
void *zip_zalloc(void *opaque, unsigned items, unsigned size);
void zip_zfree(void *opaque, void *ptr);

#endif
