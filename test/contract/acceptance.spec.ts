import { CapacitySizer } from '../../src/capacity/capacity-sizer.js';
import { CapacityWorkerModule } from '../../src/capacity/capacity-worker.module.js';
import { type Answer, type Method } from '../support/http-harness.js';
import { HttpWorld, type Member, PASSWORD } from '../support/http-world.js';

const MINUTE = 60_000;

/**
 * Cases of the old system's own tests that go through several of its endpoints, with the names they have there (contract
 * section 8). What sizes clusters is at work; Terraform is not: a waiting run ends as if it had done what it was for.
 * docs/compatibility.md lists where the others are.
 */
describe('cases of the old tests', () => {
  let world: HttpWorld;
  let member: Member;
  let sizer: CapacitySizer;

  beforeEach(async () => {
    world = await HttpWorld.start({ imports: [CapacityWorkerModule] });
    sizer = world.http.app.get(CapacitySizer, { strict: false });
    member = await world.member();
  });
  afterEach(async () => {
    expect(world.http.complaints).toEqual([]);
    await world.close();
  });

  const call = (method: Method, path: string, by = member): Promise<Answer> =>
    world.http.call(method, `/api/${path.replace('<org>', by.organization.name)}/`, { token: by.access });
  const put = (nodes: number): Promise<Answer> => call('PUT', `desired_org_num_nodes/<org>/${nodes}`);
  const post = (nodes: number, minutes: number): Promise<Answer> =>
    call('POST', `desired_org_num_nodes_ttl/<org>/${nodes}/${minutes}`);
  const queued = (status: 'QUEUED' | 'REDUNDANT') => ({ status: 200, body: { status, error_msg: '' } });
  const requests = (): Promise<{ nodes: number; minutes: number }[]> =>
    world.http.fixtures.query(
      `SELECT node_count AS nodes, (extract(epoch FROM expires_at - $2::timestamptz) / 60)::integer AS minutes
       FROM capacity_requests WHERE organization_id = $1 AND ended_at IS NULL ORDER BY expires_at, node_count`,
      [member.organization.id, world.http.clock.now()],
    );
  /** What was carried out; a run that was replaced while it waited was not. */
  const runs = async (): Promise<string[]> => {
    const found = await world.http.fixtures.query<{ run: string }>(
      `SELECT kind || ' ' || (inputs->>'nodes') AS run FROM runs
       WHERE organization_id = $1 AND status = 'succeeded' ORDER BY finished_at`,
      [member.organization.id],
    );
    return found.map(({ run }) => run);
  };
  /** One pass over the organization, and the end of the run that comes of it, if one does. */
  const pass = async (): Promise<void> => {
    await sizer.size(member.organization.id);
    await world.http.fixtures.query(
      `UPDATE runs SET status = 'succeeded', claimed_at = now(), finished_at = now(), result = jsonb_build_object(
         'serial', 1, 'lineage', 'l', 'outputs', '{}'::jsonb, 'resourceCounts', CASE WHEN kind = 'destroy' THEN '{}'::jsonb
           ELSE jsonb_build_object('terraform_data.ilb', 1, 'terraform_data.node', (inputs->>'nodes')::integer) END)
       WHERE organization_id = $1 AND status = 'queued'`,
      [member.organization.id],
    );
    // A cluster without a stored state would be one that was imported, which nobody touches.
    await world.http.fixtures.query(
      `INSERT INTO state_versions (id, organization_id, run_id, lineage, serial, sha256, size_bytes, key_id, ciphertext, fencing_token)
       SELECT gen_random_uuid(), organization_id, id, 'l', 1, '', 0, 'k', '', 1 FROM runs
       WHERE organization_id = $1 AND status = 'succeeded' ON CONFLICT DO NOTHING`,
      [member.organization.id],
    );
    await sizer.size(member.organization.id);
  };
  const nodes = async (): Promise<Record<string, unknown>> =>
    (await call('GET', 'org_num_nodes/<org>')).body as Record<string, unknown>;

  it('test_org_token: an owner gets a token, and no request and no run appears', async () => {
    const owner = await world.user();
    await world.join(owner.id, member.organization.id, 'active', 'owner');
    const body = { username: owner.username, password: PASSWORD, org_name: member.organization.name };
    const answer = await world.http.call('POST', '/api/org_token/', { body });
    expect(answer).toMatchObject({
      status: 200,
      body: { access_lifetime: '3600.0', refresh_lifetime: '86400.0' },
    });
    await pass();
    expect([await requests(), await runs()]).toEqual([[], []]);
  });

  it('test_org_ONN_redundant: two kinds of requests, a repeated one, and another count are one run', async () => {
    expect(await put(3)).toMatchObject(queued('QUEUED'));
    expect(await post(3, 15)).toMatchObject(queued('QUEUED'));
    expect(await put(3)).toMatchObject(queued('REDUNDANT'));
    expect(await put(4)).toMatchObject(queued('QUEUED'));
    expect(await requests()).toHaveLength(3);
    await pass();
    expect(await runs()).toEqual(['update 4']);
  });

  it('test_org_ONN_redundant_2, test_orgNumNodes: the limits, and the nodes there are before and after', async () => {
    const limits = { status: 'SUCCESS', min_nodes: 0, max_nodes: 10 };
    expect(await nodes()).toEqual({ ...limits, current_nodes: 0, version: null, is_public: false });
    await put(3);
    await pass();
    expect(await nodes()).toMatchObject({ ...limits, current_nodes: 3, is_public: false });
  });

  it('test_org_ONN_ttl, test_org_ONN_expires: three nodes for a quarter of an hour, and none afterwards', async () => {
    expect(await post(3, 15)).toMatchObject(queued('QUEUED'));
    await pass();
    expect((await nodes()).current_nodes).toBe(3);
    expect(await requests()).toEqual([{ nodes: 3, minutes: 15 }]);
    world.http.clock.advance(15 * MINUTE - 1000);
    await pass();
    expect(await runs()).toEqual(['update 3']);
    world.http.clock.advance(1000);
    await pass();
    expect(await runs()).toEqual(['update 3', 'destroy 0']);
    expect((await nodes()).current_nodes).toBe(0);
  });

  it('test_api_urls, test_state_change: only another number of nodes is another run', async () => {
    await post(3, 15);
    await pass();
    expect(await post(3, 15)).toMatchObject(queued('REDUNDANT'));
    await pass();
    expect(await put(3)).toMatchObject(queued('QUEUED'));
    await post(3, 16);
    await post(3, 20);
    await pass();
    await pass();
    expect(await runs()).toEqual(['update 3']);
    await post(4, 15);
    await pass();
    expect(await runs()).toEqual(['update 3', 'update 4']);
    // Two are fewer than the four that the same member still wants.
    await post(2, 15);
    await pass();
    expect(await runs()).toEqual(['update 3', 'update 4']);
    expect((await nodes()).current_nodes).toBe(4);
  });

  it('test_mutiple_tll_before_process_state: each request ends at its own time', async () => {
    for (const [count, minutes] of [
      [3, 15],
      [2, 20],
      [1, 30],
    ] as const)
      await post(count, minutes);
    expect(await requests()).toEqual([
      { nodes: 3, minutes: 15 },
      { nodes: 2, minutes: 20 },
      { nodes: 1, minutes: 30 },
    ]);
    const seen: unknown[] = [];
    for (const minutes of [0, 15, 5, 10]) {
      world.http.clock.advance(minutes * MINUTE);
      await pass();
      seen.push((await nodes()).current_nodes);
    }
    expect(seen).toEqual([3, 2, 1, 0]);
    expect(await runs()).toEqual(['update 3', 'update 2', 'update 1', 'destroy 0']);
  });

  it('test_negative_test_apis: more than the maximum and less than the minimum are taken, and become the limits', async () => {
    member = await world.member({ minNodes: 2, maxNodes: 7 });
    for (const [count, built] of [
      [300, 7],
      [0, 7],
    ] as const) {
      const answer = await post(count, 15);
      expect(answer).toMatchObject(queued('QUEUED'));
      expect((answer.body as { msg: string }).msg).toMatch(/^(Deploying|Updating) .* cluster/);
      await pass();
      expect((await nodes()).current_nodes).toBe(built);
    }
    world.http.clock.advance(15 * MINUTE);
    await pass();
    expect((await nodes()).current_nodes).toBe(2);
  });

  it('test_sum_of_highest_nodes_for_each_user: requests of several members add up', async () => {
    const other = { ...(await world.user()), organization: member.organization };
    await world.join(other.id, member.organization.id);
    const tokens = await world.organizationTokens(other.username, member.organization.name);
    await post(3, 15);
    await world.http.call('POST', `/api/desired_org_num_nodes_ttl/${member.organization.name}/2/15/`, {
      token: tokens.access,
    });
    await pass();
    expect((await nodes()).current_nodes).toBe(5);
  });
});
