import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { groupState, type RecordedProcess } from '../../src/provisioning/runner/process-identity.js';
import { AwsApi } from '../support/aws-api.js';
import { AwsSimulator, describeWithAwsSimulator } from '../support/aws-simulator.js';
import { childrenOf, commandsNaming } from './support/processes.js';
import { randomMoments } from './support/random-moments.js';
import { Scenario } from './support/scenario.js';
import { type StoredRun, type Tenant } from './support/tenant.js';

const KINDS = ['service', 'terraform', 'provider', 'machine'] as const;
/** `make kills` asks for 200. */
const KILLS = Number(process.env.PS_TEST_KILLS ?? KINDS.length);
/** Wishes one after the other; 0 is a destroy. */
const NODES = [3, 7, 0, 2, 5, 0];
/** Spread over a run, which takes one second on a machine with nothing else to do. */
const SPAN_MS = 1_500;
const MINUTES_PER_KILL = 3;
const PATIENCE_MS = 180_000;

type Kind = (typeof KINDS)[number];
interface Kill {
  kind: Kind;
  /** Status of the run that was hit, or `none`. */
  hit: string;
  seconds: number;
}

jest.setTimeout(KILLS * MINUTES_PER_KILL * 60_000);

describeWithAwsSimulator('whatever is killed while a cluster on AWS is changed', () => {
  let aws: AwsSimulator;
  let api: AwsApi;
  let scenario: Scenario;
  let tenant: Tenant;
  const kills: Kill[] = [];
  beforeAll(async () => {
    aws = AwsSimulator.start();
    api = await AwsApi.start(aws);
    scenario = await Scenario.start(
      {
        ...aws.imageEnvironment(),
        ...api.environment,
        PS_RECONCILE_RETRY_SECONDS: '0.2',
        PS_RUN_HEARTBEAT_SECONDS: '0.5',
        PS_RUN_LOST_SECONDS: '2',
        PS_RUN_POLL_SECONDS: '0.5',
      },
      PATIENCE_MS,
    );
    tenant = await scenario.addTenant('kill-lab', 'aws');
  });
  afterAll(async () => {
    await scenario.close();
    await api.stop();
    aws.stop();
    process.stdout.write(report(kills));
  });

  it(`${KILLS} times: the cluster becomes what was wished, and nothing is lost, doubled or left running`, async () => {
    const moments = randomMoments(SPAN_MS);
    for (let round = 0; round < KILLS; round++) {
      const kind = KINDS[round % KINDS.length]!;
      // Each kind meets each wish.
      const nodes = NODES[Math.floor(round / KINDS.length + round) % NODES.length]!;
      await tenant.release();
      if (nodes > 0) await tenant.ask(nodes, 15 + (round % 60));
      await delay(moments.next().value);
      const run = await tenant.runInProgress();
      const startedAt = performance.now();
      await kill(kind, run);
      await tenant.untilSettled(nodes);
      kills.push({ kind, hit: run?.status ?? 'none', seconds: (performance.now() - startedAt) / 1000 });
      const known = await tenant.storedStateIds();
      const existing = (await aws.resources()).filter((line) => !line.startsWith(WITHOUT_ID));
      expect([round, kind, existing.filter((line) => !known.has(line))]).toEqual([round, kind, []]);
    }
    const doubled = await scenario.fixtures.query(
      `SELECT run_id, phase FROM run_log WHERE type = 'version' GROUP BY run_id, phase HAVING count(*) > 1`,
    );
    expect(doubled).toEqual([]);
    expect(commandsNaming(tenant.workspace('runs'))).toEqual([]);
    expect(kills.some(({ hit }) => hit !== 'none')).toBe(true);
  });

  async function kill(kind: Kind, run: StoredRun | undefined): Promise<void> {
    const supervisor = run && ['apply', 'plan'].map((phase) => running(run, phase)).find((found) => found !== null);
    const host = run ? running(run, 'provider') : null;
    const [terraform] = supervisor ? childrenOf(supervisor.pid) : [];
    if (kind === 'terraform') murder(terraform);
    if (kind === 'provider') murder(host === null ? terraform : providerBelow(host.pid));
    if (kind === 'service' || kind === 'machine') await scenario.server.crash();
    if (kind === 'machine') {
      for (const group of [supervisor, host]) if (group) murder(-group.pid);
      rmSync(tenant.workspace(), { recursive: true, force: true });
    }
    if (kind === 'service' || kind === 'machine') await scenario.restart();
  }

  /** The supervisor's child is a shell, whose children are the provider and the one that ends it some day. */
  function providerBelow(supervisor: number): number | undefined {
    const [shell] = childrenOf(supervisor);
    return shell === undefined ? undefined : childrenOf(shell).at(-1);
  }

  function running(run: StoredRun, phase: string): RecordedProcess | null {
    const recorded = tenant.phase(run.id, phase).recordedProcess();
    return recorded && groupState(recorded) === 'leader' ? recorded : null;
  }
});

/** Attachments, whose ids are made of others'. */
const WITHOUT_ID = 'aws_iam_role_policy_attachment ';

function murder(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function report(kills: Kill[]): string {
  const lines = KINDS.map((kind) => {
    const of = kills.filter((killed) => killed.kind === kind);
    const seconds = of.map((killed) => killed.seconds).sort((a, b) => a - b);
    const hits = of.filter(({ hit }) => hit !== 'none');
    const applying = hits.filter(({ hit }) => hit === 'applying').length;
    const median = seconds[Math.floor(seconds.length / 2)] ?? 0;
    return `  ${kind.padEnd(9)} ${of.length} kills, ${hits.length} of a run in progress, ${applying} of an apply; good again after ${median.toFixed(1)} s (median), ${(seconds.at(-1) ?? 0).toFixed(1)} s (most)`;
  });
  return `Kills while a cluster on AWS was changed:\n${lines.join('\n')}\n`;
}
