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

export class RunBusyError extends DomainError {
  readonly code = 'runs.busy';
  readonly kind = 'conflict';

  constructor(run: { id: string; kind: string; status: string }) {
    super(`Run ${run.id} (${run.kind}) is ${run.status}. Wait until it has ended, or cancel it, and ask again.`);
  }
}

export class NotAwaitingApprovalError extends DomainError {
  readonly code = 'runs.not_awaiting_approval';
  readonly kind = 'conflict';

  constructor(runId: string, status: string) {
    super(`Run ${runId} is ${status} and waits for nobody's agreement.`);
  }
}

export class NotBeingCanceledError extends DomainError {
  readonly code = 'runs.not_being_canceled';
  readonly kind = 'conflict';

  constructor(runId: string, status: string) {
    super(
      `Run ${runId} is ${status}. Only a run that was cancelled and has not stopped can be killed; cancel it first.`,
    );
  }
}

export class GraceNotOverError extends DomainError {
  readonly code = 'runs.grace_not_over';
  readonly kind = 'conflict';

  constructor(runId: string, graceEndsAt: Date) {
    super(
      `Run ${runId} has until ${graceEndsAt.toISOString()} to stop by itself; killing it before would lose what AWS is just building. Wait until then.`,
    );
  }
}

export class NotConfirmedError extends DomainError {
  readonly code = 'confirmation.mismatch';
  readonly kind = 'invalid';

  constructor(expected: string) {
    super(`Nothing was done: "confirm" must be exactly "${expected}".`);
  }
}
