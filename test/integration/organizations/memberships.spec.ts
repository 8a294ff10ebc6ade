import { MembershipsService } from '../../../src/organizations/memberships.service.js';
import { OrganizationsModule } from '../../../src/organizations/organizations.module.js';
import { OwnMembershipsService } from '../../../src/organizations/own-memberships.service.js';
import { Mailbox } from '../../support/mailbox.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';
import { actor, audited, outcomes, ROOT } from './support.js';

type Member = Awaited<ReturnType<TestContext['fixtures']['member']>>;

describe('memberships', () => {
  let test: TestContext;
  let memberships: MembershipsService;
  let own: OwnMembershipsService;
  let mailbox: Mailbox;
  let organization: { id: string; name: string };
  let owner: Member;

  beforeAll(async () => {
    test = await createTestContext({ imports: [OrganizationsModule] });
    memberships = test.context.get(MembershipsService, { strict: false });
    own = test.context.get(OwnMembershipsService, { strict: false });
    mailbox = new Mailbox(test.context);
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    await mailbox.fetch();
    organization = await test.fixtures.organization();
    owner = await test.fixtures.member(organization.id, { role: 'owner' });
  });

  const member = (fixture?: Parameters<TestContext['fixtures']['member']>[1]) =>
    test.fixtures.member(organization.id, fixture);
  const update = (id: string, change: { role?: 'owner' | 'member'; status?: 'active' | 'inactive' }, by = ROOT) =>
    memberships.update(organization.id, { id, ...change }, by);
  const states = async (): Promise<string[]> =>
    (await memberships.list(organization.id)).map(({ userId, role, status }) => `${userId} ${role} ${status}`).sort();

  describe('asked for', () => {
    it('are pending, once, however often and at once one asks', async () => {
      const user = await test.fixtures.user();
      const answers = await Promise.all(Array.from({ length: 8 }, () => own.request(organization.name, actor(user))));
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
      expect(answers[0]).toMatchObject({ role: 'member', status: 'pending', activatedAt: null });
      expect((await audited(test, organization.id)).map(({ action }) => action)).toEqual(['membership.requested']);
    });

    it.each(['active', 'inactive'] as const)('by somebody who is %s change nothing', async (status) => {
      const { id, username, membershipId } = await member({ status });
      await expect(own.request(organization.name, actor({ id, username }))).resolves.toMatchObject({
        id: membershipId,
        status,
      });
      expect(await audited(test, organization.id)).toEqual([]);
    });

    it('in an organization that is not there are refused', async () => {
      await expect(own.request('nowhere', actor(owner))).rejects.toMatchObject({ code: 'organizations.not_found' });
    });

    it('become active with a date when an owner says so', async () => {
      const user = await member({ status: 'pending' });
      const now = test.clock.now();
      await expect(update(user.membershipId, { status: 'active' }, actor(owner))).resolves.toMatchObject({
        status: 'active',
        activatedAt: now,
      });
      test.clock.advance(1000);
      await expect(update(user.membershipId, { role: 'owner' })).resolves.toMatchObject({ activatedAt: now });
      await update(user.membershipId, { status: 'inactive' });
      await expect(update(user.membershipId, { status: 'active' })).resolves.toMatchObject({
        activatedAt: test.clock.now(),
      });
      expect((await audited(test, organization.id))[0]).toEqual({
        actor: `user:${owner.username}`,
        action: 'membership.updated',
        details: {
          userId: user.id,
          username: user.username,
          before: { role: 'member', status: 'pending' },
          after: { role: 'member', status: 'active' },
        },
      });
    });
  });

  describe('are told by mail', () => {
    const seen = async (): Promise<string[]> => (await mailbox.fetch()).map(({ kind, to }) => `${kind} ${to}`).sort();
    const address = ({ username }: { username: string }): string => `${username}@example.org`;

    it('to the owners who can act, when somebody asks, once in three minutes', async () => {
      const second = await member({ role: 'owner' });
      await member({ role: 'owner', status: 'inactive' });
      await member();
      const user = await test.fixtures.user();
      await own.request(organization.name, actor(user));
      const mails = await mailbox.fetch();
      expect(mails.map(({ to }) => to).sort()).toEqual([address(owner), address(second)].sort());
      expect(mails[0]).toMatchObject({
        subject: `[SlideRule] Membership Requested in ${organization.name}`,
        text: expect.stringContaining(`${user.username} asks to become a member`) as string,
      });
      await own.request(organization.name, actor(user));
      await own.request(organization.name, actor(await test.fixtures.user()));
      expect(await seen()).toEqual([]);
      test.clock.advance(180_000);
      await own.request(organization.name, actor(user));
      expect(await seen()).toEqual([]);
      await own.request(organization.name, actor(await test.fixtures.user()));
      expect(await seen()).toHaveLength(2);
    });

    it('to each member that becomes active, once', async () => {
      const [one, two, three] = [
        await member({ status: 'pending' }),
        await member({ status: 'inactive' }),
        await member(),
      ];
      const changes = [one, two, three].map(({ membershipId: id }) => ({ id, status: 'active' as const }));
      await memberships.updateAll(organization.id, changes, ROOT);
      const mails = await mailbox.fetch();
      expect(mails.map(({ to }) => to).sort()).toEqual([address(one), address(two)].sort());
      expect(mails[0]!.subject).toBe(`[SlideRule] Membership to ${organization.name}`);
      await memberships.updateAll(organization.id, changes, ROOT);
      await update(one.membershipId, { role: 'owner' });
      await update(two.membershipId, { status: 'inactive' });
      expect(await seen()).toEqual([]);
    });

    it('to somebody who is added, if active and not without an address', async () => {
      const [one, two, three] = [await test.fixtures.user(), await test.fixtures.user(), await test.fixtures.user()];
      await test.fixtures.query(`UPDATE users SET email = '' WHERE id = $1`, [two.id]);
      const add = (user: { id: number; username: string }, status: 'active' | 'pending'): Promise<unknown> =>
        memberships.add(organization.id, user, { role: 'member', status }, ROOT);
      await add(one, 'active');
      await add(two, 'active');
      await add(three, 'pending');
      expect(await seen()).toEqual([`membership_activated ${address(one)}`]);
    });

    it('not at all when the change was not made', async () => {
      const user = await member({ status: 'pending' });
      await expect(
        memberships.updateAll(
          organization.id,
          [
            { id: user.membershipId, status: 'active' },
            { id: owner.membershipId, role: 'member' },
          ],
          ROOT,
        ),
      ).rejects.toMatchObject({ code: 'memberships.last_owner' });
      expect(await seen()).toEqual([]);
    });
  });

  it('are changed by id, so people of the same name do not share an outcome', async () => {
    const [one, two] = [await member({ status: 'pending' }), await member({ status: 'pending' })];
    await test.fixtures.query(`UPDATE users SET first_name = 'Sam', last_name = 'Same' WHERE id IN ($1, $2)`, [
      one.id,
      two.id,
    ]);
    await update(one.membershipId, { status: 'active' });
    expect(await states()).toEqual(
      [`${owner.id} owner active`, `${one.id} member active`, `${two.id} member pending`].sort(),
    );
  });

  it('are changed together or not at all', async () => {
    const [one, two] = [await member({ status: 'pending' }), await member()];
    const before = await states();
    const changes = [
      { id: one.membershipId, status: 'active' as const },
      { id: two.membershipId, status: 'inactive' as const },
    ];
    const stranger = await test.fixtures.member((await test.fixtures.organization()).id);
    await expect(
      memberships.updateAll(organization.id, [...changes, { id: stranger.membershipId, role: 'owner' }], ROOT),
    ).rejects.toMatchObject({ code: 'memberships.not_found' });
    expect(await states()).toEqual(before);
    await memberships.updateAll(organization.id, changes, ROOT);
    expect(await states()).toEqual(
      [`${owner.id} owner active`, `${one.id} member active`, `${two.id} member inactive`].sort(),
    );
  });

  it('of another organization can be neither changed nor removed', async () => {
    const stranger = await test.fixtures.member((await test.fixtures.organization()).id);
    const refusal = { code: 'memberships.not_found' };
    await expect(update(stranger.membershipId, { status: 'inactive' })).rejects.toMatchObject(refusal);
    await expect(memberships.remove(organization.id, stranger.membershipId, ROOT)).rejects.toMatchObject(refusal);
    const [left] = await test.fixtures.query('SELECT status FROM memberships WHERE id = $1', [stranger.membershipId]);
    expect(left).toEqual({ status: 'active' });
  });

  it('that a change leaves as they are, are not recorded', async () => {
    await update(owner.membershipId, { role: 'owner', status: 'active' });
    expect(await audited(test, organization.id)).toEqual([]);
  });

  describe('of the last active owner', () => {
    const refusal = { code: 'memberships.last_owner', httpStatus: 409 };

    it('can be neither demoted, deactivated, removed nor left', async () => {
      await member({ role: 'owner', status: 'inactive' });
      await member({ role: 'owner', status: 'pending' });
      const disabled = await member({ role: 'owner' });
      await test.fixtures.query('UPDATE users SET is_active = false WHERE id = $1', [disabled.id]);
      const before = await states();
      await expect(update(owner.membershipId, { role: 'member' })).rejects.toMatchObject(refusal);
      await expect(update(owner.membershipId, { status: 'inactive' })).rejects.toMatchObject(refusal);
      await expect(memberships.remove(organization.id, owner.membershipId, ROOT)).rejects.toMatchObject(refusal);
      await expect(own.leave(organization.name, actor(owner))).rejects.toMatchObject(refusal);
      expect(await states()).toEqual(before);
      expect(await audited(test, organization.id)).toEqual([]);
    });

    it('can be handed over in one go', async () => {
      const heir = await member();
      await memberships.updateAll(
        organization.id,
        [
          { id: owner.membershipId, role: 'member' },
          { id: heir.membershipId, role: 'owner' },
        ],
        ROOT,
      );
      expect(await states()).toEqual([`${owner.id} member active`, `${heir.id} owner active`].sort());
    });

    it('survive two owners who demote, remove or leave at the same time', async () => {
      for (let round = 0; round < 10; round += 1) {
        organization = await test.fixtures.organization();
        owner = await test.fixtures.member(organization.id, { role: 'owner' });
        const second = await member({ role: 'owner' });
        const results = await Promise.allSettled(
          [
            () => [update(second.membershipId, { role: 'member' }), update(owner.membershipId, { role: 'member' })],
            () => [own.leave(organization.name, actor(owner)), own.leave(organization.name, actor(second))],
            () => [
              memberships.remove(organization.id, second.membershipId, ROOT),
              update(owner.membershipId, { status: 'inactive' }),
            ],
          ][round % 3]!(),
        );
        expect(outcomes(results)).toEqual({ succeeded: 1, codes: ['memberships.last_owner'] });
      }
    });

    it('stop nobody in an organization that had none before', async () => {
      await test.fixtures.query('DELETE FROM memberships WHERE id = $1', [owner.membershipId]);
      const only = await member();
      await update(only.membershipId, { status: 'inactive' });
      await memberships.remove(organization.id, only.membershipId, ROOT);
      expect(await states()).toEqual([]);
    });
  });

  describe('left', () => {
    it.each(['pending', 'active'] as const)(
      'are gone when they were %s, and can be asked for again',
      async (status) => {
        const user = await member({ status });
        await expect(own.leave(organization.name, actor(user))).resolves.toMatchObject({ status });
        await expect(own.leave(organization.name, actor(user))).rejects.toMatchObject({ code: 'memberships.none' });
        await expect(own.request(organization.name, actor(user))).resolves.toMatchObject({ status: 'pending' });
      },
    );

    it('stay when an owner has deactivated them', async () => {
      const user = await member({ status: 'inactive' });
      await expect(own.leave(organization.name, actor(user))).rejects.toMatchObject({
        code: 'memberships.deactivated',
      });
      expect(await states()).toContain(`${user.id} member inactive`);
    });
  });

  it('are listed by username in pages, and by status', async () => {
    const pending = await member({ status: 'pending' });
    for (let more = 0; more < 4; more += 1) await member();
    const first = await memberships.list(organization.id, { limit: 4 });
    const second = await memberships.list(organization.id, { limit: 4, after: first.at(-1)!.username });
    const all = await memberships.list(organization.id);
    expect([...first, ...second]).toEqual(all);
    expect(all).toHaveLength(6);
    const found = await memberships.list(organization.id, { status: 'pending' });
    expect(found.map(({ userId }) => userId)).toEqual([pending.id]);
  });

  it('of one account are listed over all organizations', async () => {
    const other = await test.fixtures.organization({ name: `a-${organization.name}` });
    await own.request(other.name, actor(owner));
    const found = await own.list(owner.id);
    expect(found.map(({ organizationName, role, status }) => [organizationName, role, status])).toEqual([
      [other.name, 'member', 'pending'],
      [organization.name, 'owner', 'active'],
    ]);
  });
});
