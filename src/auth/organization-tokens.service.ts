import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { newTokenId } from '../common/ids/ids.js';
import { AppConfig } from '../config/app-config.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { UsersService } from '../users/users.service.js';
import { CredentialsRejectedError, MembershipRequiredError, TokenRejectedError } from './auth.errors.js';
import { type OrganizationTokenClaims, type TokenPair } from './auth.types.js';
import { LoginThrottle } from './login-throttle.js';
import { RevokedTokensRepository } from './revoked-tokens.repository.js';
import { TokenSigner, type VerifiedPayload } from './token-signer.js';
import { userIdOf } from './user-id-claim.js';

/** Ours are 32 hexadecimal characters; the column that remembers used ones takes 64. */
const JTI = /^[!-~]{1,64}$/;

/** Access and refresh tokens of one user for one organization (contract sections 1.4 and 2). */
@Injectable()
export class OrganizationTokensService {
  constructor(
    private readonly signer: TokenSigner,
    private readonly users: UsersService,
    private readonly memberships: MembershipsService,
    private readonly revoked: RevokedTokensRepository,
    private readonly throttle: LoginThrottle,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** A pair for an active member. Credentials are checked before the organization, so nobody else learns which exist. */
  async logIn(username: string, password: string, organizationName: string, address: string): Promise<TokenPair> {
    const user = await this.throttle.guard('organization', username, address, () =>
      this.users.authenticate(username, password),
    );
    if (!user) throw new CredentialsRejectedError();
    return this.issueForMember(user.id, user.username, organizationName);
  }

  /** Trades a refresh token for a new pair; each may be used once, and of two uses at once one wins. */
  async refresh(refreshToken: string): Promise<TokenPair> {
    const claims = await this.verify(refreshToken, 'refresh');
    if (await this.revoked.isRevoked(claims.jti)) throw new TokenRejectedError('blacklisted');
    if (claims.org_name === null) throw new TokenRejectedError('invalid');
    const user = await this.users.find(claims.user_id);
    if (!user?.isActive) throw new CredentialsRejectedError();
    const pair = await this.issueForMember(user.id, user.username, claims.org_name);
    const now = this.clock.now();
    const isFirstUse = await this.revoked.revoke(claims.jti, claims.user_id, new Date(claims.exp * 1000), now);
    if (!isFirstUse) throw new TokenRejectedError('blacklisted');
    await this.revoked.deleteExpired(now);
    return pair;
  }

  /** The claims of a valid access token. Throws TokenRejectedError with the first thing that is wrong. */
  verifyAccess(token: string): Promise<OrganizationTokenClaims> {
    return this.verify(token, 'access');
  }

  private async verify(token: string, type: 'access' | 'refresh'): Promise<OrganizationTokenClaims> {
    return toClaims(await this.signer.verify(token), type);
  }

  private async issueForMember(userId: number, username: string, organizationName: string): Promise<TokenPair> {
    const access = organizationName.includes('\0') ? null : await this.memberships.findAccess(organizationName, userId);
    if (!access?.organizationId)
      throw new MembershipRequiredError(`${organizationName} is NOT a valid organization name`);
    if (access.status === null) throw new MembershipRequiredError(`${username} is NOT a member of ${organizationName}`);
    if (access.status !== 'active')
      throw new MembershipRequiredError(`${username} is NOT an active Member of ${organizationName}`);
    return this.issue(userId, username, organizationName);
  }

  private async issue(userId: number, username: string, organizationName: string): Promise<TokenPair> {
    const { PS_TOKEN_ACCESS_LIFETIME_SECONDS: accessLifetime, PS_TOKEN_REFRESH_LIFETIME_SECONDS: refreshLifetime } =
      this.config.env;
    const iat = this.clock.nowSeconds();
    const identity = { org_name: organizationName, user_name: username, user_id: userId };
    const sign = (type: string, lifetime: number): Promise<string> =>
      this.signer.sign({ token_type: type, exp: iat + lifetime, iat, jti: newTokenId(), ...identity });
    const [access, refresh] = await Promise.all([sign('access', accessLifetime), sign('refresh', refreshLifetime)]);
    return {
      access,
      refresh,
      expiresAt: new Date((iat + accessLifetime) * 1000),
      accessLifetimeSeconds: accessLifetime,
      refreshLifetimeSeconds: refreshLifetime,
    };
  }
}

/** Checked in the order old clients know: id, type, user. */
function toClaims(payload: VerifiedPayload, type: 'access' | 'refresh'): OrganizationTokenClaims {
  const { exp, iat, jti, token_type, org_name, user_name, user_id } = payload;
  if (typeof jti !== 'string' || !JTI.test(jti)) throw new TokenRejectedError('no_id');
  if (token_type !== type) throw new TokenRejectedError('wrong_type');
  const userId = userIdOf(user_id);
  if (userId === null) throw new TokenRejectedError('no_user');
  return {
    token_type: type,
    exp,
    iat: typeof iat === 'number' ? iat : 0,
    jti,
    org_name: typeof org_name === 'string' ? org_name : null,
    user_name: typeof user_name === 'string' ? user_name : null,
    user_id: userId,
  };
}
