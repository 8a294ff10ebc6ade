/** Something that exists at AWS, under the names Terraform has for it. */
export interface CloudResource {
  /** Terraform's type, for example `aws_instance`. */
  type: string;
  /** Its id in a state: an id, a name or an ARN. */
  id: string;
  /** What `terraform import` takes, where that is not the id. */
  importId?: string;
  /** The name AWS keeps unique, or else the tag `Name`; null when it has neither. */
  name: string | null;
}

/** A machine of a cluster as EC2 has it. */
export interface Machine {
  id: string;
  /** Its tag `Name`. */
  name: string | null;
  /** EC2's word: pending, running, stopping, stopped, shutting-down or terminated. */
  state: string;
  /** EC2's reason for the last change of state; null when nobody and nothing asked for one. */
  stateReason: string | null;
  instanceType: string | null;
  privateAddress: string | null;
  publicAddress: string | null;
  launchedAt: Date | null;
}

/** A tag and its value. */
export interface Tag {
  key: string;
  value: string;
}

/** Terraform's types of what is found by its name, because AWS keeps it unique in the whole account. */
export const NAMED_TYPES = ['aws_iam_role', 'aws_iam_instance_profile', 'aws_iam_policy'] as const;
export type NamedType = (typeof NAMED_TYPES)[number];

export interface NamedResource {
  type: NamedType;
  name: string;
}

/** Terraform's types of what is listed in EC2 by its tag. */
export const LISTED_IN_EC2 = [
  'aws_vpc',
  'aws_subnet',
  'aws_internet_gateway',
  'aws_route_table',
  'aws_security_group',
  'aws_launch_template',
  'aws_instance',
] as const;

/** Whose credentials are used. */
export interface CallerIdentity {
  /** Twelve digits. */
  account: string;
  arn: string;
  /** `aws`, `aws-us-gov`, `aws-cn`, ... */
  partition: string;
  /** How far this machine's clock is behind that of AWS; null when the answer had no date. */
  clockOffsetMs: number | null;
}
