#!/usr/bin/env bash
# Checks that the C++ files are formatted as .clang-format says.
#
#   packaging/format.sh          names the files that are not; exit code 1 if there are any
#   packaging/format.sh --fix    formats them
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(--dry-run -Werror)
case ${1:-} in
  '') ;;
  --fix) mode=(-i) ;;
  *)
    echo "format.sh: unknown option '$1' (expected --fix)" >&2
    exit 2
    ;;
esac

# Another version formats a little differently.
formatter=clang-format-19
command -v $formatter >/dev/null || packaging/install-dependencies.sh check
find src tests -name '*.h' -print0 -o -name '*.cpp' -print0 |
  xargs -0 --no-run-if-empty -n 16 -P "$(nproc)" $formatter "${mode[@]}"
