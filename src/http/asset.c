/* asset.c -- the embedded files of the web face; the table is made by tools/embed. */
#include "http/http.h"

extern const HttpAsset http_assets[];
extern const size_t http_assets_len;

size_t http_asset_count(void)
{
        return http_assets_len;
}

const HttpAsset *http_asset_find(Str path)
{
        if (str_eq_c(path, "/"))
                path = STR("/index.html");
        size_t low = 0, high = http_assets_len;
        while (low < high) { /* the table is sorted by path */
                size_t mid = low + (high - low) / 2;
                int c = str_cmp(path, str_c(http_assets[mid].path));
                if (c == 0)
                        return &http_assets[mid];
                if (c < 0)
                        high = mid;
                else
                        low = mid + 1;
        }
        return NULL;
}

void http_asset_reply(const HttpAsset *asset, const HttpRequest *req, HttpReply *reply)
{
        bool hashed = str_starts(str_c(asset->path), STR("/assets/"));
        http_reply_header(reply, "ETag", str_c(asset->etag));
        http_reply_header(reply, "Cache-Control",
                          hashed ? STR("public, max-age=31536000, immutable") : STR("no-cache"));
        http_reply_header(reply, "Vary", STR("Accept-Encoding"));
        if (str_eq_c(http_header(req, "if-none-match"), asset->etag)) {
                reply->status = 304;
                return;
        }
        http_reply_header(reply, "Content-Type", str_c(asset->type));
        if (asset->gzip && str_has(http_header(req, "accept-encoding"), STR("gzip"))) {
                http_reply_header(reply, "Content-Encoding", STR("gzip"));
                reply->fixed = str_n((const char *)asset->gzip, (size_t)(asset->gzip_end - asset->gzip));
        } else {
                reply->fixed = str_n((const char *)asset->data, (size_t)(asset->end - asset->data));
        }
}
