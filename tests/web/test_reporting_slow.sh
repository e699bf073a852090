#!/usr/bin/env bash
# A walk through a month of reporting in headless Chromium.
exec bash "$(dirname "$0")/start.sh" reporting "reporting in the browser"
