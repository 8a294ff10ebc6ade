import { expectJson, failedWith, tokenNotValid } from '../support/answer-checks.js';
import { type Answer, type Call, type Method } from '../support/http-harness.js';
import { HttpWorld, type Member } from '../support/http-world.js';

const NO_TOKEN = 'No token is provided in the header or the header is missing';
const BAD_HEADER = {
  detail: 'Authorization header must contain two space-delimited values',
  code: 'bad_authorization_header',
};

interface Endpoint {
  name: string;
  methods: Method[];
  url: (organization: string) => string;
  /** Endpoint 8 looks the organization up before it looks for a token. */
  looksUpFirst?: boolean;
  /** What an inactive member is told. */
  inactive: (username: string, organization: string) => [number, unknown];
}

const NOTHING_DONE: Endpoint['inactive'] = () => [200, { active: false }];
const ENDPOINTS: Endpoint[] = [
  {
    name: 'membership_status',
    methods: ['GET'],
    url: (org) => `/api/membership_status/${org}/`,
    inactive: NOTHING_DONE,
  },
  {
    name: 'org_num_nodes',
    methods: ['GET'],
    url: (org) => `/api/org_num_nodes/${org}/`,
    looksUpFirst: true,
    inactive: () => [400, failedWith('user is not an ACTIVE member?')],
  },
  { name: 'org_ip_adr', methods: ['GET'], url: (org) => `/api/org_ip_adr/${org}/`, inactive: NOTHING_DONE },
  {
    name: 'desired_org_num_nodes',
    methods: ['PUT', 'PATCH'],
    url: (org) => `/api/desired_org_num_nodes/${org}/3/`,
    inactive: NOTHING_DONE,
  },
  {
    name: 'desired_org_num_nodes_ttl',
    methods: ['POST'],
    url: (org) => `/api/desired_org_num_nodes_ttl/${org}/3/15/`,
    inactive: (user, org) => [401, failedWith(`${user} is Not an Active Member of ${org}`)],
  },
  {
    name: 'remove_user_org_num_nodes_reqs',
    methods: ['PUT', 'PATCH'],
    url: (org) => `/api/remove_user_org_num_nodes_reqs/${org}/`,
    inactive: NOTHING_DONE,
  },
];
const CALLS = ENDPOINTS.flatMap((endpoint) =>
  endpoint.methods.map((method): [string, Method, Endpoint] => [`${method} ${endpoint.name}`, method, endpoint]),
);

