import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Type } from '@nestjs/common';
import { Transactions } from '../../src/database/transaction.js';
import { ProvisioningModule } from '../../src/provisioning/provisioning.module.js';
import { ProvisioningService } from '../../src/provisioning/provisioning.service.js';
import { type Run, type RunKind, type RunRequest } from '../../src/provisioning/provisioning.types.js';
import { JournalStores } from '../../src/provisioning/queue/journal-stores.js';
import { RunClaimer, type TakenRun } from '../../src/provisioning/queue/run-claimer.js';
import { RunFinisher } from '../../src/provisioning/queue/run-finisher.js';
import { RunHeartbeat } from '../../src/provisioning/queue/run-heartbeat.js';
import { RunQueueRepository } from '../../src/provisioning/queue/run-queue.repository.js';
import { RunSessions } from '../../src/provisioning/queue/run-sessions.js';
import { RunTransitions } from '../../src/provisioning/queue/run-transitions.js';
import { type WorkerIdentity, workerIdentity } from '../../src/provisioning/queue/worker-identity.js';
import { RunnerModule } from '../../src/provisioning/runner/runner.module.js';
import { type ClaimedRun } from '../../src/provisioning/runner/run-journal.js';
import { OrphansRepository } from '../../src/provisioning/orphans/orphans.repository.js';
import { StateVersionsRepository } from '../../src/provisioning/state/state-versions.repository.js';
import { SettingsModule } from '../../src/settings/settings.module.js';
import { FakeTerraform } from './fake-terraform/fake-terraform.js';
import { createTestContext, type TestContext, type TestContextOptions } from './test-context.js';

export const ALL_KINDS: RunKind[] = ['update', 'destroy', 'refresh', 'setup', 'teardown'];

class BenchModule {}

export interface LogRow {
  seq: number;
  phase: string;
  type: string;
  level: string;
  message: string;
  data: Record<string, unknown> | null;
}

/** Everything that executes runs, on a real database and a fake terraform, but without the loops that take them. */
export class RunBench {
  private constructor(
    readonly test: TestContext,
    readonly terraform: FakeTerraform,
    private readonly directory: string,
  ) {}

  /** `imports` are modules a test needs besides. */
  static async start(
    environment: NodeJS.ProcessEnv = {},
    imports: Type[] = [],
    way?: TestContextOptions['way'],
  ): Promise<RunBench> {
    const directory = mkdtempSync(join(tmpdir(), 'ps-server-fake-'));
    const terraform = new FakeTerraform(join(directory, 'bin'));
    const providers = [
      RunQueueRepository,
      StateVersionsRepository,
      OrphansRepository,
      RunTransitions,
      JournalStores,
      RunFinisher,
      RunSessions,
      RunClaimer,
      RunHeartbeat,
    ];
    const test = await createTestContext({
      imports: [
        { module: BenchModule, imports: [ProvisioningModule, RunnerModule, SettingsModule], providers },
        ...imports,
      ],
      environment: { PS_TERRAFORM_BINARY: terraform.path, ...environment },
      isRealTime: true,
      ...(way ? { way } : {}),
    });
    return new RunBench(test, terraform, directory);
  }

  async close(): Promise<void> {
    await this.test.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get worker(): WorkerIdentity {
    return workerIdentity(this.test.dataDirectory);
  }

  get sessions(): RunSessions {
    return this.test.context.get(RunSessions, { strict: false });
  }

  get provisioning(): ProvisioningService {
    return this.test.context.get(ProvisioningService, { strict: false });
  }

  get states(): StateVersionsRepository {
    return this.test.context.get(StateVersionsRepository, { strict: false });
  }

  get claimer(): RunClaimer {
    return this.test.context.get(RunClaimer, { strict: false });
  }

  get heartbeat(): RunHeartbeat {
    return this.test.context.get(RunHeartbeat, { strict: false });
  }

  /** Queues a run and claims it, as a worker does. */
  async claim(
    organizationId: string,
    kind: RunKind = 'update',
    worker: WorkerIdentity = this.worker,
  ): Promise<ClaimedRun> {
    const request: RunRequest = {
      organizationId,
      kind,
      trigger: 'capacity',
      requestedBy: 'system:test',
      inputs: { target: 'local', organizationName: 'lab', nodes: 2, clusterVersion: 'latest', isPublic: false },
    };
    const transactions = this.test.context.get(Transactions, { strict: false });
    await transactions.run((tx) => this.provisioning.enqueue(tx, request));
    const claimed = await this.claimer.claimNext(worker, ALL_KINDS);
    if (!claimed) throw new Error('The run could not be claimed');
    return claimed;
  }

  /** Executes a run of the organization to its end. */
  async run(organizationId: string, kind?: RunKind): Promise<Run> {
    return this.finish(await this.claim(organizationId, kind));
  }

  async finish(run: ClaimedRun, how: TakenRun['how'] = 'execute'): Promise<Run> {
    await this.sessions.start(run, how);
    return this.provisioning.get(run.organizationId, run.id);
  }

  /** Takes the run over, as another process of this host does when the first one was killed. */
  async takeOver(runId: string): Promise<TakenRun> {
    await this.test.fixtures.query("UPDATE runs SET worker_process = '999999999/never' WHERE id = $1", [runId]);
    const taken = (await this.claimer.takeOver(this.worker, [])).find(({ run }) => run.id === runId);
    if (!taken) throw new Error('The run was not taken over');
    return taken;
  }

  log(runId: string): Promise<LogRow[]> {
    return this.test.fixtures.query<LogRow & Record<string, unknown>>(
      'SELECT seq, phase, type, level, message, data FROM run_log WHERE run_id = $1 ORDER BY seq',
      [runId],
    );
  }

  /** Serials that were stored, in the order of storing. */
  async storedSerials(organizationId: string): Promise<number[]> {
    const sql = 'SELECT serial FROM state_versions WHERE organization_id = $1 ORDER BY created_at, serial';
    const found = await this.test.fixtures.query<{ serial: string }>(sql, [organizationId]);
    return found.map(({ serial }) => Number(serial));
  }

  workspace(organizationId: string, ...path: string[]): string {
    return join(this.test.dataDirectory, 'workspaces', organizationId, ...path);
  }

  hasFile(organizationId: string, ...path: string[]): boolean {
    return existsSync(this.workspace(organizationId, ...path));
  }
}
