import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Author, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { AuditLog } from '../database/audit-log.js';
import { type Transaction } from '../database/transaction.js';
import { RunBusyError, StateExistsError } from './provisioning.errors.js';
import { type StateAdoption } from './state-adoption.types.js';
import { RunsRepository } from './runs/runs.repository.js';
import { readAdoptableState } from './state/adoptable-state.js';
import { raiseFence } from './runs/fence.js';
import { StateArchiveRepository } from './state/state-archive.repository.js';
import { AdoptedContentsRepository } from './targets/adopted-contents.repository.js';
import { readContents } from './targets/adoption.js';

/** Takes over states of the old system. */
@Injectable()
export class StateAdoptionService {
  constructor(
    private readonly states: StateArchiveRepository,
    private readonly runs: RunsRepository,
    private readonly contents: AdoptedContentsRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Checks the state and reads from it what runs need. Stores nothing. Throws StateNotAdoptableError. */
  async read(
    content: Buffer,
    source: string,
    { organization, ...madeFor }: { organization: string; clusterVersion: string; isPublic: boolean },
  ): Promise<StateAdoption> {
    const state = readAdoptableState(content, source, organization);
    const contents = await readContents(content.toString('utf8'), madeFor);
    return { ...state, contents };
  }

  /**
   * Stores the state, and beside it the texts runs need to change nothing, under a new fence. False when it was stored
   * before. The caller holds the organization's cluster. Throws {@link RunBusyError} while a run waits or is at work, and
   * {@link StateExistsError} when the organization has another state.
   */
  async store(
    tx: Transaction,
    organizationId: string,
    { snapshot, contents }: StateAdoption,
    author: Author,
  ): Promise<boolean> {
    const fencingToken = await raiseFence(tx, organizationId);
    const { lineage, serial, content } = snapshot;
    const adopted = await this.states.adopted(organizationId, tx);
    const sha256 = createHash('sha256').update(content).digest('hex');
    if (adopted?.lineage === lineage && adopted.serial === serial && adopted.sha256 === sha256) return false;
    const other = adopted ?? (await this.states.newest(organizationId, tx));
    if (other) throw new StateExistsError(other, snapshot);
    const { active, queued } = await this.runs.open(organizationId, tx);
    const unfinished = active ?? queued;
    if (unfinished) throw new RunBusyError(unfinished);
    const createdBy = actorLabel(author);
    const now = this.clock.now();
    const state = { organizationId, snapshot, fencingToken, source: 'adoption', createdBy } as const;
    const id = await this.states.insert(tx, state, now);
    await this.contents.insert(tx, organizationId, contents, createdBy, now);
    const details = { serial, lineage, sha256, madeFor: contents.madeFor };
    await this.audit.record(tx, { organizationId, actor: createdBy, action: 'state.adopted', subjectId: id, details });
    return true;
  }
}
