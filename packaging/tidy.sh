#!/usr/bin/env bash
# Runs clang-tidy with the short, strict list of .clang-tidy.
#
#   packaging/tidy.sh [FILE...]    default: everything in src
#
# Several files of a module are read as one, as they are compiled: that takes an eighth of the time. A file that is named is
# read by itself.
set -euo pipefail
cd "$(dirname "$0")/.."

packaging/install-dependencies.sh build test check
# The compilation database comes with configuring; nothing has to be built, since no header is generated.
build=build/tidy
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++-19 >/dev/null

files=("$@")
checks=()
if [ ${#files[@]} -eq 0 ]; then
  mapfile -t files < <(sed -nE 's/^ *"file": "([^"]+)".*/\1/p' "$build/compile_commands.json" | grep -v /tests/ | sort)
  checks=(--checks=-bugprone-suspicious-include)
fi
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "${COUNTERSIGN_JOBS:-$(nproc)}" clang-tidy-19 --quiet "${checks[@]}" -p "$build" 2>&1 |
  { grep -vE '^[0-9]+ warnings? generated|^Suppressed |^Use -header-filter' || true; }
exit "${PIPESTATUS[1]}"
