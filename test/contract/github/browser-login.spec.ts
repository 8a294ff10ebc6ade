import { anyText, expectJson, expectProblem, textLike } from '../../support/answer-checks.js';
import { type Misbehaviour } from '../../support/fake-github.js';
import { CALLBACK, GithubWorld, setCookies, START } from '../../support/github-world.js';
import { type Answer } from '../../support/http-harness.js';
import { PASSWORD } from '../../support/http-world.js';

const MINUTE = 60_000;
const SESSION = { access_token: anyText, token_type: 'Bearer', expires_in: 3600 };

let g: GithubWorld;
let isFailureExpected = false;
beforeAll(async () => {
  g = await GithubWorld.start();
});
beforeEach(async () => {
  // Each test has a window of the throttle of its own.
  g.world.http.clock.advance(2 * MINUTE);
  g.github.reset();
  isFailureExpected = false;
  await g.mailbox.fetch();
});
afterEach(async () => {
  await g.expectNoSecrets();
  const complaints = g.world.http.complaints.splice(0);
  if (!isFailureExpected) expect(complaints).toEqual([]);
});
afterAll(() => g.close());

const userCount = async (): Promise<number> =>
  (await g.world.http.fixtures.query<{ count: number }>('SELECT count(*)::integer AS count FROM users'))[0]!.count;

