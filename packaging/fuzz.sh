#!/usr/bin/env bash
# Builds the fuzz programs with clang under AddressSanitizer and UndefinedBehaviorSanitizer and runs each of them.
#
#   packaging/fuzz.sh [--minutes N] [TARGET...]     default: 15 minutes for each of all targets
#
# Inputs that were worth keeping gather in build/fuzz/corpus/TARGET, beside the seeds of the repository, so that a later
# run goes on where this one ended. Ends with 1 at the first finding; the input that shows it is in
# build/fuzz/findings: run build/fuzz/tests/fuzz/TARGET with that file to see it again.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=15
targets=()
while [ $# -gt 0 ]; do
  case $1 in
    --minutes)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "fuzz.sh: --minutes takes a number" >&2; exit 2; }
      minutes=$2
      shift
      ;;
    -h | --help)
      sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
      exit 0
      ;;
    -*)
      echo "fuzz.sh: unknown option '$1'" >&2
      exit 2
      ;;
    *) targets+=("$1") ;;
  esac
  shift
done
[ ${#targets[@]} -gt 0 ] || targets=(cel_parser_fuzz cel_evaluator_fuzz workflow_fuzz connector_fuzz multipart_fuzz
  calendar_fuzz webhook_fuzz)

packaging/install-dependencies.sh build test fuzz
build=build/fuzz
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_COMPILER=clang++-19 \
  -DCOUNTERSIGN_SANITIZE=address,undefined,fuzzer-no-link >/dev/null
ninja -C "$build" -j "${COUNTERSIGN_JOBS:-$(nproc)}" "${targets[@]}"

# A folder of seeds for a target: an expression a line, or files of the loaders' corpus.
seeds_of() {
  local target=$1 seeds=$2 number=0 line
  mkdir -p "$seeds"
  case $target in
    cel_*)
      while IFS= read -r line; do
        number=$((number + 1))
        printf '%s' "$line" >"$seeds/seed-$number"
      done <tests/fuzz/seeds/cel.txt
      ;;
    workflow_fuzz)
      # Files of several folders have one name.
      for file in tests/definition/{good,warned,broken}/*.yaml workflows/*.yaml; do
        cp "$file" "$seeds/${file//\//-}"
      done
      ;;
    multipart_fuzz | webhook_fuzz) cp "tests/fuzz/${target%_fuzz}"/* "$seeds" ;;
    calendar_fuzz) cp tests/fuzz/calendar/* packaging/example/*.ics "$seeds" ;;
    connector_fuzz)
      for file in tests/definition/broken_{connectors,people,configurations}/*.{yaml,csv} connectors/*.yaml \
        packaging/example/*.yaml; do
        [ ! -e "$file" ] || cp "$file" "$seeds/${file//\//-}"
      done
      ;;
  esac
}

mkdir -p "$build/findings"
for target in "${targets[@]}"; do
  seeds=$build/seeds/$target
  corpus=$build/corpus/$target
  rm -rf "$seeds"
  mkdir -p "$corpus"
  seeds_of "$target" "$seeds"
  echo "== $target, $minutes minutes"
  if ! "$build/tests/fuzz/$target" -max_total_time=$((minutes * 60)) -max_len=4096 -timeout=20 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$build/findings/$target-" "$corpus" "$seeds" >"$build/$target.log" 2>&1; then
    tail -60 "$build/$target.log"
    echo "fuzz.sh: $target found something; the input is in $build/findings" >&2
    exit 1
  fi
  grep -E '^stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)' "$build/$target.log" || true
done
echo "fuzz.sh: no findings"
