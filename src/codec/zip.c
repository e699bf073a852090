/* The directory of an archive, checked as a whole before anything is inflated.
 * All offsets are 64-bit and every sum is checked against the file's size, so
 * that no field can point outside it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "codec/zip_int.h"

enum { CENTRAL_BYTES_PER_ENTRY = 2048, ARENA_PER_ENTRY = 4096, COMMENT_MAX = 65535 };

const ZipLimits ZIP_LIMITS_DEFAULT = {
        .max_file_bytes = (uint64_t)512 << 20,
        .max_entries = 4096,
        .max_entry_bytes = (uint64_t)2 << 30,
        .max_total_bytes = (uint64_t)6 << 30,
        .max_ratio = 200,
        .ratio_from_bytes = (uint64_t)1 << 20,
};

typedef struct Directory {
        uint64_t offset;
        uint64_t size;
        uint64_t count;
} Directory;

#define broken(z, diag, zh, ...) diag_fail((diag), ST_INVALID, POS_FILE((z)->name), zh, __VA_ARGS__)

void *zip_zalloc(void *opaque, unsigned items, unsigned size)
{
        (void)opaque;
        return mem_calloc(items, size);
}

void zip_zfree(void *opaque, void *ptr)
{
        (void)opaque;
        mem_free(ptr);
}

Status zip_read_at(ZipReader *z, uint64_t offset, void *data, size_t len, Diag *diag)
{
        if (offset > z->file_size || len > z->file_size - offset)
                return broken(z, diag, "压缩包不完整", "the archive is cut short");
        if (z->fd < 0) {
                if (len)
                        memcpy(data, z->bytes.ptr + offset, len);
                return ST_OK;
        }
        unsigned char *p = data;
        while (len) {
                ssize_t n = pread(z->fd, p, len, (off_t)offset);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return diag_fail(diag, ST_IO, POS_FILE(z->name), "读取失败：%s", "cannot read: %s",
                                         strerror(errno));
                if (n == 0)
                        return diag_fail(diag, ST_IO, POS_FILE(z->name), "读取时文件变短了",
                                         "the file became shorter while it was read");
                p += n;
                len -= (size_t)n;
                offset += (uint64_t)n;
        }
        return ST_OK;
}

const ZipReason *zip_name_problem(Str name)
{
        static const ZipReason empty = { "名称为空或过长", "its name is empty or too long" };
        static const ZipReason control = { "名称含控制字符", "its name holds a control character" };
        static const ZipReason utf8 = { "名称不是UTF-8", "its name is not UTF-8" };
        static const ZipReason absolute = { "名称是绝对路径", "its name is an absolute path" };
        static const ZipReason sign = { "名称含反斜杠或冒号", "its name holds a backslash or a colon" };
        static const ZipReason parent = { "名称含“..”、“.”或空的层级",
                                          "its name holds \"..\", \".\" or an empty level" };
        if (name.len == 0 || name.len > ZIP_NAME_MAX)
                return &empty;
        for (size_t i = 0; i < name.len; i++) {
                unsigned char c = (unsigned char)name.ptr[i];
                if (c < 0x20 || c == 0x7f)
                        return &control;
                if (c == '\\' || c == ':')
                        return &sign;
        }
        if (!utf8_valid(name))
                return &utf8;
        if (name.ptr[0] == '/')
                return &absolute;
        Str rest = name;
        while (rest.ptr && rest.len) {
                Str level = str_cut(rest, '/', &rest);
                if (level.len == 0 || str_eq(level, STR(".")) || str_eq(level, STR("..")))
                        return &parent;
        }
        return NULL;
}

/* The end record stands where its comment reaches exactly to the end of the file. */
static Status find_end(ZipReader *z, Diag *diag, uint64_t *ret_offset, unsigned char ret_end[ZIP_END_LEN])
{
        uint64_t span = z->file_size < ZIP_END_LEN + COMMENT_MAX ? z->file_size : ZIP_END_LEN + COMMENT_MAX;
        if (span < ZIP_END_LEN)
                return broken(z, diag, "不是压缩包，或不完整", "not a ZIP archive, or cut short");
        _cleanup_free_ unsigned char *tail = mem_alloc(span);
        if (!tail)
                return ST_NOMEM;
        TRY(zip_read_at(z, z->file_size - span, tail, span, diag));
        size_t found = SIZE_MAX;
        for (size_t i = span - ZIP_END_LEN + 1; i-- > 0;) {
                if (zip_u32(tail + i) != ZIP_SIG_END || zip_u16(tail + i + 20) != span - i - ZIP_END_LEN)
                        continue;
                if (found != SIZE_MAX)
                        return broken(z, diag, "压缩包有两个结尾记录", "the archive has two end records");
                found = i;
        }
        if (found == SIZE_MAX)
                return broken(z, diag, "找不到压缩包的结尾记录：文件不完整或后面多出内容",
                              "no end record: the archive is cut short, or something follows it");
        memcpy(ret_end, tail + found, ZIP_END_LEN);
        *ret_offset = z->file_size - span + found;
        return ST_OK;
}