describe('the way to GitHub', () => {
  it('leads to GitHub with state and PKCE, and leaves a signed cookie that only this host reads', async () => {
    const answer = await g.world.http.call('GET', START);
    expect(answer.status).toBe(302);
    expect(answer.headers['cache-control']).toBe('no-store');
    const location = new URL(String(answer.headers.location));
    expect(location.origin + location.pathname).toBe(`${g.github.url}/login/oauth/authorize`);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      client_id: 'Iv1.fake',
      redirect_uri: 'http://localhost:8000/api/v1/auth/github/callback',
      scope: 'user:email',
      state: textLike(/^[\w-]{43}$/),
      code_challenge: textLike(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    const state = location.searchParams.get('state')!;
    expect(setCookies(answer)).toEqual([
      textLike(new RegExp(`^ps_github_state=${state}\\.[\\w-]{43}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax$`)),
    ]);
    expect(answer.body).toEqual({ location: location.toString() });
  });

  it('begins anew each time', async () => {
    const [one, other] = [await g.world.http.call('GET', START), await g.world.http.call('GET', START)];
    const [first, second] = [one, other].map(({ headers }) => new URL(String(headers.location)).searchParams);
    expect(first!.get('state')).not.toBe(second!.get('state'));
    expect(first!.get('code_challenge')).not.toBe(second!.get('code_challenge'));
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '///evil.example',
    '/\\evil.example',
    '/path\\..\\x',
    '\\/evil.example',
    '/\t/evil.example',
    '/ /evil.example',
    '/\r\nSet-Cookie: a=b',
    'javascript:alert(1)',
    'relative',
    '',
    '/ä',
    `/${'x'.repeat(500)}`,
  ])('refuses to lead to %j afterwards', async (returnTo) => {
    const answer = await g.world.http.call('GET', `${START}?returnTo=${encodeURIComponent(returnTo)}`);
    expectProblem(answer, 400, 'validation_failed');
    expect(setCookies(answer)).toEqual([]);
  });

  it('is limited per address', async () => {
    const begin = (): ReturnType<typeof g.world.http.app.inject> =>
      g.world.http.app.inject({ method: 'GET', url: START, remoteAddress: '203.0.113.7' });
    for (let attempt = 0; attempt < 100; attempt++) expect((await begin()).statusCode).toBe(302);
    expect((await begin()).statusCode).toBe(429);
  });
});

describe('the way back', () => {
  it('logs a linked account in: the page it leads to picks the session up, once', async () => {
    const { user, person } = await g.linked();
    const browser = g.browser();
    const back = await g.comeBack(browser, person, '/app/?tab=1#top');
    expect([back.status, back.headers.location]).toEqual([303, '/app/?tab=1#top']);
    expect(setCookies(back)).toEqual([
      'ps_github_state=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
      textLike(/^ps_github_login=[\w-]{43}; Path=\/; Max-Age=60; HttpOnly; SameSite=Strict$/),
    ]);
    const secret = browser.get('ps_github_login')!;
    const answer = await g.pickUp(browser);
    expectJson(answer, 200, SESSION);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(await g.whose(answer)).toMatchObject({ id: user.id, username: user.username });
    expect(browser.names).toEqual([]);
    browser.set('ps_github_login', secret);
    expectProblem(await g.pickUp(browser), 400, 'github.flow_expired');
    await g.expectNoSecrets([back, answer]);
  });

  it('leads to a page of this service when no other is named', async () => {
    const { person } = await g.linked();
    const back = await g.comeBack(g.browser(), person);
    expect(back.headers.location).toBe('/accounts/github');
    const page = await g.world.http.call('GET', '/accounts/github');
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('/api/v1/auth/github/session');
  });

  it('forgets a session nobody picks up, and has none for another browser', async () => {
    const { person } = await g.linked();
    const browser = g.browser();
    await g.comeBack(browser, person);
    expectProblem(await g.pickUp(g.browser()), 400, 'github.flow_expired');
    g.world.http.clock.advance(MINUTE);
    expectProblem(await g.pickUp(browser), 400, 'github.flow_expired');
  });

  it('refuses a state of another browser, a forged one and none, and asks GitHub nothing (CSRF)', async () => {
    const { person } = await g.linked();
    const [attacker, victim] = [g.browser(), g.browser()];
    const begun = await attacker.call('GET', START);
    const { code, state } = g.github.agree(String(begun.headers.location), person);
    await victim.call('GET', START);
    const own = victim.get('ps_github_state')!;
    const call = (value: string, by = victim): Promise<Answer> =>
      by.call('GET', `${CALLBACK}?${new URLSearchParams({ code, state: value }).toString()}`);
    expectProblem(await call(state), 400, 'github.state_mismatch');
    expectProblem(await call(state, g.browser()), 400, 'github.state_mismatch');
    for (const cookie of [`${state}.${own.split('.')[1]!}`, `${state}.`, state, own, `${state}.${'x'.repeat(43)}`]) {
      victim.set('ps_github_state', cookie);
      expectProblem(await call(state), 400, 'github.state_mismatch');
    }
    expectProblem(await victim.call('GET', `${CALLBACK}?code=${code}`), 400, 'validation_failed');
    expectProblem(await victim.call('GET', `${CALLBACK}?code=${code}&state=a&state=b`), 400, 'validation_failed');
    expect(g.github.requests).toEqual([]);
    expect((await call(state, attacker)).status).toBe(303);
  });

  it('takes a state once, even twice at the same time, and not after ten minutes', async () => {
    const { person } = await g.linked();
    const browser = g.browser();
    const begin = async (): Promise<{ url: string; cookie: string }> => {
      const { headers } = await browser.call('GET', START);
      const back = g.github.agree(String(headers.location), person);
      return { url: `${CALLBACK}?${new URLSearchParams(back).toString()}`, cookie: browser.get('ps_github_state')! };
    };
    const { url, cookie } = await begin();
    const headers = { cookie: `ps_github_state=${cookie}` };
    const both = await Promise.all([1, 2].map(() => g.world.http.call('GET', url, { headers })));
    expect(both.map(({ status }) => status).sort()).toEqual([303, 400]);
    expectProblem(await g.world.http.call('GET', url, { headers }), 400, 'github.state_mismatch');
    const late = await begin();
    g.world.http.clock.advance(10 * MINUTE);
    const answer = await g.world.http.call('GET', late.url, { headers: { cookie: `ps_github_state=${late.cookie}` } });
    expectProblem(answer, 400, 'github.state_mismatch');
  });

  it('refuses a code that was used, or was given for another challenge', async () => {
    const { person } = await g.linked();
    const [one, other] = [g.browser(), g.browser()];
    const first = g.github.agree(String((await one.call('GET', START)).headers.location), person);
    const second = g.github.agree(String((await other.call('GET', START)).headers.location), person);
    // The code of the first login with the state of the second: PKCE tells.
    const mixed = new URLSearchParams({ code: first.code, state: second.state }).toString();
    expectProblem(await other.call('GET', `${CALLBACK}?${mixed}`), 403, 'github.rejected');
    expectProblem(
      await one.call('GET', `${CALLBACK}?${new URLSearchParams(first).toString()}`),
      403,
      'github.rejected',
    );
  });

  it('answers a problem when the person said no, and the state is used up', async () => {
    const browser = g.browser();
    const { headers } = await browser.call('GET', START);
    const cookie = browser.get('ps_github_state')!;
    const { state } = g.github.agree(String(headers.location), g.github.person());
    const url = `${CALLBACK}?error=access_denied&error_description=x&state=${state}&something=new`;
    expectProblem(await browser.call('GET', url), 403, 'github.denied');
    browser.set('ps_github_state', cookie);
    expectProblem(await browser.call('GET', url), 400, 'github.state_mismatch');
  });

  it.each<Misbehaviour>(['slow', 'HTTP 500', 'no JSON', 'a huge answer', 'a redirect', 'JSON of another form'])(
    'answers 503 when GitHub is not itself: %s',
    async (misbehaviour) => {
      isFailureExpected = true;
      const { person } = await g.linked();
      const browser = g.browser();
      const { headers } = await browser.call('GET', START);
      const back = g.github.agree(String(headers.location), person);
      g.github.misbehaviour = misbehaviour;
      const answer = await browser.call('GET', `${CALLBACK}?${new URLSearchParams(back).toString()}`);
      expectProblem(answer, 503, 'github.unavailable');
      await g.expectNoSecrets([answer]);
    },
  );

  it('lets no disabled account in, at neither step', async () => {
    const { user, person } = await g.linked();
    const browser = g.browser();
    await g.comeBack(browser, person);
    await g.world.http.fixtures.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    expectProblem(await g.pickUp(browser), 401, 'auth.credentials_rejected');
    expectProblem(await g.comeBack(g.browser(), person), 401, 'auth.credentials_rejected');
  });

  it('ends a login that a change of the password overtakes', async () => {
    const { user, person } = await g.linked();
    const browser = g.browser();
    await g.comeBack(browser, person);
    g.world.http.clock.advance(1000);
    const body = { currentPassword: PASSWORD, newPassword: 'another long battery' };
    const token = await g.session(user.username);
    expect((await g.world.http.call('POST', '/api/v1/account/password', { token, body })).status).toBe(200);
    const late = await g.pickUp(browser);
    const stale = (late.body as { access_token: string }).access_token;
    expect((await g.world.http.call('GET', '/api/v1/account', { token: stale })).status).toBe(401);
  });
});

describe('somebody whose GitHub account is not linked', () => {
  const logIn = async (person: Parameters<GithubWorld['comeBack']>[1]): Promise<Answer> => {
    const browser = g.browser();
    const back = await g.comeBack(browser, person);
    return back.status === 303 ? g.pickUp(browser) : back;
  };

  it('is let into the account that has proved the same address; its owner is told', async () => {
    const { user, person } = await g.twins();
    const answer = await logIn(person);
    expect(await g.whose(answer)).toMatchObject({ id: user.id });
    expect(await g.mailbox.fetchOne()).toMatchObject({ kind: 'github_linked', to: user.email });
    expect((await g.audited('user.github_linked')).at(-1)).toEqual({
      actor: `user:${user.username}`,
      subject_id: String(user.id),
      details: { githubId: String(person.id), login: person.login, by: 'address' },
    });
    // From now on the number counts, whatever becomes of the addresses.
    person.emails = [];
    expect(await g.whose(await logIn(person))).toMatchObject({ id: user.id });
    expect(await g.mailbox.fetch()).toEqual([]);
  });

  it('is let in once when two logins are at it at once', async () => {
    const { user, person } = await g.twins();
    const answers = await Promise.all([logIn(person), logIn(person), logIn(person)]);
    for (const answer of answers) expect(await g.whose(answer)).toMatchObject({ id: user.id });
    expect(await g.mailbox.fetch()).toHaveLength(1);
    const newcomer = g.github.person();
    const before = await userCount();
    const made = await Promise.all([logIn(newcomer), logIn(newcomer), logIn(newcomer)]);
    expect(made.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await userCount()).toBe(before + 1);
  });

  it.each([
    ['GitHub has not verified', { primary: true, verified: false }],
    ['is not the primary one', { primary: false, verified: true }],
  ])('is not let in by an address that %s', async (_, kind) => {
    const { user, person } = await g.twins();
    person.emails = [{ email: user.email, ...kind }];
    const before = await userCount();
    expectProblem(await logIn(person), 403, 'github.email_missing');
    expect(await userCount()).toBe(before);
  });

  it('is not let into an account that has not proved the address', async () => {
    const { user, person } = await g.twins();
    await g.world.http.fixtures.query('UPDATE email_addresses SET verified_at = NULL WHERE user_id = $1', [user.id]);
    const own = await g.whose(await logIn(person));
    expect(own.id).not.toBe(user.id);
    expect(own.username).toBe(person.login);
  });

  it.each([{ isStaff: true }, { isSuperuser: true }])(
    'is not let in by the address of an account with %j, until its owner links it',
    async (fixture) => {
      const { user, person } = await g.twins(fixture);
      expectProblem(await logIn(person), 403, 'github.link_required');
      await g.link(user.id, person);
      expect(await g.whose(await logIn(person))).toMatchObject({ id: user.id });
    },
  );

  it('is not let into a disabled account, nor into one that is linked to another GitHub account', async () => {
    const disabled = await g.twins({ isActive: false });
    expectProblem(await logIn(disabled.person), 401, 'auth.credentials_rejected');
    const linked = await g.twins();
    await g.link(linked.user.id, g.github.person());
    expectProblem(await logIn(linked.person), 409, 'github.already_linked');
  });

  it('gets a new account with the verified address, and no password', async () => {
    const person = g.github.person({ name: 'Ada King\u0000 Lovelace' });
    const profile = await g.whose(await logIn(person));
    expect(profile).toMatchObject({
      username: person.login,
      email: `${person.login}@example.com`,
      firstName: 'Ada',
      lastName: 'King Lovelace',
      isStaff: false,
      isSuperuser: false,
    });
    expect((await g.audited('user.registered')).at(-1)).toMatchObject({
      subject_id: String(profile.id),
      details: { username: person.login, githubId: String(person.id) },
    });
    for (const password of ['', '!', PASSWORD]) {
      const body = { username: person.login, password };
      expect((await g.world.http.call('POST', '/api/v1/auth/login', { body })).status).toBe(
        password === '' ? 400 : 401,
      );
    }
  });

  it('gets none whose name somebody has, and is told what to do', async () => {
    const taken = await g.world.user();
    const person = g.github.person({ login: taken.username.toUpperCase() });
    const before = await userCount();
    expectProblem(await logIn(person), 409, 'github.username_taken');
    expect(await userCount()).toBe(before);
  });
});
