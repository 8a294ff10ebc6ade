import {
  oldAddress,
  oldCluster,
  type OldDatabase,
  oldId,
  oldMembership,
  oldOrganization,
  oldRequest,
  oldUser,
  smallDatabase,
} from '../../../test/support/legacy-dump.js';
import { type LegacyTable } from '../source/legacy-source.js';
import { ImportJournal } from './import-journal.js';
import { type ImportPlan } from './import-plan.js';
import { planImport, type PlanContext } from './plan-import.js';

const NOW = new Date('2026-11-24T00:00:00Z');

interface Outcome {
  plan: ImportPlan | null;
  journal: ImportJournal;
  /** All messages of one severity. */
  said: (severity: 'refuse' | 'warn' | 'info') => string;
  /** Reasons why rows of a table stay behind. */
  left: (table: string) => string[];
}

function importing(database: OldDatabase, over: Partial<PlanContext['options']> = {}): Outcome {
  const tables = Object.entries(database).map(([name, rows]): LegacyTable => ({
    name,
    columns: Object.keys(rows[0] ?? {}),
    rowCount: rows.length,
    rows,
  }));
  const options = {
    target: 'aws' as const,
    organizationNames: new Map(),
    usernames: new Map(),
    ignored: new Set<string>(),
    ...over,
  };
  const journal = new ImportJournal();
  const plan = planImport(tables, { options, now: NOW, isSigned: (token) => token === 'ours' }, journal);
  const said: Outcome['said'] = (severity) =>
    journal.findings
      .filter((finding) => finding.severity === severity)
      .map(({ message }) => message)
      .join('\n');
  const left: Outcome['left'] = (table) =>
    journal
      .sourceCounts()
      .find((count) => count.table === table)
      ?.skipped.map(({ reason }) => reason) ?? [];
  return { plan, journal, said, left };
}

/** The small database with other rows in some tables. */
const importingWith = (over: OldDatabase, options: Partial<PlanContext['options']> = {}): Outcome =>
  importing({ ...smallDatabase(), ...over }, options);

describe('planImport', () => {
  it('takes a small database over without a complaint', () => {
    const { plan, said } = importing(smallDatabase());
    expect(said('refuse') + said('warn')).toBe('');
    expect(plan).toMatchObject({
      groups: [{ name: 'PS_Developer' }],
      users: [{ id: 5, email: 'olga@example.org', requires_verified_email: false }, { id: 7 }],
      userGroups: [{ user_id: 7, group: 'PS_Developer' }],
      organizations: [{ id: oldId(1), name: 'lab', target: 'aws' }],
      memberships: [
        { user_id: 5, role: 'owner', status: 'active' },
        { user_id: 7, role: 'member', status: 'active' },
      ],
      capacityRequests: [{ user_id: 7, node_count: 3, expires_at: '2030-01-01T00:00:00.000Z' }],
      balances: [{ organization_id: oldId(1), amount: '12.34' }],
    });
  });

  it('makes the same of the same rows, with the same ids', () => {
    expect(importing(smallDatabase()).plan).toEqual(importing(smallDatabase()).plan);
  });

  it('accounts for every row', () => {
    const { journal } = importing(smallDatabase());
    const read = Object.fromEntries(journal.sourceCounts().map((count) => [count.table, count.read]));
    expect(read).toMatchObject(
      Object.fromEntries(Object.entries(smallDatabase()).map(([name, rows]) => [name, rows.length])),
    );
    journal.read('users_user', 1);
    expect(() => journal.sourceCounts()).toThrow('accounted for');
  });
});

