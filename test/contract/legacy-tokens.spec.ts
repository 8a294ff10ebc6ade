import { setImmediate } from 'node:timers/promises';
import { anyText, textLike, expectJson } from '../support/answer-checks.js';
import { type Answer } from '../support/http-harness.js';
import { HttpWorld, type Member, PASSWORD } from '../support/http-world.js';

const REQUIRED = 'This field is required.';
const BLANK = 'This field may not be blank.';
const NO_ACCOUNT = { detail: 'No active account found with the given credentials' };

interface Pair {
  access: string;
  refresh: string;
}

function claims(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
}

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

const logIn = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  world.http.call('POST', '/api/org_token/', { body, headers });
const refresh = (token: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  world.http.call('POST', '/api/org_token/refresh/', { body: { refresh: token }, headers });
const credentials = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  username: member.user.username,
  password: PASSWORD,
  org_name: member.organization.name,
  ...change,
});

describe('POST /api/org_token/', () => {
  it('answers exactly five texts, and two HS256 tokens with the claims clusters check', async () => {
    const answer = await logIn(credentials());
    const { access, refresh: refreshToken } = answer.body as Pair;
    expectJson(answer, 200, {
      exp: '2026-03-01T13:00:00UTC',
      access_lifetime: '3600.0',
      refresh_lifetime: '86400.0',
      access: anyText,
      refresh: anyText,
    });
    const iat = world.http.clock.nowSeconds();
    const identity = { org_name: member.organization.name, user_name: member.user.username, user_id: member.user.id };
    const jti = textLike(/^[0-9a-f]{32}$/);
    expect(Buffer.from(access.split('.')[0]!, 'base64url').toString()).toBe('{"alg":"HS256","typ":"JWT"}');
    expect(claims(access)).toEqual({ token_type: 'access', exp: iat + 3600, iat, jti, ...identity });
    expect(claims(refreshToken)).toEqual({ token_type: 'refresh', exp: iat + 86_400, iat, jti, ...identity });
    expect(claims(access).jti).not.toBe(claims(refreshToken).jti);
    expect(access).toBe(world.http.forge(claims(access)));
  });

  it.each<[string, () => unknown]>([
    ['another letter case of the username', () => credentials({ username: member.user.username.toUpperCase() })],
    [
      'space around the fields',
      () => credentials({ username: ` ${member.user.username}\n`, org_name: ` ${member.organization.name}` }),
    ],
    ['fields it does not know', () => credentials({ mfa_code: '1', user: { username: 'x' } })],
  ])('accepts %s', async (_, body) => {
    expect((await logIn(body())).status).toBe(200);
  });

  it('puts the name as it is stored into the token, whatever case was typed', async () => {
    const { access } = (await logIn(credentials({ username: member.user.username.toUpperCase() }))).body as Pair;
    expect(claims(access).user_name).toBe(member.user.username);
  });

  it.each(['Bearer garbage', 'Bearer', 'Basic eDp5', 'Bearer a b'])(
    'ignores the Authorization header %j',
    async (authorization) => {
      expect((await logIn(credentials(), { authorization })).status).toBe(200);
    },
  );

  const urlencoded = (fields: Record<string, unknown>): string =>
    new URLSearchParams(fields as Record<string, string>).toString();
  const multipart = (fields: Record<string, unknown>): string =>
    Object.entries(fields)
      .map(
        ([name, value]) => `--frontier\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${String(value)}\r\n`,
      )
      .join('') + '--frontier--\r\n';
  it.each<[string, (fields: Record<string, unknown>) => string]>([
    ['application/x-www-form-urlencoded', urlencoded],
    ['application/x-www-form-urlencoded; charset=UTF-8', urlencoded],
    ['multipart/form-data; boundary=frontier', multipart],
    ['Application/JSON; charset=utf-8', JSON.stringify],
    ['application/json;version=1', JSON.stringify],
  ])('takes a body of type %s', async (type, encode) => {
    expect((await logIn(encode(credentials()), { 'content-type': type })).status).toBe(200);
    const answer = await logIn(encode(credentials({ password: 'wrong' })), { 'content-type': type });
    expectJson(answer, 401, NO_ACCOUNT);
  });

  it.each<[unknown, unknown]>([
    [{}, { username: [REQUIRED], password: [REQUIRED], org_name: [REQUIRED] }],
    [undefined, { username: [REQUIRED], password: [REQUIRED], org_name: [REQUIRED] }],
    [{ username: 'a' }, { password: [REQUIRED], org_name: [REQUIRED] }],
    [
      { username: '', password: ' \t', org_name: 'o' },
      { username: [BLANK], password: [BLANK] },
    ],
    [{ username: null, password: 'p', org_name: 'o' }, { username: ['This field may not be null.'] }],
    [
      { username: ['a'], password: { a: 1 }, org_name: true },
      { username: ['Not a valid string.'], password: ['Not a valid string.'], org_name: ['Not a valid string.'] },
    ],
    [{ username: 'a\0', password: 'p', org_name: 'o' }, { username: ['Null characters are not allowed.'] }],
    [[], { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
    ['"text"', { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] }],
    ['7', { non_field_errors: ['Invalid data. Expected a dictionary, but got int.'] }],
    ['0.5', { non_field_errors: ['Invalid data. Expected a dictionary, but got float.'] }],
    ['true', { non_field_errors: ['Invalid data. Expected a dictionary, but got bool.'] }],
  ])('reports every wrong field of %j together', async (body, expected) => {
    expectJson(await logIn(body, { 'content-type': 'application/json' }), 400, expected);
  });

  it.each(['{', '{"username":"a"', 'username=a', '\u0000', '{"a":1}}', '\ufeff\ufeff{}'])(
    'answers 400 to the malformed JSON %j',
    async (body) => {
      const answer = await logIn(body, { 'content-type': 'application/json' });
      expectJson(answer, 400, { detail: textLike(/^JSON parse error - it cannot be parsed/) });
    },
  );

  it('answers 400 to JSON that is not UTF-8, and never quotes a body', async () => {
    const latin = await logIn(Buffer.from('{"password":"caf\xe9"}', 'latin1'), { 'content-type': 'application/json' });
    expectJson(latin, 400, { detail: 'JSON parse error - it is not UTF-8' });
    const unescaped = await logIn('{"username":"u","password":"ses"ame"}', { 'content-type': 'application/json' });
    expect(unescaped.status).toBe(400);
    expect(unescaped.text).not.toMatch(/ses|ame/);
  });

  it.each([
    ['text/plain', 'text/plain'],
    ['application/xml; charset=utf-8', 'application/xml; charset=utf-8'],
    ['garbage', ''],
    ['', ''],
  ])('answers 415 to the content type %j', async (type, shown) => {
    const answer = await logIn('{}', { 'content-type': type });
    expectJson(answer, 415, { detail: `Unsupported media type "${shown}" in request.` });
  });

  it.each([
    ['multipart/form-data', '--x\r\n', 'Form parse error - Multipart: Boundary not found'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
      'Form parse error - Unexpected end of multipart data',
    ],
    ['multipart/form-data; boundary=x', 'nothing of it', 'Form parse error - Unexpected end of multipart data'],
  ])('answers 400 to a broken form of type %s', async (type, body, detail) => {
    expectJson(await logIn(body, { 'content-type': type }), 400, { detail });
  });

  it('does not tell which of name, password and activity was wrong, and checks them before the organization', async () => {
    const disabled = await world.user({ isActive: false });
    await world.join(disabled.id, member.organization.id);
    for (const change of [
      { password: 'wrong' },
      { username: 'nobody-like-this' },
      { username: `${member.user.username}@example.org` },
      { username: disabled.username },
      { password: 'wrong', org_name: 'no-such-org' },
      { username: "x' OR '1'='1" },
      { username: '\ud800' },
    ]) {
      expectJson(await logIn(credentials(change)), 401, NO_ACCOUNT);
    }
  });

  it('tells members apart from strangers once the credentials are right', async () => {
    const { username } = member.user;
    const stranger = await world.organization();
    const closed = await world.organization();
    const waiting = await world.organization();
    await world.join(member.user.id, closed.id, 'inactive');
    await world.join(member.user.id, waiting.id, 'pending');
    for (const [name, detail] of [
      ['no-such-org', 'no-such-org is NOT a valid organization name'],
      [
        member.organization.name.toUpperCase(),
        `${member.organization.name.toUpperCase()} is NOT a valid organization name`,
      ],
      ['../etc', '../etc is NOT a valid organization name'],
      [stranger.name, `${username} is NOT a member of ${stranger.name}`],
      [closed.name, `${username} is NOT an active Member of ${closed.name}`],
      [waiting.name, `${username} is NOT an active Member of ${waiting.name}`],
    ] as const) {
      expectJson(await logIn(credentials({ org_name: name })), 403, { detail });
    }
  });

  it('makes superusers and staff no exception', async () => {
    const boss = await world.user({ isSuperuser: true, isStaff: true, group: 'PS_Developer' });
    const answer = await logIn(credentials({ username: boss.username }));
    expectJson(answer, 403, { detail: `${boss.username} is NOT a member of ${member.organization.name}` });
  });
});

describe('POST /api/org_token/refresh/', () => {
  const fresh = (): Promise<Pair> => world.organizationTokens(member.user.username, member.organization.name);
  const invalid = (detail: string): unknown => ({ detail, code: 'token_not_valid' });

  it('rotates: a new pair each time, and a used token is worth nothing', async () => {
    const first = await fresh();
    const second = await refresh(first.refresh);
    expectJson(second, 200, {
      exp: '2026-03-01T13:00:00UTC',
      access_lifetime: '3600.0',
      refresh_lifetime: '86400.0',
      access: anyText,
      refresh: anyText,
    });
    const pair = second.body as Pair;
    expect(pair.refresh).not.toBe(first.refresh);
    expectJson(await refresh(first.refresh), 401, invalid('Token is blacklisted'));
    expect((await refresh(pair.refresh)).status).toBe(200);
    expectJson(await refresh(pair.refresh), 401, invalid('Token is blacklisted'));
    const status = await world.http.call('GET', `/api/membership_status/${member.organization.name}/`, {
      token: first.access,
    });
    expectJson(status, 200, { active: true });
  });

  it('lets one of several uses at the same time win', async () => {
    const { refresh: token } = await fresh();
    // All have found the token unused before the first can say that it used it.
    const uses = await world.http.fixtures.holding('LOCK TABLE revoked_tokens IN SHARE MODE', async () => {
      const started = Array.from({ length: 4 }, () => refresh(token));
      while ((await world.http.fixtures.waitingForLocks()) < started.length) await setImmediate();
      return started;
    });
    expect((await Promise.all(uses)).map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
  });

  it('ignores the old access token that Python sends along, expired or not', async () => {
    const { refresh: token } = await fresh();
    const expired = world.http.forge({ token_type: 'access', exp: 1 });
    expect((await refresh(token, { authorization: `Bearer ${expired}` })).status).toBe(200);
  });

  it.each<[unknown, string]>([
    [undefined, REQUIRED],
    ['', BLANK],
    [null, 'This field may not be null.'],
    [['x'], 'Not a valid string.'],
  ])('answers 400 to the refresh field %j', async (token, message) => {
    expectJson(await refresh(token), 400, { refresh: [message] });
  });

  it('answers 401 to whatever is no refresh token of ours, before it looks at users or organizations', async () => {
    const { access, refresh: token } = await fresh();
    const body = claims(token);
    const forged = (change: Record<string, unknown>, secret?: string): string =>
      world.http.forge({ ...body, ...change }, secret === undefined ? {} : { secret });
    for (const [bad, detail] of [
      ['garbage', 'Token is invalid'],
      ['a.b.c', 'Token is invalid'],
      [`${token}x`, 'Token is invalid'],
      [token.slice(0, -2), 'Token is invalid'],
      [forged({ org_name: 'no-such-org' }, 'another secret'), 'Token is invalid'],
      [forged({ org_name: undefined }), 'Token is invalid'],
      [forged({ exp: world.http.clock.nowSeconds() }), 'Token is expired'],
      [access, 'Token has wrong type'],
      [forged({ jti: undefined }), 'Token has no id'],
      [forged({ jti: 'a\0' }), 'Token has no id'],
      [forged({ user_id: undefined }), 'Token contained no recognizable user identification'],
    ] as const) {
      expectJson(await refresh(bad), 401, invalid(detail));
    }
  });

  it('refuses a disabled or deleted user, and one who is no active member any more', async () => {
    const forUser = async (): Promise<Member> => world.member();
    const disabled = await forUser();
    await world.http.fixtures.query('UPDATE users SET is_active = false WHERE id = $1', [disabled.user.id]);
    expectJson(await refresh(disabled.refresh), 401, NO_ACCOUNT);
    const deleted = await forUser();
    await world.http.fixtures.query('DELETE FROM users WHERE id = $1', [deleted.user.id]);
    expectJson(await refresh(deleted.refresh), 401, invalid('Token is invalid'));
    const former = await forUser();
    await world.http.fixtures.query('DELETE FROM memberships WHERE user_id = $1', [former.user.id]);
    expectJson(await refresh(former.refresh), 403, {
      detail: `${former.user.username} is NOT a member of ${former.organization.name}`,
    });
    const paused = await forUser();
    await world.http.fixtures.query(`UPDATE memberships SET status = 'inactive' WHERE user_id = $1`, [paused.user.id]);
    expectJson(await refresh(paused.refresh), 403, {
      detail: `${paused.user.username} is NOT an active Member of ${paused.organization.name}`,
    });
    await world.http.fixtures.query(`UPDATE memberships SET status = 'active' WHERE user_id = $1`, [paused.user.id]);
    expect((await refresh(paused.refresh)).status).toBe(200);
  });

  it('accepts tokens of the old system, whose user_id may be digits', async () => {
    const { refresh: token } = await fresh();
    const old = world.http.forge({ ...claims(token), jti: 'a'.repeat(32), user_id: String(member.user.id) });
    expect((await refresh(old)).status).toBe(200);
  });
});
