# Starts and stops one server a port, on the machine that it runs on (Linux).
# common.sh sources it here, or sends its text to the other machine. It takes
# PORT, SERVER_CMD, SERVER_DIR, START_TIMEOUT and STOP_TIMEOUT.
#
# A server is a process group of its own. The pid of its leader and the time
# it began are kept, so that a pid that was given to another process since is
# never taken for it, and a token that all of the group have in their
# environment, by which they are known when the leader alone was killed.
# Nothing else is ever signalled.
#
# shellcheck shell=sh

state=${XDG_STATE_HOME:-$HOME/.local/state}/rtcrowd/server-$PORT
log=$state/log
health=http://127.0.0.1:$PORT/health
what="the server on port $PORT"

server_start() {
  lock
  start_locked
}

server_stop() {
  lock
  stop_locked
}

server_restart() {
  lock
  stop_locked
  start_locked
}

server_status() {
  if ! recall; then
    if port_taken; then
      echo "$what: not ours, but another program listens there"
    else
      echo "$what: not running"
    fi
    exit 3
  fi
  if ! answer=$(ask_health); then
    echo "$what: running, $who, but $health does not answer; log: $log"
    exit 1
  fi
  echo "$what: running, $who, healthy: $answer"
}

# One start, stop or restart at a time; the lock goes with this process.
lock() {
  for tool in flock setsid; do
    command -v $tool >/dev/null || fail "Cannot go on: $tool is missing (util-linux)"
  done
  mkdir -p "$state" || fail "Cannot write to $state"
  exec 9>"$state/lock"
  flock -n 9 || fail "Another start or stop of $what is under way"
}

start_locked() {
  if recall; then fail "Cannot start $what: it runs already, $who"; fi
  if port_taken; then
    fail "Cannot start $what: another program listens there; end it, or choose another PORT"
  fi
  command -v curl >/dev/null || command -v wget >/dev/null ||
    fail "Cannot start $what: neither curl nor wget is here to ask for its health"
  cd "$SERVER_DIR" || fail "Cannot start $what: no folder $SERVER_DIR"
  rm -f "$state/pid" "$state/leader"
  if [ -f "$log" ]; then mv "$log" "$log.old"; fi
  # --fork rather than "&": sh would have a job in the background ignore SIGINT.
  token=$(date +%s).$$
  # shellcheck disable=SC2016 # for the inner sh
  RTCROWD_SERVER=$token setsid --fork sh -c 'echo $$ >"$1.new" && mv "$1.new" "$1" && exec sh -c "$2"' \
    server "$state/leader" "$SERVER_CMD" </dev/null >"$log" 2>&1 9>&-
  deadline=$(($(date +%s) + START_TIMEOUT))
  until [ -s "$state/leader" ]; do
    in_time || fail "Cannot start $what: $SERVER_CMD did not begin"
    pause
  done
  pid=$(cat "$state/leader") who="pid $pid"
  began=$(start_time "$pid" || echo ended)
  echo "$pid $began $token" >"$state/pid"
  await_health
  # One that answers once and then dies has not started.
  sleep 1
  if ! leader_alive || ! ask_health >/dev/null; then
    start_failed "it answered, and then ended"
  fi
  echo "$what runs, pid $pid; log: $log"
}

await_health() {
  until ask_health >/dev/null; do
    leader_alive || start_failed "it ended before it answered"
    in_time || start_failed "$health did not answer within $START_TIMEOUT s"
    pause
  done
}

start_failed() {
  # Children may outlive the leader, whose group is ours: we have just made it.
  end_group
  rm -f "$state/pid"
  {
    echo "Cannot start $what: $1. The end of $log:"
    tail -n 10 "$log" | sed 's/^/  /'
  } >&2
  exit 1
}

stop_locked() {
  if ! recall; then
    echo "$what: not running"
    rm -f "$state/pid"
    return 0
  fi
  end_group
  if group_alive; then fail "Cannot stop $what: $who survived SIGKILL"; fi
  rm -f "$state/pid"
  echo "$what has stopped ($signal)"
}

# Ends the group of $pid, gently first; $signal is the last that was needed.
end_group() {
  for signal in INT TERM KILL; do
    group_alive || return 0
    kill -s "$signal" -- "-$pid" 2>/dev/null || :
    deadline=$(($(date +%s) + STOP_TIMEOUT))
    while group_alive && in_time; do pause; done
    if ! group_alive; then return 0; fi
  done
}

# Whether a process of the group is alive.
group_alive() {
  [ -n "$(group_members)" ]
}

# The processes of the group of $pid, without zombies.
group_members() {
  cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) (.*) /\1 /' |
    awk -v group="$pid" '$4 == group && $2 !~ /[ZX]/ { print $1 }'
}

# Sets $pid to the server that was started here, and $who to words for it;
# fails when it is not there.
recall() {
  [ -s "$state/pid" ] || return 1
  read -r pid began token <"$state/pid"
  who="pid $pid"
  if leader_alive; then return 0; fi
  who="process group $pid, whose leader is gone"
  left_behind
}

leader_alive() {
  [ "$(start_time "$pid" || echo gone)" = "$began" ]
}

# Whether the leader is gone and processes that it began are still there.
left_behind() {
  if start_time "$pid" >/dev/null; then return 1; fi
  for member in $(group_members); do
    if tr '\0' '\n' <"/proc/$member/environ" 2>/dev/null |
      grep -qxF "RTCROWD_SERVER=$token"; then
      return 0
    fi
  done
  return 1
}

# When process $1 began, in ticks since boot; fails when it is gone or dead.
start_time() {
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null |
    awk '$1 !~ /[ZX]/ { print $20; n++ } END { exit !n }'
}

port_taken() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v suffix="$(printf ':%04X' "$PORT")" '
      $4 == "0A" && substr($2, length($2) - 4) == suffix { n++ } END { exit !n }'
}

ask_health() {
  if command -v curl >/dev/null; then
    curl -fs --noproxy '*' --max-time 2 "$health"
  else
    no_proxy='*' wget -q -T 2 -t 1 -O - "$health"
  fi
}

in_time() { [ "$(date +%s)" -le "$deadline" ]; }

# Fractions of a second are not POSIX.
pause() { sleep 0.1 2>/dev/null || sleep 1; }
