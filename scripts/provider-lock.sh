#!/bin/sh
# Writes the lock file of the providers clusters on AWS are built with: which version, with which hashes for each
# platform. Asks the registry, or the filesystem mirror that is named. Usage: provider-lock.sh <file> [mirror]
set -eu
target=$1
mirror=${2-}
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/docker/providers.tf" "$work"
platforms=${PS_LOCK_PLATFORMS:-linux_amd64 linux_arm64}
set --
for platform in $platforms; do set -- "$@" "-platform=$platform"; done
if [ -n "$mirror" ]; then set -- "-fs-mirror=$mirror" "$@"; fi
terraform "-chdir=$work" providers lock "$@"
mv "$work/.terraform.lock.hcl" "$target"
