#!/bin/bash
# Runs once, as root, at the first boot of the machine.
set -euo pipefail
umask 077

export AWS_DEFAULT_REGION=@@REGION@@
BUCKET=@@BUCKET@@
CLUSTER=@@CLUSTER@@
ROLE=@@ROLE@@
REGISTRY_HOST=@@REGISTRY_HOST@@
HOME_DIRECTORY=/opt/cluster

# The role's credentials, the network and the registry may take a moment to be there at the first boot.
retry() {
  local attempt
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    if "$@"; then return 0; fi
    echo "attempt ${attempt} failed: $1" >&2
    sleep 6
  done
  echo "given up: $1" >&2
  return 1
}

fetch() { # KEY FILE
  retry aws s3 cp --only-show-errors "s3://${BUCKET}/$1" "$2"
}

compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose --project-name cluster --file docker-compose.yml "$@"
  else
    docker-compose --project-name cluster --file docker-compose.yml "$@"
  fi
}

log_in_to_registry() {
  aws ecr get-login-password | docker login --username AWS --password-stdin "${REGISTRY_HOST}"
}

mkdir -p "${HOME_DIRECTORY}"
cd "${HOME_DIRECTORY}"
retry log_in_to_registry
fetch "infrastructure/software/${CLUSTER}-docker-compose-${ROLE}.yml" docker-compose.yml
