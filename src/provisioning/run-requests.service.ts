import { Injectable } from '@nestjs/common';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { AppConfig } from '../config/app-config.js';
import { AuditLog } from '../database/audit-log.js';
import { Notifier } from '../database/notifier.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import {
  GraceNotOverError,
  NotAwaitingApprovalError,
  NotBeingCanceledError,
  RunBusyError,
  RunNotFoundError,
} from './provisioning.errors.js';
import { type Run, type RunRequest } from './provisioning.types.js';
import { ProvisioningService } from './provisioning.service.js';
import { graceEndsAt } from './runs/run-progress.js';
import { RunsRepository } from './runs/runs.repository.js';

/** What people decide about single runs, besides cancelling them: ask for one, agree to its plan, have it killed. */
@Injectable()
export class RunRequestsService {
  constructor(
    private readonly runs: RunsRepository,
    private readonly provisioning: ProvisioningService,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Queues a run somebody asked for. Throws {@link RunBusyError} while another one waits or is at work. */
  async request(request: RunRequest): Promise<Run> {
    const id = await this.transactions.run((tx) => this.enqueueIfFree(tx, request));
    this.provisioning.announce(request.organizationId);
    return this.provisioning.get(request.organizationId, id);
  }

  /** Queues the run unless one waits or is at work already: a wish of the reconciler is never thrown out by it. */
  async enqueueIfFree(tx: Transaction, request: RunRequest): Promise<string> {
    const { active, queued } = await this.runs.open(request.organizationId, tx);
    const other = active ?? queued;
    if (other) throw new RunBusyError(other);
    return this.provisioning.enqueue(tx, request);
  }

  /** Agrees to the plan of a run that waits for it. Throws {@link NotAwaitingApprovalError} for any other run. */
  async approve(organizationId: string, runId: string, actor: Actor): Promise<Run> {
    return this.decide(organizationId, runId, actor, 'run.approved', async (tx, run, who) => {
      if (run.status !== 'awaiting_approval') throw new NotAwaitingApprovalError(runId, run.status);
      await this.runs.approve(tx, run, who, this.clock.now());
    });
  }

  /**
   * Has the processes of a run killed that was asked to stop and did not. Costs what Terraform has not written down yet,
   * so it is refused before the grace is over.
   */
  async force(organizationId: string, runId: string, actor: Actor): Promise<Run> {
    return this.decide(organizationId, runId, actor, 'run.force_canceled', async (tx, run, who) => {
      const { PS_RUN_CANCEL_GRACE_PLAN_SECONDS: planSeconds, PS_RUN_CANCEL_GRACE_APPLY_SECONDS: applySeconds } =
        this.config.env;
      const graceEnd = graceEndsAt(run, { planSeconds, applySeconds });
      if (graceEnd === null) throw new NotBeingCanceledError(runId, run.status);
      if (graceEnd > this.clock.now()) throw new GraceNotOverError(runId, graceEnd);
      await this.runs.force(tx, run, who, this.clock.now());
    });
  }

  private async decide(
    organizationId: string,
    runId: string,
    actor: Actor,
    action: string,
    change: (tx: Transaction, run: Run, who: string) => Promise<void>,
  ): Promise<Run> {
    const who = actorLabel(actor);
    await this.transactions.run(async (tx) => {
      const run = await this.runs.lock(tx, organizationId, runId);
      if (!run) throw new RunNotFoundError(runId);
      await change(tx, run, who);
      await this.audit.record(tx, { organizationId, actor: who, action, subjectId: runId, details: {} });
    });
    // The owner of the run looks at it at once; its heartbeat would find out anyway.
    this.notifier.publish('ps_run_cancel', runId);
    this.provisioning.announce(organizationId);
    return this.provisioning.get(organizationId, runId);
  }
}
