import { setTimeout as delay } from 'node:timers/promises';
import { describeWithTerraform } from '../support/terraform-available.js';
import { randomMoments } from './support/random-moments.js';
import { Scenario } from './support/scenario.js';
import { type Tenant } from './support/tenant.js';

/** Services that are killed side by side; each waits most of the time. */
const LANES = 2;
const KILLS_PER_LANE = 10;
const MOST_KILLS_PER_LANE = 30;
const NODES = [3, 5, 2, 6];
/**
 * How many kills of a lane must have hit a run in progress, and an apply, for this to prove anything. How many a moment
 * hits depends on the machine, so killing goes on until they have.
 */
const LEAST_HITS = { running: 6, applying: 3 };

/** Moments are spread over a run of about two seconds. */
const SPAN_MS = 1_800;

describeWithTerraform('kill -9 of the service', () => {
  const lanes: { scenario: Scenario; tenant: Tenant }[] = [];
  beforeAll(async () => {
    const starts = Array.from({ length: LANES }, async (_, lane) => {
      const scenario = await Scenario.start({ PS_LOCAL_DELAY_SECONDS: '1', PS_RUN_HEARTBEAT_SECONDS: '0.5' });
      lanes.push({ scenario, tenant: await scenario.addTenant(`crash-lab-${lane}`) });
    });
    await Promise.all(starts);
  });
  afterAll(() => Promise.all(lanes.map(({ scenario }) => scenario.close())));

  it(`at ${LANES * KILLS_PER_LANE} random moments always ends in one clean cluster of the wished size`, async () => {
    await Promise.all(lanes.map((lane, index) => killAt(lane, randomMoments(SPAN_MS, index))));
    for (const { scenario } of lanes) await expectNothingDoubled(scenario);
  }, 300_000);
});

/** Kills the service at moments after a new wish, and waits every time until the wish is fulfilled. */
async function killAt(
  { scenario, tenant }: { scenario: Scenario; tenant: Tenant },
  moments: Generator<number, never>,
): Promise<void> {
  const hits: string[] = [];
  while (hits.length < KILLS_PER_LANE || (!isProof(hits) && hits.length < MOST_KILLS_PER_LANE)) {
    const round = hits.length;
    const nodes = NODES[round % NODES.length]!;
    const moment = moments.next().value;
    await tenant.release();
    await tenant.ask(nodes, 15 + round);
    await delay(moment);
    await scenario.server.crash();
    hits.push((await tenant.runInProgress())?.status ?? 'none');
    await scenario.restart();
    await tenant.untilSettled(nodes);
    expect([round, moment, tenant.stateNodes()]).toEqual([round, moment, nodes]);
  }
  expect({ hits, isProof: isProof(hits) }).toEqual({ hits, isProof: true });
}

function isProof(hits: string[]): boolean {
  const count = (isHit: (hit: string) => boolean) => hits.filter(isHit).length;
  return (
    count((hit) => hit !== 'none') >= LEAST_HITS.running && count((hit) => hit === 'applying') >= LEAST_HITS.applying
  );
}

async function expectNothingDoubled(scenario: Scenario): Promise<void> {
  // A run that was superseded before anybody claimed it has executed nothing.
  const overlapping = await scenario.fixtures.query(
    `WITH executed AS (SELECT * FROM runs WHERE claimed_at IS NOT NULL)
     SELECT a.id, a.status, b.id AS other, b.status AS other_status
     FROM executed a JOIN executed b ON a.organization_id = b.organization_id AND a.id < b.id
     WHERE tstzrange(a.claimed_at, a.finished_at) && tstzrange(b.claimed_at, b.finished_at)`,
  );
  expect(overlapping).toEqual([]);
  // Each Terraform process prints its version once, at its start.
  const doubleStarts = await scenario.fixtures.query(
    `SELECT run_id, phase FROM run_log WHERE type = 'version' GROUP BY run_id, phase HAVING count(*) > 1`,
  );
  expect(doubleStarts).toEqual([]);
  const gaps = await scenario.fixtures.query(
    'SELECT run_id FROM run_log GROUP BY run_id HAVING max(seq) <> count(*) OR min(seq) <> 1',
  );
  expect(gaps).toEqual([]);
}
