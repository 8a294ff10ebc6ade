import { connect } from 'node:net';
import { SessionSigner } from '../../../src/auth/token-signer.js';
import { base64, type Call } from '../../support/http-harness.js';
import {
  ALL,
  BODIES,
  type Door,
  HEADER,
  INVALID,
  type Make,
  NO_USER,
  TokenDoors,
  withClaims,
  withText,
} from '../../support/token-doors.js';

let doors: TokenDoors;
beforeAll(async () => {
  doors = await TokenDoors.open();
});
afterEach(() => {
  expect(doors.world.http.complaints).toEqual([]);
});
afterAll(() => doors.close());

describe('expiry', () => {
  it.each<[string, () => unknown]>([
    ['one second ago', () => doors.now() - 1],
    ['this very second', () => doors.now()],
    ['before the epoch', () => -1],
  ])('refuses a token that expired %s', async (_, exp) => {
    await doors.expectRefused(
      ALL,
      (doors, door) => doors.world.http.forge(doors.claims(door, { exp: exp() })),
      'Token is expired',
    );
  });

  it.each<[string, Make]>([
    ['a list', withClaims({ exp: [2_000_000_000] })],
    ['true', withClaims({ exp: true })],
    ['a fraction', withClaims({ exp: 2_000_000_000.5 })],
    ['1e400', withText((json) => json.replace(/"exp":\d+/, '"exp":1e400'))],
    ['NaN', withText((json) => json.replace(/"exp":\d+/, '"exp":NaN'))],
  ])('refuses a token whose exp is %s', async (_, make) => {
    await doors.expectRefused(ALL, make, INVALID);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['made a minute from now', () => ({ iat: doors.now() + 60 })],
    ['made six seconds from now', () => ({ iat: doors.now() + 6 })],
    ['good from next year on', () => ({ nbf: doors.now() + 31_536_000, exp: doors.now() + 31_600_000 })],
    ['made "never"', () => ({ iat: 'never' })],
    ['whose nbf is null', () => ({ nbf: null })],
  ])('refuses a token %s', async (_, change) => {
    await doors.expectRefused(ALL, (doors, door) => doors.world.http.forge(doors.claims(door, change())), INVALID);
  });

  it('accepts the last second, no iat, and one of a clock that is a little ahead', async () => {
    for (const change of [{ exp: doors.now() + 1 }, { iat: undefined }, { iat: doors.now() + 5, nbf: doors.now() + 5 }])
      expect((await doors.show('legacy', doors.world.http.forge(doors.claims('legacy', change)))).status).toBe(200);
  });
});

