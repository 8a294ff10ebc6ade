import { randomUUID } from 'node:crypto';
import { CapacityModule } from '../../../src/capacity/capacity.module.js';
import { CapacityService } from '../../../src/capacity/capacity.service.js';
import { CapacitySizer } from '../../../src/capacity/capacity-sizer.js';
import { CapacityWorkerModule } from '../../../src/capacity/capacity-worker.module.js';
import { ClustersModule } from '../../../src/clusters/clusters.module.js';
import { OrganizationLifecycleService } from '../../../src/clusters/organization-lifecycle.service.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';
import { audited, outcomes, ROOT } from './support.js';

const MINUTE = 60_000;

describe('deleting an organization', () => {
  let test: TestContext;
  let lifecycle: OrganizationLifecycleService;
  let organization: { id: string; name: string };

  beforeAll(async () => {
    test = await createTestContext({ imports: [CapacityModule, CapacityWorkerModule, ClustersModule] });
    lifecycle = test.context.get(OrganizationLifecycleService, { strict: false });
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    organization = await test.fixtures.organization();
  });

  const remove = () => lifecycle.delete(organization.name, ROOT);
  const sql = (text: string, ...more: unknown[]) => test.fixtures.query(text, [organization.id, ...more]);
  const insertRun = async (status: string, columns: Record<string, unknown> = {}): Promise<string> => {
    const id = randomUUID();
    await sql(
      `INSERT INTO runs (id, organization_id, kind, status, trigger, requested_by, inputs, priority)
       VALUES ($2, $1, 'update', $3, 'capacity', 'system:test', '{}', 20)`,
      id,
      status,
    );
    for (const [column, value] of Object.entries(columns))
      await test.fixtures.query(`UPDATE runs SET ${column} = $2 WHERE id = $1`, [id, value]);
    return id;
  };
  const insertState = (runId: string) =>
    sql(
      `INSERT INTO state_versions (id, organization_id, run_id, lineage, serial, sha256, size_bytes, key_id, ciphertext, fencing_token)
       VALUES ($2, $1, $3, 'l', 1, repeat('0', 64), 1, 'k', '\\x00', 1)`,
      randomUUID(),
      runId,
    );
  const finished = (result: object | null) => ({
    claimed_at: new Date(0),
    finished_at: new Date(1),
    observed_at: new Date(2),
    result: result && JSON.stringify(result),
  });

  it('deletes everything of its own, of no other, and keeps the audit log', async () => {
    const other = await test.fixtures.organization();
    for (const { id } of [organization, other]) {
      const member = await test.fixtures.member(id);
      const at = [id, member.id] as const;
      // Over already: the capacity loop of the context must not size a cluster by it and queue a run.
      await test.fixtures.query(
        `INSERT INTO capacity_requests (id, organization_id, user_id, node_count, expires_at)
         VALUES (gen_random_uuid(), $1, $2, 3, '2026-03-01T11:00:00Z')`,
        [...at],
      );
      await test.fixtures.query(
        `INSERT INTO organization_passcodes (id, organization_id, code_hash, role, created_by, created_at)
         VALUES (gen_random_uuid(), $1::uuid, md5($1::text) || md5($1::text), 'member', 'user:root', now())`,
        [id],
      );
      await test.fixtures.query(
        `INSERT INTO ledger_entries (organization_id, occurred_at, kind, amount, description, created_by)
         VALUES ($1, now(), 'credit', 12.5, 'test', 'system:test')`,
        [id],
      );
      await test.fixtures.query('INSERT INTO clusters (organization_id) VALUES ($1)', [id]);
      await test.fixtures.query('INSERT INTO workspaces (organization_id) VALUES ($1)', [id]);
    }
    const runId = await insertRun('succeeded', finished({ resourceCounts: {} }));
    await insertState(runId);
    await sql(
      `INSERT INTO run_log (run_id, seq, organization_id, occurred_at, phase, type, level, message)
       VALUES ($2, 1, $1, now(), 'apply', 'log', 'info', 'hello')`,
      runId,
    );

    await expect(remove()).resolves.toMatchObject(organization);

    const tables = await test.fixtures.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name = 'organization_id' AND table_name <> 'audit_events' ORDER BY 1`,
    );
    const left = async (id: string): Promise<string[]> => {
      const found: string[] = [];
      for (const { name } of tables) {
        const rows = await test.fixtures.query(`SELECT 1 FROM ${name} WHERE organization_id = $1`, [id]);
        if (rows.length > 0) found.push(name);
      }
      return found;
    };
    expect(await left(organization.id)).toEqual([]);
    expect(await left(other.id)).toEqual(
      expect.arrayContaining(['capacity_requests', 'clusters', 'ledger_entries', 'memberships', 'workspaces']),
    );
    expect(await audited(test, organization.id)).toEqual([
      {
        actor: 'user:root',
        action: 'organization.deleted',
        details: { name: organization.name, balance: '12.5000' },
      },
    ]);
  });

  it('is refused while the cluster is deployed', async () => {
    await sql('INSERT INTO clusters (organization_id, is_deployed) VALUES ($1, true)');
    await expect(remove()).rejects.toMatchObject({
      code: 'clusters.deployed',
      httpStatus: 409,
      message: expect.stringContaining('Set minNodes to 0') as string,
    });
  });

  it.each([
    ['waits', 'queued', {}],
    ['is in progress', 'applying', { claimed_at: new Date(0) }],
    ['has ended without anybody having looked', 'succeeded', { claimed_at: new Date(0), finished_at: new Date(1) }],
  ])('is refused while a run %s', async (_, status, columns) => {
    const id = await insertRun(status, columns);
    await expect(remove()).rejects.toMatchObject({
      code: 'clusters.run_unfinished',
      message: expect.stringContaining(id) as string,
    });
  });

  it('is refused when the last run stored states but never said what it left', async () => {
    const runId = await insertRun('failed', finished(null));
    await insertState(runId);
    await expect(remove()).rejects.toMatchObject({ code: 'clusters.remains_unknown' });
    await insertRun('succeeded', { ...finished({ resourceCounts: {} }), finished_at: new Date(5) });
    await expect(remove()).resolves.toMatchObject(organization);
  });

  it('is possible after a run that failed before it could build anything', async () => {
    await insertRun('failed', finished(null));
    await expect(remove()).resolves.toMatchObject(organization);
  });

  it('of one that is not there says so', async () => {
    await remove();
    await expect(remove()).rejects.toMatchObject({ code: 'organizations.not_found' });
  });

  it('happens once when it is asked for many times at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 5 }, remove));
    expect(outcomes(results)).toEqual({ succeeded: 1, codes: Array(4).fill('organizations.not_found') });
  });

  it('never leaves a run behind: either the run is queued and the deletion refused, or the other way round', async () => {
    const capacity = test.context.get(CapacityService, { strict: false });
    const sizer = test.context.get(CapacitySizer, { strict: false });
    for (let round = 0; round < 20; round += 1) {
      organization = await test.fixtures.organization();
      const { id: userId } = await test.fixtures.member(organization.id);
      const expiresAt = new Date(test.clock.now().getTime() + 15 * MINUTE);
      await capacity.request({ organizationId: organization.id, userId, nodeCount: 3, expiresAt });
      const attempts = [remove, () => sizer.size(organization.id)];
      if (round % 2 === 1) attempts.reverse();
      const results = await Promise.allSettled(attempts.map((attempt) => attempt()));
      const { succeeded, codes } = outcomes(results);
      expect(succeeded).toBe(1);
      const runs = await sql('SELECT 1 FROM runs WHERE organization_id = $1');
      expect([codes[0], runs.length]).toEqual(
        codes[0] === 'clusters.run_unfinished' ? ['clusters.run_unfinished', 1] : ['organizations.not_found', 0],
      );
    }
  });
});
