#!/bin/sh
# Makes an unpacked mirror out of what "terraform providers mirror" has written to the directory:
#   HOST/NAMESPACE/TYPE/terraform-provider-TYPE_VERSION_OS_ARCH.zip -> HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/
# Terraform links to unpacked providers, and would unpack zipped ones for every cluster anew.
set -eu

directory=${1:?give the directory of the mirror}

find "$directory" -name 'terraform-provider-*.zip' >"$directory/zips"
[ -s "$directory/zips" ] || { echo "unpack-providers: there is no provider in $directory" >&2; exit 1; }
while IFS= read -r zip; do
  # terraform-provider-aws_6.25.0_linux_amd64 -> 6.25.0 and linux_amd64
  name=$(basename "$zip" .zip)
  platform=${name#terraform-provider-*_*_}
  version=${name%_"$platform"}
  target=$(dirname "$zip")/${version##*_}/$platform
  mkdir -p "$target"
  unzip -q "$zip" -d "$target"
  rm "$zip"
done <"$directory/zips"
rm "$directory/zips"
# Descriptions of the zipped providers, which are gone.
find "$directory" -name '*.json' -path '*/*/*/*' -maxdepth 4 -exec rm {} +
chmod -R a-w,a+rX "$directory"