static bool same_or_marked(uint64_t small, uint64_t mark, uint64_t big)
{
        return small == mark || small == big;
}

static Status find_directory(ZipReader *z, Diag *diag, Directory *ret)
{
        unsigned char end[ZIP_END_LEN] = { 0 };
        uint64_t end_offset = 0;
        TRY(find_end(z, diag, &end_offset, end));
        uint16_t disk = zip_u16(end + 4), cd_disk = zip_u16(end + 6), here = zip_u16(end + 8),
                 count = zip_u16(end + 10);
        uint32_t size = zip_u32(end + 12), offset = zip_u32(end + 16);
        Directory d = { .offset = offset, .size = size, .count = count };
        uint64_t after = end_offset;
        unsigned char locator[ZIP_LOCATOR64_LEN];
        bool wide = false;
        if (end_offset >= ZIP_LOCATOR64_LEN) {
                TRY(zip_read_at(z, end_offset - ZIP_LOCATOR64_LEN, locator, sizeof(locator), diag));
                wide = zip_u32(locator) == ZIP_SIG_LOCATOR64;
        }
        if (wide) {
                unsigned char e[ZIP_END64_LEN];
                uint64_t at = zip_u64(locator + 8);
                TRY(zip_read_at(z, at, e, sizeof(e), diag));
                if (zip_u32(e) != ZIP_SIG_END64 || zip_u32(locator + 4) != 0 || zip_u32(locator + 16) > 1 ||
                    zip_u32(e + 16) != 0 || zip_u32(e + 20) != 0 || zip_u64(e + 24) != zip_u64(e + 32) ||
                    zip_u64(e + 4) > COMMENT_MAX ||
                    at + 12 + zip_u64(e + 4) != end_offset - ZIP_LOCATOR64_LEN)
                        return broken(z, diag, "压缩包的64位结尾记录有误", "the 64-bit end record is wrong");
                d = (Directory){ .offset = zip_u64(e + 48), .size = zip_u64(e + 40), .count = zip_u64(e + 32) };
                if (!same_or_marked(count, UINT16_MAX, d.count) || !same_or_marked(here, UINT16_MAX, d.count) ||
                    !same_or_marked(size, UINT32_MAX, d.size) || !same_or_marked(offset, UINT32_MAX, d.offset))
                        return broken(z, diag, "压缩包的两个结尾记录不一致", "the two end records disagree");
                after = at;
        } else if (here != count) {
                return broken(z, diag, "压缩包分成了几卷", "the archive is split into parts");
        }
        if ((disk != 0 && disk != UINT16_MAX) || (cd_disk != 0 && cd_disk != UINT16_MAX))
                return broken(z, diag, "压缩包分成了几卷", "the archive is split into parts");
        if (d.count > z->limits.max_entries)
                return diag_fail(diag, ST_LIMIT, POS_FILE(z->name), "压缩包有%llu个条目，上限%u个",
                                 "the archive has %llu entries, at most %u are accepted",
                                 (unsigned long long)d.count, z->limits.max_entries);
        if (d.size > z->file_size || d.offset > z->file_size || d.offset + d.size != after)
                return broken(z, diag, "压缩包的目录不在其所说的位置",
                              "the directory is not where the end record says");
        if (d.size > (uint64_t)CENTRAL_BYTES_PER_ENTRY * (d.count + 1))
                return diag_fail(diag, ST_LIMIT, POS_FILE(z->name), "压缩包的目录过大", "the directory is too large");
        *ret = d;
        return ST_OK;
}

/* Reads the 64-bit values that stand in the extra field for those marked all-ones. */
static bool wide_fields(const unsigned char *extra, size_t len, uint64_t **fields, size_t count)
{
        while (len >= 4) {
                size_t id = zip_u16(extra), size = zip_u16(extra + 2);
                if (size > len - 4)
                        return false;
                if (id == 1) {
                        const unsigned char *p = extra + 4;
                        for (size_t i = 0; i < count; i++) {
                                if (*fields[i] != UINT32_MAX)
                                        continue;
                                if (size < 8)
                                        return false;
                                *fields[i] = zip_u64(p);
                                p += 8;
                                size -= 8;
                        }
                        return true;
                }
                extra += 4 + size;
                len -= 4 + size;
        }
        return true;
}

