import { z } from 'zod';
import { type AdoptedContents } from './adopted-contents.js';
import { AdoptionError } from './cluster-inputs.errors.js';
import { type Role, ROLES, secretMark, type SecretName, SECRETS, type SingleRole } from './machines.js';

const stateSchema = z.object({
  version: z.literal(4),
  resources: z.array(
    z.object({
      mode: z.string(),
      type: z.string(),
      name: z.string(),
      instances: z.array(
        z.object({
          index_key: z.union([z.string(), z.number()]).optional(),
          attributes: z.record(z.string(), z.unknown()),
        }),
      ),
    }),
  ),
});

type Secrets = [SecretName, string][];

/** Shorter values turn up anywhere by chance. */
const SHORTEST_SECRET = 8;
/** Providers before version 6 kept the SHA-1 of user data, from which nothing can be taken over. */
const SHA1 = /^[0-9a-f]{40}$/;

/**
 * Reads the contents from the text of a state of the old stack (format 4, as `terraform state pull` prints it). Throws
 * {@link AdoptionError} with everything that is missing.
 */
export function readAdoptedContents(state: string, madeFor: AdoptedContents['madeFor']): AdoptedContents {
  const reader = new StateReader(state);
  const secrets = secretValues(reader.text('data.aws_secretsmanager_secret_version.secrets', 'secret_string'));
  const hideSecrets = secretHider(secrets);
  const single = (role: SingleRole): string => hideSecrets(userData(reader, `aws_instance.${role}`));
  const compose = (role: Role): string =>
    reader.text(`aws_s3_object.docker-compose-config["docker-compose-${role}.yml"]`, 'content');
  const contents: AdoptedContents = {
    madeFor,
    userData: {
      ilb: single('ilb'),
      manager: single('manager'),
      monitor: single('monitor'),
      node: nodeUserData(reader, secrets),
    },
    composeFiles: Object.fromEntries(ROLES.map((role) => [role, compose(role)])) as Record<Role, string>,
    policies: {
      assumeRole: reader.text('aws_iam_role.s3-role', 'assume_role_policy'),
      s3: reader.text('aws_iam_policy.s3-policy', 'policy'),
      ec2: reader.text('aws_iam_policy.ec2-policy', 'policy'),
    },
    terraformBasePath: reader.tag('aws_vpc.sliderule-vpc', 'terraform-base-path'),
  };
  reader.throwIfIncomplete();
  return contents;
}

function userData(reader: StateReader, address: string): string {
  const plain = reader.text(address, 'user_data', { isOptional: true });
  const text = plain === '' ? base64Text(reader.text(address, 'user_data_base64')) : plain;
  if (SHA1.test(text)) {
    reader.problems.push(
      `${address} has a hash in the place of its user data, as AWS providers before version 6 wrote it; refresh the state with version 6 first.`,
    );
  }
  return text;
}

function base64Text(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

/** Their user data becomes base64 before Terraform could put a secret into it. */
function nodeUserData(reader: StateReader, secrets: Secrets): string {
  const address = 'aws_launch_template.sliderule_template';
  const text = base64Text(reader.text(address, 'user_data'));
  const found = secrets.filter(([, value]) => value.length >= SHORTEST_SECRET && text.includes(value));
  for (const [name] of found) {
    reader.problems.push(
      `The user data of ${address} has the secret ${name}, which nodes should not know; take it out first.`,
    );
  }
  return text;
}

/** Longer secrets first, so that one that is part of another does not tear it apart. */
function secretHider(secrets: Secrets): (text: string) => string {
  const known = [...secrets].sort(([, a], [, b]) => b.length - a.length);
  return (text) => known.reduce((hidden, [name, value]) => hidden.replaceAll(value, secretMark(name)), text);
}

function secretValues(secretString: string): Secrets {
  if (secretString === '') return [];
  const values = z.record(z.string(), z.unknown()).parse(JSON.parse(secretString));
  return SECRETS.flatMap((name): [SecretName, string][] => {
    const value = values[name];
    return typeof value === 'string' && value !== '' ? [[name, value]] : [];
  });
}

class StateReader {
  readonly problems: string[] = [];
  private readonly resources: Map<string, Record<string, unknown>>;

  constructor(text: string) {
    const { resources } = parseState(text);
    this.resources = new Map(
      resources.flatMap(({ mode, type, name, instances }) =>
        instances.map(({ index_key: key, attributes }) => [
          `${mode === 'data' ? 'data.' : ''}${type}.${name}${key === undefined ? '' : `[${JSON.stringify(key)}]`}`,
          attributes,
        ]),
      ),
    );
  }

  text(address: string, attribute: string, { isOptional = false } = {}): string {
    const value = this.resources.get(address)?.[attribute];
    if (typeof value === 'string' && value !== '') return value;
    if (!isOptional) this.problems.push(`It has no ${attribute} of ${address}.`);
    return '';
  }

  tag(address: string, name: string): string {
    const tags = z.record(z.string(), z.string()).safeParse(this.resources.get(address)?.tags_all);
    const value = tags.data?.[name];
    if (value === undefined) this.problems.push(`It has no tag ${name} of ${address}.`);
    return value ?? '';
  }

  throwIfIncomplete(): void {
    if (this.problems.length > 0) throw new AdoptionError(this.problems);
  }
}

function parseState(text: string): z.infer<typeof stateSchema> {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new AdoptionError([
      `It is not a Terraform state of format 4 (${reason}); export it with "terraform state pull".`,
    ]);
  }
}
