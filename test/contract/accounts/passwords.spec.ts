import { type Answer } from '../../support/http-harness.js';
import { HttpWorld, type Member, PASSWORD } from '../../support/http-world.js';
import { Mailbox } from '../../support/mailbox.js';

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const NEXT = 'quite another sentence';

describe('passwords', () => {
  let world: HttpWorld;
  let mailbox: Mailbox;
  let member: Member;
  let session: string;
  let email: string;

  beforeAll(async () => {
    world = await HttpWorld.start();
    mailbox = new Mailbox(world.http.app);
  });
  beforeEach(async () => {
    await mailbox.fetch();
    member = await world.member();
    session = await world.session(member.user.username);
    email = `${member.user.username}@example.org`;
    world.http.clock.advance(SECOND);
  });
  afterAll(() => world.close());

  const post = (path: string, body: unknown, token?: string): Promise<Answer> =>
    world.http.call('POST', `/api/v1/${path}`, { body, ...(token === undefined ? {} : { token }) });
  const change = (currentPassword: string, newPassword: string): Promise<Answer> =>
    post('account/password', { currentPassword, newPassword }, session);
  const logIn = (password: string): Promise<Answer> => post('auth/login', { username: member.user.username, password });
  const profile = (token: string): Promise<Answer> => world.http.call('GET', '/api/v1/account', { token });
  const refresh = (token: string): Promise<Answer> =>
    world.http.call('POST', '/api/org_token/refresh/', { body: { refresh: token } });
  const useAccess = (token: string): Promise<Answer> =>
    world.http.call('GET', `/api/membership_status/${member.organization.name}/`, { token });
  const audited = (): Promise<{ action: string }[]> =>
    world.http.fixtures.query(`SELECT action FROM audit_events WHERE actor = $1 ORDER BY id`, [
      `user:${member.user.username}`,
    ]);

  it('ends sessions and refresh tokens when changed, and leaves access tokens of organizations', async () => {
    expect((await profile(session)).status).toBe(200);
    expect((await change(PASSWORD, NEXT)).status).toBe(200);
    expect((await profile(session)).status).toBe(401);
    expect(await refresh(member.refresh)).toMatchObject({ status: 401, body: { code: 'token_not_valid' } });
    expect((await useAccess(member.access)).status).toBe(200);
    expect((await logIn(PASSWORD)).status).toBe(401);

    world.http.clock.advance(1);
    const { body } = await logIn(NEXT);
    expect((await profile((body as { access_token: string }).access_token)).status).toBe(200);
    expect(await mailbox.fetchOne()).toMatchObject({ to: email, kind: 'password_changed' });
    expect(await audited()).toEqual([{ action: 'user.password_changed' }]);
  });

  it('ends tokens that were issued in the same second, before the change', async () => {
    const late = await world.organizationTokens(member.user.username, member.organization.name);
    const lateSession = await world.session(member.user.username);
    world.http.clock.advance(1);
    expect((await change(PASSWORD, NEXT)).status).toBe(200);
    expect((await refresh(late.refresh)).status).toBe(401);
    expect((await profile(lateSession)).status).toBe(401);
  });

  it('keeps refresh tokens that came after the change', async () => {
    await change(PASSWORD, NEXT);
    world.http.clock.advance(SECOND);
    const body = { username: member.user.username, password: NEXT, org_name: member.organization.name };
    const tokens = await world.http.call('POST', '/api/org_token/', { body });
    expect((await refresh((tokens.body as Member).refresh)).status).toBe(200);
  });

  it.each([
    ['not the password', NEXT, 403, 'accounts.wrong_password'],
    [PASSWORD, 'short', 400, 'users.weak_password'],
    [PASSWORD, '', 400, 'validation_failed'],
  ])('refuses to change %j into %j', async (current, next, status, code) => {
    expect(await change(current, next)).toMatchObject({ status, body: { code } });
    expect((await profile(session)).status).toBe(200);
    expect(await mailbox.fetch()).toEqual([]);
  });

  it('lets one of two changes at once win', async () => {
    const { fixtures } = world.http;
    const changes = await fixtures.holding(`SELECT 1 FROM users WHERE id = ${member.user.id} FOR UPDATE`, async () => {
      const both = [change(PASSWORD, NEXT), change(PASSWORD, `${NEXT} 2`)];
      await fixtures.untilWaiting(2);
      return { both };
    });
    const answers = await Promise.all(changes.both);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  it('is reset by mail, once, and ends everything like a change', async () => {
    expect((await post('accounts/password-reset', { email: email.toUpperCase() })).status).toBe(202);
    const mail = await mailbox.fetchOne();
    expect(mail).toMatchObject({ to: email, subject: '[SlideRule] Password Reset E-mail' });
    expect(mail.text).toContain(`your username is ${member.user.username}`);
    const token = mail.text.split('#')[1]!.split('\n')[0]!;
    const confirm = (newPassword: string): Promise<Answer> =>
      post('accounts/password-reset/confirm', { token, newPassword });
    expect(await confirm('12345678')).toMatchObject({ status: 400, body: { code: 'users.weak_password' } });
    expect((await confirm(NEXT)).status).toBe(200);
    expect(await confirm(`${NEXT} 2`)).toMatchObject({ status: 400, body: { code: 'accounts.link_invalid' } });
    expect((await profile(session)).status).toBe(401);
    expect((await refresh(member.refresh)).status).toBe(401);
    expect((await logIn(PASSWORD)).status).toBe(401);
    expect((await logIn(NEXT)).status).toBe(200);
    expect(await mailbox.fetchOne()).toMatchObject({ to: email, kind: 'password_changed' });
    expect(await audited()).toEqual([{ action: 'user.password_reset' }]);
  });

  it('answers alike for unknown and disabled accounts, and mails that there is none', async () => {
    const disabled = await world.user({ isActive: false });
    const known = await post('accounts/password-reset', { email });
    await mailbox.fetch();
    for (const other of ['nobody@example.org', `${disabled.username}@example.org`]) {
      const answer = await post('accounts/password-reset', { email: other });
      expect([answer.status, answer.text]).toEqual([known.status, known.text]);
      const mail = await mailbox.fetchOne();
      expect(mail).toMatchObject({ to: other, subject: '[SlideRule] Password Reset E-mail' });
      expect(mail.text).toContain('no account has this e-mail address');
      expect(mail.text).not.toContain('#');
    }
  });

  it('mails an address once in three minutes, however often it is asked', async () => {
    await Promise.all(Array.from({ length: 5 }, () => post('accounts/password-reset', { email })));
    expect(await mailbox.fetch()).toHaveLength(1);
    world.http.clock.advance(180 * SECOND);
    await post('accounts/password-reset', { email });
    expect(await mailbox.fetch()).toHaveLength(1);
  });

  it('mails no link to an address that an account added and did not prove: whoever added it keeps another way in', async () => {
    await post('account/addresses', { email: 'victim@example.org', currentPassword: PASSWORD }, session);
    await mailbox.fetch();
    await post('accounts/password-reset', { email: 'victim@example.org' });
    const mail = await mailbox.fetchOne();
    expect(mail.text).toContain('no account has this e-mail address');
    expect(mail.text).not.toContain(member.user.username);
  });

  it('takes no link after a day, after another reset, or for an account disabled meanwhile', async () => {
    const link = async (): Promise<string> => {
      world.http.clock.advance(180 * SECOND);
      await post('accounts/password-reset', { email });
      return mailbox.fetchToken();
    };
    const confirm = (token: string): Promise<Answer> =>
      post('accounts/password-reset/confirm', { token, newPassword: NEXT });
    const invalid = { status: 400, body: { code: 'accounts.link_invalid' } };
    const expired = await link();
    world.http.clock.advance(DAY);
    expect(await confirm(expired)).toMatchObject(invalid);

    const [first, second] = [await link(), await link()];
    expect((await confirm(second)).status).toBe(200);
    await mailbox.fetch();
    expect(await confirm(first)).toMatchObject(invalid);

    const third = await link();
    await world.http.fixtures.query('UPDATE users SET is_active = false WHERE id = $1', [member.user.id]);
    expect(await confirm(third)).toMatchObject(invalid);
  });

  it('proves the address by the way, for somebody who lost the first mail', async () => {
    const registration = {
      username: 'ben',
      email: 'ben@example.org',
      password: PASSWORD,
      firstName: 'B',
      lastName: 'B',
    };
    await post('accounts', registration);
    await mailbox.fetch();
    await post('accounts/password-reset', { email: 'ben@example.org' });
    const token = await mailbox.fetchToken();
    await post('accounts/password-reset/confirm', { token, newPassword: NEXT });
    world.http.clock.advance(1);
    expect((await post('auth/login', { username: 'ben@example.org', password: NEXT })).status).toBe(200);
  });
});