describe('the schema', () => {
  it.each<[string, OldDatabase, string]>([
    ['a table that is unknown and has rows', { invoices: [{ id: '1' }] }, '--ignore invoices'],
    ['a column that is unknown', { users_user: [oldUser(1, 'ann', { badge: 'x' })] }, '--ignore users_user.badge'],
    ['a column that is missing', { users_user: [{ id: '1', username: 'ann' }] }, 'Columns are missing: password'],
  ])('refuses %s', (_, over, advice) => {
    const { plan, said } = importingWith(over);
    expect(plan).toBeNull();
    expect(said('refuse')).toContain(advice);
  });

  it('leaves behind what is to be ignored, and says so', () => {
    const over = {
      invoices: [{ id: '1' }],
      users_user: [oldUser(5, 'olga', { badge: 'x' }), oldUser(7, 'ivan', { badge: 'y' })],
    };
    const { plan, said } = importingWith(over, { ignored: new Set(['invoices', 'users_user.badge']) });
    expect(plan?.users).toHaveLength(2);
    expect(said('warn')).toContain('1 row stays behind: the table is unknown');
    expect(said('info')).toContain('stay behind: badge');
  });

  it('refuses to ignore what is not there, or what is imported', () => {
    const { said } = importingWith({}, { ignored: new Set(['invoicez', 'users_user']) });
    expect(said('refuse')).toContain('no such table');
    expect(said('refuse')).toContain('cannot be ignored');
  });

  it('refuses another database', () => {
    expect(importing({ films: [] }).said('refuse')).toContain('not (all of) a database of the old system');
  });

  it('names what stays behind with its number of rows', () => {
    const { said } = importingWith({
      users_pscmdqueueresult: [{ id: '1' }, { id: '2' }],
      users_ownerpscmd: [{ id: '1' }],
      oauth2_provider_application: [{ id: '1' }],
      oauth2_provider_grant: [],
    });
    expect(said('info')).toContain('2 rows stay behind: outputs of earlier commands');
    expect(said('warn')).toContain('1 row stays behind: commands of owners');
    expect(said('warn')).toContain('1 row stays behind: OAuth applications');
    expect(said('info')).not.toContain('0 rows');
  });
});

describe('users', () => {
  it('refuses names the new rule does not have, and names that differ by letter case only', () => {
    const { said } = importingWith({ users_user: [oldUser(5, 'olga'), oldUser(7, 'OLGA'), oldUser(8, 'a b')] });
    expect(said('refuse')).toContain('"OLGA" is that of 5 too');
    expect(said('refuse')).toContain('--rename-user "8=new-name"');
  });

  it('gives other names by name or id', () => {
    const usernames = new Map([
      ['a b', 'ab'],
      ['7', 'olga2'],
    ]);
    const users_user = [oldUser(5, 'olga'), oldUser(7, 'OLGA'), oldUser(8, 'a b')];
    const { plan, said } = importingWith({ users_user }, { usernames });
    expect(said('refuse')).toBe('');
    expect(plan?.users.map(({ username }) => username)).toEqual(['olga', 'olga2', 'ab']);
  });

  it.each([
    ['nobody', 'nobody=x', 'no user "nobody"'],
    ['a new name that is not allowed', '7=a b', 'not allowed'],
    ['a new name that is taken', '7=Olga', 'that of 5 too'],
  ])('refuses to rename %s', (_, pair, problem) => {
    const [from = '', to = ''] = pair.split('=');
    expect(importingWith({}, { usernames: new Map([[from, to]]) }).said('refuse')).toContain(problem);
  });

  it.each<[string, OldDatabase['x'][number], 'info' | 'warn']>([
    ['no password', { password: '!abc' }, 'info'],
    ['an unknown hash', { password: 'argon2$argon2id$v=19$x' }, 'warn'],
    ['a broken hash', { password: 'pbkdf2_sha256$0$salt$x' }, 'warn'],
  ])('takes over a user with %s, and says so', (_, over, severity) => {
    const { plan, said } = importingWith({ users_user: [oldUser(5, 'olga', over), oldUser(7, 'ivan')] });
    expect(plan?.users[0]?.password_hash).toBe(over.password);
    expect(said(severity)).toContain('olga');
  });

  it.each([
    ['an id too large', { id: '2147483648' }, 'Ids of users are 1 to'],
    ['a flag that is neither true nor false', { is_active: 'maybe' }, 'is_active should be true or false'],
    ['a date that is none', { date_joined: 'yesterday' }, 'date_joined should be an instant'],
    ['no name', { username: null }, 'username should be a text, and it is NULL'],
  ])('refuses %s', (_, over, problem) => {
    const { said, left } = importingWith({
      users_user: [oldUser(5, 'olga'), oldUser(7, 'ivan'), oldUser(9, 'x', over)],
    });
    expect(said('refuse')).toContain(problem);
    expect(left('users_user')).toHaveLength(1);
  });
});

