#!/bin/sh
# Stops the server that server-start.sh started.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=scripts/lib/common.sh
. "$here/lib/common.sh"
read_settings "usage: server-stop.sh

Stops the server that server-start.sh started: SIGINT first, then SIGTERM, then
SIGKILL. Never signals anything else. Nothing to stop is no failure." "$@"
act server_stop
