import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminWorld } from '../../support/admin-world.js';
import { FakeSts } from '../../support/fake-sts.js';
import { type Answer } from '../../support/http-harness.js';

const URL = '/admin/aws/credentials';
const KEYS = 'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = planted-secret-of-ann\n';
const FILE = `# mine\n[ann]\n${KEYS}`;
const WRONG = '999999';
const FAR = '203.0.113.9';

describe('/admin/aws/credentials', () => {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  let sts: FakeSts;
  let directory: string;
  let file: string;
  const open: AdminWorld[] = [];
  beforeAll(async () => {
    sts = await FakeSts.start();
    process.env.AWS_ENDPOINT_URL = sts.endpoint;
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-aws-login-'));
    file = join(directory, 'credentials');
    writeFileSync(file, FILE, { mode: 0o600 });
    sts.code = '123456';
    sts.devices = ['arn:aws:iam::123456789012:mfa/ann'];
    sts.asked.length = 0;
  });
  afterEach(async () => {
    for (const admin of open.splice(0)) await admin.close();
    rmSync(directory, { recursive: true });
  });
  afterAll(async () => {
    if (endpoint === undefined) Reflect.deleteProperty(process.env, 'AWS_ENDPOINT_URL');
    else process.env.AWS_ENDPOINT_URL = endpoint;
    await sts.stop();
  });

  async function start(environment: NodeJS.ProcessEnv = { PS_ALLOW_LOCAL_MFA: 'true' }): Promise<AdminWorld> {
    const admin = await AdminWorld.start({ environment: { AWS_SHARED_CREDENTIALS_FILE: file, ...environment } });
    open.push(admin);
    return admin;
  }

  /** As a developer on another machine, or through a proxy. */
  function from(
    admin: AdminWorld,
    remoteAddress: string,
    headers: Record<string, string> = {},
  ): Promise<{ statusCode: number; payload: string }> {
    const authorization = `Bearer ${admin.developer.token}`;
    return admin.world.http.app.inject({
      ...{ method: 'POST', url: `${URL}/mfa`, payload: { code: sts.code }, remoteAddress },
      headers: { authorization, ...headers },
    });
  }

  const logIn = (admin: AdminWorld, body: Record<string, unknown> = {}): Promise<Answer> =>
    admin.byDeveloper('POST', `${URL}/mfa`, { code: '123456', ...body });
  const stored = (): string => readFileSync(file, 'utf8');

  it('logs in with a code, tells who that is, and logs out', async () => {
    const admin = await start();
    const answer = await logIn(admin);
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { kind: 'session', profile: 'default', sourceProfile: 'ann', account: '123456789012', isReused: false },
    });
    expect(stored()).toContain('aws_session_token = fake-token-');
    const status = await admin.byDeveloper('GET', `${URL}/status`);
    expect(status).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { kind: 'session', arn: 'arn:aws:iam::123456789012:user/ann', accessKeySuffix: '0001' },
    });
    for (const text of [answer.text, status.text, ...admin.world.http.logged])
      expect(text).not.toMatch(/fake-secret|fake-token|planted-secret|123456(?!789)|AKIAIOSFODNN7EXAMPLE/);
    const reused = await logIn(admin, { code: WRONG });
    expect(reused.body).toMatchObject({ isReused: true });
    expect(await admin.byDeveloper('DELETE', `${URL}/session`)).toMatchObject({
      status: 200,
      body: { wasThere: true },
      headers: { 'cache-control': 'no-store' },
    });
    expect(stored()).toContain(FILE);
    expect(stored()).not.toContain('aws_session_token');
    expect(await admin.done('DELETE', `${URL}/session`)).toEqual({ wasThere: false });
    expect(await admin.done('GET', `${URL}/status?profile=ann`)).toMatchObject({ kind: 'long-term', profile: 'ann' });
  });

  it('audits who did it and what came of it, without the code', async () => {
    const admin = await start();
    await logIn(admin, { code: WRONG });
    await logIn(admin);
    await admin.byDeveloper('DELETE', `${URL}/session`);
    const events = await Promise.all(
      ['aws_session.refused', 'aws_session.began', 'aws_session.ended'].map((action) =>
        admin.audited(action, 'default'),
      ),
    );
    const actor = `user:${admin.developer.username}`;
    expect(events.flat()).toEqual([
      expect.objectContaining({ actor, details: { reason: 'creds.mfa_refused' } }),
      expect.objectContaining({ actor, details: expect.objectContaining({ sourceProfile: 'ann' }) as unknown }),
      expect.objectContaining({ actor, details: {} }),
    ]);
    expect(JSON.stringify(events)).not.toMatch(/123456(?!789)|999999|fake-token/);
  });

  it('takes each code once, and leaves the file alone when AWS does not take it', async () => {
    const admin = await start();
    expect(await logIn(admin, { code: WRONG })).toMatchObject({ status: 403, body: { code: 'creds.mfa_refused' } });
    expect(stored()).toBe(FILE);
    expect((await logIn(admin)).status).toBe(200);
    expect(await logIn(admin, { isForced: true })).toMatchObject({ status: 403, body: { code: 'creds.mfa_refused' } });
  });

  it('lets nobody try more than five codes in five minutes, however many people ask', async () => {
    const admin = await start();
    const statuses: number[] = [];
    for (const by of ['byRoot', 'byDeveloper', 'byRoot', 'byDeveloper', 'byRoot', 'byDeveloper'] as const)
      statuses.push((await admin[by]('POST', `${URL}/mfa`, { code: WRONG })).status);
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429]);
    expect(sts.asked.filter(({ action }) => action === 'GetSessionToken')).toHaveLength(5);
    admin.world.http.clock.advance(5 * 60_000 + 1);
    expect((await logIn(admin)).status).toBe(200);
  });

  it('writes one whole session when two log in at once', async () => {
    const admin = await start();
    const answers = await Promise.all([logIn(admin), logIn(admin)]);
    // The second finds the session of the first, or brings a code that is used up.
    expect(answers.map(({ status }) => status)).toContain(200);
    expect(answers.filter(({ status }) => status !== 200 && status !== 403)).toEqual([]);
    for (const once of [/^\[default\]$/gm, /^aws_session_token = /gm]) expect(stored().match(once)).toHaveLength(1);
    expect(stored()).toContain(FILE);
  });

  it('asks which device when there are several, and names them', async () => {
    const admin = await start();
    const devices = ['arn:aws:iam::123456789012:mfa/ann', 'arn:aws:iam::123456789012:mfa/ann-phone'];
    sts.devices = devices;
    const unsure = await logIn(admin);
    expect(unsure).toMatchObject({ status: 400, body: { code: 'creds.invalid' } });
    for (const device of devices) expect(unsure.text).toContain(device);
    expect((await logIn(admin, { serial: devices[1] })).status).toBe(200);
  });

  it.each([
    [{ code: '12345' }],
    [{ code: 123456 }],
    [{ code: '123456', profile: 'a]\n[b' }],
    [{ code: '123456', durationSeconds: 60 }],
    [{ code: '123456', serial: 'my phone' }],
    [{ code: '123456', secret: 'x' }],
    [{}],
  ])('refuses %j before AWS is asked', async (body) => {
    const admin = await start();
    expect((await admin.byDeveloper('POST', `${URL}/mfa`, body)).status).toBe(400);
    expect(sts.asked).toEqual([]);
    expect(stored()).toBe(FILE);
  });

  it('is off unless somebody has said that the machine is their own; who is in use is told all the same', async () => {
    const admin = await start({});
    expect(await logIn(admin)).toMatchObject({ status: 403, body: { code: 'creds.remote_disabled' } });
    expect(await admin.byDeveloper('DELETE', `${URL}/session`)).toMatchObject({ status: 403 });
    expect(await admin.done('GET', `${URL}/status`)).toMatchObject({ kind: 'none' });
    expect(sts.asked).toEqual([]);
  });

  it('changes nothing on ECS, and says why', async () => {
    const admin = await start({ PS_ALLOW_LOCAL_MFA: 'true', AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x' });
    expect(await logIn(admin)).toMatchObject({ status: 409, body: { code: 'creds.profile_unusable' } });
    expect(await admin.byDeveloper('DELETE', `${URL}/session`)).toMatchObject({ status: 409 });
    expect(await admin.done('GET', `${URL}/status`)).toMatchObject({ kind: 'container' });
    expect(stored()).toBe(FILE);
  });

  it('serves the machine itself, and nobody who is or may be elsewhere', async () => {
    const admin = await start();
    const forwarded = { 'x-forwarded-for': '127.0.0.1' };
    for (const [address, headers] of [
      [FAR, {}],
      [FAR, forwarded],
      ['127.0.0.1', forwarded],
    ] as const) {
      const { statusCode, payload } = await from(admin, address, headers);
      expect([statusCode, (JSON.parse(payload) as { code: string }).code]).toEqual([403, 'creds.remote_peer']);
    }
    expect(sts.asked).toEqual([]);
    expect((await from(admin, '::1')).statusCode).toBe(200);
  });

  it('serves those behind a proxy that is trusted', async () => {
    const admin = await start({ PS_ALLOW_LOCAL_MFA: 'true', PS_TRUSTED_PROXIES: '10.1.0.0/16' });
    expect((await from(admin, '10.2.0.1', { 'x-forwarded-for': FAR })).statusCode).toBe(403);
    expect((await from(admin, '10.1.0.1')).statusCode).toBe(403);
    expect((await from(admin, '10.1.0.1', { 'x-forwarded-for': FAR })).statusCode).toBe(200);
  });

  it('is for staff', async () => {
    const admin = await start();
    const member = await admin.person();
    for (const [method, path] of [
      ['GET', 'status'],
      ['POST', 'mfa'],
      ['DELETE', 'session'],
    ] as const) {
      const body = method === 'POST' ? { code: '123456' } : undefined;
      expect((await admin.by(member, method, `${URL}/${path}`, body)).status).toBe(403);
      expect((await admin.world.http.call(method, `${URL}/${path}`, { body })).status).toBe(401);
    }
    expect(sts.asked).toEqual([]);
  });
});
