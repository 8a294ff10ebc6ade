import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { expectJson, expectProblem, failedWith, tokenNotValid } from '../support/answer-checks.js';
import { type Answer, base64 } from '../support/http-harness.js';
import { HttpWorld, type Member } from '../support/http-world.js';

type Claims = Record<string, unknown>;

let world: HttpWorld;
let member: Member;
let admin: { id: number; username: string };
let session: string;
let before: string;
beforeAll(async () => {
  world = await HttpWorld.start();
  member = await world.member();
  admin = await world.user({ isSuperuser: true });
  session = await world.session(admin.username);
  before = await world.http.stored();
});
afterEach(async () => {
  expect(await world.http.stored()).toBe(before);
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

/** What the attacker would like to be believed: an organization's token, and an administrator's session. */
const accessClaims = (): Claims => ({
  token_type: 'access',
  exp: world.http.clock.nowSeconds() + 600,
  iat: world.http.clock.nowSeconds(),
  jti: 'a'.repeat(32),
  org_name: member.organization.name,
  user_name: member.user.username,
  user_id: member.user.id,
});
const sessionClaims = (): Claims => ({ ...accessClaims(), token_type: 'session', user_id: admin.id });

const old = (token: string): Promise<Answer> =>
  world.http.call('PUT', `/api/desired_org_num_nodes/${member.organization.name}/9/`, { token });
const personal = (token: string): Promise<Answer> => world.http.call('GET', '/admin/users', { token });
const ofOrganization = (token: string): Promise<Answer> =>
  world.http.call('DELETE', `/api/v1/organizations/${member.organization.name}/capacity-requests`, { token });
const refresh = (token: string): Promise<Answer> =>
  world.http.call('POST', '/api/org_token/refresh/', { body: { refresh: token } });

const unsigned = (header: unknown, claims: unknown): string =>
  `${base64(JSON.stringify(header))}.${base64(JSON.stringify(claims))}`;
const JWT = { alg: 'HS256', typ: 'JWT' };

/** Ways to make a token of claims without knowing the secret, or to misuse it. */
const FORGERIES: [name: string, forge: (claims: Claims) => string][] = [
  ...['none', 'None', 'NONE', 'nOnE', ''].map((alg): [string, (claims: Claims) => string] => [
    `alg ${JSON.stringify(alg)} without a signature`,
    (claims) => `${unsigned({ alg, typ: 'JWT' }, claims)}.`,
  ]),
  ['alg none with a signature', (claims) => world.http.forge(claims, { header: { alg: 'none', typ: 'JWT' } })],
  ['no signature part', (claims) => unsigned(JWT, claims)],
  ['an empty signature', (claims) => `${unsigned(JWT, claims)}.`],
  ['HS512 with the right secret', (claims) => world.http.forge(claims, { header: { alg: 'HS512' }, hash: 'sha512' })],
  ['HS384 with the right secret', (claims) => world.http.forge(claims, { header: { alg: 'HS384' }, hash: 'sha384' })],
  ['HS512 that calls itself HS256', (claims) => world.http.forge(claims, { hash: 'sha512' })],
  [
    'RS256 with a key of the attacker',
    (claims) => {
      const text = unsigned({ alg: 'RS256', typ: 'JWT' }, claims);
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
    },
  ],
  ['an HMAC that calls itself RS256', (claims) => world.http.forge(claims, { header: { alg: 'RS256' } })],
  ['no alg', (claims) => world.http.forge(claims, { header: { typ: 'JWT' } })],
  ['a list of algs', (claims) => world.http.forge(claims, { header: { alg: ['HS256'] } })],
  ['alg in small letters', (claims) => world.http.forge(claims, { header: { alg: 'hs256' } })],
  ['a header that is null', (claims) => world.http.forge(claims, { header: null })],
  ['a header that is a list', (claims) => world.http.forge(claims, { header: [JWT] })],
  ['an unknown critical header', (claims) => world.http.forge(claims, { header: { ...JWT, crit: ['exp'], exp: 1 } })],
  ['another secret', (claims) => world.http.forge(claims, { secret: 'another secret of some length' })],
  ['an empty secret', (claims) => world.http.forge(claims, { secret: '' })],
  ['a guessed secret', (claims) => world.http.forge(claims, { secret: 'secret' })],
  [
    'a key it brings along',
    (claims) =>
      world.http.forge(claims, { secret: 'mine', header: { ...JWT, jwk: { kty: 'oct', k: base64('mine') } } }),
  ],
  [
    'a key id that is a path',
    (claims) => world.http.forge(claims, { secret: '', header: { ...JWT, kid: '../../../../dev/null' } }),
  ],
  [
    'a key id that is SQL',
    (claims) => world.http.forge(claims, { secret: 'mine', header: { ...JWT, kid: "x' UNION SELECT 'mine" } }),
  ],
  [
    'a key address',
    (claims) => world.http.forge(claims, { secret: 'mine', header: { ...JWT, jku: 'https://evil.example/keys' } }),
  ],
  ['a signature of other claims', (claims) => `${unsigned(JWT, claims)}.${member.access.split('.')[2]!}`],
  [
    'a changed payload',
    (claims) => {
      const [header, , signature] = world.http.forge(claims).split('.');
      return `${header!}.${base64(JSON.stringify({ ...claims, user_id: admin.id + 1 }))}.${signature!}`;
    },
  ],
  [
    'a changed header',
    (claims) => {
      const [, payload, signature] = world.http.forge(claims).split('.');
      return `${base64('{"typ":"JWT","alg":"HS256"}')}.${payload!}.${signature!}`;
    },
  ],
  ['a signature cut short', (claims) => world.http.forge(claims).slice(0, -4)],
  ['a signature of zeros', (claims) => `${unsigned(JWT, claims)}.${'A'.repeat(43)}`],
  [
    'a signature over the payload alone',
    (claims) => {
      const payload = base64(JSON.stringify(claims));
      return `${base64(JSON.stringify(JWT))}.${payload}.${createHmac('sha256', world.http.config.jwtSecret.reveal()).update(payload).digest('base64url')}`;
    },
  ],
  ['a fourth part', (claims) => `${world.http.forge(claims)}.x`],
  ['five parts, as if encrypted', (claims) => `${world.http.forge(claims)}.x.y`],
  [
    'a token around a token',
    (claims) => world.http.forge(world.http.forge(claims), { header: { ...JWT, cty: 'JWT' } }),
  ],
  ['parts that are not base64', () => '!!!.???.***'],
  ['dots', () => '...'],
  ['nothing but letters', () => 'token'],
  ['a payload that is null', () => world.http.forge(null)],
  ['a payload that is a list', (claims) => world.http.forge([claims])],
  ['a payload that is a number', () => world.http.forge(1)],
  ['no expiry', ({ exp: _, ...claims }) => world.http.forge(claims)],
  ['an expiry that is text', (claims) => world.http.forge({ ...claims, exp: '9999999999' })],
  ['an expiry that is null', (claims) => world.http.forge({ ...claims, exp: null })],
  ['an expiry past all dates', (claims) => world.http.forge({ ...claims, exp: 1e300 })],
  ['12 kilobytes', (claims) => world.http.forge({ ...claims, padding: 'x'.repeat(9000) })],
];

describe.each(FORGERIES)('a token with %s', (_, forge) => {
  it('opens nothing, old or new', async () => {
    expectJson(await old(forge(accessClaims())), 403, tokenNotValid('Token is invalid'));
    expectProblem(await ofOrganization(forge(accessClaims())), 401, 'auth.token_not_valid');
    expectProblem(await personal(forge(sessionClaims())), 401, 'auth.token_not_valid');
    const answer = await refresh(forge({ ...accessClaims(), token_type: 'refresh' }));
    expectJson(answer, 401, { detail: 'Token is invalid', code: 'token_not_valid' });
  });
});

/** Claims a compromised cluster, which knows the secret, could sign: they must not break anything either. */
describe('well signed nonsense', () => {
  it.each<[string, Claims, string]>([
    ['no type', { token_type: undefined }, 'Token has wrong type'],
    ['a type in capitals', { token_type: 'ACCESS' }, 'Token has wrong type'],
    ['a list of types', { token_type: ['access'] }, 'Token has wrong type'],
    ['no id', { jti: undefined }, 'Token has no id'],
    ['an id that is a number', { jti: 7 }, 'Token has no id'],
    ['an empty id', { jti: '' }, 'Token has no id'],
    ['an id too long to remember', { jti: 'a'.repeat(65) }, 'Token has no id'],
    ['an id with a NUL', { jti: 'a\0' }, 'Token has no id'],
    ['an expiry in the past', { exp: 1 }, 'Token is expired'],
    ['an expiry that is negative', { exp: -1 }, 'Token is expired'],
    ['an issue date in the far future', { iat: 9_999_999_999 }, 'Token is invalid'],
    ['an issue date that is text', { iat: '0' }, 'Token is invalid'],
    ['a start in the far future', { nbf: 9_999_999_999 }, 'Token is invalid'],
  ])('%s is told apart', async (_, change, message) => {
    const token = world.http.forge({ ...accessClaims(), ...change });
    expectJson(await old(token), 403, tokenNotValid(message));
    expectProblem(await ofOrganization(token), 401, 'auth.token_not_valid');
    expectJson(await refresh(world.http.forge({ ...accessClaims(), token_type: 'refresh', ...change })), 401, {
      detail: message,
      code: 'token_not_valid',
    });
  });

  it.each([
    undefined,
    null,
    '',
    0,
    -1,
    1.5,
    true,
    [1],
    {},
    ' 1',
    '1 ',
    '0x1',
    '1e0',
    '-1',
    2 ** 31,
    2 ** 53,
    '9'.repeat(400),
    "1' OR '1'='1",
  ])('the user %j is none', async (userId) => {
    expectJson(await old(world.http.forge({ ...accessClaims(), user_id: userId })), 403, {
      detail: 'Token contained no recognizable user identification',
      code: 'token_not_valid',
    });
    expectProblem(
      await personal(world.http.forge({ ...sessionClaims(), user_id: userId })),
      401,
      'auth.token_not_valid',
    );
  });

  it.each([undefined, null, 7, ['lab'], { name: 'lab' }])('the organization %j is none', async (name) => {
    const token = world.http.forge({ ...accessClaims(), org_name: name });
    expectJson(await old(token), 400, failedWith('invalid token ke'));
    expectProblem(await ofOrganization(token), 404, 'organizations.not_found');
  });

  it.each(['a\0', '', '../x', 'x'.repeat(500)])('the organization %j is not this one', async (name) => {
    const token = world.http.forge({ ...accessClaims(), org_name: name });
    const url = member.organization.name;
    expectJson(await old(token), 400, failedWith(`Token claim org:${name} does not match organization given:${url} `));
    expectProblem(await ofOrganization(token), 404, 'organizations.not_found');
    const detail = `${name} is NOT a valid organization name`;
    expectJson(await refresh(world.http.forge({ ...accessClaims(), token_type: 'refresh', org_name: name })), 403, {
      detail,
    });
  });
});

describe('a token of one kind in the place of another', () => {
  it('is refused', async () => {
    const wrongType = tokenNotValid('Token has wrong type');
    expectJson(await old(session), 403, tokenNotValid('Token is invalid'));
    expectJson(await old(member.refresh), 403, wrongType);
    expectJson(await refresh(session), 401, { detail: 'Token is invalid', code: 'token_not_valid' });
    expectJson(await refresh(member.access), 401, { detail: 'Token has wrong type', code: 'token_not_valid' });
    expectProblem(await personal(member.refresh), 401, 'auth.token_not_valid');
    expectProblem(await ofOrganization(member.refresh), 401, 'auth.token_not_valid');
  });
});

describe('the Authorization header', () => {
  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer  x',
    'bearer x',
    'Basic cm9vdDpyb290',
    'Token x',
    'Bearer x y',
    'Bearer,x',
    'x',
  ])('asks for a login when it is %j', async (authorization) => {
    const answer = await world.http.call('GET', '/admin/users', { headers: { authorization } });
    expectProblem(answer, 401, 'auth.required');
  });

  it('is the only place a token is taken from', async () => {
    const cookie = { cookie: `token=${session}; access=${session}; sessionid=${session}`, 'x-access-token': session };
    expectProblem(await world.http.call('GET', '/admin/users', { headers: cookie }), 401, 'auth.required');
    expectProblem(await world.http.call('GET', `/admin/users?access_token=${session}`), 401, 'auth.required');
  });
});
