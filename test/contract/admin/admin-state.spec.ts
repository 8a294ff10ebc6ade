import { randomUUID } from 'node:crypto';
import { Transactions } from '../../../src/database/transaction.js';
import { raiseFence } from '../../../src/provisioning/runs/fence.js';
import { StateArchiveRepository } from '../../../src/provisioning/state/state-archive.repository.js';
import { AdminWorld } from '../../support/admin-world.js';

const SECRET = 'hush-hush-hush';

interface Version {
  id: string;
  serial: number;
}

describe('/admin/organizations/:organizationId/state', () => {
  let admin: AdminWorld;
  beforeAll(async () => {
    admin = await AdminWorld.start();
  });
  afterAll(() => admin.close());

  const content = (serial: number): string => JSON.stringify({ version: 4, serial, lineage: 'line', secret: SECRET });
  /** An organization with so many versions of its state. */
  async function laboratory(count = 3): Promise<{ id: string; name: string; url: string }> {
    const lab = await admin.world.organization();
    const { app, clock } = admin.world.http;
    const archive = app.get(StateArchiveRepository, { strict: false });
    await app.get(Transactions, { strict: false }).run(async (tx) => {
      for (let serial = 1; serial <= count; serial += 1) {
        const snapshot = { lineage: 'line', serial, content: Buffer.from(content(serial)) };
        const fencingToken = await raiseFence(tx, lab.id);
        const state = {
          organizationId: lab.id,
          snapshot,
          fencingToken,
          source: 'rollback',
          createdBy: 'user:x',
        } as const;
        await archive.insert(tx, state, clock.now());
      }
    });
    return { ...lab, url: `/admin/organizations/${lab.id}/state` };
  }

  it('lists versions page by page, without their contents', async () => {
    const { url } = await laboratory();
    const pages = await admin.pages<Version>(`${url}?sort=-serial`, 'versions');
    expect(pages.map((page) => page.map(({ serial }) => serial))).toEqual([[3, 2], [1]]);
    const answer = await admin.byDeveloper('GET', url);
    expect(answer.body).toMatchObject({ lock: null, versions: [{ lineage: 'line', source: 'rollback' }, {}, {}] });
    expect(answer.text).not.toContain(SECRET);
    expect((await admin.byDeveloper('GET', `/admin/organizations/${randomUUID()}/state`)).status).toBe(404);
  });

  it('gives a version in clear to superusers only, to be kept by nobody in between, and records it', async () => {
    const { url, name, id: organizationId } = await laboratory();
    const [newest] = (await admin.done<{ versions: Version[] }>('GET', `${url}?sort=-serial`)).versions;
    const path = `${url}/versions/${newest!.id}/content`;
    const refused = await admin.byDeveloper('GET', path);
    expect(refused).toMatchObject({ status: 403, body: { code: 'state.superusers_only' } });
    expect(await admin.audited('state.downloaded', newest!.id)).toEqual([]);
    const answer = await admin.byRoot('GET', path);
    expect(answer).toMatchObject({ status: 200, text: content(3) });
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="${name}-3.tfstate"`,
      'content-type': 'application/json',
    });
    expect(await admin.audited('state.downloaded', newest!.id)).toMatchObject([
      { actor: `user:${admin.root.username}`, organizationId, details: { serial: 3, lineage: 'line' } },
    ]);
    expect(admin.world.http.logged.join('\n')).not.toContain(SECRET);
    const missing = await admin.byRoot('GET', `${url}/versions/${randomUUID()}/content`);
    expect(missing).toMatchObject({ status: 404, body: { code: 'state.version_not_found' } });
  });

  it('goes back to a version when the name is typed', async () => {
    const { url, name, id } = await laboratory();
    const { versions } = await admin.done<{ versions: Version[] }>('GET', `${url}?sort=serial`);
    const versionId = versions[0]!.id;
    const wrong = await admin.byDeveloper('POST', `${url}/rollback`, { versionId, confirm: 'other' });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'confirmation.mismatch' } });
    const done = await admin.byDeveloper('POST', `${url}/rollback`, { versionId, confirm: name });
    expect(done).toMatchObject({ status: 200, body: { serial: 4, source: 'rollback' } });
    await admin.world.queuedRun(id);
    const busy = await admin.byDeveloper('POST', `${url}/rollback`, { versionId, confirm: name });
    expect(busy).toMatchObject({ status: 409, body: { code: 'runs.busy' } });
  });

  it('unlocks what a silent worker holds, when the run is typed', async () => {
    const { url, id } = await laboratory(1);
    const { fixtures, clock } = admin.world.http;
    expect(await admin.byDeveloper('POST', `${url}/unlock`, { confirm: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'state.not_locked' },
    });
    const runId = await admin.world.queuedRun(id);
    await fixtures.query(
      `UPDATE runs SET status = 'applying', worker_host = 'there', worker_process = '1/2', fencing_token = 1,
         claimed_at = $2, heartbeat_at = clock_timestamp() WHERE id = $1`,
      [runId, clock.now()],
    );
    expect(await admin.done('GET', url)).toMatchObject({ lock: { runId, status: 'applying', workerHost: 'there' } });
    const held = await admin.byDeveloper('POST', `${url}/unlock`, { confirm: runId });
    expect(held).toMatchObject({ status: 409, body: { code: 'state.lease_held' } });
    await fixtures.query("UPDATE runs SET heartbeat_at = heartbeat_at - interval '1 hour' WHERE id = $1", [runId]);
    const call = (confirm: string) => admin.byDeveloper('POST', `${url}/unlock`, { confirm });
    expect(await call(randomUUID())).toMatchObject({ status: 400, body: { code: 'confirmation.mismatch' } });
    expect(await call(runId)).toMatchObject({
      status: 200,
      body: { status: 'failed', failure: { code: 'runs.force_unlocked' } },
    });
  });
});
