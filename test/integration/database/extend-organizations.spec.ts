import { DataSource } from 'typeorm';
import { CreateClusterCatalogue1795512000000 } from '../../../migrations/1795512000000-create-cluster-catalogue.js';
import { ExtendOrganizations1795500240000 } from '../../../migrations/1795500240000-extend-organizations.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

describe('the migration that extends organizations', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeEach(async () => {
    database = await createTestDatabase();
    source = await new DataSource({ type: 'postgres', url: database.url.value }).initialize();
  });
  afterEach(async () => {
    await source.destroy();
    await database.drop();
  });

  /** What the database looks like: columns, constraints, indexes and triggers. */
  const shape = (): Promise<unknown> =>
    source.query(`
      SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || COALESCE(column_default, '') AS part
        FROM information_schema.columns WHERE table_schema = 'public'
      UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
      UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      ORDER BY part`);

  it('can be taken back and applied again, with organizations and ended requests in the tables', async () => {
    await source.query(`
      INSERT INTO organizations (id, name, target) VALUES ('00000000-0000-4000-8000-000000000001', 'lab', 'local');
      INSERT INTO users (id, username, email, password_hash) VALUES (1, 'ann', 'ann@example.org', '!');
      INSERT INTO capacity_requests (id, organization_id, user_id, node_count, expires_at, ended_at, end_reason)
        VALUES ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 1, 3,
          '2026-03-01T12:00:00Z', now(), 'access_ended')`);
    const migration = new ExtendOrganizations1795500240000();
    const runner = source.createQueryRunner();
    // A later migration refers to the columns of this one.
    await new CreateClusterCatalogue1795512000000().down(runner);
    const before = await shape();
    await migration.down(runner);
    expect(await shape()).not.toEqual(before);
    expect(await source.query('SELECT end_reason FROM capacity_requests')).toEqual([{ end_reason: 'removed' }]);
    await migration.up(runner);
    expect(await shape()).toEqual(before);
    await runner.release();
  });

  it('gives organizations that were there before the defaults of the contract', async () => {
    const migration = new ExtendOrganizations1795500240000();
    const runner = source.createQueryRunner();
    await new CreateClusterCatalogue1795512000000().down(runner);
    await migration.down(runner);
    await source.query(
      `INSERT INTO organizations (id, name, target) VALUES ('00000000-0000-4000-8000-000000000001', 'lab', 'local')`,
    );
    await migration.up(runner);
    await runner.release();
    const [lab] = await source.query<Record<string, unknown>[]>(
      `SELECT contact_name, contact_email, max_allowance, monthly_allowance, node_configuration, availability_zone,
         spot_max_price, spot_allocation_strategy FROM organizations`,
    );
    expect(lab).toEqual({
      contact_name: 'support team',
      contact_email: null,
      max_allowance: '0.0000',
      monthly_allowance: '0.0000',
      node_configuration: null,
      availability_zone: 'us-west-2c',
      spot_max_price: '0.1700',
      spot_allocation_strategy: 'lowest-price',
    });
  });
});
