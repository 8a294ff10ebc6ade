import { anyText, expectJson, expectProblem, textLike } from '../support/answer-checks.js';
import { type Answer, type Method } from '../support/http-harness.js';
import { HttpWorld, type Member, PASSWORD } from '../support/http-world.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let world: HttpWorld;
let member: Member;
let root: { token: string; username: string };
beforeAll(async () => {
  world = await HttpWorld.start();
  const { username } = await world.user({ isSuperuser: true });
  root = { username, token: await world.session(username) };
});
beforeEach(async () => {
  member = await world.member();
});
afterEach(() => {
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

const path = (rest: string): string => `/api/v1/organizations/${member.organization.name}/${rest}`;
const byMember = (method: Method, rest: string): Promise<Answer> =>
  world.http.call(method, path(rest), { token: member.access });
const byRoot = (method: Method, url: string, body?: unknown): Promise<Answer> =>
  world.http.call(method, url, { token: root.token, body });
const audit = (action: string): Promise<{ actor: string; subject_id: string; details: Record<string, unknown> }[]> =>
  world.http.fixtures.query('SELECT actor, subject_id, details FROM audit_events WHERE action = $1 ORDER BY id', [
    action,
  ]);

describe('POST /api/v1/auth/login', () => {
  const logIn = (username: string, password: string): Promise<Answer> =>
    world.http.call('POST', '/api/v1/auth/login', { body: { username, password } });

  it('answers a bearer token and its life in seconds', async () => {
    const answer = await logIn(member.user.username, PASSWORD);
    expectJson(answer, 200, { access_token: anyText, token_type: 'Bearer', expires_in: 3600 });
    expect((await logIn(member.user.username.toUpperCase(), PASSWORD)).status).toBe(200);
    expect((await logIn(`${member.user.username}@Example.org`, PASSWORD)).status).toBe(200);
  });

  it('tells nobody what was wrong', async () => {
    const disabled = await world.user({ isActive: false });
    for (const [username, password] of [
      [member.user.username, 'wrong'],
      ['nobody', PASSWORD],
      [disabled.username, PASSWORD],
      [`${disabled.username}@example.org`, PASSWORD],
      [`${member.user.username}@example.com`, PASSWORD],
    ] as const)
      expectProblem(await logIn(username, password), 401, 'auth.credentials_rejected');
  });
});

describe('runs', () => {
  const shown = (id: string): unknown => ({
    id,
    kind: 'update',
    status: 'queued',
    trigger: 'capacity',
    requestedBy: 'system:test',
    nodes: 3,
    clusterVersion: 'v4',
    plannedChanges: null,
    completedChanges: 0,
    percent: 0,
    currentResource: null,
    planOnly: false,
    changes: null,
    waiting: null,
    approval: null,
    graceEndsAt: null,
    durations: [],
    outputs: null,
    failure: null,
    cancelRequestedBy: null,
    createdAt: textLike(INSTANT),
    claimedAt: null,
    finishedAt: null,
  });

  it('are listed and shown to members, without what is none of their business', async () => {
    expectJson(await byMember('GET', 'runs'), 200, { runs: [] });
    const id = await world.queuedRun(member.organization.id);
    expectJson(await byMember('GET', 'runs?limit=1'), 200, { runs: [shown(id)] });
    expectJson(await byMember('GET', `runs/${id}`), 200, {
      ...(shown(id) as object),
      waiting: { position: 1, reason: textLike(/free slot/) },
    });
  });

  it('are cancelled by an owner, once', async () => {
    const owner = await world.user();
    await world.join(owner.id, member.organization.id, 'active', 'owner');
    const token = await world.session(owner.username);
    const id = await world.queuedRun(member.organization.id);
    const cancel = (): Promise<Answer> => world.http.call('POST', path(`runs/${id}/cancel`), { token });
    const answer = await cancel();
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        ...(shown(id) as object),
        status: 'canceled',
        percent: 100,
        cancelRequestedBy: `user:${owner.username}`,
        finishedAt: textLike(INSTANT),
      },
    ]);
    expectProblem(await cancel(), 409, 'runs.already_finished');
  });

  it('answer HEAD for their events at once, and never with a stream', async () => {
    const id = await world.queuedRun(member.organization.id);
    const answer = await byMember('HEAD', `runs/${id}/events`);
    expect([
      answer.status,
      answer.headers['content-type'],
      answer.headers['cache-control'],
      answer.headers['x-frame-options'],
    ]).toEqual([200, 'text/event-stream', 'no-store', 'DENY']);
  });
});

describe('capacity requests', () => {
  it('are listed, largest first, and released one by one or all', async () => {
    for (const nodes of [2, 5, 3])
      await world.http.call('PUT', `/api/desired_org_num_nodes/${member.organization.name}/${nodes}/`, {
        token: member.access,
      });
    const list = await byMember('GET', 'capacity-requests');
    const request = (nodeCount: number): unknown => ({
      id: textLike(UUID),
      nodeCount,
      expiresAt: '2026-03-01T13:00:00.000Z',
      createdAt: '2026-03-01T12:00:00.000Z',
    });
    expectJson(list, 200, { capacityRequests: [request(5), request(3), request(2)] });
    const { capacityRequests } = list.body as { capacityRequests: { id: string }[] };
    expectJson(await byMember('DELETE', `capacity-requests/${capacityRequests[0]!.id}`), 200, { released: 1 });
    expectProblem(
      await byMember('DELETE', `capacity-requests/${capacityRequests[0]!.id}`),
      404,
      'capacity.request_not_found',
    );
    expectJson(await byMember('DELETE', 'capacity-requests'), 200, { released: 2 });
    expectJson(await byMember('DELETE', 'capacity-requests'), 200, { released: 0 });
    expectJson(await byMember('GET', 'capacity-requests'), 200, { capacityRequests: [] });
  });
});