describe('e-mail addresses', () => {
  it('takes the marked address as the primary one, not that of the profile', () => {
    const { plan, said } = importingWith({
      users_user: [oldUser(5, 'olga', { email: 'new@example.org' }), oldUser(7, 'ivan')],
      account_emailaddress: [
        oldAddress(1, 5, 'second@example.org', { primary: 'f', verified: 'f' }),
        oldAddress(2, 5, 'olga@example.org'),
        oldAddress(3, 7, 'ivan@example.org'),
      ],
    });
    expect(plan?.users[0]?.email).toBe('olga@example.org');
    expect(plan?.emailAddresses.filter(({ user_id }) => user_id === 5)).toMatchObject([
      { email: 'second@example.org', is_primary: false, verified_at: null },
      { email: 'olga@example.org', is_primary: true, verified_at: plan?.users[0]?.created_at },
      { email: 'new@example.org', is_primary: false, verified_at: null },
    ]);
    expect(said('warn')).toContain('The profile of olga has another address');
  });

  it('lets only those who registered and proved nothing wait for a proof', () => {
    const { plan } = importingWith({
      account_emailaddress: [oldAddress(1, 5, 'olga@example.org', { verified: 'f' })],
    });
    expect(plan?.users.map(({ requires_verified_email }) => requires_verified_email)).toEqual([true, false]);
    expect(plan?.emailAddresses[1]).toMatchObject({ user_id: 7, is_primary: true, verified_at: null });
  });

  it('lets the active account keep an address that two have proved', () => {
    const { plan, said } = importingWith({
      users_user: [oldUser(5, 'olga', { is_active: 'f', email: '' }), oldUser(7, 'ivan', { email: '' })],
      account_emailaddress: [oldAddress(1, 5, 'Same@example.org'), oldAddress(2, 7, 'same@example.org')],
    });
    expect(plan?.emailAddresses.map(({ verified_at }) => verified_at !== null)).toEqual([false, true]);
    expect(plan?.users.map(({ requires_verified_email }) => requires_verified_email)).toEqual([false, false]);
    expect(said('warn')).toContain('only 7 keeps it');
  });

  it('merges the same address in two spellings, and leaves behind what is none', () => {
    const { plan, left } = importingWith({
      account_emailaddress: [
        oldAddress(1, 5, 'OLGA@example.org', { verified: 'f', primary: 'f' }),
        oldAddress(2, 5, 'olga@example.org'),
        oldAddress(3, 7, 'nobody'),
        oldAddress(4, 99, 'x@example.org'),
      ],
    });
    expect(plan?.emailAddresses.filter(({ user_id }) => user_id === 5)).toMatchObject([
      { email: 'OLGA@example.org', is_primary: true },
    ]);
    expect(left('account_emailaddress')).toEqual([
      'merged with the same address of the same user',
      'no e-mail address',
      'the user is not there',
    ]);
  });

  it('warns of a username that is the address of somebody else', () => {
    const { said } = importingWith({
      users_user: [oldUser(5, 'boss@example.org', { email: 'olga@example.org' }), oldUser(7, 'ivan')],
    });
    expect(said('warn')).toContain('boss@example.org is an e-mail address that is not one of the account');
  });
});

