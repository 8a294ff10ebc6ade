import { type Answer, type Method } from '../../support/http-harness.js';
import { HttpWorld, PASSWORD } from '../../support/http-world.js';
import { Mailbox } from '../../support/mailbox.js';

const MINUTE = 60_000;

interface Address {
  id: string;
  email: string;
  isPrimary: boolean;
  isVerified: boolean;
}

describe('the own account', () => {
  let world: HttpWorld;
  let mailbox: Mailbox;
  let ann: { id: number; username: string };
  let session: string;
  let email: string;
  let home: string;

  beforeAll(async () => {
    world = await HttpWorld.start();
    mailbox = new Mailbox(world.http.app);
  });
  beforeEach(async () => {
    await mailbox.fetch();
    ann = await world.user();
    session = await world.session(ann.username);
    email = `${ann.username}@example.org`;
    home = `${ann.username}@home.example`;
  });
  afterAll(() => world.close());
  afterEach(async () => {
    // The copy in users never differs from the primary address, whatever a test did.
    const differing = await world.http.fixtures.query(
      `SELECT u.id FROM users u LEFT JOIN email_addresses e ON e.user_id = u.id AND e.is_primary
       WHERE u.email <> COALESCE(e.email, '')`,
    );
    expect(differing).toEqual([]);
  });

  const call = (method: Method, path: string, body?: unknown, token = session): Promise<Answer> =>
    world.http.call(method, `/api/v1/account${path}`, { token, ...(body === undefined ? {} : { body }) });
  const addresses = async (): Promise<Address[]> =>
    ((await call('GET', '/addresses')).body as { addresses: Address[] }).addresses;
  const add = (address: string, currentPassword = PASSWORD): Promise<Answer> =>
    call('POST', '/addresses', { email: address, currentPassword });
  const verify = (token: string): Promise<Answer> =>
    world.http.call('POST', '/api/v1/accounts/verify-email', { body: { token } });
  const audited = (): Promise<{ action: string; actor: string; details: unknown }[]> =>
    world.http.fixtures.query('SELECT action, actor, details FROM audit_events WHERE actor = $1 ORDER BY id', [
      `user:${ann.username}`,
    ]);
  /** Adds and verifies an address; its id. */
  const addVerified = async (address: string): Promise<string> => {
    const { id } = (await add(address)).body as Address;
    const mail = (await mailbox.fetch()).find(({ kind }) => kind === 'verify_address')!;
    await verify(mail.text.split('#')[1]!.split('\n')[0]!);
    return id;
  };

  describe('profile', () => {
    it('is shown and changed, the username too', async () => {
      expect(await call('PATCH', '', { username: `${ann.username}a`, firstName: ' Anna ' })).toMatchObject({
        status: 200,
      });
      expect((await call('GET', '')).body).toMatchObject({
        id: ann.id,
        username: `${ann.username}a`,
        email,
        firstName: 'Anna',
        lastName: '',
        groups: [],
        passwordChangedAt: null,
      });
      expect((await world.session(`${ann.username}A`)).length).toBeGreaterThan(0);
      expect(await audited()).toEqual([
        {
          action: 'user.profile_updated',
          actor: `user:${ann.username}`,
          details: {
            changed: ['username', 'firstName'],
            username: { before: ann.username, after: `${ann.username}a` },
          },
        },
      ]);
    });

    it.each([
      [{ username: 'a b' }, 400, 'users.invalid'],
      [{ username: 'ben@example.org' }, 400, 'users.invalid'],
      [{}, 400, 'validation_failed'],
      [{ email: 'new@example.org' }, 400, 'validation_failed'],
      [{ isSuperuser: true }, 400, 'validation_failed'],
    ])('refuses %j', async (change, status, code) => {
      expect(await call('PATCH', '', change)).toMatchObject({ status, body: { code } });
      expect((await call('GET', '')).body).toMatchObject({ username: ann.username });
    });

    it("refuses somebody else's username", async () => {
      const ben = await world.user();
      expect(await call('PATCH', '', { username: ben.username.toUpperCase() })).toMatchObject({
        status: 409,
        body: { code: 'users.username_taken' },
      });
    });

    it('lets people be named after an address they have proved', async () => {
      expect((await call('PATCH', '', { username: email })).status).toBe(200);
      expect((await world.session(email.toUpperCase())).length).toBeGreaterThan(0);
    });

    it('may have a new letter case of the same name', async () => {
      const username = ann.username.toUpperCase();
      expect((await call('PATCH', '', { username })).body).toMatchObject({ username });
    });
  });

  describe('addresses', () => {
    it('are added with the password, proved, and made primary; the old one is told each time', async () => {
      const added = await add(home);
      expect(added).toMatchObject({ status: 201, body: { isPrimary: false, isVerified: false } });
      const { id } = added.body as Address;
      const mails = await mailbox.fetch();
      expect(mails.map(({ to, kind }) => [to, kind]).sort()).toEqual([
        [email, 'addresses_changed'],
        [home, 'verify_address'],
      ]);
      expect(await call('POST', `/addresses/${id}/primary`)).toMatchObject({
        status: 409,
        body: { code: 'accounts.address_unverified' },
      });
      const link = mails.find(({ kind }) => kind === 'verify_address')!.text;
      expect((await verify(link.split('#')[1]!.split('\n')[0]!)).status).toBe(200);
      expect(await call('POST', `/addresses/${id}/primary`)).toMatchObject({ status: 200, body: { isPrimary: true } });
      expect(await mailbox.fetchOne()).toMatchObject({ to: email, kind: 'addresses_changed' });
      expect((await addresses()).map((address) => [address.email, address.isPrimary])).toEqual([
        [home, true],
        [email, false],
      ]);
      expect((await call('GET', '')).body).toMatchObject({ email: home });
      expect((await audited()).map(({ action }) => action)).toEqual([
        'user.email_added',
        'user.email_verified',
        'user.primary_email_changed',
      ]);
      expect(JSON.stringify(await audited())).not.toContain(`${ann.username}@`);
    });

    it('are removed, except the primary one', async () => {
      const id = await addVerified(home);
      const [primary] = await addresses();
      expect(await call('DELETE', `/addresses/${primary!.id}`)).toMatchObject({
        status: 409,
        body: { code: 'accounts.primary_address' },
      });
      expect((await call('DELETE', `/addresses/${id}`)).status).toBe(200);
      expect(await mailbox.fetchOne()).toMatchObject({ to: email, kind: 'addresses_changed' });
      expect(await addresses()).toHaveLength(1);
    });

    it('cannot be proved any more once they are removed', async () => {
      const { id } = (await add(home)).body as Address;
      const link = (await mailbox.fetch()).find(({ kind }) => kind === 'verify_address')!.text;
      await call('DELETE', `/addresses/${id}`);
      expect((await verify(link.split('#')[1]!.split('\n')[0]!)).status).toBe(400);
    });

    it('are not added by a session alone', async () => {
      expect(await add(home, 'not the password')).toMatchObject({
        status: 403,
        body: { code: 'accounts.wrong_password' },
      });
      expect(await addresses()).toHaveLength(1);
    });

    it('are ten at most, also when added at once, and each is there once', async () => {
      expect(await add(email.toUpperCase())).toMatchObject({ status: 409, body: { code: 'accounts.address_exists' } });
      // In two minutes, because so many changes in one are throttled, and fewer still while their passwords are checked.
      for (let n = 0; n < 6; n++) expect((await add(`${n}-${home}`)).status).toBe(201);
      world.http.clock.advance(MINUTE);
      const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => add(`late-${n}-${home}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409]);
      expect(await addresses()).toHaveLength(10);
    });

    it("of other accounts are added without a word, but never become one's own", async () => {
      const ben = await world.user();
      expect((await add(`${ben.username}@example.org`)).status).toBe(201);
      const mails = await mailbox.fetch();
      expect(mails.map(({ kind, to }) => [kind, to])).toEqual([
        ['account_exists', `${ben.username}@example.org`],
        ['addresses_changed', email],
      ]);
    });

    it('open nothing any more once they were removed, not even with a link sent before', async () => {
      const id = await addVerified(home);
      await world.http.call('POST', '/api/v1/accounts/password-reset', { body: { email: home } });
      const token = await mailbox.fetchToken();
      expect((await call('DELETE', `/addresses/${id}`)).status).toBe(200);
      const body = { token, newPassword: 'quite another sentence' };
      expect(await world.http.call('POST', '/api/v1/accounts/password-reset/confirm', { body })).toMatchObject({
        status: 400,
        body: { code: 'accounts.link_invalid' },
      });
      expect((await call('GET', '')).status).toBe(200);
    });

    it('belong to the account that proves them first', async () => {
      const token = async (username: string): Promise<string> => {
        const body = { email: home, currentPassword: PASSWORD };
        await call('POST', '/addresses', body, await world.session(username));
        const mails = await mailbox.fetch();
        return mails
          .find(({ kind }) => kind === 'verify_address')!
          .text.split('#')[1]!
          .split('\n')[0]!;
      };
      const ben = await world.user();
      const anns = await token(ann.username);
      world.http.clock.advance(3 * MINUTE);
      const bens = await token(ben.username);
      const answers = await Promise.all([verify(anns), verify(bens)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    });

    it('get their link again once in three minutes', async () => {
      const { id } = (await add(home)).body as Address;
      await mailbox.fetch();
      await call('POST', `/addresses/${id}/verification`);
      expect(await mailbox.fetch()).toEqual([]);
      world.http.clock.advance(3 * MINUTE);
      expect((await call('POST', `/addresses/${id}/verification`)).status).toBe(202);
      expect(await mailbox.fetchOne()).toMatchObject({ to: home, kind: 'verify_address' });
    });

    it('are nobody else’s business', async () => {
      const id = await addVerified(home);
      const bens = await world.session((await world.user()).username);
      const missing = { status: 404, body: { code: 'accounts.address_not_found' } };
      expect(await call('DELETE', `/addresses/${id}`, undefined, bens)).toMatchObject(missing);
      expect(await call('POST', `/addresses/${id}/primary`, undefined, bens)).toMatchObject(missing);
      expect(await call('POST', `/addresses/${id}/verification`, undefined, bens)).toMatchObject(missing);
      expect(await addresses()).toHaveLength(2);
    });

    it('log their owner in, even when somebody has one for a username', async () => {
      const impostor = await world.user({}, email);
      await world.http.fixtures.query(`UPDATE users SET password_hash = '!' WHERE id = $1`, [impostor.id]);
      const token = await world.session(email);
      expect((await call('GET', '', undefined, token)).body).toMatchObject({ username: ann.username });
    });
  });

  describe('deletion', () => {
    const remove = (currentPassword = PASSWORD, token = session): Promise<Answer> =>
      call('POST', '/deletion', { currentPassword }, token);

    it('ends memberships and requests, and leaves nothing that tells who it was', async () => {
      const organization = await world.organization();
      const owner = await world.user();
      await world.join(owner.id, organization.id, 'active', 'owner');
      await world.join(ann.id, organization.id, 'active', 'owner');
      const tokens = await world.organizationTokens(ann.username, organization.name);
      const asked = await world.http.call('POST', `/api/desired_org_num_nodes_ttl/${organization.name}/3/15/`, {
        token: tokens.access,
      });
      expect(asked.status).toBe(200);
      await call('PATCH', '', { firstName: 'Ann', lastName: 'Lind' });

      expect((await remove()).status).toBe(200);

      expect((await call('GET', '')).status).toBe(401);
      expect(
        (await world.http.call('POST', '/api/v1/auth/login', { body: { username: ann.username, password: PASSWORD } }))
          .status,
      ).toBe(401);
      expect(
        (await world.http.call('POST', '/api/org_token/refresh/', { body: { refresh: tokens.refresh } })).status,
      ).toBe(401);
      const query = (sql: string): Promise<Record<string, unknown>[]> => world.http.fixtures.query(sql, [ann.id]);
      expect(await query('SELECT 1 FROM memberships WHERE user_id = $1')).toEqual([]);
      expect(await query('SELECT end_reason FROM capacity_requests WHERE user_id = $1')).toEqual([
        { end_reason: 'released' },
      ]);
      expect(await query('SELECT 1 FROM email_addresses WHERE user_id = $1')).toEqual([]);
      const [row] = await query('SELECT * FROM users WHERE id = $1');
      expect(row).toMatchObject({ email: '', first_name: '', last_name: '', password_hash: '!', is_active: false });
      expect(row!.username).toMatch(new RegExp(`^deleted-${ann.id}-[0-9a-f]{8}$`));
      expect((await audited()).slice(-2)).toMatchObject([
        { action: 'membership.left', actor: `user:${ann.username}` },
        { action: 'user.deleted', actor: `user:${ann.username}` },
      ]);
      expect(await mailbox.fetchOne()).toMatchObject({ to: email, kind: 'account_deleted' });
    });

    it('makes the name and the address free again', async () => {
      await remove();
      await mailbox.fetch();
      const registration = {
        username: ann.username,
        email,
        password: PASSWORD,
        firstName: 'A',
        lastName: 'L',
      };
      expect((await world.http.call('POST', '/api/v1/accounts', { body: registration })).status).toBe(202);
      expect((await verify(await mailbox.fetchToken())).status).toBe(200);
      const token = await world.session(ann.username);
      expect(((await call('GET', '', undefined, token)).body as { id: number }).id).not.toBe(ann.id);
    });

    it('needs the password', async () => {
      expect(await remove('not the password')).toMatchObject({
        status: 403,
        body: { code: 'accounts.wrong_password' },
      });
      expect((await call('GET', '')).status).toBe(200);
    });

    it('is refused to the only owner of an organization, who may be one of two that leave at once', async () => {
      const organization = await world.organization();
      await world.join(ann.id, organization.id, 'active', 'owner');
      expect(await remove()).toMatchObject({ status: 409, body: { code: 'memberships.last_owner' } });
      const ben = await world.user();
      await world.join(ben.id, organization.id, 'active', 'owner');
      const answers = await Promise.all([remove(), remove(PASSWORD, await world.session(ben.username))]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    });

    it('leaves no membership behind that is asked for at the same moment', async () => {
      const [left, joined] = [await world.organization(), await world.organization()];
      await world.join(ann.id, left.id);
      const { fixtures } = world.http;
      const lock = `SELECT 1 FROM organizations WHERE id = '${left.id}' FOR UPDATE`;
      const calls = await fixtures.holding(lock, async () => {
        const removal = remove();
        await fixtures.untilWaiting(1);
        const url = `/api/v1/organizations/${joined.name}/membership`;
        const request = world.http.call('POST', url, { token: session });
        await fixtures.untilWaiting(2);
        return { removal, request };
      });
      expect((await calls.removal).status).toBe(200);
      expect(await calls.request).toMatchObject({ status: 404, body: { code: 'users.not_found' } });
      expect(await fixtures.query('SELECT 1 FROM memberships WHERE user_id = $1', [ann.id])).toEqual([]);
    });

    it('is refused to the last superuser, who may be one of two that leave at once', async () => {
      const [root, toor] = [await world.user({ isSuperuser: true }), await world.user({ isSuperuser: false })];
      expect(await remove(PASSWORD, await world.session(root.username))).toMatchObject({
        status: 409,
        body: { code: 'users.last_superuser' },
      });
      await world.http.fixtures.query('UPDATE users SET is_superuser = true WHERE id = $1', [toor.id]);
      const sessions = [await world.session(root.username), await world.session(toor.username)];
      const answers = await Promise.all(sessions.map((token) => remove(PASSWORD, token)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    });
  });

  it.each(['', '/addresses'])('needs a personal login for GET %j', async (path) => {
    const member = await world.member();
    expect((await world.http.call('GET', `/api/v1/account${path}`)).status).toBe(401);
    expect((await call('GET', path, undefined, member.access)).status).toBe(403);
  });
});
