import { DomainError } from '../../common/errors/domain-error.js';

/** The installation does not say which service it is, or what was asked for is no target. */
export class ExecTargetError extends DomainError {
  readonly code = 'ecs.target';
  readonly kind = 'unavailable';
}

/** AWS does not take the credentials: they are over, or it does not know them. */
export class ExecCredentialsError extends DomainError {
  readonly code = 'ecs.credentials';
  readonly kind = 'unavailable';
}

/** A check that has to pass before a session failed. */
export class ExecNotPossibleError extends DomainError {
  readonly code = 'ecs.not_possible';
  readonly kind = 'conflict';
}

/** AWS refused to open the session or to start the task. */
export class ExecRefusedError extends DomainError {
  readonly code = 'ecs.refused';
  readonly kind = 'unavailable';
}

/** The session ended before the command did, or could not be had. */
export class ExecSessionError extends DomainError {
  readonly code = 'ecs.session';
  readonly kind = 'unavailable';
}

/** The file cannot be written, or is not what the container has. */
export class PulledFileError extends DomainError {
  readonly code = 'ecs.file';
  readonly kind = 'conflict';
}
