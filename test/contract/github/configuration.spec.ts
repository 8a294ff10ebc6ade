import { expectProblem } from '../../support/answer-checks.js';
import { GithubWorld, setCookies, START } from '../../support/github-world.js';

const DEVICE = '/api/v1/auth/github/device';

/** Services one after another: two in one process share what they log. */
async function inWorld(environment: NodeJS.ProcessEnv, work: (g: GithubWorld) => Promise<void>): Promise<void> {
  const g = await GithubWorld.start(environment);
  try {
    await work(g);
  } finally {
    await g.close();
  }
}

describe('GitHub by configuration', () => {
  it('without a client, both flows answer what to do', async () => {
    await inWorld({ PS_GITHUB_CLIENT_ID: '', PS_GITHUB_CLIENT_SECRET: '' }, async ({ world }) => {
      const start = await world.http.call('GET', START);
      expectProblem(start, 503, 'github.not_configured');
      expect(start.text).toContain('PS_GITHUB_CLIENT_SECRET');
      expect(setCookies(start)).toEqual([]);
      const device = await world.http.call('POST', DEVICE);
      expectProblem(device, 503, 'github.not_configured');
      expect(device.text).toContain('PS_GITHUB_CLIENT_ID');
    });
  });

  it('without a client secret, only the device flow works', async () => {
    await inWorld({ PS_GITHUB_CLIENT_SECRET: '' }, async ({ world }) => {
      expectProblem(await world.http.call('GET', START), 503, 'github.not_configured');
      expect((await world.http.call('POST', DEVICE)).status).toBe(200);
    });
  });

  it('behind https, the cookies are ones that no other host can set', async () => {
    await inWorld({ PS_PUBLIC_URL: 'https://ps.example.org/' }, async (g) => {
      const [cookie] = setCookies(await g.world.http.call('GET', START));
      expect(cookie).toMatch(/^__Host-ps_github_state=[^;]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/);
      const { person } = await g.linked();
      const browser = g.browser();
      expect((await g.comeBack(browser, person)).status).toBe(303);
      expect(browser.names).toEqual(['__Host-ps_github_login']);
      expect((await g.pickUp(browser)).status).toBe(200);
    });
  });
});
