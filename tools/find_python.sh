#!/usr/bin/env bash
# Prints a Python that can run Boards (3.11 or newer, with venv), or says what to do.
# Usage: find_python.sh [PYTHON]; a given PYTHON is the only one tried.
set -euo pipefail

fits='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

if [ -n "${1:-}" ]; then
  candidates=("$1")
else
  # The oldest first: it is the version the project is developed on.
  candidates=(python3.11 python3.12 python3.13 python3.14 python3 python)
fi

for candidate in "${candidates[@]}"; do
  if "$candidate" -c "$fits" >/dev/null 2>&1; then
    "$candidate" -c 'import sys; print(sys.executable)'
    exit 0
  fi
done

{
  echo "Boards needs Python 3.11 or newer with the venv module; tried: ${candidates[*]}."
  echo "  Debian, Ubuntu:  sudo apt install python3 python3-venv"
  echo "  Fedora:          sudo dnf install python3"
  echo "  macOS:           brew install python@3.13"
  echo "Or name one yourself:  make PYTHON=/path/to/python3 setup"
} >&2
exit 1