describe('organizations', () => {
  it('fills what an older schema lacks with what is usual', () => {
    const { plan } = importing(smallDatabase());
    expect(plan?.organizations[0]).toMatchObject({
      ...{ cluster_version: 'latest', is_public: false, min_nodes: 0, max_nodes: 10, admin_max_nodes: 10 },
      ...{ allow_deploy_by_token: true, destroy_when_idle: true, provisioning_suspended: false },
      ...{ node_configuration: null, availability_zone: 'us-west-2c', spot_max_price: '0.1700' },
      ...{ contact_name: 'support team', contact_email: null, spot_allocation_strategy: 'lowest-price' },
    });
  });

  it('takes over every setting', () => {
    const settings = {
      ...{
        version: 'v3',
        is_public: 't',
        min_node_cap: '1',
        max_node_cap: '8',
        admin_max_node_cap: '20',
        asg_cfg: 'arm',
      },
      ...{
        allow_deploy_by_token: 'f',
        destroy_when_no_nodes: 'f',
        provisioning_suspended: 't',
        spot_max_price: '0.21',
      },
      ...{ spot_allocation_strategy: 'capacity-optimized', availability_zone: 'us-west-2d' },
      ...{
        point_of_contact_name: 'Olga',
        email: 'lab@example.org',
        max_allowance: '5000.00',
        monthly_allowance: '500.00',
      },
    };
    const { plan, said } = importingWith({
      users_orgaccount: [oldOrganization(1, 'lab', { owner_id: '5', ...settings })],
    });
    expect(said('warn')).toBe('');
    expect(plan?.organizations[0]).toMatchObject({
      ...{
        cluster_version: 'v3',
        is_public: true,
        min_nodes: 1,
        max_nodes: 8,
        admin_max_nodes: 20,
        node_configuration: 'arm',
      },
      ...{
        allow_deploy_by_token: false,
        destroy_when_idle: false,
        provisioning_suspended: true,
        spot_max_price: '0.2100',
      },
      ...{ spot_allocation_strategy: 'capacity-optimized', availability_zone: 'us-west-2d' },
      ...{
        contact_name: 'Olga',
        contact_email: 'lab@example.org',
        max_allowance: '5000.00',
        monthly_allowance: '500.00',
      },
    });
  });

  it.each(['unselected', 'None', ''])('takes the node configuration "%s" for the usual nodes', (asg_cfg) => {
    const { plan } = importingWith({ users_orgaccount: [oldOrganization(1, 'lab', { owner_id: '5', asg_cfg })] });
    expect(plan?.organizations[0]?.node_configuration).toBeNull();
  });

  it.each(['Alpha dup?', '../../x y', 'uninitialized', '-lab', '', 'x'.repeat(64)])('refuses the name "%s"', (name) => {
    expect(importingWith({ users_orgaccount: [oldOrganization(1, name)] }).said('refuse')).toContain('--rename "');
  });

  it('refuses names that are there twice, and resolves them by id only', () => {
    const users_orgaccount = [
      oldOrganization(1, 'lab', { owner_id: '5' }),
      oldOrganization(2, 'Lab', { owner_id: '5' }),
      oldOrganization(3, 'lab', { owner_id: '5' }),
    ];
    expect(importingWith({ users_orgaccount }).said('refuse').split('\n')).toHaveLength(2);
    expect(
      importingWith({ users_orgaccount }, { organizationNames: new Map([['lab', 'x']]) }).said('refuse'),
    ).toContain('give the id instead');
    const organizationNames = new Map([
      [oldId(2), 'lab-2'],
      [oldId(3), 'lab-3'],
    ]);
    const { plan, said } = importingWith({ users_orgaccount }, { organizationNames });
    expect(said('refuse')).toBe('');
    expect(plan?.organizations.map(({ name }) => name)).toEqual(['lab', 'lab-2', 'lab-3']);
  });

  it.each([
    ['a spot price of nothing', { spot_max_price: '0' }, 'spot_max_price should be more than 0'],
    ['an unknown strategy', { spot_allocation_strategy: 'cheap' }, 'spot_allocation_strategy should be one of'],
    ['too many nodes', { max_node_cap: '1001' }, 'max_node_cap should be 0 to 1000'],
    ['a balance that is no number', { balance: 'NaN' }, 'balance should be a number'],
  ])('refuses %s', (_, over, problem) => {
    expect(importingWith({ users_orgaccount: [oldOrganization(1, 'lab', over)] }).said('refuse')).toContain(problem);
  });

  it.each([
    ['no owner', {}, 'has no owner'],
    ['contradicting limits', { owner_id: '5', min_node_cap: '9', max_node_cap: '8' }, 'limits contradict'],
    ['an unknown zone', { owner_id: '5', availability_zone: 'moon-1a' }, 'moon-1a'],
    ['prices of its own', { owner_id: '5', node_fixed_cost: '0.5' }, 'node_fixed_cost is 0.5, not 0.226'],
    ['an owner who is gone', { owner_id: '99' }, 'its owner, user 99, is not there'],
  ])('takes over one with %s, with a warning', (_, over, warning) => {
    const { plan, said } = importingWith({ users_orgaccount: [oldOrganization(1, 'lab', over)] });
    expect(plan?.organizations).toHaveLength(1);
    expect(said('refuse')).toBe('');
    expect(said('warn')).toContain(warning);
  });

  it('remembers values that have no place here', () => {
    const over = { owner_id: '5', fytd_accrued_cost: '77.70', most_recent_charge_time: '2026-11-23 00:00:00+00' };
    const { plan } = importingWith({ users_orgaccount: [oldOrganization(1, 'lab', over)] });
    expect(plan?.remembered.get(oldId(1))).toMatchObject({
      fytd_accrued_cost: '77.70',
      most_recent_charge_time: '2026-11-23 00:00:00+00',
    });
  });
});

