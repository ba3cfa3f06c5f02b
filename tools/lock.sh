#!/usr/bin/env bash
# Resolves pyproject.toml into the hashed locks of requirements/, one set for Linux and macOS.
# Usage: lock.sh UV [FLAGS...]; the flags go to `uv pip compile`, --upgrade for instance.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

uv=$1
shift

# No header, index or link lines: a lock names packages and hashes, never where they come from.
resolve() {
  local lock=$1
  shift
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
    --output-file "requirements/$lock.lock" "$@"
}

# The widest first; the others are held to its versions.
resolve dev pyproject.toml --all-extras --group dev "$@"
resolve demo pyproject.toml --extra media --group setup --constraint requirements/dev.lock "$@"
resolve image pyproject.toml --extra media --extra postgres --extra telemetry \
  --constraint requirements/dev.lock "$@"
resolve setup --group pyproject.toml:setup --constraint requirements/dev.lock "$@"
