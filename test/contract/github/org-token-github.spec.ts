import { anyText, expectJson, textLike, tokenNotValid } from '../../support/answer-checks.js';
import { FakeGithub, type GithubPerson, type Misbehaviour } from '../../support/fake-github.js';
import { type Answer } from '../../support/http-harness.js';
import { HttpWorld, type Member } from '../../support/http-world.js';

const REQUIRED = 'This field is required.';
const NO_SOCIAL_ACCOUNT = {
  status: 'FAILED',
  error_msg: 'Permission Denied: No Social account found that matches login field of given token',
};
const UNAVAILABLE = {
  status: 'FAILED',
  error_msg:
    'Server Error: GitHub cannot be asked at this moment. Try again in a minute, or log in with your password.',
};
const PAIR = {
  exp: '2026-03-01T13:00:00UTC',
  access_lifetime: '3600.0',
  refresh_lifetime: '86400.0',
  access: anyText,
  refresh: anyText,
};

let github: FakeGithub;
let world: HttpWorld;
let member: Member;
let person: GithubPerson;
let token: string;
/** Whether a test expects that GitHub failed. */
let isFailureExpected = false;

beforeAll(async () => {
  github = await FakeGithub.start();
  // No client id: this endpoint needs none.
  const { PS_GITHUB_URL, PS_GITHUB_API_URL, PS_GITHUB_TIMEOUT_SECONDS } = github.environment;
  world = await HttpWorld.start({ environment: { PS_GITHUB_URL, PS_GITHUB_API_URL, PS_GITHUB_TIMEOUT_SECONDS } });
});
beforeEach(async () => {
  github.reset();
  isFailureExpected = false;
  member = await world.member();
  person = github.person();
  token = github.token(person);
  await link(member.user.id, person);
});
afterEach(() => {
  for (const secret of github.secrets()) expect(world.http.logged.join('\n')).not.toContain(secret);
  const complaints = world.http.complaints.splice(0);
  if (!isFailureExpected) expect(complaints).toEqual([]);
});
afterAll(async () => {
  await world.close();
  await github.close();
});

