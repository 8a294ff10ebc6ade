import { DomainError, errorMessage } from '../common/errors/domain-error.js';

export class AwsCredentialsError extends DomainError {
  readonly code = 'aws.credentials_missing';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super(
      `There are no usable AWS credentials (${errorMessage(cause)}). Give the service a task role, or set AWS_PROFILE or PS_AWS_ROLE_ARN, and try again.`,
      { cause },
    );
  }
}
