import { textLike, expectJson, expectPage, failedWith } from '../support/answer-checks.js';
import { type Answer, type Method } from '../support/http-harness.js';
import { HttpWorld, type Member } from '../support/http-world.js';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const TTL_MESSAGE = 'TTL mins must be greater than or equal to 15 and less than or equal to 720 (i.e. (12.0 hrs)';
const TOKEN_EXPIRES = '2026-03-01T13:00:00UTC';

interface StoredRequest {
  node_count: number;
  expires_at: Date;
  end_reason: string | null;
}

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

const untilTokenExpires = (nodes: string | number, method: Method = 'PUT', by = member): Promise<Answer> =>
  world.http.call(method, `/api/desired_org_num_nodes/${by.organization.name}/${nodes}/`, { token: by.access });
const forMinutes = (nodes: string | number, ttl: string | number, by = member): Promise<Answer> =>
  world.http.call('POST', `/api/desired_org_num_nodes_ttl/${by.organization.name}/${nodes}/${ttl}/`, {
    token: by.access,
  });
const remove = (method: Method = 'PUT', by = member): Promise<Answer> =>
  world.http.call(method, `/api/remove_user_org_num_nodes_reqs/${by.organization.name}/`, { token: by.access });
const stored = ({ organization } = member): Promise<StoredRequest[]> =>
  world.http.fixtures.query<StoredRequest & Record<string, unknown>>(
    'SELECT node_count, expires_at, end_reason FROM capacity_requests WHERE organization_id = $1 ORDER BY node_count, expires_at',
    [organization.id],
  );

/** The answer to an accepted request; tests of the old system look for these words. */
function expectQueued(answer: Answer, verb: string, nodes: number, expires: string): void {
  const { organization, user } = member;
  const what = `org:${organization.name} user:${user.username} nodes:${nodes} id:${UUID} expires:${expires}`;
  const msg = `^${verb} ${organization.name} cluster. Created new entry for ${what}; created and queued capacity request$`;
  expectJson(answer, 200, { status: 'QUEUED', msg: textLike(msg), error_msg: '' });
}

describe('PUT and PATCH /api/desired_org_num_nodes/<org>/<n>/', () => {
  it.each(['PUT', 'PATCH'] as const)('%s asks for nodes until the token expires', async (method) => {
    expectQueued(await untilTokenExpires(3, method), 'Deploying', 3, TOKEN_EXPIRES);
    expect(await stored()).toEqual([{ node_count: 3, expires_at: new Date('2026-03-01T13:00:00Z'), end_reason: null }]);
  });

  it('calls an identical request redundant, and one with another count or expiry new', async () => {
    expectQueued(await untilTokenExpires(3), 'Deploying', 3, TOKEN_EXPIRES);
    const { organization, user } = member;
    const what = `org:${organization.name} user:${user.username} nodes:3 id:${UUID} expires:${TOKEN_EXPIRES}`;
    const msg = textLike(`^Deploying ${organization.name} cluster. An entry already exists for ${what}$`);
    expectJson(await untilTokenExpires(3, 'PATCH'), 200, { status: 'REDUNDANT', msg, error_msg: '' });
    expectQueued(await untilTokenExpires(4), 'Deploying', 4, TOKEN_EXPIRES);
    expectJson(await forMinutes(3, 60), 200, { status: 'REDUNDANT', msg, error_msg: '' });
    expectQueued(await forMinutes(3, 61), 'Deploying', 3, '2026-03-01T13:01:00UTC');
    expect(await stored()).toHaveLength(3);
  });

  it.each([
    ['0', 0],
    ['003', 3],
    ['1000', 1000],
    ['1001', 1001],
    ['2147483647', 2_147_483_647],
    ['00000000000000000000000000007', 7],
  ])('takes %s', async (text, nodes) => {
    expectQueued(await untilTokenExpires(text), 'Deploying', nodes, TOKEN_EXPIRES);
    expect((await stored()).map(({ node_count }) => node_count)).toEqual([nodes]);
  });

  it('says Updating when the cluster is there', async () => {
    await world.deploy(member.organization.id, 2);
    expectQueued(await untilTokenExpires(3), 'Updating', 3, TOKEN_EXPIRES);
  });

  it('needs a deployed cluster when the organization does not allow tokens to deploy, with its text in msg', async () => {
    member = await world.member({ allowDeployByToken: false });
    const msg = `Org ${member.organization.name} is not configured to allow auto-deploy by token`;
    expectJson(await untilTokenExpires(3), 503, { status: 'FAILED', msg, error_msg: '' });
    expect(await stored()).toEqual([]);
    await world.deploy(member.organization.id, 2);
    expectQueued(await untilTokenExpires(3), 'Updating', 3, TOKEN_EXPIRES);
  });
});

