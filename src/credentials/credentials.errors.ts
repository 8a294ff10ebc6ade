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

/** The shared credentials file cannot be read or changed. */
export class CredentialsFileError extends DomainError {
  readonly code = 'creds.file';
  readonly kind = 'conflict';
}

/** A profile lacks what is needed of it. */
export class ProfileUnusableError extends DomainError {
  readonly code = 'creds.profile_unusable';
  readonly kind = 'conflict';
}

/** AWS did not take the code of the device. */
export class MfaRefusedError extends DomainError {
  readonly code = 'creds.mfa_refused';
  readonly kind = 'forbidden';
}

/** The session is over, or too near to its end. */
export class SessionExpiredError extends DomainError {
  readonly code = 'creds.expired';
  readonly kind = 'conflict';
}

/** Something given is not possible, before AWS was asked. */
export class CredentialsInputError extends DomainError {
  readonly code = 'creds.invalid';
  readonly kind = 'invalid';
}

/** AWS refused for a reason that has nothing to do with the code. */
export class StsRefusedError extends DomainError {
  readonly code = 'creds.refused';
  readonly kind = 'unavailable';
}
