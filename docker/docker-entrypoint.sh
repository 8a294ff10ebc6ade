#!/bin/sh
# Starts one container of the image in the role of its first argument:
#   server           what PS_ROLE says, everything unless it is set
#   api | worker     that part of the service
#   migrate          applies pending migrations and ends
#   psctl [--] ...   one command of psctl and nothing else
# A role that serves migrates the database as PS_MIGRATE_ON_START says and becomes the server. The migration says at once
# every mistake of the configuration, and waits for the database.
# Exit codes: of what ran last (docs/migrations.md has those of a migration); 143 when it was asked to stop before it served; 64 for a call that cannot work.
set -eu

WRONG_USAGE=64
TERMINATED=143

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
entrypoints=$root/dist/src/entrypoints

refuse() {
  printf 'docker-entrypoint: %s\nRoles are server (the default), api, worker, migrate, and psctl with a command of its own.\n' "$1" >&2
  exit "$WRONG_USAGE"
}

# In the background, for a shell handles no signal while it waits for a program in the foreground.
step=
is_stopping=
stop() {
  is_stopping=1
  [ -z "$step" ] || kill -TERM "$step" 2>/dev/null || :
}

run_step() {
  [ -z "$is_stopping" ] || exit "$TERMINATED"
  node "$entrypoints/psctl.js" "$@" &
  step=$!
  # A signal may have come before there was anything to hand it to.
  [ -z "$is_stopping" ] || kill -TERM "$step" 2>/dev/null || :
  status=0
  wait "$step" || status=$?
  if [ -n "$is_stopping" ]; then
    wait "$step" 2>/dev/null || :
    exit "$TERMINATED"
  fi
  step=
  [ "$status" -eq 0 ] || exit "$status"
}

role=${1:-server}
[ "$#" -eq 0 ] || shift

case $role in
  psctl)
    if [ "${1:-}" = -- ]; then shift; fi
    exec node "$entrypoints/psctl.js" "$@"
    ;;
  api | worker) export PS_ROLE="$role" ;;
  server | migrate) ;;
  *) refuse "there is no role \"$role\"." ;;
esac
[ "$#" -eq 0 ] || refuse "the role $role takes no arguments, and was given: $*"

trap stop TERM INT
if [ "$role" = migrate ]; then
  run_step migrate
  exit 0
fi
run_step migrate --on-start
[ -z "$is_stopping" ] || exit "$TERMINATED"
trap - TERM INT
# Replaces the shell, so that the signals that stop a container reach the server.
exec node "$entrypoints/server.js"
