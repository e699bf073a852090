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
exec bash "$root/tests/web/start.sh" browser "a walk in the browser" 2
