/* files.c -- the files of a pack: which belong to it, and reading them from a folder. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/source.h"
#include "pack/pack_int.h"

const PackLimits PACK_LIMITS_DEFAULT = {
        .file_bytes = (size_t)8 << 20, .total_bytes = (size_t)64 << 20, .files = 2000, .memory = (size_t)512 << 20,
};

enum { DEPTH_MAX = 8 };

typedef struct Reading {
        Arena *arena;
        const char *dir;
        const PackLimits *limits;
        Diag *diag;
        PackFile *files;
        size_t count, cap, total;
} Reading;

static bool belongs(Str path)
{
        return str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml")) || str_ends(path, STR(".dmn")) ||
               str_ends(path, STR(".geojson")) || (str_starts(path, STR("documents/")) && str_ends(path, STR(".md")));
}

static bool is_silent(Str name)
{
        return str_starts(name, STR("README")) || str_starts(name, STR("LICENSE")) || str_ends(name, STR("~"));
}

static Status read_one(Reading *r, const char *path, Str relative)
{
        if (r->count >= r->limits->files)
                return diag_fail(r->diag, ST_LIMIT, POS_FILE(r->dir), "城市包的文件超过 %zu 个",
                                 "the pack has more than %zu files",
                                 r->limits->files);
        _cleanup_buf_ Buf buf = BUF_INIT(r->limits->file_bytes);
        TRY(file_read_all(path, &buf, r->diag));
        r->total += buf.len;
        if (r->total > r->limits->total_bytes)
                return diag_fail(r->diag, ST_LIMIT, POS_FILE(r->dir), "城市包超过 %zu 字节",
                                 "the pack has more than %zu bytes",
                                 r->limits->total_bytes);
        if (arena_grow(r->arena, (void **)&r->files, &r->cap, r->count + 1, sizeof(PackFile)) != 0)
                return ST_NOMEM;
        PackFile f = { .path = arena_str(r->arena, relative), .content = arena_str(r->arena, buf_str(&buf)) };
        if (!f.path.ptr || !f.content.ptr)
                return ST_NOMEM;
        r->files[r->count++] = f;
        return ST_OK;
}

static Status read_folder(Reading *r, const char *folder, const char *relative, int depth);

static Status read_entry(Reading *r, const char *folder, const char *relative, const char *name, int depth)
{
        char *path = arena_printf(r->arena, "%s/%s", folder, name);
        char *inside = arena_printf(r->arena, "%s%s%s", relative, *relative ? "/" : "", name);
        if (!path || !inside)
                return ST_NOMEM;
        struct stat st;
        if (stat(path, &st) != 0)
                return diag_fail(r->diag, ST_IO, POS_FILE(path), "无法读取：%s", "cannot read: %s", strerror(errno));
        if (S_ISDIR(st.st_mode)) {
                if (depth >= DEPTH_MAX)
                        return diag_fail(r->diag, ST_LIMIT, POS_FILE(path), "目录嵌套过深",
                                         "folders are nested too deep");
                return read_folder(r, path, inside, depth + 1);
        }
        if (S_ISREG(st.st_mode) && belongs(str_c(inside)))
                return read_one(r, path, str_c(inside));
        if (!is_silent(str_c(name)))
                diag_warning(r->diag, POS_FILE(path), "不是城市包的文件，已略过", "no file of a pack; left out");
        return ST_OK;
}

static Status read_folder(Reading *r, const char *folder, const char *relative, int depth)
{
        DIR *d = opendir(folder);
        if (!d)
                return diag_fail(r->diag, errno == ENOENT || errno == ENOTDIR ? ST_NOT_FOUND : ST_IO, POS_FILE(folder),
                                 "无法打开目录：%s", "cannot open the folder: %s", strerror(errno));
        Status st = ST_OK;
        while (st == ST_OK) {
                errno = 0;
                struct dirent *e = readdir(d);
                if (!e) {
                        if (errno)
                                st = diag_fail(r->diag, ST_IO, POS_FILE(folder), "无法读取目录：%s",
                                               "cannot read the folder: %s", strerror(errno));
                        break;
                }
                if (e->d_name[0] != '.')
                        st = read_entry(r, folder, relative, e->d_name, depth);
        }
        closedir(d);
        return st;
}

static int by_path(const void *a, const void *b)
{
        return str_cmp(((const PackFile *)a)->path, ((const PackFile *)b)->path);
}

Status pack_read_dir(Arena *arena, const char *dir, const PackLimits *limits, Diag *diag, PackFile **ret_files,
                     size_t *ret_count)
{
        Reading r = { .arena = arena, .dir = dir, .limits = limits ? limits : &PACK_LIMITS_DEFAULT, .diag = diag };
        TRY(read_folder(&r, dir, "", 0));
        bool found = false;
        for (size_t i = 0; i < r.count; i++)
                found = found || str_eq(r.files[i].path, STR("pack.yaml"));
        if (!found)
                return diag_fail(diag, ST_NOT_FOUND, POS_FILE(dir), "不是城市包：没有 pack.yaml",
                                 "is no pack: there is no pack.yaml");
        qsort(r.files, r.count, sizeof(PackFile), by_path);
        *ret_files = r.files;
        *ret_count = r.count;
        return ST_OK;
}
