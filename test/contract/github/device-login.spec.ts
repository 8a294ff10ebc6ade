import { anyText, expectJson, expectProblem, textLike } from '../../support/answer-checks.js';
import { type Misbehaviour } from '../../support/fake-github.js';
import { GithubWorld } from '../../support/github-world.js';

const DEVICE = '/api/v1/auth/github/device';
const SECOND = 1000;

let g: GithubWorld;
let isFailureExpected = false;
beforeAll(async () => {
  g = await GithubWorld.start();
});
beforeEach(() => {
  g.world.http.clock.advance(120 * SECOND);
  g.github.reset();
  isFailureExpected = false;
});
afterEach(async () => {
  await g.expectNoSecrets();
  const complaints = g.world.http.complaints.splice(0);
  if (!isFailureExpected) expect(complaints).toEqual([]);
});
afterAll(() => g.close());

const wait = (seconds: number): void => {
  g.world.http.clock.advance(seconds * SECOND);
};
const polls = (): number => g.github.requests.filter(({ form }) => form.has('device_code')).length;

describe('a login on a device', () => {
  it('begins with a code to type and a handle that is not the one of GitHub', async () => {
    const answer = await g.world.http.call('POST', DEVICE);
    expectJson(answer, 200, {
      device_code: textLike(/^[\w-]{43}$/),
      user_code: 'WDJB-MJHT',
      verification_uri: `${g.github.url}/login/device`,
      expires_in: 899,
      interval: 5,
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    await g.expectNoSecrets([answer]);
  });

  it('is pending until the person agrees, then answers a session, once', async () => {
    const { user, person } = await g.linked();
    const handle = await g.beginDevice();
    wait(5);
    expectJson(await g.pollDevice(handle), 200, { status: 'pending', interval: 5 });
    g.github.agreeOnDevice(person);
    wait(5);
    const answer = await g.pollDevice(handle);
    expectJson(answer, 200, { status: 'complete', access_token: anyText, token_type: 'Bearer', expires_in: 3600 });
    expect(await g.whose(answer)).toMatchObject({ id: user.id });
    await g.expectNoSecrets([answer]);
    wait(5);
    expectProblem(await g.pollDevice(handle), 400, 'github.flow_expired');
  });

  it('asks GitHub no sooner than GitHub wishes, also for many polls at once', async () => {
    const handle = await g.beginDevice();
    expectJson(await g.pollDevice(handle), 200, { status: 'slow_down', interval: 5 });
    expect(polls()).toBe(0);
    wait(5);
    const statuses = (await Promise.all([1, 2, 3].map(() => g.pollDevice(handle)))).map(
      ({ body }) => (body as { status: string }).status,
    );
    expect(statuses.sort()).toEqual(['pending', 'slow_down', 'slow_down']);
    expect(polls()).toBe(1);
  });

  it.each([
    [{ error: 'slow_down', interval: 30 }, 30],
    [{ error: 'slow_down' }, 10],
  ])('slows down when GitHub says %j', async (error, interval) => {
    const handle = await g.beginDevice();
    wait(5);
    g.github.deviceError = error;
    expectJson(await g.pollDevice(handle), 200, { status: 'slow_down', interval });
    g.github.deviceError = { error: 'authorization_pending' };
    wait(interval - 1);
    expectJson(await g.pollDevice(handle), 200, { status: 'slow_down', interval });
    expect(polls()).toBe(1);
    wait(1);
    expectJson(await g.pollDevice(handle), 200, { status: 'pending', interval });
  });

  it.each([
    ['access_denied', 403, 'github.denied'],
    ['expired_token', 400, 'github.flow_expired'],
    ['incorrect_device_code', 400, 'github.flow_expired'],
  ])('ends when GitHub says %s', async (error, status, code) => {
    const handle = await g.beginDevice();
    wait(5);
    g.github.deviceError = { error };
    expectProblem(await g.pollDevice(handle), status, code);
    wait(5);
    expectProblem(await g.pollDevice(handle), 400, 'github.flow_expired');
    expect(polls()).toBe(1);
  });

  it('ends by itself when its time is over', async () => {
    const handle = await g.beginDevice();
    wait(899);
    expectProblem(await g.pollDevice(handle), 400, 'github.flow_expired');
    expect(polls()).toBe(0);
  });

  it.each(['x', 'x'.repeat(43), '../../etc'])('does not know the handle %j, and asks nobody', async (handle) => {
    expectProblem(await g.pollDevice(handle), 400, 'github.flow_expired');
    expect(polls()).toBe(0);
  });

  it.each([{}, { device_code: '' }, { device_code: 7 }, { device_code: 'a', other: 1 }, []])(
    'refuses the body %j',
    async (body) => {
      expectProblem(await g.world.http.call('POST', `${DEVICE}/token`, { body }), 400, 'validation_failed');
    },
  );

  it('gets one session when the agreement is found by two polls at once', async () => {
    const { person } = await g.linked();
    const handle = await g.beginDevice();
    g.github.agreeOnDevice(person);
    wait(5);
    const answers = await Promise.all([g.pollDevice(handle), g.pollDevice(handle)]);
    const complete = answers.filter(({ body }) => (body as { status?: unknown }).status === 'complete');
    expect(complete).toHaveLength(1);
  });

  it('lets no disabled account in', async () => {
    const { person } = await g.linked({ isActive: false });
    const handle = await g.beginDevice();
    g.github.agreeOnDevice(person);
    wait(5);
    expectProblem(await g.pollDevice(handle), 401, 'auth.credentials_rejected');
  });

  it.each<Misbehaviour>(['slow', 'hangs up', 'HTTP 500', 'HTTP 429', 'no JSON', 'JSON of another form', 'a redirect'])(
    'survives that GitHub is not itself: %s',
    async (misbehaviour) => {
      isFailureExpected = true;
      const { person } = await g.linked();
      const handle = await g.beginDevice();
      g.github.misbehaviour = misbehaviour;
      expectProblem(await g.world.http.call('POST', DEVICE), 503, 'github.unavailable');
      wait(5);
      const answer = await g.pollDevice(handle);
      expectProblem(answer, 503, 'github.unavailable');
      await g.expectNoSecrets([answer]);
      g.github.misbehaviour = null;
      g.github.agreeOnDevice(person);
      wait(5);
      expect((await g.pollDevice(handle)).status).toBe(200);
    },
  );

  it('says in the log which error of OAuth it was, but no text of somebody else', async () => {
    isFailureExpected = true;
    for (const error of ['device_flow_disabled', 'Evil\nfake log line']) {
      const handle = await g.beginDevice();
      wait(5);
      g.github.deviceError = { error };
      expectProblem(await g.pollDevice(handle), 503, 'github.unavailable');
    }
    const logged = g.world.http.complaints.join('\n');
    expect(logged).toContain('/login/oauth/access_token: it answers device_flow_disabled');
    expect(logged).not.toContain('Evil');
  });
});