describe('groups', () => {
  it('makes owners of the members of <organization>_Admin, whatever their membership was', () => {
    const { plan, said, left } = importingWith({
      users_user: [oldUser(5, 'olga'), oldUser(7, 'ivan'), oldUser(8, 'eve')],
      auth_group: [
        { id: '1', name: 'lab_Admin' },
        { id: '2', name: 'gone_Admin' },
      ],
      users_user_groups: [
        { id: '1', user_id: '7', group_id: '1' },
        { id: '2', user_id: '8', group_id: '1' },
      ],
      users_membership: [oldMembership(2, 1, 7, { active: 'f' })],
    });
    expect(plan?.memberships.map(({ user_id, role, status }) => [user_id, role, status])).toEqual([
      [7, 'owner', 'active'],
      [5, 'owner', 'active'],
      [8, 'owner', 'active'],
    ]);
    expect(plan?.groups).toEqual([{ name: 'gone_Admin' }]);
    expect(plan?.userGroups).toEqual([]);
    expect(said('info')).toContain('members of lab_Admin become owners');
    expect(said('warn')).toContain('ivan manages lab and had a membership that was pending');
    expect(said('warn')).toContain('eve manages lab and had no membership');
    expect(said('warn')).toContain('no organization for the group gone_Admin');
    expect(left('auth_group')).toEqual(['became ownership of an organization']);
  });

  it('finds the organization by its old name when it gets another', () => {
    const over = {
      users_orgaccount: [oldOrganization(1, 'a b', { owner_id: '5' })],
      auth_group: [{ id: '1', name: 'a b_Admin' }],
      users_user_groups: [{ id: '1', user_id: '7', group_id: '1' }],
    };
    const { plan } = importingWith(over, { organizationNames: new Map([['a b', 'ab']]) });
    expect(plan?.memberships.find(({ user_id }) => user_id === 7)).toMatchObject({ role: 'owner' });
  });
});

describe('memberships', () => {
  it('keeps the active one of several, with its id', () => {
    const { plan, said, left } = importingWith({
      users_membership: [
        oldMembership(1, 1, 7, { active: 'f' }),
        oldMembership(2, 1, 7),
        oldMembership(3, 1, 7, { active: 'f' }),
      ],
    });
    expect(plan?.memberships.filter(({ user_id }) => user_id === 7)).toMatchObject([
      { id: oldId(1002), status: 'active' },
    ]);
    expect(left('users_membership')).toEqual(['merged with another one of the same user and organization']);
    expect(said('warn')).toContain('active is what counts');
  });

  it.each<[string, OldDatabase['x'][number], string]>([
    ['one nobody has touched', { active: 'f' }, 'pending'],
    ['one that was active once', { active: 'f', activation_date: '2026-05-01 00:00:00+00' }, 'inactive'],
    ['one that was changed since', { active: 'f', modified_date: '2026-05-01 00:00:00+00' }, 'inactive'],
    ['one of an older schema', { active: 'f', activation_date: null }, 'inactive'],
    ['an active one', {}, 'active'],
  ])('takes %s for what it is', (_, over, status) => {
    const { plan } = importingWith({ users_membership: [oldMembership(1, 1, 7, over)] });
    expect(plan?.memberships.find(({ user_id }) => user_id === 7)).toMatchObject({ status });
  });

  it('leaves behind those without user or organization, and says so', () => {
    const { said, left } = importingWith({
      users_membership: [oldMembership(1, 1, null), oldMembership(2, 1, 7, { org_id: null }), oldMembership(3, 9, 7)],
    });
    expect(left('users_membership')).toEqual([
      'without user or organization',
      'the user or the organization is not there',
    ]);
    expect(said('warn')).toContain('has no user');
  });

  it('warns of those whose end was asked for', () => {
    const { said } = importingWith({ users_membership: [oldMembership(1, 1, 7, { delete_requested: 't' })] });
    expect(said('warn')).toContain('User 7 asked for the end');
  });
});

