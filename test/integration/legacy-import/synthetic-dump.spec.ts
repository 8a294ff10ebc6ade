import { readFileSync } from 'node:fs';
import { LegacyImportModule } from '../../../src/legacy-import/legacy-import.module.js';
import { UsersService } from '../../../src/users/users.service.js';
import { HttpHarness } from '../../support/http-harness.js';
import { describeWithSyntheticDump, SYNTHETIC_DUMP } from '../../support/legacy-dump.js';
import { importInto, liveDatabase, messages, written } from './support.js';

const SECRET = 'jwt-baseline-0123456789-0123456789-0123456789';
const NAMES = new Map([['Alpha dup?', 'alpha-dup']]);
/** The refresh token of Mixed.Case that is on the blacklist. */
const BLACKLISTED = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;
const DAY_MS = 86_400_000;

describeWithSyntheticDump('import of the newest old schema', () => {
  let http: HttpHarness;

  beforeAll(async () => {
    http = await HttpHarness.start({ environment: { PS_JWT_SECRET: SECRET }, imports: [LegacyImportModule] });
    http.clock.advance(Date.parse('2026-11-24T00:00:00Z') - http.clock.now().getTime());
  });
  afterAll(() => http.close());

  const refresh = (token: string) => http.call('POST', '/api/org_token/refresh/', { body: { refresh: token } });

  it('is refused for a name that is not allowed, and says how to resolve that', async () => {
    const before = await http.stored();
    const report = await importInto(http.app, SYNTHETIC_DUMP);
    expect(report.outcome).toBe('refused');
    expect(messages(report, 'refuse').split('\n')).toEqual([expect.stringContaining('"Alpha dup?" is not allowed')]);
    expect(await http.stored()).toBe(before);
  });

  it('takes over everything, once', async () => {
    const report = await importInto(http.app, SYNTHETIC_DUMP, { organizationNames: NAMES });
    expect(report.outcome).toBe('imported');
    expect(written(report)).toEqual({
      users: [8, 0],
      email_addresses: [9, 0],
      user_groups: [1, 0],
      organizations: [3, 0],
      memberships: [9, 0],
      clusters: [3, 0],
      capacity_requests: [2, 0],
      revoked_tokens: [1, 0],
      social_accounts: [1, 0],
      ledger_entries: [2, 0],
    });
    const before = await http.stored();
    expect(written(await importInto(http.app, SYNTHETIC_DUMP, { organizationNames: NAMES }))).toEqual({});
    expect(await http.stored()).toBe(before);
  });

  it('is the same from a running database', async () => {
    const old = await liveDatabase(readFileSync(SYNTHETIC_DUMP, 'utf8'));
    const before = await http.stored();
    const report = await importInto(http.app, old.url.value, { organizationNames: NAMES });
    expect(messages(report, 'refuse')).toBe('');
    expect(written(report)).toEqual({});
    expect(await http.stored()).toBe(before);
    await old.drop();
  });

  it('has the balances, settings and clusters', async () => {
    const found = await http.fixtures.query(
      `SELECT o.name, o.node_configuration, o.spot_max_price, o.availability_zone, c.is_deployed, c.node_count, c.address,
         (SELECT sum(amount)::text FROM ledger_entries l WHERE l.organization_id = o.id) AS balance
       FROM organizations o JOIN clusters c ON c.organization_id = o.id ORDER BY o.name`,
    );
    expect(found).toMatchObject([
      {
        name: 'Alpha',
        balance: '1234.5600',
        node_configuration: 'graviton3_spot',
        spot_max_price: '0.2100',
        is_deployed: true,
        node_count: 3,
        address: '203.0.113.7',
        availability_zone: 'us-west-2d',
      },
      { name: 'alpha-dup', balance: null, node_configuration: null, is_deployed: false },
      {
        name: 'beta-lab',
        balance: '-0.2500',
        node_configuration: null,
        is_deployed: false,
        node_count: 0,
        address: null,
      },
    ]);
  });

  it.each([
    ['admin', 'Admin-pass-1'],
    ['devon', 'Devon-pass-1'],
    ['olga', 'Olga-pass-1'],
    ['Mixed.Case', 'Mixed-pass-1'],
  ])('lets %s log in with the old password, and hashes it anew', async (username, password) => {
    const users = http.app.get(UsersService, { strict: false });
    expect(await users.authenticate(username, 'wrong')).toBeNull();
    expect(await users.authenticate(username, password)).toMatchObject({ username });
    const [row] = await http.fixtures.query<{ hash: string }>(
      'SELECT password_hash AS hash FROM users WHERE username = $1',
      [username],
    );
    expect(row!.hash).toMatch(/^\$argon2id\$/);
    expect(await users.authenticate(username, password)).toMatchObject({ username });
  });

  it.each([
    ['disabled', 'Dis-pass-1'],
    ['octo', ''],
  ])('lets %s not log in', async (username, password) => {
    expect(await http.app.get(UsersService, { strict: false }).authenticate(username, password)).toBeNull();
  });

  it('is still done after logins: nothing is undone', async () => {
    const before = await http.stored();
    expect(written(await importInto(http.app, SYNTHETIC_DUMP, { organizationNames: NAMES }))).toEqual({});
    expect(await http.stored()).toBe(before);
  });

  it('refuses the refresh token on the old blacklist, and accepts one that is not', async () => {
    const blacklisted = BLACKLISTED.exec(readFileSync(SYNTHETIC_DUMP, 'utf8'))![0];
    const now = http.clock.now().getTime();
    const claims = {
      token_type: 'refresh',
      exp: (now + DAY_MS) / 1000,
      iat: now / 1000,
      jti: '0'.repeat(32),
      org_name: 'Alpha',
      user_name: 'Mixed.Case',
      user_id: 4,
    };
    expect(await refresh(blacklisted)).toMatchObject({ status: 401, body: { detail: 'Token is blacklisted' } });
    expect(await refresh(http.forge(claims, { secret: SECRET }))).toMatchObject({ status: 200 });
    expect(await refresh(http.forge(claims, { secret: 'another secret of that length' }))).toMatchObject({
      status: 401,
    });
  });

  it('keeps ivan out, and lets devon administer', async () => {
    const members = await http.fixtures.query<{ username: string; role: string; status: string }>(
      `SELECT u.username, m.role, m.status FROM memberships m JOIN users u ON u.id = m.user_id
       JOIN organizations o ON o.id = m.organization_id WHERE o.name = 'Alpha' ORDER BY u.username`,
    );
    expect(Object.fromEntries(members.map(({ username, role, status }) => [username, `${status} ${role}`]))).toEqual({
      devon: 'active member',
      disabled: 'active member',
      ivan: 'pending member',
      'Mixed.Case': 'active member',
      octo: 'active member',
      olga: 'active owner',
    });
    const devon = await http.app.get(UsersService, { strict: false }).getByUsername('devon');
    expect(devon.permissions).toContain('organizations.manage');
  });
});
