#!/usr/bin/env bash
# Installs the Debian packages that are missing, as packaging/dependencies.txt lists them.
#
#   packaging/install-dependencies.sh [PURPOSE...]    default: build
#
# PURPOSE is build, test, check, demo or fuzz. Does nothing, and needs neither root nor a network, where all are there.
set -euo pipefail
cd "$(dirname "$0")/.."

die() {
  echo "install-dependencies.sh: $*" >&2
  exit 1
}

purposes=("$@")
[ ${#purposes[@]} -gt 0 ] || purposes=(build)
wanted=()
for purpose in "${purposes[@]}"; do
  case $purpose in
    build | test | check | demo | fuzz) ;;
    *) die "unknown purpose '$purpose' (expected build, test, check, demo or fuzz)" ;;
  esac
  mapfile -t -O "${#wanted[@]}" wanted < <(awk -v purpose="$purpose" '$1 == purpose { print $2 }' packaging/dependencies.txt)
done

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  die "this needs Debian 12 with apt; install by other means what packaging/dependencies.txt lists"

installed=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p' || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "installing: ${missing[*]}"
as_root=(env DEBIAN_FRONTEND=noninteractive)
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null ||
    die "cannot install packages: not root, and there is no sudo. As root: apt-get install ${missing[*]}"
  as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
fi

update() { "${as_root[@]}" apt-get update -q; }
install() { "${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"; }

# The package lists are fetched where they do not know a package, and once more where they turn out to be stale.
known=$(apt-cache --quiet show --no-all-versions "${missing[@]}" 2>/dev/null | sed -n 's/^Package: //p' | sort -u | wc -l)
updated=no
if [ "$known" -lt ${#missing[@]} ]; then
  update || die "apt-get update failed; see above"
  updated=yes
fi
if ! install; then
  [ $updated = no ] || die "apt-get install failed; see above"
  update || die "apt-get update failed; see above"
  install || die "apt-get install failed; see above"
fi
