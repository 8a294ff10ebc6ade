import { AccountAdministrationService } from '../../../src/accounts/account-administration.service.js';
import { PSCTL } from '../../../src/cli/output.js';
import { AdminWorld, type Person } from '../../support/admin-world.js';
import { expectProblem } from '../../support/answer-checks.js';

let admin: AdminWorld;
beforeAll(async () => {
  admin = await AdminWorld.start();
});
afterEach(() => {
  expect(admin.world.http.complaints).toEqual([]);
});
afterAll(() => admin.close());

interface Credentials {
  session: string;
  personal: string;
  access: string;
  refresh: string;
}

const LAB_RUNS = (name: string): string => `/api/v1/organizations/${name}/runs`;

/** Everything a person can get in with. */
async function credentialsOf(person: Person, organization: string): Promise<Credentials> {
  const input = { name: 'program', scopes: ['memberships.request'], expiresAt: '2026-06-01T00:00:00Z' };
  const { body } = await admin.by(person, 'POST', '/api/v1/account/tokens', input);
  const pair = await admin.world.organizationTokens(person.username, organization);
  return { session: person.token, personal: (body as { token: string }).token, ...pair };
}

async function member(): Promise<{ person: Person; organization: string; had: Credentials }> {
  const person = await admin.person();
  const { id, name } = await admin.world.organization();
  await admin.world.join(person.id, id);
  return { person, organization: name, had: await credentialsOf(person, name) };
}

/** The answers to session, personal token, access token and refresh token; the last is used up by it. */
async function statuses({ session, personal, access, refresh }: Credentials, organization: string): Promise<number[]> {
  const { http } = admin.world;
  return [
    (await http.call('GET', '/api/v1/account', { token: session })).status,
    (await http.call('GET', '/api/v1/memberships', { token: personal })).status,
    (await http.call('GET', LAB_RUNS(organization), { token: access })).status,
    (await http.call('POST', '/api/org_token/refresh/', { body: { refresh } })).status,
  ];
}

describe('ending the sessions of a user', () => {
  it('ends sessions, refresh tokens and personal tokens, and leaves the password', async () => {
    const { person, organization, had } = await member();
    const url = `/admin/users/${person.id}/sessions`;
    const endedAt = admin.world.http.clock.now().toISOString();
    expect(await admin.done('DELETE', url)).toEqual({ id: person.id, endedAt, endedPersonalTokens: 1 });
    expect(await statuses(had, organization)).toEqual([401, 401, 200, 401]);
    expect(await admin.audited('user.sessions_ended', person.id)).toMatchObject([
      { actor: `user:${admin.developer.username}`, details: { username: person.username, personalTokens: 1 } },
    ]);
    admin.world.http.clock.advance(1000);
    const again = { ...person, token: await admin.world.session(person.username) };
    expect(await statuses(await credentialsOf(again, organization), organization)).toEqual([200, 200, 200, 200]);
  });

  it('may be said again, and then ends what came since', async () => {
    const { person } = await member();
    const url = `/admin/users/${person.id}/sessions`;
    await admin.done('DELETE', url);
    admin.world.http.clock.advance(1000);
    const token = await admin.world.session(person.username);
    admin.world.http.clock.advance(1000);
    expect(await admin.done('DELETE', url)).toMatchObject({ endedPersonalTokens: 0 });
    expectProblem(await admin.world.http.call('GET', '/api/v1/account', { token }), 401, 'auth.token_not_valid');
  });

  it('is for those who may change the account', async () => {
    const { person } = await member();
    const superuser = await admin.person({ isSuperuser: true });
    const before = await admin.world.http.stored();
    const of = ({ id }: { id: number }): string => `/admin/users/${id}/sessions`;
    expectProblem(await admin.byDeveloper('DELETE', of(superuser)), 403, 'users.superuser_account');
    expectProblem(await admin.byDeveloper('DELETE', of({ id: 2_147_483_647 })), 404, 'users.not_found');
    expect((await admin.by(person, 'DELETE', of(person))).status).toBe(403);
    expect(await admin.world.http.stored()).toBe(before);
    expect((await admin.byRoot('DELETE', of(superuser))).status).toBe(200);
  });
});

describe('what an account had before it was deactivated', () => {
  const ways: [string, (id: number, isActive: boolean) => Promise<unknown>][] = [
    ['a change', (id, isActive) => admin.done('PATCH', `/admin/users/${id}`, { isActive })],
    [
      'a change of several',
      (id, isActive) => admin.done('POST', `/admin/users/${isActive ? 'activate' : 'deactivate'}`, { ids: [id] }),
    ],
    [
      'an operator in psctl shell',
      (id, isActive) =>
        admin.world.http.app.get(AccountAdministrationService, { strict: false }).update(id, { isActive }, PSCTL),
    ],
  ];
  it.each(ways)('does not come back when it is activated again, by %s', async (_way, setActive) => {
    const { person, organization, had } = await member();
    await setActive(person.id, false);
    const { http } = admin.world;
    for (const [url, token] of [
      ['/api/v1/account', had.session],
      [LAB_RUNS(organization), had.access],
    ] as const)
      expectProblem(await http.call('GET', url, { token }), 401, 'auth.token_not_valid');
    await setActive(person.id, true);
    expect(await statuses(had, organization)).toEqual([401, 401, 200, 401]);
    http.clock.advance(1000);
    const token = await admin.world.session(person.username);
    expect((await http.call('GET', '/api/v1/account', { token })).status).toBe(200);
  });

  it('ends with the deactivation or not at all', async () => {
    const superuser = await admin.person({ isSuperuser: true });
    // The change is refused after the account was written: an unknown group.
    const refused = await admin.byRoot('PATCH', `/admin/users/${superuser.id}`, {
      isActive: false,
      groups: ['Nobody'],
    });
    expectProblem(refused, 400, 'users.unknown_group');
    expect((await admin.by(superuser, 'GET', '/api/v1/account')).status).toBe(200);
  });

  it('is not ended by other changes, nor by deactivating it once more', async () => {
    const { person, had } = await member();
    await admin.done('PATCH', `/admin/users/${person.id}`, { firstName: 'Ada', isActive: true });
    expect((await admin.world.http.call('GET', '/api/v1/account', { token: had.session })).status).toBe(200);
    await admin.done('PATCH', `/admin/users/${person.id}`, { isActive: false });
    const read = () =>
      admin.world.http.fixtures.query('SELECT sessions_ended_at FROM users WHERE id = $1', [person.id]);
    const ended = await read();
    admin.world.http.clock.advance(1000);
    await admin.done('PATCH', `/admin/users/${person.id}`, { isActive: false });
    expect(await read()).toEqual(ended);
  });
});
