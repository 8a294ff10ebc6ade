import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { Fixtures } from '../support/fixtures.js';
import { dumpText, oldMembership, oldOrganization, oldUser, TemporaryFiles } from '../support/legacy-dump.js';
import { type Outcome, outcomeOf } from './support/process-outcome.js';

const SECRETS = {
  PS_JWT_SECRET: 'a-secret-for-this-test-only',
  PS_STATE_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
};

describe('psctl on a database', () => {
  let database: TestDatabase;
  let fixtures: Fixtures;
  const files = new TemporaryFiles();
  beforeAll(async () => {
    database = await createTestDatabase();
    fixtures = new Fixtures(database.url);
  });
  afterAll(async () => {
    files.remove();
    await fixtures.close();
    await database.drop();
  });

  const psctl = (command: string[], input?: string): Promise<Outcome> =>
    outcomeOf('psctl', { ...SECRETS, PS_DATABASE_URL: database.url.value }, command, input);
  const json = async (command: string[], input?: string): Promise<unknown> => {
    const { exitCode, stdout, stderr } = await psctl([...command, '--json'], input);
    if (exitCode !== 0) throw new Error(`psctl ${command.join(' ')} ended with ${String(exitCode)}: ${stderr}`);
    return JSON.parse(stdout);
  };

  it('switches provisioning off and on, for good and on record', async () => {
    expect(await json(['disable-provisioning'])).toEqual({ provisioningDisabled: true });
    expect(await json(['disable-provisioning'])).toEqual({ provisioningDisabled: true });
    const settings = await fixtures.query("SELECT value FROM settings WHERE name = 'provisioningDisabled'");
    expect(settings).toEqual([{ value: true }]);
    const { exitCode, stdout } = await psctl(['enable-provisioning']);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Provisioning is enabled.')]);
    const events = await fixtures.query(
      `SELECT actor, details->'after' AS after FROM audit_events WHERE action = 'setting.changed' ORDER BY id`,
    );
    expect(events).toEqual([true, false].map((after) => ({ actor: 'system:psctl', after })));
  });

  it('makes an empty database ready, and has nothing to do the second time', async () => {
    const empty = await createTestDatabase('empty');
    const init = (input?: string, more: string[] = []) =>
      outcomeOf('psctl', { ...SECRETS, PS_DATABASE_URL: empty.url.value }, ['init', '--json', ...more], input);
    try {
      const unattended = await init();
      expect(unattended).toMatchObject({ exitCode: 2, stdout: '' });
      expect(unattended.stderr).toContain('no terminal to ask for the password');
      const account = ['--username', 'root', '--email', 'root@example.org', '--password-stdin'];
      const first = await init('a long enough pass phrase\n', account);
      expect(first).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(first.stdout)).toMatchObject({ superuser: 'root', isCreated: true });
      expect(first.stdout).toContain('clusters.manage');
      const second = await init();
      expect(second).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(second.stdout)).toMatchObject({ applied: [], superuser: 'root', isCreated: false });
    } finally {
      await empty.drop();
    }
  });

  it('makes one superuser when two make the same database ready at once', async () => {
    const empty = await createTestDatabase('empty');
    const start = (name: string) => {
      const account = ['--username', name, '--email', `${name}@example.org`, '--password-stdin'];
      const environment = { ...SECRETS, PS_DATABASE_URL: empty.url.value };
      return outcomeOf('psctl', environment, ['init', '--json', ...account], 'a long enough pass phrase\n');
    };
    const others = new Fixtures(empty.url);
    try {
      const outcomes = await Promise.all([start('ann'), start('ben')]);
      expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      const found = await others.query('SELECT username FROM users WHERE is_superuser');
      expect(found).toHaveLength(1);
      const told = outcomes.map(({ stdout }) => (JSON.parse(stdout) as { superuser: string }).superuser);
      expect(told).toEqual([found[0]?.username, found[0]?.username]);
    } finally {
      await others.close();
      await empty.drop();
    }
  });

  it('lists organizations', async () => {
    const { id, name } = await fixtures.organization({ maxNodes: 7 });
    expect(await json(['list-orgs'])).toEqual([expect.objectContaining({ id, name, maxNodes: 7 })]);
    const { stdout } = await psctl(['list-orgs']);
    expect(stdout).toMatch(new RegExp(`^NAME .*\\n${name} +local +0 +7 +10 +${id}\\n$`));
  });

  it('takes over the catalogue from a copy of the old bucket, and lists it', async () => {
    const folder = join(files.path, 'versions');
    for (const version of ['v4.10.0', 'unstable']) mkdirSync(join(folder, version), { recursive: true });
    writeFileSync(join(folder, 'v4.10.0', 'sliderule-asg-gpu.tf.OPTION'), '');
    writeFileSync(join(folder, 'unstable', 'OrgsPermitted.json'), '["nowhere"]');
    const command = ['catalogue', 'import', '--directory', folder];
    const planned = await psctl(command);
    expect([planned.exitCode, planned.stdout]).toEqual([0, expect.stringContaining('Dry run: nothing was stored.')]);
    expect(planned.stdout).toMatch(/v4\.10\.0 +added +gpu +everybody\nunstable +added +- +nobody/);
    expect(await json([...command, '--apply'])).toMatchObject({ outcome: 'imported', onlyHere: ['latest'] });
    expect((await psctl([...command, '--apply'])).stdout).toContain('Nothing to do');
    const versions = (await json(['versions', 'list'])) as { name: string }[];
    expect(versions.map(({ name }) => name)).toEqual(['latest', 'v4.10.0', 'unstable']);
    expect((await psctl(['versions', 'list'])).stdout).toMatch(/^VERSION .*\nlatest +yes +\d+ +graviton3_spot, /);
    const wrong = await psctl(['catalogue', 'import']);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('either --directory')]);
    const missing = await psctl(['catalogue', 'import', '--directory', '/nowhere/at/all']);
    expect([missing.exitCode, missing.stderr]).toEqual([1, expect.stringContaining('is no directory')]);
  });

  it('issues tokens for an active member and nobody else, and says so in the audit log', async () => {
    const [member, outsider] = [await fixtures.user('token-member'), await fixtures.user('token-outsider')];
    const organization = await fixtures.organization();
    await fixtures.query(
      `INSERT INTO memberships (id, organization_id, user_id, role, status)
       VALUES (gen_random_uuid(), $1, $2, 'member', 'active')`,
      [organization.id, member.id],
    );
    const issue = (username: string) => ['issue-token', '--username', username, '--org', organization.name];
    const { access } = (await json(issue(member.username))) as { access: string };
    const claims = JSON.parse(Buffer.from(access.split('.')[1]!, 'base64url').toString()) as unknown;
    expect(claims).toMatchObject({ token_type: 'access', org_name: organization.name, user_id: member.id });
    const refused = await psctl(issue(outsider.username));
    expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain(`is NOT a member of ${organization.name}`);
    const events = await fixtures.query(`SELECT actor, details->>'username' AS username FROM audit_events
      WHERE action = 'token.issued'`);
    expect(events).toEqual([{ actor: 'system:psctl', username: member.username }]);
  });

  it('takes over the old system, or says what stands in the way', async () => {
    const dump = (name: string): string =>
      files.write(
        dumpText({
          users_user: [oldUser(900, 'imported')],
          users_orgaccount: [oldOrganization(1, name)],
          users_membership: [oldMembership(1, 1, 900)],
        }),
      );
    const refused = await psctl(['import-legacy', '--from', dump('a b=c')]);
    expect([refused.exitCode, refused.stderr]).toEqual([1, '']);
    expect(refused.stdout).toMatch(
      /Refused, because:\n {2}users_orgaccount .*"a b=c" is not allowed[^]*nothing was stored/,
    );
    const renaming = ['import-legacy', '--from', dump('a b=c'), '--rename', 'a b=c=imported-lab'];
    expect(await json([...renaming, '--dry-run'])).toMatchObject({ outcome: 'dry_run' });
    expect(await json(renaming)).toMatchObject({ outcome: 'imported' });
    expect((await psctl(renaming)).stdout).toContain('Nothing to do');
    expect(await fixtures.query(`SELECT id FROM users WHERE username = 'imported'`)).toEqual([{ id: 900 }]);

    expect((await psctl(['import-legacy', '--from', 'x', '--rename', 'x'])).exitCode).toBe(2);
    expect((await psctl(['import-legacy', '--from', 'x', '--target', 'moon'])).exitCode).toBe(2);
    expect(await psctl(['import-legacy', '--from', `${files.path}/none`])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Check the path') as string,
    });
  });

  it('removes what has expired', async () => {
    await fixtures.query(
      `INSERT INTO revoked_tokens (jti, expires_at, reason) VALUES ('old', now() - interval '1 day', 'blacklisted')`,
    );
    expect(await json(['flush-expired-tokens'])).toMatchObject({ revoked_tokens: 1 });
  });

  it('lists every route with who may call it, without a database', async () => {
    const { exitCode, stdout } = await outcomeOf('psctl', SECRETS, ['show-urls']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^GET +\/admin\/audit-events +audit\.view +AdminAuditController\.list$/m);
    expect(stdout).toMatch(/^POST +\/api\/org_token\/ +as the old system +LegacyTokensController\.obtain$/m);
  });

  it('opens a prompt with the services, which awaits what it is told', async () => {
    await fixtures.user('shell-user');
    const { exitCode, stdout } = await psctl(
      ['shell'],
      '(await usersService.getByUsername("shell-user")).email\nservices\n',
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain("'shell-user@example.org'");
    expect(stdout).toContain("'organizationsService'");
  });

  it('says what failed on stderr, as JSON when asked, and with an exit code of its own for wrong usage', async () => {
    const unreachable = {
      ...SECRETS,
      PS_DATABASE_URL: 'postgres://ps:ps@127.0.0.1:1/ps',
      PS_DATABASE_CONNECT_TIMEOUT_SECONDS: '1',
    };
    const failed = await outcomeOf('psctl', unreachable, ['list-orgs', '--json']);
    expect(failed).toMatchObject({ exitCode: 1, stdout: '' });
    expect(JSON.parse(failed.stderr.trim().split('\n').at(-1)!)).toEqual({ error: expect.any(String) as string });
    expect(await psctl(['list-orgs', '--jsno'])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await psctl(['no-such-command'])).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
