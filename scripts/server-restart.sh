#!/bin/sh
# Stops the server if it runs, and starts it.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=scripts/lib/common.sh
. "$here/lib/common.sh"
read_settings "usage: server-restart.sh

Stops the server if it runs, as server-stop.sh does, and starts it as
server-start.sh does." "$@"
act server_restart
