import { randomBytes } from 'node:crypto';
import { type Answer } from '../../support/http-harness.js';
import { HttpWorld } from '../../support/http-world.js';
import { Mailbox } from '../../support/mailbox.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const PASSWORD = 'correct horse battery';

interface Person {
  username: string;
  email: string;
  password: string;
  firstName: string;
  lastName: string;
}

describe('registration', () => {
  let world: HttpWorld;
  let mailbox: Mailbox;
  let ann: Person;

  beforeAll(async () => {
    world = await HttpWorld.start({ environment: { PS_SITE_NAME: 'Lab', PS_PUBLIC_URL: 'https://ps.example.org/' } });
    mailbox = new Mailbox(world.http.app);
  });
  beforeEach(async () => {
    ann = person('Ann');
    await mailbox.fetch();
  });
  afterAll(() => world.close());

  /** Somebody new, so that tests do not meet. */
  const person = (name: string): Person => {
    const username = `${name}-${randomBytes(4).toString('hex')}`;
    return { username, email: `${username}@Example.org`, password: PASSWORD, firstName: 'Ann', lastName: 'Lind' };
  };

  const post = (path: string, body: unknown): Promise<Answer> => world.http.call('POST', `/api/v1/${path}`, { body });
  const register = (who: Person): Promise<Answer> => post('accounts', who);
  const verify = (token: string): Promise<Answer> => post('accounts/verify-email', { token });
  const logIn = (username: string, password = PASSWORD): Promise<Answer> => post('auth/login', { username, password });

  it('makes an account that logs in by name or address once the link was followed', async () => {
    expect((await register(ann)).status).toBe(202);
    const mail = await mailbox.fetchOne();
    expect(mail).toMatchObject({ to: ann.email, subject: '[Lab] Please Confirm Your E-mail Address' });
    expect(mail.text).toMatch(/https:\/\/ps\.example\.org\/accounts\/verify-email#[\w-]{43}\n/);
    const token = mail.text.split('#')[1]!.split('\n')[0]!;
    expect(await verify(token)).toMatchObject({ status: 200, body: { email: ann.email } });
    const names = [ann.username, ann.username.toUpperCase(), ann.email.toLowerCase()];
    for (const name of names) expect((await logIn(name)).status).toBe(200);
    const sql = 'SELECT action, details FROM audit_events WHERE actor = $1 ORDER BY id';
    expect(await world.http.fixtures.query(sql, [`user:${ann.username}`])).toEqual([
      { action: 'user.registered', details: { username: ann.username } },
      { action: 'user.email_verified', details: { email: 'A***@Example.org' } },
    ]);
  });

  it('refuses a login before that, and sends the link again after three minutes', async () => {
    await register(ann);
    const first = await mailbox.fetchToken();
    const unverified = { status: 403, body: { code: 'accounts.email_unverified' } };
    expect((await logIn(ann.username, 'a wrong password')).status).toBe(401);
    expect(await logIn(ann.username)).toMatchObject(unverified);
    expect((await logIn(ann.email)).status).toBe(401);
    expect(await mailbox.fetch()).toEqual([]);
    world.http.clock.advance(3 * MINUTE);
    expect(await logIn(ann.username)).toMatchObject(unverified);
    expect(await mailbox.fetchToken()).not.toBe(first);
    expect((await verify(first)).status).toBe(200);
    expect((await logIn(ann.username)).status).toBe(200);
  });

  it('lets an unverified member have tokens of an organization, by username only', async () => {
    await register(ann);
    const organization = await world.organization();
    const sql = 'SELECT id FROM users WHERE username = $1';
    const [user] = await world.http.fixtures.query<{ id: number }>(sql, [ann.username]);
    await world.join(user!.id, organization.id);
    const token = (username: string): Promise<Answer> =>
      world.http.call('POST', '/api/org_token/', {
        body: { username, password: PASSWORD, org_name: organization.name },
      });
    expect((await token(ann.username.toLowerCase())).status).toBe(200);
    await verify(await mailbox.fetchToken());
    expect(await token(ann.email)).toMatchObject({
      status: 401,
      body: { detail: 'No active account found with the given credentials' },
    });
  });

  it('answers the same for an address that has an account, now and afterwards, and tells the owner', async () => {
    await register(ann);
    await verify(await mailbox.fetchToken());
    const fresh = await register(person('ben'));
    await mailbox.fetch();
    const carl = { ...person('carl'), email: ann.email.toUpperCase() };
    const taken = await register(carl);
    expect([taken.status, taken.body]).toEqual([fresh.status, fresh.body]);
    expect(await mailbox.fetchOne()).toMatchObject({
      to: ann.email,
      subject: '[Lab] Account Already Exists',
      text: expect.stringContaining(`Your username is ${ann.username}.`) as string,
    });
    await register({ ...person('dora'), email: ann.email });
    expect(await mailbox.fetch()).toEqual([]);

    // Neither a login nor a second registration tells, and none of them opens the account or reaches the owner's.
    const ben = person('ben');
    await register(ben);
    await mailbox.fetch();
    const asked = async (who: Person): Promise<unknown[]> => {
      const answers = [await logIn(who.username), await register({ ...person('eve'), username: who.username })];
      return answers.map(({ status, text }) => [status, text.replaceAll(who.username, 'who')]);
    };
    expect(await asked(carl)).toEqual(await asked(ben));
    world.http.clock.advance(3 * MINUTE);
    expect(await logIn(carl.username)).toMatchObject({ status: 403, body: { code: 'accounts.email_unverified' } });
    expect(await mailbox.fetchOne()).toMatchObject({ to: ann.email, kind: 'account_exists' });
    expect((await logIn(ann.email)).status).toBe(200);
  });

  it('does not let an unproved address keep its owner out', async () => {
    await register({ ...person('squatter'), email: ann.email });
    const squatters = await mailbox.fetchToken();
    world.http.clock.advance(3 * MINUTE);
    expect((await register(ann)).status).toBe(202);
    expect((await verify(await mailbox.fetchToken())).status).toBe(200);
    expect(await verify(squatters)).toMatchObject({ status: 409, body: { code: 'accounts.address_taken' } });
    expect((await logIn(ann.email)).status).toBe(200);
  });

  it('says that a username is taken, whatever its letter case, also when the address is', async () => {
    const taken = { status: 409, body: { code: 'users.username_taken' } };
    await register(ann);
    const again = { ...person('other'), username: ann.username.toUpperCase() };
    expect(await register(again)).toMatchObject(taken);
    await verify(await mailbox.fetchToken());
    expect(await register(ann)).toMatchObject(taken);
  });

  it('gives a username to one of several who want it at once', async () => {
    const { username } = ann;
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => register({ ...person(name), username })));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
    expect(await mailbox.fetch()).toHaveLength(1);
  });

  it.each([
    [{ username: 'an n' }, 'users.invalid'],
    [{ username: '' }, 'validation_failed'],
    [{ email: 'ann' }, 'users.invalid'],
    [{ username: 'ben@example.org' }, 'users.invalid'],
    [{ password: 'short' }, 'users.weak_password'],
    [{ password: 'password1' }, 'users.weak_password'],
    [{ lastName: 'Lindqvist', password: 'lindqvist7' }, 'users.weak_password'],
    [{ password: 'example.ogr' }, 'users.weak_password'],
    [{ firstName: '' }, 'validation_failed'],
    [{ lastName: 'x\ny' }, 'validation_failed'],
    [{ isStaff: true }, 'validation_failed'],
  ])('refuses %j', async (change, code) => {
    expect(await post('accounts', { ...ann, ...change })).toMatchObject({ status: 400, body: { code } });
    expect(await mailbox.fetch()).toEqual([]);
  });

  it('takes a link once, within three days, and only as a whole', async () => {
    await register(ann);
    const token = await mailbox.fetchToken();
    const invalid = { status: 400, body: { code: 'accounts.link_invalid' } };
    expect(await verify(token.slice(0, -1))).toMatchObject(invalid);
    expect(await verify('nonsense')).toMatchObject(invalid);
    const answers = await Promise.all([verify(token), verify(token), verify(token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);

    await register(person('ben'));
    const late = await mailbox.fetchToken();
    world.http.clock.advance(3 * DAY);
    expect(await verify(late)).toMatchObject(invalid);
  });

  it('sends the link again on demand, to whoever waits for it, and answers all alike', async () => {
    await register(ann);
    await verify(await mailbox.fetchToken());
    const ben = person('ben');
    await register(ben);
    await mailbox.fetch();
    world.http.clock.advance(3 * MINUTE);
    const answers: Answer[] = [];
    for (const email of [ben.email, ann.email, 'nobody@example.org', 'nonsense'])
      answers.push(await post('accounts/verify-email/resend', { email }));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await mailbox.fetchOne()).to).toBe(ben.email);
    await post('accounts/verify-email/resend', { email: ben.email });
    expect(await mailbox.fetch()).toEqual([]);
  });

  it('stores no token and no password that could be read', async () => {
    await register(ann);
    const [stored] = await world.http.fixtures.query<{ text: string }>(
      `SELECT concat((SELECT string_agg(u::text, '') FROM users u), (SELECT string_agg(t::text, '') FROM one_time_tokens t),
         (SELECT string_agg(m::text, '') FROM mail_outbox m), (SELECT string_agg(a::text, '') FROM audit_events a)) AS text`,
    );
    const token = await mailbox.fetchToken();
    expect(stored!.text).toContain('verify_email');
    for (const secret of [token, PASSWORD]) {
      expect(stored!.text).not.toContain(secret);
      expect(stored!.text).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });
});
