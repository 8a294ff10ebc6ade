import { CapacitySizer } from '../../../src/capacity/capacity-sizer.js';
import { CapacityWorkerModule } from '../../../src/capacity/capacity-worker.module.js';
import { LegacyImportModule } from '../../../src/legacy-import/legacy-import.module.js';
import {
  dumpText,
  oldAddress,
  oldCluster,
  type OldDatabase,
  oldId,
  oldMembership,
  oldOrganization,
  oldRequest,
  oldUser,
  smallDatabase,
  TemporaryFiles,
} from '../../support/legacy-dump.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';
import { type TestDatabase } from '../../support/test-database.js';
import { importInto, liveDatabase, messages, written } from './support.js';

describe('LegacyImportService', () => {
  const files = new TemporaryFiles();
  let test: TestContext;

  beforeEach(async () => {
    test = await createTestContext({ imports: [LegacyImportModule, CapacityWorkerModule] });
  });
  afterEach(() => test.close());
  afterAll(() => {
    files.remove();
  });

  const file = (over: OldDatabase = {}): string => files.write(dumpText({ ...smallDatabase(), ...over }));
  const sql = <Row extends Record<string, unknown>>(text: string, parameters: unknown[] = []): Promise<Row[]> =>
    test.fixtures.query<Row>(text, parameters);

  /** A state of the cluster comes into the database. */
  const adopt = () =>
    sql(
      `WITH run AS (
         INSERT INTO runs (id, organization_id, kind, status, trigger, requested_by, inputs, priority, finished_at, observed_at)
         SELECT gen_random_uuid(), id, 'refresh', 'succeeded', 'admin', 'user:admin', '{}', 0, now(), now() FROM organizations
         RETURNING id, organization_id)
       INSERT INTO state_versions (id, organization_id, run_id, lineage, serial, sha256, size_bytes, key_id, ciphertext, fencing_token)
       SELECT gen_random_uuid(), organization_id, id, 'old', 1, '', 0, '', '', 0 FROM run`,
    );

  it('stores everything, with ids, and tells it in the audit log and the ledger', async () => {
    const report = await importInto(test.context, file());
    expect(report.outcome).toBe('imported');
    expect(written(report)).toEqual({
      users: [2, 0],
      email_addresses: [2, 0],
      user_groups: [1, 0],
      organizations: [1, 0],
      memberships: [2, 0],
      clusters: [1, 0],
      capacity_requests: [1, 0],
      ledger_entries: [1, 0],
    });
    expect(await sql('SELECT id, username, created_at::text AS created FROM users ORDER BY id')).toEqual([
      { id: 5, username: 'olga', created: '2026-01-02 03:04:05.678901+00' },
      { id: 7, username: 'ivan', created: '2026-01-02 03:04:05.678901+00' },
    ]);
    expect(await sql('SELECT kind, amount, created_by FROM ledger_entries')).toEqual([
      { kind: 'opening', amount: '12.3400', created_by: 'system:legacy-import' },
    ]);
    const audit = await sql<{ action: string }>(`SELECT action FROM audit_events ORDER BY id`);
    expect(audit.map(({ action }) => action)).toEqual(['organization.imported', 'legacy.imported']);
  });

  it('makes the catalogue know what organizations come with, and offers it to nobody else', async () => {
    const organization = oldOrganization(1, 'alpha', { owner_id: '5', version: 'v3', asg_cfg: 'aarch64' });
    const from = file({ users_orgaccount: [organization] });
    expect(messages(await importInto(test.context, from), 'info')).toContain(
      'cluster_versions v3: This cluster version is new',
    );
    const catalogue = await sql(
      `SELECT v.name, v.is_restricted, n.name AS configuration FROM cluster_versions v
       JOIN node_configurations n ON n.cluster_version = v.name WHERE v.name <> 'latest'`,
    );
    expect(catalogue).toEqual([{ name: 'v3', is_restricted: true, configuration: 'aarch64' }]);
    expect(messages(await importInto(test.context, from), 'info')).not.toContain('cluster_versions');
  });

  it('gives new accounts ids after the imported ones', async () => {
    await importInto(test.context, file());
    expect((await test.fixtures.user()).id).toBe(8);
  });

  it('changes nothing when it is done again, whatever happened here meanwhile', async () => {
    await importInto(test.context, file());
    await sql(`UPDATE users SET password_hash = 'upgraded', last_login_at = now() WHERE id = 5`);
    await sql(`UPDATE organizations SET max_nodes = 3`);
    await sql(`DELETE FROM memberships WHERE user_id = 7`);
    await sql(`UPDATE capacity_requests SET ended_at = now(), end_reason = 'released'`);
    await sql(`INSERT INTO ledger_entries (organization_id, occurred_at, kind, amount, description, created_by)
      SELECT id, now(), 'charge', -1, 'x', 'system:costs' FROM organizations`);
    const before = await test.fixtures.stored();
    const report = await importInto(test.context, file());
    expect(report.outcome).toBe('imported');
    expect(written(report)).toEqual({});
    expect(await test.fixtures.stored()).toBe(before);
  });

  it('follows what has changed in the old system since', async () => {
    await importInto(test.context, file());
    const report = await importInto(
      test.context,
      file({
        users_user: [oldUser(5, 'olga', { first_name: 'Olga' }), oldUser(7, 'ivan'), oldUser(8, 'new')],
        account_emailaddress: [
          oldAddress(1, 5, 'olga@example.org', { primary: 'f' }),
          oldAddress(2, 7, 'ivan@example.org'),
          oldAddress(3, 5, 'olga@example.com'),
        ],
        users_orgaccount: [oldOrganization(1, 'lab', { owner_id: '5', balance: '10.00' })],
        users_membership: [oldMembership(1, 1, 5), oldMembership(2, 1, 7, { active: 'f' })],
      }),
    );
    expect(messages(report, 'refuse')).toBe('');
    expect(written(report)).toEqual({
      users: [1, 1],
      email_addresses: [2, 1],
      memberships: [0, 1],
      ledger_entries: [1, 0],
    });
    expect(await sql('SELECT first_name, email FROM users WHERE id = 5')).toEqual([
      { first_name: 'Olga', email: 'olga@example.com' },
    ]);
    expect(await sql('SELECT kind, amount FROM ledger_entries ORDER BY id')).toEqual([
      { kind: 'opening', amount: '12.3400' },
      { kind: 'adjustment', amount: '-2.3400' },
    ]);
  });

  it('warns of what has gone in the old system since, and leaves it', async () => {
    await importInto(test.context, file());
    const report = await importInto(test.context, file({ users_membership: [oldMembership(1, 1, 5)] }));
    expect(messages(report, 'warn')).toContain(
      `memberships ${oldId(1)}/7: It was imported before and is not in the source`,
    );
    expect(await sql('SELECT 1 FROM memberships')).toHaveLength(2);
  });

  it('uses up no ids in a dry run', async () => {
    await importInto(test.context, file(), { isDryRun: true });
    expect((await test.fixtures.user()).id).toBe(1);
  });

  it('stores nothing in a dry run, and says what it would', async () => {
    const before = await test.fixtures.stored();
    const report = await importInto(test.context, file(), { isDryRun: true });
    expect(report.outcome).toBe('dry_run');
    expect(await test.fixtures.stored()).toBe(before);
    expect(written(report)).toEqual(written(await importInto(test.context, file())));
  });

  describe('refuses and stores nothing when', () => {
    const refused = async (from: string, ...expected: string[]): Promise<void> => {
      const before = await test.fixtures.stored();
      const report = await importInto(test.context, from);
      expect(report).toMatchObject({ outcome: 'refused', targets: [] });
      for (const message of expected) expect(messages(report, 'refuse')).toContain(message);
      expect(await test.fixtures.stored()).toBe(before);
    };

    it('a row cannot be read', () =>
      refused(
        file({ users_user: [oldUser(5, 'olga', { is_staff: 'x' }), oldUser(7, 'ivan')] }),
        'users_user 5: is_staff',
      ));

    it('an id, a name or an address belongs to another one here', async () => {
      await sql('ALTER TABLE users ALTER COLUMN id RESTART WITH 7');
      await test.fixtures.user('somebody');
      await test.fixtures.user('OLGA');
      await sql(`UPDATE email_addresses SET email = 'Ivan@example.org' WHERE user_id = 8`);
      await test.fixtures.organization({ name: 'LAB' });
      await refused(
        file(),
        'users 7: There is such a row here already',
        'users 5: Another account here has this username',
        'Another account here has verified this address',
        `organizations ${oldId(1)}: Another organization here has this name`,
      );
    });

    it('a row has changed on both sides', async () => {
      await importInto(test.context, file());
      await sql(`UPDATE users SET password_hash = 'new' WHERE id = 5`);
      await refused(
        file({ users_user: [oldUser(5, 'olga', { password: '!other' }), oldUser(7, 'ivan')] }),
        'users 5: It was imported, and has changed both here and in the old system',
      );
    });

    it('a row was deleted here and has changed there', async () => {
      await importInto(test.context, file());
      await sql('DELETE FROM memberships WHERE user_id = 7');
      await refused(
        file({ users_membership: [oldMembership(1, 1, 5), oldMembership(2, 1, 7, { active: 'f' })] }),
        `memberships ${oldId(1)}/7: It was imported, deleted here`,
      );
    });

    it('something new belongs to what was deleted here', async () => {
      await importInto(test.context, file());
      await sql('DELETE FROM organizations');
      await refused(
        file({
          users_membership: [oldMembership(1, 1, 5), oldMembership(2, 1, 7)],
          users_user: [oldUser(5, 'olga'), oldUser(7, 'ivan'), oldUser(8, 'new')],
          users_orgnumnode: [oldRequest(1, 1, 7), oldRequest(2, 1, 8)],
        }),
        `capacity_requests ${oldId(2002)}: It belongs to an account or organization that was imported, and deleted`,
      );
    });
  });

  it('waits for nobody who writes for long', async () => {
    await test.fixtures.holding('LOCK TABLE users IN ROW EXCLUSIVE MODE', async () => {
      await expect(importInto(test.context, file())).rejects.toThrow('Stop the service');
    });
  });

  it('leaves a deployed cluster alone, until its state is here', async () => {
    const users_cluster = [oldCluster(1, { is_deployed: 't', cur_nodes: '5', cur_version: 'v1' })];
    const report = await importInto(test.context, file({ users_cluster }), { target: 'local' });
    expect(messages(report, 'warn')).toContain('neither changes nor destroys it');
    const [cluster] = await sql('SELECT is_deployed, node_count, last_error FROM clusters');
    expect(cluster).toMatchObject({ is_deployed: true, node_count: 5 });
    expect(cluster!.last_error).toContain('Terraform state is not here');

    const sizer = test.context.get(CapacitySizer, { strict: false });
    const runs = () => sql<{ kind: string }>('SELECT kind FROM runs WHERE finished_at IS NULL');
    await sizer.size(oldId(1));
    expect(await sql('SELECT desired_nodes FROM clusters')).toEqual([{ desired_nodes: 3 }]);
    expect(await runs()).toEqual([]);
    await sql(`UPDATE capacity_requests SET ended_at = now(), end_reason = 'released'`);
    await sizer.size(oldId(1));
    expect(await sql('SELECT is_removal_desired FROM clusters')).toEqual([{ is_removal_desired: true }]);
    expect(await runs()).toEqual([]);

    await adopt();
    await sizer.size(oldId(1));
    expect(await runs()).toEqual([{ kind: 'destroy' }]);
  });

  it('learns from another dump that a cluster is gone, also after somebody had it tried again here', async () => {
    const users_cluster = [oldCluster(1, { is_deployed: 't', cur_nodes: '5', cur_version: 'v1' })];
    await importInto(test.context, file({ users_cluster }));
    await sql('UPDATE clusters SET last_error = NULL, desired_nodes = 2');
    const report = await importInto(test.context, file());
    expect(written(report)).toEqual({ clusters: [0, 1] });
    expect(await sql('SELECT is_deployed, node_count, last_error FROM clusters')).toEqual([
      { is_deployed: false, node_count: 0, last_error: null },
    ]);
  });

  describe('from a running database', () => {
    let old: TestDatabase;

    beforeEach(async () => {
      old = await liveDatabase(dumpText(smallDatabase(), 'insert'));
    });
    afterEach(() => old.drop());

    it('is the same as from a dump of it', async () => {
      await importInto(test.context, file());
      const before = await test.fixtures.stored();
      const report = await importInto(test.context, old.url.value);
      expect(messages(report, 'refuse')).toBe('');
      expect(written(report)).toEqual({});
      expect(await test.fixtures.stored()).toBe(before);
    });

    it('does not tell the password', async () => {
      const url = new URL(old.url.value);
      url.password ||= 'hidden-password';
      const report = await importInto(test.context, url.toString());
      expect(report.source).toContain(url.hostname);
      expect(JSON.stringify(report)).not.toContain(url.password);
    });

    it('says what to do when it is no database of the old system, or none at all', async () => {
      await expect(importInto(test.context, old.url.withDatabase('postgres').value)).rejects.toThrow(
        'no table users_user',
      );
      await expect(importInto(test.context, 'postgres://nobody@127.0.0.1:1/none')).rejects.toThrow(
        'Cannot read database postgres://nobody@127.0.0.1:1/none',
      );
    });
  });
});