describe('clusters', () => {
  const deployed = { is_deployed: 't', cur_nodes: '3', mgr_ip_address: '203.0.113.7/32', cur_version: 'v3' };

  it('takes over what is deployed, and whether it is public from its organization', () => {
    const { plan, said } = importingWith({
      users_orgaccount: [oldOrganization(1, 'lab', { owner_id: '5', is_public: 't' })],
      users_cluster: [oldCluster(1, deployed)],
    });
    expect(plan?.clusters).toMatchObject([
      {
        is_deployed: true,
        node_count: 3,
        desired_nodes: 3,
        address: '203.0.113.7',
        cluster_version: 'v3',
        is_public: true,
      },
    ]);
    expect(said('warn')).toContain('its cluster (3 nodes, 203.0.113.7) is deployed');
  });

  it('takes the node count of an older schema from the organization', () => {
    const { cur_nodes: _, cur_version: __, ...cluster } = oldCluster(1, { is_deployed: 't', cqro_id: null });
    const { plan } = importingWith({
      users_orgaccount: [oldOrganization(1, 'lab', { owner_id: '5', cur_nodes: '4', expire_time: null })],
      users_cluster: [cluster],
    });
    expect(plan?.clusters).toMatchObject([{ node_count: 4, cluster_version: null }]);
  });

  it('says nothing is there when nothing is', () => {
    const { plan } = importingWith({
      users_orgaccount: [oldOrganization(1, 'lab', { owner_id: '5', is_public: 't' })],
      users_cluster: [oldCluster(1, { cur_nodes: '3', mgr_ip_address: '203.0.113.7' })],
    });
    expect(plan?.clusters).toMatchObject([
      { is_deployed: false, node_count: 0, address: null, is_public: false, last_error: null },
    ]);
  });

  it('refuses while the old system changes one', () => {
    const { said } = importingWith({ users_cluster: [oldCluster(1, { active_ps_cmd: 'Update' })] });
    expect(said('refuse')).toContain('just doing Update');
  });
});

describe('requests for nodes', () => {
  it('takes over those that have not expired, to the second', () => {
    const { plan, left, said } = importingWith({
      users_orgnumnode: [
        oldRequest(1, 1, 7),
        oldRequest(2, 1, 7),
        oldRequest(3, 1, 7, { expiration: '2026-11-23 00:00:00+00' }),
        oldRequest(4, 1, 7, { expiration: '2026-11-24 00:00:00.9+00' }),
        oldRequest(5, 1, 7, { expiration: null }),
        oldRequest(6, 1, 7, { user_id: null }),
        oldRequest(7, 1, 99),
        oldRequest(8, 1, 7, { desired_num_nodes: '-1' }),
      ],
    });
    expect(plan?.capacityRequests.map(({ id }) => id)).toEqual([oldId(2001)]);
    expect(left('users_orgnumnode')).toEqual([
      'the same as another one',
      'expired',
      'without expiration',
      'without user or organization',
      'the user or the organization is not there',
      'for less than no nodes',
    ]);
    expect(said('warn')).toContain('without expiration');
    expect(said('warn')).not.toContain('expired');
  });

  it('knows the older name of the expiration', () => {
    const { expiration: _, ...request } = oldRequest(1, 1, 7, { show_expire_tm: '2030-01-01 02:00:00+02' });
    const { plan } = importingWith({ users_orgnumnode: [request] });
    expect(plan?.capacityRequests).toMatchObject([{ expires_at: '2030-01-01T00:00:00.000Z' }]);
  });
});

