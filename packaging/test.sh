#!/usr/bin/env bash
# Installs what the tests need and runs all of them.
#
#   packaging/test.sh            what continuous integration runs
#   packaging/test.sh --quick    the dev build's tests only
#   packaging/test.sh --full     and everything else, before a release
#
# Without an option: the format, the dev build with all tests, and the module tests under AddressSanitizer and
# UndefinedBehaviorSanitizer. --full adds the release build with the speed smoke test, the clang build (its warnings),
# clang-tidy, and the tests of what has threads under ThreadSanitizer. A stage that fails does not keep the others from
# running; the exit code is 0 only if all passed. The last line is ctest's summary: of the dev build's tests, or where
# they passed and others did not, of those.
set -uo pipefail
cd "$(dirname "$0")/.."

quick=no
full=no
for argument in "$@"; do
  case $argument in
    --quick) quick=yes ;;
    --full) full=yes ;;
    -h | --help)
      sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
      exit 0
      ;;
    *)
      echo "test.sh: unknown option '$argument' (expected --quick or --full)" >&2
      exit 2
      ;;
  esac
done

jobs=${COUNTERSIGN_JOBS:-$(nproc)}
# ctest's labels: the tests of a module carry its name.
modules='^(base|cel|core|definition|store|delivery|runtime|scenario|web|cli)$'
threaded='^(store|delivery|runtime|web)$'
report=()
failed=()

# stage NAME COMMAND...: runs it and notes how it went and how long it took.
stage() {
  local name=$1 start=$SECONDS result=ok
  shift
  echo "== $name"
  "$@" || {
    result=FAILED
    failed+=("$name")
  }
  report+=("$(printf '%-24s %5d s  %s' "$name" $((SECONDS - start)) "$result")")
  [ "$result" = ok ]
}

# run_tests PRESET LOG [CTEST OPTION...]
run_tests() {
  local preset=$1 log=$2
  shift 2
  ctest --preset "$preset" -j "$jobs" "$@" 2>&1 | tee "$log" | sed '/^ *Start /d; / Passed  /d'
  return "${PIPESTATUS[0]}"
}

# Newer kernels place memory where ThreadSanitizer of g++ 12 does not expect it.
run_tests_under_tsan() {
  local fixed=()
  setarch "$(uname -m)" -R true 2>/dev/null && fixed=(setarch "$(uname -m)" -R)
  "${fixed[@]}" ctest --preset tsan -j "$jobs" -L "$threaded" 2>&1 |
    tee build/tsan/ctest.log | sed '/^ *Start /d; / Passed  /d'
  return "${PIPESTATUS[0]}"
}

finish() {
  echo
  printf '%s\n' "${report[@]}"
  local skipped
  skipped=$(cat build/{dev,release,asan,tsan}/ctest.log 2>/dev/null | sed -nE 's/^[[:space:]]*[0-9]+ - (.*\(Skipped\))$/  \1/p' | sort -u)
  [ -z "$skipped" ] || printf 'skipped:\n%s\n' "$skipped"
  [ ${#failed[@]} -eq 0 ] || echo "FAILED: ${failed[*]}"
  local summaries
  summaries=$(grep -hE '% tests passed, [0-9]+ tests failed out of [0-9]+' build/{tsan,release,asan,dev}/ctest.log 2>/dev/null)
  { grep -v ', 0 tests failed' <<<"$summaries" || echo "$summaries"; } | tail -1
  [ ${#failed[@]} -eq 0 ]
  exit
}

rm -f build/{dev,release,asan,tsan}/ctest.log
stage packages packaging/install-dependencies.sh build test check || finish
if [ $quick = no ]; then stage format packaging/format.sh; fi
stage 'dev: build' packaging/build.sh dev || finish
stage 'dev: all tests' run_tests dev build/dev/ctest.log
[ $quick = no ] || finish

stage 'asan: build' packaging/build.sh asan module_tests &&
  stage 'asan: module tests' run_tests asan build/asan/ctest.log -L "$modules"
[ $full = yes ] || finish
stage 'release: build' packaging/build.sh release countersign countersign_load &&
  stage 'release: speed' run_tests release build/release/ctest.log -L '^speed$'
stage 'clang: build' packaging/build.sh clang
stage tidy packaging/tidy.sh
stage 'tsan: build' packaging/build.sh tsan store_test delivery_test runtime_test web_test &&
  stage 'tsan: threaded tests' run_tests_under_tsan
finish
