import { randomBytes } from 'node:crypto';
import { AdminWorld } from '../../support/admin-world.js';
import { expectProblem } from '../../support/answer-checks.js';

interface GroupBody {
  id: number;
  name: string;
  permissions: string[];
  memberCount: number;
}

let admin: AdminWorld;
beforeAll(async () => {
  admin = await AdminWorld.start();
});
afterEach(() => {
  expect(admin.world.http.complaints).toEqual([]);
});
afterAll(() => admin.close());

const unique = (): string => `group-${randomBytes(4).toString('hex')}`;
const create = async (permissions: string[] = [], name = unique()): Promise<GroupBody> => {
  const answer = await admin.byRoot('POST', '/admin/groups', { name, permissions });
  expect(answer.status).toBe(201);
  return answer.body as GroupBody;
};
const list = async (query: string): Promise<{ groups: GroupBody[]; nextCursor: string | null }> =>
  (await admin.byRoot('GET', `/admin/groups?${query}`)).body as { groups: GroupBody[]; nextCursor: string | null };

describe('/admin/groups', () => {
  it('creates, shows, pages and filters groups', async () => {
    const prefix = unique();
    const [a, b] = [await create(['runs.view', 'runs.view'], `${prefix}-A`), await create([], `${prefix}-b`)];
    expect(a).toMatchObject({ name: `${prefix}-A`, permissions: ['runs.view'], memberCount: 0 });
    const first = await list(`search=${prefix}&limit=1`);
    const second = await list(`search=${prefix}&limit=1&cursor=${String(first.nextCursor)}`);
    expect([first.groups, second]).toEqual([[a], { groups: [b], nextCursor: null }]);
    expect((await list(`search=${prefix}&permission=runs.view`)).groups).toEqual([a]);
    expect((await list(`search=${prefix}&sort=-name`)).groups).toEqual([b, a]);
    expect((await list('search=PS_Developer')).groups).toMatchObject([{ name: 'PS_Developer', memberCount: 1 }]);
    expect((await admin.audited('group.created', a.id))[0]).toMatchObject({
      actor: `user:${admin.root.username}`,
      details: { after: { name: a.name, permissions: ['runs.view'] } },
    });
  });

  it('changes what its members may do, at once', async () => {
    const group = await create();
    const person = await admin.person({ isStaff: true, group: group.name });
    const settings = async (): Promise<number> => (await admin.by(person, 'GET', '/admin/settings')).status;
    expect(await settings()).toBe(403);
    const answer = await admin.byRoot('PATCH', `/admin/groups/${group.id}`, { permissions: ['settings.manage'] });
    expect(answer.body).toMatchObject({ name: group.name, permissions: ['settings.manage'], memberCount: 1 });
    expect(await settings()).toBe(200);
    const name = unique();
    const renamed = await admin.byRoot('PATCH', `/admin/groups/${group.id}`, { name });
    expect(renamed.body).toMatchObject({ name, permissions: ['settings.manage'] });
    const [last, first] = await admin.audited('group.updated', group.id);
    expect([first?.details, last?.details]).toMatchObject([
      { before: { permissions: [] }, after: { permissions: ['settings.manage'] } },
      { before: { name: group.name }, after: { name } },
    ]);
    expect((await admin.byRoot('DELETE', `/admin/groups/${group.id}`)).status).toBe(200);
    expect(await settings()).toBe(403);
    expect((await admin.audited('group.deleted', group.id))[0]?.details).toEqual({
      before: { name, permissions: ['settings.manage'], memberCount: 1 },
    });
    expectProblem(await admin.byRoot('GET', `/admin/groups/${group.id}`), 404, 'groups.not_found');
  });

  it('puts people in and takes them out, once each', async () => {
    const group = await create(['runs.view']);
    const user = await admin.world.user();
    const url = `/admin/groups/${group.id}/members/${user.id}`;
    for (const _ of [1, 2]) expect((await admin.byRoot('PUT', url)).body).toMatchObject({ groups: [group.name] });
    expect((await admin.byRoot('GET', `/admin/groups/${group.id}`)).body).toMatchObject({ memberCount: 1 });
    for (const _ of [1, 2]) expect((await admin.byRoot('DELETE', url)).body).toMatchObject({ groups: [] });
    const changes = (await admin.audited('user.updated', user.id)).map(({ details }) => details);
    expect(changes).toEqual([
      { before: { groups: [group.name] }, after: { groups: [] } },
      { before: { groups: [] }, after: { groups: [group.name] } },
    ]);
    expectProblem(await admin.byRoot('PUT', `/admin/groups/2147483647/members/${user.id}`), 404, 'groups.not_found');
    expectProblem(await admin.byRoot('PUT', `/admin/groups/${group.id}/members/2147483647`), 404, 'users.not_found');
  });

  it('refuses unknown permissions, taken names, and to lose PS_Developer', async () => {
    const [group, other] = [await create(), await create()];
    const developers = (await list('search=PS_Developer')).groups[0]!;
    const before = await admin.world.http.stored();
    const refusals: [string, string, object | undefined, number, string][] = [
      ['POST', '', { name: 'x', permissions: ['do.anything'] }, 400, 'validation_failed'],
      ['POST', '', { name: 'x', permissions: ['account.manage'] }, 400, 'validation_failed'],
      ['POST', '', { name: '  ' }, 400, 'validation_failed'],
      ['POST', '', { name: other.name }, 409, 'groups.name_taken'],
      ['PATCH', `/${group.id}`, { name: other.name }, 409, 'groups.name_taken'],
      ['PATCH', `/${developers.id}`, { name: 'Developers' }, 409, 'groups.developer_group'],
      ['DELETE', `/${developers.id}`, undefined, 409, 'groups.developer_group'],
    ];
    for (const [method, path, body, status, code] of refusals)
      expectProblem(await admin.byRoot(method as 'POST', `/admin/groups${path}`, body), status, code);
    expect(await admin.world.http.stored()).toBe(before);
  });

  it('are for superusers, and for those who are given them within what they may do themselves', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['DELETE', '/1'],
      ['PUT', `/1/members/${admin.root.id}`],
    ] as const)
      expectProblem(await admin.byDeveloper(method, `/admin/groups${path}`), 403, 'auth.forbidden');
    const managers = await create(['groups.manage', 'runs.view']);
    const manager = await admin.person({ isStaff: true, group: managers.name });
    const given = { name: unique(), permissions: ['runs.view'] };
    expect((await admin.by(manager, 'POST', '/admin/groups', given)).status).toBe(201);
    const more = { permissions: ['groups.manage', 'runs.view', 'users.manage'] };
    const code = 'groups.permissions_beyond_own';
    expectProblem(await admin.by(manager, 'PATCH', `/admin/groups/${managers.id}`, more), 403, code);
    const developers = (await list('search=PS_Developer')).groups[0]!;
    const itself = `/admin/groups/${developers.id}/members/${manager.id}`;
    expectProblem(await admin.by(manager, 'PUT', itself), 403, 'users.permissions_beyond_own');
  });
});
