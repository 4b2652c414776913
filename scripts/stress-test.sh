#!/bin/sh
# Tests a server at one level of load after another, and compares them.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=scripts/lib/common.sh
. "$here/lib/common.sh"

usage="usage: stress-test.sh [LEVELS [SECONDS]] [-- RUN-OPTION...]

For each number of clients in LEVELS (default: \"10 50 100\"): restarts the
server, watches it, and runs a load test of SECONDS (default: 30) after a
ramp-up of a second for every 10 clients. Goes on after a level that failed,
stops the server, and ends with a table of all levels. RUN-OPTIONs go to run;
run --help lists them.

Results lie in RESULTS_DIR (default: results/<time> in the project), a folder
a level, with the table as levels.txt, levels.csv and levels.json. SERVER_URL
says where clients reach the server (default: ws://127.0.0.1:PORT/ws, or
SERVER_HOST's). Exit codes: 0 all levels passed, 1 not all, 2 usage,
130 interrupted."

case ${1:-} in
  -h | --help) read_settings "$usage" --help ;;
esac

# Clients and server alike need a socket for everybody.
if [ -z "${RTCROWD_FILES_RAISED:-}" ]; then
  export RTCROWD_FILES_RAISED=1
  exec "$here/with-ulimit.sh" -n 65536 -- "$0" "$@"
fi

levels='10 50 100'
seconds=30
if [ $# -gt 0 ] && [ "$1" != -- ]; then
  levels=$1
  shift
fi
if [ $# -gt 0 ] && [ "$1" != -- ]; then
  seconds=$1
  shift
fi
if [ $# -gt 0 ]; then
  [ "$1" = -- ] || fail "There is no use for \"$1\": options of run go behind --" 2
  shift
fi
for number in $levels $seconds; do
  case $number in
    0* | *[!0-9]*) fail "\"$number\" is no number of clients or seconds: see stress-test.sh --help" 2 ;;
  esac
done
[ -n "$(echo "$levels" | tr -d ' ')" ] || fail "No levels: see stress-test.sh --help" 2

read_settings "$usage"
find_deno
# Our own server's command, unless there is another.
if [ -z "$SERVER_HOST" ]; then
  SERVER_CMD=${SERVER_CMD:-$(default_command)}
  host=127.0.0.1
  process=port:$PORT
else
  host=${SERVER_HOST#*@}
  process=ssh:$SERVER_HOST:$PORT
  [ -n "${SERVER_CMD:-}" ] ||
    fail "Set SERVER_CMD to what starts the server on $SERVER_HOST" 2
  # What was raised above is this machine's limit; the log there says what came of it.
  SERVER_CMD="ulimit -S -n 65536 || ulimit -S -n \$(ulimit -H -n); ulimit -n; $SERVER_CMD"
fi
export SERVER_CMD PORT SERVER_HOST
url=${SERVER_URL:-ws://$host:$PORT/ws}
http=http${url#ws}
results=${RESULTS_DIR:-$here/../results/$(date +%Y-%m-%dT%H-%M-%S)}

interrupted=0
running=
failed=0
started=0

# Everything that we start is in a session of its own: Ctrl-C reaches us alone.
# A run is told of it, once; the start of a server is not cut off in its
# middle, since that server would be nobody's.
interrupt() {
  interrupted=$((interrupted + 1))
  if [ "$interrupted" = 1 ]; then
    echo "Stopping; what there is will be shown." >&2
  fi
  if [ -n "$running" ]; then kill -s TERM "$running" 2>/dev/null || :; fi
}
trap interrupt INT TERM HUP

mkdir -p "$results" || fail "Cannot write to $results"
results=$(CDPATH='' cd -- "$results" && pwd)

rtcrowd() {
  "$deno" run -A "$here/../cli/main.ts" "$@"
}

# A job in the background ignores SIGINT, and so would the server.
mind_sigint=
if env --default-signal=INT true 2>/dev/null; then
  mind_sigint=--default-signal=INT
fi

# Runs a script of the server's ($1); sets $code to what it exits with.
server() {
  # shellcheck disable=SC2086 # none is no argument
  setsid env $mind_sigint "$here/server-$1.sh" </dev/null >/dev/null &
  await $!
}

# Sets $code to what the job $1 exits with; a signal to us cuts wait short.
await() {
  code=0
  wait "$1" || code=$?
  while kill -0 "$1" 2>/dev/null; do
    code=0
    wait "$1" || code=$?
  done
}

# Whoever is killed cleans up nothing: when we are, this one ends the run and
# then the server, which a start under way may keep it from for a while.
guard() {
  current=$(mktemp) || fail "Cannot write to ${TMPDIR:-/tmp}"
  # shellcheck disable=SC2016 # for the inner sh
  setsid sh -c '
    alive() {
      case $(sed "s/.*) //; s/ .*//" "/proc/$1/stat" 2>/dev/null) in
        "" | Z | X) return 1 ;;
      esac
    }
    tries=60
    again() { tries=$((tries - 1)); [ "$tries" -gt 0 ] && sleep 1; }
    while alive "$1"; do sleep 1; done
    read -r run <"$2" && kill -s TERM "$run"
    rm -f "$2"
    while [ -n "$run" ] && alive "$run" && again; do :; done
    until "$3" || ! again; do :; done
  ' guard $$ "$current" "$here/server-stop.sh" </dev/null >/dev/null 2>&1 &
  trap 'kill "'$!'"; rm -f "$current"' EXIT
}

run_level() {
  level=$1
  shift
  mkdir -p "$results/$level"
  rm -f "$results/$level/load_test_summary.json"
  ramp=$(((level + 9) / 10))
  for option in "$@"; do
    case $option in
      -r | -r=* | --ramp-up | --ramp-up=*) ramp= ;;
    esac
  done
  echo "=== clients: $level ===" >&2
  setsid "$deno" run -A "$here/../cli/main.ts" run \
    --clients "$level" --duration "$seconds" ${ramp:+--ramp-up "$ramp"} \
    --server "$url" --monitor "$process" --monitor "${http%/ws}" \
    --out "$results/$level" "$@" \
    </dev/null >"$results/$level/summary.txt" &
  running=$!
  echo "$running" >"$current"
  # A signal may have come before there was somebody to tell.
  if [ "$interrupted" -gt 0 ]; then kill -s TERM "$running" 2>/dev/null || :; fi
  await "$running"
  running=
  : >"$current"
  head -n 1 "$results/$level/summary.txt" >&2
  if [ "$code" = 2 ]; then
    server stop
    rm -rf "${results:?}/$level"
    rmdir "$results" 2>/dev/null || :
    exit 2
  fi
  [ "$code" = 0 ] || failed=$((failed + 1))
}

guard
tried=
for level in $levels; do
  [ "$interrupted" = 0 ] || break
  server restart
  # A signal may have come while it started.
  [ "$interrupted" = 0 ] || break
  tried="$tried $level"
  if [ "$code" = 0 ]; then
    started=1
    run_level "$level" "$@"
  else
    # One that never started will not start for the next level.
    [ "$started" = 1 ] || { rmdir "$results"; exit 1; }
    echo "=== clients: $level, no server ===" >&2
    mkdir -p "$results/$level"
    failed=$((failed + 1))
  fi
done
server stop

set --
for level in $tried; do
  if [ -d "$results/$level" ]; then set -- "$@" "$results/$level"; fi
done
if [ $# -gt 0 ]; then
  rtcrowd report --table "$@" >"$results/levels.txt" || failed=$((failed + 1))
  cat "$results/levels.txt"
  # What cannot be read has been told.
  rtcrowd report --table --csv "$@" >"$results/levels.csv" 2>/dev/null || :
  rtcrowd report --table --json "$@" >"$results/levels.json" 2>/dev/null || :
  echo "Results: $results" >&2
else
  rmdir "$results" 2>/dev/null || :
fi
if [ "$interrupted" -gt 0 ]; then exit 130; fi
[ "$failed" = 0 ] || exit 1
