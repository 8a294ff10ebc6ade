import { randomBytes } from 'node:crypto';
import { AdminWorld, type Person } from '../../support/admin-world.js';
import { expectProblem } from '../../support/answer-checks.js';

interface VersionBody {
  name: string;
  isEnabled: boolean;
  nodeConfigurations: string[];
  permittedOrganizations: { id: string; name: string }[] | null;
  organizationCount: number;
}

let admin: AdminWorld;
beforeAll(async () => {
  admin = await AdminWorld.start();
});
afterEach(() => {
  expect(admin.world.http.complaints).toEqual([]);
});
afterAll(() => admin.close());

const unique = (): string => `v${randomBytes(4).toString('hex')}`;
const url = (name: string): string => `/admin/cluster-versions/${name}`;
const create = (name: string, settings: object = {}): Promise<VersionBody> =>
  admin.done('POST', '/admin/cluster-versions', { name, ...settings });

describe('/admin/cluster-versions', () => {
  it('creates, shows and changes versions, and says who did it', async () => {
    const [lab, other] = [await admin.world.organization(), await admin.world.organization()];
    const name = unique();
    const created = await create(name, { nodeConfigurations: ['gpu', 'arm', 'gpu'], description: 'for tests' });
    const usual = { name, isEnabled: true, description: 'for tests', organizationCount: 0 };
    const full = { ...usual, nodeConfigurations: ['arm', 'gpu'], permittedOrganizations: null };
    expect(created).toMatchObject(full);
    const change = {
      nodeConfigurations: ['arm'],
      permittedOrganizationIds: [lab.id, other.id, lab.id],
      isEnabled: false,
    };
    const changed = await admin.done<VersionBody>('PATCH', url(name), change);
    expect(changed).toMatchObject({ isEnabled: false, description: 'for tests', nodeConfigurations: ['arm'] });
    expect(changed.permittedOrganizations).toHaveLength(2);
    const nobody = await admin.done<VersionBody>('PATCH', url(name), { permittedOrganizationIds: [] });
    expect(nobody).toMatchObject({ permittedOrganizations: [], nodeConfigurations: ['arm'], isEnabled: false });
    expect(await admin.done('GET', url(name))).toEqual(nobody);
    const [last] = await admin.audited('cluster_version.updated', name);
    expect(last).toMatchObject({
      actor: `user:${admin.developer.username}`,
      organizationId: null,
      details: {
        before: { permittedOrganizations: [lab.name, other.name].sort() },
        after: { permittedOrganizations: [] },
      },
    });
    expect((await admin.audited('cluster_version.created', name))[0]?.details).toMatchObject({
      after: { nodeConfigurations: ['arm', 'gpu'] },
    });
  });

  it('pages newest first, with latest before and unstable after all others', async () => {
    const mark = unique().slice(0, 5);
    for (const end of ['.9.4', '.10.0', '.2', '.10.1']) await create(`${mark}${end}`);
    await create('unstable');
    const pages = await admin.pages<VersionBody>(`/admin/cluster-versions?search=${mark}`, 'versions');
    expect(pages.map((page) => page.map(({ name }) => name.slice(mark.length)))).toEqual([
      ['.10.1', '.10.0'],
      ['.9.4', '.2'],
    ]);
    const all = (await admin.pages<VersionBody>('/admin/cluster-versions?sort=-release', 'versions', 3)).flat();
    expect([all.at(0)?.name, all.at(-1)?.name]).toEqual(['latest', 'unstable']);
    await admin.done('PATCH', url(`${mark}.2`), { isEnabled: false, permittedOrganizationIds: [] });
    const named = async (filter: string): Promise<string[]> =>
      (await admin.pages<VersionBody>(`/admin/cluster-versions?search=${mark}&${filter}`, 'versions'))
        .flat()
        .map(({ name }) => name);
    expect(await named('isEnabled=false')).toEqual([`${mark}.2`]);
    expect(await named('isRestricted=true')).toEqual([`${mark}.2`]);
    expect(await named('isEnabled=true&sort=release')).toEqual([`${mark}.9.4`, `${mark}.10.0`, `${mark}.10.1`]);
  });

  it('deletes what no organization has, and says who has it otherwise', async () => {
    const name = unique();
    await create(name, { nodeConfigurations: ['gpu', 'arm'] });
    const lab = await admin.world.organization({ clusterVersion: name });
    await admin.world.http.fixtures.query('UPDATE organizations SET node_configuration = $2 WHERE id = $1', [
      lab.id,
      'gpu',
    ]);
    const before = await admin.world.http.stored();
    const refused = await admin.byDeveloper('DELETE', url(name));
    expectProblem(refused, 409, 'catalogue.version_in_use');
    expect(refused.text).toContain(`${lab.name} has it`);
    const losing = await admin.byDeveloper('PATCH', url(name), { nodeConfigurations: ['arm'] });
    expectProblem(losing, 409, 'catalogue.node_configuration_in_use');
    expect(losing.text).toContain(lab.name);
    expect(await admin.world.http.stored()).toBe(before);
    expect(await admin.done('PATCH', url(name), { nodeConfigurations: ['gpu'] })).toMatchObject({
      organizationCount: 1,
    });
    await admin.done('PATCH', `/admin/organizations/${lab.id}`, { clusterVersion: 'latest', nodeConfiguration: null });
    expect(await admin.done('DELETE', url(name))).toMatchObject({ name, organizationCount: 0 });
    expectProblem(await admin.byDeveloper('GET', url(name)), 404, 'catalogue.version_not_found');
    expect((await admin.audited('cluster_version.deleted', name))[0]?.details).toMatchObject({
      before: { nodeConfigurations: ['gpu'] },
    });
  });

  it('refuses what is wrong, and stores nothing of it', async () => {
    const before = await admin.world.http.stored();
    const refusals: [string, string, object, number, string][] = [
      ['POST', '', { name: 'latest' }, 409, 'catalogue.version_exists'],
      ['POST', '', {}, 400, 'validation_failed'],
      ['POST', '', { name: 'a/b' }, 400, 'validation_failed'],
      ['POST', '', { name: 'a'.repeat(17) }, 400, 'validation_failed'],
      ['POST', '', { name: 'new', nodeConfigurations: ['../x'] }, 400, 'validation_failed'],
      ['POST', '', { name: 'new', permittedOrganizationIds: ['lab'] }, 400, 'validation_failed'],
      ['POST', '', { name: 'new', colour: 'red' }, 400, 'validation_failed'],
      [
        ...(['POST', ''] as const),
        { name: 'new', permittedOrganizationIds: ['00000000-0000-4000-8000-000000000001'] },
        ...([400, 'catalogue.organization_unknown'] as const),
      ],
      ['PATCH', '/latest', { name: 'other' }, 400, 'validation_failed'],
      ['PATCH', '/latest', { isEnabled: 'no' }, 400, 'validation_failed'],
      ['PATCH', '/nothing', { isEnabled: false }, 404, 'catalogue.version_not_found'],
    ];
    for (const [method, path, body, status, code] of refusals)
      expectProblem(await admin.byDeveloper(method as 'POST', `/admin/cluster-versions${path}`, body), status, code);
    expectProblem(await admin.byDeveloper('DELETE', url('nothing')), 404, 'catalogue.version_not_found');
    expect(await admin.world.http.stored()).toBe(before);
  });
});

