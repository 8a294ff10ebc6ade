import { Transactions } from '../../../src/database/transaction.js';
import { ProvisioningModule } from '../../../src/provisioning/provisioning.module.js';
import { ProvisioningService } from '../../../src/provisioning/provisioning.service.js';
import { type RunKind, type RunRequest } from '../../../src/provisioning/provisioning.types.js';
import { JournalStores } from '../../../src/provisioning/queue/journal-stores.js';
import { RunClaimer } from '../../../src/provisioning/queue/run-claimer.js';
import { RunFinisher } from '../../../src/provisioning/queue/run-finisher.js';
import { RunTransitions } from '../../../src/provisioning/queue/run-transitions.js';
import { RunQueueRepository } from '../../../src/provisioning/queue/run-queue.repository.js';
import { type WorkerIdentity, workerIdentity } from '../../../src/provisioning/queue/worker-identity.js';
import { FenceLostError } from '../../../src/provisioning/provisioning.errors.js';
import { OrphansRepository } from '../../../src/provisioning/orphans/orphans.repository.js';
import { StateVersionsRepository } from '../../../src/provisioning/state/state-versions.repository.js';
import { SettingsModule } from '../../../src/settings/settings.module.js';
import { SettingsService } from '../../../src/settings/settings.service.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';

const ALL: RunKind[] = ['update', 'destroy', 'refresh', 'setup', 'teardown'];
const ACTOR = { userId: 1, username: 'ann', isSuperuser: false, permissions: [] };

const DAY_MS = 86_400_000;

class QueueModule {}

