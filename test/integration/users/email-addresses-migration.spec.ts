import { loadBuild } from '../../../src/database/migrator/migration-files.js';
import { migrate } from '../../../src/database/migrator/migrator.js';
import { Fixtures } from '../../support/fixtures.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const silent = { lockTimeoutSeconds: 30, onProgress: () => undefined };

describe('the migration that creates e-mail addresses', () => {
  let database: TestDatabase;
  let fixtures: Fixtures;
  beforeEach(async () => {
    database = await createTestDatabase('empty');
    fixtures = new Fixtures(database.url);
  });
  afterEach(async () => {
    await fixtures.close();
    await database.drop();
  });

  it('gives every account its address; of several with the same one, the oldest active has it verified', async () => {
    const all = await loadBuild();
    const own = all.findIndex(({ name }) => name === 'CreateEmailAddresses1795500060000');
    await migrate(database.url, { ...silent, migrations: all.slice(0, own) });
    await fixtures.query(
      `INSERT INTO users (username, email, password_hash, is_active) VALUES
         ('gone', 'Shared@example.org', '!', false), ('ann', 'shared@example.org', '!', true),
         ('ben', 'SHARED@example.org', '!', true), ('carl', 'carl@example.org', '!', false), ('dora', '', '!', true)`,
    );

    await migrate(database.url, { ...silent, migrations: all });

    const rows = await fixtures.query(
      `SELECT u.username, e.email, e.is_primary, e.verified_at IS NOT NULL AS is_verified, u.requires_verified_email
       FROM users u LEFT JOIN email_addresses e ON e.user_id = u.id ORDER BY u.id`,
    );
    const address = (email: string, isVerified: boolean): object => ({
      email,
      is_primary: true,
      is_verified: isVerified,
      requires_verified_email: false,
    });
    expect(rows).toEqual([
      { username: 'gone', ...address('Shared@example.org', false) },
      { username: 'ann', ...address('shared@example.org', true) },
      { username: 'ben', ...address('SHARED@example.org', false) },
      { username: 'carl', ...address('carl@example.org', true) },
      { username: 'dora', email: null, is_primary: null, is_verified: false, requires_verified_email: false },
    ]);
  });
});
