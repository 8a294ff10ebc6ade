import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { newTokenId } from '../common/ids/ids.js';
import { AppConfig } from '../config/app-config.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { type MemberAccess } from '../organizations/organizations.types.js';
import { hasBeenEnded, type User } from '../users/users.types.js';
import { CredentialsRejectedError, MembershipRequiredError, TokenRejectedError } from './auth.errors.js';
import { type OrganizationTokenClaims, type TokenPair } from './auth.types.js';
import { LoginService } from './login.service.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { type TokenReference } from './revoked-tokens.repository.js';
import { readTokenId, readUserId, type SignedClaims } from './signed-claims.js';
import { TokenSigner } from './token-signer.js';

/** Access and refresh tokens of one user for one organization (contract sections 1.4 and 2). */
@Injectable()
export class OrganizationTokensService {
  constructor(
    private readonly signer: TokenSigner,
    private readonly logins: LoginService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly memberships: MembershipsService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** A pair for an active member. Credentials are checked before the organization, so nobody else learns which exist. */
  async logIn(username: string, password: string, organizationName: string, address: string): Promise<TokenPair> {
    // The moment the login began: should the password change while it is checked, the tokens are too old at once.
    const issuedAt = this.clock.nowSeconds();
    const user = await this.logins.authenticate('organizationLogin', username, password, address);
    return this.issueToMember(user, organizationName, issuedAt);
  }

  /** A pair for somebody who has just proved to be this user, in a login that began at `issuedAt`. */
  async issueToMember({ id, username }: User, organizationName: string, issuedAt: number): Promise<TokenPair> {
    assertActiveMember(await this.memberships.findAccess(organizationName, id), username, organizationName);
    return this.issue(id, username, organizationName, issuedAt).pair;
  }

  /** A pair for an active member whom an operator vouches for; recorded, because it stands for the member. */
  async issueFor({ id, username, isActive }: User, organizationName: string, issuedBy: string): Promise<TokenPair> {
    if (!isActive) throw new CredentialsRejectedError();
    const access = await this.memberships.findAccess(organizationName, id);
    assertActiveMember(access, username, organizationName);
    const { pair, refresh } = this.issue(id, username, organizationName, this.clock.nowSeconds());
    await this.refreshTokens.recordIssue(access.organizationId, username, refresh, issuedBy);
    return pair;
  }

  /**
   * Trades a refresh token for a new pair; each may be used once, and of two uses at once one wins. What the token says
   * is answered first, who may have a new one only then: a stranger learns nothing of users and memberships (B3).
   */
  async refresh(refreshToken: string): Promise<TokenPair> {
    const claims = this.verify(refreshToken, 'refresh');
    await this.refreshTokens.assertUsable(claims);
    const { org_name: organizationName, user_name: nameInToken } = claims;
    if (organizationName === null || nameInToken === null) throw new TokenRejectedError('invalid');
    const { userId, username } = await this.assertStillMember(claims, organizationName);
    const { pair, refresh } = this.issue(userId, username, organizationName, this.clock.nowSeconds());
    await this.refreshTokens.rotate(claims, refresh);
    // Once more: the revocation refers to the user's row, so it waited for a password change that was under way.
    await this.assertStillMember(claims, organizationName);
    return pair;
  }

  /** Ends a refresh token. Throws TokenRejectedError when it is none, or has ended already. */
  async blacklist(refreshToken: string): Promise<void> {
    await this.refreshTokens.blacklist(this.verify(refreshToken, 'refresh'));
  }

  /** The claims of a valid access token. Throws TokenRejectedError with the first thing that is wrong. */
  verifyAccess(token: string): OrganizationTokenClaims {
    return this.verify(token, 'access');
  }

  private verify(token: string, type: 'access' | 'refresh'): OrganizationTokenClaims {
    return toClaims(this.signer.verify(token), type);
  }

  /** What ends the account's sessions ends its refresh tokens as well. */
  private async assertStillMember(
    { user_id, iat }: OrganizationTokenClaims,
    organizationName: string,
  ): Promise<{ userId: number; username: string }> {
    const access = await this.memberships.findAccess(organizationName, user_id);
    const { userId, username } = access;
    if (userId === null || username === null) throw new TokenRejectedError('invalid');
    if (access.isUserActive !== true) throw new CredentialsRejectedError();
    if (hasBeenEnded(access, iat)) throw new TokenRejectedError('blacklisted');
    assertActiveMember(access, username, organizationName);
    return { userId, username };
  }

  private issue(
    userId: number,
    username: string,
    organizationName: string,
    iat: number,
  ): { pair: TokenPair; refresh: TokenReference } {
    const { PS_TOKEN_ACCESS_LIFETIME_SECONDS: accessLifetime, PS_TOKEN_REFRESH_LIFETIME_SECONDS: refreshLifetime } =
      this.config.env;
    const refreshId = newTokenId();
    const sign = (type: string, lifetime: number, jti: string): string =>
      this.signer.sign({
        token_type: type,
        exp: iat + lifetime,
        iat,
        jti,
        org_name: organizationName,
        user_name: username,
        user_id: userId,
      });
    const pair = {
      access: sign('access', accessLifetime, newTokenId()),
      refresh: sign('refresh', refreshLifetime, refreshId),
      expiresAt: new Date((iat + accessLifetime) * 1000),
      accessLifetimeSeconds: accessLifetime,
      refreshLifetimeSeconds: refreshLifetime,
    };
    return { pair, refresh: { jti: refreshId, expiresAt: new Date((iat + refreshLifetime) * 1000) } };
  }
}

/** The sentences are those of the old system (contract section 1.4). */
function assertActiveMember(access: MemberAccess, username: string, organizationName: string): void {
  if (access.organizationId === null)
    throw new MembershipRequiredError(`${organizationName} is NOT a valid organization name`);
  if (access.status === null) throw new MembershipRequiredError(`${username} is NOT a member of ${organizationName}`);
  if (access.status !== 'active')
    throw new MembershipRequiredError(`${username} is NOT an active Member of ${organizationName}`);
}

/** Checked in the order old clients know: id, type, user. */
function toClaims(claims: SignedClaims, type: 'access' | 'refresh'): OrganizationTokenClaims {
  const { exp, iat, org_name, user_name } = claims;
  const jti = readTokenId(claims);
  if (claims.token_type !== type) throw new TokenRejectedError('wrong_type');
  return {
    token_type: type,
    exp,
    iat: typeof iat === 'number' ? iat : 0,
    jti,
    org_name: typeof org_name === 'string' ? org_name : null,
    user_name: typeof user_name === 'string' ? user_name : null,
    user_id: readUserId(claims),
  };
}
