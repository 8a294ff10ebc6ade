import { randomUUID } from 'node:crypto';
import { Notifier } from '../../../src/database/notifier.js';
import { AdminWorld } from '../../support/admin-world.js';
import { expectProblem } from '../../support/answer-checks.js';
import { eventually } from '../../support/eventually.js';

interface RequestBody {
  id: string;
  nodeCount: number;
  expiresAt: string;
}

let admin: AdminWorld;
const told: (string | null)[] = [];
beforeAll(async () => {
  admin = await AdminWorld.start();
  admin.world.http.app.get(Notifier).subscribe('ps_capacity', (id) => told.push(id));
});
afterEach(() => {
  expect(admin.world.http.complaints).toEqual([]);
});
afterAll(() => admin.close());

const ask = (
  organizationId: string,
  username: string,
  nodes: number,
  time: object = { ttlMinutes: 60 },
): Promise<RequestBody> => admin.done('POST', '/admin/capacity-requests', { organizationId, username, nodes, ...time });
const member = async (): Promise<{ id: string; username: string; userId: number }> => {
  const { organization, user } = await admin.world.member();
  return { id: organization.id, username: user.username, userId: user.id };
};
/** The clock stands still unless a test moves it, so an hour from now is a constant. */
const inMinutes = (minutes: number): string =>
  new Date(Math.floor(admin.world.http.clock.now().getTime() / 1000) * 1000 + minutes * 60_000).toISOString();

/** The hint goes out a moment after the answer, when the clock says so. */
const expectTold = async (organizationId: string): Promise<void> => {
  await eventually('a hint for the worker', () => {
    admin.world.http.clock.advance(2);
    return told.includes(organizationId);
  });
  told.length = 0;
};

describe('/admin/capacity-requests', () => {
  it('asks for somebody, changes it, ends it; each on record, and the worker is told', async () => {
    const { id: organizationId, username, userId } = await member();
    const made = await ask(organizationId, username, 3);
    expect(made).toMatchObject({ organizationId, userId, username, nodeCount: 3, endedAt: null, endReason: null });
    await expectTold(organizationId);
    const url = `/admin/capacity-requests/${made.id}`;
    const expiresAt = inMinutes(120);
    expect(await admin.done('PATCH', url, { nodes: 5, expiresAt })).toMatchObject({ nodeCount: 5, expiresAt });
    await expectTold(organizationId);
    expect(await admin.done('PATCH', url, { nodes: 4 })).toMatchObject({ nodeCount: 4, expiresAt });
    expect(await admin.done('DELETE', url)).toMatchObject({
      endedAt: expect.any(String) as string,
      endReason: 'removed',
    });
    await expectTold(organizationId);
    expect(await admin.done('GET', url)).toMatchObject({ endReason: 'removed' });
    const by = { actor: `user:${admin.developer.username}`, organizationId };
    expect(await admin.audited('capacity_request.created', made.id)).toMatchObject([
      { ...by, details: { username, after: { nodeCount: 3 } } },
    ]);
    expect((await admin.audited('capacity_request.updated', made.id))[1]).toMatchObject({
      ...by,
      details: { before: { nodeCount: 3, expiresAt: made.expiresAt }, after: { nodeCount: 5, expiresAt } },
    });
    expect(await admin.audited('capacity_request.ended', made.id)).toMatchObject([
      { ...by, details: { before: { nodeCount: 4, expiresAt } } },
    ]);
  });

  it('lists them page by page, filtered', async () => {
    const { id, username, userId } = await member();
    const other = await member();
    for (const nodes of [3, 1, 2]) await ask(id, username, nodes);
    const elsewhere = await ask(other.id, other.username, 9);
    const pages = await admin.pages<RequestBody>(
      `/admin/capacity-requests?userId=${userId}&sort=nodeCount`,
      'capacityRequests',
    );
    expect(pages.map((page) => page.map(({ nodeCount }) => nodeCount))).toEqual([[1, 2], [3]]);
    const counts = async (query: string): Promise<number[]> => {
      const url = `/admin/capacity-requests?sort=nodeCount&${query}`;
      const page = await admin.done<{ capacityRequests: RequestBody[] }>('GET', url);
      return page.capacityRequests.map(({ nodeCount }) => nodeCount);
    };
    expect(await counts(`organizationId=${other.id}`)).toEqual([9]);
    const ids = [elsewhere.id, randomUUID(), pages[0]![0]!.id];
    expect(await admin.done('POST', '/admin/capacity-requests/end', { ids })).toMatchObject({
      results: [{ isDone: true }, { problem: { code: 'capacity.request_not_found' } }, { isDone: true }],
    });
    expect(await counts(`userId=${userId}&isLive=true`)).toEqual([2, 3]);
    expect(await counts(`userId=${userId}&isLive=false`)).toEqual([1]);
    expect(await counts(`search=${username.toUpperCase()}`)).toEqual([1, 2, 3]);
  });

  it('refuses what cannot be, and then changes nothing', async () => {
    const { id: organizationId, username } = await member();
    const stranger = await admin.world.user();
    const live = await ask(organizationId, username, 3);
    const twin = await ask(organizationId, username, 4);
    const ended = await ask(organizationId, username, 5);
    await admin.done('DELETE', `/admin/capacity-requests/${ended.id}`);
    const before = await admin.world.http.stored();
    const given = { organizationId, username, nodes: 3, ttlMinutes: 60 };
    const posts: [object, number, string][] = [
      [given, 409, 'capacity.request_exists'],
      [{ ...given, username: stranger.username }, 409, 'capacity.user_without_access'],
      [{ ...given, username: 'nobody-there' }, 404, 'users.not_found'],
      [{ ...given, organizationId: randomUUID() }, 404, 'organizations.not_found'],
      [{ ...given, ttlMinutes: 5 }, 400, 'capacity.ttl_out_of_range'],
      [{ ...given, expiresAt: inMinutes(60) }, 400, 'validation_failed'],
      [{ ...given, nodes: -1 }, 400, 'validation_failed'],
      [{ organizationId, username, nodes: 1 }, 400, 'validation_failed'],
    ];
    for (const [body, status, code] of posts)
      expectProblem(await admin.byDeveloper('POST', '/admin/capacity-requests', body), status, code);
    const patches: [string, object, number, string][] = [
      [live.id, { nodes: twin.nodeCount }, 409, 'capacity.request_exists'],
      [live.id, { expiresAt: inMinutes(1000) }, 400, 'capacity.ttl_out_of_range'],
      [live.id, { ttlMinutes: 60, expiresAt: inMinutes(60) }, 400, 'validation_failed'],
      [ended.id, { nodes: 1 }, 409, 'capacity.request_ended'],
      [randomUUID(), { nodes: 1 }, 404, 'capacity.request_not_found'],
    ];
    for (const [id, body, status, code] of patches)
      expectProblem(await admin.byDeveloper('PATCH', `/admin/capacity-requests/${id}`, body), status, code);
    expect(await admin.world.http.stored()).toBe(before);
  });

  it('is for administrators', async () => {
    const person = await admin.person();
    expectProblem(await admin.by(person, 'GET', '/admin/capacity-requests'), 403, 'auth.forbidden');
  });
});
