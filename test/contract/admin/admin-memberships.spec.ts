import { randomUUID } from 'node:crypto';
import { AdminWorld } from '../../support/admin-world.js';
import { expectProblem } from '../../support/answer-checks.js';

interface MembershipBody {
  id: string;
  username: string;
  organizationName: string;
}

let admin: AdminWorld;
beforeAll(async () => {
  admin = await AdminWorld.start();
});
afterEach(() => {
  expect(admin.world.http.complaints).toEqual([]);
});
afterAll(() => admin.close());

const add = (organizationId: string, username: string, more: object = {}): Promise<MembershipBody> =>
  admin.done('POST', '/admin/memberships', { organizationId, username, ...more });
const found = async (query: string): Promise<string[]> =>
  (await admin.done<{ memberships: MembershipBody[] }>('GET', `/admin/memberships?${query}`)).memberships.map(
    ({ id }) => id,
  );

describe('/admin/memberships', () => {
  it('lists those of all organizations, page by page, filtered and searched', async () => {
    const user = await admin.world.user();
    const made: MembershipBody[] = [];
    for (const letter of ['c', 'a', 'b']) {
      const organization = await admin.world.organization({ name: `${letter}-${user.username}` });
      made.push(await add(organization.id, user.username, letter === 'a' ? { role: 'owner' } : { status: 'pending' }));
    }
    const pages = await admin.pages<MembershipBody>(`/admin/memberships?userId=${user.id}`, 'memberships');
    expect(pages.map((page) => page.map(({ organizationName }) => organizationName.charAt(0)))).toEqual([
      ['a', 'b'],
      ['c'],
    ]);
    const [c, a, b] = made.map(({ id }) => id);
    expect(await found(`search=${user.username}&role=owner`)).toEqual([a]);
    expect(await found(`userId=${user.id}&status=pending&sort=-organization`)).toEqual([c, b]);
    const { organizationId } = made[2] as unknown as { organizationId: string };
    expect(await found(`organizationId=${organizationId}`)).toEqual([b]);
    for (const query of ['userId=x', 'role=boss', 'status=gone', 'organizationId=1'])
      expectProblem(await admin.byDeveloper('GET', `/admin/memberships?${query}`), 400, 'validation_failed');
  });

  it('creates, changes and deletes one, on record', async () => {
    const [organization, user] = [await admin.world.organization(), await admin.world.user()];
    const { id } = await add(organization.id, user.username.toUpperCase());
    const url = `/admin/memberships/${id}`;
    const shown = { id, organizationId: organization.id, organizationName: organization.name, userId: user.id };
    expect(await admin.done('GET', url)).toMatchObject({ ...shown, role: 'member', status: 'active' });
    const change = { role: 'owner', status: 'inactive' };
    expect(await admin.done('PATCH', url, change)).toMatchObject({ ...shown, ...change });
    const [event] = await admin.audited('membership.updated', id);
    expect(event).toMatchObject({
      actor: `user:${admin.developer.username}`,
      organizationId: organization.id,
      details: { before: { role: 'member', status: 'active' }, after: change },
    });
    expect(await admin.done('DELETE', url)).toMatchObject(shown);
    expect((await admin.audited('membership.deleted', id))[0]?.details).toMatchObject(change);
    for (const method of ['GET', 'DELETE'] as const)
      expectProblem(await admin.byDeveloper(method, url), 404, 'memberships.not_found');
  });

  it('refuses what cannot be', async () => {
    const [organization, user] = [await admin.world.organization(), await admin.world.user()];
    const { id } = await add(organization.id, user.username, { role: 'owner' });
    const post = (body: object) => admin.byDeveloper('POST', '/admin/memberships', body);
    const organizationId = organization.id;
    expectProblem(await post({ organizationId, username: user.username }), 409, 'memberships.exists');
    expectProblem(await post({ organizationId, username: 'nobody-there' }), 404, 'users.not_found');
    expectProblem(
      await post({ organizationId: randomUUID(), username: user.username }),
      404,
      'organizations.not_found',
    );
    const patch = (body: object) => admin.byDeveloper('PATCH', `/admin/memberships/${id}`, body);
    expectProblem(await patch({ status: 'pending' }), 400, 'validation_failed');
    expectProblem(await patch({ role: 'member' }), 409, 'memberships.last_owner');
    expectProblem(await admin.byDeveloper('DELETE', `/admin/memberships/${id}`), 409, 'memberships.last_owner');
  });

  it('activates and deactivates several, and says which not', async () => {
    const organization = await admin.world.organization();
    const [owner, member] = [await admin.world.user(), await admin.world.user()];
    const kept = await add(organization.id, owner.username, { role: 'owner' });
    const pending = await add(organization.id, member.username, { status: 'pending' });
    const ids = [kept.id, pending.id];
    expect(await admin.done('POST', '/admin/memberships/activate', { ids })).toMatchObject({
      results: [{ isDone: true }, { isDone: true }],
    });
    expect(await found(`organizationId=${organization.id}&status=active`)).toHaveLength(2);
    expect(await admin.done('POST', '/admin/memberships/deactivate', { ids })).toMatchObject({
      results: [{ isDone: false, problem: { code: 'memberships.last_owner' } }, { isDone: true }],
    });
    expect(await found(`organizationId=${organization.id}&status=active`)).toEqual([kept.id]);
  });

  it('is for administrators', async () => {
    const person = await admin.person();
    expectProblem(await admin.by(person, 'GET', '/admin/memberships'), 403, 'auth.forbidden');
  });
});
