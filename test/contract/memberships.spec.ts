import { type Answer } from '../support/http-harness.js';
import { HttpWorld } from '../support/http-world.js';

interface MembershipList {
  memberships: { id: string; username: string; email: string | null; status: string }[];
  next: string | null;
}

describe('memberships over HTTP', () => {
  let world: HttpWorld;
  let tokens: Record<'olga' | 'max' | 'sue' | 'dev', string>;
  let organization: { id: string; name: string };
  let path: string;

  beforeAll(async () => {
    world = await HttpWorld.start();
    await world.user({ isStaff: true, group: 'PS_Developer' }, 'dev');
    for (const username of ['olga', 'max', 'sue']) await world.user({}, username);
    tokens = {
      dev: await world.session('dev'),
      olga: await world.session('olga'),
      max: await world.session('max'),
      sue: await world.session('sue'),
    };
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    organization = await world.organization();
    path = `/api/v1/organizations/${organization.name}`;
    await world.join(await idOf('olga'), organization.id, 'active', 'owner');
    await world.join(await idOf('max'), organization.id);
  });

  const idOf = async (username: string): Promise<number> => {
    const found = await world.http.fixtures.query<{ id: number }>('SELECT id FROM users WHERE username = $1', [
      username,
    ]);
    return found[0]!.id;
  };
  const call = (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    who: keyof typeof tokens,
    body?: unknown,
  ): Promise<Answer> => world.http.call(method, url, { token: tokens[who], body });
  const list = async (who: keyof typeof tokens, query = ''): Promise<MembershipList> =>
    (await call('GET', `${path}/memberships${query}`, who)).body as MembershipList;
  const membershipOf = async (username: string): Promise<string> =>
    (await list('olga')).memberships.find((membership) => membership.username === username)!.id;
  const problem = (status: number, code: string) => ({ status, body: { status, code } });

  it('are asked for, seen by the owner, and accepted', async () => {
    const asked = await call('POST', `${path}/membership`, 'sue');
    expect(asked).toMatchObject({
      status: 200,
      body: { organization: organization.name, isPublic: false, role: 'member', status: 'pending', activatedAt: null },
    });
    expect((await call('POST', `${path}/membership`, 'sue')).body).toEqual(asked.body);
    expect(await call('GET', path, 'sue')).toMatchObject(problem(404, 'organizations.not_found'));
    const pending = await list('olga', '?status=pending');
    expect(pending.memberships).toMatchObject([{ username: 'sue', email: 'sue@example.org', status: 'pending' }]);
    const id = pending.memberships[0]!.id;
    expect(await call('PATCH', `${path}/memberships/${id}`, 'olga', { status: 'active' })).toMatchObject({
      status: 200,
      body: { id, status: 'active', activatedAt: world.http.clock.now().toISOString() },
    });
    expect((await call('GET', path, 'sue')).status).toBe(200);
    const own = (await call('GET', '/api/v1/memberships', 'sue')).body as MembershipList;
    expect(own.memberships).toContainEqual(expect.objectContaining({ id, status: 'active' }));
  });

  it('are listed to members without addresses and without those who are not active', async () => {
    await call('POST', `${path}/membership`, 'sue');
    expect((await list('max', '?status=pending')).memberships.map(({ username, email }) => [username, email])).toEqual([
      ['max', null],
      ['olga', null],
    ]);
    expect((await list('dev')).memberships.map(({ username, email }) => [username, email])).toEqual([
      ['max', 'max@example.org'],
      ['olga', 'olga@example.org'],
      ['sue', 'sue@example.org'],
    ]);
    const first = await list('olga', '?limit=2');
    expect(first).toMatchObject({ memberships: [{ username: 'max' }, { username: 'olga' }], next: 'olga' });
    expect(await list('olga', `?limit=2&after=${first.next ?? ''}`)).toMatchObject({
      memberships: [{ username: 'sue' }],
      next: null,
    });
  });

  it('change several at a time, each by its id, or none of them', async () => {
    await call('POST', `${path}/membership`, 'sue');
    const [sue, max, olga] = [await membershipOf('sue'), await membershipOf('max'), await membershipOf('olga')];
    const change = (memberships: unknown[]) => call('PATCH', `${path}/memberships`, 'olga', { memberships });
    expect(
      await change([
        { id: sue, status: 'active' },
        { id: olga, role: 'member' },
      ]),
    ).toMatchObject(problem(409, 'memberships.last_owner'));
    expect((await list('olga', '?status=active')).memberships.map(({ username }) => username)).toEqual(['max', 'olga']);
    const done = await change([
      { id: sue, status: 'active', role: 'owner' },
      { id: max, status: 'inactive' },
    ]);
    expect(done).toMatchObject({
      status: 200,
      body: {
        memberships: [
          { username: 'sue', role: 'owner' },
          { username: 'max', status: 'inactive' },
        ],
      },
    });
    expect(await call('GET', path, 'max')).toMatchObject({ status: 404 });
  });

  it.each([
    { memberships: [] },
    { memberships: [{ id: 'x', status: 'active' }] },
    {
      memberships: [
        { id: '00000000-0000-4000-8000-000000000000', status: 'active' },
        { id: '00000000-0000-4000-8000-000000000000', status: 'inactive' },
      ],
    },
    { memberships: [{ id: '00000000-0000-4000-8000-000000000000', status: 'pending' }] },
    {},
  ])('refuse the change %j', async (body) => {
    expect(await call('PATCH', `${path}/memberships`, 'olga', body)).toMatchObject(problem(400, 'validation_failed'));
  });

  it('refuse a change that changes nothing or something else', async () => {
    const url = `${path}/memberships/${await membershipOf('max')}`;
    for (const body of [{}, { status: 'pending' }, { role: 'king' }, { username: 'sue' }])
      expect(await call('PATCH', url, 'olga', body)).toMatchObject(problem(400, 'validation_failed'));
    expect(await call('PATCH', `${path}/memberships/nonsense`, 'olga', { role: 'owner' })).toMatchObject({
      status: 400,
    });
  });

  it('are managed by owners and developers only, and only in their own organization', async () => {
    const other = await world.organization();
    await world.join(await idOf('sue'), other.id, 'active', 'owner');
    const id = await membershipOf('max');
    const before = await world.http.stored();
    for (const method of ['PATCH', 'DELETE'] as const) {
      const body = method === 'PATCH' ? { status: 'inactive' } : undefined;
      expect(await call(method, `${path}/memberships/${id}`, 'max', body)).toMatchObject(
        problem(403, 'auth.forbidden'),
      );
      expect(await call(method, `${path}/memberships/${id}`, 'sue', body)).toMatchObject(
        problem(404, 'organizations.not_found'),
      );
      expect(await call(method, `/api/v1/organizations/${other.name}/memberships/${id}`, 'sue', body)).toMatchObject(
        problem(404, 'memberships.not_found'),
      );
    }
    expect(await call('GET', `${path}/memberships`, 'sue')).toMatchObject({ status: 404 });
    expect(await call('GET', `${path}/passcodes`, 'max')).toMatchObject({ status: 403 });
    expect(await call('GET', `${path}/passcodes`, 'sue')).toMatchObject({ status: 404 });
    expect(await world.http.stored()).toBe(before);
    expect(await call('DELETE', `${path}/memberships/${id}`, 'dev')).toMatchObject({
      status: 200,
      body: { id, username: 'max', status: 'active' },
    });
  });

  it('are left by members, taken back by those who wait, and not left by the last owner', async () => {
    expect(await call('DELETE', `${path}/membership`, 'max')).toMatchObject({
      status: 200,
      body: { status: 'active' },
    });
    expect(await call('DELETE', `${path}/membership`, 'max')).toMatchObject(problem(404, 'memberships.none'));
    await call('POST', `${path}/membership`, 'sue');
    expect(await call('DELETE', `${path}/membership`, 'sue')).toMatchObject({ body: { status: 'pending' } });
    expect(await call('DELETE', `${path}/membership`, 'olga')).toMatchObject(problem(409, 'memberships.last_owner'));
  });

  it('are not opened by an organization token that was lent out', async () => {
    const { access } = await world.organizationTokens('max', organization.name);
    for (const [method, url] of [
      ['GET', '/api/v1/memberships'],
      ['DELETE', `${path}/membership`],
    ] as const)
      expect(await world.http.call(method, url, { token: access })).toMatchObject(problem(403, 'auth.forbidden'));
  });

  it('come at once by a passcode, which is shown a single time', async () => {
    const created = await call('POST', `${path}/passcodes`, 'olga', {
      role: 'owner',
      maxUses: 1,
      expiresAt: '2026-03-01T14:00:00+01:00',
    });
    const { passcode, ...shown } = created.body as { id: string; passcode: string };
    expect(created.status).toBe(201);
    expect(shown).toMatchObject({ role: 'owner', maxUses: 1, uses: 0, expiresAt: '2026-03-01T13:00:00.000Z' });
    const listed = await call('GET', `${path}/passcodes`, 'olga');
    expect(listed.body).toEqual({ passcodes: [shown] });
    const join = (body: unknown) => call('POST', '/api/v1/memberships/join', 'sue', body);
    expect(await join({ organization: organization.name, passcode: 'guess' })).toMatchObject(
      problem(403, 'passcodes.rejected'),
    );
    expect(await join({ organization: organization.name, passcode })).toMatchObject({
      status: 200,
      body: { organization: organization.name, role: 'owner', status: 'active' },
    });
    expect((await call('GET', `${path}/passcodes`, 'sue')).body).toMatchObject({ passcodes: [{ uses: 1 }] });
    const revoked = await call('DELETE', `${path}/passcodes/${shown.id}`, 'sue');
    expect(revoked).toMatchObject({ status: 200, body: { revokedAt: world.http.clock.now().toISOString() } });
  });

  it.each([
    [{ role: 'king' }, 'validation_failed'],
    [{ maxUses: 0 }, 'validation_failed'],
    [{ expiresAt: 'tomorrow' }, 'validation_failed'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'passcodes.invalid'],
    [{ role: 'owner' }, 'passcodes.invalid'],
  ])('make no passcode of %j', async (body, code) => {
    expect(await call('POST', `${path}/passcodes`, 'olga', body)).toMatchObject(problem(400, code));
  });

  it('never logged a defect', () => {
    expect(world.http.complaints).toEqual([]);
  });
});