describe('tokens', () => {
  const token = (id: number, over: OldDatabase['x'][number] = {}): OldDatabase['x'][number] => ({
    id: String(id),
    token: 'theirs',
    created_at: null,
    expires_at: '2026-11-25 00:00:00+00',
    user_id: null,
    jti: `jti-${String(id)}`,
    ...over,
  });
  const blacklisted = (tokenId: number): OldDatabase['x'][number] => ({
    id: String(tokenId),
    blacklisted_at: '2026-11-23 00:00:00+00',
    token_id: String(tokenId),
  });

  it('takes over those that were given up and have not expired', () => {
    const { plan, left } = importingWith({
      token_blacklist_outstandingtoken: [
        token(1, { user_id: '7' }),
        token(2, { user_id: '99' }),
        token(3, { expires_at: '2026-11-24 00:00:00+00' }),
        token(4),
        token(5, { jti: 'x'.repeat(65) }),
      ],
      token_blacklist_blacklistedtoken: [1, 2, 3, 5, 6].map(blacklisted),
    });
    expect(plan?.revokedTokens).toMatchObject([
      { jti: 'jti-1', user_id: 7, reason: 'imported' },
      { jti: 'jti-2', user_id: null },
    ]);
    expect(left('token_blacklist_blacklistedtoken')).toEqual([
      'expired',
      'its id cannot be that of a token',
      'the token is not there',
    ]);
  });

  it.each([
    ['is that of the old system', [token(1, { token: 'ours' })], 'info', 'tokens stay valid'],
    ['is another one', [token(1)], 'warn', 'Set PS_JWT_SECRET'],
    ['cannot be compared', [], 'info', 'no token to compare'],
  ] as const)('says whether the secret %s', (_, tokens, severity, message) => {
    const stored = tokens.length > 0 ? { token_blacklist_outstandingtoken: [...tokens] } : {};
    expect(importingWith(stored as OldDatabase).said(severity)).toContain(message);
  });
});

describe('links to GitHub', () => {
  const link = (id: number, over: OldDatabase['x'][number] = {}): OldDatabase['x'][number] => ({
    id: String(id),
    provider: 'github',
    uid: String(500 + id),
    last_login: '2026-02-01 00:00:00+00',
    date_joined: '2026-01-01 00:00:00+00',
    extra_data: '{"id": 501, "login": "octo"}',
    user_id: '7',
    ...over,
  });

  it.each([
    ['JSON', '{"login": "octo"}'],
    ['JSON in a text, as older schemas have it', JSON.stringify('{"login": "octo"}')],
  ])('reads the login from %s', (_, extra_data) => {
    expect(
      importingWith({ socialaccount_socialaccount: [link(1, { extra_data })] }).plan?.socialAccounts,
    ).toMatchObject([{ user_id: 7, uid: '501', login: 'octo' }]);
  });

  it('takes one without a login, with a warning', () => {
    const { plan, said } = importingWith({ socialaccount_socialaccount: [link(1, { extra_data: '{}' })] });
    expect(plan?.socialAccounts).toMatchObject([{ uid: '501', login: '' }]);
    expect(said('warn')).toContain('has no login name');
  });

  it('keeps the one used last, and leaves other providers behind', () => {
    const { plan, left, said } = importingWith({
      socialaccount_socialaccount: [
        link(1),
        link(2, { last_login: '2026-03-01 00:00:00+00' }),
        link(3, { provider: 'google' }),
        link(4, { user_id: '99' }),
      ],
    });
    expect(plan?.socialAccounts).toMatchObject([{ uid: '502' }]);
    expect(left('socialaccount_socialaccount')).toEqual([
      'merged with another one of the same user',
      'of another provider',
      'the user is not there',
    ]);
    expect(said('warn')).toContain('linked with google');
  });
});
