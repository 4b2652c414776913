# Settings of the server scripts, and the choice of the machine they act on.
# Sourced by server-*.sh with $here set to the folder of the scripts.
#
# shellcheck shell=sh

settings_help() {
  cat <<'HELP'

Settings come from the environment, or else from the file scripts/server.env
(shell assignments; all of them reach the server):

  SERVER_CMD      the command that starts the server
                  (default: rtcrowd's own server on PORT, with mediasoup
                  if its worker is here, else with werift)
  SERVER_DIR      the folder it runs in (default: the project; over ssh, home)
  PORT            the port it listens on (default: 3000)
  SERVER_HOST     act on this machine, over ssh (default: this one);
                  SERVER_CMD is needed then
  START_TIMEOUT   seconds to wait for http://127.0.0.1:PORT/health (default: 30)
  STOP_TIMEOUT    seconds to wait after SIGINT, and again after SIGTERM,
                  before the next signal (default: 10)
  SERVER_ENV_FILE another file than scripts/server.env
  RTCROWD_SSH_OPTIONS  more arguments for ssh, such as -F FILE or -p PORT

Pid and log lie in ${XDG_STATE_HOME:-~/.local/state}/rtcrowd/server-PORT/.
Exit codes: 0 done, 1 failed, 2 usage; server-status.sh: 3 not running.
HELP
}

fail() {
  echo "$1" >&2
  exit "${2:-1}"
}

# Reads the options of a script ($1: its usage text), then the settings.
read_settings() {
  usage_text=$1
  shift
  case ${1:-} in
    -h | --help)
      echo "$usage_text"
      settings_help
      exit 0
      ;;
    ?*) fail "${0##*/} takes no argument \"$1\": see ${0##*/} --help" 2 ;;
  esac
  SERVER_ENV_FILE=${SERVER_ENV_FILE:-$here/server.env}
  if [ -f "$SERVER_ENV_FILE" ]; then
    # What was in the environment before wins over the file.
    environment=$(export -p)
    set -a
    # shellcheck source=/dev/null
    . "$SERVER_ENV_FILE"
    set +a
    eval "$environment"
  fi
  PORT=${PORT:-3000}
  START_TIMEOUT=${START_TIMEOUT:-30}
  STOP_TIMEOUT=${STOP_TIMEOUT:-10}
  SERVER_HOST=${SERVER_HOST:-}
  for name in PORT START_TIMEOUT STOP_TIMEOUT; do
    eval "value=\$$name"
    # shellcheck disable=SC2154 # eval sets it
    case $value in
      '' | 0* | *[!0-9]*) fail "$name must be a whole number from 1, not \"$value\"" 2 ;;
    esac
  done
  case $SERVER_HOST in
    -*) fail "SERVER_HOST must be a host or user@host, not \"$SERVER_HOST\"" 2 ;;
  esac
}

# Runs the function $1 of server.sh on the machine that is meant.
act() {
  if [ -z "$SERVER_HOST" ]; then
    SERVER_DIR=${SERVER_DIR:-$here/..}
    SERVER_CMD=${SERVER_CMD:-$(default_command)}
    export PORT
    # shellcheck source=scripts/lib/server.sh
    . "$here/lib/server.sh"
    "$1"
  else
    case $1 in
      server_start | server_restart)
        [ -n "${SERVER_CMD:-}" ] ||
          fail "Set SERVER_CMD to what starts the server on $SERVER_HOST" 2
        ;;
    esac
    # shellcheck disable=SC2086 # options are words
    remote_script "$1" |
      ssh -o BatchMode=yes -o ConnectTimeout=5 ${RTCROWD_SSH_OPTIONS:-} \
        -- "$SERVER_HOST" 'sh -s'
  fi
}

# Our own server. The real SFU needs a worker, which may have to be fetched or built.
default_command() {
  find_deno
  worker=${MEDIASOUP_WORKER_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/mediasoup-worker-3.18.1}
  engine=mediasoup
  if [ ! -f "$worker" ]; then
    engine=werift
    echo "No mediasoup worker at $worker: our server forwards with werift. scripts/mediasoup-worker.sh gets one." >&2
  fi
  echo "$(quote "$deno") run -A cli/main.ts serve --engine $engine --port $PORT"
}

# Sets $deno to the program itself: behind npx it would not hear of signals.
find_deno() {
  deno=$(command -v deno || npx -y deno@2.9.6 eval 'console.log(Deno.execPath())') ||
    fail "Cannot find deno: put it on PATH, or npx, which fetches it"
}

# The whole program for the other machine. Its last line gives it an empty
# input, since what is left of its own is this text.
remote_script() {
  echo 'set -eu; set -a'
  if [ -f "$SERVER_ENV_FILE" ]; then cat "$SERVER_ENV_FILE"; fi
  for name in PORT START_TIMEOUT STOP_TIMEOUT SERVER_CMD SERVER_DIR; do
    eval "value=\${$name:-}"
    printf '%s=%s\n' "$name" "$(quote "$value")"
  done
  # shellcheck disable=SC2016 # meant for the other machine
  echo 'set +a; SERVER_DIR=${SERVER_DIR:-$HOME}'
  # shellcheck disable=SC2016
  echo 'fail() { echo "$1" >&2; exit "${2:-1}"; }'
  cat "$here/lib/server.sh"
  echo "$1 </dev/null"
}

# $1 as one word for sh.
quote() {
  printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}