describe('what an organization may choose', () => {
  let owner: Person;
  let lab: { id: string; name: string };
  let version: string;
  beforeEach(async () => {
    owner = await admin.person();
    lab = await admin.world.organization();
    await admin.world.join(owner.id, lab.id, 'active', 'owner');
    version = unique();
  });
  const path = (rest = ''): string => `/api/v1/organizations/${lab.name}${rest}`;
  const offered = async (): Promise<{ name: string; nodeConfigurations: string[] }[]> =>
    ((await admin.by(owner, 'GET', path('/cluster-versions'))).body as { versions: VersionBody[] }).versions;
  const configure = (change: object) => admin.by(owner, 'PATCH', path(), change);

  it('are the enabled versions that are for everybody or for it, newest first', async () => {
    await create(version, { permittedOrganizationIds: [], nodeConfigurations: ['gpu'] });
    const names = async (): Promise<string[]> => (await offered()).map(({ name }) => name);
    expect(await names()).not.toContain(version);
    await admin.done('PATCH', url(version), { permittedOrganizationIds: [lab.id] });
    const all = await offered();
    expect(all.find(({ name }) => name === version)).toEqual({
      name: version,
      description: '',
      nodeConfigurations: ['gpu'],
    });
    expect(all[0]).toMatchObject({
      name: 'latest',
      nodeConfigurations: expect.arrayContaining(['graviton3_spot']) as unknown,
    });
    await admin.done('PATCH', url(version), { isEnabled: false });
    expect(await names()).not.toContain(version);
  });

  it('test_org_account_cfg_versions, test_asg_cfgs: is stored with its node configuration, zone and spot settings', async () => {
    await create(version, { permittedOrganizationIds: [lab.id], nodeConfigurations: ['aarch64_pytorch'] });
    const change = {
      clusterVersion: version,
      nodeConfiguration: 'aarch64_pytorch',
      availabilityZone: 'us-west-2b',
      spotAllocationStrategy: 'capacity-optimized',
      spotMaxPrice: '0.2500',
    };
    expect(await configure(change)).toMatchObject({ status: 200, body: change });
    expect(await configure({ nodeConfiguration: null })).toMatchObject({
      status: 200,
      body: { nodeConfiguration: null },
    });
  });

  it('test_org_account_cfg_fail2: refuses anything else with what there is to choose, and stores nothing', async () => {
    await create(version, { permittedOrganizationIds: [], nodeConfigurations: ['gpu'] });
    const before = await admin.world.http.stored();
    const unavailable = 'catalogue.version_unavailable';
    const wrong: [object, string, RegExp][] = [
      [
        { clusterVersion: 'v0.0.0', minNodes: 1 },
        unavailable,
        /clusterVersion cannot be .*no such version.*Choose one of latest/,
      ],
      [{ clusterVersion: version }, unavailable, /is not offered to this organization.*latest/],
      [
        { nodeConfiguration: 'gpu' },
        'catalogue.node_configuration_unavailable',
        /latest has no such.*null.*graviton3_spot/,
      ],
      [{ nodeConfiguration: 'unselected' }, 'catalogue.node_configuration_unavailable', /nodeConfiguration cannot be/],
    ];
    for (const [change, code, message] of wrong) {
      const answer = await configure(change);
      expectProblem(answer, 400, code);
      expect((answer.body as { detail: string }).detail).toMatch(message);
    }
    expect(await admin.world.http.stored()).toBe(before);
  });

  it('is what it has for as long as it likes, but no way back once it left', async () => {
    await create(version, { nodeConfigurations: ['gpu', 'arm'] });
    expect((await configure({ clusterVersion: version, nodeConfiguration: 'gpu' })).status).toBe(200);
    await admin.done('PATCH', url(version), { isEnabled: false });
    expect((await configure({ maxNodes: 3, clusterVersion: version })).status).toBe(200);
    expect((await configure({ nodeConfiguration: 'arm' })).status).toBe(200);
    const keeping = await configure({ clusterVersion: 'latest' });
    expectProblem(keeping, 400, 'catalogue.node_configuration_unavailable');
    expect((await configure({ clusterVersion: 'latest', nodeConfiguration: null })).status).toBe(200);
    expectProblem(await configure({ clusterVersion: version }), 400, 'catalogue.version_unavailable');
  });

  it('counts for new organizations too: they get what everybody may have', async () => {
    await create(version, { permittedOrganizationIds: [lab.id] });
    const body = { name: `new-${version}`, owner: owner.username, clusterVersion: version };
    expectProblem(await admin.byDeveloper('POST', '/admin/organizations', body), 400, 'catalogue.version_unavailable');
    await admin.done('PATCH', url(version), { permittedOrganizationIds: null });
    expect((await admin.byDeveloper('POST', '/admin/organizations', body)).status).toBe(201);
  });

  it('holds when it is deleted at the same moment: one of the two is refused', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const name = await admin.world.http.fixtures.clusterVersion();
      const [chosen, deleted] = await Promise.all([
        configure({ clusterVersion: name }),
        admin.byDeveloper('DELETE', url(name)),
      ]);
      expect([chosen.status, deleted.status].sort()).toEqual(chosen.status === 200 ? [200, 409] : [200, 400]);
      await configure({ clusterVersion: 'latest' });
    }
  });
});
