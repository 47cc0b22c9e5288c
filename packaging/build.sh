#!/usr/bin/env bash
# Installs what is missing (Debian with apt), configures where needed, and builds.
#
#   packaging/build.sh [PRESET [TARGET...]]    default: dev, everything
#
# PRESET is one of CMakePresets.json; the result stands in build/PRESET. COUNTERSIGN_JOBS sets how many compilers run
# at once (default: one a core).
set -euo pipefail
cd "$(dirname "$0")/.."

preset=${1:-dev}
shift || true
jobs=${COUNTERSIGN_JOBS:-$(nproc)}

if command -v apt-get >/dev/null; then
  purposes=(build)
  [ "$preset" = release ] || purposes+=(test)
  [ "$preset" != clang ] || purposes+=(check)
  packaging/install-dependencies.sh "${purposes[@]}"
fi

# Equal sources give cache hits wherever the checkout stands.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$PWD}
export CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}

# ninja configures again by itself when a CMake file changes, but it looks neither at the presets nor for packages
# that have been installed since.
if [ ! -e "build/$preset/build.ninja" ] || [ CMakePresets.json -nt "build/$preset/build.ninja" ] ||
  grep -q -- '-NOTFOUND$' "build/$preset/CMakeCache.txt"; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  cmake --preset "$preset" >"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
  }
  touch "build/$preset/build.ninja"
fi
targets=()
[ $# -eq 0 ] || targets=(--target "$@")
exec cmake --build --preset "$preset" -j "$jobs" "${targets[@]}"
