import { pbkdf2Sync } from 'node:crypto';
import { PasswordHasher } from './password-hasher.js';

const django = (password: string, iterations = 1000): string =>
  `pbkdf2_sha256$${iterations}$salt$${pbkdf2Sync(password, 'salt', iterations, 32, 'sha256').toString('base64')}`;

describe('PasswordHasher', () => {
  const hasher = new PasswordHasher();

  it('verifies its own hashes', async () => {
    const stored = await hasher.hash('a good password');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await expect(hasher.check('a good password', stored)).resolves.toEqual({ isCorrect: true, mustUpgrade: false });
    await expect(hasher.check('another password', stored)).resolves.toEqual({ isCorrect: false, mustUpgrade: false });
  });

  it('verifies hashes of the system being replaced, and asks for an upgrade', async () => {
    await expect(hasher.check('old password', django('old password'))).resolves.toEqual({
      isCorrect: true,
      mustUpgrade: true,
    });
    await expect(hasher.check('wrong', django('old password'))).resolves.toMatchObject({ isCorrect: false });
  });

  it.each([
    null,
    '',
    '!',
    'pbkdf2_sha256$',
    'pbkdf2_sha256$1000$salt$c2hvcnQ=',
    'pbkdf2_sha256$99999999999$s$x',
    'md5$a$b',
  ])('never accepts a password for the hash %j', async (stored) => {
    await expect(hasher.check('', stored)).resolves.toMatchObject({ isCorrect: false });
    await expect(hasher.check('anything', stored)).resolves.toMatchObject({ isCorrect: false });
  });
});
