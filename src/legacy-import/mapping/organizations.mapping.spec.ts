import {
  oldCluster,
  type OldDatabase,
  oldId,
  oldMembership,
  oldOrganization,
  oldRequest,
  oldUser,
  smallDatabase,
} from '../../../test/support/legacy-dump.js';
import { importing, importingWith } from '../../../test/support/legacy-plan.js';

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
