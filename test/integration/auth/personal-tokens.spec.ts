import { createHash } from 'node:crypto';
import { type Actor } from '../../../src/common/access/actor.js';
import { ALL_PERMISSIONS, TOKEN_SCOPES } from '../../../src/common/access/permissions.js';
import { PersonalTokensService } from '../../../src/auth/personal-tokens/personal-tokens.service.js';
import { type Answer } from '../../support/http-harness.js';
import { HttpWorld, type Member, PASSWORD } from '../../support/http-world.js';
import { Mailbox } from '../../support/mailbox.js';

const URL = '/api/v1/account/tokens';
const DAY_MS = 86_400_000;
const UUID = '00000000-0000-4000-8000-000000000000';

interface Created {
  id: string;
  token: string;
}

let world: HttpWorld;
beforeAll(async () => {
  world = await HttpWorld.start();
});
afterEach(() => {
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

const inDays = (days: number): string => new Date(world.http.clock.now().getTime() + days * DAY_MS).toISOString();
const post = (session: string, change: Record<string, unknown> = {}): Promise<Answer> => {
  const body = { name: 'nightly job', scopes: ['runs.view'], expiresAt: inDays(30), ...change };
  return world.http.call('POST', URL, { token: session, body });
};
const create = async (session: string, change: Record<string, unknown> = {}): Promise<Created> => {
  const answer = await post(session, change);
  if (answer.status !== 201) throw new Error(`Not created: ${answer.text}`);
  return answer.body as Created;
};
const get = async (url: string, token: string): Promise<[number, unknown]> => {
  const { status, body } = await world.http.call('GET', url, { token });
  return [status, body];
};
const list = async (session: string): Promise<Record<string, unknown>[]> =>
  ((await get(URL, session))[1] as { tokens: Record<string, unknown>[] }).tokens;
const problem = (status: number, code: string): unknown => expect.objectContaining({ status, code });
const runsOf = ({ organization }: Pick<Member, 'organization'>): string =>
  `/api/v1/organizations/${organization.name}/runs`;

describe('the own tokens', () => {
  let member: Member;
  let session: string;
  beforeEach(async () => {
    member = await world.member();
    session = await world.session(member.user.username);
  });

  it('are shown once, and only their hash is stored', async () => {
    const answer = await post(session, { scopes: ['runs.view', 'capacity.use', 'runs.view'] });
    const shown = {
      id: expect.any(String) as unknown,
      name: 'nightly job',
      scopes: ['capacity.use', 'runs.view'],
      organization: null,
      createdAt: inDays(0),
      expiresAt: inDays(30),
      lastUsedAt: null,
    };
    expect([answer.status, answer.body]).toEqual([
      201,
      { ...shown, token: expect.stringMatching(/^pst_[A-Za-z0-9_-]{43}$/) as unknown },
    ]);
    const { token } = answer.body as Created;
    expect(await list(session)).toEqual([shown]);
    expect(await world.http.fixtures.query('SELECT trim(token_hash) AS hash FROM personal_access_tokens')).toEqual([
      { hash: createHash('sha256').update(token).digest('hex') },
    ]);
    const audit = await world.http.fixtures.query<{ text: string }>(
      'SELECT audit_events::text AS text FROM audit_events',
    );
    expect(audit.map(({ text }) => text).join()).toContain('personal_token.created');
    expect(audit.map(({ text }) => text).join()).not.toContain(token);
  });

  it('end at once when they are revoked, and cannot be revoked twice or by somebody else', async () => {
    const { id, token } = await create(session);
    expect((await get(runsOf(member), token))[0]).toBe(200);
    const stranger = await world.session((await world.user()).username);
    const remove = (by: string, which = id): Promise<Answer> =>
      world.http.call('DELETE', `${URL}/${which}`, { token: by });
    expect((await remove(stranger)).body).toEqual(problem(404, 'personal_tokens.not_found'));
    expect((await remove(session, UUID)).body).toEqual(problem(404, 'personal_tokens.not_found'));
    expect((await remove(session, 'x')).body).toEqual(problem(400, 'validation_failed'));
    expect((await get(runsOf(member), token))[0]).toBe(200);
    expect((await remove(session)).body).toMatchObject({ id, name: 'nightly job' });
    expect(await get(runsOf(member), token)).toEqual([401, problem(401, 'auth.token_not_valid')]);
    expect((await remove(session)).body).toEqual(problem(404, 'personal_tokens.not_found'));
    expect(await list(session)).toEqual([]);
  });

  it('end on their second', async () => {
    const { token } = await create(session, { expiresAt: inDays(0.5) });
    world.http.clock.advance(0.5 * DAY_MS - 1);
    expect((await get(runsOf(member), token))[0]).toBe(200);
    world.http.clock.advance(1);
    expect(await get(runsOf(member), token)).toEqual([
      401,
      expect.objectContaining({ code: 'auth.token_not_valid', detail: 'Token is expired' }),
    ]);
  });

  it.each<[string, () => Record<string, unknown>, number, string]>([
    ['no expiry', () => ({ expiresAt: undefined }), 400, 'validation_failed'],
    ['a date without time', () => ({ expiresAt: '2026-04-01' }), 400, 'validation_failed'],
    ['an expiry now', () => ({ expiresAt: inDays(0) }), 400, 'personal_tokens.invalid'],
    ['an expiry in 367 days', () => ({ expiresAt: inDays(367) }), 400, 'personal_tokens.invalid'],
    ['no scope', () => ({ scopes: [] }), 400, 'validation_failed'],
    ['an unknown scope', () => ({ scopes: ['everything'] }), 400, 'validation_failed'],
    ['the scope that makes tokens', () => ({ scopes: ['account.manage'] }), 400, 'validation_failed'],
    ['a scope of owners', () => ({ scopes: ['memberships.manage'] }), 403, 'personal_tokens.scope_not_held'],
    ['a scope of administrators', () => ({ scopes: ['users.manage'] }), 403, 'personal_tokens.scope_not_held'],
    ['an empty name', () => ({ name: ' ' }), 400, 'validation_failed'],
    ['a name with a newline', () => ({ name: 'a\nb' }), 400, 'validation_failed'],
    ['an unknown field', () => ({ userId: 1 }), 400, 'validation_failed'],
    ['an unknown organization', () => ({ organization: 'no-such-org' }), 404, 'organizations.not_found'],
  ])('are not made with %s', async (_, change, status, code) => {
    const before = await world.http.stored();
    const answer = await post(session, change());
    expect([answer.status, answer.body]).toEqual([status, problem(status, code)]);
    expect(await world.http.stored()).toBe(before);
  });

  describe('when the password is changed', () => {
    const NEXT = 'quite another sentence';
    const change = (currentPassword = PASSWORD): Promise<Answer> =>
      world.http.call('POST', '/api/v1/account/password', {
        token: session,
        body: { currentPassword, newPassword: NEXT },
      });
    const refused = [401, problem(401, 'auth.token_not_valid')];
    const ended = (): Promise<{ actor: string; id: string; details: unknown }[]> =>
      world.http.fixtures.query(
        `SELECT actor, subject_id AS id, details FROM audit_events
         WHERE action = 'personal_token.revoked' AND actor = $1 ORDER BY id`,
        [`user:${member.user.username}`],
      );

    it('end with it, all of them and nobody else’s, on record', async () => {
      const tokens = [await create(session), await create(session, { organization: member.organization.name })];
      const expired = await create(session, { expiresAt: inDays(0.01) });
      const other = await world.member();
      const others = await create(await world.session(other.user.username));
      world.http.clock.advance(0.02 * DAY_MS);
      expect((await change()).status).toBe(200);
      for (const { token } of tokens) expect(await get(runsOf(member), token)).toEqual(refused);
      expect((await get(runsOf(other), others.token))[0]).toBe(200);
      const { id: userId, username } = member.user;
      const details = { name: 'nightly job', userId, username, cause: 'user.password_changed' };
      expect((await ended()).sort((a, b) => a.id.localeCompare(b.id))).toEqual(
        tokens.map(({ id }) => ({ actor: `user:${username}`, id, details })).sort((a, b) => a.id.localeCompare(b.id)),
      );
      // What had expired before did not end because of this, and is still listed as expired.
      world.http.clock.advance(1);
      const again = await world.http.call('POST', '/api/v1/auth/login', { body: { username, password: NEXT } });
      expect((await list((again.body as { access_token: string }).access_token)).map(({ id }) => id)).toEqual([
        expired.id,
      ]);
    });

    it('stay when it is not: with a wrong password, or when the change fails half way', async () => {
      const { token } = await create(session);
      expect((await change('not the password')).status).toBe(403);
      const rejectMail = `CREATE FUNCTION reject() RETURNS trigger AS $$ BEGIN RAISE 'no'; END $$ LANGUAGE plpgsql;
        CREATE TRIGGER reject BEFORE INSERT ON mail_outbox FOR EACH ROW EXECUTE FUNCTION reject();`;
      await world.http.fixtures.query(rejectMail);
      expect((await change()).status).toBe(500);
      await world.http.fixtures.query('DROP TRIGGER reject ON mail_outbox; DROP FUNCTION reject');
      expect(world.http.complaints.splice(0)).toHaveLength(1);
      expect((await get(runsOf(member), token))[0]).toBe(200);
      expect(await ended()).toEqual([]);
    });

    it('are not made any more by a request that waited for the change', async () => {
      const { fixtures } = world.http;
      world.http.clock.advance(1);
      const { changing, creating } = await fixtures.holding(
        `SELECT 1 FROM users WHERE id = ${member.user.id} FOR UPDATE`,
        async () => {
          const first = change();
          await fixtures.untilWaiting(1);
          const second = post(session);
          await fixtures.untilWaiting(2);
          return { changing: first, creating: second };
        },
      );
      expect((await changing).status).toBe(200);
      expect((await creating).body).toEqual(problem(401, 'auth.token_not_valid'));
      const sql = 'SELECT 1 FROM personal_access_tokens WHERE user_id = $1';
      expect(await fixtures.query(sql, [member.user.id])).toEqual([]);
    });
  });

  it('end with a password that is reset by mail, and with the account', async () => {
    const mailbox = new Mailbox(world.http.app);
    await mailbox.fetch();
    const { token } = await create(session);
    const email = `${member.user.username}@example.org`;
    await world.http.call('POST', '/api/v1/accounts/password-reset', { body: { email } });
    const body = { token: await mailbox.fetchToken(), newPassword: 'quite another sentence' };
    expect((await world.http.call('POST', '/api/v1/accounts/password-reset/confirm', { body })).status).toBe(200);
    expect((await get(runsOf(member), token))[0]).toBe(401);

    const leaving = await world.user();
    const last = await world.session(leaving.username);
    const { id } = await create(last, { scopes: ['memberships.request'] });
    const deletion = { token: last, body: { currentPassword: PASSWORD } };
    expect((await world.http.call('POST', '/api/v1/account/deletion', deletion)).status).toBe(200);
    const sql = 'SELECT revoked_at FROM personal_access_tokens WHERE id = $1';
    expect(await world.http.fixtures.query(sql, [id])).toEqual([{ revoked_at: world.http.clock.now() }]);
  });

  it('last a year and a day at most', async () => {
    expect((await post(session, { expiresAt: inDays(366) })).status).toBe(201);
  });

  it('are fifty at most, also when they are made at once; expired ones do not count', async () => {
    const answers = await Promise.all(Array.from({ length: 55 }, () => post(session, { expiresAt: inDays(0.01) })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    expect(answers.find(({ status }) => status !== 201)!.body).toEqual(problem(409, 'personal_tokens.too_many'));
    world.http.clock.advance(0.02 * DAY_MS);
    expect((await post(session)).status).toBe(201);
  });
});

describe('a personal token', () => {
  let member: Member;
  let session: string;
  beforeEach(async () => {
    member = await world.member();
    session = await world.session(member.user.username);
  });

  it('opens what its scopes name, and nothing else', async () => {
    const { token } = await create(session, { scopes: ['runs.view'] });
    expect((await get(runsOf(member), token))[0]).toBe(200);
    const capacity = `/api/v1/organizations/${member.organization.name}/capacity-requests`;
    expect(await get(capacity, token)).toEqual([403, problem(403, 'auth.forbidden')]);
    expect(await get('/admin/users', token)).toEqual([403, problem(403, 'auth.forbidden')]);
  });

  it('never makes, lists or revokes tokens, whatever its scopes', async () => {
    const boss = await world.user({ isSuperuser: true, isStaff: true });
    const { token, id } = await create(await world.session(boss.username), { scopes: [...TOKEN_SCOPES] });
    expect(TOKEN_SCOPES).toHaveLength(ALL_PERMISSIONS.length - 1);
    const before = await world.http.stored();
    for (const answer of [
      await post(token),
      await world.http.call('GET', URL, { token }),
      await world.http.call('DELETE', `${URL}/${id}`, { token }),
    ])
      expect([answer.status, answer.body]).toEqual([403, problem(403, 'auth.forbidden')]);
    expect(await world.http.stored()).toBe(before);
    expect((await get('/admin/users', token))[0]).toBe(200);
  });

  it('is no superuser, even if its owner is one', async () => {
    const boss = await world.user({ isSuperuser: true, isStaff: true });
    const { token } = await create(await world.session(boss.username), { scopes: ['users.manage'] });
    const account = { username: 'another-boss', email: 'boss@example.org', password: 'correct horse battery' };
    const make = (isSuperuser: boolean): Promise<Answer> =>
      world.http.call('POST', '/admin/users', { token, body: { ...account, isSuperuser } });
    expect((await make(true)).body).toEqual(problem(403, 'users.superuser_required'));
    expect((await make(false)).status).toBe(201);
    expect(await get('/admin/organizations', token)).toEqual([403, problem(403, 'auth.forbidden')]);
  });

  it('loses what its owner loses, at once', async () => {
    const developer = await world.user({ isStaff: true, group: 'PS_Developer' });
    const { token } = await create(await world.session(developer.username), { scopes: ['users.manage'] });
    expect((await get('/admin/users', token))[0]).toBe(200);
    await world.http.fixtures.query('DELETE FROM user_groups WHERE user_id = $1', [developer.id]);
    expect(await get('/admin/users', token)).toEqual([403, problem(403, 'auth.forbidden')]);
    const own = await create(session);
    await world.http.fixtures.query(`UPDATE memberships SET status = 'inactive' WHERE user_id = $1`, [member.user.id]);
    expect(await get(runsOf(member), own.token)).toEqual([404, problem(404, 'organizations.not_found')]);
    await world.http.fixtures.query('UPDATE users SET is_active = false WHERE id = $1', [member.user.id]);
    expect(await get(runsOf(member), own.token)).toEqual([401, problem(401, 'auth.token_not_valid')]);
  });

  it('for one organization is good for no other, and for nothing of the installation', async () => {
    const other = await world.organization();
    await world.join(member.user.id, other.id);
    const name = member.organization.name;
    const { token } = await create(session, { organization: name });
    expect((await list(session))[0]).toMatchObject({ organization: name });
    expect((await get(runsOf(member), token))[0]).toBe(200);
    expect(await get(runsOf({ organization: other }), token)).toEqual([404, problem(404, 'organizations.not_found')]);
    const broad = await post(session, { organization: name, scopes: ['organizations.browse'] });
    expect(broad.body).toEqual(problem(400, 'personal_tokens.invalid'));
    const strange = await world.organization();
    expect((await post(session, { organization: strange.name })).body).toEqual(problem(404, 'organizations.not_found'));
  });

  it('of an administrator can be for one organization without a membership', async () => {
    const developer = await world.user({ isStaff: true, group: 'PS_Developer' });
    const admin = await world.session(developer.username);
    const { token } = await create(admin, { organization: member.organization.name });
    expect((await get(runsOf(member), token))[0]).toBe(200);
    const other = await world.organization();
    expect(await get(runsOf({ organization: other }), token)).toEqual([404, problem(404, 'organizations.not_found')]);
  });

  it('is no token of the old API, and goes with its organization', async () => {
    const { token } = await create(session, { organization: member.organization.name });
    const legacy = await world.http.call('GET', `/api/membership_status/${member.organization.name}/`, { token });
    expect([legacy.status, (legacy.body as { code: string }).code]).toEqual([403, 'token_not_valid']);
    for (const url of ['/api/org_token/refresh/', '/api/token/blacklist/']) {
      const answer = await world.http.call('POST', url, { body: { refresh: token } });
      expect([answer.status, answer.body]).toEqual([401, { detail: 'Token is invalid', code: 'token_not_valid' }]);
    }
    await world.http.fixtures.query('DELETE FROM organizations WHERE id = $1', [member.organization.id]);
    expect(await get(runsOf(member), token)).toEqual([401, problem(401, 'auth.token_not_valid')]);
  });

  it.each(['pst_', 'pst_x', `pst_${'A'.repeat(43)}`, `pst_${'A'.repeat(44)}`, `PST_${'A'.repeat(43)}`])(
    'is not %s',
    async (token) => {
      const before = await world.http.stored();
      expect(await get(runsOf(member), token)).toEqual([401, problem(401, 'auth.token_not_valid')]);
      expect(await world.http.stored()).toBe(before);
    },
  );

  it('is written down as used once a minute, never during the request', async () => {
    const { token } = await create(session);
    const lastUse = async (): Promise<unknown> => (await list(session))[0]!.lastUsedAt;
    const first = inDays(0);
    await Promise.all(Array.from({ length: 5 }, () => get(runsOf(member), token)));
    expect(await lastUse()).toBeNull();
    world.http.clock.advance(59_999);
    expect(await lastUse()).toBeNull();
    world.http.clock.advance(1);
    while ((await lastUse()) === null) await new Promise(setImmediate);
    expect(await lastUse()).toBe(first);
  });
});

describe('administrators', () => {
  it('revoke any', async () => {
    const tokens = world.http.app.get(PersonalTokensService, { strict: false });
    const [ann, ben] = [await world.member(), await world.member()];
    const annToken = await create(await world.session(ann.user.username), { name: 'of ann' });
    const admin: Actor = { userId: ben.user.id, username: 'admin', isSuperuser: true, permissions: [] };
    await tokens.revokeAny(admin, annToken.id);
    expect(await get(runsOf(ann), annToken.token)).toEqual([401, problem(401, 'auth.token_not_valid')]);
    expect(
      await world.http.fixtures.query(
        `SELECT actor FROM audit_events WHERE action = 'personal_token.revoked' AND subject_id = $1`,
        [annToken.id],
      ),
    ).toEqual([{ actor: 'user:admin' }]);
  });
});
