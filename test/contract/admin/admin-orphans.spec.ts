import { randomUUID } from 'node:crypto';
import { AdminWorld } from '../../support/admin-world.js';

interface Orphan {
  id: string;
  resourceId: string;
}

describe('/admin/orphans', () => {
  let admin: AdminWorld;
  beforeAll(async () => {
    admin = await AdminWorld.start();
  });
  afterAll(() => admin.close());

  /** An organization with orphans of these ids. */
  async function laboratory(...resourceIds: string[]): Promise<{ id: string; name: string; url: string }> {
    const lab = await admin.world.organization();
    const { fixtures, clock } = admin.world.http;
    const runId = randomUUID();
    await fixtures.query('INSERT INTO clusters (organization_id) VALUES ($1)', [lab.id]);
    await fixtures.query(
      `INSERT INTO runs (id, organization_id, kind, status, trigger, requested_by, inputs, priority, finished_at)
       VALUES ($1, $2, 'update', 'failed', 'capacity', 'system:test', '{}', 20, $3)`,
      [runId, lab.id, clock.now()],
    );
    for (const resourceId of resourceIds) {
      await fixtures.query(
        `INSERT INTO orphans (id, organization_id, resource_type, resource_id, name, found_by_run, found_at, seen_at)
         VALUES ($1, $2, 'aws_instance', $3, 'lab-ilb', $4, $5, $5)`,
        [randomUUID(), lab.id, resourceId, runId, clock.now()],
      );
    }
    return { ...lab, url: `/admin/orphans?organizationId=${lab.id}` };
  }

  it('lists what exists and is in no state, page by page', async () => {
    const { url, name } = await laboratory('i-1', 'i-2', 'i-3');
    const pages = await admin.pages<Orphan>(url, 'orphans');
    expect(pages.map((page) => page.length)).toEqual([2, 1]);
    expect(pages[0]![0]).toMatchObject({
      organizationName: name,
      resourceType: 'aws_instance',
      name: 'lab-ilb',
      address: null,
      resolvedAt: null,
      forgottenAt: null,
    });
    const found = await admin.done<{ orphans: Orphan[] }>('GET', `${url}&search=i-2`);
    expect(found.orphans.map(({ resourceId }) => resourceId)).toEqual(['i-2']);
  });

  it('forgets one that somebody has looked at, once, and records it', async () => {
    const { id: organizationId, url } = await laboratory('i-4', 'i-5');
    const cluster = () => admin.done<{ orphanCount: number }>('GET', `/admin/clusters/${organizationId}`);
    const withOrphans = () =>
      admin.done<{ clusters: { organizationId: string }[] }>('GET', '/admin/clusters?hasOrphans=true&limit=200');
    expect(await cluster()).toMatchObject({ orphanCount: 2 });
    expect((await withOrphans()).clusters.map((one) => one.organizationId)).toContain(organizationId);
    const { orphans } = await admin.done<{ orphans: Orphan[] }>('GET', url);
    const [orphan] = orphans;
    const path = `/admin/orphans/${orphan!.id}/forget`;
    const answer = await admin.byDeveloper('POST', path);
    expect(answer).toMatchObject({ status: 200, body: { forgottenBy: `user:${admin.developer.username}` } });
    expect(await admin.audited('orphan.forgotten', orphan!.id)).toMatchObject([
      { details: { resourceType: 'aws_instance', resourceId: orphan!.resourceId, name: 'lab-ilb' } },
    ]);
    const open = await admin.done<{ orphans: Orphan[] }>('GET', `${url}&isOpen=true`);
    expect(open.orphans.map(({ id }) => id)).toEqual(orphans.slice(1).map(({ id }) => id));
    expect(await cluster()).toMatchObject({ orphanCount: 1 });
    expect(await admin.byDeveloper('POST', path)).toMatchObject({ status: 409, body: { code: 'orphans.not_open' } });
    const unknown = await admin.byDeveloper('POST', `/admin/orphans/${randomUUID()}/forget`);
    expect(unknown).toMatchObject({ status: 404, body: { code: 'orphans.not_found' } });
  });

  it('is a finding of the health report while one is open', async () => {
    await laboratory('i-6');
    const { body } = await admin.byDeveloper('GET', '/health/report');
    expect((body as { findings: { code: string }[] }).findings.map(({ code }) => code)).toContain('clusters.orphans');
  });
});