describe('POST /api/desired_org_num_nodes_ttl/<org>/<n>/<ttl>/', () => {
  it.each([
    ['15', '2026-03-01T12:15:00UTC'],
    ['0015', '2026-03-01T12:15:00UTC'],
    ['720', '2026-03-02T00:00:00UTC'],
  ])('asks for nodes for %s minutes', async (ttl, expires) => {
    expectQueued(await forMinutes(3, ttl), 'Deploying', 3, expires);
  });

  it.each(['0', '14', '721', '2147483648', '9'.repeat(400)])('refuses a time to live of %s', async (ttl) => {
    expectJson(await forMinutes(3, ttl), 400, failedWith(TTL_MESSAGE));
    expect(await stored()).toEqual([]);
  });

  it('needs a deployed cluster when the organization does not allow tokens to deploy', async () => {
    member = await world.member({ allowDeployByToken: false });
    const message = `cluster for ${member.organization.name} is not deployed and is not configured to be deployed with this request (See admin for details)`;
    expectJson(await forMinutes(3, 15), 503, failedWith(message));
    expectJson(await forMinutes(3, 14), 400, failedWith(TTL_MESSAGE));
    expect(await stored()).toEqual([]);
  });

  it('stores one request when the same is asked many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => forMinutes(3, 15)));
    const statuses = answers.map(({ body }) => (body as { status: string }).status);
    expect(statuses.filter((status) => status === 'QUEUED')).toHaveLength(1);
    expect(await stored()).toHaveLength(1);
  });
});

describe('counts no column can hold', () => {
  it.each(['2147483648', '99999999999', '9'.repeat(20), '9'.repeat(400)])(
    'answers 400 to %s, and stores nothing',
    async (nodes) => {
      const shown = nodes.length > 20 ? `${nodes.slice(0, 20)}...` : nodes;
      const message = `A node count must be a whole number from 0 to 2147483647, not ${shown}. Ask for fewer nodes.`;
      expectJson(await untilTokenExpires(nodes), 400, failedWith(message));
      expectJson(await forMinutes(nodes, 15), 400, failedWith(message));
      expect(await stored()).toEqual([]);
    },
  );
});

describe('numbers that are none', () => {
  it.each(['-1', '+1', '1.5', '1e3', '0x10', 'three', 'NaN', '%20', '1%20', '%D9%A3', '1,000', '%00', '%2D1', '1%00'])(
    'has no path with %s, with or without a token',
    async (text) => {
      const before = await world.http.stored();
      expectPage(await untilTokenExpires(text), 404);
      expectPage(await forMinutes(text, 15), 404);
      expectPage(await forMinutes(3, text), 404);
      expectPage(await world.http.call('PUT', `/api/desired_org_num_nodes/${member.organization.name}/${text}/`), 404);
      expect(await world.http.stored()).toBe(before);
    },
  );
});

describe('PUT and PATCH /api/remove_user_org_num_nodes_reqs/<org>/', () => {
  it.each(['PUT', 'PATCH'] as const)(
    '%s ends the own requests that do not size the cluster, and no others',
    async (method) => {
      const colleague = await world.user();
      await world.join(colleague.id, member.organization.id);
      const tokens = await world.organizationTokens(colleague.username, member.organization.name);
      const other: Member = { organization: member.organization, user: colleague, ...tokens };
      for (const nodes of [2, 5]) await untilTokenExpires(nodes);
      for (const nodes of [1, 4]) await untilTokenExpires(nodes, 'PUT', other);
      const msg = `${member.user.username} cleaned all PENDING org node reqs for ${member.organization.name} `;
      expectJson(await remove(method), 200, { status: 'SUCCESS', msg });
      expect((await stored()).map(({ node_count, end_reason }) => [node_count, end_reason])).toEqual([
        [1, null],
        [2, 'removed'],
        [4, null],
        [5, null],
      ]);
      expectJson(await remove(method), 200, { status: 'SUCCESS', msg });
      expect((await stored()).filter(({ end_reason }) => end_reason !== null)).toHaveLength(1);
    },
  );
});
