#!/usr/bin/env bash
# The web face's own tests, and a walk through it in headless Chromium.
root=${KECHUANG_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
log=$(mktemp)
cd "$root/web" || exit 1
if [ ! -d node_modules ]; then
        echo "ok 1 - the web face # SKIP npm packages are not installed (make web)"
        exit 0
fi
if npx --no-install vitest run >"$log" 2>&1; then
        echo "ok 1 - figures and words of the web face"
else
        cat "$log" >&2
        echo "not ok 1 - figures and words of the web face"
fi
rm -f "$log"
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ] || [ ! -f dist/index.html ]; then
        echo "ok 2 - a walk in the browser # SKIP no Chromium, or no web/dist"
        exit 0
fi
NODE_PATH="$root/web/node_modules" exec node "$root/tests/web/browser.cjs" "$root/build/kechuang"
