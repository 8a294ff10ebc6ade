import {
  GetInstanceProfileCommand,
  GetRoleCommand,
  type IAMClient,
  NoSuchEntityException,
  paginateListPolicies,
} from '@aws-sdk/client-iam';
import { type CloudResource, NAMED_TYPES, type NamedResource, type NamedType } from './aws.types.js';

/** Ids, as `terraform import` takes them, by name; of those that exist. */
type Lookup = (client: IAMClient, names: string[]) => Promise<[name: string, id: string | undefined][]>;

const LOOKUPS: Record<NamedType, Lookup> = {
  aws_iam_role: (client, names) =>
    eachOf(
      names,
      async (RoleName) => (await unlessMissing(client.send(new GetRoleCommand({ RoleName }))))?.Role?.RoleName,
    ),
  aws_iam_instance_profile: (client, names) =>
    eachOf(names, async (InstanceProfileName) => {
      const found = await unlessMissing(client.send(new GetInstanceProfileCommand({ InstanceProfileName })));
      return found?.InstanceProfile?.InstanceProfileName;
    }),
  // Asked for by name a policy is not found, only by an ARN that has the account's number in it.
  aws_iam_policy: async (client, names) => {
    const found: [string, string | undefined][] = [];
    for await (const { Policies = [] } of paginateListPolicies({ client }, { Scope: 'Local' }))
      for (const { PolicyName: name = '', Arn } of Policies) if (names.includes(name)) found.push([name, Arn]);
    return found;
  },
};

/** Those that exist. */
export async function findNamedInIam(client: IAMClient, wanted: readonly NamedResource[]): Promise<CloudResource[]> {
  const looked = NAMED_TYPES.map(async (type): Promise<CloudResource[]> => {
    const names = wanted.filter((one) => one.type === type).map(({ name }) => name);
    const found = names.length === 0 ? [] : await LOOKUPS[type](client, names);
    return found.flatMap(([name, id]) => (id === undefined ? [] : [{ type, id, name }]));
  });
  return (await Promise.all(looked)).flat();
}

function eachOf(
  names: string[],
  look: (name: string) => Promise<string | undefined>,
): Promise<[name: string, id: string | undefined][]> {
  return Promise.all(names.map(async (name) => [name, await look(name)]));
}

async function unlessMissing<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return null;
    throw error;
  }
}
