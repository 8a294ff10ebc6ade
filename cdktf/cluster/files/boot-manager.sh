
IS_PUBLIC=@@IS_PUBLIC@@
DOMAIN=@@DOMAIN@@
MANAGER_SECRET_SALT=@@MANAGER_SECRET_SALT@@
MANAGER_API_KEY=@@MANAGER_API_KEY@@
DUCKDB_LOCAL_FILE="/data/manager-${CLUSTER}.db"
DUCKDB_REMOTE_FILE="s3://${BUCKET}/"@@DATABASE_KEY@@
GEOLITE2_ASN=/data/GeoLite2-ASN.mmdb
GEOLITE2_CITY=/data/GeoLite2-City.mmdb
GEOLITE2_COUNTRY=/data/GeoLite2-Country.mmdb
MANAGER_IMAGE=@@MANAGER_IMAGE@@
export IS_PUBLIC DOMAIN MANAGER_SECRET_SALT MANAGER_API_KEY DUCKDB_LOCAL_FILE DUCKDB_REMOTE_FILE
export GEOLITE2_ASN GEOLITE2_CITY GEOLITE2_COUNTRY MANAGER_IMAGE

mkdir -p /data
fetch config/GeoLite2-ASN.mmdb "${GEOLITE2_ASN}"
fetch config/GeoLite2-City.mmdb "${GEOLITE2_CITY}"
fetch config/GeoLite2-Country.mmdb "${GEOLITE2_COUNTRY}"

# A cluster that never ran has no database to restore; one that cannot be read must not be replaced by an empty one.
DATABASES="$(retry aws s3api list-objects-v2 --bucket "${BUCKET}" --prefix @@DATABASE_KEY@@ --query 'Contents[].Key' --output text)"
if grep -Fxq @@DATABASE_KEY@@ <<< "$(tr '\t' '\n' <<< "${DATABASES}")"; then
  fetch @@DATABASE_KEY@@ "${DUCKDB_LOCAL_FILE}"
fi
