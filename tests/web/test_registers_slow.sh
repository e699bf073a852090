#!/usr/bin/env bash
# The registers in headless Chromium.
exec bash "$(dirname "$0")/start.sh" registers "the registers in the browser"
