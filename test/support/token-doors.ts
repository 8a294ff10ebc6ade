import { createHmac } from 'node:crypto';
import { base64, type Answer, type Call, type Method } from './http-harness.js';
import { HttpWorld, type Member } from './http-world.js';

type Claims = Record<string, unknown>;

/** The places where tokens are shown. */
export type Door = 'legacy' | 'refresh' | 'blacklist' | 'modern';
export const ALL: Door[] = ['legacy', 'refresh', 'blacklist', 'modern'];
/** Those that take a token in a body, where a text may hold what a header cannot. */
export const BODIES: Door[] = ['refresh', 'blacklist'];

export const INVALID = 'Token is invalid';
export const NO_USER = 'Token contained no recognizable user identification';
export const HEADER = base64('{"alg":"HS256","typ":"JWT"}');

/** Makes a token to be shown at a door. */
export type Make = (doors: TokenDoors, door: Door) => string;

/** A token like a good one, with another header. */
export const withHeader =
  (header: Claims): Make =>
  (doors, door) =>
    doors.world.http.forge(doors.claims(door), { header });
/** A token like a good one, with some other claims; an undefined one is left out. */
export const withClaims =
  (change: Claims): Make =>
  (doors, door) =>
    doors.world.http.forge(doors.claims(door, change));
/** A right signature over claims that no JSON.stringify would write. */
export const withText =
  (edit: (json: string) => string): Make =>
  (doors, door) =>
    doors.signed(HEADER, base64(edit(JSON.stringify(doors.claims(door)))));

/** A service with one member, whose tokens are imitated at every place that takes one. */
export class TokenDoors {
  private constructor(
    readonly world: HttpWorld,
    readonly member: Member,
  ) {}

  static async open(): Promise<TokenDoors> {
    const world = await HttpWorld.start();
    return new TokenDoors(world, await world.member());
  }

  close(): Promise<void> {
    return this.world.close();
  }

  now(): number {
    return this.world.http.clock.nowSeconds();
  }

  /** The claims of a token that would be good, of the type the door expects. */
  claims(door: Door, change: Claims = {}): Claims {
    const { organization, user } = this.member;
    return {
      token_type: BODIES.includes(door) ? 'refresh' : 'access',
      exp: this.now() + 600,
      iat: this.now(),
      jti: 'f'.repeat(32),
      org_name: organization.name,
      user_name: user.username,
      user_id: user.id,
      ...change,
    };
  }

  good(door: Door): string {
    return this.world.http.forge(this.claims(door));
  }

  /** A token of these two texts, whatever they are, with a right signature. */
  signed(header: string, payload: string): string {
    const text = `${header}.${payload}`;
    const secret = this.world.http.config.jwtSecret.reveal();
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  }

  show(door: Door, token: string): Promise<Answer> {
    const { name } = this.member.organization;
    const calls: Record<Door, [Method, string, Call]> = {
      legacy: ['GET', `/api/membership_status/${name}/`, { token }],
      refresh: ['POST', '/api/org_token/refresh/', { body: { refresh: token } }],
      blacklist: ['POST', '/api/token/blacklist/', { body: { refresh: token } }],
      modern: ['GET', `/api/v1/organizations/${name}/runs`, { token }],
    };
    return this.world.http.call(...calls[door]);
  }

  /** Shows the token at the doors: each refuses with exactly this message, and nothing at all is stored. */
  async expectRefused(doors: Door[], make: Make, message: string): Promise<void> {
    const before = await this.world.http.stored();
    for (const door of doors) {
      const { status, body, headers } = await this.show(door, make(this, door));
      const challenge = headers['www-authenticate'];
      expect({ door, status, body, challenge }).toEqual({ door, ...refusal(door, message) });
    }
    expect(await this.world.http.stored()).toBe(before);
  }
}

/** What each door says to a bad token. */
function refusal(door: Door, message: string): { status: number; body: unknown; challenge: string | undefined } {
  if (door === 'legacy') return { status: 403, body: legacyBody(message), challenge: undefined };
  const problem = { type: 'about:blank', title: 'Unauthorized', status: 401, detail: message };
  const body =
    door === 'modern' ? { ...problem, code: 'auth.token_not_valid' } : { detail: message, code: 'token_not_valid' };
  return { status: 401, body, challenge: 'Bearer realm="api"' };
}

function legacyBody(message: string): unknown {
  if (message === NO_USER) return { detail: message, code: 'token_not_valid' };
  return {
    detail: 'Given token not valid for any token type',
    code: 'token_not_valid',
    messages: [{ token_class: 'JWTAccessToken', token_type: 'access', message }],
  };
}
