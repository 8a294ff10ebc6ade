import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Actor, type Author, actorLabel, holds } from '../../common/access/actor.js';
import { isPermission, type MemberRole, type Permission, permissionRule } from '../../common/access/permissions.js';
import { Clock } from '../../common/clock/clock.js';
import { newId } from '../../common/ids/ids.js';
import { AuditLog } from '../../database/audit-log.js';
import { type Transaction, Transactions } from '../../database/transaction.js';
import { MembershipsService } from '../../organizations/memberships.service.js';
import { OrganizationNotFoundError } from '../../organizations/organizations.errors.js';
import { type User } from '../../users/users.types.js';
import { TokenRejectedError } from '../auth.errors.js';
import { LastUseRecorder } from './last-use-recorder.js';
import {
  InvalidPersonalTokenError,
  PersonalTokenNotFoundError,
  ScopeNotHeldError,
  TooManyPersonalTokensError,
} from './personal-tokens.errors.js';
import { type PersonalTokenFilter, PersonalTokensRepository } from './personal-tokens.repository.js';
import { type NewPersonalToken, type PersonalToken, type PersonalTokenGrant } from './personal-tokens.types.js';

const PREFIX = 'pst_';
/** The prefix lets secret scanners find leaked ones; 32 random bytes cannot be guessed, so a plain hash is enough. */
const TOKEN = /^pst_[\w-]{43}$/;
const MAX_PER_USER = 50;
const MAX_LISTED = 200;
const LONGEST_DAYS = 366;

