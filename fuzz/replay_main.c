/* Runs a fuzz target over its corpus without libFuzzer: one TAP case a file of
 * fuzz/corpus/FUZZ_NAME, each also cut short and with single bytes changed at
 * places spread over it.  Every input lies in a block of exactly its size, so that
 * a byte read too far is seen. */
#include <dirent.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "fuzz/fuzz.h"

enum { FILES_MAX = 10000, FILE_BYTES_MAX = 16 << 20, PLACES = 16 };

static void run(const char *data, size_t len, size_t changed, char flip)
{
        char *copy = malloc(len ? len : 1);
        if (!copy)
                abort();
        memcpy(copy, data, len);
        if (changed < len)
                copy[changed] = (char)(copy[changed] ^ flip);
        fuzz_one(str_n(copy, len));
        free(copy);
}

static bool replay(const char *path)
{
        FILE *f = fopen(path, "rb");
        struct stat st;
        if (!f || fstat(fileno(f), &st) != 0 || st.st_size > FILE_BYTES_MAX) {
                if (f)
                        fclose(f);
                return false;
        }
        size_t len = (size_t)st.st_size;
        char *data = malloc(len + 1);
        bool ok = data && fread(data, 1, len, f) == len;
        fclose(f);
        if (ok) {
                static const char flips[] = { 0x01, 0x20, (char)0x80, (char)0xFF };
                run(data, len, SIZE_MAX, 0);
                for (size_t i = 0; i < PLACES; i++) {
                        size_t at = len * i / PLACES;
                        run(data, at, SIZE_MAX, 0);
                        run(data, len, at, flips[i % sizeof(flips)]);
                }
        }
        free(data);
        return ok;
}

int main(void)
{
        const char *root = getenv("KECHUANG_ROOT");
        char folder[1024], path[2048];
        snprintf(folder, sizeof(folder), "%s/fuzz/corpus/" FUZZ_NAME, root && *root ? root : ".");
        struct dirent **names;
        fuzz_one(str_n("", 0)); /* what a target reads once for all inputs is no leak of the first */
        int n = scandir(folder, &names, NULL, alphasort), count = 0, failed = 0;
        for (int i = 0; i < n; i++) {
                if (names[i]->d_name[0] != '.' && count < FILES_MAX) {
                        snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
                        int64_t before = mem_live_blocks();
                        bool ok = replay(path) && mem_live_blocks() == before;
                        failed += !ok;
                        printf("%s %d - " FUZZ_NAME "/%s\n", ok ? "ok" : "not ok", ++count, names[i]->d_name);
                        fflush(stdout);
                }
                free(names[i]);
        }
        if (n >= 0)
                free(names);
        if (count == 0) {
                printf("not ok 1 - " FUZZ_NAME " has no corpus in %s\n", folder);
                failed++;
        }
        return failed ? 1 : 0;
}
