#!/bin/sh
# Starts the server and waits until it is healthy.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=scripts/lib/common.sh
. "$here/lib/common.sh"
read_settings "usage: server-start.sh

Starts the server and waits until it is healthy. When it does not become so,
says why with the end of its log, leaves nothing running, and exits 1." "$@"
act server_start
