import { pbkdf2Sync } from 'node:crypto';
import { jest } from '@jest/globals';
import { PasswordHasher } from '../../../src/users/passwords/password-hasher.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { HttpWorld, type Member, PASSWORD } from '../../support/http-world.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

/** Contract section 5.1 for the new API, B21 for the old one. */
const SESSION_LIMIT = 5;
const OLD_API_LIMIT = 30;
const ADDRESS_LIMIT = 300;
/** So many that none of them is full before the address is. */
const ACCOUNTS = 12;
const WINDOW_SECONDS = 300;
const HOME = '198.51.100.7';
const STRANGE = '203.0.113.66';

interface Attempt {
  status: number;
  body: unknown;
  retryAfter: unknown;
}

const REJECTED = { status: 401, body: { detail: 'No active account found with the given credentials' } };

/** A login at the old API, from an address. */
async function logIn(
  world: HttpWorld,
  { user, organization }: Pick<Member, 'user' | 'organization'>,
  password: string,
  from: string,
  headers: Record<string, string> = {},
): Promise<Attempt> {
  const response = await world.http.app.inject({
    method: 'POST',
    url: '/api/org_token/',
    remoteAddress: from,
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify({ username: user.username, password, org_name: organization.name }),
  });
  return { status: response.statusCode, body: response.json(), retryAfter: response.headers['retry-after'] };
}

async function openSession(world: HttpWorld, username: string, password: string, from: string): Promise<Attempt> {
  const response = await world.http.app.inject({
    method: 'POST',
    url: '/api/v1/auth/login',
    remoteAddress: from,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify({ username, password }),
  });
  return { status: response.statusCode, body: response.json(), retryAfter: response.headers['retry-after'] };
}

/** A hash of the old system with one round: hundreds of guesses cost no time. The first login upgrades it. */
const CHEAP_HASH = `pbkdf2_sha256$1$salt$${pbkdf2Sync(PASSWORD, 'salt', 1, 32, 'sha256').toString('base64')}`;

async function giveCheapHash(world: HttpWorld, userId: number): Promise<void> {
  await world.http.fixtures.query('UPDATE users SET password_hash = $2 WHERE id = $1', [userId, CHEAP_HASH]);
}

/** A login that makes the address a known one, and leaves the cheap hash. */
async function becomeKnown(
  world: HttpWorld,
  owner: Pick<Member, 'user' | 'organization'>,
  from: string,
): Promise<void> {
  expect(await logIn(world, owner, PASSWORD, from)).toMatchObject({ status: 200 });
  await giveCheapHash(world, owner.user.id);
}

/** An active member who has not logged in yet. */
async function newcomer(world: HttpWorld): Promise<Pick<Member, 'user' | 'organization'>> {
  const organization = await world.organization();
  const user = await world.user();
  await giveCheapHash(world, user.id);
  await world.join(user.id, organization.id);
  return { user, organization };
}

const statuses = (attempts: Attempt[]): number[] => attempts.map(({ status }) => status).sort();
const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

