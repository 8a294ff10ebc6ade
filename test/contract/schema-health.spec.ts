import { HttpWorld } from '../support/http-world.js';

interface Finding {
  code: string;
  severity: string;
  message: string;
}

describe('the schema, as probes see it', () => {
  let world: HttpWorld;
  beforeEach(async () => {
    world = await HttpWorld.start();
  });
  afterEach(() => world.close());

  const findings = async (): Promise<Finding[]> =>
    ((await world.http.call('GET', '/health/report')).body as { findings: Finding[] }).findings;
  const found = async (): Promise<string[][]> => (await findings()).map(({ code, severity }) => [code, severity]);
  const readiness = async (): Promise<number> => (await world.http.call('GET', '/health/ready')).status;
  const newer = (compat: string): Promise<unknown> =>
    world.http.fixtures.query(
      `WITH applied AS (INSERT INTO schema_migrations ("timestamp", name) VALUES (9999999999999, 'Newer9999999999999'))
       INSERT INTO migration_audit (name, started_at, finished_at, app_version, executed_by, compat, is_transactional)
       VALUES ('Newer9999999999999', now(), now(), '9', 'somebody', $1, true)`,
      [compat],
    );

  it('is behind: no requests should be sent here until it is migrated', async () => {
    const removed = await world.http.fixtures.query(
      'DELETE FROM schema_migrations WHERE id = (SELECT max(id) FROM schema_migrations) RETURNING "timestamp", name',
    );
    expect(await found()).toEqual([['schema.behind', 'error']]);
    expect((await findings())[0]?.message).toContain(String(removed[0]?.name));
    expect(await readiness()).toBe(503);
    const { timestamp, name } = removed[0]!;
    await world.http.fixtures.query('INSERT INTO schema_migrations ("timestamp", name) VALUES ($1, $2)', [
      timestamp,
      name,
    ]);
    expect(await findings()).toEqual([]);
    expect(await readiness()).toBe(200);
  });

  it.each([
    ['expand', 'warning'],
    ['contract', 'error'],
  ])('is ahead by a migration that is %s: a %s, and requests are served', async (compat, severity) => {
    await newer(compat);
    expect(await found()).toEqual([['schema.ahead', severity]]);
    expect(await readiness()).toBe(200);
  });

  it('is being changed, or was left half changed', async () => {
    await newer('expand');
    await world.http.fixtures.query("UPDATE migration_audit SET finished_at = NULL WHERE name LIKE 'Newer%'");
    expect(await found()).toEqual([
      ['schema.ahead', 'warning'],
      ['schema.unfinished', 'warning'],
    ]);
  });
});
