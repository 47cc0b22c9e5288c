#!/usr/bin/env bash
# Shows Countersign at work: installs what is missing, builds, starts the daemon with --dev, and plays a contract
# review, an expense approval and a project handoff through its real HTTP interfaces.
#
#   packaging/demo.sh          keeps serving afterwards, until Ctrl-C
#   packaging/demo.sh --once   ends when the three requests are done, with exit code 0
set -euo pipefail
cd "$(dirname "$0")/.."

for argument in "$@"; do
  case $argument in
    --once) ;;
    -h | --help)
      sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
      exit 0
      ;;
    *)
      echo "demo.sh: unknown option '$argument' (expected --once)" >&2
      exit 2
      ;;
  esac
done

packaging/install-dependencies.sh build demo
echo "building (a few minutes the first time) ..."
log=$(mktemp)
packaging/build.sh release countersign >"$log" 2>&1 || {
  tail -n 40 "$log" >&2
  exit 1
}
rm -f "$log"
exec python3 packaging/demo.py build/release/countersign "$@"
