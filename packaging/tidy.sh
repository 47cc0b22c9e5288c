#!/usr/bin/env bash
# Runs clang-tidy with the short, strict list of .clang-tidy.
#
#   packaging/tidy.sh [FILE...]    default: every .cpp file of src
set -euo pipefail
cd "$(dirname "$0")/.."

packaging/install-dependencies.sh build test check
# The compilation database comes with configuring; nothing has to be built, since no header is generated.
[ -e build/clang/compile_commands.json ] || cmake --preset clang >/dev/null

files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(find src -name '*.cpp' | sort)
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "${COUNTERSIGN_JOBS:-$(nproc)}" clang-tidy-19 --quiet -p build/clang