describe('throttling of logins', () => {
  let database: TestDatabase;
  /** Two processes of the service on one database. */
  let first: HttpWorld;
  let second: HttpWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
    [first, second] = await Promise.all([HttpWorld.start({ database }), HttpWorld.start({ database })]);
  });
  beforeEach(() => first.http.fixtures.query('TRUNCATE throttle, known_addresses'));
  afterEach(() => {
    jest.restoreAllMocks();
    expect([...first.http.complaints, ...second.http.complaints]).toEqual([]);
  });
  afterAll(async () => {
    await Promise.all([first.close(), second.close()]);
    await database.drop();
  });
  const advance = (seconds: number): void => {
    for (const world of [first, second]) world.http.clock.advance(seconds * 1000);
  };

  it('lets a limit hold for all processes together, however many guesses come at once', async () => {
    const owner = await newcomer(first);
    const attempts = await times(OLD_API_LIMIT + 10, (index) =>
      logIn(index % 2 === 0 ? first : second, owner, `wrong-${index}`, `192.0.2.${index}`),
    );
    expect(statuses(attempts)).toEqual([...Array<number>(OLD_API_LIMIT).fill(401), ...Array<number>(10).fill(429)]);
    for (const world of [first, second]) {
      expect(await logIn(world, owner, PASSWORD, HOME)).toEqual({
        status: 429,
        body: { detail: `There were too many attempts. Try again in ${WINDOW_SECONDS} seconds.` },
        retryAfter: String(WINDOW_SECONDS),
      });
    }
  });

  it('opens again when the window ends, and not a second earlier', async () => {
    const owner = await newcomer(first);
    await times(OLD_API_LIMIT, () => logIn(first, owner, 'wrong', HOME));
    advance(WINDOW_SECONDS - 1);
    expect(await logIn(second, owner, PASSWORD, HOME)).toMatchObject({ status: 429, retryAfter: '1' });
    advance(1);
    expect(await logIn(second, owner, PASSWORD, HOME)).toMatchObject({ status: 200 });
  });

  it('does not look at the password of a throttled attempt', async () => {
    const owner = await newcomer(first);
    await times(OLD_API_LIMIT, () => logIn(second, owner, 'wrong', HOME));
    const check = jest.spyOn(first.http.app.get(PasswordHasher, { strict: false }), 'check');
    const before = await first.http.stored();
    expect(statuses(await times(5, () => logIn(first, owner, PASSWORD, HOME)))).toEqual(Array<number>(5).fill(429));
    expect(check).not.toHaveBeenCalled();
    expect(await first.http.stored()).toBe(before);
    advance(WINDOW_SECONDS);
    expect(await logIn(first, owner, PASSWORD, HOME)).toMatchObject({ status: 200 });
    expect(check).toHaveBeenCalledTimes(1);
  });

  it('lets the owner in from an address known for a month while strangers guess', async () => {
    const owner = await newcomer(first);
    await becomeKnown(first, owner, HOME);
    advance(29 * 86_400);
    await times(OLD_API_LIMIT + 5, () => logIn(second, owner, 'wrong', STRANGE));
    expect(await logIn(second, owner, PASSWORD, '192.0.2.1')).toMatchObject({ status: 429 });
    await becomeKnown(second, owner, HOME);
    // Each login makes the address known anew.
    advance(29 * 86_400);
    await times(OLD_API_LIMIT, () => logIn(second, owner, 'wrong', STRANGE));
    await becomeKnown(second, owner, HOME);
    advance(30 * 86_400);
    await times(OLD_API_LIMIT, () => logIn(second, owner, 'wrong', STRANGE));
    expect(await logIn(second, owner, PASSWORD, HOME)).toMatchObject({ status: 429 });
  });

  it('throttles guesses from a known address as well, and they do not touch the counter of strangers', async () => {
    const owner = await newcomer(first);
    await becomeKnown(first, owner, HOME);
    await times(OLD_API_LIMIT, () => logIn(first, owner, 'wrong', HOME));
    expect(await logIn(first, owner, PASSWORD, HOME)).toMatchObject({ status: 429 });
    expect(await logIn(first, owner, PASSWORD, STRANGE)).toMatchObject({ status: 200 });
  });

  it('keeps what one account knows from another account of the same address', async () => {
    const [owner, guest] = [await newcomer(first), await newcomer(first)];
    expect(await logIn(first, guest, PASSWORD, HOME)).toMatchObject({ status: 200 });
    await times(OLD_API_LIMIT, () => logIn(second, owner, 'wrong', STRANGE));
    expect(await logIn(second, owner, PASSWORD, HOME)).toMatchObject({ status: 429 });
  });

  it('counts no successes: a right password any number of times, and failures stay counted after it', async () => {
    const owner = await newcomer(first);
    await times(OLD_API_LIMIT - 1, () => logIn(first, owner, 'wrong', STRANGE));
    for (let login = 0; login < 3; login++)
      expect(await logIn(first, owner, PASSWORD, `192.0.2.${login}`)).toMatchObject({ status: 200 });
    expect(await logIn(first, owner, 'wrong', STRANGE)).toMatchObject(REJECTED);
    expect(await logIn(first, owner, 'wrong', STRANGE)).toMatchObject({ status: 429 });
  });

  it('forgets the failures of a known address when its login succeeds', async () => {
    const owner = await newcomer(first);
    for (let login = 0; login < 3; login++) {
      await becomeKnown(first, owner, HOME);
      await times(OLD_API_LIMIT - 1, () => logIn(second, owner, 'wrong', HOME));
    }
    expect(await logIn(first, owner, 'wrong', HOME)).toMatchObject(REJECTED);
    expect(await logIn(first, owner, PASSWORD, HOME)).toMatchObject({ status: 429 });
  });

  it('limits one address over all accounts, known or not', async () => {
    const accounts = await times(ACCOUNTS, () => newcomer(first));
    const attempts = await times(ADDRESS_LIMIT + 20, (index) =>
      logIn(index % 2 === 0 ? first : second, accounts[index % ACCOUNTS]!, 'wrong', STRANGE),
    );
    expect(statuses(attempts)).toEqual([...Array<number>(ADDRESS_LIMIT).fill(401), ...Array<number>(20).fill(429)]);
    expect(await logIn(first, accounts[0]!, PASSWORD, STRANGE)).toMatchObject({ status: 429, retryAfter: '60' });
    expect(await logIn(first, accounts[0]!, PASSWORD, HOME)).toMatchObject({ status: 200 });
    advance(60);
    expect(await logIn(first, accounts[0]!, PASSWORD, STRANGE)).toMatchObject({ status: 200 });
  });

  it('takes a whole IPv6 network for one address, and a mapped IPv4 address for itself', async () => {
    const accounts = await times(ACCOUNTS, () => newcomer(first));
    await times(ADDRESS_LIMIT, (index) =>
      logIn(first, accounts[index % ACCOUNTS]!, 'wrong', `2001:db8:1:2::${index.toString(16)}`),
    );
    expect(await logIn(first, accounts[0]!, PASSWORD, '2001:db8:1:2:ffff::1')).toMatchObject({ status: 429 });
    expect(await logIn(first, accounts[0]!, PASSWORD, '2001:db8:1:3::1')).toMatchObject({ status: 200 });
    await becomeKnown(first, accounts[0]!, '192.0.2.9');
    await times(OLD_API_LIMIT, () => logIn(first, accounts[0]!, 'wrong', '::ffff:192.0.2.9'));
    expect(await logIn(first, accounts[0]!, PASSWORD, '192.0.2.9')).toMatchObject({ status: 429 });
  });

  it('takes all spellings of a name for one account, and unknown names like known ones', async () => {
    const owner = await newcomer(first);
    const spelled = (username: string) => ({ ...owner, user: { ...owner.user, username } });
    const { username } = owner.user;
    await times(OLD_API_LIMIT, (index) =>
      logIn(first, spelled(index % 2 === 0 ? username.toUpperCase() : username), 'wrong', STRANGE),
    );
    expect(await logIn(first, owner, PASSWORD, '192.0.2.1')).toMatchObject({ status: 429 });
    await times(OLD_API_LIMIT, () => logIn(first, spelled('nobody'), 'wrong', STRANGE));
    expect(await logIn(first, spelled('nobody'), 'wrong', '192.0.2.1')).toMatchObject({ status: 429 });
  });

  it('never asks the database for a name that cannot be one: it may take a letter for a plain one and find an account', async () => {
    const find = jest.spyOn(first.http.app.get(UsersRepository, { strict: false }), 'findByUsername');
    const owner = await newcomer(first);
    // Capital I with a dot, the Kelvin sign, the long s, a space, and too many letters.
    for (const username of ['\u0130van', '\u212avan', '\u017fvan', 'i van', 'i'.repeat(151)])
      expect(await logIn(first, { ...owner, user: { ...owner.user, username } }, PASSWORD, HOME)).toMatchObject(
        REJECTED,
      );
    expect(find).not.toHaveBeenCalled();
    expect(await logIn(first, owner, PASSWORD, HOME)).toMatchObject({ status: 200 });
    expect(find).toHaveBeenCalledTimes(1);
  });

  it('allows fewer guesses at the personal login, and answers with a problem', async () => {
    const { username } = await first.user();
    const attempts = await times(SESSION_LIMIT + 3, (index) =>
      openSession(index % 2 === 0 ? first : second, username, 'wrong', `192.0.2.${index}`),
    );
    expect(statuses(attempts)).toEqual([...Array<number>(SESSION_LIMIT).fill(401), ...Array<number>(3).fill(429)]);
    expect(await openSession(first, username, PASSWORD, HOME)).toEqual({
      status: 429,
      body: {
        type: 'about:blank',
        title: 'Too Many Requests',
        status: 429,
        detail: `There were too many attempts. Try again in ${WINDOW_SECONDS} seconds.`,
        code: 'throttle.too_many_attempts',
      },
      retryAfter: String(WINDOW_SECONDS),
    });
  });

  it('stores neither names nor addresses', async () => {
    const owner = await newcomer(first);
    await logIn(first, owner, PASSWORD, HOME);
    await logIn(first, owner, 'wrong', STRANGE);
    const [stored] = await first.http.fixtures.query<{ text: string }>(
      `SELECT concat((SELECT string_agg(t::text, ' ') FROM throttle t), (SELECT string_agg(k::text, ' ') FROM known_addresses k)) AS text`,
    );
    expect(stored!.text).not.toBe('');
    for (const secret of [owner.user.username, HOME, STRANGE]) {
      expect(stored!.text).not.toContain(secret);
      expect(stored!.text).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });
});

