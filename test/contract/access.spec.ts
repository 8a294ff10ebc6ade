import { expectJson, expectProblem } from '../support/answer-checks.js';
import { type Answer, type Method } from '../support/http-harness.js';
import { HttpWorld, type Member, PASSWORD } from '../support/http-world.js';

const NEW_USER = { username: 'newcomer', email: 'newcomer@example.org', password: PASSWORD };
const ADMIN_CALLS: [Method, string, unknown?][] = [
  ['GET', '/admin/users'],
  ['POST', '/admin/users', NEW_USER],
  ['GET', '/admin/organizations'],
  ['POST', '/admin/organizations', { name: 'new-lab', owner: 'somebody' }],
  ['GET', '/admin/organizations/00000000-0000-4000-8000-000000000000/memberships'],
  ['POST', '/admin/organizations/00000000-0000-4000-8000-000000000000/memberships', { username: 'somebody' }],
];

let world: HttpWorld;
let member: Member;
let run: string;
beforeAll(async () => {
  world = await HttpWorld.start();
});
beforeEach(async () => {
  member = await world.member();
  run = await world.queuedRun(member.organization.id);
});
afterEach(() => {
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

/** Calls about the organization; the last one only for owners and administrators. */
const calls = (organization = member.organization.name, id = run): [Method, string][] => [
  ['GET', `/api/v1/organizations/${organization}/runs`],
  ['GET', `/api/v1/organizations/${organization}/runs/${id}`],
  ['HEAD', `/api/v1/organizations/${organization}/runs/${id}/events`],
  ['GET', `/api/v1/organizations/${organization}/capacity-requests`],
  ['DELETE', `/api/v1/organizations/${organization}/capacity-requests`],
  ['POST', `/api/v1/organizations/${organization}/runs/${id}/cancel`],
];
const statuses = async (token: string, list = calls()): Promise<number[]> => {
  const answers: Answer[] = [];
  for (const [method, url] of list) answers.push(await world.http.call(method, url, { token }));
  return answers.map(({ status }) => status);
};
const personOf = async (
  fixture: Parameters<HttpWorld['user']>[0] = {},
): Promise<{ id: number; username: string; token: string }> => {
  const user = await world.user(fixture);
  return { ...user, token: await world.session(user.username) };
};

const ALL = (status: number): number[] => Array<number>(6).fill(status);
const MEMBER_ONLY = [200, 200, 200, 200, 200, 403];

describe('one organization', () => {
  it('is open to its members, by either token; only owners cancel', async () => {
    expect(await statuses(member.access)).toEqual(MEMBER_ONLY);
    expect(await statuses(await world.session(member.user.username))).toEqual(MEMBER_ONLY);
    const owner = await personOf();
    await world.join(owner.id, member.organization.id, 'active', 'owner');
    const tokens = await world.organizationTokens(owner.username, member.organization.name);
    expect(await statuses(tokens.access)).toEqual(ALL(200));
    run = await world.queuedRun(member.organization.id);
    expect(await statuses(owner.token)).toEqual(ALL(200));
  });

  it('does not exist for strangers, former and future members, and staff without a permission', async () => {
    const stranger = await personOf();
    const staff = await personOf({ isStaff: true });
    const groupOnly = await personOf({ group: 'PS_Developer' });
    for (const { token } of [stranger, staff, groupOnly]) expect(await statuses(token)).toEqual(ALL(404));
    for (const status of ['inactive', 'pending'] as const) {
      await world.http.fixtures.query('UPDATE memberships SET status = $2 WHERE user_id = $1', [
        member.user.id,
        status,
      ]);
      expect(await statuses(member.access)).toEqual(ALL(404));
      expect(await statuses(await world.session(member.user.username))).toEqual(ALL(404));
    }
  });

  it('is open to administrators in person, but not to the token they got as members of it', async () => {
    const developer = await personOf({ isStaff: true, group: 'PS_Developer' });
    expect(await statuses(developer.token)).toEqual(ALL(200));
    run = await world.queuedRun(member.organization.id);
    const root = await personOf({ isSuperuser: true });
    await world.join(root.id, member.organization.id);
    const { access } = await world.organizationTokens(root.username, member.organization.name);
    expect(await statuses(access)).toEqual(MEMBER_ONLY);
    expect(await statuses(root.token)).toEqual(ALL(200));
  });

  it('is not reached with a token of another one, even by who belongs to both', async () => {
    const other = await world.organization();
    await world.join(member.user.id, other.id, 'active', 'owner');
    const { access } = await world.organizationTokens(member.user.username, other.name);
    expect(await statuses(access)).toEqual(ALL(404));
    expect(await statuses(member.access, calls(other.name))).toEqual(ALL(404));
    expect(await statuses(await world.session(member.user.username))).toEqual(MEMBER_ONLY);
  });

  it('hands out no runs or requests of another one under its own name', async () => {
    const other = await world.member();
    await world.http.fixtures.query(`UPDATE memberships SET role = 'owner' WHERE user_id = $1`, [other.user.id]);
    const base = `/api/v1/organizations/${other.organization.name}`;
    for (const [method, url] of [
      ['GET', `${base}/runs/${run}`],
      ['GET', `${base}/runs/${run}/events`],
      ['POST', `${base}/runs/${run}/cancel`],
    ] as const)
      expectProblem(await world.http.call(method, url, { token: other.access }), 404, 'runs.not_found');
    const asked = await world.http.call('PUT', `/api/desired_org_num_nodes/${member.organization.name}/2/`, {
      token: member.access,
    });
    const id = /id:(\S+)/.exec((asked.body as { msg: string }).msg)![1]!;
    for (const token of [other.access, await world.session(other.user.username)])
      expectProblem(
        await world.http.call('DELETE', `${base}/capacity-requests/${id}`, { token }),
        404,
        'capacity.request_not_found',
      );
    const colleague = await world.user();
    await world.join(colleague.id, member.organization.id, 'active', 'owner');
    const { access } = await world.organizationTokens(colleague.username, member.organization.name);
    const own = `/api/v1/organizations/${member.organization.name}/capacity-requests`;
    expectProblem(
      await world.http.call('DELETE', `${own}/${id}`, { token: access }),
      404,
      'capacity.request_not_found',
    );
    expectJson(await world.http.call('DELETE', own, { token: access }), 200, { released: 0 });
    const [left] = await world.http.fixtures.query<{ live: boolean }>(
      'SELECT ended_at IS NULL AS live FROM capacity_requests WHERE id = $1',
      [id],
    );
    expect(left).toEqual({ live: true });
  });

  it('closes at once for a disabled or deleted user, whatever token is left', async () => {
    const session = await world.session(member.user.username);
    await world.http.fixtures.query('UPDATE users SET is_active = false WHERE id = $1', [member.user.id]);
    expect(await statuses(session)).toEqual(ALL(401));
    expect(await statuses(member.access)).toEqual(ALL(401));
    await world.http.fixtures.query('DELETE FROM users WHERE id = $1', [member.user.id]);
    expect(await statuses(session)).toEqual(ALL(401));
    expect(await statuses(member.access)).toEqual(ALL(401));
  });
});

describe('administration', () => {
  const refused = async (token: string): Promise<void> => {
    const before = await world.http.stored();
    for (const [method, url, body] of ADMIN_CALLS)
      expectProblem(await world.http.call(method, url, { token, body }), 403, 'auth.forbidden');
    expect(await world.http.stored()).toBe(before);
  };

  it('is closed to every token of an organization, a superuser’s included', async () => {
    await refused(member.access);
    const root = await world.user({ isSuperuser: true });
    await world.join(root.id, member.organization.id, 'active', 'owner');
    await refused((await world.organizationTokens(root.username, member.organization.name)).access);
  });

  it.each([
    ['nobody in particular', {}],
    ['staff in no group', { isStaff: true }],
    ['a member of the group who is no staff', { group: 'PS_Developer' }],
  ])('is closed to %s', async (_, fixture) => {
    await refused((await personOf(fixture)).token);
  });

  it('is closed to owners of organizations', async () => {
    const owner = await personOf();
    await world.join(owner.id, member.organization.id, 'active', 'owner');
    await refused(owner.token);
  });

  it('lets developers make users and developers, but no superuser', async () => {
    const { token } = await personOf({ isStaff: true, group: 'PS_Developer' });
    const before = await world.http.stored();
    const superuser = { ...NEW_USER, isSuperuser: true };
    expectProblem(
      await world.http.call('POST', '/admin/users', { token, body: superuser }),
      403,
      'users.superuser_required',
    );
    expect(await world.http.stored()).toBe(before);
    const developer = { ...NEW_USER, isStaff: true, groups: ['PS_Developer'] };
    expect((await world.http.call('POST', '/admin/users', { token, body: developer })).status).toBe(201);
    const root = await personOf({ isSuperuser: true });
    const other = { ...superuser, username: 'second-root', email: 'second-root@example.org' };
    expect((await world.http.call('POST', '/admin/users', { token: root.token, body: other })).status).toBe(201);
  });

  it('closes at once for who is no administrator any more', async () => {
    const root = await personOf({ isSuperuser: true });
    const developer = await personOf({ isStaff: true, group: 'PS_Developer' });
    for (const { token } of [root, developer])
      expect((await world.http.call('GET', '/admin/users', { token })).status).toBe(200);
    await world.http.fixtures.query('UPDATE users SET is_superuser = false, is_staff = false WHERE id = ANY ($1)', [
      [root.id, developer.id],
    ]);
    await refused(root.token);
    await refused(developer.token);
    await world.http.fixtures.query('UPDATE users SET is_active = false WHERE id = $1', [root.id]);
    expectProblem(await world.http.call('GET', '/admin/users', { token: root.token }), 401, 'auth.token_not_valid');
  });
});
