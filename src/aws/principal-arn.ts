/** Who an ARN stands for, as far as policies can be simulated. */
export type Principal =
  | { kind: 'user' | 'group' | 'role'; arn: string }
  | { kind: 'session'; account: string; roleName: string }
  | { kind: 'other'; why: string };

/** Reads the ARN that GetCallerIdentity or a task definition tells. */
export function principalOf(arn: string): Principal {
  const [, , service, , account = '', resource = ''] = arn.split(':');
  const [type, ...rest] = resource.split('/');
  if (service === 'iam' && (type === 'user' || type === 'group' || type === 'role')) return { kind: type, arn };
  if (service === 'sts' && type === 'assumed-role') return { kind: 'session', account, roleName: rest[0] ?? '' };
  if (type === 'root')
    return { kind: 'other', why: `${arn} is the root user of the account, whose rights IAM does not simulate` };
  if (type === 'federated-user')
    return { kind: 'other', why: `${arn} is a federated user, whose rights IAM does not simulate` };
  return { kind: 'other', why: `${arn} is neither a user nor a role, so IAM does not simulate its rights` };
}
