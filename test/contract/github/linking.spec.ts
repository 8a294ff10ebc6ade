import { expectJson, expectProblem } from '../../support/answer-checks.js';
import { CALLBACK, GithubWorld, type NewAccount } from '../../support/github-world.js';
import { type Answer, type Method } from '../../support/http-harness.js';
import { PASSWORD } from '../../support/http-world.js';

const OWN = '/api/v1/account/github';

let g: GithubWorld;
let ann: NewAccount;
let token: string;
beforeAll(async () => {
  g = await GithubWorld.start();
});
beforeEach(async () => {
  g.world.http.clock.advance(120_000);
  g.github.reset();
  await g.mailbox.fetch();
  const user = await g.world.user();
  ann = { ...user, email: `${user.username}@example.org` };
  token = await g.session(ann.username);
  // So that what begins now is later than the session.
  g.world.http.clock.advance(1000);
});
afterEach(async () => {
  await g.expectNoSecrets();
  expect(g.world.http.complaints.splice(0)).toEqual([]);
});
afterAll(() => g.close());

const call = (method: Method, path = '', body?: unknown, by = token): Promise<Answer> =>
  g.world.http.call(method, OWN + path, { token: by, ...(body === undefined ? {} : { body }) });
const linkByDevice = async (person = g.github.person(), by = token): Promise<Answer> => {
  const handle = await g.beginLink(by);
  g.github.agreeOnDevice(person);
  g.world.http.clock.advance(5000);
  return g.pollLink(by, handle);
};

