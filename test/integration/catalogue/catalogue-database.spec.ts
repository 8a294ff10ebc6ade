import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { CreateClusterCatalogue1795512000000 } from '../../../migrations/1795512000000-create-cluster-catalogue.js';
import { byRelease, releaseKey, releaseKeySql } from '../../../src/catalogue/versions/release-order.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

describe('the catalogue in the database', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    source = await new DataSource({ type: 'postgres', url: database.url.value }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('is in the order of the service, whatever the names', async () => {
    const name = fc
      .array(fc.constantFrom(...'abZv._-0123456789'.split('')), { minLength: 1, maxLength: 16 })
      .map((characters) => characters.join(''));
    const names = [
      ...fc.sample(name, 500),
      'latest',
      'unstable',
      'v4.9.4',
      'v4.10.0',
      'v4.10.0-rc1',
      '9'.repeat(16),
      '0'.repeat(16),
    ];
    const unique = [...new Set(names)];
    const found = await source.query<{ name: string; key: string }[]>(
      `SELECT n.name, ${releaseKeySql('n.name')} AS key FROM unnest($1::text[]) AS n (name)
       ORDER BY ${releaseKeySql('n.name')} DESC, n.name COLLATE "C" DESC`,
      [unique],
    );
    expect(found.map((row) => row.key)).toEqual(found.map((row) => releaseKey(row.name)));
    expect(found.map((row) => row.name)).toEqual(unique.toSorted(byRelease));
  });

  it('knows every version and node configuration there was before it, and what live clusters are built with', async () => {
    const migration = new CreateClusterCatalogue1795512000000();
    const runner = source.createQueryRunner();
    await migration.down(runner);
    await source.query(`
      INSERT INTO organizations (id, name, target, cluster_version, node_configuration, availability_zone) VALUES
        ('00000000-0000-4000-8000-000000000001', 'one', 'local', 'v3', 'gpu', 'us-west-2a'),
        ('00000000-0000-4000-8000-000000000002', 'two', 'local', 'latest', NULL, 'us-west-2c');
      INSERT INTO clusters (organization_id, is_deployed) VALUES
        ('00000000-0000-4000-8000-000000000001', true), ('00000000-0000-4000-8000-000000000002', false)`);
    await migration.up(runner);
    await runner.release();
    const catalogue = await source.query<unknown>(
      `SELECT v.name, array_agg(n.name::text ORDER BY n.name) AS configurations FROM cluster_versions v
       LEFT JOIN node_configurations n ON n.cluster_version = v.name GROUP BY v.name ORDER BY v.name`,
    );
    expect(catalogue).toEqual([
      { name: 'latest', configurations: ['graviton3_spot', 'r8g_2xlarge', 't4g_2xlarge', 't4g_large'] },
      { name: 'v3', configurations: ['gpu'] },
    ]);
    const clusters = await source.query<unknown>(
      `SELECT availability_zone, node_configuration, spot_max_price FROM clusters ORDER BY organization_id`,
    );
    expect(clusters).toEqual([
      { availability_zone: 'us-west-2a', node_configuration: 'gpu', spot_max_price: '0.1700' },
      { availability_zone: null, node_configuration: null, spot_max_price: null },
    ]);
    const developers = await source.query<unknown>(`SELECT count(*)::integer AS count FROM group_permissions p
      JOIN groups g ON g.id = p.group_id WHERE g.name = 'PS_Developer' AND p.permission = 'catalogue.manage'`);
    expect(developers).toEqual([{ count: 1 }]);
  });

  it('lets no organization have what is not in it', async () => {
    const insert = (version: string, configuration: string | null) =>
      source.query(
        `INSERT INTO organizations (id, name, target, cluster_version, node_configuration)
         VALUES (gen_random_uuid(), 'lab', 'local', $1, $2)`,
        [version, configuration],
      );
    await expect(insert('v99', null)).rejects.toThrow('fk_organizations_cluster_version');
    await expect(insert('latest', 'gpu')).rejects.toThrow('fk_organizations_node_configuration');
    await source.query(`INSERT INTO cluster_versions (name) VALUES ('v5')`);
    await insert('v5', null);
    await expect(source.query(`DELETE FROM cluster_versions WHERE name = 'v5'`)).rejects.toThrow(
      'fk_organizations_cluster_version',
    );
  });
});
