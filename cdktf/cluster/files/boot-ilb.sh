
OAUTH_HMAC_SECRET=@@JWT_SECRET_KEY@@
IS_PUBLIC=@@IS_PUBLIC@@
ORGANIZATION=@@ORGANIZATION@@
DOMAIN=@@DOMAIN@@
ILB_IMAGE=@@ILB_IMAGE@@
export OAUTH_HMAC_SECRET IS_PUBLIC ORGANIZATION DOMAIN ILB_IMAGE

mkdir -p tls
fetch "config/${DOMAIN}.pem" "tls/${DOMAIN}.pem"
# The balancer does not run as root in its container.
chmod 755 . tls
chmod 644 "tls/${DOMAIN}.pem"
