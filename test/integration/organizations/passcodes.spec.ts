import { OrganizationsModule } from '../../../src/organizations/organizations.module.js';
import { OwnMembershipsService } from '../../../src/organizations/own-memberships.service.js';
import { type NewPasscode, PasscodesService } from '../../../src/organizations/passcodes.service.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';
import { actor, audited, outcomes, ROOT } from './support.js';

describe('passcodes', () => {
  let test: TestContext;
  let passcodes: PasscodesService;
  let own: OwnMembershipsService;
  let organization: { id: string; name: string };

  beforeAll(async () => {
    test = await createTestContext({ imports: [OrganizationsModule] });
    passcodes = test.context.get(PasscodesService, { strict: false });
    own = test.context.get(OwnMembershipsService, { strict: false });
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    organization = await test.fixtures.organization();
  });

  const create = (input: Partial<NewPasscode> = {}) =>
    passcodes.create(organization.id, { role: 'member', expiresAt: null, maxUses: null, ...input }, ROOT);
  const join = async (code: string, user?: { id: number; username: string }) =>
    own.join(organization.name, code, actor(user ?? (await test.fixtures.user())));
  const uses = async (): Promise<number[]> =>
    (await passcodes.list(organization.id, 10)).map((passcode) => passcode.uses);
  const later = (seconds: number): Date => new Date(test.clock.now().getTime() + seconds * 1000);
  const rejected = { code: 'passcodes.rejected', httpStatus: 403 };

  it.each(['member', 'owner'] as const)('make whoever knows one an active %s at once', async (role) => {
    const { code, passcode } = await create({ role, maxUses: 5 });
    const user = await test.fixtures.user();
    await expect(join(code, user)).resolves.toMatchObject({
      role,
      status: 'active',
      activatedAt: test.clock.now(),
      organizationName: organization.name,
    });
    expect(await uses()).toEqual([1]);
    expect((await audited(test, organization.id)).at(-1)).toMatchObject({
      actor: `user:${user.username}`,
      action: 'membership.joined',
      details: { role, passcodeId: passcode.id },
    });
  });

  it('are stored as hashes only, and never recorded', async () => {
    const { code } = await create();
    const [{ stored } = { stored: '' }] = await test.fixtures.query<{ stored: string }>(
      `SELECT (SELECT json_agg(p)::text FROM organization_passcodes p) || (SELECT json_agg(a)::text FROM audit_events a) AS stored`,
    );
    expect(stored).toContain('passcode.created');
    expect(stored).not.toContain(code);
    expect(JSON.stringify(await passcodes.list(organization.id, 10))).not.toContain(code);
  });

  it('let in as many as they say when ten come at once', async () => {
    for (const maxUses of [1, 3]) {
      const { code, passcode } = await create({ maxUses });
      const users = await Promise.all(Array.from({ length: 10 }, () => test.fixtures.user()));
      const results = await Promise.allSettled(users.map((user) => join(code, user)));
      expect(outcomes(results)).toEqual({
        succeeded: maxUses,
        codes: Array(10 - maxUses).fill('passcodes.rejected'),
      });
      const [row] = await test.fixtures.query('SELECT uses FROM organization_passcodes WHERE id = $1', [passcode.id]);
      expect(row).toEqual({ uses: maxUses });
    }
  });

  it('are used once by somebody who comes with the same one many times at once', async () => {
    const { code } = await create();
    const user = await test.fixtures.user();
    const answers = await Promise.all(Array.from({ length: 5 }, () => join(code, user)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await uses()).toEqual([1]);
  });

  it('open nothing when mistyped, expired, revoked, or meant for another organization', async () => {
    const { code, passcode } = await create({ expiresAt: later(60) });
    await expect(join(`${code}x`)).rejects.toMatchObject(rejected);
    await expect(join('')).rejects.toMatchObject(rejected);
    const other = await test.fixtures.organization();
    await expect(own.join(other.name, code, actor(await test.fixtures.user()))).rejects.toMatchObject(rejected);
    test.clock.advance(59_000);
    await join(code);
    test.clock.advance(1000);
    await expect(join(code)).rejects.toMatchObject(rejected);
    const second = await create();
    await passcodes.revoke(organization.id, second.passcode.id, ROOT);
    await expect(join(second.code)).rejects.toMatchObject(rejected);
    expect(await uses()).toEqual([0, 1]);
    expect(passcode.uses).toBe(0);
  });

  it('accept a pending request, promote a member, and are not used up by those who gain nothing', async () => {
    const pending = await test.fixtures.member(organization.id, { status: 'pending' });
    const member = await test.fixtures.member(organization.id);
    const owner = await test.fixtures.member(organization.id, { role: 'owner' });
    const forMembers = await create({ maxUses: 2 });
    await expect(join(forMembers.code, pending)).resolves.toMatchObject({ id: pending.membershipId, status: 'active' });
    await expect(join(forMembers.code, member)).resolves.toMatchObject({ role: 'member' });
    await expect(join(forMembers.code, owner)).resolves.toMatchObject({ role: 'owner' });
    expect(await uses()).toEqual([1]);
    const forOwners = await create({ role: 'owner', maxUses: 2 });
    await expect(join(forOwners.code, member)).resolves.toMatchObject({ id: member.membershipId, role: 'owner' });
    await join(forOwners.code, owner);
    const used = (await passcodes.list(organization.id, 10)).find(({ id }) => id === forOwners.passcode.id);
    expect(used?.uses).toBe(1);
  });

  it('do not bring back somebody an owner has deactivated', async () => {
    const shutOut = await test.fixtures.member(organization.id, { status: 'inactive' });
    const { code } = await create({ role: 'owner', maxUses: 1 });
    await expect(join(code, shutOut)).rejects.toMatchObject({ code: 'memberships.deactivated' });
    expect(await uses()).toEqual([0]);
  });

  it('for owners must end by themselves, and none may have ended before it begins', async () => {
    await expect(create({ role: 'owner' })).rejects.toMatchObject({ code: 'passcodes.invalid' });
    await expect(create({ expiresAt: test.clock.now() })).rejects.toMatchObject({ code: 'passcodes.invalid' });
    await expect(create({ role: 'owner', expiresAt: later(1) })).resolves.toMatchObject({
      passcode: { role: 'owner', expiresAt: later(1), maxUses: null, uses: 0, createdBy: 'user:root', revokedAt: null },
    });
  });

  it('are revoked once, and not by another organization', async () => {
    const { passcode } = await create();
    const other = await test.fixtures.organization();
    await expect(passcodes.revoke(other.id, passcode.id, ROOT)).rejects.toMatchObject({ code: 'passcodes.not_found' });
    const revokedAt = test.clock.now();
    await expect(passcodes.revoke(organization.id, passcode.id, ROOT)).resolves.toMatchObject({ revokedAt });
    test.clock.advance(1000);
    await expect(passcodes.revoke(organization.id, passcode.id, ROOT)).resolves.toMatchObject({ revokedAt });
    expect((await audited(test, organization.id)).map(({ action }) => action)).toEqual([
      'passcode.created',
      'passcode.revoked',
    ]);
  });
});
