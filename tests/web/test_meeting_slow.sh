#!/usr/bin/env bash
# A walk in headless Chromium from a speech to the letters, tasks and draft policy that came of it.
root=${KECHUANG_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ ! -d "$root/web/node_modules" ] || [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ] || [ ! -f "$root/web/dist/index.html" ]; then
        echo "ok 1 - meetings in the browser # SKIP no npm packages, no Chromium, or no web/dist"
        exit 0
fi
NODE_PATH="$root/web/node_modules" exec node "$root/tests/web/meeting.cjs" "$root/build/kechuang" "$root/tests/scenario/speech.txt"
