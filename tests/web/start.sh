#!/usr/bin/env bash
# start.sh NAME WORDS [NUMBER]: a walk in headless Chromium, tests/web/NAME.cjs; where it cannot be done, test NUMBER (1)
# is skipped under these WORDS. CHROMIUM names another browser.
root=${KECHUANG_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ] || [ ! -f "$root/web/dist/index.html" ] || [ ! -d "$root/web/node_modules" ]; then
        echo "ok ${3:-1} - $2 # SKIP no npm packages, no Chromium, or no web/dist"
        exit 0
fi
NODE_PATH="$root/web/node_modules" exec node "$root/tests/web/$1.cjs" "$root/build/kechuang"
