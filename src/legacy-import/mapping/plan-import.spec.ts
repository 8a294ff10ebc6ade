import { type OldDatabase, oldId, oldUser, smallDatabase } from '../../../test/support/legacy-dump.js';
import { importing, importingWith } from '../../../test/support/legacy-plan.js';

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
