import { expectJson, expectPage, failedWith } from '../support/answer-checks.js';
import { type Answer, type Method } from '../support/http-harness.js';
import { HttpWorld, type Member } from '../support/http-world.js';

let world: HttpWorld;
let member: Member;
beforeAll(async () => {
  world = await HttpWorld.start();
});
beforeEach(async () => {
  member = await world.member({ minNodes: 1, maxNodes: 7 });
});
afterEach(() => {
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

const get = (what: string, method: Method = 'GET'): Promise<Answer> =>
  world.http.call(method, `/api/${what}/${member.organization.name}/`, { token: member.access });
const setCluster = (assignments: string): Promise<unknown> =>
  world.http.fixtures.query(`UPDATE clusters SET ${assignments} WHERE organization_id = $1`, [member.organization.id]);

describe('GET /api/membership_status/<org>/', () => {
  it('is a JSON true for an active member, and nothing else', async () => {
    expectJson(await get('membership_status'), 200, { active: true });
  });

  it('has only what its status says for those who look at nothing else', async () => {
    expect((await world.http.call('GET', `/api/membership_status/${member.organization.name}/`)).status).toBe(400);
  });
});

describe('GET /api/org_num_nodes/<org>/', () => {
  const limits = { status: 'SUCCESS', min_nodes: 1, max_nodes: 7 };

  it('knows no version before the first deployment', async () => {
    expectJson(await get('org_num_nodes'), 200, { ...limits, current_nodes: 0, version: null, is_public: false });
  });

  it('shows the cluster that is there', async () => {
    await world.deploy(member.organization.id, 4);
    expectJson(await get('org_num_nodes'), 200, { ...limits, current_nodes: 4, version: 'v4', is_public: true });
  });

  it('counts no nodes of a cluster that is gone, and keeps its empty version', async () => {
    await world.deploy(member.organization.id, 4);
    await setCluster(`is_deployed = false, cluster_version = '', is_public = false`);
    expectJson(await get('org_num_nodes'), 200, { ...limits, current_nodes: 0, version: '', is_public: false });
  });
});

describe('GET /api/org_ip_adr/<org>/', () => {
  const notDeployed = (): unknown => failedWith(`cluster for ${member.organization.name} is not deployed.`);

  it('is 503 while nothing is deployed', async () => {
    expectJson(await get('org_ip_adr'), 503, notDeployed());
  });

  it('is the address of a deployed cluster', async () => {
    await world.deploy(member.organization.id, 1, '10.1.2.3');
    expectJson(await get('org_ip_adr'), 200, { status: 'SUCCESS', ip_address: '10.1.2.3' });
  });

  it('is 503 when the cluster is gone, or has no address yet', async () => {
    await world.deploy(member.organization.id, 1, null);
    expectJson(await get('org_ip_adr'), 503, notDeployed());
    await setCluster(`is_deployed = false, address = '10.1.2.3'`);
    expectJson(await get('org_ip_adr'), 503, notDeployed());
  });
});

describe('HEAD', () => {
  it.each(['membership_status', 'org_num_nodes', 'org_ip_adr'])('%s answers as GET does', async (what) => {
    const [head, answer] = [await get(what, 'HEAD'), await get(what)];
    expect([head.status, head.headers['content-type'], head.headers['content-length']]).toEqual([
      answer.status,
      'application/json',
      String(Buffer.byteLength(answer.text)),
    ]);
  });
});

describe('/ping/', () => {
  it.each(['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'] as const)(
    'answers %s without looking at anything',
    async (method) => {
      const answer = await world.http.call(method, '/ping/', {
        token: 'garbage',
        headers: { accept: 'application/xml' },
      });
      expectPage(answer, 200);
      expect(answer.headers['content-length']).toBe('5');
      if (method === 'GET') expect(answer.text).toBe('pong!');
    },
  );

  it('has no path without the slash', async () => {
    expectPage(await world.http.call('GET', '/ping'), 404);
  });
});
