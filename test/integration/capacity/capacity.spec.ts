import { CapacityModule } from '../../../src/capacity/capacity.module.js';
import { CapacityService } from '../../../src/capacity/capacity.service.js';
import { CapacitySizer } from '../../../src/capacity/capacity-sizer.js';
import { CapacityWorkerModule } from '../../../src/capacity/capacity-worker.module.js';
import { ClustersModule } from '../../../src/clusters/clusters.module.js';
import { ClustersService } from '../../../src/clusters/clusters.service.js';
import { SettingsService } from '../../../src/settings/settings.service.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';

const MINUTE = 60_000;

interface RunRow {
  kind: string;
  status: string;
  trigger: string;
  nodes: number;
}

describe('capacity requests', () => {
  let test: TestContext;
  let capacity: CapacityService;
  let sizer: CapacitySizer;
  let organizationId: string;
  let ann: number;
  let ben: number;

  beforeEach(async () => {
    test = await createTestContext({ imports: [CapacityModule, CapacityWorkerModule, ClustersModule] });
    capacity = test.context.get(CapacityService, { strict: false });
    sizer = test.context.get(CapacitySizer, { strict: false });
    organizationId = (await test.fixtures.organization()).id;
    ann = (await test.fixtures.member(organizationId)).id;
    ben = (await test.fixtures.member(organizationId)).id;
  });
  afterEach(() => test.close());

  const inMinutes = (minutes: number): Date => new Date(test.clock.now().getTime() + minutes * MINUTE);
  const ask = (userId: number, nodeCount: number, minutes: number) =>
    capacity.request({ organizationId, userId, nodeCount, expiresAt: inMinutes(minutes) });
  const queued = () =>
    test.fixtures.query<RunRow>(
      `SELECT kind, status, trigger, (inputs->>'nodes')::integer AS nodes FROM runs WHERE organization_id = $1 AND status = 'queued'`,
      [organizationId],
    );
  /** What a worker would do, without Terraform: the waiting run succeeds and leaves the nodes it was asked for. */
  const succeedQueued = async (): Promise<void> => {
    await test.fixtures.query(
      `WITH succeeded AS (
         UPDATE runs SET status = 'succeeded', claimed_at = now(), finished_at = now(), result = jsonb_build_object(
           'serial', 1, 'lineage', 'l', 'outputs', '{}'::jsonb, 'resourceCounts', CASE WHEN kind = 'destroy' THEN '{}'::jsonb
             ELSE jsonb_build_object('terraform_data.ilb', 1, 'terraform_data.node', (inputs->>'nodes')::integer) END)
         WHERE organization_id = $1 AND status = 'queued' RETURNING id, organization_id)
       INSERT INTO state_versions (id, organization_id, run_id, lineage, serial, sha256, size_bytes, key_id, ciphertext, fencing_token)
       SELECT gen_random_uuid(), organization_id, id, id::text, 1, '', 0, '', '', 1 FROM succeeded`,
      [organizationId],
    );
    await sizer.size(organizationId);
  };

  it('is one request when the same user asks for the same until the same second', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(ann, 3, 15)));
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(answers.map(({ request }) => request.id)).size).toBe(1);
    expect((await ask(ben, 3, 15)).isNew).toBe(true);
  });

  it('refuses a count no integer column can hold', async () => {
    await expect(ask(ann, 2 ** 31, 15)).rejects.toMatchObject({ code: 'capacity.node_count_out_of_range' });
    await expect(capacity.listOwn(organizationId, ann)).resolves.toEqual([]);
  });

  it('adds up users, replaces the waiting run by a newer wish, and settles', async () => {
    await ask(ann, 3, 15);
    await sizer.size(organizationId);
    await ask(ben, 2, 15);
    await sizer.size(organizationId);
    expect(await queued()).toEqual([{ kind: 'update', status: 'queued', trigger: 'capacity', nodes: 5 }]);
    await succeedQueued();
    expect(await queued()).toEqual([]);
    await expect(test.context.get(ClustersService, { strict: false }).view(organizationId)).resolves.toMatchObject({
      isDeployed: true,
      nodeCount: 5,
      desiredNodes: 5,
    });
  });

  it('keeps requests but queues nothing while provisioning is disabled, and catches up afterwards', async () => {
    const settings = test.context.get(SettingsService, { strict: false });
    await ask(ann, 3, 15);
    await sizer.size(organizationId);
    await settings.set('provisioningDisabled', true, 'system:test');
    await sizer.size(organizationId);
    expect(await queued()).toEqual([]);
    expect(await capacity.listOwn(organizationId, ann)).toHaveLength(1);
    await settings.set('provisioningDisabled', false, 'system:test');
    await sizer.size(organizationId);
    expect(await queued()).toMatchObject([{ kind: 'update', nodes: 3 }]);
  });

  it('shrinks when one request expires and destroys when the last one does', async () => {
    await ask(ann, 3, 15);
    await ask(ben, 2, 30);
    await sizer.size(organizationId);
    await succeedQueued();
    test.clock.advance(15 * MINUTE);
    await sizer.size(organizationId);
    expect(await queued()).toMatchObject([{ kind: 'update', nodes: 2 }]);
    await succeedQueued();
    test.clock.advance(15 * MINUTE);
    await sizer.size(organizationId);
    expect(await queued()).toMatchObject([{ kind: 'destroy', nodes: 0 }]);
  });

  it.each<[string, string[]]>([
    // test_change_version, test_process_num_node_table_ONN_NOT_EMPTY_CHANGE_VERSION and _CHANGE_IS_PUBLIC
    [`cluster_version = 'v5'`, ['destroy', 'update']],
    ['is_public = true', ['destroy', 'update']],
    [`availability_zone = 'us-west-2a'`, ['destroy', 'update']],
    [`cluster_version = 'v5', is_public = true, spot_max_price = 0.5`, ['destroy', 'update']],
    [`node_configuration = 'graviton3_spot'`, ['update']],
    ['spot_max_price = 0.5', ['update']],
    [`spot_allocation_strategy = 'capacity-optimized'`, ['update']],
    ['min_nodes = 1', []],
  ])('when %s of a live cluster changes, it is brought there by %j', async (change, expected) => {
    await test.fixtures.clusterVersion('v5');
    await ask(ann, 3, 15);
    await sizer.size(organizationId);
    await succeedQueued();
    await test.fixtures.query(`UPDATE organizations SET ${change} WHERE id = $1`, [organizationId]);
    const kinds: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      await sizer.size(organizationId);
      kinds.push(...(await queued()).map(({ kind }) => kind));
      await succeedQueued();
    }
    expect(kinds).toEqual(expected);
    const [cluster] = await test.fixtures.query(
      `SELECT c.node_count AS nodes, (c.cluster_version, c.is_public, c.availability_zone, c.node_configuration,
         c.spot_max_price, c.spot_allocation_strategy) IS NOT DISTINCT FROM (o.cluster_version, o.is_public,
         o.availability_zone, o.node_configuration, o.spot_max_price, o.spot_allocation_strategy) AS "isAsChosen"
       FROM clusters c JOIN organizations o ON o.id = c.organization_id WHERE c.organization_id = $1`,
      [organizationId],
    );
    expect(cluster).toEqual({ nodes: 3, isAsChosen: true });
  });

  it.each([
    [{ destroyWhenIdle: false }, [{ kind: 'update', nodes: 0 }]],
    [{ minNodes: 2 }, [{ kind: 'update', nodes: 2 }]],
  ])('keeps an idle cluster of an organization with %j', async (policy, expected) => {
    organizationId = (await test.fixtures.organization(policy)).id;
    ann = (await test.fixtures.member(organizationId)).id;
    await ask(ann, 5, 15);
    await sizer.size(organizationId);
    await succeedQueued();
    test.clock.advance(15 * MINUTE);
    await sizer.size(organizationId);
    expect(await queued()).toMatchObject(expected);
  });

  it('releases all or one of the own requests, and removes only those below the largest for old clients', async () => {
    await ask(ann, 3, 15);
    const five = await ask(ann, 5, 15);
    await ask(ben, 4, 15);
    expect(await capacity.removePending(organizationId, ann)).toBe(1);
    expect((await capacity.listOwn(organizationId, ann)).map(({ nodeCount }) => nodeCount)).toEqual([5]);
    await expect(capacity.release(organizationId, ben, five.request.id)).rejects.toMatchObject({
      code: 'capacity.request_not_found',
    });
    expect(await capacity.release(organizationId, ann, five.request.id)).toBe(1);
    expect(await capacity.release(organizationId, ben)).toBe(1);
  });

  it.each([
    ['was deactivated', `UPDATE memberships SET status = 'inactive' WHERE user_id = $1`],
    ['left', 'DELETE FROM memberships WHERE user_id = $1'],
    ['has no account any more that may log in', 'UPDATE users SET is_active = false WHERE id = $1'],
  ])('counts no requests of somebody who %s, and ends them', async (_, shutOut) => {
    await ask(ann, 3, 15);
    await ask(ben, 2, 15);
    await sizer.size(organizationId);
    await test.fixtures.query(shutOut, [ann]);
    await sizer.size(organizationId);
    expect(await queued()).toMatchObject([{ kind: 'update', nodes: 2 }]);
    const ended = await test.fixtures.query(
      'SELECT user_id, end_reason FROM capacity_requests WHERE ended_at IS NOT NULL',
    );
    expect(ended).toEqual([{ user_id: ann, end_reason: 'access_ended' }]);
  });

  it('counts requests of administrators without a membership', async () => {
    const administrator = (await test.fixtures.user()).id;
    await test.fixtures.query('UPDATE users SET is_staff = true WHERE id = $1', [administrator]);
    await test.fixtures.query(
      `INSERT INTO user_groups (user_id, group_id) SELECT $1, id FROM groups WHERE name = 'PS_Developer'`,
      [administrator],
    );
    const superuser = (await test.fixtures.user()).id;
    await test.fixtures.query('UPDATE users SET is_superuser = true WHERE id = $1', [superuser]);
    await ask(administrator, 1, 15);
    await ask(superuser, 2, 15);
    await sizer.size(organizationId);
    expect(await queued()).toMatchObject([{ kind: 'update', nodes: 3 }]);
  });

  it('tells when the first and the last live request end', async () => {
    await expect(capacity.outlook(organizationId)).resolves.toEqual({
      liveRequests: 0,
      firstExpiry: null,
      lastExpiry: null,
    });
    await ask(ann, 3, 15);
    await ask(ben, 1, 45);
    await expect(capacity.outlook(organizationId)).resolves.toEqual({
      liveRequests: 2,
      firstExpiry: inMinutes(15),
      lastExpiry: inMinutes(45),
    });
  });

  it('refuses a request for an organization that was deleted meanwhile', async () => {
    await test.fixtures.query('DELETE FROM organizations WHERE id = $1', [organizationId]);
    await expect(ask(ann, 3, 15)).rejects.toMatchObject({ code: 'organizations.not_found' });
    await expect(sizer.size(organizationId)).rejects.toMatchObject({ code: 'organizations.not_found' });
  });

  it('leaves the requests of other organizations alone', async () => {
    const other = await test.fixtures.organization();
    await ask(ann, 3, 15);
    expect(await capacity.release(other.id, ann)).toBe(0);
    await sizer.size(other.id);
    expect(await capacity.listOwn(organizationId, ann)).toHaveLength(1);
  });
});
