#!/usr/bin/env bash
# The registers in headless Chromium.
root=${KECHUANG_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ ! -d "$root/web/node_modules" ] || [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ] || [ ! -f "$root/web/dist/index.html" ]; then
        echo "ok 1 - the registers in the browser # SKIP no npm packages, no Chromium, or no web/dist"
        exit 0
fi
NODE_PATH="$root/web/node_modules" exec node "$root/tests/web/registers.cjs" "$root/build/kechuang"
