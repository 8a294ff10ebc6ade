import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { processStartToken } from '../../src/provisioning/runner/process-identity.js';
import { FlakyProxy } from '../support/flaky-proxy.js';
import { describeWithTerraform } from '../support/terraform-available.js';
import { childrenOf } from './support/processes.js';
import { Scenario } from './support/scenario.js';
import { type Tenant } from './support/tenant.js';

/** For a machine that is busy with something else. */
const LIMIT_MS = 180_000;
/** What Terraform must not see: the first would destroy, the second floods stderr, the third is a secret. */
const CANARIES = { TF_CLI_ARGS_apply: '-destroy', TF_LOG: 'trace', DATABASE_PASSWORD: 'canary-81fa' };
const OUTAGE_MS = 3_000;

describeWithTerraform('an apply whose surroundings fail', () => {
  let scenario: Scenario;
  beforeAll(async () => {
    scenario = await Scenario.start({
      PS_LOCAL_DELAY_SECONDS: '3',
      PS_RECONCILE_RETRY_SECONDS: '0.2',
      PS_RUN_HEARTBEAT_SECONDS: '0.5',
      PS_RUN_POLL_SECONDS: '0.5',
      PS_RUN_SLOTS: '1',
      PS_SHUTDOWN_INTERRUPT_SECONDS: '0',
      ...CANARIES,
    });
  });
  afterAll(() => scenario.close());
  beforeEach(async () => {
    if (!scenario.server.isRunning) await scenario.restart();
  });

  /** Each Terraform process prints its version once, at its start; every line has its own number. */
  async function expectOneStartOfEachPhase(tenant: Tenant): Promise<void> {
    const starts = await scenario.fixtures.query(
      `SELECT run_id, phase FROM run_log WHERE type = 'version' AND organization_id = $1
       GROUP BY run_id, phase HAVING count(*) > 1`,
      [tenant.id],
    );
    expect(starts).toEqual([]);
    const gaps = await scenario.fixtures.query(
      'SELECT run_id FROM run_log WHERE organization_id = $1 GROUP BY run_id HAVING max(seq) <> count(*)',
      [tenant.id],
    );
    expect(gaps).toEqual([]);
  }

  async function expectStateIsStored(tenant: Tenant): Promise<void> {
    const { serial } = JSON.parse(readFileSync(tenant.workspace('terraform.tfstate'), 'utf8')) as { serial: number };
    const [stored] = await scenario.fixtures.query<{ serial: string }>(
      'SELECT max(serial) AS serial FROM state_versions WHERE organization_id = $1',
      [tenant.id],
    );
    expect(Number(stored!.serial)).toBe(serial);
  }

  it(
    'is interrupted by a shutdown, and the next start builds what is missing',
    async () => {
      const tenant = await scenario.addTenant('stopped-lab');
      await tenant.ask(3);
      const run = await tenant.untilNodesComeUp();
      expect(await scenario.server.stop()).toBe(0);
      const [interrupted] = await tenant.runs();
      expect(interrupted).toMatchObject({ id: run.id, status: 'canceled', cancelRequestedBy: 'system:shutdown' });
      await scenario.restart();
      await tenant.untilSettled(3);
      expect(tenant.stateNodes()).toBe(3);
      expect(await tenant.cluster()).toMatchObject({ isHeld: false, failures: 0 });
      await expectStateIsStored(tenant);
    },
    LIMIT_MS,
  );

  it(
    'outlives a shutdown that does not wait for it, and is found again',
    async () => {
      const tenant = await scenario.addTenant('outliving-lab');
      await scenario.server.stop();
      await scenario.restart({ PS_SHUTDOWN_GRACE_SECONDS: '0', PS_SHUTDOWN_INTERRUPT_SECONDS: '100' });
      await tenant.ask(2);
      const run = await tenant.untilNodesComeUp();
      const [terraform] = childrenOf(tenant.supervisor(run.id).pid);
      expect(await scenario.server.stop()).toBe(0);
      expect(processStartToken(terraform!)).not.toBeNull();
      await scenario.restart();
      await tenant.untilSettled(2);
      expect(await tenant.runs()).toEqual([expect.objectContaining({ id: run.id, status: 'succeeded' })]);
      await expectOneStartOfEachPhase(tenant);
      await expectStateIsStored(tenant);
    },
    LIMIT_MS,
  );

  it(
    'whose supervisor is killed comes to its end, is recovered, and is finished by the next run',
    async () => {
      const tenant = await scenario.addTenant('orphaned-lab');
      await tenant.ask(2);
      const run = await tenant.untilNodesComeUp();
      process.kill(tenant.supervisor(run.id).pid, 'SIGKILL');
      await tenant.untilSettled(2);
      const [first, ...others] = await tenant.runs();
      expect(first).toMatchObject({ id: run.id, status: 'failed', failureCode: 'runs.worker_lost' });
      // It had built everything before: the next run had nothing left to do.
      expect(others).toEqual([expect.objectContaining({ status: 'no_changes', trigger: 'retry' })]);
    },
    LIMIT_MS,
  );

  it(
    'succeeds through a database that loses every connection, then is gone for seconds',
    async () => {
      const { hostname, port } = new URL(scenario.databaseUrl);
      const way = await FlakyProxy.to(hostname, Number(port));
      const url = new URL(scenario.databaseUrl);
      url.port = String(way.port);
      await scenario.server.stop();
      await scenario.restart({ PS_DATABASE_URL: url.href });
      const tenant = await scenario.addTenant('outage-lab');
      await tenant.ask(4);
      const run = await tenant.untilNodesComeUp();
      const end = Date.now() + OUTAGE_MS / 2;
      while (Date.now() < end) await terminateConnections();
      way.cut();
      await delay(OUTAGE_MS);
      await way.heal();
      await tenant.untilSettled(4);
      expect(await tenant.runs()).toEqual([
        expect.objectContaining({ id: run.id, status: 'succeeded', completedChanges: 7 }),
      ]);
      await expectOneStartOfEachPhase(tenant);
      await expectStateIsStored(tenant);
      expect((await fetch(`${scenario.server.url}/health/ready`)).status).toBe(200);
      expect(await scenario.server.stop()).toBe(0);
      way.cut();
    },
    LIMIT_MS,
  );

  function terminateConnections(): Promise<unknown> {
    return scenario.fixtures.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'ps-server%'`,
    );
  }

  it(
    'can be watched by a reader who loses the connection in the middle',
    async () => {
      const tenant = await scenario.addTenant('watched-lab');
      await tenant.ask(2);
      const run = await tenant.untilNodesComeUp();
      const before = new AbortController();
      const seen: number[] = [];
      const collect = (piece: string): void => {
        seen.push(...[...piece.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq)));
      };
      for await (const piece of tenant.events(run.id, 0, before.signal)) {
        collect(piece);
        if (seen.length > 0) break;
      }
      before.abort();
      const half = seen.length;
      let rest = '';
      for await (const piece of tenant.events(run.id, seen.at(-1)!, new AbortController().signal)) rest += piece;
      collect(rest);
      expect(half).toBeGreaterThan(0);
      expect(seen.length).toBeGreaterThan(half);
      expect(seen).toEqual(seen.map((_, index) => index + 1));
      expect(rest).toContain('"status":"succeeded"');
      const [log] = await scenario.fixtures.query<{ lines: number }>(
        'SELECT count(*)::integer AS lines FROM run_log WHERE run_id = $1',
        [run.id],
      );
      expect(seen).toHaveLength(log!.lines);
    },
    LIMIT_MS,
  );

  it(
    'is one of many that two processes share without ever meeting',
    async () => {
      const tenants = await Promise.all(
        ['one', 'two', 'three', 'four'].map((name) => scenario.addTenant(`shared-${name}`)),
      );
      const second = await scenario.startAnother();
      try {
        await Promise.all(tenants.map((tenant) => tenant.ask(1)));
        for (const tenant of tenants) await tenant.untilSettled(1);
      } finally {
        await second.stop();
      }
      const workers = await scenario.fixtures.query(
        'SELECT DISTINCT worker_id FROM runs WHERE organization_id = ANY ($1::uuid[])',
        [tenants.map(({ id }) => id)],
      );
      expect(workers).toHaveLength(2);
      for (const tenant of tenants) {
        expect(await tenant.runs()).toEqual([expect.objectContaining({ status: 'succeeded' })]);
        await expectOneStartOfEachPhase(tenant);
      }
    },
    LIMIT_MS,
  );

  it('has seen nothing of the environment of the service', async () => {
    const leaks = await scenario.fixtures.query(
      "SELECT run_id FROM run_log WHERE message LIKE '%canary-81fa%' OR message LIKE '%[TRACE]%' OR data::text LIKE '%canary-81fa%'",
    );
    expect(leaks).toEqual([]);
  });
});
