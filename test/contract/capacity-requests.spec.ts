import { expectJson, expectProblem, textLike } from '../support/answer-checks.js';
import { type Answer } from '../support/http-harness.js';
import { HttpWorld, type Member } from '../support/http-world.js';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

let world: HttpWorld;
let member: Member;
beforeAll(async () => {
  world = await HttpWorld.start();
});
beforeEach(async () => {
  member = await world.member();
});
afterEach(() => {
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

const ask = (body: unknown, token = member.access, name = member.organization.name): Promise<Answer> =>
  world.http.call('POST', `/api/v1/organizations/${name}/capacity-requests`, { token, body });
const stored = (): Promise<Record<string, unknown>[]> =>
  world.http.fixtures.query(
    'SELECT user_id, node_count, expires_at FROM capacity_requests WHERE organization_id = $1 AND ended_at IS NULL ORDER BY node_count',
    [member.organization.id],
  );
const request = (nodeCount: number, expiresAt: string): unknown => ({
  id: textLike(UUID),
  nodeCount,
  expiresAt,
  createdAt: '2026-03-01T12:00:00.000Z',
});
const personOf = async (status: 'pending' | 'active' | 'inactive', role?: 'owner'): Promise<string> => {
  const user = await world.user();
  await world.join(user.id, member.organization.id, status, role);
  return world.session(user.username);
};

describe('POST /api/v1/organizations/:organization/capacity-requests', () => {
  it.each([
    [{ nodes: 3, ttlMinutes: 15 }, 3, '2026-03-01T12:15:00.000Z'],
    [{ nodes: 0, ttlMinutes: 720 }, 0, '2026-03-02T00:00:00.000Z'],
    [{ nodes: 1001, expiresAt: '2026-03-01T12:15:00Z' }, 1001, '2026-03-01T12:15:00.000Z'],
    [{ nodes: 2_147_483_647, expiresAt: '2026-03-01T14:00:00.75+01:00' }, 2_147_483_647, '2026-03-01T13:00:00.000Z'],
  ])('stores %j and answers what was stored', async (body, nodes, expiresAt) => {
    expectJson(await ask(body), 201, request(nodes, expiresAt));
    expect(await stored()).toEqual([{ user_id: member.user.id, node_count: nodes, expires_at: new Date(expiresAt) }]);
  });

  it('is one request with the old call for the same count until the same second', async () => {
    const first = await ask({ nodes: 3, ttlMinutes: 60 });
    expect((await ask({ nodes: 3, expiresAt: '2026-03-01T13:00:00Z' })).body).toEqual(first.body);
    const old = `/api/desired_org_num_nodes_ttl/${member.organization.name}/3/60/`;
    const again = await world.http.call('POST', old, { token: member.access });
    expect(again.body).toMatchObject({ status: 'REDUNDANT' });
    expect(await stored()).toHaveLength(1);
  });

  it.each([{ ttlMinutes: 14 }, { ttlMinutes: 721 }, { ttlMinutes: -60 }, { expiresAt: '2026-03-02T00:00:01Z' }])(
    'is refused outside of 15 to 720 minutes: %j',
    async (timeToLive) => {
      expectProblem(await ask({ nodes: 3, ...timeToLive }), 400, 'capacity.ttl_out_of_range');
      expect(await stored()).toEqual([]);
    },
  );

  it.each([
    {},
    { nodes: 3 },
    { ttlMinutes: 15 },
    { nodes: 3, ttlMinutes: 15, expiresAt: '2026-03-01T12:15:00Z' },
    { nodes: 3, ttlMinutes: 15.5 },
    { nodes: 3, ttlMinutes: '15' },
    { nodes: 3, expiresAt: 'tomorrow' },
    { nodes: 3, expiresAt: '2026-03-01T12:15:00' },
    { nodes: -1, ttlMinutes: 15 },
    { nodes: 1.5, ttlMinutes: 15 },
    { nodes: 2_147_483_648, ttlMinutes: 15 },
    { nodes: null, ttlMinutes: 15 },
    { nodes: 3, ttlMinutes: 15, userId: 1 },
  ])('is refused with the body %j', async (body) => {
    expectProblem(await ask(body), 400, 'validation_failed');
    expect(await stored()).toEqual([]);
  });

  it('needs a deployed cluster when the organization does not let requests deploy one', async () => {
    member = await world.member({ allowDeployByToken: false });
    const body = { nodes: 3, ttlMinutes: 15 };
    expectProblem(await ask(body), 409, 'capacity.deployment_not_allowed');
    expectProblem(await ask({ nodes: 3, ttlMinutes: 14 }), 400, 'capacity.ttl_out_of_range');
    expect(await stored()).toEqual([]);
    await world.deploy(member.organization.id, 2);
    expect((await ask(body)).status).toBe(201);
  });

  it('is for active members and owners, by either token, and for administrators', async () => {
    const admin = await world.user({ isSuperuser: true });
    const tokens = [
      member.access,
      await personOf('active'),
      await personOf('active', 'owner'),
      await world.session(admin.username),
    ];
    for (const token of tokens) expect((await ask({ nodes: 1, ttlMinutes: 15 }, token)).status).toBe(201);
    expect(await stored()).toHaveLength(4);
  });

  it('is a request of the one who asks, and of nobody else', async () => {
    const other = await personOf('active');
    await ask({ nodes: 4, ttlMinutes: 15 }, other);
    const list = await world.http.call('GET', `/api/v1/organizations/${member.organization.name}/capacity-requests`, {
      token: member.access,
    });
    expectJson(list, 200, { capacityRequests: [] });
  });

  it('hides the organization from everybody else', async () => {
    const body = { nodes: 1, ttlMinutes: 15 };
    const stranger = await world.member();
    for (const token of [await personOf('pending'), await personOf('inactive'), stranger.access])
      expectProblem(await ask(body, token), 404, 'organizations.not_found');
    expectProblem(await ask(body, member.access, 'nowhere'), 404, 'organizations.not_found');
    expectProblem(
      await world.http.call('POST', `/api/v1/organizations/${member.organization.name}/capacity-requests`, { body }),
      401,
      'auth.required',
    );
    expect(await stored()).toEqual([]);
  });
});