describe('claims', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['an injection', `x' OR '1'='1`],
    ['no ASCII', 'ｆ'.repeat(32)],
  ])('refuses a token whose jti is %s', async (_, jti) => {
    await doors.expectRefused(ALL, withClaims({ jti }), 'Token has no id');
  });

  it.each<[string, () => unknown]>([
    ['a list of the right one', () => [doors.member.user.id]],
    ['the right one with a NUL', () => `${doors.member.user.id}\0`],
    ['digits of another script', () => '\u0661'],
    ['eleven digits', () => '00000000001'],
  ])('refuses a token whose user_id is %s', async (_, userId) => {
    await doors.expectRefused(ALL, withClaims({ user_id: userId() }), NO_USER);
  });

  it.each<[string, Door[], unknown]>([
    ['a refresh token as access', ['legacy', 'modern'], 'refresh'],
    ['an access token as refresh', BODIES, 'access'],
    ['no type', ALL, undefined],
    ['an unknown type', ALL, 'sliding'],
    ['the type of sessions', ALL, 'session'],
    ['a list of types', ALL, ['access', 'refresh', 'session']],
  ])('refuses %s', async (_, places, type) => {
    await doors.expectRefused(
      places,
      (doors, door) => doors.signed(HEADER, base64(JSON.stringify(doors.claims(door, { token_type: type })))),
      'Token has wrong type',
    );
  });

  it('refuses a real session at the old API, and takes it at the new one', async () => {
    const session = await doors.world.session(doors.member.user.username);
    await doors.expectRefused(['legacy', ...BODIES], () => session, INVALID);
    expect((await doors.show('modern', session)).status).toBe(200);
  });

  it('takes no session that is signed with the secret clusters know, whatever its header says', async () => {
    const boss = await doors.world.user({ isSuperuser: true, isStaff: true });
    const session = { ...doors.claims('modern', { token_type: 'session', user_id: boss.id }) };
    const secret = doors.world.http.config.jwtSecret.reveal();
    const show = async (token: string): Promise<unknown[]> => {
      const { status, body } = await doors.world.http.call('GET', '/admin/users', { token });
      return [status, (body as { detail?: string }).detail];
    };
    const before = await doors.world.http.stored();
    expect((await show(doors.world.http.forge(session)))[0]).toBe(200);
    expect(await show(doors.world.http.forge(session, { secret }))).toEqual([401, INVALID]);
    const asOld = { header: { alg: 'HS256', typ: 'JWT' } };
    expect(await show(doors.world.http.forge(session, asOld))).toEqual([401, INVALID]);
    expect(await show(doors.world.http.forge(session, { ...asOld, secret }))).toEqual([401, 'Token has wrong type']);
    expect(await doors.world.http.stored()).toBe(before);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['of another type', { token_type: 'access' }, 'Token has wrong type'],
    ['without an id', { jti: undefined }, 'Token has no id'],
    ['without a user', { user_id: undefined }, NO_USER],
    ['of nobody', { user_id: 2_147_483_647 }, INVALID],
    ['that has expired', { exp: 1 }, 'Token is expired'],
  ])('refuses a session %s', async (_, change, message) => {
    const signer = doors.world.http.app.get(SessionSigner, { strict: false });
    const token = signer.sign(doors.claims('modern', { token_type: 'session', ...change }));
    await doors.expectRefused(['modern'], () => token, message);
  });

  it.each([undefined, null, '', 7, 'a\0'])('refreshes nothing for the organization %j', async (organization) => {
    const before = await doors.world.http.stored();
    const answer = await doors.show(
      'refresh',
      doors.world.http.forge(doors.claims('refresh', { org_name: organization })),
    );
    const isName = typeof organization === 'string';
    expect([answer.status, answer.body]).toEqual(
      isName
        ? [403, { detail: `${organization} is NOT a valid organization name` }]
        : [401, { detail: INVALID, code: 'token_not_valid' }],
    );
    expect(await doors.world.http.stored()).toBe(before);
  });
});

