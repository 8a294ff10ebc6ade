import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { type LRUCache } from 'lru-cache';
import { loadConfig } from '../config/app-config.js';
import { TestClock } from '../../test/support/test-clock.js';
import { TokenRejectedError } from './auth.errors.js';
import { TokenSigner } from './token-signer.js';

const SECRET = 'an HMAC secret for tests';

describe('TokenSigner', () => {
  let directory: string;
  let clock: TestClock;
  let signer: TokenSigner;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-signer-'));
    clock = new TestClock();
    signer = new TokenSigner(clock, loadConfig({ PS_DATA_DIRECTORY: directory, PS_JWT_SECRET: SECRET }));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const exp = (): number => clock.nowSeconds() + 60;
  const problem = (token: string): string | null => {
    try {
      signer.verify(token);
      return null;
    } catch (error) {
      if (error instanceof TokenRejectedError) return error.problem;
      throw error;
    }
  };

  it('writes what another implementation writes', async () => {
    const claims = { token_type: 'access', exp: exp(), user_id: 7, org_name: 'lab' };
    const other = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' });
    expect(signer.sign(claims)).toBe(await other.sign(new TextEncoder().encode(SECRET)));
    expect(signer.verify(signer.sign(claims))).toEqual(claims);
  });

  it('reads all it writes, whatever the names are', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), value, (name, claim) => {
        fc.pre(!['exp', 'iat', 'nbf', '__proto__'].includes(name));
        const claims = { exp: exp(), [name]: claim };
        // A lone surrogate has no UTF-8 form; it comes back as what stands for it.
        expect(signer.verify(signer.sign(claims))).toEqual(JSON.parse(toWellFormed(JSON.stringify(claims))));
      }),
    );
  });

  it('accepts no text that it did not sign, and fails on none', () => {
    const good = signer.sign({ exp: exp(), jti: 'a', user_id: 1 });
    const mutated = fc
      .tuple(fc.nat(good.length - 1), fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }))
      .map(([at, text]) => good.slice(0, at) + text + good.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string({ unit: 'binary', maxLength: 300 })), (token) => {
        fc.pre(token !== good);
        expect(problem(token)).toBe('invalid');
      }),
      { numRuns: 2000 },
    );
  });

  it('ends a token on its second, also one it has verified before', () => {
    const token = signer.sign({ exp: exp() });
    clock.advance(59_999);
    expect(problem(token)).toBeNull();
    clock.advance(1);
    expect(problem(token)).toBe('expired');
  });

  it.each(['iat', 'nbf'])('refuses a token from the future by its %s, until its time is near', (claim) => {
    const token = signer.sign({ exp: exp(), [claim]: clock.nowSeconds() + 7 });
    clock.advance(1999);
    expect(problem(token)).toBe('invalid');
    clock.advance(1);
    expect(problem(token)).toBeNull();
  });

  it('keeps no token in memory, only what it needs to know one again', () => {
    const token = signer.sign({ exp: exp(), jti: 'x' });
    signer.verify(token);
    const { verified } = signer as unknown as { verified: LRUCache<string, object> };
    expect([...verified.keys()]).toEqual([createHash('sha256').update(token).digest('base64url')]);
  });

  it('hands out claims nobody can change for the next one who asks', () => {
    const token = signer.sign({ exp: exp(), user_id: 1 });
    expect(() => Object.assign(signer.verify(token), { user_id: 2 })).toThrow(TypeError);
    expect(signer.verify(token)).toMatchObject({ user_id: 1 });
  });
});

function toWellFormed(text: string): string {
  return Buffer.from(text).toString();
}
