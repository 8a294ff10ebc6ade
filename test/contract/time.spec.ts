import { expectJson, expectProblem, tokenNotValid } from '../support/answer-checks.js';
import { type Answer } from '../support/http-harness.js';
import { HttpWorld, PASSWORD } from '../support/http-world.js';

const MINUTE = 60_000;
const WINDOW_SECONDS = 300;
/** Failed logins of one account from one address within the window. */
const LIMITS = { organization: 30, session: 5 };

describe('time', () => {
  let world: HttpWorld;
  beforeEach(async () => {
    world = await HttpWorld.start();
  });
  afterEach(async () => {
    expect(world.http.complaints).toEqual([]);
    await world.close();
  });

  it('ends a refresh token a day after it was issued, to the second', async () => {
    const { refresh: token } = await world.member();
    const use = (refresh: string): Promise<Answer> =>
      world.http.call('POST', '/api/org_token/refresh/', { body: { refresh } });
    world.http.clock.advance(86_399_000);
    const answer = await use(token);
    const pair = answer.body as { exp: string; refresh: string };
    expect([answer.status, pair.exp]).toEqual([200, '2026-03-02T12:59:59UTC']);
    world.http.clock.advance(86_400_000);
    expectJson(await use(pair.refresh), 401, { detail: 'Token is expired', code: 'token_not_valid' });
  });

  it('ends an access token an hour after it was issued, also one it has verified before', async () => {
    const { access, organization } = await world.member();
    const look = (): Promise<Answer> =>
      world.http.call('GET', `/api/membership_status/${organization.name}/`, { token: access });
    world.http.clock.advance(3_599_000);
    expectJson(await look(), 200, { active: true });
    world.http.clock.advance(1_000);
    expectJson(await look(), 403, tokenNotValid('Token is expired'));
    expectProblem(
      await world.http.call('GET', `/api/v1/organizations/${organization.name}/runs`, { token: access }),
      401,
      'auth.token_not_valid',
    );
  });

  it('ends a session an hour after the login', async () => {
    const { username } = await world.user({ isSuperuser: true });
    const token = await world.session(username);
    world.http.clock.advance(3_599_000);
    expect((await world.http.call('GET', '/admin/users', { token })).status).toBe(200);
    world.http.clock.advance(1_000);
    expectProblem(await world.http.call('GET', '/admin/users', { token }), 401, 'auth.token_not_valid');
  });

  it('slows down guessing at the old login: 429 with Retry-After, also for the right password, until the window ends', async () => {
    const { user, organization } = await world.member();
    const attempt = (password: string, username = user.username): Promise<Answer> =>
      world.http.call('POST', '/api/org_token/', { body: { username, password, org_name: organization.name } });
    for (let count = 0; count < LIMITS.organization; count++) expect((await attempt('wrong')).status).toBe(401);
    world.http.clock.advance(MINUTE);
    for (const answer of [
      await attempt('wrong'),
      await attempt(PASSWORD),
      await attempt(PASSWORD, user.username.toUpperCase()),
    ]) {
      const left = WINDOW_SECONDS - 60;
      expectJson(answer, 429, {
        detail: `There were too many attempts. Try again in ${left} seconds.`,
      });
      expect(answer.headers['retry-after']).toBe(String(left));
    }
    expect((await attempt('wrong', 'somebody-else')).status).toBe(401);
    world.http.clock.advance((WINDOW_SECONDS - 60) * 1000);
    expect((await attempt(PASSWORD)).status).toBe(200);
  });

  it('slows down guessing at the personal login, even when all guesses come at once', async () => {
    const { username } = await world.user();
    const attempt = (password: string): Promise<Answer> =>
      world.http.call('POST', '/api/v1/auth/login', { body: { username, password } });
    const answers = await Promise.all(Array.from({ length: LIMITS.session + 5 }, () => attempt('wrong')));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array<number>(LIMITS.session).fill(401),
      ...Array<number>(5).fill(429),
    ]);
    const refused = await attempt(PASSWORD);
    expectProblem(refused, 429, 'throttle.too_many_attempts');
    expect(refused.headers['retry-after']).toBe(String(WINDOW_SECONDS));
    world.http.clock.advance(WINDOW_SECONDS * 1000);
    expect((await attempt(PASSWORD)).status).toBe(200);
  });

  it('forgets failed logins after a right one', async () => {
    const { username } = await world.user();
    const attempt = (password: string): Promise<Answer> =>
      world.http.call('POST', '/api/v1/auth/login', { body: { username, password } });
    for (let round = 0; round < 3; round++) {
      for (let count = 0; count < LIMITS.session - 1; count++) expect((await attempt('wrong')).status).toBe(401);
      expect((await attempt(PASSWORD)).status).toBe(200);
    }
  });
});
