#!/usr/bin/env bash
# A walk through letters, alerts and the assessment in headless Chromium.
exec bash "$(dirname "$0")/start.sh" targets "letters, alerts and assessment in the browser"
