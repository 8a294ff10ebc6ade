import { createHash } from 'node:crypto';
import { HttpWorld } from '../../support/http-world.js';

describe('pages that links in mails open', () => {
  let world: HttpWorld;
  beforeAll(async () => {
    world = await HttpWorld.start();
  });
  afterAll(() => world.close());

  it.each(['verify-email', 'reset-password', 'github'])(
    '%s runs its own script and style and nothing else',
    async (name) => {
      const { status, headers, text } = await world.http.call('GET', `/accounts/${name}`);
      expect(status).toBe(200);
      expect(headers['content-type']).toContain('text/html');
      const policy = String(headers['content-security-policy']);
      for (const tag of ['script', 'style']) {
        const content = text.split(`<${tag}>`)[1]!.split(`</${tag}>`)[0]!;
        expect(policy).toContain(`${tag}-src 'sha256-${createHash('sha256').update(content).digest('base64')}'`);
      }
      expect(policy).toContain("default-src 'none'");
    },
  );

  it('post to routes there are', async () => {
    for (const name of ['verify-email', 'reset-password']) {
      const { text } = await world.http.call('GET', `/accounts/${name}`);
      const actions = [...text.matchAll(/data-action="([^"]+)"/g)].map(([, action]) => action!);
      expect(actions).toHaveLength(2);
      for (const action of actions) expect((await world.http.call('POST', action, { body: {} })).status).toBe(400);
    }
  });
});
