#!/bin/sh
# Runs a command with room for many open files: every client needs sockets.
set -eu

usage() {
  cat <<'HELP'
usage: with-ulimit.sh [-n FILES] [--] COMMAND [ARGUMENT...]

Raises the soft limit of open files to FILES (default: 65536), or to the hard
limit if that is lower, says so on stderr, and becomes COMMAND. A limit that is
high enough is left as it is.
HELP
}

refuse() {
  echo "with-ulimit: $1" >&2
  exit 2
}

wanted=65536
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    -n)
      [ $# -gt 1 ] || refuse "-n needs a number of files"
      wanted=$2
      shift 2
      ;;
    --)
      shift
      break
      ;;
    -*) refuse "unknown option $1; see --help" ;;
    *) break ;;
  esac
done
case $wanted in
  '' | *[!0-9]*) refuse "-n needs a whole number, not \"$wanted\"" ;;
esac
[ $# -gt 0 ] || refuse "no command to run; see --help"

# Every sh of today knows -S, -H and -n, though POSIX does not.
# shellcheck disable=SC3045
{
  soft=$(ulimit -S -n)
  hard=$(ulimit -H -n)
  if [ "$soft" = unlimited ] || [ "$soft" -ge "$wanted" ]; then
    exec "$@"
  fi
  if [ "$hard" = unlimited ] || [ "$hard" -ge "$wanted" ]; then
    ulimit -S -n "$wanted"
    echo "with-ulimit: open files raised from $soft to $wanted" >&2
  elif [ "$soft" = "$hard" ]; then
    echo "with-ulimit: open files stay at the hard limit $hard, below $wanted: raise the hard limit (limits.conf, LimitNOFILE) for more" >&2
  else
    ulimit -S -n "$hard"
    echo "with-ulimit: open files raised from $soft to the hard limit $hard, not to $wanted: raise the hard limit (limits.conf, LimitNOFILE) for more" >&2
  fi
}
exec "$@"
