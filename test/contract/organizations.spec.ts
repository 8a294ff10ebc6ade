import { type Answer } from '../support/http-harness.js';
import { HttpWorld } from '../support/http-world.js';

interface Listing {
  organizations: { name: string; membership: unknown; cluster: unknown }[];
  next: string | null;
}

describe('/api/v1/organizations', () => {
  let world: HttpWorld;
  let developer: string;
  let owner: string;
  let member: string;
  let stranger: string;
  let organization: { id: string; name: string };
  let path: string;
  let counter = 0;

  beforeAll(async () => {
    world = await HttpWorld.start();
    await world.http.fixtures.clusterVersion('v4.10.0', ['gpu']);
    const people = {
      developer: await world.user({ isStaff: true, group: 'PS_Developer' }, 'dev'),
      owner: await world.user({}, 'olga'),
      member: await world.user({}, 'max'),
      stranger: await world.user({}, 'sue'),
    };
    developer = await world.session(people.developer.username);
    owner = await world.session(people.owner.username);
    member = await world.session(people.member.username);
    stranger = await world.session(people.stranger.username);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    organization = await world.organization({ name: `lab-${(counter += 1)}` });
    path = `/api/v1/organizations/${organization.name}`;
    for (const [username, role] of [
      ['olga', 'owner'],
      ['max', 'member'],
    ] as const) {
      const [{ id } = { id: 0 }] = await world.http.fixtures.query<{ id: number }>(
        'SELECT id FROM users WHERE username = $1',
        [username],
      );
      await world.join(id, organization.id, 'active', role);
    }
  });

  const get = (url: string, token?: string): Promise<Answer> =>
    world.http.call('GET', url, token === undefined ? {} : { token });
  const send = (method: 'POST' | 'PATCH' | 'DELETE', url: string, token: string, body?: unknown): Promise<Answer> =>
    world.http.call(method, url, { token, body });
  const problem = (status: number, code: string) => ({
    status,
    headers: expect.objectContaining({ 'content-type': 'application/problem+json' }) as unknown,
    body: expect.objectContaining({ status, code }) as unknown,
  });

  describe('browsing', () => {
    it('shows every account all organizations, and clusters to those who belong to them', async () => {
      await world.deploy(organization.id, 3);
      const seen = async (token: string): Promise<Listing['organizations'][number] | undefined> =>
        ((await get(`/api/v1/organizations?search=${organization.name.toUpperCase()}`, token)).body as Listing)
          .organizations[0];
      const cluster = { isDeployed: true, nodeCount: 3, address: '127.1.2.3' };
      expect(await seen(stranger)).toEqual({
        id: organization.id,
        name: organization.name,
        isPublic: false,
        contactName: 'support team',
        contactEmail: null,
        owners: ['olga'],
        membership: null,
        cluster: null,
      });
      expect(await seen(member)).toMatchObject({ membership: { role: 'member', status: 'active' }, cluster });
      expect(await seen(developer)).toMatchObject({ membership: null, cluster });
      await world.http.fixtures.query(`UPDATE memberships SET status = 'inactive' WHERE role = 'member'`);
      expect(await seen(member)).toMatchObject({ membership: { status: 'inactive' }, cluster: null });
    });

    it('goes on where the page before ended', async () => {
      const names = ['paged-a', 'Paged-B', 'paged-c'];
      for (const name of names) await world.organization({ name });
      const page = async (after: string): Promise<Listing> =>
        (await get(`/api/v1/organizations?search=paged&limit=2${after}`, stranger)).body as Listing;
      const first = await page('');
      expect(first).toMatchObject({ organizations: [{ name: 'paged-a' }, { name: 'Paged-B' }], next: 'Paged-B' });
      expect(await page(`&after=${first.next ?? ''}`)).toMatchObject({
        organizations: [{ name: 'paged-c' }],
        next: null,
      });
    });

    it.each(['limit=0', 'limit=201', 'after=..%2F', 'colour=red'])('refuses ?%s', async (query) => {
      expect(await get(`/api/v1/organizations?${query}`, stranger)).toMatchObject(problem(400, 'validation_failed'));
    });

    it('needs a personal login', async () => {
      expect(await get('/api/v1/organizations')).toMatchObject(problem(401, 'auth.required'));
      const { access } = await world.organizationTokens('max', organization.name);
      expect(await get('/api/v1/organizations', access)).toMatchObject({ status: 403 });
    });
  });

  describe('one organization', () => {
    it('is shown to its members with settings, balance, cluster, requests and run', async () => {
      await world.deploy(organization.id, 3);
      const run = await world.queuedRun(organization.id);
      for (const [count, time] of [
        [2, '12:45:00'],
        [3, '12:15:00'],
      ])
        await world.http.fixtures.query(
          `INSERT INTO capacity_requests (id, organization_id, user_id, node_count, expires_at)
           SELECT gen_random_uuid(), $1, id, $2, $3 FROM users WHERE username = 'max'`,
          [organization.id, count, `2026-03-01T${time}Z`],
        );
      const answer = await get(path, member);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        ...organization,
        role: 'member',
        target: 'local',
        clusterVersion: 'latest',
        isPublic: false,
        minNodes: 0,
        maxNodes: 10,
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
        balance: '0.0000',
        cluster: {
          isDeployed: true,
          nodeCount: 3,
          desiredNodes: 0,
          address: '127.1.2.3',
          clusterVersion: 'v4',
          isPublic: true,
          lastError: null,
          drift: null,
          driftCheckedAt: null,
        },
        capacity: { liveRequests: 2, firstExpiry: '2026-03-01T12:15:00.000Z', lastExpiry: '2026-03-01T12:45:00.000Z' },
        run: { id: run, kind: 'update', status: 'queued' },
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
        updatedAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      });
    });

    it('says of one that never had a cluster that it has none', async () => {
      expect((await get(path, owner)).body).toMatchObject({
        role: 'owner',
        cluster: { isDeployed: false, nodeCount: 0, address: null, lastError: null },
        capacity: { liveRequests: 0, firstExpiry: null, lastExpiry: null },
        run: null,
      });
    });

    it('is not there for strangers, in any way that differs from one that does not exist', async () => {
      const strange = await get(path, stranger);
      expect(strange).toMatchObject(problem(404, 'organizations.not_found'));
      const missing = await get('/api/v1/organizations/nowhere', stranger);
      expect(missing.text).toBe(strange.text.replace(organization.name, 'nowhere'));
      expect(await send('PATCH', path, stranger, { minNodes: 1 })).toMatchObject(
        problem(404, 'organizations.not_found'),
      );
      expect(await get(path, developer)).toMatchObject({ status: 200, body: { role: 'administrator' } });
    });
  });

  describe('creating', () => {
    const full = {
      owner: 'OLGA',
      target: 'local',
      clusterVersion: 'v4.10.0',
      isPublic: true,
      minNodes: 1,
      maxNodes: 7,
      adminMaxNodes: 20,
      allowDeployByToken: false,
      destroyWhenIdle: false,
      provisioningSuspended: true,
      contactName: 'Ona Øst',
      contactEmail: 'lab@example.org',
      maxAllowance: '2000',
      monthlyAllowance: '100.5',
      balance: '-12.3456',
      nodeConfiguration: 'gpu',
      availabilityZone: 'us-west-2a',
      spotMaxPrice: '0.0001',
      spotAllocationStrategy: 'price-capacity-optimized',
    };

    it('takes every setting and makes the owner one', async () => {
      const name = `new-${counter}`;
      const answer = await send('POST', '/api/v1/organizations', developer, { ...full, name });
      expect(answer.status).toBe(201);
      const { owner: _, ...settings } = full;
      expect(answer.body).toMatchObject({
        ...settings,
        name,
        maxAllowance: '2000.0000',
        monthlyAllowance: '100.5000',
        balance: '-12.3456',
        role: 'administrator',
      });
      expect((await get(`/api/v1/organizations/${name}`, owner)).body).toMatchObject({ role: 'owner' });
      expect(
        await send('POST', '/api/v1/organizations', developer, { ...full, name: name.toUpperCase() }),
      ).toMatchObject(problem(409, 'organizations.name_taken'));
    });

    it.each([
      ['no name', { name: undefined }],
      ['a path as name', { name: '../../x y' }],
      ['a name that starts with a dash', { name: '-lab' }],
      ['a name of 64 characters', { name: 'a'.repeat(64) }],
      ['the reserved name', { name: 'Uninitialized' }],
      ['no owner', { owner: undefined }],
      ['money as a number', { balance: 12.5 }],
      ['money with five decimals', { maxAllowance: '0.00001' }],
      ['a negative allowance', { monthlyAllowance: '-1' }],
      ['a spot price of nothing', { spotMaxPrice: '0.00' }],
      ['an unknown zone', { availabilityZone: 'eu-west-1a' }],
      ['an unknown strategy', { spotAllocationStrategy: 'zzz' }],
      ['1001 nodes', { adminMaxNodes: 1001 }],
      ['no address as contact', { contactEmail: 'nobody' }],
      ['a blank contact', { contactName: ' ' }],
      ['a contact with a control character', { contactName: 'a\nb' }],
      ['a version that is a path', { clusterVersion: '../x' }],
      ['an unknown field', { colour: 'red' }],
    ])('refuses %s', async (_, wrong) => {
      const body = { ...full, name: 'refused', ...wrong };
      expect(await send('POST', '/api/v1/organizations', developer, body)).toMatchObject(
        problem(400, 'validation_failed'),
      );
    });

    it.each<[{ owner?: string; minNodes?: number; maxNodes?: number }, number, string]>([
      [{ owner: 'nobody-here' }, 404, 'users.not_found'],
      [{ owner: 'ina' }, 400, 'organizations.owner_inactive'],
      [{ minNodes: 8 }, 400, 'organizations.invalid_limits'],
      [{ maxNodes: 21 }, 400, 'organizations.invalid_limits'],
    ])('refuses %j', async (wrong, status, code) => {
      if (wrong.owner === 'ina') await world.user({ isActive: false }, 'ina');
      const body = { ...full, name: 'refused', ...wrong };
      expect(await send('POST', '/api/v1/organizations', developer, body)).toMatchObject(problem(status, code));
    });

    it('is for developers, not for owners', async () => {
      const before = await world.http.stored();
      expect(await send('POST', '/api/v1/organizations', owner, { ...full, name: 'mine' })).toMatchObject(
        problem(403, 'auth.forbidden'),
      );
      expect(await world.http.stored()).toBe(before);
    });
  });

  describe('configuring', () => {
    it('is for owners within what administrators allow', async () => {
      const change = { minNodes: 2, maxNodes: 5, spotMaxPrice: '0.25', contactEmail: 'help@example.org' };
      const answer = await send('PATCH', path, owner, change);
      expect(answer).toMatchObject({ status: 200, body: { ...change, spotMaxPrice: '0.2500', role: 'owner' } });
      expect(await send('PATCH', path, owner, { maxNodes: 11 })).toMatchObject(
        problem(400, 'organizations.invalid_limits'),
      );
      expect(await send('PATCH', path, member, { maxNodes: 1 })).toMatchObject(problem(403, 'auth.forbidden'));
      expect((await get(path, member)).body).toMatchObject({ minNodes: 2, maxNodes: 5 });
    });

    it.each([{ adminMaxNodes: 100 }, { maxAllowance: '5' }, { monthlyAllowance: '5' }, { target: 'aws' }])(
      'leaves %j to administrators',
      async (change) => {
        const answer = await send('PATCH', path, owner, change);
        expect(answer).toMatchObject(problem(403, 'organizations.administrator_setting'));
        expect(answer.text).toContain(Object.keys(change)[0]);
        expect((await send('PATCH', path, developer, change)).status).toBe(200);
      },
    );

    it.each([{ balance: '5' }, { name: 'other' }, { minNodes: null }, { minNodes: 1.5 }, { minNodes: '1' }])(
      'refuses %j',
      async (change) => {
        expect(await send('PATCH', path, developer, change)).toMatchObject(problem(400, 'validation_failed'));
      },
    );
  });

  describe('deleting', () => {
    it('needs the name twice', async () => {
      expect(await send('DELETE', path, developer)).toMatchObject(problem(400, 'validation_failed'));
      expect(await send('DELETE', `${path}?confirm=${organization.name.toUpperCase()}`, developer)).toMatchObject(
        problem(400, 'organizations.deletion_unconfirmed'),
      );
      expect((await get(path, owner)).status).toBe(200);
      expect(await send('DELETE', `${path}?confirm=${organization.name}`, developer)).toMatchObject({
        status: 200,
        body: organization,
      });
      expect(await get(path, owner)).toMatchObject(problem(404, 'organizations.not_found'));
      expect(await send('DELETE', `${path}?confirm=${organization.name}`, developer)).toMatchObject(
        problem(404, 'organizations.not_found'),
      );
    });

    it('is refused while the cluster is deployed, with what to do', async () => {
      await world.deploy(organization.id, 1);
      const answer = await send('DELETE', `${path}?confirm=${organization.name}`, developer);
      expect(answer).toMatchObject(problem(409, 'clusters.deployed'));
      expect((answer.body as { detail: string }).detail).toContain('destroyWhenIdle');
    });

    it('is refused while a run waits', async () => {
      const run = await world.queuedRun(organization.id);
      const answer = await send('DELETE', `${path}?confirm=${organization.name}`, developer);
      expect(answer).toMatchObject(problem(409, 'clusters.run_unfinished'));
      expect(answer.text).toContain(run);
    });

    it('is not for owners', async () => {
      expect(await send('DELETE', `${path}?confirm=${organization.name}`, owner)).toMatchObject(
        problem(403, 'auth.forbidden'),
      );
    });
  });

  it('never logged a defect', () => {
    expect(world.http.complaints).toEqual([]);
  });

  it('names what it answers with in the OpenAPI document', async () => {
    const { body } = await get('/api/v1/openapi.json');
    const { paths } = body as { paths: Record<string, Record<string, unknown>> };
    expect(Object.keys(paths['/api/v1/organizations'] ?? {}).sort()).toEqual(['get', 'post']);
    expect(Object.keys(paths['/api/v1/organizations/{organization}'] ?? {}).sort()).toEqual(['delete', 'get', 'patch']);
  });
});
