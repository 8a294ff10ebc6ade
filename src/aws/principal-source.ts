import { type IAMClient } from '@aws-sdk/client-iam';
import { AwsUnavailableError, errorName, isRefused } from './aws.errors.js';
import { principalOf } from './principal-arn.js';

/** Where the ARN of the principal is, or why nothing can be said of it. */
export type Source = { arn: string } | { why: string; missingPermission: string | null };

/** A session of a role stands for the role, whose ARN has a path the session's does not show. */
export async function sourceOf(client: IAMClient, principalArn: string): Promise<Source> {
  const principal = principalOf(principalArn);
  if (principal.kind === 'other') return { why: principal.why, missingPermission: null };
  if (principal.kind !== 'session') return { arn: principal.arn };
  const { GetRoleCommand, paginateListRoles } = await import('@aws-sdk/client-iam');
  const { roleName: RoleName } = principal;
  try {
    const { Role } = await client.send(new GetRoleCommand({ RoleName }));
    if (Role?.Arn !== undefined) return { arn: Role.Arn };
  } catch (error) {
    if (!isRefused(error) && !errorName(error).startsWith('NoSuchEntity'))
      throw new AwsUnavailableError(`for the role ${RoleName}`, error);
  }
  try {
    for await (const { Roles = [] } of paginateListRoles({ client }, {})) {
      const found = Roles.find((role) => role.RoleName === RoleName)?.Arn;
      if (found !== undefined) return { arn: found };
    }
    return { why: `there is no role ${RoleName} in the account ${principal.account}`, missingPermission: null };
  } catch (error) {
    if (!isRefused(error)) throw new AwsUnavailableError('which roles there are', error);
    return { why: `the role ${RoleName} may not be looked up`, missingPermission: 'iam:GetRole' };
  }
}
