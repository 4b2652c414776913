#!/bin/sh
# Says whether the server runs and is healthy.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=scripts/lib/common.sh
. "$here/lib/common.sh"
read_settings "usage: server-status.sh

Says in one line whether the server runs and is healthy. Exits 0 when it does,
1 when it runs but does not answer, 3 when it does not run." "$@"
act server_status
