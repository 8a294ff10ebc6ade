/**
 * Causes of a failed Terraform command that people can do something about, recognised in what Terraform or AWS said.
 * `transient` ones are worth another attempt; a `permanent` one fails the same way until a person has acted.
 */
export interface FailureCause {
  code: string;
  retry: 'transient' | 'permanent';
  /** One sentence each: the cause, and what to do next. */
  cause: string;
  next: string;
}

interface Rule extends Omit<FailureCause, 'cause'> {
  pattern: RegExp;
  cause: (match: RegExpExecArray) => string;
}

/** The first that matches counts, so the specific ones come first. Error codes: the AWS API references. */
const RULES: readonly Rule[] = [
  {
    code: 'aws.credentials_expired',
    retry: 'transient',
    pattern: /ExpiredToken|RequestExpired|security token included in the request is expired/i,
    cause: () => 'The AWS credentials expired while the run was at work.',
    next: 'Nothing if the service runs with a task role; with temporary credentials, renew them.',
  },
  {
    code: 'aws.credentials_missing',
    retry: 'permanent',
    pattern: /no valid credential sources|InvalidClientTokenId|SignatureDoesNotMatch|NoCredentialProviders/i,
    cause: () => 'AWS does not accept the credentials of this service, or there are none.',
    next: 'Give the service a task role or valid credentials, then retry.',
  },
  {
    code: 'aws.permission_denied',
    retry: 'permanent',
    pattern: /not authorized to perform:?\s+([A-Za-z0-9-]+:[A-Za-z0-9*]+)/i,
    cause: ([, action]) => `AWS refused the action ${action ?? 'it was asked for'}.`,
    next: 'Add the permission to the role of the service, then retry.',
  },
  {
    code: 'aws.permission_denied',
    retry: 'permanent',
    pattern: /AccessDenied|UnauthorizedOperation/i,
    cause: () => 'AWS refused an action for want of a permission.',
    next: 'Add the permission to the role of the service, then retry.',
  },
  {
    code: 'aws.capacity',
    retry: 'transient',
    pattern:
      /InsufficientInstanceCapacity|InsufficientHostCapacity|capacity-not-available|MaxSpotInstanceCountExceeded|SpotMaxPriceTooLow|Insufficient capacity/i,
    cause: () => 'AWS has no such machines left in this availability zone right now.',
    next: 'It is tried again; another node configuration or zone may have capacity.',
  },
  {
    code: 'aws.throttled',
    retry: 'transient',
    pattern: /Throttling|RequestLimitExceeded|TooManyRequests|Rate exceeded/i,
    cause: () => 'AWS asked to slow down.',
    next: 'It is tried again.',
  },
  {
    code: 'aws.quota',
    retry: 'permanent',
    pattern: /(VcpuLimitExceeded|InstanceLimitExceeded|[A-Za-z]+LimitExceeded(?:Exception)?|ServiceQuotaExceeded\w*)/i,
    cause: ([, code]) => `A quota of the AWS account is used up (${code ?? 'limit exceeded'}).`,
    next: 'Ask for fewer nodes, or have the quota raised.',
  },
  {
    code: 'aws.bad_image',
    retry: 'permanent',
    pattern: /InvalidAMIID|ami.*(?:no results|not found)|Your query returned no results/i,
    cause: () => 'The machine image of this cluster version does not exist.',
    next: 'Choose another cluster version, or publish its image.',
  },
  {
    code: 'aws.dns',
    retry: 'permanent',
    pattern: /NoSuchHostedZone|no matching Route ?53 ?Zone|InvalidChangeBatch/i,
    cause: () => 'The DNS record of the cluster cannot be written.',
    next: 'Check that the hosted zone of the domain exists and is the right one.',
  },
  {
    code: 'terraform.provider_crashed',
    retry: 'transient',
    pattern: /plugin did not respond|Plugin crashed|provider.*(?:crashed|panic)|unexpected EOF|transport is closing/i,
    cause: () => 'The Terraform provider crashed.',
    next: 'It is tried again; what was built is recorded.',
  },
  {
    code: 'terraform.provider_missing',
    retry: 'permanent',
    pattern:
      /Failed to query available provider packages|Failed to install provider|required plugins are not installed/i,
    cause: () => 'A Terraform provider could not be installed.',
    next: 'Check PS_TERRAFORM_PROVIDER_MIRROR, or the way to the provider registry.',
  },
  {
    code: 'runs.disk_failed',
    retry: 'transient',
    pattern: /no space left on device|disk quota exceeded/i,
    cause: () => 'The disk of the service is full.',
    next: 'Make room below PS_DATA_DIRECTORY; it is tried again.',
  },
];

/** The cause behind what Terraform reported, or null when it is none of the known ones. */
export function causeOf(errorText: string): FailureCause | null {
  for (const { pattern, cause, code, retry, next } of RULES) {
    const match = pattern.exec(errorText);
    if (match) return { code, retry, cause: cause(match), next };
  }
  return null;
}

/** Whether trying the same thing again is bound to fail until a person has acted. */
export function isPermanent(failureCode: string): boolean {
  return RULES.some(({ code, retry }) => code === failureCode && retry === 'permanent');
}