static Status refuse_entry(ZipReader *z, Str name, Diag *diag, Status st, const char *zh, const char *en)
{
        char shown[80];
        size_t n = 0;
        for (size_t i = 0; i < name.len && n + 5 < sizeof(shown); i++) {
                unsigned char c = (unsigned char)name.ptr[i];
                shown[n++] = c < 0x20 || c >= 0x7f ? '?' : (char)c;
        }
        shown[n] = '\0';
        return diag_fail(diag, st, POS_FILE(z->name), "压缩包条目“%s”：%s", "entry \"%s\" of the archive: %s", shown,
                         diag && diag->lang == LANG_EN ? en : zh);
}

static Str lower(Arena *a, Str s)
{
        char *p = arena_strndup(a, s.ptr, s.len);
        for (size_t i = 0; p && i < s.len; i++)
                if (p[i] >= 'A' && p[i] <= 'Z')
                        p[i] = (char)(p[i] - 'A' + 'a');
        return p ? str_n(p, s.len) : STR_NONE;
}

static Status read_central(ZipReader *z, const unsigned char *p, size_t left, ZipItem *item, Diag *diag,
                           size_t *ret_used)
{
        if (left < ZIP_CENTRAL_LEN || zip_u32(p) != ZIP_SIG_CENTRAL)
                return broken(z, diag, "压缩包目录有误", "the directory is broken");
        size_t name_len = zip_u16(p + 28), extra_len = zip_u16(p + 30), comment_len = zip_u16(p + 32);
        size_t used = ZIP_CENTRAL_LEN + name_len + extra_len + comment_len;
        if (used > left)
                return broken(z, diag, "压缩包目录有误", "the directory is broken");
        Str name = str_n((const char *)p + ZIP_CENTRAL_LEN, name_len);
        const ZipReason *bad = zip_name_problem(name);
        if (bad)
                return refuse_entry(z, name, diag, ST_INVALID, bad->zh, bad->en);
        item->flags = zip_u16(p + 8);
        if (item->flags & (ZIP_FLAG_ENCRYPTED | ZIP_FLAG_STRONG | ZIP_FLAG_MASKED | ZIP_FLAG_PATCH))
                return refuse_entry(z, name, diag, ST_UNSUPPORTED, "已加密，请去掉密码后再交",
                                    "it is encrypted: remove the password");
        unsigned type = zip_u32(p + 38) >> 16 & S_IFMT;
        if (type && type != S_IFREG && type != S_IFDIR)
                return refuse_entry(z, name, diag, ST_INVALID, "是链接或设备", "it is a link or a device");
        ZipEntry *e = &item->entry;
        e->method = zip_u16(p + 10);
        if (e->method != 0 && e->method != 8)
                return refuse_entry(z, name, diag, ST_UNSUPPORTED, "压缩方法不支持",
                                    "its packing method is not supported");
        e->crc = zip_u32(p + 16);
        e->packed = zip_u32(p + 20);
        e->size = zip_u32(p + 24);
        item->local_offset = zip_u32(p + 42);
        uint64_t *wide[] = { &e->size, &e->packed, &item->local_offset };
        if (!wide_fields(p + ZIP_CENTRAL_LEN + name_len, extra_len, wide, ARRAY_LEN(wide)) || zip_u16(p + 34) != 0)
                return refuse_entry(z, name, diag, ST_INVALID, "目录项有误", "its directory record is broken");
        if (e->method == 0 && e->packed != e->size)
                return refuse_entry(z, name, diag, ST_INVALID, "两个长度不一致", "its two sizes disagree");
        e->name = arena_str(z->arena, name);
        Str key = lower(z->arena, name);
        if (!e->name.ptr || !key.ptr)
                return ST_NOMEM;
        Status st = map_add(&z->by_name, key, item);
        if (st == ST_EXISTS)
                return refuse_entry(z, name, diag, ST_INVALID, "出现两次", "it occurs twice");
        *ret_used = used;
        return st;
}

/* A data descriptor: checksum and sizes after the data, with or without its
 * signature, with 32-bit or 64-bit sizes. */
