import { type Answer, type Method } from '../../support/http-harness.js';
import { HttpWorld, PASSWORD } from '../../support/http-world.js';
import { Mailbox } from '../../support/mailbox.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

/** Contract section 5.1; those of passcodes are ours. */
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const PER_ADDRESS = 20;
const PER_MAILBOX = 5;
const PASSWORDS = 5;
const ADDRESS_CHANGES = 10;
const PASSCODES = { account: 10, accountSeconds: 300, address: 30 };
const HOME = '198.51.100.7';
const STRANGE = '203.0.113.66';
const NO_TOKEN = 'x'.repeat(43);

interface Call {
  /** The address it comes from. */
  from?: string;
  token?: string;
  method?: Method;
}

describe('limits of accounts', () => {
  let database: TestDatabase;
  /** Two processes of the service on one database: every limit holds for both together. */
  let worlds: [HttpWorld, HttpWorld];
  let mailbox: Mailbox;
  let serial = 0;

  const advance = (seconds: number): void => {
    for (const { http } of worlds) http.clock.advance(seconds * 1000);
  };
  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { database, environment: { PS_STATE_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') } };
    worlds = await Promise.all([HttpWorld.start(options), HttpWorld.start(options)]);
  });
  beforeEach(async () => {
    // Names and addresses are nobody's again, and what any of them did is long ago.
    advance(HOUR_SECONDS);
    await worlds[0].http.fixtures.query('TRUNCATE throttle, mail_outbox, users CASCADE');
    mailbox = new Mailbox(worlds[0].http.app);
  });
  afterEach(() => {
    expect(worlds.flatMap(({ http }) => http.complaints)).toEqual([]);
  });
  afterAll(async () => {
    await Promise.all(worlds.map((world) => world.close()));
    await database.drop();
  });

  /** By one process and the other in turn. */
  const send = async (path: string, body: unknown, call: Call = {}): Promise<Answer> => {
    const { from = HOME, token, method = 'POST' } = call;
    const { app } = worlds[serial++ % 2]!.http;
    const response = await app.inject({
      method,
      url: `/api/v1/${path}`,
      remoteAddress: from,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.payload,
      body: response.json<unknown>(),
    };
  };
  const times = (count: number, make: (index: number) => Promise<Answer>): Promise<Answer[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => make(index)));
  const statuses = (answers: Answer[]): number[] => [...new Set(answers.map(({ status }) => status))];
  const refused = (seconds: number): unknown =>
    expect.objectContaining({
      status: 429,
      headers: expect.objectContaining({
        'content-type': 'application/problem+json',
        'retry-after': String(seconds),
      }) as unknown,
      body: {
        type: 'about:blank',
        title: 'Too Many Requests',
        status: 429,
        detail: `There were too many attempts. Try again in ${seconds} seconds.`,
        code: 'throttle.too_many_attempts',
      },
    });

  const register = (username: string, from = HOME, email = `${username}@example.org`): Promise<Answer> =>
    send('accounts', { username, email, password: PASSWORD, firstName: 'Ann', lastName: 'Lind' }, { from });
  const reset = (email: string, from = HOME): Promise<Answer> => send('accounts/password-reset', { email }, { from });
  const resend = (email: string, from = HOME): Promise<Answer> =>
    send('accounts/verify-email/resend', { email }, { from });
  const verify = (token: string, from = HOME): Promise<Answer> => send('accounts/verify-email', { token }, { from });
  const confirmReset = (token: string, from = HOME): Promise<Answer> =>
    send('accounts/password-reset/confirm', { token, newPassword: 'quite another sentence' }, { from });
  const person = async (): Promise<{ id: number; username: string; token: string }> => {
    const user = await worlds[0].user();
    return { ...user, token: await worlds[0].session(user.username) };
  };

  it('registration: 20 a minute from one address, whatever comes of them', async () => {
    expect((await register('taken')).status).toBe(202);
    // A name that is taken costs as much as a free one: names cannot be tried out faster.
    const answers = await times(PER_ADDRESS - 1, (index) => register(index % 2 === 0 ? 'taken' : `free-${index}`));
    expect(statuses(answers).sort()).toEqual([202, 409]);
    advance(10);
    expect(await register('taken')).toEqual(refused(MINUTE_SECONDS - 10));
    expect(await register('late')).toEqual(refused(MINUTE_SECONDS - 10));
    expect((await register('elsewhere', STRANGE)).status).toBe(202);
    advance(MINUTE_SECONDS - 10);
    expect((await register('late')).status).toBe(202);
  });

  it('registration: a network of IPv6 is one address', async () => {
    await times(PER_ADDRESS, (index) => register(`v6-${index}`, `2001:db8:1:2::${index.toString(16)}`));
    expect(await register('v6-more', '2001:db8:1:2:ffff::1')).toEqual(refused(MINUTE_SECONDS));
    expect((await register('v6-other', '2001:db8:1:3::1')).status).toBe(202);
  });

  it('password reset: 5 a minute for one mailbox from anywhere, and the same for one without an account', async () => {
    const { username } = await person();
    const known = `${username}@example.org`;
    for (const email of [known, 'nobody@example.org']) {
      const answers = await times(PER_MAILBOX, (index) => reset(email, `192.0.2.${index}`));
      expect(statuses(answers)).toEqual([202]);
      expect(await reset(email.toUpperCase(), '192.0.2.99')).toEqual(refused(MINUTE_SECONDS));
    }
    expect((await reset('other@example.org')).status).toBe(202);
    // Nobody is kept from a new password by that: the mailbox has got its link.
    expect((await mailbox.fetch()).filter(({ to }) => to === known)).toHaveLength(1);
    advance(MINUTE_SECONDS);
    expect((await reset(known)).status).toBe(202);
  });

  it('password reset: 20 a minute from one address', async () => {
    expect(statuses(await times(PER_ADDRESS, (index) => reset(`box-${index}@example.org`)))).toEqual([202]);
    expect(await reset('last@example.org')).toEqual(refused(MINUTE_SECONDS));
    expect((await reset('last@example.org', STRANGE)).status).toBe(202);
    advance(MINUTE_SECONDS);
    expect((await reset('last@example.org')).status).toBe(202);
  });

  it('links of mails: 20 wrong ones a minute from one address, of both kinds together', async () => {
    await register('ann');
    const good = await mailbox.fetchToken();
    const answers = await times(PER_ADDRESS, (index) => (index % 2 === 0 ? verify(NO_TOKEN) : confirmReset(NO_TOKEN)));
    expect(statuses(answers)).toEqual([400]);
    expect(await verify(good)).toEqual(refused(MINUTE_SECONDS));
    expect(await confirmReset(NO_TOKEN)).toEqual(refused(MINUTE_SECONDS));
    expect((await confirmReset(NO_TOKEN, STRANGE)).status).toBe(400);
    advance(MINUTE_SECONDS);
    expect((await verify(good)).status).toBe(200);
  });

  it('links of mails: right ones are not counted', async () => {
    await register('ann');
    const good = await mailbox.fetchToken();
    await times(PER_ADDRESS - 1, () => verify(NO_TOKEN));
    expect((await verify(good)).status).toBe(200);
    expect((await verify(NO_TOKEN)).status).toBe(400);
    expect(await verify(NO_TOKEN)).toEqual(refused(MINUTE_SECONDS));
  });

  it('confirmation mails: 20 a minute from one address, and one in three minutes to a mailbox', async () => {
    await register('ann');
    await mailbox.fetch();
    expect(statuses(await times(PER_ADDRESS, () => resend('ann@example.org')))).toEqual([202]);
    expect(await resend('ann@example.org')).toEqual(refused(MINUTE_SECONDS));
    expect(await resend('nobody@example.org')).toEqual(refused(MINUTE_SECONDS));
    expect((await resend('ann@example.org', STRANGE)).status).toBe(202);
    advance(MINUTE_SECONDS);
    expect((await resend('ann@example.org')).status).toBe(202);
    expect(await mailbox.fetch()).toEqual([]);
    advance(2 * MINUTE_SECONDS);
    await times(3, () => resend('ann@example.org'));
    expect(await mailbox.fetch()).toMatchObject([{ to: 'ann@example.org', kind: 'verify_address' }]);
  });

  it('the password asked for again: 5 wrong ones a minute for one account, wherever they are asked for', async () => {
    const [ann, ben] = [await person(), await person()];
    const guesses = [
      (token: string) => send('account/password', { currentPassword: 'wrong', newPassword: PASSWORD }, { token }),
      (token: string) => send('account/deletion', { currentPassword: 'wrong' }, { token }),
      (token: string) => send('account/addresses', { email: 'a@b.example', currentPassword: 'wrong' }, { token }),
    ];
    const answers = await times(PASSWORDS, (index) => guesses[index % guesses.length]!(ann.token));
    expect(statuses(answers)).toEqual([403]);
    for (const guess of guesses) expect(await guess(ann.token)).toEqual(refused(MINUTE_SECONDS));
    const change = { currentPassword: PASSWORD, newPassword: 'quite another sentence' };
    // Also the right one: it must not be found out at leisure.
    expect(await send('account/password', change, { token: ann.token })).toEqual(refused(MINUTE_SECONDS));
    expect((await guesses[0]!(ben.token)).status).toBe(403);
    advance(MINUTE_SECONDS);
    expect((await send('account/password', change, { token: ann.token })).status).toBe(200);
  });

  it('the own addresses: 10 changes a minute for one account', async () => {
    const [ann, ben] = [await person(), await person()];
    const add = (name: string, token: string): Promise<Answer> =>
      send('account/addresses', { email: `${name}@b.example`, currentPassword: PASSWORD }, { token });
    const { id } = (await add('first', ann.token)).body as { id: string };
    const verification = (): Promise<Answer> =>
      send(`account/addresses/${id}/verification`, undefined, { token: ann.token });
    expect(statuses(await times(ADDRESS_CHANGES - 1, verification))).toEqual([202]);
    expect(await verification()).toEqual(refused(MINUTE_SECONDS));
    expect(await add('second', ann.token)).toEqual(refused(MINUTE_SECONDS));
    const remove = { method: 'DELETE', token: ann.token } as const;
    expect(await send(`account/addresses/${id}`, undefined, remove)).toEqual(refused(MINUTE_SECONDS));
    expect((await send('account/addresses', undefined, { method: 'GET', token: ann.token })).status).toBe(200);
    expect((await add('third', ben.token)).status).toBe(201);
    advance(MINUTE_SECONDS);
    expect((await send(`account/addresses/${id}`, undefined, remove)).status).toBe(200);
  });

  it('passcodes: 10 wrong ones in five minutes for one account, also those of different organizations', async () => {
    const [ann, ben, olga] = [await person(), await person(), await person()];
    const organization = await worlds[0].organization();
    await worlds[0].join(olga.id, organization.id, 'active', 'owner');
    const made = await send(`organizations/${organization.name}/passcodes`, { role: 'member' }, { token: olga.token });
    const { passcode } = made.body as { passcode: string };
    const join = (token: string, code: string, name = organization.name): Promise<Answer> =>
      send('memberships/join', { organization: name, passcode: code }, { token });
    const other = await worlds[0].organization();
    const wrong = passcode.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const answers = await times(PASSCODES.account, (index) =>
      join(ann.token, wrong, index % 2 === 0 ? other.name : organization.name),
    );
    expect(statuses(answers)).toEqual([403]);
    expect(await join(ann.token, passcode)).toEqual(refused(PASSCODES.accountSeconds));
    expect((await join(ben.token, passcode)).status).toBe(200);
    advance(PASSCODES.accountSeconds);
    expect((await join(ann.token, passcode)).status).toBe(200);
  });

  it('passcodes: 30 wrong ones a minute from one address, whoever tries them', async () => {
    const organization = await worlds[0].organization();
    const people = await Promise.all(Array.from({ length: 4 }, person));
    const guess = (index: number, from = HOME): Promise<Answer> =>
      send(
        'memberships/join',
        { organization: organization.name, passcode: 'AAAA-AAAA' },
        { from, token: people[index % people.length]!.token },
      );
    expect(statuses(await times(PASSCODES.address, guess))).toEqual([403]);
    expect(await guess(3)).toEqual(refused(MINUTE_SECONDS));
    expect((await guess(3, STRANGE)).status).toBe(403);
    advance(MINUTE_SECONDS);
    expect((await guess(3)).status).toBe(403);
  });
});
