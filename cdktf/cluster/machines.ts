/** The machines of a cluster, nodes taken as one. Names of compose files, boot scripts and fixed addresses. */
export const ROLES = ['ilb', 'manager', 'monitor', 'node'] as const;
export type Role = (typeof ROLES)[number];
/** Machines of which there is exactly one. */
export type SingleRole = Exclude<Role, 'node'>;

export const SECRETS = [
  'jwt_secret_key',
  'client_id',
  'client_secret',
  'manager_secret_salt',
  'manager_api_key',
] as const;
/** A field of the JSON text in the secret `<domain>/secrets`. */
export type SecretName = (typeof SECRETS)[number];

/** What a text taken over from the old system has in the place of a secret. */
export const SECRET_MARK = /@@SECRET:([a-z_]+)@@/;

export function secretMark(name: SecretName): string {
  return `@@SECRET:${name}@@`;
}