let world: HttpWorld;
let member: Member;
beforeAll(async () => {
  world = await HttpWorld.start();
  member = await world.member();
});
afterEach(() => {
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

describe.each(CALLS)('%s', (_, method, endpoint) => {
  const call = (organization: string, options: Call = {}): Promise<Answer> =>
    world.http.call(method, endpoint.url(organization), options);
  const ours = (options: Call): Promise<Answer> => call(member.organization.name, options);
  const claims = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
    token_type: 'access',
    exp: world.http.clock.nowSeconds() + 60,
    iat: world.http.clock.nowSeconds(),
    jti: 'f'.repeat(32),
    org_name: member.organization.name,
    user_name: member.user.username,
    user_id: member.user.id,
    ...change,
  });
  const forged = (change: Record<string, unknown>): string => world.http.forge(claims(change));

  it.each([undefined, '', 'Basic eDp5', 'Token abc', 'bearer abc', 'abc'])(
    'asks for a token when Authorization is %j',
    async (authorization) => {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      expectJson(await ours({ headers }), 400, failedWith(NO_TOKEN));
      const unknown = await call('no-such-org', { headers });
      expectJson(unknown, 400, failedWith(endpoint.looksUpFirst ? 'Unknown org:no-such-org' : NO_TOKEN));
    },
  );

  it.each(['Bearer', 'Bearer ', 'Bearer a b'])('refuses the header %j', async (authorization) => {
    expectJson(await ours({ headers: { authorization } }), 403, BAD_HEADER);
  });

  it('refuses a bad token with 403 and the reason, whatever the organization', async () => {
    for (const [token, message] of [
      ['garbage', 'Token is invalid'],
      [`${member.access.slice(0, -3)}AAA`, 'Token is invalid'],
      [forged({ exp: world.http.clock.nowSeconds() }), 'Token is expired'],
      [member.refresh, 'Token has wrong type'],
      [forged({ jti: undefined }), 'Token has no id'],
    ] as const) {
      expectJson(await ours({ token }), 403, tokenNotValid(message));
      expectJson(await call('no-such-org', { token }), 403, tokenNotValid(message));
    }
  });

  it('refuses a token without a user, of a deleted user and of a disabled one', async () => {
    expectJson(await ours({ token: forged({ user_id: undefined }) }), 403, {
      detail: 'Token contained no recognizable user identification',
      code: 'token_not_valid',
    });
    const gone = { detail: 'User not found', code: 'user_not_found' };
    expectJson(await ours({ token: forged({ user_id: 2_147_483_647 }) }), 403, gone);
    expectJson(await call('no-such-org', { token: forged({ user_id: 2_147_483_647 }) }), 403, gone);
    const disabled = await world.member();
    await world.http.fixtures.query('UPDATE users SET is_active = false WHERE id = $1', [disabled.user.id]);
    expectJson(await call(disabled.organization.name, { token: disabled.access }), 403, {
      detail: 'User is inactive',
      code: 'user_inactive',
    });
  });

  it('checks organization, claim and membership in this order', async () => {
    const { username } = member.user;
    const other = await world.organization();
    expectJson(await call('no-such-org', { token: member.access }), 400, failedWith('Unknown org:no-such-org'));
    const shouted = member.organization.name.toUpperCase();
    expectJson(await call(shouted, { token: member.access }), 400, failedWith(`Unknown org:${shouted}`));
    expectJson(
      await call('no-such-org', { token: forged({ org_name: undefined }) }),
      400,
      failedWith('Unknown org:no-such-org'),
    );
    expectJson(await ours({ token: forged({ org_name: undefined }) }), 400, failedWith('invalid token ke'));
    expectJson(
      await call(other.name, { token: member.access }),
      400,
      failedWith(`user${username} is not a member of ${other.name}?`),
    );
    await world.join(member.user.id, other.id);
    expectJson(
      await call(other.name, { token: member.access }),
      400,
      failedWith(`Token claim org:${member.organization.name} does not match organization given:${other.name} `),
    );
  });

  it.each(['inactive', 'pending'] as const)('has its own answer for an %s member, and does nothing', async (status) => {
    const former = await world.member();
    await world.http.fixtures.query('UPDATE memberships SET status = $2 WHERE user_id = $1', [former.user.id, status]);
    const before = await world.http.stored();
    const answer = await call(former.organization.name, { token: former.access });
    expectJson(answer, ...endpoint.inactive(former.user.username, former.organization.name));
    expect(await world.http.stored()).toBe(before);
  });

  it('accepts a numeric text as user_id, and space around the token', async () => {
    const expected = await ours({ token: member.access });
    expect((await ours({ token: forged({ user_id: String(member.user.id) }) })).status).toBe(expected.status);
    expect((await ours({ headers: { authorization: `  Bearer   ${member.access} ` } })).status).toBe(expected.status);
  });

  it('looks at the token before it refuses a method', async () => {
    const wrong = method === 'GET' ? 'POST' : 'GET';
    const url = endpoint.url(member.organization.name);
    const allow = { GET: 'GET, HEAD, OPTIONS', POST: 'POST, OPTIONS' }[method as string] ?? 'PUT, PATCH, OPTIONS';
    const answer = await world.http.call(wrong, url);
    expectJson(answer, 405, { detail: `Method "${wrong}" not allowed.` });
    expect(answer.headers.allow).toBe(allow);
    expect((await world.http.call('DELETE', url, { token: member.access })).status).toBe(405);
    expectJson(await world.http.call(wrong, url, { token: 'garbage' }), 403, tokenNotValid('Token is invalid'));
    expectJson(await world.http.call('OPTIONS', url, { token: 'garbage' }), 403, tokenNotValid('Token is invalid'));
  });

  it.each<[string, Call]>([
    ['malformed JSON', { headers: { 'content-type': 'application/json' }, body: '{nope' }],
    ['an unknown content type', { headers: { 'content-type': 'text/plain' }, body: 'x' }],
    ['a content type that is none', { headers: { 'content-type': ';;;' }, body: 'x' }],
    ['an empty content type', { headers: { 'content-type': '' }, body: 'x' }],
    ['a body without a type', { body: 'x' }],
    ['unknown fields', { body: { nodes: 99, ttl: 1, org_name: 'other' } }],
  ])('ignores a body of %s', async (__, options) => {
    const expected = await ours({ token: member.access });
    const answer = await ours({ ...options, token: member.access });
    expect([answer.status, answer.headers['content-type']]).toEqual([expected.status, 'application/json']);
  });
});