describe('the run queue', () => {
  let test: TestContext;
  let claimer: RunClaimer;
  let provisioning: ProvisioningService;

  beforeAll(async () => {
    const providers = [
      RunQueueRepository,
      StateVersionsRepository,
      OrphansRepository,
      RunTransitions,
      JournalStores,
      RunFinisher,
      RunClaimer,
    ];
    test = await createTestContext({
      imports: [{ module: QueueModule, imports: [ProvisioningModule, SettingsModule], providers }],
    });
    claimer = test.context.get(RunClaimer, { strict: false });
    provisioning = test.context.get(ProvisioningService, { strict: false });
  });
  afterAll(() => test.close());
  afterEach(() =>
    test.fixtures.query("UPDATE runs SET status = 'failed', finished_at = now() WHERE finished_at IS NULL"),
  );

  const request = (organizationId: string, kind: RunKind = 'update', nodes = 3): RunRequest => ({
    organizationId,
    kind,
    trigger: 'capacity',
    requestedBy: 'system:test',
    inputs: { target: 'local', organizationName: 'lab', nodes, clusterVersion: 'latest', isPublic: false },
  });
  const enqueue = (wanted: RunRequest) =>
    test.context.get(Transactions, { strict: false }).run((tx) => provisioning.enqueue(tx, wanted));
  const age = (runId: string, seconds: number) =>
    test.fixtures.query('UPDATE runs SET heartbeat_at = heartbeat_at - make_interval(secs => $2) WHERE id = $1', [
      runId,
      seconds,
    ]);
  const thisWorker = (): WorkerIdentity => workerIdentity(test.dataDirectory);
  const anotherWorker = (over: Partial<WorkerIdentity> = {}): WorkerIdentity => ({ ...thisWorker(), ...over });

  it('gives a run to exactly one of many workers that ask at once', async () => {
    const { id } = await test.fixtures.organization();
    await enqueue(request(id));
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimer.claimNext(thisWorker(), ALL)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  it('never has two runs of one organization in progress, and replaces the waiting one', async () => {
    const { id } = await test.fixtures.organization();
    await enqueue(request(id));
    await claimer.claimNext(thisWorker(), ALL);
    const older = await enqueue(request(id, 'update', 4));
    await enqueue(request(id, 'update', 5));
    await expect(claimer.claimNext(thisWorker(), ALL)).resolves.toBeNull();
    expect((await provisioning.get(id, older)).status).toBe('superseded');
    const second = request(id, 'update', 6);
    await expect(
      test.fixtures.query(
        `INSERT INTO runs (id, organization_id, kind, status, trigger, requested_by, inputs, priority)
         VALUES (gen_random_uuid(), $1, 'update', 'planning', 'capacity', 'x', $2, 1)`,
        [id, JSON.stringify(second.inputs)],
      ),
    ).rejects.toThrow('uq_runs_active');
  });

  it('hands out nothing while provisioning is disabled', async () => {
    const settings = test.context.get(SettingsService, { strict: false });
    await enqueue(request((await test.fixtures.organization()).id));
    await settings.set('provisioningDisabled', true, 'system:test');
    await expect(claimer.claimNext(thisWorker(), ALL)).resolves.toBeNull();
    await settings.set('provisioningDisabled', false, 'system:test');
    await expect(claimer.claimNext(thisWorker(), ALL)).resolves.not.toBeNull();
    const changes = await test.fixtures.query("SELECT details FROM audit_events WHERE action = 'setting.changed'");
    expect(changes.map(({ details }) => details as unknown)).toEqual([
      { before: false, after: true },
      { before: true, after: false },
    ]);
  });

  it('takes a destroy before an older update', async () => {
    const [first, second] = [await test.fixtures.organization(), await test.fixtures.organization()];
    await enqueue(request(first.id));
    await enqueue(request(second.id, 'destroy', 0));
    expect((await claimer.claimNext(thisWorker(), ALL))?.organizationId).toBe(second.id);
  });

  it('takes over at once what a dead process of this host owned, and fences the dead one off', async () => {
    const { id } = await test.fixtures.organization();
    await enqueue(request(id));
    const dead = anotherWorker({ process: '999999999/never' });
    const before = (await claimer.claimNext(dead, ALL))!;
    const [taken] = await claimer.takeOver(thisWorker(), []);
    expect(taken).toMatchObject({ how: 'execute', run: { id: before.id, isTakenOver: true } });
    expect(BigInt(taken!.run.fencingToken)).toBeGreaterThan(BigInt(before.fencingToken));
    const states = test.context.get(StateVersionsRepository, { strict: false });
    const snapshot = { lineage: 'l', serial: 1, content: Buffer.from('{}') };
    await expect(states.store(before, snapshot, test.clock.now())).rejects.toThrow(FenceLostError);
    const finisher = test.context.get(RunFinisher, { strict: false });
    await expect(finisher.finish(before, { status: 'failed', state: null, failure: null })).rejects.toThrow(
      FenceLostError,
    );
    await states.store(taken!.run, snapshot, test.clock.now());
    await expect(states.newest(id)).resolves.toEqual({ ...snapshot, fencingToken: taken!.run.fencingToken });
  });

  it('leaves a living worker of this host alone, however long it is silent', async () => {
    const { id } = await test.fixtures.organization();
    await enqueue(request(id));
    await claimer.claimNext(anotherWorker(), ALL);
    test.clock.advance(3_600_000);
    await expect(claimer.takeOver(thisWorker(), [])).resolves.toEqual([]);
  });

  it('recovers from another host only after the lease has expired', async () => {
    const { id } = await test.fixtures.organization();
    await enqueue(request(id));
    const { id: runId } = (await claimer.claimNext(anotherWorker({ host: 'elsewhere/boot' }), ALL))!;
    await age(runId, 80);
    await expect(claimer.takeOver(thisWorker(), [])).resolves.toEqual([]);
    await age(runId, 11);
    await expect(claimer.takeOver(thisWorker(), [])).resolves.toEqual([expect.objectContaining({ how: 'recover' })]);
  });

  it('judges leases by the clock of the database: no worker whose own one jumps loses or takes a run', async () => {
    const { id } = await test.fixtures.organization();
    await enqueue(request(id));
    const elsewhere = anotherWorker({ host: 'elsewhere/boot' });
    const run = (await claimer.claimNext(elsewhere, ALL))!;
    const queue = test.context.get(RunQueueRepository, { strict: false });
    for (const jump of [DAY_MS, -2 * DAY_MS, DAY_MS]) {
      test.clock.jump(jump);
      await expect(claimer.takeOver(thisWorker(), [])).resolves.toEqual([]);
      await age(run.id, 80);
      expect(await queue.heartbeat(elsewhere.id, [run.id])).toHaveLength(1);
    }
    await age(run.id, 91);
    await expect(claimer.takeOver(thisWorker(), [])).resolves.toHaveLength(1);
  });

  it('cancels a waiting run at once and a running one through `canceling`; both leave an audit trail', async () => {
    const { id } = await test.fixtures.organization();
    await enqueue(request(id));
    const claimed = (await claimer.claimNext(thisWorker(), ALL))!;
    const waiting = await enqueue(request(id, 'update', 5));
    expect((await provisioning.cancel(id, waiting, ACTOR)).status).toBe('canceled');
    expect(await provisioning.cancel(id, claimed.id, ACTOR)).toMatchObject({
      status: 'canceling',
      cancelRequestedBy: 'user:ann',
    });
    await provisioning.cancel(id, claimed.id, ACTOR);
    const audit = await test.fixtures.query<{ details: { to: string } }>(
      'SELECT details FROM audit_events WHERE subject_id = $1 ORDER BY id',
      [claimed.id],
    );
    expect(audit.map(({ details }) => details.to)).toEqual(['queued', 'preparing', 'canceling']);
  });

  it('never ends a run that was begun, however many cancel it at once', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await test.fixtures.organization();
      const runId = await enqueue(request(id));
      const run = (await claimer.claimNext(thisWorker(), ALL))!;
      const answers = await Promise.all(Array.from({ length: 4 }, () => provisioning.cancel(id, runId, ACTOR)));
      expect(answers.map(({ status }) => status)).toEqual(Array(4).fill('canceling'));
      await test.context
        .get(RunFinisher, { strict: false })
        .finish(run, { status: 'canceled', state: null, failure: null });
    }
  });

  it("does not know another organization's run", async () => {
    const [own, other] = [await test.fixtures.organization(), await test.fixtures.organization()];
    const runId = await enqueue(request(own.id));
    await expect(provisioning.get(other.id, runId)).rejects.toThrow('has no run');
    await expect(provisioning.cancel(other.id, runId, ACTOR)).rejects.toThrow('has no run');
    expect((await provisioning.get(own.id, runId)).status).toBe('queued');
  });
});