static Status check_descriptor(ZipReader *z, ZipItem *item, uint64_t at, uint64_t room, Diag *diag)
{
        unsigned char d[24] = { 0 };
        size_t have = room < sizeof(d) ? (size_t)room : sizeof(d);
        TRY(zip_read_at(z, at, d, have, diag));
        const ZipEntry *e = &item->entry;
        for (int form = 0; form < 4; form++) {
                size_t skip = form & 1 ? 0 : 4;
                size_t len = skip + (form & 2 ? 20 : 12);
                const unsigned char *p = d + skip;
                if (len > have || (skip && zip_u32(d) != ZIP_SIG_DESCRIPTOR) || zip_u32(p) != e->crc)
                        continue;
                bool same = form & 2 ? zip_u64(p + 4) == e->packed && zip_u64(p + 12) == e->size
                                     : zip_u32(p + 4) == (uint32_t)e->packed && zip_u32(p + 8) == (uint32_t)e->size;
                if (same) {
                        item->end_offset = at + len;
                        return ST_OK;
                }
        }
        return refuse_entry(z, e->name, diag, ST_INVALID, "数据后的说明与目录不一致",
                            "the descriptor after its data disagrees with the directory");
}

/* The local header must say what the directory says; room_end: where the next entry begins. */
static Status check_local(ZipReader *z, ZipItem *item, uint64_t room_end, Diag *diag)
{
        ZipEntry *e = &item->entry;
        unsigned char h[ZIP_LOCAL_LEN + ZIP_NAME_MAX];
        size_t len = ZIP_LOCAL_LEN + e->name.len;
        if (item->local_offset > room_end || len > room_end - item->local_offset ||
            e->packed > room_end - item->local_offset - len)
                return refuse_entry(z, e->name, diag, ST_INVALID, "与其他条目或目录重叠",
                                    "it overlaps another entry or the directory");
        TRY(zip_read_at(z, item->local_offset, h, len, diag));
        uint64_t packed = zip_u32(h + 18), size = zip_u32(h + 22);
        size_t extra_len = zip_u16(h + 28);
        e->data_offset = item->local_offset + len + extra_len;
        const char *zh = "本地头与目录不一致", *en = "its local header disagrees with the directory";
        if (zip_u32(h) != ZIP_SIG_LOCAL || zip_u16(h + 26) != e->name.len ||
            memcmp(h + ZIP_LOCAL_LEN, e->name.ptr, e->name.len) != 0 || zip_u16(h + 8) != e->method ||
            (zip_u16(h + 6) ^ item->flags) &
                    (ZIP_FLAG_ENCRYPTED | ZIP_FLAG_DESCRIPTOR | ZIP_FLAG_UTF8 | ZIP_FLAG_MASKED))
                return refuse_entry(z, e->name, diag, ST_INVALID, zh, en);
        if (e->data_offset > room_end || e->packed > room_end - e->data_offset)
                return refuse_entry(z, e->name, diag, ST_INVALID, "与其他条目或目录重叠",
                                    "it overlaps another entry or the directory");
        if (packed == UINT32_MAX || size == UINT32_MAX) {
                _cleanup_free_ unsigned char *extra = mem_alloc(extra_len);
                if (!extra)
                        return ST_NOMEM;
                TRY(zip_read_at(z, item->local_offset + len, extra, extra_len, diag));
                uint64_t *wide[] = { &size, &packed };
                if (!wide_fields(extra, extra_len, wide, ARRAY_LEN(wide)))
                        return refuse_entry(z, e->name, diag, ST_INVALID, zh, en);
        }
        uint32_t crc = zip_u32(h + 14);
        item->end_offset = e->data_offset + e->packed;
        if (item->flags & ZIP_FLAG_DESCRIPTOR) {
                /* The header was written before the data: empty fields, or the right ones. */
                bool fields = (crc == 0 || crc == e->crc) && (packed == 0 || packed == e->packed) &&
                              (size == 0 || size == e->size);
                if (!fields)
                        return refuse_entry(z, e->name, diag, ST_INVALID, zh, en);
                return check_descriptor(z, item, item->end_offset, room_end - item->end_offset, diag);
        }
        if (crc != e->crc || packed != e->packed || size != e->size)
                return refuse_entry(z, e->name, diag, ST_INVALID, zh, en);
        return ST_OK;
}

static int by_offset(const void *a, const void *b)
{
        const ZipItem *x = *(ZipItem *const *)a, *y = *(ZipItem *const *)b;
        return x->local_offset < y->local_offset ? -1 : x->local_offset > y->local_offset;
}

