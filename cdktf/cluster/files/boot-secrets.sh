
CLUSTER_SECRETS=''
read_secrets() {
  CLUSTER_SECRETS="$(aws secretsmanager get-secret-value --secret-id @@SECRET_ID@@ --query SecretString --output text)"
}
retry read_secrets

secret() { # NAME
  printf '%s' "${CLUSTER_SECRETS}" | python3 -c '
import json, sys
sys.stdout.write(json.load(sys.stdin)[sys.argv[1]])' "$1"
}
