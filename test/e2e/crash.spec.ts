import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithTerraform } from '../support/terraform-available.js';
import { Scenario } from './support/scenario.js';

const ROUNDS = 20;
const NODES = [3, 5, 2, 6];

/** A fixed sequence, so that a failure can be repeated; moments spread over the whole of a run of about two seconds. */
function* moments(): Generator<number> {
  for (let seed = 20261124; ;) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    yield 50 + (seed % 1_900);
  }
}

describeWithTerraform('kill -9 of the service', () => {
  let scenario: Scenario;
  beforeAll(async () => {
    scenario = await Scenario.start({ PS_LOCAL_DELAY_SECONDS: '1', PS_RUN_HEARTBEAT_SECONDS: '0.5' });
  });
  afterAll(() => scenario.close());

  it(`at ${ROUNDS} random moments always ends in one clean cluster of the wished size`, async () => {
    const next = moments();
    for (let round = 0; round < ROUNDS; round++) {
      const nodes = NODES[round % NODES.length]!;
      const moment = next.next().value as number;
      await scenario.release();
      await scenario.ask(nodes, 15 + round);
      await new Promise((resolve) => {
        setTimeout(resolve, moment);
      });
      await scenario.server.crash();
      await scenario.restart();
      await scenario.until(
        `a settled cluster of ${nodes} nodes after a kill at ${moment} ms in round ${round}`,
        () => settledState(scenario),
        (seen) => seen.unfinished === 0 && seen.nodes === nodes && seen.isSettled,
      );
      expect(stateNodes(scenario)).toBe(nodes);
    }
    const overlapping = await scenario.fixtures.query(
      `SELECT a.id FROM runs a JOIN runs b ON a.organization_id = b.organization_id AND a.id < b.id
       WHERE tstzrange(a.claimed_at, a.finished_at) && tstzrange(b.claimed_at, b.finished_at)`,
    );
    expect(overlapping).toEqual([]);
    // Each Terraform process prints its version once, at its start.
    const doubleStarts = await scenario.fixtures.query(
      `SELECT run_id, phase FROM run_log WHERE type = 'version' GROUP BY run_id, phase HAVING count(*) > 1`,
    );
    expect(doubleStarts).toEqual([]);
  }, 240_000);
});

interface SettledState {
  unfinished: number;
  nodes: number;
  isSettled: boolean;
}

async function settledState(scenario: Scenario): Promise<SettledState> {
  const [seen] = await scenario.fixtures.query<SettledState & { desired: number }>(
    `SELECT (SELECT count(*)::integer FROM runs WHERE finished_at IS NULL OR observed_at IS NULL) AS unfinished,
       c.node_count AS nodes, c.is_settled AS "isSettled" FROM clusters c`,
  );
  return seen ?? { unfinished: -1, nodes: -1, isSettled: false };
}

/** Nodes in the state file Terraform itself works on: nothing may be lost or doubled in it. */
function stateNodes(scenario: Scenario): number {
  const workspaces = join(scenario.dataDirectory, 'workspaces');
  const [organizationId] = readdirSync(workspaces);
  const state = JSON.parse(readFileSync(join(workspaces, organizationId!, 'terraform.tfstate'), 'utf8')) as {
    resources: { name: string; instances: unknown[] }[];
  };
  return state.resources.filter(({ name }) => name === 'node').flatMap(({ instances }) => instances).length;
}
