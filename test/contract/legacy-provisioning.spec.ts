import { expectJson } from '../support/answer-checks.js';
import { type Answer } from '../support/http-harness.js';
import { HttpWorld, PASSWORD } from '../support/http-world.js';

const CODE = 'a-code-for-this-test';
const PATH = '/api/disable_provisioning/';

const failure = (message: string) => ({ status: 'FAILED', error_msg: message });
const success = (port: string) => ({
  status: 'SUCCESS',
  msg: 'You have disabled provisioning! Re-Deploy required!',
  alternate_port: port,
});

describe('PUT /api/disable_provisioning/', () => {
  let world: HttpWorld;
  let developer: { id: number; username: string };
  beforeAll(async () => {
    world = await HttpWorld.start({ environment: { PS_DISABLE_PROVISIONING_CODE: CODE, PS_SERVER_PORT: '50051' } });
  });
  beforeEach(async () => {
    developer = await world.user({ isStaff: true, group: 'PS_Developer' });
    await world.http.fixtures.query('DELETE FROM settings');
  });
  afterEach(() => {
    expect(world.http.complaints).toEqual([]);
  });
  afterAll(() => world.close());

  const credentials = (changes: Record<string, unknown> = {}) => ({
    username: developer.username,
    password: PASSWORD,
    mfa_code: CODE,
    ...changes,
  });
  const disable = (changes: Record<string, unknown> = {}, token?: string): Promise<Answer> =>
    world.http.call('PUT', PATH, { body: credentials(changes), token });
  const isDisabled = async (): Promise<boolean> =>
    (await world.http.fixtures.query("SELECT 1 FROM settings WHERE name = 'provisioningDisabled' AND value = 'true'"))
      .length > 0;

  it('disables provisioning for good, as often as it is asked, and names the other port', async () => {
    for (let time = 0; time < 2; time++) expectJson(await disable(), 200, success('50052'));
    expect(await isDisabled()).toBe(true);
    const events = await world.http.fixtures.query(
      `SELECT details FROM audit_events WHERE action = 'setting.changed' AND actor = $1`,
      [`user:${developer.username}`],
    );
    expect(events).toEqual([{ details: { before: false, after: true } }]);
  });

  it.each(['PATCH', 'PUT'] as const)('takes a form by %s as well', async (method) => {
    const body = new URLSearchParams(credentials() as Record<string, string>).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expectJson(await world.http.call(method, PATH, { body, headers }), 200, success('50052'));
  });

  it.each([
    ['username', undefined],
    ['username', ''],
    ['password', null],
    ['mfa_code', undefined],
    ['mfa_code', ''],
  ])('refuses %s = %j', async (field, value) => {
    expectJson(await disable({ [field]: value }), 400, failure('Missing required fields'));
    expect(await isDisabled()).toBe(false);
  });

  it('refuses what is not right, in this order: credentials, group, code', async () => {
    const member = await world.member();
    const root = await world.user({ isSuperuser: true });
    const wrongCode = { mfa_code: 'wrong' };
    expectJson(await disable({ password: 'wrong', ...wrongCode }), 400, failure('Invalid username/password'));
    for (const { username } of [member.user, root])
      expectJson(await disable({ username, ...wrongCode }), 401, failure('User is not a PS_Developer'));
    expectJson(await disable(wrongCode), 400, failure('Invalid MFA code'));
    expectJson(await disable({ mfa_code: 1492 }), 400, failure('Invalid MFA code'));
    expect(await isDisabled()).toBe(false);
  });

  it('refuses a bearer token that is no good, although it needs none', async () => {
    const answer = await disable({}, 'garbage');
    expect([answer.status, answer.body]).toEqual([403, expect.objectContaining({ code: 'token_not_valid' })]);
    expect(await isDisabled()).toBe(false);
  });

  it('does not let a developer whose password is known be used to guess the code', async () => {
    for (let attempt = 0; attempt < 10; attempt++) await disable({ mfa_code: `guess-${attempt}` });
    const answer = await disable();
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBeDefined();
    expect(await isDisabled()).toBe(false);
  });

  it('is for PUT and PATCH only', async () => {
    const answer = await world.http.call('POST', PATH, { body: credentials() });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'PUT, PATCH, OPTIONS']);
  });
});

describe('PUT /api/disable_provisioning/ where no code is configured', () => {
  let world: HttpWorld;
  beforeAll(async () => {
    world = await HttpWorld.start({ environment: { PS_SERVER_PORT: '50052' } });
  });
  afterAll(() => world.close());

  it('never succeeds, whatever is sent', async () => {
    const { username } = await world.user({ isStaff: true, group: 'PS_Developer' });
    for (const code of ['undefined', 'null', ' ']) {
      const body = { username, password: PASSWORD, mfa_code: code };
      expectJson(await world.http.call('PUT', PATH, { body }), 400, failure('Invalid MFA code'));
    }
  });
});

describe('the port PUT /api/disable_provisioning/ answers', () => {
  it.each([
    ['50052', '50051'],
    ['', '50051'],
    ['8000', '50051'],
  ])('for PS_SERVER_PORT=%s is %s', async (port, alternate) => {
    const world = await HttpWorld.start({
      environment: { PS_DISABLE_PROVISIONING_CODE: CODE, PS_SERVER_PORT: port },
    });
    try {
      const { username } = await world.user({ isStaff: true, group: 'PS_Developer' });
      const body = { username, password: PASSWORD, mfa_code: CODE };
      expectJson(await world.http.call('PUT', PATH, { body }), 200, success(alternate));
    } finally {
      await world.close();
    }
  });
});
