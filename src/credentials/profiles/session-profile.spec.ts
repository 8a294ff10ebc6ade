import { readProfile } from './credentials-text.js';
import { longTermKeys, storedSession, withoutSession, withSession } from './session-profile.js';

const LONG_TERM = '[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = never-shown-again\n';
const session = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'temporary',
  sessionToken: 'token==',
  expiresAt: new Date('2026-03-02T00:00:00Z'),
  sourceProfile: 'lab-long-term',
  mfaSerial: 'arn:aws:iam::123456789012:mfa/ann',
};

describe('a session in a profile', () => {
  it('is read back as it was written, and says until when it lasts', () => {
    const text = withSession('[other]\nregion = x\n', 'default', session, null);
    expect(storedSession(readProfile(text, 'default'))).toEqual(session);
    expect(text).toContain('x_expiration = 2026-03-02T00:00:00.000Z');
    expect(storedSession(readProfile(text, 'other'))).toBeNull();
  });

  it('takes the place of the session before, and of the token of former tools', () => {
    const before =
      '[default]\naws_access_key_id = ASIA\naws_secret_access_key = x\naws_security_token = old\nregion = y\n';
    const text = withSession(before, 'default', session, null);
    expect(readProfile(text, 'default')).toMatchObject({ aws_session_token: 'token==', region: 'y' });
    expect(text).not.toContain('aws_security_token');
  });

  it('never takes the place of keys that do not expire, unless they were put elsewhere', () => {
    expect(() => withSession(LONG_TERM, 'default', session, null)).toThrow(
      /cannot show them again.*--move-long-term-to/,
    );
    const moved = withSession(LONG_TERM, 'default', session, 'lab-long-term');
    expect(longTermKeys(readProfile(moved, 'lab-long-term'))).toMatchObject({
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'never-shown-again',
    });
    expect(storedSession(readProfile(moved, 'default'))).toEqual(session);
    const taken = `${LONG_TERM}\n[taken]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = y\n`;
    expect(() => withSession(taken, 'default', session, 'taken')).toThrow(/\[taken\] holds other keys already/);
  });

  it('goes without anything else, and only when it is ours', () => {
    const text = withSession('[default]\nregion = y\n', 'default', session, null);
    expect(withoutSession(text, 'default')).toBe('[default]\nregion = y\n');
    expect(withoutSession('[default]\nregion = y\n', 'default')).toBe('[default]\nregion = y\n');
    expect(() => withoutSession(LONG_TERM, 'default')).toThrow(/was not written by psctl/);
  });
});
