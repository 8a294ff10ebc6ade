import { SchemaDriftWatch } from '../../src/app/health/schema-drift-watch.js';
import { HttpHarness } from '../support/http-harness.js';
import { ask } from '../support/migrations.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

describe('a service whose database is not what schema.sql declares', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const started = async (): Promise<{ findings: unknown; complaints: string; state: string }> => {
    const http = await HttpHarness.start({ database });
    try {
      const { state } = await http.app.get(SchemaDriftWatch).result();
      const { body } = await http.call('GET', '/health/report');
      return { findings: (body as { findings: unknown }).findings, complaints: http.complaints.join('\n'), state };
    } finally {
      await http.close();
    }
  };

  it('serves, warns of what differs with what to do, and reports it', async () => {
    await ask(database.url, 'ALTER TABLE runs ADD COLUMN by_hand text');
    const { findings, complaints } = await started();
    expect(findings).toEqual([
      {
        code: 'database.schema_drift',
        severity: 'warning',
        message: 'The database has 1 difference from what this release declares; the log of the start names them.',
      },
    ]);
    expect(complaints).toContain('Drops the column runs.by_hand');
    expect(complaints).toContain('psctl db make --name');
  });

  it('says nothing where they agree', async () => {
    expect(await started()).toEqual({ findings: [], complaints: '', state: 'none' });
  });

  it('serves and says nothing of drift where migrations are missing, which is told as such', async () => {
    await ask(database.url, "DELETE FROM schema_migrations WHERE name LIKE 'CreateOrphans%'");
    expect(await started()).toEqual({
      findings: [expect.objectContaining({ code: 'schema.behind' })],
      complaints: '',
      state: 'unknown',
    });
  });
});
