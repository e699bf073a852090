#!/usr/bin/env bash
# A walk in headless Chromium from a speech to the letters, tasks and draft policy that came of it.
exec bash "$(dirname "$0")/start.sh" meeting "meetings in the browser"
