import { expectJson, expectProblem } from '../support/answer-checks.js';
import { HttpHarness } from '../support/http-harness.js';
import { walkRoutes } from '../../src/app/route-walk.js';

describe('a process of role worker', () => {
  let http: HttpHarness;
  beforeAll(async () => {
    http = await HttpHarness.start({ environment: { PS_ROLE: 'worker' } });
  });
  afterAll(() => http.close());

  it('answers probes and nothing else', async () => {
    expect(
      walkRoutes(http.app)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/health/live', '/health/ready', '/health/report']);
    expectJson(await http.call('GET', '/health/live'), 200, { status: 'ok' });
    for (const path of ['/api/v1/auth/login', '/api/org_token/', '/admin/users', '/ping/'])
      expectProblem(await http.call('POST', path, { body: {} }), 404, 'http.not_found');
  });
});
