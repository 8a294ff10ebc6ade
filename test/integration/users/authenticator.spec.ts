import { Authenticator } from '../../../src/users/passwords/authenticator.js';
import { type PasswordCheck, PasswordHasher } from '../../../src/users/passwords/password-hasher.js';
import { UsersModule } from '../../../src/users/users.module.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';

/** Finds every password right and in need of an upgrade, after whatever happens meanwhile. */
class InterruptedHasher extends PasswordHasher {
  constructor(private readonly meanwhile: () => Promise<unknown>) {
    super();
  }

  override async check(): Promise<PasswordCheck> {
    await this.meanwhile();
    return { isCorrect: true, mustUpgrade: true };
  }

  override hash(): Promise<string> {
    return Promise.resolve('upgraded');
  }
}

describe('Authenticator', () => {
  let test: TestContext;
  let users: UsersRepository;
  let userId: number;

  beforeAll(async () => {
    test = await createTestContext({ imports: [UsersModule] });
    users = test.context.get(UsersRepository, { strict: false });
  });
  beforeEach(async () => {
    userId = (await test.fixtures.user()).id;
    await test.fixtures.query(`UPDATE users SET password_hash = 'old' WHERE id = $1`, [userId]);
  });
  afterAll(() => test.close());

  const logIn = async (meanwhile: string): Promise<unknown> => {
    const hasher = new InterruptedHasher(() => test.fixtures.query(meanwhile, [userId]));
    return new Authenticator(users, hasher, test.clock).logIn(await users.findWithHash(userId), 'any');
  };
  const stored = async (): Promise<{ password_hash: string; last_login_at: Date | null }> =>
    (
      await test.fixtures.query<{ password_hash: string; last_login_at: Date | null }>(
        'SELECT password_hash, last_login_at FROM users WHERE id = $1',
        [userId],
      )
    )[0]!;

  it('upgrades the hash and records the login', async () => {
    await expect(logIn('SELECT $1::integer')).resolves.toMatchObject({ id: userId });
    expect(await stored()).toEqual({ password_hash: 'upgraded', last_login_at: test.clock.now() });
  });

  it.each([
    ['changed', `UPDATE users SET password_hash = 'new' WHERE id = $1`, 'new'],
    ['disabled', 'UPDATE users SET is_active = false WHERE id = $1', 'old'],
  ])('refuses a login whose account is %s while the password is being checked', async (_, meanwhile, hash) => {
    await expect(logIn(meanwhile)).resolves.toBeNull();
    expect(await stored()).toEqual({ password_hash: hash, last_login_at: null });
  });
});