const link = async (userId: number, { id, login }: GithubPerson): Promise<void> => {
  await world.http.fixtures.query(
    `INSERT INTO social_accounts (id, user_id, provider, uid, login, linked_at)
     VALUES (gen_random_uuid(), $1, 'github', $2, $3, now())`,
    [userId, String(id), login],
  );
};
const obtain = (change: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  world.http.call('POST', '/api/org_token_github/', {
    body: { org_name: member.organization.name, access_token: token, ...change },
    headers,
  });
const denied = (reason: string): unknown => ({ status: 'FAILED', error_msg: `Permission Denied: ${reason}` });
const claims = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;

describe('POST /api/org_token_github/', () => {
  it('test_org_token_github: answers tokens to a linked account', async () => {
    const answer = await obtain();
    expectJson(answer, 200, PAIR);
    const { access } = answer.body as { access: string };
    expect(claims(access)).toMatchObject({
      org_name: member.organization.name,
      user_name: member.user.username,
      user_id: member.user.id,
    });
    expect(github.requests).toEqual([expect.objectContaining({ path: '/api/user', authorization: `token ${token}` })]);
    expect(answer.text).not.toContain(token);
  });

  it('test_org_token_github_invalid_access_token: answers 403 to a token GitHub does not know, or knows no more', async () => {
    expectJson(await obtain({ access_token: 'ghp_wrong' }), 403, NO_SOCIAL_ACCOUNT);
    github.revoke(token);
    expectJson(await obtain(), 403, NO_SOCIAL_ACCOUNT);
  });

  it('test_org_token_github_refresh: its refresh token rotates like any other', async () => {
    const first = (await obtain()).body as { refresh: string };
    const refresh = (value: string): Promise<Answer> =>
      world.http.call('POST', '/api/org_token/refresh/', { body: { refresh: value } });
    const second = await refresh(first.refresh);
    expectJson(second, 200, PAIR);
    expectJson(await refresh((second.body as { refresh: string }).refresh), 200, PAIR);
    expect((await refresh(first.refresh)).status).toBe(401);
  });

  it.each<[unknown, unknown]>([
    [{}, { org_name: [REQUIRED], access_token: [REQUIRED] }],
    [undefined, { org_name: [REQUIRED], access_token: [REQUIRED] }],
    [{ org_name: ' ', access_token: 't' }, { org_name: ['This field may not be blank.'] }],
    [{ org_name: 'o', access_token: null }, { access_token: ['This field may not be null.'] }],
    [{ org_name: 'o', access_token: ['t'] }, { access_token: ['Not a valid string.'] }],
  ])('answers 400 with field errors to %j, and asks nobody', async (body, expected) => {
    expectJson(await world.http.call('POST', '/api/org_token_github/', { body }), 400, expected);
    expect(github.requests).toEqual([]);
  });

  it('takes a form as well', async () => {
    const body = new URLSearchParams({ org_name: member.organization.name, access_token: token }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expectJson(await world.http.call('POST', '/api/org_token_github/', { body, headers }), 200, PAIR);
  });

  it('answers 403 to an account at GitHub that is not linked, also when name or verified address are those of a user', async () => {
    const stranger = github.person({
      login: person.login,
      emails: [{ email: `${member.user.username}@example.org`, primary: true, verified: true }],
    });
    const before = await world.http.stored();
    expectJson(await obtain({ access_token: github.token(stranger) }), 403, NO_SOCIAL_ACCOUNT);
    expectJson(
      await obtain({ access_token: github.token(github.person({ login: member.user.username })) }),
      403,
      NO_SOCIAL_ACCOUNT,
    );
    // Apart from the counted failures nothing was written.
    const withoutThrottle = (stored: string): unknown[] =>
      (JSON.parse(stored) as { name: string }[]).filter(({ name }) => name !== 'throttle');
    expect(withoutThrottle(await world.http.stored())).toEqual(withoutThrottle(before));
  });

  it('knows an account by its number: a new name at GitHub changes nothing but the name that is shown', async () => {
    person.login = `${person.login}-renamed`;
    expectJson(await obtain(), 200, PAIR);
    const stored = await world.http.fixtures.query('SELECT login, last_login_at FROM social_accounts WHERE uid = $1', [
      String(person.id),
    ]);
    expect(stored).toEqual([{ login: person.login, last_login_at: world.http.clock.now() }]);
  });

  it('a link without a name keeps nobody else out (B9)', async () => {
    const other = await world.user();
    await link(other.id, { ...github.person(), login: '' });
    expectJson(await obtain(), 200, PAIR);
  });

  it('answers 403 for an unknown organization, to a stranger, and to an inactive member', async () => {
    const { username } = member.user;
    expectJson(await obtain({ org_name: 'nowhere' }), 403, denied('nowhere is NOT a valid organization name'));
    const other = await world.organization();
    expectJson(await obtain({ org_name: other.name }), 403, denied(`${username} is NOT a member of ${other.name}`));
    await world.join(member.user.id, other.id, 'inactive');
    const inactive = denied(`${username} is NOT an active Member of ${other.name}`);
    expectJson(await obtain({ org_name: other.name }), 403, inactive);
  });

  it('answers 403 to a disabled user (B8)', async () => {
    await world.http.fixtures.query('UPDATE users SET is_active = false WHERE id = $1', [member.user.id]);
    expectJson(await obtain(), 403, denied('No active account found with the given credentials'));
  });

  it.each<[string, string, string]>([
    ['{', 'application/json', 'JSON parse error - it cannot be parsed'],
    ['a=b', 'text/plain', 'Unsupported media type "text/plain" in request.'],
  ])('answers 500 to the body %j of type %s, as nothing but this endpoint does', async (body, type, reason) => {
    const answer = await world.http.call('POST', '/api/org_token_github/', { body, headers: { 'content-type': type } });
    expect([answer.status, answer.body]).toEqual([
      500,
      { status: 'FAILED', error_msg: textLike(`^Server Error: ${reason}`) },
    ]);
  });

  it('refuses a bad bearer token before anything else, and takes a good one', async () => {
    expectJson(await obtain({}, { authorization: 'Bearer garbage' }), 403, tokenNotValid('Token is invalid'));
    expect(github.requests).toEqual([]);
    expectJson(await obtain({}, { authorization: `Bearer ${member.access}` }), 200, PAIR);
    expectJson(await obtain({}, { authorization: 'Basic eDp5' }), 200, PAIR);
  });

  it.each<Misbehaviour>([
    'slow',
    'hangs up',
    'HTTP 500',
    'HTTP 429',
    'no JSON',
    'an empty answer',
    'JSON of another form',
    'a huge answer',
    'a small answer that unpacks to a huge one',
    'a redirect',
    'a rate limit',
  ])('answers 500 without details when GitHub is not itself: %s', async (misbehaviour) => {
    isFailureExpected = true;
    github.misbehaviour = misbehaviour;
    expectJson(await obtain(), 500, UNAVAILABLE);
    // Asked once, and no redirect followed.
    expect(github.requests.map(({ path }) => path)).toEqual(['/api/user']);
    expect(world.http.complaints).toEqual([expect.stringContaining(`${github.url}/api/user: `)]);
    github.misbehaviour = null;
    expectJson(await obtain(), 200, PAIR);
  });

  it.each([
    ['with a line break', 'a\r\nX-Evil: 1'],
    ['with a letter no header can hold', 'ghp_ä'],
    ['of two words', 'two words'],
    ['of 2000 characters', 'x'.repeat(2000)],
  ])('asks nobody about what cannot be a token: one %s', async (_, access_token) => {
    expectJson(await obtain({ access_token }), 403, NO_SOCIAL_ACCOUNT);
    expect(github.requests).toEqual([]);
  });

  it('stops an address that shows too many wrong tokens, and asks GitHub no more', async () => {
    const wrong = (): ReturnType<typeof world.http.app.inject> =>
      world.http.app.inject({
        method: 'POST',
        url: '/api/org_token_github/',
        remoteAddress: '203.0.113.9',
        headers: { 'content-type': 'application/json' },
        payload: '{"org_name":"o","access_token":"ghp_wrong"}',
      });
    for (let attempt = 0; attempt < 300; attempt++) expect((await wrong()).statusCode).toBe(403);
    const asked = github.requests.length;
    const answer = await wrong();
    expect([answer.statusCode, answer.json(), answer.headers['retry-after']]).toEqual([
      429,
      { status: 'FAILED', error_msg: 'There were too many attempts. Try again in 60 seconds.' },
      '60',
    ]);
    expect(github.requests.length).toBe(asked);
    expectJson(await obtain(), 200, PAIR);
  });

  it('answers 405 to another method, after it looked at the bearer token', async () => {
    const answer = await world.http.call('GET', '/api/org_token_github/');
    expectJson(answer, 405, { detail: 'Method "GET" not allowed.' });
    expect(answer.headers.allow).toBe('POST, OPTIONS');
    expect((await world.http.call('GET', '/api/org_token_github/', { token: 'garbage' })).status).toBe(403);
    expect((await world.http.call('POST', '/api/org_token_github')).status).toBe(301);
  });
});
