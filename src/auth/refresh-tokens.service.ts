import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { AppConfig } from '../config/app-config.js';
import { AuditLog } from '../database/audit-log.js';
import { Transactions } from '../database/transaction.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { TokenRejectedError } from './auth.errors.js';
import { type OrganizationTokenClaims } from './auth.types.js';
import { RevokedTokensRepository, type TokenReference } from './revoked-tokens.repository.js';

/**
 * Each refresh token is good once. One that was traded before and is shown again is in two hands, and nobody can tell
 * whose are the right ones: its whole family ends, that is, every token that came of it. Access tokens are not looked
 * up anywhere (clusters verify them alone) and end by themselves.
 */
@Injectable()
export class RefreshTokensService {
  constructor(
    private readonly revoked: RevokedTokensRepository,
    private readonly memberships: MembershipsService,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Throws TokenRejectedError for a token that has ended, after dealing with a reused one. */
  async assertUsable(token: OrganizationTokenClaims): Promise<void> {
    if (await this.revoked.find(token.jti)) throw await this.ended(token);
  }

  /** Ends the token in favour of its successor. Of two at once one wins; the other gets TokenRejectedError. */
  async rotate(token: OrganizationTokenClaims, successor: TokenReference): Promise<void> {
    const isFirst = await this.revoked.revoke({ ...reference(token), successor }, 'rotated', this.clock.now());
    if (!isFirst) throw await this.ended(token);
  }

  /** Ends the token for good, as its owner wishes. Throws TokenRejectedError when it has ended before. */
  async blacklist(token: OrganizationTokenClaims): Promise<void> {
    const isFirst = await this.revoked.revoke(reference(token), 'blacklisted', this.clock.now());
    if (!isFirst) throw await this.ended(token);
  }

  /** Records that somebody other than the member made the tokens. */
  recordIssue(
    organizationId: string | null,
    username: string,
    issued: TokenReference,
    issuedBy: string,
  ): Promise<void> {
    return this.transactions.run((tx) =>
      this.audit.record(tx, {
        organizationId,
        actor: issuedBy,
        action: 'token.issued',
        subjectId: issued.jti,
        details: { username, expiresAt: issued.expiresAt.toISOString() },
      }),
    );
  }

  /** The answer for a token that has ended: always the same, whatever it sets off. */
  private async ended(token: OrganizationTokenClaims): Promise<TokenRejectedError> {
    const revocation = await this.revoked.find(token.jti);
    // A client that refreshes from two threads at once is careless, not robbed.
    const graceEnd = (revocation?.revokedAt.getTime() ?? 0) + this.config.env.PS_TOKEN_REUSE_GRACE_SECONDS * 1000;
    const isReuse = revocation?.reason === 'rotated' && this.clock.now().getTime() > graceEnd;
    if (isReuse) await this.revokeFamily(token);
    return new TokenRejectedError('blacklisted');
  }

  private async revokeFamily(reused: OrganizationTokenClaims): Promise<void> {
    const { user_id: userId, org_name: organization, user_name: username } = reused;
    const { organizationId } = await this.memberships.findAccess(organization ?? '', userId);
    await this.transactions.run(async (tx) => {
      await this.revoked.lockFamilies(tx, userId);
      let newest = await this.revoked.closeChain(tx, reused.jti);
      // Its owner may trade the newest at this moment: then that is an ended one as well, and the chain goes on.
      while (newest && !(await this.revoked.revoke({ ...newest, userId }, 'family', this.clock.now(), tx)))
        newest = await this.revoked.closeChain(tx, newest.jti);
      if (!newest) return;
      await this.audit.record(tx, {
        organizationId,
        actor: 'system:tokens',
        action: 'token.family_revoked',
        subjectId: String(userId),
        details: { username, organization, reusedTokenId: reused.jti, revokedTokenId: newest.jti },
      });
    });
  }
}

function reference(token: OrganizationTokenClaims): TokenReference & { userId: number } {
  return { jti: token.jti, expiresAt: new Date(token.exp * 1000), userId: token.user_id };
}
