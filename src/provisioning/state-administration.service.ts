import { Injectable } from '@nestjs/common';
import { type Author, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { AppConfig } from '../config/app-config.js';
import { AuditLog } from '../database/audit-log.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { ProvisioningService } from './provisioning.service.js';
import {
  NotConfirmedError,
  RunBusyError,
  StateDownloadForbiddenError,
  StateLeaseHeldError,
  StateNotLockedError,
  StateVersionNotFoundError,
} from './provisioning.errors.js';
import { type Run, type StateLock, type StateVersion } from './provisioning.types.js';
import { isWorkerAlive, workerPlace } from './queue/worker-identity.js';
import { RunsRepository } from './runs/runs.repository.js';
import { raiseFence } from './runs/fence.js';
import { StateArchiveRepository } from './state/state-archive.repository.js';
import { withSerial } from './state/state-file.js';

/** Whose state it is. */
interface Owner {
  id: string;
  name: string;
}

/** Stored Terraform states, for those who look after the installation. */
@Injectable()
export class StateAdministrationService {
  constructor(
    private readonly states: StateArchiveRepository,
    private readonly runs: RunsRepository,
    private readonly provisioning: ProvisioningService,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  list(organizationId: string, query: ListQuery): Promise<Page<StateVersion>> {
    return this.states.list(organizationId, query);
  }

  /** The run that has the state for itself; null when none does. */
  lock(organizationId: string): Promise<StateLock | null> {
    return this.states.lockHolder(organizationId);
  }

  /** The state in clear, with whatever secrets it holds; for superusers, and never unrecorded. */
  async download(
    { id, name }: Owner,
    versionId: string,
    author: Author,
  ): Promise<{ version: StateVersion; content: Buffer }> {
    if (!author.isSuperuser) throw new StateDownloadForbiddenError();
    return this.transactions.run(async (tx) => {
      const version = await this.version(tx, { id, name }, versionId);
      const content = await this.states.content(tx, version);
      await this.record(tx, id, 'state.downloaded', versionId, author, identified(version));
      return { version, content };
    });
  }

  /**
   * Stores an older version again, as the newest one and under a new fence: every worker takes it instead of what lies
   * in its own directory. The next run compares it with reality. Throws {@link NotConfirmedError} unless the name was
   * typed, {@link RunBusyError} while a run waits or is at work.
   */
  async rollBack(owner: Owner, versionId: string, confirm: string, author: Author): Promise<StateVersion> {
    const { id: organizationId, name } = owner;
    if (confirm !== name) throw new NotConfirmedError(name);
    const stored = await this.transactions.run(async (tx) => {
      // First: a run that is claimed meanwhile waits here, and then finds the version stored below.
      const fencingToken = await raiseFence(tx, organizationId);
      const { active, queued } = await this.runs.open(organizationId, tx);
      const unfinished = active ?? queued;
      if (unfinished) throw new RunBusyError(unfinished);
      const old = await this.version(tx, owner, versionId);
      const before = await this.states.newest(organizationId, tx);
      const serial = (await this.states.highestSerial(tx, organizationId, old.lineage)) + 1;
      const content = withSerial(await this.states.content(tx, old), serial);
      const snapshot = { lineage: old.lineage, serial, content };
      const createdBy = actorLabel(author);
      const newState = { organizationId, snapshot, fencingToken, source: 'rollback', createdBy } as const;
      const id = await this.states.insert(tx, newState, this.clock.now());
      await this.record(tx, organizationId, 'state.rolled_back', id, author, {
        before: before && identified(before),
        after: { serial, lineage: old.lineage },
        restored: { id: old.id, ...identified(old) },
      });
      return id;
    });
    return this.version(null, owner, stored);
  }

  /**
   * Fails the run that holds the state, when its worker is provably dead or silent for too long, so that another may
   * begin. Protects our records only: a Terraform nobody can reach goes on. Throws {@link StateLeaseHeldError} while the
   * worker lives, {@link NotConfirmedError} unless the id of the run was typed.
   */
  async unlock({ id: organizationId, name }: Owner, confirm: string, author: Author): Promise<Run> {
    const runId = await this.transactions.run(async (tx) => {
      const lock = await this.states.lockHolder(organizationId, tx);
      if (!lock) throw new StateNotLockedError(name);
      if (confirm !== lock.runId) throw new NotConfirmedError(lock.runId);
      this.assertAbandoned(lock);
      await this.states.refence(tx, organizationId, lock.runId, await raiseFence(tx, organizationId));
      await this.fail(tx, organizationId, lock, actorLabel(author));
      const { workerHost, workerProcess, heartbeatAt, status } = lock;
      const details = { before: { status, workerHost, workerProcess, heartbeatAt }, after: { status: 'failed' } };
      await this.record(tx, organizationId, 'state.force_unlocked', lock.runId, author, details);
      return lock.runId;
    });
    this.provisioning.announce(organizationId);
    return this.provisioning.get(organizationId, runId);
  }

  /** Proof of death in this place; elsewhere only silence says that nobody is there. */
  private assertAbandoned(lock: StateLock): void {
    const { PS_RUN_LOST_SECONDS: lostSeconds, PS_DATA_DIRECTORY: directory } = this.config.env;
    const { workerHost, workerProcess, silentSeconds } = lock;
    const isDead = workerHost === workerPlace(directory) && workerProcess !== null && !isWorkerAlive(workerProcess);
    if (isDead || silentSeconds === null) return;
    if (silentSeconds <= lostSeconds) throw new StateLeaseHeldError(lock, silentSeconds, lostSeconds);
  }

  /** By the way of the state machine: whatever the run was doing, it is recovered from, and fails. */
  private async fail(tx: Transaction, organizationId: string, lock: StateLock, actor: string): Promise<void> {
    const run = { organizationId, id: lock.runId };
    const cause = { actor, reason: 'force-unlocked' };
    const now = this.clock.now();
    if (lock.status !== 'recovering') await this.runs.transition(tx, run, 'recovering', cause, { now });
    const failure = {
      code: 'runs.force_unlocked',
      message: `${actor} unlocked the state, because the worker of this run was gone. What the run built last may be in no stored state; the next run finds out what is there.`,
    };
    const outcome = { status: 'failed', state: null, failure } as const;
    if (!(await this.runs.transition(tx, run, 'failed', cause, { outcome, now })))
      throw new Error(`Run ${lock.runId} is ${lock.status}, so it cannot fail`);
  }

  private async version(tx: Transaction | null, { id, name }: Owner, versionId: string): Promise<StateVersion> {
    const version = await this.states.find(id, versionId, tx ?? undefined);
    if (!version) throw new StateVersionNotFoundError(name, versionId);
    return version;
  }

  private record(
    tx: Transaction,
    organizationId: string,
    action: string,
    subjectId: string,
    author: Author,
    details: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record(tx, { organizationId, actor: actorLabel(author), action, subjectId, details });
  }
}

function identified({ serial, lineage, sha256 }: StateVersion): Record<string, unknown> {
  return { serial, lineage, sha256 };
}
