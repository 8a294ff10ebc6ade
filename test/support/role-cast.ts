import { randomBytes } from 'node:crypto';
import { type HttpWorld } from './http-world.js';

/** `superuser` and `developer` are members of the laboratory in the old contract only, which knows nobody else. */
export const ROLES = ['anonymous', 'inactive', 'member', 'owner', 'developer', 'superuser', 'outsider'] as const;
export type Role = (typeof ROLES)[number];

interface Person {
  id: number;
  username: string;
  /** A personal login. */
  session: string;
  /** The organization whose tokens the person gets in the old contract. */
  tokenOrganization: string;
}

/** One person of every role, as seen from one organization. */
export class RoleCast {
  private constructor(
    private readonly world: HttpWorld,
    /** The organization routes of the new API are called for; administrators do not belong to it. */
    readonly organization: string,
    /** The organization routes of the old contract are called for; its cluster is deployed. */
    readonly laboratory: string,
    private readonly people: ReadonlyMap<Role, Person>,
  ) {}

  static async assemble(world: HttpWorld): Promise<RoleCast> {
    const [organization, laboratory, elsewhere] = [
      await world.organization(),
      await world.organization(),
      await world.organization(),
    ];
    await world.deploy(laboratory.id, 2);
    const users = {
      inactive: await world.user(),
      member: await world.user(),
      owner: await world.user(),
      developer: await world.user({ isStaff: true, group: 'PS_Developer' }),
      superuser: await world.user({ isSuperuser: true }),
      outsider: await world.user(),
    };
    for (const { id } of [organization, laboratory]) {
      await world.join(users.inactive.id, id, 'inactive');
      await world.join(users.member.id, id);
      await world.join(users.owner.id, id, 'active', 'owner');
    }
    await world.join(users.developer.id, laboratory.id);
    await world.join(users.superuser.id, laboratory.id);
    await world.join(users.outsider.id, elsewhere.id, 'active', 'owner');
    const people = new Map<Role, Person>();
    for (const [role, user] of Object.entries(users) as [Role, { id: number; username: string }][]) {
      const tokenOrganization = role === 'outsider' ? elsewhere.name : laboratory.name;
      people.set(role, { ...user, session: await world.session(user.username), tokenOrganization });
    }
    return new RoleCast(world, organization.name, laboratory.name, people);
  }

  /** Undefined for `anonymous`. */
  session(role: Role): string | undefined {
    return this.people.get(role)?.session;
  }

  /** A name nobody has for `anonymous`. */
  username(role: Role): string {
    return this.people.get(role)?.username ?? 'nobody';
  }

  /**
   * A token as the organization issued it, of a member that is inactive now as well; undefined for `anonymous`. Never
   * the same one twice.
   */
  organizationToken(role: Role, type: 'access' | 'refresh'): string | undefined {
    const person = this.people.get(role);
    if (!person) return undefined;
    const now = this.world.http.clock.nowSeconds();
    return this.world.http.forge({
      token_type: type,
      iat: now,
      exp: now + 600,
      jti: randomBytes(16).toString('hex'),
      org_name: person.tokenOrganization,
      user_name: person.username,
      user_id: person.id,
    });
  }
}
