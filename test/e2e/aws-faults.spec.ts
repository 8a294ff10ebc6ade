import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { groupState, type RecordedProcess } from '../../src/provisioning/runner/process-identity.js';
import { AwsSimulator, describeWithAwsSimulator } from '../support/aws-simulator.js';
import { FlakyProxy } from '../support/flaky-proxy.js';
import { Scenario } from './support/scenario.js';
import { type StoredRun, type Tenant } from './support/tenant.js';

/** A run takes ten seconds on a busy machine. */
const PATIENCE_MS = 120_000;
/** A tenth of 30 s, with leases that are a tenth of the default: what counts is how long the one is against the other. */
const OUTAGE_MS = 3_000;
const LOST_SECONDS = '9';
/** Longer than a whole apply takes. */
const APPLY_LIMIT_SECONDS = '20';
const GRACE_SECONDS = 2;
jest.setTimeout(2 * PATIENCE_MS);

/** Each test has an organization of its own, and faults that meet no other; what it builds goes with the account. */
describeWithAwsSimulator('a cluster on AWS', () => {
  let aws: AwsSimulator;
  let scenario: Scenario;
  /** Commands whose provider was stopped; when a test fails they must not stay. */
  const stopped: RecordedProcess[] = [];
  beforeAll(async () => {
    aws = AwsSimulator.start();
    scenario = await Scenario.start(
      {
        ...aws.imageEnvironment(),
        PS_RECONCILE_RETRY_SECONDS: '0.2',
        PS_RUN_CANCEL_GRACE_APPLY_SECONDS: String(GRACE_SECONDS),
        PS_RUN_HEARTBEAT_SECONDS: '0.5',
        PS_RUN_LOST_SECONDS: LOST_SECONDS,
        PS_RUN_POLL_SECONDS: '0.5',
        PS_RUN_SLOTS: '1',
        // Otherwise each data directory has its own.
        PS_STATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      },
      PATIENCE_MS,
    );
  });
  afterEach(() => {
    aws.setFaults([]);
    aws.forgetCalls();
  });
  afterAll(async () => {
    for (const command of stopped) if (groupState(command) !== 'gone') process.kill(-command.pid, 'SIGKILL');
    await scenario.close();
    aws.stop();
  });

  const creationOf = (tenant: Tenant, role = '*') => ({
    type: 'aws_instance',
    op: 'create' as const,
    match: { 'tags.Name': `${tenant.name}-${role}` },
  });
  const changes = () => aws.calls().filter(({ op }) => ['create', 'update', 'delete'].includes(op));
  const machines = (tenant: Tenant) => [...tenant.stateIds()].filter((id) => id.startsWith('aws_instance '));
  const ended = (tenant: Tenant, runId: string): Promise<StoredRun> =>
    tenant.untilRun(`the end of run ${runId}`, ({ id, isObserved }) => id === runId && isObserved);

  async function untilCreating(tenant: Tenant, machine: string): Promise<StoredRun> {
    const run = await tenant.untilRun('an apply', ({ status }) => status === 'applying');
    await untilLogged(run.id, 'apply_start', `%aws_instance.${machine}: Creating...%`);
    return run;
  }

  function untilLogged(runId: string, type: string, message: string): Promise<unknown> {
    return scenario.until(
      `${type} ${message}`,
      () =>
        scenario.fixtures.query('SELECT seq FROM run_log WHERE run_id = $1 AND type = $2 AND message LIKE $3', [
          runId,
          type,
          message,
        ]),
      (lines) => lines.length > 0,
    );
  }

  /** A provider that is killed while it makes something else may have made it without telling, and nobody looks for that here. */
  function untilLastOne(runId: string): Promise<unknown> {
    return scenario.until(
      'everything but one to be done',
      () =>
        scenario.fixtures.query('SELECT planned_changes - completed_changes AS left FROM runs WHERE id = $1', [runId]),
      ([run]) => run?.left === 1,
    );
  }

  async function interruptsOf(runId: string): Promise<number> {
    const [log] = await scenario.fixtures.query<{ interrupts: number }>(
      `SELECT count(*)::integer AS interrupts FROM run_log WHERE run_id = $1 AND message LIKE '%Interrupt received%'`,
      [runId],
    );
    return log!.interrupts;
  }

  /** Each Terraform process prints its version once, at its start. */
  async function expectNothingTwice(): Promise<void> {
    const twice = await scenario.fixtures.query(
      `SELECT run_id, phase FROM run_log WHERE type = 'version' GROUP BY run_id, phase HAVING count(*) > 1`,
    );
    expect(twice).toEqual([]);
  }

  it('is completed when AWS had no capacity for the third instance', async () => {
    const tenant = await scenario.addTenant('spot-lab', 'aws');
    const error = 'InsufficientInstanceCapacity: There is no Spot capacity available that matches your request.';
    aws.setFaults([{ ...creationOf(tenant), nth: 3, error }]);
    await tenant.ask(3);
    await tenant.untilSettled(3);
    expect(await tenant.runs()).toMatchObject([
      { status: 'failed', failureCode: 'aws.capacity' },
      { status: 'succeeded', trigger: 'retry' },
    ]);
    const created = aws.calls({ op: 'create', type: 'aws_instance' }).map(({ result }) => result);
    expect(created.sort()).toEqual(['error', 'ok', 'ok', 'ok']);
    expect(machines(tenant)).toHaveLength(3);
  });

  it('is grown by what a state says that a crash kept from being stored, and by none that was cut', async () => {
    const tenant = await scenario.addTenant('state-lab', 'aws');
    await tenant.ask(1);
    await tenant.untilSettled(1);
    const path = tenant.workspace('terraform.tfstate');
    const good = readFileSync(path, 'utf8');
    const { serial } = JSON.parse(good) as { serial: number };
    const newer = good.replace(`"serial": ${serial}`, `"serial": ${serial + 5}`);
    expect(newer).not.toBe(good);
    aws.forgetCalls();

    writeFileSync(path, newer);
    await tenant.ask(2, 20);
    await tenant.untilSettled(2);
    expect(changes()).toMatchObject([{ op: 'update', type: 'aws_autoscaling_group' }]);
    const stored = await scenario.fixtures.query<{ serial: number }>(
      'SELECT serial::integer FROM state_versions WHERE organization_id = $1 AND serial > $2 ORDER BY serial',
      [tenant.id, serial],
    );
    // Of what an apply writes in the same moment the newest is stored.
    expect(stored[0]).toEqual({ serial: serial + 5 });
    expect(stored.at(-1)!.serial).toBeGreaterThan(serial + 5);

    aws.forgetCalls();
    writeFileSync(path, newer.slice(0, newer.length / 2));
    await tenant.ask(3, 25);
    const failed = await tenant.untilRun('a refusal', ({ status, isObserved }) => status === 'failed' && isObserved);
    expect(failed).toMatchObject({ status: 'failed', failureCode: 'state.unreadable' });
    expect(changes()).toEqual([]);
    rmSync(path);
    await tenant.ask(4, 30);
    await tenant.untilSettled(4);
    expect(changes()).toMatchObject([{ op: 'update', type: 'aws_autoscaling_group' }]);
  });

  it('is built through a database that is gone in the middle of its apply', async () => {
    const { hostname, port } = new URL(scenario.databaseUrl);
    const way = await FlakyProxy.to(hostname, Number(port));
    const url = new URL(scenario.databaseUrl);
    url.port = String(way.port);
    await scenario.server.stop();
    await scenario.restart({ PS_DATABASE_URL: url.href });
    const tenant = await scenario.addTenant('outage-lab', 'aws');
    aws.setFaults([{ ...creationOf(tenant, 'manager'), delay_ms: OUTAGE_MS / 2 }]);
    await tenant.ask(2);
    const run = await untilCreating(tenant, 'manager');
    way.cut();
    await delay(OUTAGE_MS);
    await way.heal();
    await tenant.untilSettled(2);
    expect(await tenant.runs()).toEqual([expect.objectContaining({ id: run.id, status: 'succeeded' })]);
    await expectNothingTwice();
    expect(await scenario.server.stop()).toBe(0);
    way.cut();
    await scenario.restart();
  });

  it('whose creation hangs is interrupted at the time limit of the apply, and completed by the next run', async () => {
    await scenario.server.stop();
    await scenario.restart({ PS_RUN_APPLY_TIMEOUT_SECONDS: APPLY_LIMIT_SECONDS });
    const tenant = await scenario.addTenant('hung-lab', 'aws');
    aws.setFaults([{ ...creationOf(tenant, 'manager'), nth: 1, hang: true }]);
    await tenant.ask(1);
    await tenant.untilSettled(1);
    const [first, ...others] = await tenant.runs();
    expect(first).toMatchObject({ failureCode: 'terraform.timeout', cancelRequestedBy: 'system:timeout' });
    expect(await interruptsOf(first!.id)).toBe(1);
    expect(others).toMatchObject([{ status: 'succeeded', trigger: 'retry' }]);
    await scenario.server.stop();
    await scenario.restart();
  });

  it('whose creation hangs is cancelled while its plan is made, while it is built, and twice', async () => {
    const tenant = await scenario.addTenant('cancel-lab', 'aws');
    aws.setFaults([{ type: 'aws_vpc', op: 'plan', hang: true }]);
    await tenant.ask(1);
    const planning = await tenant.untilRun('a plan', ({ id, status }) => {
      return status === 'planning' && tenant.phase(id, 'plan').recordedProcess() !== null;
    });
    const planned = tenant.phase(planning.id, 'plan').recordedProcess()!;
    expect((await tenant.cancel(planning.id)).status).toBe(200);
    expect(await ended(tenant, planning.id)).toMatchObject({ status: 'canceled', cancelRequestedBy: 'user:owner' });
    expect(groupState(planned)).toBe('gone');
    expect(changes()).toEqual([]);

    aws.setFaults([{ ...creationOf(tenant, 'manager'), hang: true }]);
    await tenant.ask(2, 20);
    const applying = await untilCreating(tenant, 'manager');
    const answers = [await tenant.cancel(applying.id), await tenant.cancel(applying.id)];
    expect(answers[0]!.status).toBe(200);
    // The second one finds the run still stopping, or ended.
    expect([200, 409]).toContain(answers[1]!.status);
    expect(await ended(tenant, applying.id)).toMatchObject({ status: 'canceled', cancelRequestedBy: 'user:owner' });
    expect(await interruptsOf(applying.id)).toBe(1);
    expect(await tenant.runs()).toHaveLength(2);
    expect(await tenant.cluster()).toMatchObject({ isHeld: true, isDeployed: true, unfinished: 0 });
    expect(tenant.stateResources()).toEqual(expect.arrayContaining(['sliderule-vpc', 'sliderule-subnet']));
    aws.setFaults([]);
    await tenant.release();
    await tenant.untilGone();
    expect(tenant.stateIds()).toEqual(new Set());
  });

  it('whose run ignores a cancel is killed when the grace is over, not before, and taken down from what it had built', async () => {
    const tenant = await scenario.addTenant('forced-lab', 'aws');
    aws.setFaults([{ ...creationOf(tenant, 'manager'), hang: true }]);
    await tenant.ask(1);
    const run = await untilCreating(tenant, 'manager');
    await untilLastOne(run.id);
    const supervisor = tenant.supervisor(run.id);
    const provider = tenant.phase(run.id, 'provider').recordedProcess()!;
    stopped.push(supervisor, provider);
    // A provider that does not even hear that it is to stop.
    process.kill(-provider.pid, 'SIGSTOP');
    await tenant.cancel(run.id);
    const force = () => scenario.asAdministrator('POST', `/admin/runs/${run.id}/force-cancel`, { confirm: run.id });
    expect(await force()).toMatchObject({ status: 409, body: { code: 'runs.grace_not_over' } });
    expect(groupState(supervisor)).toBe('leader');
    await scenario.until('the end of the grace', force, ({ status }) => status === 200);
    expect(await ended(tenant, run.id)).toMatchObject({ status: 'force_canceled' });
    expect([supervisor, provider].map(groupState)).toEqual(['gone', 'gone']);
    expect(tenant.stateIds().size).toBeGreaterThan(0);
    aws.setFaults([]);
    await tenant.release();
    await tenant.untilGone();
    expect(tenant.stateIds()).toEqual(new Set());
  });

  it('is never begun for an organization that is deleted while its run waits: the run has to go first', async () => {
    const busy = await scenario.addTenant('busy-lab', 'aws');
    const doomed = await scenario.addTenant('doomed-lab', 'aws');
    aws.setFaults([{ ...creationOf(busy, 'manager'), hang: true }]);
    await busy.ask(1);
    const blocking = await untilCreating(busy, 'manager');
    await doomed.ask(1);
    const waiting = await doomed.untilRun('a waiting run', ({ status }) => status === 'queued');
    const remove = () => scenario.asAdministrator('DELETE', `/admin/organizations/${doomed.id}?confirm=${doomed.name}`);
    expect(await remove()).toMatchObject({ status: 409, body: { code: 'clusters.run_unfinished' } });
    await doomed.cancel(waiting.id);
    await scenario.until('its deletion', remove, ({ status }) => status === 200);
    expect(await doomed.runs()).toEqual([]);
    await busy.cancel(blocking.id);
    await ended(busy, blocking.id);
    expect(aws.calls({ op: 'create', type: 'aws_vpc' })).toHaveLength(1);
  });

  it('is one of many that two workers share, beside an API process that has no Terraform', async () => {
    await scenario.server.stop();
    await scenario.restart({ PS_ROLE: 'api', PATH: '/nowhere' });
    const homes = ['one', 'two'].map((name) => mkdtempSync(join(tmpdir(), `ps-worker-${name}-`)));
    const workers = await Promise.all(
      homes.map((home) => scenario.startAnother({ PS_ROLE: 'worker', PS_DATA_DIRECTORY: home })),
    );
    try {
      const tenants = await Promise.all(['one', 'two'].map((name) => scenario.addTenant(`shared-${name}`, 'aws')));
      for (const nodes of [1, 2]) {
        await Promise.all(tenants.map((tenant) => tenant.ask(nodes, 15 * nodes)));
        for (const tenant of tenants) await tenant.untilSettled(nodes);
      }
      const runs = await scenario.fixtures.query<{ status: string; failure: string | null; worker: string }>(
        'SELECT status, failure_message AS failure, worker_id AS worker FROM runs WHERE organization_id = ANY ($1::uuid[])',
        [tenants.map(({ id }) => id)],
      );
      expect(runs.map(({ status, failure }) => failure ?? status)).toEqual(Array(4).fill('succeeded'));
      expect(new Set(runs.map(({ worker }) => worker)).size).toBe(2);
      await expectNothingTwice();
      const creations = aws.calls({ op: 'create', type: 'aws_vpc' });
      expect(creations).toHaveLength(tenants.length);
      const report = (await (await fetch(`${scenario.server.url}/health/report`)).json()) as { findings: unknown[] };
      expect(report.findings).toEqual([]);
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
      for (const home of homes) rmSync(home, { recursive: true });
    }
  });
});
