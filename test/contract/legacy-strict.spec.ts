import { expectJson } from '../support/answer-checks.js';
import { HttpWorld } from '../support/http-world.js';

describe('GET /api/membership_status/<org>/ of a strict installation', () => {
  let world: HttpWorld;
  beforeAll(async () => {
    world = await HttpWorld.start({ environment: { PS_LEGACY_STRICT_MEMBERSHIP: 'true' } });
  });
  afterAll(() => world.close());

  it.each(['GET', 'HEAD'] as const)('%s refuses members who are not active, and nobody else', async (method) => {
    const { organization, access } = await world.member();
    const ask = () => world.http.call(method, `/api/membership_status/${organization.name}/`, { token: access });
    expect((await ask()).status).toBe(200);
    const sql = `UPDATE memberships SET status = 'inactive' WHERE organization_id = $1`;
    await world.http.fixtures.query(sql, [organization.id]);
    const refused = await ask();
    expect(refused.status).toBe(403);
    if (method === 'GET') expectJson(refused, 403, { active: false });
    expect(world.http.complaints).toEqual([]);
  });
});
