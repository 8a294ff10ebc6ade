import { generateKeyPairSync } from 'node:crypto';
import { base64 } from '../../support/http-harness.js';
import {
  ALL,
  BODIES,
  HEADER,
  INVALID,
  type Make,
  TokenDoors,
  withClaims,
  withHeader,
  withText,
} from '../../support/token-doors.js';

/** What the attacks of the contract's tests (test/contract/token-attacks.spec.ts) do not try, at every place. */
let doors: TokenDoors;
beforeAll(async () => {
  doors = await TokenDoors.open();
});
afterEach(() => {
  expect(doors.world.http.complaints).toEqual([]);
});
afterAll(() => doors.close());

const parts = (token: string): [string, string, string] => token.split('.') as [string, string, string];

describe('the measure of these tests', () => {
  it.each(ALL)('the token that is forged below would be good at %s', async (door) => {
    const jti = `good${door}`.padEnd(32, '0');
    expect((await doors.show(door, doors.world.http.forge(doors.claims(door, { jti })))).status).toBe(200);
  });
});

describe('signatures', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  it.each<[string, Make]>([
    [
      'an HMAC with a public key for its secret',
      (doors, door) =>
        doors.world.http.forge(doors.claims(door), {
          secret: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        }),
    ],
    ['a shortened signature', (doors, door) => doors.good(door).slice(0, -1)],
    [
      'another spelling of the signature that decodes to the same bytes',
      (doors, door) => {
        const token = doors.good(door);
        const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        const twin = token.slice(0, -1) + last[last.indexOf(token.at(-1)!) + 1]!;
        const bytes = (text: string): string => Buffer.from(parts(text)[2], 'base64url').toString('hex');
        expect(bytes(twin)).toBe(bytes(token));
        return twin;
      },
    ],
    ['a padded signature', (doors, door) => `${doors.good(door)}=`],
    [
      'the secret with a newline behind it',
      (doors, door) =>
        doors.world.http.forge(doors.claims(door), { secret: `${doors.world.http.config.jwtSecret.reveal()}\n` }),
    ],
  ])('refuses %s', async (_, make) => {
    await doors.expectRefused(ALL, make, INVALID);
  });
});

describe('headers', () => {
  it.each<[string, Record<string, unknown>]>([
    ['kid', { kid: '../../dev/null' }],
    ['jku', { jku: 'https://attacker.example/keys' }],
    ['jwk', { jwk: { kty: 'oct', k: 'AAAA' } }],
    ['x5u', { x5u: 'https://attacker.example/cert' }],
    ['crit', { crit: ['exp'] }],
    ['b64 false and crit', { b64: false, crit: ['b64'] }],
    ['zip', { zip: 'DEF' }],
    ['cty', { cty: 'JWT' }],
    ['another typ', { typ: 'at+jwt' }],
  ])('refuses %s, right signature or not', async (_, header) => {
    await doors.expectRefused(ALL, withHeader({ alg: 'HS256', typ: 'JWT', ...header }), INVALID);
  });

  it('refuses a payload that is not encoded, as b64 false announces', async () => {
    const header = base64('{"alg":"HS256","b64":false,"crit":["b64"]}');
    await doors.expectRefused(
      BODIES,
      (doors, door) => doors.signed(header, JSON.stringify(doors.claims(door))),
      INVALID,
    );
  });

  it('accepts a header without typ, and one with its keys in another order', async () => {
    const { access } = doors.member;
    for (const header of ['{"alg":"HS256"}', '{"typ":"JWT","alg":"HS256"}'])
      expect((await doors.show('legacy', doors.signed(base64(header), parts(access)[1]))).status).toBe(200);
  });
});

describe('forms', () => {
  it.each<[string, Make]>([
    ['a leading dot', (doors, door) => `.${doors.good(door)}`],
    ['only dots', () => '..'],
    ['empty claims', (doors) => doors.signed(HEADER, '')],
    ['a token of 5000 characters with a right signature', withClaims({ padding: 'x'.repeat(3600) })],
    ['ten thousand dots', () => '.'.repeat(10_000)],
    [
      'characters of standard base64',
      (doors, door) => doors.signed(HEADER, `${base64(JSON.stringify(doors.claims(door)))}+/`),
    ],
    ['padding inside', (doors, door) => doors.signed(HEADER, `${base64(`${JSON.stringify(doors.claims(door))} `)}=`)],
    ['claims with a stray bit at their end', (doors) => doors.signed(HEADER, 'e31')],
    ['claims that are no JSON', (doors) => doors.signed(HEADER, base64('exp=1'))],
    ['claims that are a text', (doors) => doors.signed(HEADER, base64('"exp"'))],
    ['a byte order mark', withText((json) => `\ufeff${json}`)],
    [
      'bytes that are no UTF-8',
      (doors) => doors.signed(HEADER, Buffer.from('{"exp":"\xff"}', 'latin1').toString('base64url')),
    ],
    ['one claim twice', withText((json) => json.replace('{', `{"user_id":1,`))],
    ['one claim twice, spelled differently', withText((json) => json.replace('{', '{"user\\u005fid" :1,'))],
  ])('refuses %s', async (_, make) => {
    await doors.expectRefused(ALL, make, INVALID);
  });

  it.each<[string, Make]>([
    ['text in front of it', (doors, door) => `Bearer ${doors.good(door)}`],
    ['a newline inside', (doors, door) => doors.good(door).replace('.', '\n.')],
    ['a letter that only looks like one', (doors, door) => doors.good(door).replace('e', '\u0435')],
  ])('refuses a token with %s', async (_, make) => {
    await doors.expectRefused(BODIES, make, INVALID);
  });

  it('refuses a text with a NUL as no text at all', async () => {
    const before = await doors.world.http.stored();
    for (const door of BODIES) {
      const answer = await doors.show(door, `${doors.good(door)}\0x`);
      expect([answer.status, answer.body]).toEqual([400, { refresh: ['Null characters are not allowed.'] }]);
    }
    expect(await doors.world.http.stored()).toBe(before);
  });

  it('takes the last of two fields of the same name, and the good one first stays unused', async () => {
    const token = doors.world.http.forge(doors.claims('refresh', { jti: 'd'.repeat(32) }));
    const body = `{"refresh":"${token}","refresh":"garbage"}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await doors.world.http.call('POST', '/api/org_token/refresh/', { body, headers });
    expect([answer.status, answer.body]).toEqual([401, { detail: INVALID, code: 'token_not_valid' }]);
    expect((await doors.show('refresh', token)).status).toBe(200);
  });
});