describe('administration', () => {
  const name = (): string => `new-${Math.random().toString(36).slice(2, 10)}`;

  it('creates users, never shows a hash, and says so in the audit log without the password', async () => {
    const username = name();
    const given = {
      username,
      email: `${username}@example.org`,
      password: PASSWORD,
      firstName: 'Ada',
      groups: ['PS_Developer'],
      isStaff: true,
    };
    const shown = {
      id: expect.anything() as unknown,
      username,
      email: given.email,
      firstName: 'Ada',
      lastName: '',
      isActive: true,
      isStaff: true,
      isSuperuser: false,
      groups: ['PS_Developer'],
      createdAt: textLike(INSTANT),
      lastLoginAt: null,
    };
    const created = await byRoot('POST', '/admin/users', given);
    expectJson(created, 201, shown);
    const { id } = created.body as { id: number };
    expectJson(await byRoot('GET', `/admin/users?search=${username}`), 200, { users: [shown], nextCursor: null });
    const event = (await audit('user.created')).find(({ subject_id }) => subject_id === String(id));
    expect(event).toMatchObject({ actor: `user:${root.username}`, details: { username, groups: ['PS_Developer'] } });
    expect(JSON.stringify(event)).not.toContain(PASSWORD);
    await expect(world.session(username)).resolves.toEqual(anyText);
  });

  it('creates organizations with their owner and the developers, and memberships', async () => {
    const developer = await world.user({ isStaff: true, group: 'PS_Developer' });
    const created = await byRoot('POST', '/admin/organizations', {
      name: name(),
      owner: member.user.username.toUpperCase(),
      maxNodes: 7,
    });
    expectJson(created, 201, {
      id: textLike(UUID),
      name: anyText,
      target: 'local',
      clusterVersion: 'latest',
      isPublic: false,
      minNodes: 0,
      maxNodes: 7,
      adminMaxNodes: 10,
      allowDeployByToken: true,
      destroyWhenIdle: true,
      provisioningSuspended: false,
      contactName: 'support team',
      contactEmail: null,
      nodeConfiguration: null,
      availabilityZone: 'us-west-2c',
      spotMaxPrice: '0.1700',
      spotAllocationStrategy: 'lowest-price',
      maxAllowance: '0.0000',
      monthlyAllowance: '0.0000',
      activeMembers: expect.any(Number) as unknown,
      balance: '0.0000',
      createdAt: '2026-03-01T12:00:00.000Z',
      updatedAt: '2026-03-01T12:00:00.000Z',
    });
    const { id } = created.body as { id: string };
    const list = await byRoot('GET', '/admin/organizations');
    expect((list.body as { organizations: unknown[] }).organizations).toContainEqual(created.body);
    const newcomer = await world.user();
    const joined = await byRoot('POST', `/admin/organizations/${id}/memberships`, {
      username: newcomer.username,
      status: 'pending',
    });
    const shown = {
      id: textLike(UUID),
      username: newcomer.username,
      role: 'member',
      status: 'pending',
      activatedAt: null,
      createdAt: textLike(INSTANT),
    };
    expectJson(joined, 201, shown);
    const { body } = await byRoot('GET', `/admin/organizations/${id}/memberships`);
    const { memberships } = body as { memberships: { username: string; role: string; status: string }[] };
    const of = (username: string): unknown => memberships.filter((one) => one.username === username);
    expect(of(member.user.username)).toMatchObject([{ role: 'owner', status: 'active' }]);
    expect(of(developer.username)).toMatchObject([{ role: 'member', status: 'active' }]);
    expect(of(newcomer.username)).toEqual([shown]);
  });

  it('stores nothing of what fails half way', async () => {
    const username = name();
    const before = await world.http.stored();
    const given = {
      username,
      email: `${username}@example.org`,
      password: PASSWORD,
      groups: ['PS_Developer', 'no such group'],
    };
    expectProblem(await byRoot('POST', '/admin/users', given), 400, 'users.unknown_group');
    expect(await world.http.stored()).toBe(before);
  });

  it('makes one of two equal users or organizations created at once', async () => {
    const username = name();
    const user = { username, email: `${username}@example.org`, password: PASSWORD };
    const users = await Promise.all(Array.from({ length: 4 }, () => byRoot('POST', '/admin/users', user)));
    expect(users.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const organization = { name: name(), owner: root.username };
    const organizations = await Promise.all(
      Array.from({ length: 4 }, () => byRoot('POST', '/admin/organizations', organization)),
    );
    expect(organizations.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });
});

describe('/health', () => {
  it.each(['live', 'ready'])('%s is ok', async (probe) => {
    expectJson(await world.http.call('GET', `/health/${probe}`), 200, { status: 'ok' });
    expect((await world.http.call('HEAD', `/health/${probe}`)).status).toBe(200);
  });

  it('reports what an operator should know, and names no organization', async () => {
    const answer = await world.http.call('GET', '/health/report');
    expect(answer.body).toMatchObject({ role: 'api', findings: expect.any(Array) as unknown });
    expect(answer.text).not.toContain(member.organization.name);
  });
});
