import { HttpWorld } from '../../support/http-world.js';

describe('the health report', () => {
  let world: HttpWorld;
  beforeAll(async () => {
    world = await HttpWorld.start();
  });
  afterAll(() => world.close());

  const codes = async (): Promise<string[]> => {
    const { body } = await world.http.call('GET', '/health/report');
    return (body as { findings: { code: string }[] }).findings.map(({ code }) => code);
  };

  it('tells of mails that wait for long, and of those given up within a day', async () => {
    await world.http.call('POST', '/api/v1/accounts/password-reset', { body: { email: 'nobody@example.org' } });
    expect(await codes()).toEqual([]);
    world.http.clock.advance(301_000);
    expect(await codes()).toEqual(['mail.waiting_long']);
    await world.http.fixtures.query(
      `UPDATE mail_outbox SET status = 'given_up', sealed_text = NULL, finished_at = $1`,
      [world.http.clock.now()],
    );
    expect(await codes()).toEqual(['mail.given_up']);
    world.http.clock.advance(86_400_000);
    expect(await codes()).toEqual([]);
  });
});
