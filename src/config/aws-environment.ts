import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the environment tells the AWS tools about credentials; no secret is in it. */
export interface AwsEnvironment {
  credentialsFile: string;
  /** The profile that is chosen; null when none is. */
  profile: string | null;
  hasKeys: boolean;
  /** Whether a container on ECS provides them, so that there is nothing to log in to. */
  hasContainerCredentials: boolean;
  region: string | null;
  /** Where SSM is asked instead of at AWS; null for AWS. */
  ssmEndpoint: string | null;
  /** The variables by which ECS provides them, for programs that are to use the same. */
  containerVariables: Readonly<Record<string, string>>;
}

const CONTAINER_VARIABLES = [
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
];

/** As the AWS tools read it: what is empty is not set. */
export function readAwsEnvironment(source: NodeJS.ProcessEnv): AwsEnvironment {
  const valueOf = (name: string): string | null => (source[name] === '' ? null : (source[name] ?? null));
  return {
    credentialsFile:
      valueOf('AWS_SHARED_CREDENTIALS_FILE') ?? join(valueOf('HOME') ?? homedir(), '.aws', 'credentials'),
    profile: valueOf('AWS_PROFILE'),
    hasKeys: valueOf('AWS_ACCESS_KEY_ID') !== null,
    hasContainerCredentials:
      valueOf('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI') !== null ||
      valueOf('AWS_CONTAINER_CREDENTIALS_FULL_URI') !== null,
    containerVariables: Object.fromEntries(
      CONTAINER_VARIABLES.flatMap((name) => {
        const value = valueOf(name);
        return value === null ? [] : [[name, value]];
      }),
    ),
    region: valueOf('AWS_REGION') ?? valueOf('AWS_DEFAULT_REGION'),
    ssmEndpoint: valueOf('AWS_ENDPOINT_URL_SSM'),
  };
}
