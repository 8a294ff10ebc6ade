import { DomainError } from '../common/errors/domain-error.js';
import { type RecordedOrphan, type StateLock } from './provisioning.types.js';

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

export class StateVersionNotFoundError extends DomainError {
  readonly code = 'state.version_not_found';
  readonly kind = 'not_found';

  constructor(organization: string, versionId: string) {
    super(`There is no version ${versionId} of the state of ${organization}. List the versions to find the id.`);
  }
}

export class StateNotLockedError extends DomainError {
  readonly code = 'state.not_locked';
  readonly kind = 'conflict';

  constructor(organization: string) {
    super(`No run holds the state of ${organization}, so there is nothing to unlock.`);
  }
}

export class StateLeaseHeldError extends DomainError {
  readonly code = 'state.lease_held';
  readonly kind = 'conflict';

  constructor(lock: StateLock, heartbeatAgeSeconds: number, lostSeconds: number) {
    super(
      `Run ${lock.runId} (${lock.kind}, ${lock.status}, asked for by ${lock.requestedBy}) holds the state since ` +
        `${lock.claimedAt?.toISOString() ?? 'an unknown time'}: process ${lock.workerProcess ?? '?'} on ${lock.workerHost ?? '?'} ` +
        `gave its last sign of life ${heartbeatAgeSeconds} s ago. Cancel the run, or wait until its worker is gone or ` +
        `silent for ${lostSeconds} s.`,
    );
  }
}

export class StateNotAdoptableError extends DomainError {
  readonly code = 'state.not_adoptable';
  readonly kind = 'invalid';

  constructor(problems: readonly string[]) {
    super(`The cluster cannot be taken over from this state. ${problems.join(' ')}`);
  }
}

export class StateExistsError extends DomainError {
  readonly code = 'state.exists';
  readonly kind = 'conflict';

  constructor(known: { serial: number; lineage: string }, given: { serial: number; lineage: string }) {
    super(
      `The organization has a state already (serial ${known.serial} of lineage ${known.lineage}), and the one given ` +
        `(serial ${given.serial} of lineage ${given.lineage}) is another. Nothing was stored: two states of one cluster ` +
        'would work against each other.',
    );
  }
}

export class StateDownloadForbiddenError extends DomainError {
  readonly code = 'state.superusers_only';
  readonly kind = 'forbidden';

  constructor() {
    super('States hold secrets in clear, so only superusers with a full login may download them. Ask one of them.');
  }
}

export class NotConfirmedError extends DomainError {
  readonly code = 'confirmation.mismatch';
  readonly kind = 'invalid';

  constructor(expected: string) {
    super(`Nothing was done: "confirm" must be exactly "${expected}".`);
  }
}

export class OrphanNotFoundError extends DomainError {
  readonly code = 'orphans.not_found';
  readonly kind = 'not_found';

  constructor(id: string) {
    super(`There is no orphan ${id}. List /admin/orphans to find the id.`);
  }
}

export class OrphanNotOpenError extends DomainError {
  readonly code = 'orphans.not_open';
  readonly kind = 'conflict';

  constructor({ resourceType, resourceId, forgottenBy }: RecordedOrphan) {
    const why = forgottenBy === null ? 'is gone or in a state by now' : `was forgotten by ${forgottenBy}`;
    super(`${resourceType} ${resourceId} ${why}, so there is nothing to forget.`);
  }
}
