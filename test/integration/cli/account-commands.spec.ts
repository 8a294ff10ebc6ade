import { AccountsModule } from '../../../src/accounts/accounts.module.js';
import { AuthModule } from '../../../src/auth/auth.module.js';
import { OrganizationsModule } from '../../../src/organizations/organizations.module.js';
import { UsersModule } from '../../../src/users/users.module.js';
import { UsersService } from '../../../src/users/users.service.js';
import { type Outcome, psctlIn } from '../../support/psctl-in-process.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';

const PASSWORD = 'correct horse battery';
const NEW_PASSWORD = 'staple battery horse';

let test: TestContext;
let users: UsersService;
beforeAll(async () => {
  test = await createTestContext({ imports: [UsersModule, OrganizationsModule, AccountsModule, AuthModule] });
  users = test.context.get(UsersService, { strict: false });
});
afterAll(() => test.close());

const psctl = (command: string[], input = ''): Promise<Outcome> => psctlIn(test.context, command, input);

async function json(command: string[], input?: string): Promise<unknown> {
  const { exitCode, stdout, stderr } = await psctl([...command, '--json'], input);
  if (exitCode !== 0) throw new Error(`psctl ${command.join(' ')} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout);
}

const audited = (subjectId: string | number) =>
  test.fixtures.query<{ actor: string; action: string; details: unknown }>(
    'SELECT actor, action, details FROM audit_events WHERE subject_id = $1 ORDER BY id',
    [String(subjectId)],
  );

describe('psctl create-user', () => {
  it('creates an account that can log in, with its groups', async () => {
    const command = ['create-user', '--username', 'dev', '--email', 'dev@example.org', '--staff', '--password-stdin'];
    const created = await json([...command, '--group', 'PS_Developer'], `${PASSWORD}\n`);
    expect(created).toMatchObject({
      username: 'dev',
      email: 'dev@example.org',
      isStaff: true,
      groups: ['PS_Developer'],
    });
    expect(await users.authenticate('dev', PASSWORD)).toMatchObject({ username: 'dev', isSuperuser: false });
    expect(await audited((created as { id: number }).id)).toMatchObject([
      { actor: 'system:psctl', action: 'user.created' },
    ]);
    const again = await psctl(command, PASSWORD);
    expect(again).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('exists already') as string,
    });
    const unknown = await psctl(
      [...command.with(2, 'other').with(4, 'other@example.org'), '--group', 'Nobody'],
      PASSWORD,
    );
    expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no group Nobody') as string });
  });

  it('takes a password from nowhere but a terminal or standard input', async () => {
    const command = ['create-user', '--username', 'ann', '--email', 'ann@example.org'];
    expect(await psctl(command)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--password-stdin') as string,
    });
    expect(await psctl([...command, '--password', PASSWORD])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await psctl(['create-user', '--username', 'ann'])).toMatchObject({ exitCode: 2 });
  });
});

describe('psctl changepassword', () => {
  it('sets the password on record, for whoever is named in any case', async () => {
    const user = await test.fixtures.user('forgetful');
    const command = ['changepassword', '--username', 'FORGETFUL', '--password-stdin'];
    expect(await json(command, NEW_PASSWORD)).toEqual({ id: user.id, username: 'forgetful' });
    expect(await users.authenticate('forgetful', NEW_PASSWORD)).toMatchObject({ id: user.id });
    expect(await audited(user.id)).toMatchObject([{ actor: 'system:psctl', action: 'user.password_set' }]);
    const weak = await psctl(command, 'password');
    expect(weak.exitCode).toBe(1);
    const nobody = await psctl(['changepassword', '--username', 'nobody', '--password-stdin', '--json'], NEW_PASSWORD);
    expect(JSON.parse(nobody.stderr)).toEqual({ error: expect.stringContaining('no user nobody') as string });
  });

  it('asks for nothing where nobody can answer', async () => {
    for (const rest of [[], ['--password-stdin'], ['--username', 'forgetful']])
      expect(await psctl(['changepassword', ...rest], NEW_PASSWORD)).toMatchObject({ exitCode: 2, stdout: '' });
  });
});

describe('psctl set-staff and add-to-group', () => {
  it('make somebody a developer and take it back, on record', async () => {
    const user = await test.fixtures.user('promoted');
    expect(await json(['set-staff', 'promoted'])).toEqual({ id: user.id, username: 'promoted', isStaff: true });
    expect(await json(['add-to-group', 'promoted', 'PS_Developer'])).toMatchObject({ groups: ['PS_Developer'] });
    expect((await users.getByUsername('promoted')).permissions).toContain('users.manage');
    const removed = await psctl(['add-to-group', 'promoted', 'PS_Developer', '--remove']);
    expect(removed).toMatchObject({ exitCode: 0, stdout: 'Groups of promoted: none\n' });
    expect((await psctl(['set-staff', 'promoted', '--off'])).stdout).toBe('promoted is no staff now.\n');
    const changes = (await audited(user.id)).map(({ actor, details }) => [actor, details]);
    expect(changes).toEqual([
      ['system:psctl', { before: { isStaff: false }, after: { isStaff: true } }],
      ['system:psctl', { before: { groups: [] }, after: { groups: ['PS_Developer'] } }],
      ['system:psctl', { before: { groups: ['PS_Developer'] }, after: { groups: [] } }],
      ['system:psctl', { before: { isStaff: true }, after: { isStaff: false } }],
    ]);
  });

  it('fail for somebody or something that is not there', async () => {
    await test.fixtures.user('lonely');
    expect(await psctl(['set-staff', 'nobody'])).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await psctl(['add-to-group', 'lonely', 'Nobody'])).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await psctl(['add-to-group', 'lonely'])).toMatchObject({ exitCode: 2, stdout: '' });
  });
});

describe('psctl create-org', () => {
  it('creates an organization with the settings that are given', async () => {
    const owner = await test.fixtures.user('owner');
    const given = ['--max-nodes', '20', '--admin-max-nodes', '30', '--no-destroy-when-idle', '--balance', '250.5'];
    const created = await json(['create-org', 'field-lab', '--owner', 'OWNER', ...given]);
    expect(created).toMatchObject({
      name: 'field-lab',
      target: 'local',
      maxNodes: 20,
      adminMaxNodes: 30,
      destroyWhenIdle: false,
      allowDeployByToken: true,
      isPublic: false,
    });
    const { id } = created as { id: string };
    expect(await audited(id)).toMatchObject([
      { actor: 'system:psctl', action: 'organization.created', details: { owner: 'owner', balance: '250.5' } },
    ]);
    const members = `SELECT user_id FROM memberships WHERE organization_id = $1 AND role = 'owner'`;
    expect(await test.fixtures.query(members, [id])).toEqual([{ user_id: owner.id }]);
    const entries = 'SELECT created_by FROM ledger_entries WHERE organization_id = $1';
    expect(await test.fixtures.query(entries, [id])).toEqual([{ created_by: 'system:psctl' }]);
    expect(await psctl(['create-org', 'FIELD-lab', '--owner', 'owner'])).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('says what is wrong with a setting', async () => {
    const wrong = await psctl(['create-org', '../etc', '--owner', 'owner', '--max-nodes', 'many', '--target', 'gcp']);
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    for (const name of ['name: ', 'maxNodes: ', 'target: ']) expect(wrong.stderr).toContain(name);
    expect(await psctl(['create-org', 'x-lab', '--owner', 'nobody'])).toMatchObject({ exitCode: 1, stdout: '' });
  });
});

it.each(['create-user', 'changepassword', 'set-staff', 'add-to-group', 'create-org'])(
  '%s --help shows examples',
  async (command) => {
    const { exitCode, stdout } = await psctl([command, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\\n.*psctl ${command} `));
  },
);