describe('linking GitHub to the own account', () => {
  it('by device: the account is shown, its owner is told, and it logs in', async () => {
    expectJson(await call('GET'), 200, { github: null });
    const person = g.github.person();
    const handle = await g.beginLink(token);
    g.world.http.clock.advance(5000);
    expectJson(await g.pollLink(token, handle), 200, { status: 'pending', interval: 5 });
    g.github.agreeOnDevice(person);
    g.world.http.clock.advance(5000);
    const linkedAt = g.world.http.clock.now().toISOString();
    const github = { githubId: String(person.id), login: person.login, linkedAt, lastLoginAt: null };
    expectJson(await g.pollLink(token, handle), 200, { status: 'complete', github });
    expectJson(await call('GET'), 200, { github });
    expect(await g.mailbox.fetchOne()).toMatchObject({ kind: 'github_linked', to: ann.email });
    expect((await g.audited('user.github_linked')).at(-1)).toEqual({
      actor: `user:${ann.username}`,
      subject_id: String(ann.id),
      details: { githubId: String(person.id), login: person.login, by: 'owner' },
    });
    const browser = g.browser();
    expect((await g.comeBack(browser, person)).status).toBe(303);
    expect(await g.whose(await g.pickUp(browser))).toMatchObject({ id: ann.id });
  });

  it('by browser: the way back links, and makes no session', async () => {
    const person = g.github.person();
    const browser = g.browser();
    const body = { currentPassword: PASSWORD, returnTo: '/settings' };
    const begun = await browser.call('POST', `${OWN}/browser`, { token, body });
    expect(begun.status).toBe(200);
    const { authorizationUrl } = begun.body as { authorizationUrl: string };
    const back = new URLSearchParams(g.github.agree(authorizationUrl, person)).toString();
    // Somebody else's browser cannot finish it.
    expectProblem(await g.browser().call('GET', `${CALLBACK}?${back}`), 400, 'github.state_mismatch');
    const answer = await browser.call('GET', `${CALLBACK}?${back}`);
    expect([answer.status, answer.headers.location, browser.names]).toEqual([303, '/settings', []]);
    expectProblem(await g.pickUp(browser), 400, 'github.flow_expired');
    expect((await call('GET')).body).toMatchObject({ github: { githubId: String(person.id) } });
  });

  it('takes the password, and not many tries', async () => {
    for (const path of ['/device', '/browser']) {
      expectProblem(await call('POST', path, { currentPassword: 'wrong' }), 403, 'accounts.wrong_password');
      expectProblem(await call('POST', path, {}), 400, 'validation_failed');
    }
    for (let attempt = 0; attempt < 3; attempt++) await call('POST', '/device', { currentPassword: 'wrong' });
    expectProblem(await call('POST', '/device', { currentPassword: PASSWORD }), 429, 'throttle.too_many_attempts');
    expect(g.github.requests).toEqual([]);
  });

  it('is for the one who began it: neither a login nor another user ends it', async () => {
    const handle = await g.beginLink(token);
    g.github.agreeOnDevice(g.github.person());
    g.world.http.clock.advance(5000);
    const other = await g.session((await g.world.user()).username);
    expectProblem(await g.pollLink(other, handle), 400, 'github.flow_expired');
    expectProblem(await g.pollDevice(handle), 400, 'github.flow_expired');
    const login = await g.beginDevice();
    g.world.http.clock.advance(5000);
    expectProblem(await g.pollLink(token, login), 400, 'github.flow_expired');
    expect((await g.pollLink(token, handle)).status).toBe(200);
  });

  it('again is no change; another one is refused, and so is one that is somebody else’s', async () => {
    const person = g.github.person();
    expect((await linkByDevice(person)).status).toBe(200);
    await g.mailbox.fetch();
    expect((await linkByDevice(person)).status).toBe(200);
    expect(await g.mailbox.fetch()).toEqual([]);
    expectProblem(await linkByDevice(), 409, 'github.already_linked');
    const other = await g.session((await g.world.user()).username);
    g.world.http.clock.advance(1000);
    expectProblem(await linkByDevice(person, other), 409, 'github.account_taken');
  });

  it('begun before a change of the password comes to nothing', async () => {
    const handle = await g.beginLink(token);
    g.github.agreeOnDevice(g.github.person());
    g.world.http.clock.advance(5000);
    const body = { currentPassword: PASSWORD, newPassword: 'another long battery' };
    expect((await g.world.http.call('POST', '/api/v1/account/password', { token, body })).status).toBe(200);
    g.world.http.clock.advance(1000);
    const login = { username: ann.username, password: 'another long battery' };
    const answer = await g.world.http.call('POST', '/api/v1/auth/login', { body: login });
    const fresh = (answer.body as { access_token: string }).access_token;
    expectProblem(await g.pollLink(fresh, handle), 400, 'github.flow_expired');
    expectJson(await call('GET', '', undefined, fresh), 200, { github: null });
  });

  it('can be undone, and then the GitHub account opens nothing here', async () => {
    const person = g.github.person({ emails: [] });
    await linkByDevice(person);
    await g.mailbox.fetch();
    expect((await call('DELETE')).status).toBe(200);
    expect(await g.mailbox.fetchOne()).toMatchObject({ kind: 'github_unlinked', to: ann.email });
    expect((await g.audited('user.github_unlinked')).at(-1)).toMatchObject({ subject_id: String(ann.id) });
    expectProblem(await call('DELETE'), 404, 'github.not_linked');
    expectProblem(await g.comeBack(g.browser(), person), 403, 'github.email_missing');
  });

  it('is ended by an administrator as well, who is on the record, and may say it again', async () => {
    const person = g.github.person({ emails: [] });
    await linkByDevice(person);
    await g.mailbox.fetch();
    const url = `/admin/users/${ann.id}/github`;
    const administrator = await g.world.user({ isStaff: true, group: 'PS_Developer' });
    const by = await g.session(administrator.username);
    const unlink = (who: string, of = url): Promise<Answer> => g.world.http.call('DELETE', of, { token: who });
    expectProblem(await unlink(token), 403, 'auth.forbidden');
    const superuser = await g.world.user({ isSuperuser: true });
    expectProblem(await unlink(by, `/admin/users/${superuser.id}/github`), 403, 'users.superuser_account');
    const github = { githubId: String(person.id), login: person.login };
    expectJson(await unlink(by), 200, { id: ann.id, github });
    expect(await g.mailbox.fetchOne()).toMatchObject({ kind: 'github_unlinked', to: ann.email });
    const record = (await g.audited('user.github_unlinked')).at(-1);
    expect(record).toEqual({ actor: `user:${administrator.username}`, subject_id: String(ann.id), details: github });
    expectProblem(await g.comeBack(g.browser(), person), 403, 'github.email_missing');
    expectJson(await unlink(by), 200, { id: ann.id, github: null });
    expect(await g.mailbox.fetch()).toEqual([]);
    expect((await g.audited('user.github_unlinked')).at(-1)).toEqual(record);
  });

  it('needs a login: no token of an organization, no personal access token', async () => {
    const organization = await g.world.organization();
    await g.world.join(ann.id, organization.id);
    const { access } = await g.world.organizationTokens(ann.username, organization.name);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/device'],
      ['POST', '/browser'],
      ['POST', '/device/token'],
      ['DELETE', ''],
    ] as const)
      expectProblem(await call(method, path, undefined, access), 403, 'auth.forbidden');
  });

  it('ends with the account', async () => {
    const person = g.github.person({ emails: [] });
    await linkByDevice(person);
    const body = { currentPassword: PASSWORD };
    expect((await g.world.http.call('POST', '/api/v1/account/deletion', { token, body })).status).toBe(200);
    expectProblem(await g.comeBack(g.browser(), person), 403, 'github.email_missing');
    const left = await g.world.http.fixtures.query('SELECT 1 FROM social_accounts WHERE uid = $1', [String(person.id)]);
    expect(left).toEqual([]);
  });
});
