import { hashOfPasscode, newPasscode } from './passcode.js';

describe('a passcode', () => {
  it('is 128 bits in 22 characters, never the same twice', () => {
    const codes = Array.from({ length: 100 }, newPasscode);
    expect(new Set(codes).size).toBe(100);
    for (const code of codes) {
      expect(code).toMatch(/^[A-Za-z0-9_-]{22}$/);
      expect(Buffer.from(code, 'base64url')).toHaveLength(16);
    }
  });

  it('is known by a hash that does not hold it', () => {
    const code = newPasscode();
    expect(hashOfPasscode(code)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOfPasscode(code)).toBe(hashOfPasscode(code));
    expect(hashOfPasscode(`${code} `)).not.toBe(hashOfPasscode(code));
  });
});
