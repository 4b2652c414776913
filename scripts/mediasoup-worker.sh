#!/usr/bin/env bash
# Gets the mediasoup worker, the program behind the mediasoup engine of the
# embedded server.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

version=3.18.1
target=${XDG_CACHE_HOME:-$HOME/.cache}/mediasoup-worker-$version

usage() {
  cat <<HELP
usage: mediasoup-worker.sh [--build]

Gets the mediasoup worker $version and prints its path as the last line of its
output; everything else it says goes to stderr. In this order:

  1. the worker that MEDIASOUP_WORKER_BIN names, or the one from an earlier run:
     $target
  2. the prebuilt one, fetched by the installer of mediasoup's npm package
     (needs npm, node and the open internet)
  3. one built from the sources in that package and Debian's libraries, in about
     four minutes on two cores (needs Debian 12, npm, python3, and root or sudo
     for the packages)

  --build      skip 1 and 2
  -h, --help   show this text

Settings come from the environment:

  JOBS=N       compile N files at once (default: all cores)
  SKIP_APT=1   the Debian packages are there already; install none

Exit codes: 0 done, 1 failed, 2 usage.
HELP
}

say() {
  echo "$*" >&2
}

fail() {
  say "$1"
  exit "${2:-1}"
}

# Whether $1 is a worker that runs here: started by nobody, it exits with 41.
runs() {
  local code=0
  [ -x "$1" ] || return 1
  env -i "$1" >/dev/null 2>&1 || code=$?
  [ "$code" = 41 ]
}

# Prints the path and ends.
found() {
  runs "$1" || fail "$1 is not a mediasoup worker that runs on this machine."
  echo "$1"
  exit 0
}

# Lets the installer of mediasoup's package fetch its prebuilt worker. Where it
# cannot, it would build one from sources all over the internet; that needs
# Python, so it gets none.
fetch_prebuilt() {
  say "Asking mediasoup's installer for a prebuilt worker ..."
  (
    unset MEDIASOUP_WORKER_BIN
    cd "$work"
    PYTHON=false timeout 300 npm install --prefix "$work" --ignore-scripts=false \
      --no-save --no-audit --no-fund --loglevel=error "mediasoup@$version" >npm-install.log 2>&1
  ) || return 1
  local worker=$work/node_modules/mediasoup/worker/out/Release/mediasoup-worker
  runs "$worker" || return 1
  install -D -m 755 "$worker" "$target"
}

build_only=
for argument in "$@"; do
  case $argument in
    -h | --help)
      usage
      exit 0
      ;;
    --build) build_only=1 ;;
    *) fail "Unknown argument $argument. Try --help." 2 ;;
  esac
done

if [ -z "$build_only" ]; then
  if [ -n "${MEDIASOUP_WORKER_BIN:-}" ]; then
    found "$MEDIASOUP_WORKER_BIN"
  fi
  if runs "$target"; then
    found "$target"
  fi
fi

command -v npm >/dev/null || fail "npm is needed to get mediasoup. Install Node.js, then try again."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -n "$build_only" ] || ! fetch_prebuilt; then
  say "Building the worker from its sources ..."
  "$here/mediasoup-worker/build.sh" "$version" "$work/build" "$target" >&2
fi
found "$target"
