#!/usr/bin/env bash
# Installs a Chromium for the browser tests where none is found: by apt on Debian and Ubuntu.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then
    echo "Found $(command -v "$name")."
    exit 0
  fi
done

if ! command -v apt-get >/dev/null 2>&1; then
  echo "No Chromium found, and no apt-get to install it: install Chromium yourself." >&2
  exit 1
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  as_root="sudo"
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q
$as_root apt-get install -q -y --no-install-recommends chromium
