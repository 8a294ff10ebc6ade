import { DomainError } from '../common/errors/domain-error.js';

/** Another worker has taken the run over; whoever gets this error must not touch files, processes or rows of it. */
export class FenceLostError extends Error {
  constructor(runId: string) {
    super(`Run ${runId} now belongs to another worker`);
  }
}

export class RunNotFoundError extends DomainError {
  readonly code = 'runs.not_found';
  readonly kind = 'not_found';

  constructor(runId: string) {
    super(`This organization has no run ${runId}. List its runs to find the id.`);
  }
}

export class UnknownRunError extends DomainError {
  readonly code = 'runs.not_found';
  readonly kind = 'not_found';

  constructor(runId: string) {
    super(`No organization has a run ${runId}. List the runs to find the id.`);
  }
}

export class RunAlreadyFinishedError extends DomainError {
  readonly code = 'runs.already_finished';
  readonly kind = 'conflict';

  constructor(runId: string, status: string) {
    super(`Run ${runId} is already ${status}, so there is nothing to cancel.`);
  }
}
