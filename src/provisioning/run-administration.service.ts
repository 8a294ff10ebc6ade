import { Injectable } from '@nestjs/common';
import { type Actor } from '../common/access/actor.js';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { RunLogRepository } from './logs/run-log.repository.js';
import { UnknownRunError } from './provisioning.errors.js';
import { ProvisioningService } from './provisioning.service.js';
import { RunRequestsService } from './run-requests.service.js';
import { type AdministeredRun, type StoredRunLogEntry } from './provisioning.types.js';
import { RunAdministrationRepository } from './runs/run-administration.repository.js';

/** Runs of all organizations, for those who look after the installation. */
@Injectable()
export class RunAdministrationService {
  constructor(
    private readonly runs: RunAdministrationRepository,
    private readonly logs: RunLogRepository,
    private readonly provisioning: ProvisioningService,
    private readonly requests: RunRequestsService,
  ) {}

  list(query: ListQuery): Promise<Page<AdministeredRun>> {
    return this.runs.list(query);
  }

  async get(runId: string): Promise<AdministeredRun> {
    const run = await this.runs.find(runId);
    if (!run) throw new UnknownRunError(runId);
    return run;
  }

  /** Lines of a run's output after `afterSeq`, oldest first. */
  async log(runId: string, afterSeq: number, limit: number): Promise<StoredRunLogEntry[]> {
    const { organizationId } = await this.get(runId);
    return this.logs.list(organizationId, runId, afterSeq, limit);
  }

  /** As {@link ProvisioningService.cancel}, of whatever organization the run is. */
  async cancel(runId: string, actor: Actor): Promise<AdministeredRun> {
    const { organizationId } = await this.get(runId);
    await this.provisioning.cancel(organizationId, runId, actor);
    return this.get(runId);
  }

  /** As {@link RunRequestsService.force}, of whatever organization the run is. */
  async force(runId: string, actor: Actor): Promise<AdministeredRun> {
    const { organizationId } = await this.get(runId);
    await this.requests.force(organizationId, runId, actor);
    return this.get(runId);
  }
}
