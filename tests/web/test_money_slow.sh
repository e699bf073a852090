#!/usr/bin/env bash
# A walk through policies and payments in headless Chromium.
exec bash "$(dirname "$0")/start.sh" money "a walk in the browser"
