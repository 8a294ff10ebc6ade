import {
  GetInstanceProfileCommand,
  GetRoleCommand,
  type IAMClient,
  NoSuchEntityException,
  paginateListPolicies,
} from '@aws-sdk/client-iam';
import { type CloudResource, type NamedResource, type NamedType } from './aws.types.js';

type Lookup = (client: IAMClient, name: string) => Promise<string | undefined>;

/** What `terraform import` takes for the one of this name, if there is one. */
const LOOKUPS: Record<NamedType, Lookup> = {
  aws_iam_role: async (client, name) =>
    (await unlessMissing(client.send(new GetRoleCommand({ RoleName: name }))))?.Role?.RoleName,
  aws_iam_instance_profile: async (client, name) =>
    (await unlessMissing(client.send(new GetInstanceProfileCommand({ InstanceProfileName: name }))))?.InstanceProfile
      ?.InstanceProfileName,
  // Asked for by name a policy is not found, only by an ARN that has the account's number in it.
  aws_iam_policy: async (client, name) => {
    for await (const { Policies = [] } of paginateListPolicies({ client }, { Scope: 'Local' })) {
      const policy = Policies.find(({ PolicyName }) => PolicyName === name);
      if (policy) return policy.Arn;
    }
    return undefined;
  },
};

/** Those that exist. */
export async function findNamedInIam(client: IAMClient, wanted: readonly NamedResource[]): Promise<CloudResource[]> {
  const looked = wanted.map(async ({ type, name }): Promise<CloudResource[]> => {
    const id = await LOOKUPS[type](client, name);
    return id === undefined ? [] : [{ type, id, name }];
  });
  return (await Promise.all(looked)).flat();
}

async function unlessMissing<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return null;
    throw error;
  }
}
