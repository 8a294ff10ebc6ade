import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { clientNetwork } from '../../common/http/client-network.js';
import { GithubUsersService } from '../../github/github-users.service.js';
import { type GithubUser } from '../../github/github.types.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { SocialAccountsService } from '../../users/social/social-accounts.service.js';
import { type SocialAccount } from '../../users/social/social-accounts.types.js';
import { type User } from '../../users/users.types.js';
import { CredentialsRejectedError } from '../auth.errors.js';
import { type TokenPair } from '../auth.types.js';
import { OrganizationTokensService } from '../organization-tokens.service.js';
import { GithubUnlinkedError } from './github-login.errors.js';

/** Who somebody is here, by a token that proves who they are at GitHub. The token is used at once and kept nowhere. */
@Injectable()
export class GithubLoginService {
  constructor(
    private readonly github: GithubUsersService,
    private readonly accounts: SocialAccountsService,
    private readonly tokens: OrganizationTokensService,
    private readonly throttle: ThrottleService,
    private readonly clock: Clock,
  ) {}

  /**
   * Tokens of an organization for whoever brings a token of GitHub, made for whatever application: only accounts that
   * are linked. Throws GithubRejectedError, GithubUnlinkedError, CredentialsRejectedError for a disabled account,
   * MembershipRequiredError, GithubUnavailableError, TooManyAttemptsError.
   */
  async organizationTokens(githubToken: string, organizationName: string, address: string): Promise<TokenPair> {
    const issuedAt = this.clock.nowSeconds();
    const user = await this.throttle.guard('githubToken', { address: clientNetwork(address) }, async () =>
      this.linkedUser(await this.github.owner(githubToken)),
    );
    if (!user) throw new GithubUnlinkedError();
    return this.tokens.issueToMember(user, organizationName, issuedAt);
  }

  /**
   * The user who has just agreed at GitHub, in the name of this service, to log in here; by the verified address when
   * the account is not linked. Throws CredentialsRejectedError for a disabled account, and what
   * SocialAccountsService.admit throws.
   */
  async user(githubToken: string): Promise<User> {
    const identity = await this.github.owner(githubToken);
    const linked = await this.linkedUser(identity);
    if (linked) return linked;
    const admitted = await this.accounts.admit(identity, await this.github.verifiedPrimaryEmail(githubToken));
    if (!admitted) throw new CredentialsRejectedError();
    return admitted;
  }

  /** Links the token's owner to the user; `begunAt` is when that was wished. */
  async link(userId: number, githubToken: string, begunAt: Date): Promise<SocialAccount> {
    return this.accounts.link(userId, await this.github.owner(githubToken), begunAt);
  }

  /** Null when nobody is linked. */
  private async linkedUser(identity: GithubUser): Promise<User | null> {
    // In this order: asked afterwards, a link another login of the same person has just made looks like a disabled account.
    if (!(await this.accounts.isLinked(identity.uid))) return null;
    const user = await this.accounts.logIn(identity);
    if (!user) throw new CredentialsRejectedError();
    return user;
  }
}