/** Tokens people make for their programs: limited in scope and time, and revocable at once. */
@Injectable()
export class PersonalTokensService {
  constructor(
    private readonly tokens: PersonalTokensRepository,
    private readonly lastUse: LastUseRecorder,
    private readonly memberships: MembershipsService,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  static looksLikeOne(token: string): boolean {
    return token.startsWith(PREFIX);
  }

  /** What the token is good for. Throws TokenRejectedError. */
  async authenticate(token: string): Promise<PersonalTokenGrant> {
    const stored = TOKEN.test(token) ? await this.tokens.findByHash(hashOf(token)) : null;
    if (!stored) throw new TokenRejectedError('invalid');
    if (stored.expiresAt <= this.clock.now()) throw new TokenRejectedError('expired');
    this.lastUse.note(stored.id);
    const { userId, organization } = stored;
    return { userId, organization, scopes: stored.scopes.filter(isPermission) };
  }

  /** The new token and its secret, which can never be read again. Throws TokenRejectedError when the password changes. */
  async create(owner: Actor, input: NewPersonalToken): Promise<{ token: PersonalToken; secret: string }> {
    const organizationId = await this.assertAllowed(owner, input);
    const now = this.clock.now();
    const secret = PREFIX + randomBytes(32).toString('base64url');
    const { userId } = owner;
    const { name, expiresAt } = input;
    const scopes = [...new Set(input.scopes)].sort();
    const draft = {
      id: newId(),
      userId,
      organizationId,
      name,
      tokenHash: hashOf(secret),
      scopes,
      createdAt: now,
      expiresAt,
    };
    const token = await this.transactions.run(async (tx) => {
      // A request that waited while the password was changed came with a session that has ended since.
      if (!(await this.tokens.lockOwner(tx, userId, now))) throw new TokenRejectedError('invalid');
      if ((await this.tokens.countLive(tx, userId, now)) >= MAX_PER_USER)
        throw new TooManyPersonalTokensError(MAX_PER_USER);
      await this.tokens.insert(tx, draft);
      await this.audit.record(tx, {
        organizationId,
        actor: actorLabel(owner),
        action: 'personal_token.created',
        subjectId: draft.id,
        details: { name, scopes, expiresAt: expiresAt.toISOString() },
      });
      return this.get({ id: draft.id }, tx);
    });
    return { token, secret };
  }

  /** The user's own, newest first; expired ones are shown until they are removed. */
  listOwn(userId: number): Promise<PersonalToken[]> {
    return this.tokens.list({ userId }, MAX_LISTED);
  }

  revokeOwn(owner: Actor, id: string): Promise<PersonalToken> {
    return this.revoke(owner, { id, userId: owner.userId });
  }

  /** For administrators: anybody's. */
  revokeAny(administrator: Author, id: string): Promise<PersonalToken> {
    return this.revoke(administrator, { id });
  }

  /**
   * Ends every token of an account, within the change of the account that is the cause; `author` is who changes it. How
   * many there were.
   */
  async endAll(tx: Transaction, user: Pick<User, 'id' | 'username'>, cause: string, author?: Author): Promise<number> {
    const ended = await this.tokens.revokeLive(tx, user.id, this.clock.now());
    for (const { id, name } of ended) {
      const details = { name, userId: user.id, username: user.username, cause };
      const actor = actorLabel(author ?? user);
      await this.audit.record(tx, {
        organizationId: null,
        actor,
        action: 'personal_token.revoked',
        subjectId: id,
        details,
      });
    }
    return ended.length;
  }

  private revoke(author: Author, which: PersonalTokenFilter & { id: string }): Promise<PersonalToken> {
    return this.transactions.run(async (tx) => {
      const token = await this.get(which, tx);
      const now = this.clock.now();
      if (!(await this.tokens.revoke(tx, token.id, now))) throw new PersonalTokenNotFoundError(which.id);
      const { name, userId, username } = token;
      await this.audit.record(tx, {
        organizationId: null,
        actor: actorLabel(author),
        action: 'personal_token.revoked',
        subjectId: token.id,
        details: { userId, username, before: { name, revokedAt: null }, after: { name, revokedAt: now.toISOString() } },
      });
      return token;
    });
  }

  private async get(which: PersonalTokenFilter & { id: string }, tx: Transaction): Promise<PersonalToken> {
    const [token] = await this.tokens.list(which, 1, tx);
    if (!token) throw new PersonalTokenNotFoundError(which.id);
    return token;
  }

  /** The id of the organization, if there is one. A scope is checked again at every use; this check is for honesty. */
  private async assertAllowed(owner: Actor, input: NewPersonalToken): Promise<string | null> {
    const lifetime = input.expiresAt.getTime() - this.clock.now().getTime();
    if (lifetime <= 0 || lifetime > LONGEST_DAYS * 86_400_000) {
      throw new InvalidPersonalTokenError(
        `expiresAt must lie in the future, and no more than ${LONGEST_DAYS} days ahead.`,
      );
    }
    if (input.organization === null) {
      assertHeld(owner, input.scopes, await this.memberships.activeRoles(owner.userId));
      return null;
    }
    const elsewhere = input.scopes.filter((scope) => permissionRule(scope).scope !== 'organization');
    if (elsewhere.length > 0) {
      throw new InvalidPersonalTokenError(
        `A token for one organization can only do what concerns it, not: ${elsewhere.join(', ')}. Leave them or the organization out.`,
      );
    }
    const access = await this.memberships.findAccess(input.organization, owner.userId);
    const roles = access.status === 'active' && access.role !== null ? [access.role] : [];
    const isVisible = roles.length > 0 || input.scopes.some((scope) => holds(owner, scope));
    if (access.organizationId === null || !isVisible) throw new OrganizationNotFoundError(input.organization);
    assertHeld(owner, input.scopes, roles);
    return access.organizationId;
  }
}

function assertHeld(owner: Actor, scopes: readonly Permission[], roles: readonly MemberRole[]): void {
  const missing = scopes.filter((scope) => {
    const { scope: kind, members } = permissionRule(scope);
    return kind !== 'self' && !holds(owner, scope) && !roles.some((role) => members?.includes(role) === true);
  });
  if (missing.length > 0) throw new ScopeNotHeldError(missing);
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