describe('the address of a client', () => {
  let world: HttpWorld;
  afterEach(() => world.close());

  /** From which address the service thinks this came: its failures are counted there, so that it is full afterwards. */
  const isCountedAs = async (address: string, from: string, forwarded: string): Promise<boolean> => {
    const accounts = await times(ACCOUNTS, () => newcomer(world));
    await times(ADDRESS_LIMIT, (index) =>
      logIn(world, accounts[index % ACCOUNTS]!, 'wrong', from, {
        'x-forwarded-for': forwarded.replace('#', String(index)),
      }),
    );
    const isDirect = from === address;
    const last = await logIn(world, accounts[0]!, PASSWORD, from, isDirect ? {} : { 'x-forwarded-for': address });
    return last.status === 429;
  };
  const start = async (proxies: string): Promise<void> => {
    world = await HttpWorld.start({ environment: { PS_TRUSTED_PROXIES: proxies } });
  };

  it('is the peer when no proxy is trusted, whatever X-Forwarded-For says', async () => {
    await start('');
    expect(await isCountedAs(STRANGE, STRANGE, '192.0.2.#')).toBe(true);
  });

  it('is what the one proxy in front appended, whatever the client wrote before it', async () => {
    await start('1');
    expect(await isCountedAs(STRANGE, '10.0.0.5', `192.0.2.#, ${STRANGE}`)).toBe(true);
    expect(await isCountedAs(HOME, '10.0.0.5', `${HOME}, 192.0.2.#`)).toBe(false);
  });

  it('is the last address that is no trusted network', async () => {
    await start('10.0.0.0/8, 172.16.0.0/12');
    expect(await isCountedAs(STRANGE, '10.0.0.5', `192.0.2.#, ${STRANGE}, 172.16.3.4`)).toBe(true);
  });

  it('is the peer when the peer is no trusted network', async () => {
    await start('10.0.0.0/8');
    const owner = await newcomer(world);
    const forwarded = { 'x-forwarded-for': HOME };
    expect(await logIn(world, owner, PASSWORD, STRANGE, forwarded)).toMatchObject({ status: 200 });
    await times(OLD_API_LIMIT, () => logIn(world, owner, 'wrong', '192.0.2.1'));
    // Known is the address the login really came from, and not the one it named.
    expect(await logIn(world, owner, PASSWORD, '10.0.0.5', forwarded)).toMatchObject({ status: 429 });
    expect(await logIn(world, owner, PASSWORD, STRANGE)).toMatchObject({ status: 200 });
  });
});
