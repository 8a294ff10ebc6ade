import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { GithubOauthService } from '../../github/github-oauth.service.js';
import { GithubFlowExpiredError } from '../../users/social/social-accounts.errors.js';
import { UsersService } from '../../users/users.service.js';
import { CredentialsRejectedError } from '../auth.errors.js';
import { type Session, SessionsService } from '../sessions.service.js';
import { type BrowserFlow, GithubFlowsRepository } from './github-flows.repository.js';
import { GithubDeniedError, GithubStateMismatchError } from './github-login.errors.js';
import { GithubLoginService } from './github-login.service.js';
import { GithubSecrets } from './github-secrets.js';

/** How long somebody may take at GitHub's pages. */
export const STATE_SECONDS = 600;
/** How long a session waits for the page that the browser is sent back to. */
export const PICKUP_SECONDS = 60;

/** What GitHub sent the browser back with. */
export interface GithubCallback {
  state: string;
  /** Null when the person or GitHub said no. */
  code: string | null;
  cookie: string | null;
}

/** The authorization code grant, for people in a browser. */
@Injectable()
export class GithubBrowserFlow {
  constructor(
    private readonly oauth: GithubOauthService,
    private readonly flows: GithubFlowsRepository,
    private readonly secrets: GithubSecrets,
    private readonly logins: GithubLoginService,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly clock: Clock,
  ) {}

  /**
   * Where to send the browser, and the cookie that tells it from others when it comes back. With a user id, that user's
   * account is linked; else it is a login. Throws GithubNotConfiguredError.
   */
  async begin(returnTo: string, userId: number | null): Promise<{ location: string; cookie: string }> {
    const state = this.secrets.make();
    const location = this.oauth.authorizeUrl(state, this.secrets.challenge(state));
    const startedAt = this.clock.now();
    const flow = { userId, returnTo, startedAt };
    await this.flows.insertBrowser({ ...flow, ...this.lifetime(state, startedAt, STATE_SECONDS) });
    return { location, cookie: this.secrets.sign(state) };
  }

  /**
   * Ends the flow, whatever comes of it. Where the browser goes, and for a login the secret its session is picked up
   * with. Throws GithubStateMismatchError, GithubDeniedError, GithubRejectedError, and what logins throw.
   */
  async finish({ state, code, cookie }: GithubCallback): Promise<{ returnTo: string; pickup: string | null }> {
    const flow = await this.take(state, cookie);
    if (code === null) throw new GithubDeniedError();
    // The moment the session counts from: should the password change from now on, it is too old at once.
    const startedAt = this.clock.now();
    const token = await this.oauth.exchange(code, this.secrets.verifier(state));
    if (flow.userId !== null) {
      await this.logins.link(flow.userId, token, flow.startedAt);
      return { returnTo: flow.returnTo, pickup: null };
    }
    const { id: userId } = await this.logins.user(token);
    const pickup = this.secrets.make();
    await this.flows.insertSession({ userId, startedAt, ...this.lifetime(pickup, startedAt, PICKUP_SECONDS) });
    return { returnTo: flow.returnTo, pickup };
  }

  /** The session that waits for this browser, once. Throws GithubFlowExpiredError, CredentialsRejectedError. */
  async pickUp(secret: string | null): Promise<Session> {
    const hash = this.secrets.hash(secret ?? '');
    const waiting = hash && (await this.flows.takeSession(hash, this.clock.now()));
    if (!waiting) throw new GithubFlowExpiredError();
    const user = await this.users.find(waiting.userId);
    if (!user?.isActive) throw new CredentialsRejectedError();
    return this.sessions.open(user, waiting.startedAt);
  }

  private async take(state: string, cookie: string | null): Promise<BrowserFlow> {
    const hash = this.secrets.hash(state);
    if (!hash || cookie === null || !this.secrets.isSigned(state, cookie)) throw new GithubStateMismatchError();
    const flow = await this.flows.takeBrowser(hash, this.clock.now());
    if (!flow) throw new GithubStateMismatchError();
    return flow;
  }

  private lifetime(secret: string, from: Date, seconds: number): { hash: Buffer; expiresAt: Date } {
    const hash = this.secrets.hash(secret);
    if (!hash) throw new Error('A secret that was just made has a form of its own');
    return { hash, expiresAt: new Date(from.getTime() + seconds * 1000) };
  }
}