describe('tokens of the wrong person or place', () => {
  const modernProblem = (status: number, code: string): unknown => expect.objectContaining({ status, code });

  it("is worth nothing in another organization, not even the holder's own", async () => {
    const other = await doors.world.organization();
    await doors.world.join(doors.member.user.id, other.id);
    const before = await doors.world.http.stored();
    const { access: token } = doors.member;
    const legacy = await doors.world.http.call('GET', `/api/membership_status/${other.name}/`, { token });
    expect([legacy.status, legacy.body]).toEqual([
      400,
      {
        status: 'FAILED',
        error_msg: `Token claim org:${doors.member.organization.name} does not match organization given:${other.name} `,
      },
    ]);
    const modern = await doors.world.http.call('GET', `/api/v1/organizations/${other.name}/runs`, { token });
    expect([modern.status, modern.body]).toEqual([404, modernProblem(404, 'organizations.not_found')]);
    expect(await doors.world.http.stored()).toBe(before);
  });

  it('opens neither the administration nor the account of a superuser', async () => {
    const boss = await doors.world.user({ isSuperuser: true, isStaff: true });
    await doors.world.join(boss.id, doors.member.organization.id);
    const { access: token } = await doors.world.organizationTokens(boss.username, doors.member.organization.name);
    const before = await doors.world.http.stored();
    for (const url of ['/admin/users', '/admin/organizations', '/api/v1/account/tokens']) {
      const answer = await doors.world.http.call('GET', url, { token });
      expect([url, answer.status, answer.body]).toEqual([url, 403, modernProblem(403, 'auth.forbidden')]);
    }
    expect(await doors.world.http.stored()).toBe(before);
  });

  it.each<[string, string, [number, unknown], [number, unknown], [number, unknown]]>([
    [
      'a deleted user',
      'DELETE FROM users WHERE id = $1',
      [403, { detail: 'User not found', code: 'user_not_found' }],
      [401, { detail: INVALID, code: 'token_not_valid' }],
      [401, modernProblem(401, 'auth.token_not_valid')],
    ],
    [
      'a disabled user',
      'UPDATE users SET is_active = false WHERE id = $1',
      [403, { detail: 'User is inactive', code: 'user_inactive' }],
      [401, { detail: 'No active account found with the given credentials' }],
      [401, modernProblem(401, 'auth.token_not_valid')],
    ],
    [
      'a deactivated member',
      `UPDATE memberships SET status = 'inactive' WHERE user_id = $1`,
      [200, { active: false }],
      [403, { detail: expect.stringMatching(/ is NOT an active Member of /) as unknown }],
      [404, modernProblem(404, 'organizations.not_found')],
    ],
    [
      'a former member',
      'DELETE FROM memberships WHERE user_id = $1',
      [400, { status: 'FAILED', error_msg: expect.stringMatching(/^user.* is not a member of .*\?$/) as unknown }],
      [403, { detail: expect.stringMatching(/ is NOT a member of /) as unknown }],
      [404, modernProblem(404, 'organizations.not_found')],
    ],
  ])('refuses the good tokens of %s', async (_, change, legacy, refresh, modern) => {
    const victim = await doors.world.member();
    await doors.world.http.fixtures.query(change, [victim.user.id]);
    const before = await doors.world.http.stored();
    const show = async (method: 'GET' | 'POST', url: string, call: Call): Promise<unknown[]> => {
      const { status, body } = await doors.world.http.call(method, url, call);
      return [status, body];
    };
    const { access: token, organization } = victim;
    expect(await show('GET', `/api/membership_status/${organization.name}/`, { token })).toEqual(legacy);
    expect(await show('POST', '/api/org_token/refresh/', { body: { refresh: victim.refresh } })).toEqual(refresh);
    expect(await show('GET', `/api/v1/organizations/${organization.name}/runs`, { token })).toEqual(modern);
    expect(await doors.world.http.stored()).toBe(before);
  });
});

describe('the wire', () => {
  /** Status line of a request with these Authorization headers, byte by byte. */
  async function statusOf(...authorizations: string[]): Promise<string> {
    const socket = connect(await doors.world.http.listen(), '127.0.0.1');
    const lines = [
      `GET /api/membership_status/${doors.member.organization.name}/ HTTP/1.1`,
      'Host: localhost',
      ...authorizations.map((value) => `Authorization: ${value}`),
      'Connection: close',
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return answer.slice('HTTP/1.1 '.length).split('\r\n')[0]!;
  }

  it('takes the first of two Authorization headers, whatever the second is', async () => {
    const [right, wrong] = [`Bearer ${doors.member.access}`, 'Bearer garbage'];
    expect(await statusOf(right)).toBe('200 OK');
    expect(await statusOf(right, wrong)).toBe('200 OK');
    expect(await statusOf(wrong, right)).toBe('403 Forbidden');
  });

  it('refuses two tokens in one header, a folded one, and bytes no header may have', async () => {
    const { access } = doors.member;
    expect(await statusOf(`Bearer ${access} ${access}`)).toBe('403 Forbidden');
    expect(await statusOf(`Bearer ${access},Bearer garbage`)).toBe('403 Forbidden');
    expect(await statusOf(`Bearer ${access}\0`)).toBe('400 Bad Request');
    expect(await statusOf(`Bearer ${access}\r\n x`)).toMatch(/^40[03] /);
    expect(await statusOf(`Bearer ${'x'.repeat(20_000)}`)).toMatch(/^431 /);
  });
});
