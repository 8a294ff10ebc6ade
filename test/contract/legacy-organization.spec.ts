import { expectJson } from '../support/answer-checks.js';
import { type Answer, type Method } from '../support/http-harness.js';
import { HttpWorld } from '../support/http-world.js';

interface Person {
  id: number;
  username: string;
  token: string;
}

let world: HttpWorld;
let organization: { id: string; name: string };
let owner: Person;
let member: Person;
beforeAll(async () => {
  world = await HttpWorld.start();
});
beforeEach(async () => {
  organization = await world.organization();
  owner = await person('owner');
  member = await person('member');
});
afterEach(() => {
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

async function person(role: 'owner' | 'member', fixture: Parameters<HttpWorld['user']>[0] = {}): Promise<Person> {
  const user = await world.user(fixture);
  await world.join(user.id, organization.id, 'active', role);
  return { ...user, token: (await world.organizationTokens(user.username, organization.name)).access };
}

const deactivate = ({ id }: Person) =>
  world.http.fixtures.query(`UPDATE memberships SET status = 'inactive' WHERE user_id = $1`, [id]);
const call = (path: string, token?: string, method: Method = 'PUT'): Promise<Answer> =>
  world.http.call(method, `/api/${path}`, { token });
const failure = (message: string) => ({ status: 'FAILED', error_msg: message });

describe('PUT /api/org_config/<org>/<min>/<max>/', () => {
  const configure = (min: number | string, max: number | string, token?: string, method?: Method): Promise<Answer> =>
    call(`org_config/${organization.name}/${min}/${max}/`, token, method);
  const limits = () =>
    world.http.fixtures.query('SELECT min_nodes AS min, max_nodes AS max FROM organizations WHERE id = $1', [
      organization.id,
    ]);

  it.each([
    [0, 5],
    [0, 10],
    [1, 9],
    [10, 10],
    ['003', '004'],
  ])('test_simple_cfg_org, test_config_org: stores %s to %s', async (min, max) => {
    expectJson(await configure(min, max, owner.token), 200, {
      status: 'SUCCESS',
      msg: `updated min-max nodes for ${organization.name} ${owner.username} to ${Number(min)}-${Number(max)}`,
    });
    expect(await limits()).toEqual([{ min: Number(min), max: Number(max) }]);
  });

  it('test_config_org: refuses limits that make no sense, the maximum first, and changes nothing', async () => {
    const max = (given: number | string) => failure(`INVALID max_nodes provided:${given} must be > 0 and <= 10`);
    expectJson(await configure(0, 0, owner.token), 400, max(0));
    expectJson(await configure(0, 11, owner.token), 400, max(11));
    expectJson(await configure(20, 11, owner.token), 400, max(11));
    expectJson(await configure(0, '9'.repeat(40), owner.token), 400, max(`${'9'.repeat(20)}...`));
    expectJson(
      await configure(6, 5, owner.token),
      400,
      failure('INVALID min_nodes provided:6 must be >= 0 and <= max_node given (i.e. 5) and <= 10'),
    );
    expect(await limits()).toEqual([{ min: 0, max: 10 }]);
  });

  it('test_config_org: has no path for what is no number, and no other method than PUT and PATCH', async () => {
    for (const min of ['-1', '1.5', '+1', 'x']) expect((await configure(min, 5, owner.token)).status).toBe(404);
    expect((await configure(0, 5, owner.token, 'POST')).status).toBe(405);
    expect((await configure(0, 5, owner.token, 'PATCH')).status).toBe(200);
  });

  it('finds an unknown organization out before a missing token', async () => {
    expectJson(await call('org_config/nowhere/0/5/'), 400, failure('Unknown org:nowhere'));
    expectJson(await configure(0, 5), 400, failure('No token is provided in the header or the header is missing'));
  });

  it('is for owners, and developers who are members; neither for members nor for superusers who are', async () => {
    const developer = await person('member', { isStaff: true, group: 'PS_Developer' });
    const root = await person('member', { isSuperuser: true, isStaff: true });
    for (const { username, token } of [member, root])
      expectJson(await configure(0, 5, token), 400, failure(`${username} is not an admin of ${organization.name}`));
    expect(await limits()).toEqual([{ min: 0, max: 10 }]);
    expect((await configure(0, 5, developer.token)).status).toBe(200);
    await deactivate(owner);
    expectJson(
      await configure(0, 7, owner.token),
      400,
      failure(`${owner.username} is not an active member of ${organization.name}`),
    );
    expect(await limits()).toEqual([{ min: 0, max: 5 }]);
  });

  it('is on record', async () => {
    await configure(2, 5, owner.token);
    const events = await world.http.fixtures.query(
      `SELECT actor FROM audit_events WHERE organization_id = $1 AND action = 'organization.updated'`,
      [organization.id],
    );
    expect(events).toEqual([{ actor: `user:${owner.username}` }]);
  });
});

describe('PUT /api/remove_all_org_num_nodes_reqs/<org>/', () => {
  const removeAll = (token?: string, method?: Method): Promise<Answer> =>
    call(`remove_all_org_num_nodes_reqs/${organization.name}/`, token, method);
  const live = async (): Promise<string[]> => {
    const found = await world.http.fixtures.query<{ request: string }>(
      `SELECT u.username || ' ' || r.node_count AS request FROM capacity_requests r JOIN users u ON u.id = r.user_id
       WHERE r.organization_id = $1 AND r.ended_at IS NULL ORDER BY 1`,
      [organization.id],
    );
    return found.map(({ request }) => request);
  };
  const ask = (nodes: number, { token }: Person) =>
    call(`desired_org_num_nodes_ttl/${organization.name}/${nodes}/60/`, token, 'POST');

  it.each(['PUT', 'PATCH'] as const)(
    '%s ends what is pending of everybody, and keeps what sizes the cluster',
    async (method) => {
      for (const nodes of [1, 2, 3]) await ask(nodes, member);
      for (const nodes of [4, 5]) await ask(nodes, owner);
      expectJson(await removeAll(owner.token, method), 200, {
        status: 'SUCCESS',
        msg: `${owner.username} cleaned all PENDING org node reqs for ${organization.name} `,
      });
      expect(await live()).toEqual([`${member.username} 3`, `${owner.username} 5`].sort());
      const [event] = await world.http.fixtures.query<{ actor: string; count: number }>(
        `SELECT actor, jsonb_array_length(details->'requestIds') AS count FROM audit_events
       WHERE organization_id = $1 AND action = 'capacity_requests.removed'`,
        [organization.id],
      );
      expect(event).toEqual({ actor: `user:${owner.username}`, count: 3 });
    },
  );

  it('is for administrators of the organization, and does nothing for others', async () => {
    for (const nodes of [1, 2]) await ask(nodes, owner);
    expectJson(
      await removeAll(member.token),
      400,
      failure(`${member.username} is not an admin of ${organization.name}`),
    );
    await deactivate(owner);
    expectJson(
      await removeAll(owner.token),
      401,
      failure(`${owner.username} is Not an Active Member of ${organization.name}`),
    );
    expectJson(await removeAll(), 400, failure('No token is provided in the header or the header is missing'));
    expect(await live()).toHaveLength(2);
  });
});
