import { randomBytes } from 'node:crypto';
import { AdminWorld } from '../../support/admin-world.js';
import { expectProblem } from '../../support/answer-checks.js';
import { PASSWORD } from '../../support/http-world.js';

const NEW_PASSWORD = 'staple battery horse';

let admin: AdminWorld;
beforeAll(async () => {
  admin = await AdminWorld.start();
});
afterEach(() => {
  expect(admin.world.http.complaints).toEqual([]);
});
afterAll(() => admin.close());

const unique = (): string => `name-${randomBytes(4).toString('hex')}`;
const seesItself = async (token: string): Promise<number> =>
  (await admin.world.http.call('GET', '/api/v1/account', { token })).status;

describe('listing users', () => {
  it('pages in every order, both ways, and nobody is missing or twice', async () => {
    const prefix = unique();
    const made = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${prefix}-${letter}`);
    for (const username of made) await admin.world.user({}, username);
    await admin.world.session(made[2]!);
    for (const sort of ['username', 'createdAt', 'lastLoginAt']) {
      const up = await admin.pages<{ username: string }>(`/admin/users?search=${prefix}&sort=${sort}`, 'users');
      const down = await admin.pages<{ username: string }>(`/admin/users?search=${prefix}&sort=-${sort}`, 'users');
      const names = up.flat().map(({ username }) => username);
      expect(up.map(({ length }) => length)).toEqual([2, 2, 1]);
      expect([...names].sort()).toEqual(made);
      expect(down.flat().map(({ username }) => username)).toEqual(names.toReversed());
    }
    const [last] = (
      await admin.pages<{ username: string }>(`/admin/users?search=${prefix}&sort=-lastLoginAt`, 'users')
    )[0]!;
    expect(last).toMatchObject({ username: made[2], lastLoginAt: expect.any(String) as string });
  });

  it('filters by what accounts are, and searches names and addresses in any case', async () => {
    const person = await admin.world.user({ isActive: false, isStaff: true, group: 'PS_Developer' });
    await admin.world.http.fixtures.query(`UPDATE users SET first_name = 'Ada', last_name = 'Ng' WHERE id = $1`, [
      person.id,
    ]);
    const search = `search=${person.username.toUpperCase()}`;
    const found = async (query: string): Promise<number> =>
      (await admin.done<{ users: unknown[] }>('GET', `/admin/users?${query}`)).users.length;
    for (const query of ['isActive=false', 'isStaff=true', 'isSuperuser=false', 'group=PS_Developer'])
      expect([query, await found(`${search}&${query}`)]).toEqual([query, 1]);
    for (const query of ['isActive=true', 'isStaff=false', 'isSuperuser=true', 'group=Nobody'])
      expect([query, await found(`${search}&${query}`)]).toEqual([query, 0]);
    expect(await found('isActive=false&search=ada%20N')).toBe(1);
    expect(await found(`isActive=false&search=${person.username}%40EXAMPLE`)).toBe(1);
  });

  it('refuses what it does not know', async () => {
    for (const query of ['sort=password', 'isActive=yes', 'after=1', 'limit=0'])
      expectProblem(await admin.byDeveloper('GET', `/admin/users?${query}`), 400, 'validation_failed');
    expectProblem(await admin.byDeveloper('GET', '/admin/users/2147483647'), 404, 'users.not_found');
    expectProblem(await admin.byDeveloper('GET', '/admin/users/me'), 400, 'validation_failed');
  });
});

describe('changing a user', () => {
  it('changes what is given and records what it was', async () => {
    const user = await admin.world.user();
    const username = unique();
    const change = { username, firstName: 'Ada', isStaff: true, groups: ['PS_Developer', 'PS_Developer'] };
    const changed = await admin.done('PATCH', `/admin/users/${user.id}`, change);
    expect(changed).toMatchObject({ ...change, groups: ['PS_Developer'], lastName: '', isActive: true });
    expect(await admin.done('GET', `/admin/users/${user.id}`)).toEqual(changed);
    const [event] = await admin.audited('user.updated', user.id);
    expect(event).toMatchObject({ actor: `user:${admin.developer.username}` });
    expect(event?.details).toEqual({
      before: { username: user.username, firstName: '', isStaff: false, groups: [] },
      after: { username, firstName: 'Ada', isStaff: true, groups: ['PS_Developer'] },
    });
    await admin.done('PATCH', `/admin/users/${user.id}`, change);
    expect(await admin.audited('user.updated', user.id)).toHaveLength(1);
  });

  it('puts a verified address in place of the old one, which can reset the password no more', async () => {
    const [user, other] = [await admin.world.user(), await admin.world.user()];
    const email = `${unique()}@example.org`;
    expect(await admin.done('PATCH', `/admin/users/${user.id}`, { email })).toMatchObject({ email });
    const addresses = await admin.world.http.fixtures.query(
      'SELECT email, is_primary, verified_at IS NOT NULL AS verified FROM email_addresses WHERE user_id = $1',
      [user.id],
    );
    expect(addresses).toEqual([{ email, is_primary: true, verified: true }]);
    expect((await admin.audited('user.updated', user.id))[0]?.details).toEqual({
      before: { email: 'u***@example.org' },
      after: { email: 'n***@example.org' },
    });
    expect(await admin.done('PATCH', `/admin/users/${user.id}`, { email: email.toUpperCase() })).toMatchObject({
      email: email.toUpperCase(),
    });
    const taken = { email: `${other.username}@example.org` };
    expectProblem(await admin.byDeveloper('PATCH', `/admin/users/${user.id}`, taken), 409, 'accounts.address_taken');
  });

  it('refuses what cannot be, and then changes nothing', async () => {
    const [user, other] = [await admin.world.user(), await admin.world.user()];
    const before = await admin.world.http.stored();
    const refusals: [object, number, string][] = [
      [{ username: other.username.toUpperCase() }, 409, 'users.username_taken'],
      [{ username: 'no spaces' }, 400, 'users.invalid'],
      [{ username: 'somebody.else@example.org' }, 400, 'users.invalid'],
      [{ firstName: 'Ada', email: 'nowhere' }, 400, 'users.invalid'],
      [{ firstName: 'Ada', groups: ['Nobody'] }, 400, 'users.unknown_group'],
      [{ isActive: 'no' }, 400, 'validation_failed'],
      [{ password: NEW_PASSWORD }, 400, 'validation_failed'],
    ];
    for (const [change, status, code] of refusals)
      expectProblem(await admin.byDeveloper('PATCH', `/admin/users/${user.id}`, change), status, code);
    expect(await admin.world.http.stored()).toBe(before);
  });

  it('keeps out an inactive account, and ends its personal tokens for good', async () => {
    const person = await admin.person();
    const organization = await admin.world.organization();
    await admin.world.join(person.id, organization.id);
    const { access } = await admin.world.organizationTokens(person.username, organization.name);
    const url = `/api/v1/organizations/${organization.name}/runs`;
    const useToken = async (): Promise<number> => (await admin.world.http.call('GET', url, { token: access })).status;
    const input = { name: 'program', scopes: ['memberships.request'], expiresAt: '2026-06-01T00:00:00Z' };
    const personal = (await admin.by(person, 'POST', '/api/v1/account/tokens', input)).body as {
      id: string;
      token: string;
    };
    const usePersonal = async (): Promise<number> =>
      (await admin.world.http.call('GET', '/api/v1/memberships', { token: personal.token })).status;
    expect([await seesItself(person.token), await useToken(), await usePersonal()]).toEqual([200, 200, 200]);
    const bulk = await admin.done('POST', '/admin/users/deactivate', {
      ids: [person.id, 2_147_483_647, admin.root.id],
    });
    expect(bulk).toMatchObject({
      results: [
        { id: person.id, isDone: true, problem: null },
        { isDone: false, problem: { code: 'users.not_found' } },
        { id: admin.root.id, isDone: false, problem: { code: 'users.superuser_account' } },
      ],
    });
    expect([await seesItself(person.token), await useToken(), await usePersonal()]).toEqual([401, 401, 401]);
    expect((await admin.audited('user.updated', person.id))[0]?.details).toEqual({
      before: { isActive: true },
      after: { isActive: false },
    });
    await admin.done('POST', '/admin/users/activate', { ids: [person.id] });
    // What was lent to a cluster goes on until it expires, as after a change of the password.
    expect([await seesItself(person.token), await usePersonal(), await useToken()]).toEqual([401, 401, 200]);
    const ended = await admin.audited('personal_token.revoked', personal.id);
    expect(ended).toMatchObject([{ actor: `user:${admin.developer.username}`, details: { cause: 'user.updated' } }]);
  });
});

describe('setting a password', () => {
  it('ends the sessions, and is no way past the rules for passwords', async () => {
    const person = await admin.person();
    const url = `/admin/users/${person.id}/password`;
    expectProblem(await admin.byDeveloper('PUT', url, { password: 'password' }), 400, 'users.weak_password');
    expect(await seesItself(person.token)).toBe(200);
    expect(await admin.done('PUT', url, { password: NEW_PASSWORD })).toMatchObject({ id: person.id });
    expect(await seesItself(person.token)).toBe(401);
    const login = (password: string) =>
      admin.world.http.call('POST', '/api/v1/auth/login', { body: { username: person.username, password } });
    expect([(await login(PASSWORD)).status, (await login(NEW_PASSWORD)).status]).toEqual([401, 200]);
    const [event] = await admin.audited('user.password_set', person.id);
    expect(event).toMatchObject({ actor: `user:${admin.developer.username}`, details: {} });
    expect(JSON.stringify(event)).not.toContain(NEW_PASSWORD);
    const mails = await admin.world.http.fixtures.query(
      `SELECT kind FROM mail_outbox WHERE recipient = $1 AND kind = 'password_changed'`,
      [`${person.username}@example.org`],
    );
    expect(mails).toHaveLength(1);
  });

  it('is not for the own account, which asks for the old one', async () => {
    const answer = await admin.byDeveloper('PUT', `/admin/users/${admin.developer.id}/password`, {
      password: NEW_PASSWORD,
    });
    expectProblem(answer, 409, 'users.own_account');
  });
});

describe('deleting a user', () => {
  it('ends everything the account has and keeps its number', async () => {
    const person = await admin.person();
    const organization = await admin.world.organization();
    await admin.world.join(person.id, organization.id);
    expect(await admin.done('DELETE', `/admin/users/${person.id}`)).toEqual({ id: person.id });
    expect(await seesItself(person.token)).toBe(401);
    expectProblem(await admin.byDeveloper('GET', `/admin/users/${person.id}`), 404, 'users.not_found');
    const [event] = await admin.audited('user.deleted', person.id);
    expect(event).toMatchObject({
      actor: `user:${admin.developer.username}`,
      details: { before: { username: person.username, isActive: true } },
    });
    const left = await admin.done<{ events: unknown[] }>(
      'GET',
      `/admin/audit-events?action=membership.left&organizationId=${organization.id}`,
    );
    expect(left.events).toMatchObject([{ actor: `user:${admin.developer.username}` }]);
    expectProblem(await admin.byDeveloper('DELETE', `/admin/users/${person.id}`), 404, 'users.not_found');
    expectProblem(await admin.byDeveloper('DELETE', `/admin/users/${admin.developer.id}`), 409, 'users.own_account');
  });
});

describe('what a developer may not', () => {
  it('is to make a superuser, or to touch one', async () => {
    const user = await admin.world.user();
    const other = await admin.world.user({ isSuperuser: true });
    const before = await admin.world.http.stored();
    const of = (id: number, path = ''): string => `/admin/users/${id}${path}`;
    expectProblem(
      await admin.byDeveloper('PATCH', of(user.id), { isSuperuser: true }),
      403,
      'users.superuser_required',
    );
    for (const change of [{ firstName: 'X' }, { isActive: false }, { isSuperuser: false }, { email: 'x@example.org' }])
      expectProblem(await admin.byDeveloper('PATCH', of(other.id), change), 403, 'users.superuser_account');
    const password = { password: NEW_PASSWORD };
    expectProblem(await admin.byDeveloper('PUT', of(other.id, '/password'), password), 403, 'users.superuser_account');
    expectProblem(await admin.byDeveloper('DELETE', of(other.id)), 403, 'users.superuser_account');
    expect(await admin.world.http.stored()).toBe(before);
    expect((await admin.byRoot('PATCH', of(other.id), { firstName: 'X' })).status).toBe(200);
    expect((await admin.byRoot('PATCH', of(user.id), { isSuperuser: true })).status).toBe(200);
    expect((await admin.byRoot('DELETE', of(user.id))).status).toBe(200);
    expect((await admin.byRoot('PATCH', of(other.id), { isSuperuser: false })).status).toBe(200);
  });

  it('is to give or to take over what only others may do', async () => {
    const group = unique();
    await admin.world.http.fixtures.query(
      `WITH g AS (INSERT INTO groups (name) VALUES ($1) RETURNING id)
       INSERT INTO group_permissions SELECT id, 'groups.manage' FROM g`,
      [group],
    );
    const code = 'users.permissions_beyond_own';
    const user = await admin.world.user({ isStaff: true });
    expectProblem(await admin.byDeveloper('PATCH', `/admin/users/${user.id}`, { groups: [group] }), 403, code);
    const dormant = await admin.world.user({ group });
    expectProblem(await admin.byDeveloper('PATCH', `/admin/users/${dormant.id}`, { isStaff: true }), 403, code);
    const username = unique();
    const given = { username, email: `${username}@example.org`, password: PASSWORD, isStaff: true, groups: [group] };
    expectProblem(await admin.byDeveloper('POST', '/admin/users', given), 403, code);
    const strong = await admin.world.user({ isStaff: true, group });
    const password = { password: NEW_PASSWORD };
    expectProblem(await admin.byDeveloper('PUT', `/admin/users/${strong.id}/password`, password), 403, code);
    expect((await admin.byRoot('PATCH', `/admin/users/${user.id}`, { groups: [group] })).status).toBe(200);
  });
});

describe('superusers', () => {
  it('never take the last of them away, not even two at once', async () => {
    const other = await admin.person({ isSuperuser: true });
    const inactive = await admin.world.user({ isSuperuser: true, isActive: false });
    const { fixtures } = admin.world.http;
    const answers = await fixtures.holding('SELECT 1 FROM users FOR UPDATE', async () => {
      const both = [
        admin.byRoot('PATCH', `/admin/users/${other.id}`, { isActive: false }),
        admin.by(other, 'PATCH', `/admin/users/${admin.root.id}`, { isSuperuser: false }),
      ];
      await fixtures.untilWaiting(2);
      return both;
    });
    expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([200, 409]);
    await fixtures.query('UPDATE users SET is_active = true, is_superuser = true WHERE id = $1', [admin.root.id]);
    await fixtures.query('UPDATE users SET is_superuser = false WHERE id = $1', [other.id]);
    const itself = `/admin/users/${admin.root.id}`;
    expectProblem(await admin.byRoot('PATCH', itself, { isSuperuser: false }), 409, 'users.last_superuser');
    expectProblem(await admin.byRoot('PATCH', itself, { isActive: false }), 409, 'users.last_superuser');
    expect((await admin.byRoot('DELETE', `/admin/users/${inactive.id}`)).status).toBe(200);
  });
});
