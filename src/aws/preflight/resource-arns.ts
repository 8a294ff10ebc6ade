/** Where resources will be. */
export interface Place {
  /** `aws`, or that of regions of their own kind. */
  partition: string;
  account: string;
  region: string;
}

/** Of what a secret's ARN ends with, which AWS makes up. */
const SECRET_SUFFIX = '-AbCdEf';
const ROLE_REFERENCE = /^\$\{aws_iam_role\.([\w-]+)\.(?:name|id|arn)\}$/;
/** Actions of S3 on a bucket and not on what is in it. */
const ON_BUCKET = /^s3:(List|GetBucket|PutBucket|CreateBucket|DeleteBucket)/;

type Attributes = Record<string, unknown>;

/** Attributes by type and name, as `cdk.tf.json` has them. */
export type Blocks = Record<string, Record<string, Attributes>>;

/**
 * What an action is allowed on, as far as it follows from the configuration: policies often name the roles, objects and
 * secrets they are for. Everything else is asked about as `*`.
 */
export function arnsOf(
  action: string,
  type: string,
  attributes: Attributes,
  resources: Blocks,
  place: Place,
): string[] {
  const [service] = action.split(':');
  if (action === 'iam:PassRole')
    return Object.values(resources.aws_iam_role ?? {}).flatMap((role) => named(place, 'role', role));
  if (action === 'iam:CreateServiceLinkedRole') return ['*'];
  if (service === 'iam') return orAny(identityArns(type, attributes, resources, place));
  if (service === 's3') return orAny(storageArns(action, attributes, place));
  if (service === 'secretsmanager') return orAny(secretArns(attributes, place));
  return ['*'];
}

function identityArns(type: string, attributes: Attributes, resources: Blocks, place: Place): string[] {
  switch (type) {
    case 'aws_iam_role':
      return named(place, 'role', attributes);
    case 'aws_iam_policy':
      return named(place, 'policy', attributes);
    case 'aws_iam_instance_profile':
      return named(place, 'instance-profile', attributes);
    default:
      return roleArns(attributes.role, resources, place);
  }
}

/** Of a resource that refers to its role. */
function roleArns(role: unknown, resources: Blocks, place: Place): string[] {
  const [, label = ''] = ROLE_REFERENCE.exec(text(role) ?? '') ?? [];
  const referred = resources.aws_iam_role?.[label];
  return referred ? named(place, 'role', referred) : [];
}

function storageArns(action: string, { bucket, key }: Attributes, { partition }: Place): string[] {
  const name = literal(bucket);
  if (name === null) return [];
  const arn = `arn:${partition}:s3:::${name}`;
  return [ON_BUCKET.test(action) ? arn : `${arn}/${literal(key) ?? '*'}`];
}

function secretArns({ secret_id: id, name }: Attributes, { partition, region, account }: Place): string[] {
  const secret = literal(id ?? name);
  return secret === null
    ? []
    : [`arn:${partition}:secretsmanager:${region}:${account}:secret:${secret}${SECRET_SUFFIX}`];
}

function named({ partition, account }: Place, kind: string, { name }: Attributes): string[] {
  const known = literal(name);
  return known === null ? [] : [`arn:${partition}:iam::${account}:${kind}/${known}`];
}

function orAny(arns: string[]): string[] {
  return arns.length === 0 ? ['*'] : arns;
}

/** A value only Terraform knows is none. */
function literal(value: unknown): string | null {
  const known = text(value);
  return known === null || known.includes('${') ? null : known;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