static Status read_directory(ZipReader *z, Diag *diag)
{
        Directory d = { 0 };
        TRY(find_directory(z, diag, &d));
        _cleanup_free_ unsigned char *bytes = mem_alloc(d.size);
        if (!bytes)
                return ST_NOMEM;
        TRY(zip_read_at(z, d.offset, bytes, d.size, diag));
        z->items = arena_array_of(z->arena, ZipItem, d.count);
        _cleanup_free_ ZipItem **order = mem_calloc(d.count, sizeof(*order));
        if (!z->items || !order)
                return ST_NOMEM;
        z->by_name.max = d.count;
        size_t at = 0;
        for (; z->count < d.count; z->count++) {
                size_t used = 0;
                order[z->count] = &z->items[z->count];
                TRY(read_central(z, bytes + at, d.size - at, &z->items[z->count], diag, &used));
                at += used;
        }
        if (at != d.size)
                return broken(z, diag, "压缩包目录的条目数与结尾记录不符",
                              "the directory holds other entries than the end record counts");
        qsort(order, z->count, sizeof(*order), by_offset);
        for (size_t i = 0; i < z->count; i++)
                TRY(check_local(z, order[i], i + 1 < z->count ? order[i + 1]->local_offset : d.offset, diag));
        return ST_OK;
}

static Status make(const char *name, const ZipLimits *limits, ZipReader **ret)
{
        Arena *a = arena_new((size_t)limits->max_entries * ARENA_PER_ENTRY + (1 << 20));
        if (!a)
                return ST_NOMEM;
        ZipReader *z = arena_new_of(a, ZipReader);
        const char *copy = z ? arena_strdup(a, name) : NULL;
        if (!copy) {
                arena_free(a);
                return ST_NOMEM;
        }
        *z = (ZipReader){ .arena = a, .name = copy, .limits = *limits, .fd = -1 };
        *ret = z;
        return ST_OK;
}

static Status check_size(ZipReader *z, Diag *diag)
{
        if (z->file_size > z->limits.max_file_bytes)
                return diag_fail(diag, ST_LIMIT, POS_FILE(z->name), "文件有%lluMB，上限%lluMB",
                                 "the file has %llu MB, at most %llu MB are accepted",
                                 (unsigned long long)(z->file_size >> 20),
                                 (unsigned long long)(z->limits.max_file_bytes >> 20));
        return ST_OK;
}

Status zip_reader_open(const char *path, const ZipLimits *limits, Diag *diag, ZipReader **ret)
{
        _cleanup_(zip_reader_freep) ZipReader *z = NULL;
        TRY(make(path, limits, &z));
        z->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        struct stat sb;
        if (z->fd < 0 || fstat(z->fd, &sb) < 0)
                return diag_fail(diag, errno == ENOENT ? ST_NOT_FOUND : ST_IO, POS_FILE(path), "无法打开：%s",
                                 "cannot open: %s", strerror(errno));
        if (!S_ISREG(sb.st_mode))
                return diag_fail(diag, ST_INVALID, POS_FILE(path), "不是普通文件", "not a regular file");
        z->file_size = (uint64_t)sb.st_size;
        TRY(check_size(z, diag));
        TRY(read_directory(z, diag));
        *ret = TAKE(z);
        return ST_OK;
}

Status zip_reader_open_bytes(Str bytes, const char *name, const ZipLimits *limits, Diag *diag, ZipReader **ret)
{
        _cleanup_(zip_reader_freep) ZipReader *z = NULL;
        TRY(make(name, limits, &z));
        z->bytes = bytes;
        z->file_size = bytes.len;
        TRY(check_size(z, diag));
        TRY(read_directory(z, diag));
        *ret = TAKE(z);
        return ST_OK;
}

void zip_reader_free(ZipReader *z)
{
        if (!z)
                return;
        if (z->fd >= 0)
                close(z->fd);
        map_release(&z->by_name);
        arena_free(z->arena);
}

size_t zip_reader_count(const ZipReader *z)
{
        return z->count;
}

const ZipEntry *zip_reader_entry(const ZipReader *z, size_t index)
{
        return index < z->count ? &z->items[index].entry : NULL;
}

const ZipEntry *zip_reader_find(const ZipReader *z, Str name)
{
        char key[ZIP_NAME_MAX];
        if (name.len > sizeof(key))
                return NULL;
        for (size_t i = 0; i < name.len; i++)
                key[i] = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] - 'A' + 'a') : name.ptr[i];
        ZipItem *item = map_get(&z->by_name, str_n(key, name.len));
        return item ? &item->entry : NULL;
}
