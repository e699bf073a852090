#!/usr/bin/env bash
# A walk through a month of reporting in headless Chromium.
root=${KECHUANG_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ] || [ ! -f "$root/web/dist/index.html" ] || [ ! -d "$root/web/node_modules" ]; then
        echo "ok 1 - reporting in the browser # SKIP no Chromium, or no web/dist"
        exit 0
fi
NODE_PATH="$root/web/node_modules" exec node "$root/tests/web/reporting.cjs" "$root/build/kechuang"
