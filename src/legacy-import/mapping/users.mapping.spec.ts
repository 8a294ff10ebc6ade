import { oldAddress, type OldDatabase, oldUser } from '../../../test/support/legacy-dump.js';
import { importingWith } from '../../../test/support/legacy-plan.js';

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
