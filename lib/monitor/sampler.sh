# Prints a look at the process tree of a server every few seconds, as text that
# proc.ts reads. It travels to the watched machine on the input of
#
#   ssh HOST sh -s PORT INTERVAL
#
# so it is one function called on the last line: sh has read all of it before
# anything runs, and every command takes its input from elsewhere. It ends by
# itself within a look of the connection, because its output breaks.
#
# The tree and its lossy sockets are searched at every fifth look, the sockets
# also whenever the host's count of UDP errors moves, and at the first ten. A
# look between costs one cat and one sleep.
#
# shellcheck shell=sh disable=SC2046,SC2086,SC2012
# (lists of numbers and paths are split on purpose; ls alone shows where links lead)

port=$1
interval=$2
LC_ALL=C
export LC_ALL

# Sets start, the start time of process $1; fails if it is gone or dead.
look_at() {
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- ${line##*) }
  case $1 in Z | X) return 1 ;; esac
  start=${20}
}

alive() {
  look_at "$root" && [ "$start" = "$root_start" ]
}

find_root() {
  root='' oldest=''
  suffix=$(printf ':%04X' "$port")
  inodes=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v suffix="$suffix" '
    $4 == "0A" && substr($2, length($2) - 4) == suffix { printf "%s ", $10 }')
  if [ -z "$inodes" ]; then
    reason="No process listens on TCP port $port"
    return
  fi
  for pid in $(ls -ln /proc/[0-9]*/fd 2>/dev/null | awk -v inodes="$inodes" '
    BEGIN { n = split(inodes, list, " "); for (i = 1; i <= n; i++) ours["socket:[" list[i] "]"] = 1 }
    /^\/proc\// { split($0, part, "/"); pid = part[3] }
    ($NF in ours) && !(pid in seen) { seen[pid] = 1; print pid }'); do
    look_at "$pid" || continue
    if [ -z "$oldest" ] || [ "$start" -lt "$oldest" ]; then
      oldest=$start root=$pid root_start=$start
    fi
  done
  reason="The process that listens on TCP port $port belongs to another user: log in as that user or as root"
}

find_tree() {
  tree='' level=$root
  while [ -n "$level" ]; do
    tree="$tree $level"
    files=''
    for pid in $level; do files="$files /proc/$pid/task/*/children"; done
    level=$(cat $files 2>/dev/null </dev/null)
  done
}

udp_errors() {
  udp=''
  while read -r word rest; do
    case $word in Udp:) udp="$udp$word $rest
" ;; esac
  done <"/proc/$root/net/snmp"
}

find_drops() {
  drops=''
  lossy=$(cat "/proc/$root/net/udp" "/proc/$root/net/udp6" 2>/dev/null |
    awk '$13 + 0 > 0 { print $10, $13 }')
  [ -n "$lossy" ] || return 0
  folders=''
  for pid in $tree; do folders="$folders /proc/$pid/fd"; done
  ours=$(ls -ln $folders 2>/dev/null |
    sed -n 's/.*socket:\[\([0-9]*\)\].*/\1/p' | tr '\n' ' ')
  drops=$(echo "$lossy" | awk -v ours="$ours" '
    BEGIN { n = split(ours, list, " "); for (i = 1; i <= n; i++) mine[list[i]] = 1 }
    $1 in mine { print "drops", $1, $2 }')
}

# Counts the UDP sockets of the tree; says nothing where it may not look.
count_udp() {
  sockets='' folders='' files=''
  for pid in $tree; do
    [ -r "/proc/$pid/fd" ] || return 0
    folders="$folders /proc/$pid/fd"
    files="$files /proc/$pid/net/udp /proc/$pid/net/udp6"
  done
  sockets=$({
    ls -ln $folders 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\].*/ours \1/p'
    cat $files 2>/dev/null
  } | awk '
    $1 == "ours" { mine[$2] = 1; next }
    ($10 in mine) && !($10 in seen) { seen[$10] = 1; n++ }
    END { print "sockets", n + 0 }')
}

look() {
  full=$((looks % 5))
  if [ $full -eq 0 ]; then find_tree; fi
  sockets=''
  if [ $full -eq 0 ] || [ $looks -lt 10 ]; then count_udp; fi
  looks=$((looks + 1))
  { udp_errors; } 2>/dev/null
  if [ $full -eq 0 ] || [ "$udp" != "$last_udp" ]; then
    find_drops
    last_udp=$udp
  fi
  files=''
  fds=''
  for pid in $tree; do
    files="$files /proc/$pid/stat /proc/$pid/task/*/stat"
    set -- "/proc/$pid/fd/"*
    if [ -L "$1" ]; then fds="${fds}fds $pid $#
"; fi
  done
  read -r uptime rest </proc/uptime
  echo "sample $uptime $ticks $page" $tree
  echo "$udp$drops"
  echo "$sockets"
  echo "$fds"
  cat $files 2>/dev/null </dev/null
  echo end
}

main() {
  ticks=$(getconf CLK_TCK 2>/dev/null || echo 100)
  page=$(getconf PAGESIZE 2>/dev/null || echo 4096)
  root='' last_udp='' looks=0
  if [ ! -r /proc/uptime ]; then
    echo "this machine has no /proc: only Linux can be watched" >&2
    exit 1
  fi
  while :; do
    if [ -z "$root" ] || ! alive; then
      find_root
      looks=0
    fi
    if [ -z "$root" ]; then
      echo "absent $reason"
      echo end
    else
      look
    fi
    sleep "$interval"
  done
}

main
