import { ClustersModule } from '../../../src/clusters/clusters.module.js';
import { OrganizationLifecycleService } from '../../../src/clusters/organization-lifecycle.service.js';
import { type OrganizationAccess } from '../../../src/common/access/actor.js';
import { OrganizationsModule } from '../../../src/organizations/organizations.module.js';
import { OrganizationsService } from '../../../src/organizations/organizations.service.js';
import { type NewOrganization, type SettingsChange } from '../../../src/organizations/organizations.types.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';
import { actor, audited, outcomes, ROOT } from './support.js';

describe('organizations', () => {
  let test: TestContext;
  let organizations: OrganizationsService;
  let lifecycle: OrganizationLifecycleService;
  let owner: { id: number; username: string };
  let counter = 0;

  beforeAll(async () => {
    test = await createTestContext({ imports: [OrganizationsModule, ClustersModule] });
    organizations = test.context.get(OrganizationsService, { strict: false });
    lifecycle = test.context.get(OrganizationLifecycleService, { strict: false });
    owner = await test.fixtures.user('olga');
  });
  afterAll(() => test.close());

  const create = (settings: SettingsChange = {}, rest: Partial<NewOrganization> = {}) =>
    organizations.create(
      { name: `lab-${(counter += 1)}`, owner: { ...owner, isActive: true }, settings, ...rest },
      ROOT,
    );
  const access = (organizationId: string, role: OrganizationAccess['role']): OrganizationAccess => ({
    organizationId,
    organizationName: 'lab',
    role,
  });

  it('are created with the defaults of the contract, an owner, and every active staff member who is no superuser', async () => {
    const staff = async (username: string, columns: string): Promise<void> => {
      await test.fixtures.user(username);
      await test.fixtures.query(`UPDATE users SET is_staff = true, ${columns} WHERE username = $1`, [username]);
    };
    await staff('dev', 'is_active = true');
    await staff('gone-dev', 'is_active = false');
    await staff('boss', 'is_superuser = true');
    const created = await create({ contactEmail: 'lab@example.org' });
    expect(created).toMatchObject({
      clusterVersion: 'latest',
      minNodes: 0,
      maxNodes: 10,
      adminMaxNodes: 10,
      contactName: 'support team',
      contactEmail: 'lab@example.org',
      maxAllowance: '0.0000',
      nodeConfiguration: null,
      availabilityZone: 'us-west-2c',
      spotMaxPrice: '0.1700',
      spotAllocationStrategy: 'lowest-price',
    });
    const members = await test.fixtures.query(
      `SELECT u.username, m.role, m.status, m.activated_at IS NOT NULL AS dated FROM memberships m
       JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1 ORDER BY 1`,
      [created.id],
    );
    expect(members).toEqual([
      { username: 'dev', role: 'member', status: 'active', dated: true },
      { username: 'olga', role: 'owner', status: 'active', dated: true },
    ]);
    await test.fixtures.query('UPDATE users SET is_staff = false');
    expect(await audited(test, created.id)).toMatchObject([
      { actor: 'user:root', action: 'organization.created', details: { owner: 'olga', balance: '0' } },
    ]);
  });

  it('get no more nodes by default than administrators allow', async () => {
    await expect(create({ adminMaxNodes: 4 })).resolves.toMatchObject({ maxNodes: 4, adminMaxNodes: 4 });
    await expect(create({ adminMaxNodes: 40 })).resolves.toMatchObject({ maxNodes: 10, adminMaxNodes: 40 });
    await expect(create({ adminMaxNodes: 4, maxNodes: 5 })).rejects.toMatchObject({
      code: 'organizations.invalid_limits',
    });
  });

  it('cannot share a name, whatever its letter case, and a refused one leaves nothing', async () => {
    await create({}, { name: 'Twin' });
    const before = await test.fixtures.query('SELECT count(*) FROM memberships');
    await expect(create({}, { name: 'tWIN', balance: '5' })).rejects.toMatchObject({
      code: 'organizations.name_taken',
    });
    expect(await test.fixtures.query('SELECT count(*) FROM memberships')).toEqual(before);
  });

  it('cannot be owned by a disabled account', async () => {
    await expect(create({}, { owner: { ...owner, isActive: false } })).rejects.toMatchObject({
      code: 'organizations.owner_inactive',
    });
  });

  it.each([
    ['1250.5', '1250.5000', 1],
    ['-3.0001', '-3.0001', 1],
    ['0.00', '0.0000', 0],
    ['99999999.9999', '99999999.9999', 1],
  ])('open with a balance of %s, to the last digit', async (balance, expected, entries) => {
    const { id } = await create({}, { balance });
    await expect(organizations.balance(id)).resolves.toBe(expected);
    const stored = await test.fixtures.query('SELECT kind, created_by FROM ledger_entries WHERE organization_id = $1', [
      id,
    ]);
    expect(stored).toEqual(Array.from({ length: entries }, () => ({ kind: 'opening', created_by: 'user:root' })));
  });

  it('have a balance that is the exact sum of a ledger nobody can rewrite', async () => {
    const { id } = await create({}, { balance: '0.1' });
    const add = (kind: string, amount: string) =>
      test.fixtures.query(
        `INSERT INTO ledger_entries (organization_id, occurred_at, kind, amount, description, created_by)
         VALUES ($1, now(), $2, $3, 'test', 'system:test')`,
        [id, kind, amount],
      );
    await add('credit', '0.2');
    await add('charge', '-0.3001');
    await expect(organizations.balance(id)).resolves.toBe('-0.0001');
    await expect(add('opening', '9')).rejects.toThrow('uq_ledger_entries_opening');
    await expect(test.fixtures.query('UPDATE ledger_entries SET amount = 0')).rejects.toThrow('append only');
    await expect(test.fixtures.query('DELETE FROM ledger_entries')).rejects.toThrow('append only');
    await expect(organizations.balance(id)).resolves.toBe('-0.0001');
  });

  it('change what is given only, and record both sides', async () => {
    const { id } = await create({ contactEmail: 'a@example.org', nodeConfiguration: 't4g_large' });
    const change = { minNodes: 2, maxNodes: undefined, nodeConfiguration: null, spotMaxPrice: '0.5' };
    const updated = await lifecycle.update(access(id, 'owner'), change, actor(owner));
    expect(updated).toMatchObject({
      minNodes: 2,
      maxNodes: 10,
      contactEmail: 'a@example.org',
      nodeConfiguration: null,
      spotMaxPrice: '0.5000',
    });
    expect((await audited(test, id)).at(-1)).toEqual({
      actor: 'user:olga',
      action: 'organization.updated',
      details: {
        before: { minNodes: 0, nodeConfiguration: 't4g_large', spotMaxPrice: '0.1700' },
        after: { minNodes: 2, nodeConfiguration: null, spotMaxPrice: '0.5000' },
      },
    });
  });

  it.each([
    [{ minNodes: 11 }, /minNodes \(11\) must not exceed maxNodes \(10\)/],
    [{ maxNodes: 11 }, /maxNodes \(11\) must not exceed adminMaxNodes \(10\)/],
  ])('refuse the limits %j', async (change, message) => {
    const { id } = await create();
    await expect(lifecycle.update(access(id, 'owner'), change, actor(owner))).rejects.toThrow(message);
    await expect(organizations.get(id)).resolves.toMatchObject({ minNodes: 0, maxNodes: 10 });
  });

  it('keep their limits in order when two changes that do not fit together arrive at once', async () => {
    const { id } = await create();
    for (let round = 0; round < 10; round += 1) {
      await organizations.update(id, { minNodes: 0, maxNodes: 10 }, ROOT);
      const results = await Promise.allSettled([
        organizations.update(id, { minNodes: 8 }, ROOT),
        organizations.update(id, { maxNodes: 5 }, ROOT),
      ]);
      expect(outcomes(results)).toEqual({ succeeded: 1, codes: ['organizations.invalid_limits'] });
    }
  });

  it.each([
    { target: 'aws' } as const,
    { adminMaxNodes: 100 },
    { maxAllowance: '1' },
    { monthlyAllowance: '1', minNodes: 1 },
  ])('let administrators set %j, and nobody else', async (change) => {
    const { id } = await create();
    const manager = actor(owner, { permissions: ['organizations.manage'] });
    const refusal = { code: 'organizations.administrator_setting' };
    await expect(lifecycle.update(access(id, 'owner'), change, actor(owner))).rejects.toMatchObject(refusal);
    // A developer's token for one organization makes him its owner, not an administrator.
    await expect(lifecycle.update(access(id, 'owner'), change, manager)).rejects.toMatchObject(refusal);
    const viewer = actor(owner, { permissions: ['organization.configure'] });
    await expect(lifecycle.update(access(id, 'administrator'), change, viewer)).rejects.toMatchObject(refusal);
    await expect(organizations.get(id)).resolves.toMatchObject({ adminMaxNodes: 10, target: 'local', minNodes: 0 });
    await lifecycle.update(access(id, 'administrator'), change, manager);
    expect((await audited(test, id)).at(-1)).toMatchObject({ action: 'organization.updated' });
  });

  it('move to another target only while there is no cluster', async () => {
    const { id } = await create();
    await test.fixtures.query('INSERT INTO clusters (organization_id, is_deployed) VALUES ($1, true)', [id]);
    const move = (target: 'local' | 'aws') => lifecycle.update(access(id, 'administrator'), { target }, ROOT);
    await expect(move('aws')).rejects.toMatchObject({ code: 'clusters.deployed' });
    await expect(move('local')).resolves.toMatchObject({ target: 'local' });
    await test.fixtures.query('UPDATE clusters SET is_deployed = false WHERE organization_id = $1', [id]);
    await expect(move('aws')).resolves.toMatchObject({ target: 'aws' });
  });

  it('are found by part of the name in pages that neither repeat nor miss one', async () => {
    const names = ['Page-b', 'page-A', 'page-c%', 'xPAGE-d', 'page_e'].map((name) => name.replace('%', '2'));
    for (const name of names) await create({}, { name });
    const seen: string[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const page = await organizations.browse(owner.id, { search: 'pAgE-', after, limit: 2 });
      seen.push(...page.map(({ name }) => name));
      after = page.at(-1)?.name;
      if (page.length < 2) break;
    }
    expect(seen).toEqual(['page-A', 'Page-b', 'page-c2', 'xPAGE-d']);
    await expect(organizations.browse(owner.id, { search: '%', limit: 5 })).resolves.toEqual([]);
  });

  it('show owners by name and the membership of the account that asks', async () => {
    const { id, name } = await create({ isPublic: true });
    await test.fixtures.query(`UPDATE users SET first_name = 'Olga', last_name = 'Ott' WHERE id = $1`, [owner.id]);
    const [row] = await organizations.browse(owner.id, { search: name, limit: 1 });
    expect(row).toMatchObject({ id, isPublic: true, owners: ['Olga Ott'], membership: { role: 'owner' } });
    const stranger = await test.fixtures.user();
    const [seen] = await organizations.browse(stranger.id, { search: name, limit: 1 });
    expect(seen).toMatchObject({ id, owners: ['Olga Ott'], membership: null });
  });
});
