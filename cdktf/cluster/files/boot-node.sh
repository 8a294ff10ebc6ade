
metadata() { # PATH
  local token
  token="$(curl -sSf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)"
  curl -sSf -H "X-aws-ec2-metadata-token: ${token}" "http://169.254.169.254/latest/meta-data/$1"
}

ENVIRONMENT_VERSION=@@ENVIRONMENT_VERSION@@
IPV4="$(retry metadata local-ipv4)"
ORGANIZATION=@@ORGANIZATION@@
IS_PUBLIC=@@IS_PUBLIC@@
SLIDERULE_IMAGE=@@SLIDERULE_IMAGE@@
AMS_IMAGE=@@AMS_IMAGE@@
PROVISIONING_SYSTEM=@@PROVISIONING_SYSTEM@@
CONTAINER_REGISTRY=@@CONTAINER_REGISTRY@@
export ENVIRONMENT_VERSION IPV4 ORGANIZATION CLUSTER IS_PUBLIC SLIDERULE_IMAGE AMS_IMAGE
export PROVISIONING_SYSTEM CONTAINER_REGISTRY

mkdir -p /data /plugins
retry aws s3 cp --only-show-errors --recursive --exclude '*' --include 'ATL13*' "s3://${BUCKET}/config/" /data/
retry aws s3 cp --only-show-errors --recursive "s3://${BUCKET}/plugins/" /plugins/
chmod -R u=rwX,go=rX /data /plugins
