/**
 * Runs a provider, but not for ever: Terraform does not end one that was started for it, and whoever started it may have
 * died. Below the supervisor, in its group. Arguments: how many seconds it may live, its command.
 */
export const PROVIDER_SCRIPT = `
( sleep "$1"; kill -KILL 0 ) &
shift
"$@"
`;
