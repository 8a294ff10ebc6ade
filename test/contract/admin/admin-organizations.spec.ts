import { randomBytes, randomUUID } from 'node:crypto';
import { AdminWorld } from '../../support/admin-world.js';
import { expectProblem } from '../../support/answer-checks.js';

interface OrganizationBody {
  id: string;
  name: string;
  [setting: string]: unknown;
}

let admin: AdminWorld;
beforeAll(async () => {
  admin = await AdminWorld.start();
});
afterEach(() => {
  expect(admin.world.http.complaints).toEqual([]);
});
afterAll(() => admin.close());

const unique = (): string => `lab-${randomBytes(4).toString('hex')}`;
const names = async (query: string): Promise<string[]> => {
  const { organizations } = await admin.done<{ organizations: OrganizationBody[] }>(
    'GET',
    `/admin/organizations?${query}`,
  );
  return organizations.map(({ name }) => name);
};

describe('/admin/organizations', () => {
  it('creates one with all of its settings, and shows it', async () => {
    const owner = await admin.world.user();
    const settings = {
      minNodes: 1,
      maxNodes: 20,
      adminMaxNodes: 30,
      contactEmail: 'lab@example.org',
      spotMaxPrice: '0.25',
    };
    const input = { name: unique(), owner: owner.username, balance: '12.5', ...settings };
    const created = await admin.done<OrganizationBody>('POST', '/admin/organizations', input);
    expect(created).toMatchObject({ ...settings, spotMaxPrice: '0.2500', name: input.name, balance: '12.5000' });
    expect(await admin.done('GET', `/admin/organizations/${created.id}`)).toEqual(created);
    expectProblem(await admin.byDeveloper('POST', '/admin/organizations', input), 409, 'organizations.name_taken');
    expectProblem(
      await admin.byDeveloper('GET', `/admin/organizations/${randomUUID()}`),
      404,
      'organizations.not_found',
    );
  });

  it('pages, filters and searches', async () => {
    const prefix = unique();
    const made = ['a', 'B', 'c'].map((letter) => `${prefix}-${letter}`);
    for (const name of made) await admin.world.organization({ name });
    const pages = await admin.pages<OrganizationBody>(`/admin/organizations?search=${prefix}`, 'organizations');
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([made.slice(0, 2), made.slice(2)]);
    await admin.world.http.fixtures.query(
      `UPDATE organizations SET is_public = true, target = 'aws', provisioning_suspended = true, contact_name = 'Ada ${prefix}'
       WHERE name = $1`,
      [made[1]],
    );
    for (const query of ['isPublic=true', 'target=aws', 'provisioningSuspended=true'])
      expect([query, await names(`${query}&search=${prefix}`)]).toEqual([query, [made[1]]]);
    expect(await names(`isPublic=false&search=${prefix}&sort=-name`)).toEqual([made[2], made[0]]);
    expect(await names(`search=aDA%20${prefix}`)).toEqual([made[1]]);
    for (const query of ['target=gcp', 'sort=balance', 'isPublic=1'])
      expectProblem(await admin.byDeveloper('GET', `/admin/organizations?${query}`), 400, 'validation_failed');
  });

  it('changes settings, records them as they were, and the cluster follows', async () => {
    const { id } = await admin.world.organization();
    const url = `/admin/organizations/${id}`;
    expect(await admin.done('PATCH', url, { adminMaxNodes: 40, maxNodes: 40 })).toMatchObject({ adminMaxNodes: 40 });
    const [event] = await admin.audited('organization.updated', id);
    expect(event).toMatchObject({ actor: `user:${admin.developer.username}`, organizationId: id });
    expect(event?.details).toEqual({
      before: { adminMaxNodes: 10, maxNodes: 10 },
      after: { adminMaxNodes: 40, maxNodes: 40 },
    });
    const before = await admin.world.http.stored();
    expectProblem(await admin.byDeveloper('PATCH', url, { maxNodes: 50 }), 400, 'organizations.invalid_limits');
    expectProblem(await admin.byDeveloper('PATCH', url, { name: 'other' }), 400, 'validation_failed');
    expect(await admin.world.http.stored()).toBe(before);
  });

  it('suspends and resumes provisioning of several', async () => {
    const [one, two] = [await admin.world.organization(), await admin.world.organization()];
    const unknown = randomUUID();
    const suspended = async (): Promise<unknown[]> => {
      const sql = 'SELECT provisioning_suspended AS it FROM organizations WHERE id = ANY ($1::uuid[])';
      return (await admin.world.http.fixtures.query<{ it: boolean }>(sql, [[one.id, two.id]])).map(({ it }) => it);
    };
    const ids = [one.id, unknown, two.id];
    expect(await admin.done('POST', '/admin/organizations/suspend-provisioning', { ids })).toMatchObject({
      results: [{ isDone: true }, { id: unknown, problem: { code: 'organizations.not_found' } }, { isDone: true }],
    });
    expect(await suspended()).toEqual([true, true]);
    await admin.done('POST', '/admin/organizations/resume-provisioning', { ids });
    expect(await suspended()).toEqual([false, false]);
    expect(await admin.audited('organization.updated', two.id)).toHaveLength(2);
  });

  it('deletes what has no cluster, when its name is repeated', async () => {
    const { id, name } = await admin.world.organization();
    const url = `/admin/organizations/${id}`;
    expectProblem(await admin.byDeveloper('DELETE', url), 400, 'validation_failed');
    expectProblem(await admin.byDeveloper('DELETE', `${url}?confirm=other`), 400, 'organizations.deletion_unconfirmed');
    await admin.world.deploy(id, 2);
    const refused = await admin.byDeveloper('DELETE', `${url}?confirm=${name}`);
    expectProblem(refused, 409, 'clusters.deployed');
    expect(refused.text).toContain('Set minNodes to 0');
    await admin.world.http.fixtures.query('UPDATE clusters SET is_deployed = false WHERE organization_id = $1', [id]);
    expect(await admin.done('DELETE', `${url}?confirm=${name}`)).toEqual({ id, name });
    expectProblem(await admin.byDeveloper('GET', url), 404, 'organizations.not_found');
    expect((await admin.audited('organization.deleted', id))[0]?.details).toMatchObject({ name });
  });

  it('is not for owners, nor for staff without the permission', async () => {
    const { id } = await admin.world.organization();
    const owner = await admin.person();
    await admin.world.join(owner.id, id, 'active', 'owner');
    const staff = await admin.person({ isStaff: true });
    for (const person of [owner, staff]) {
      expectProblem(await admin.by(person, 'GET', `/admin/organizations/${id}`), 403, 'auth.forbidden');
      expectProblem(
        await admin.by(person, 'PATCH', `/admin/organizations/${id}`, { maxNodes: 1 }),
        403,
        'auth.forbidden',
      );
    }
  });
});
