import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { GithubOauthService } from '../../github/github-oauth.service.js';
import { GithubFlowExpiredError } from '../../users/social/social-accounts.errors.js';
import { type SocialAccount } from '../../users/social/social-accounts.types.js';
import { type Session, SessionsService } from '../sessions.service.js';
import { type DeviceFlow, GithubFlowsRepository } from './github-flows.repository.js';
import { GithubDeniedError } from './github-login.errors.js';
import { GithubLoginService } from './github-login.service.js';
import { GithubSecrets } from './github-secrets.js';

export interface DeviceCodes {
  /** Ours, to poll with; GitHub's own never leaves the service. */
  handle: string;
  userCode: string;
  verificationUri: string;
  expiresInSeconds: number;
  intervalSeconds: number;
}

export interface Waiting {
  status: 'pending' | 'slow_down';
  /** How long to wait before the next poll. */
  intervalSeconds: number;
}

type Grant = Waiting | { status: 'granted'; token: string; begunAt: Date };

/** The device grant (RFC 8628), for command lines and notebooks. */
@Injectable()
export class GithubDeviceFlow {
  constructor(
    private readonly oauth: GithubOauthService,
    private readonly flows: GithubFlowsRepository,
    private readonly secrets: GithubSecrets,
    private readonly logins: GithubLoginService,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /** With a user id, that user's account is linked; else it is a login. Throws GithubNotConfiguredError. */
  async begin(userId: number | null): Promise<DeviceCodes> {
    const startedAt = this.clock.now();
    const { deviceCode, ...shown } = await this.oauth.deviceCode();
    const handle = this.secrets.make();
    const hash = this.known(handle);
    await this.flows.insertDevice({
      hash,
      userId,
      sealedDeviceCode: this.secrets.seal(deviceCode, hash),
      intervalSeconds: shown.intervalSeconds,
      startedAt,
      expiresAt: new Date(startedAt.getTime() + shown.expiresInSeconds * 1000),
    });
    return { handle, ...shown };
  }

  /** Throws GithubFlowExpiredError, GithubDeniedError, and what logins throw. */
  async pollLogin(handle: string): Promise<Waiting | Session> {
    const now = this.clock.now();
    const grant = await this.poll(handle, null);
    if (grant.status !== 'granted') return grant;
    return this.sessions.open(await this.logins.user(grant.token), now);
  }

  /** As {@link pollLogin}, for the user who began to link GitHub to the own account. */
  async pollLink(handle: string, userId: number): Promise<Waiting | SocialAccount> {
    const grant = await this.poll(handle, userId);
    if (grant.status !== 'granted') return grant;
    return this.logins.link(userId, grant.token, grant.begunAt);
  }

  private async poll(handle: string, userId: number | null): Promise<Grant> {
    const hash = this.known(handle);
    const now = this.clock.now();
    const flow = await this.flows.findDevice(hash, userId, now);
    if (!flow) throw new GithubFlowExpiredError();
    const { intervalSeconds } = flow;
    if (!(await this.flows.claimPoll(hash, now))) return { status: 'slow_down', intervalSeconds };
    return this.ask(hash, flow);
  }

  private async ask(hash: Buffer, flow: DeviceFlow): Promise<Grant> {
    const { intervalSeconds, startedAt: begunAt } = flow;
    const answer = await this.oauth.poll(this.secrets.unseal(flow.sealedDeviceCode, hash), intervalSeconds);
    if (answer.status === 'pending') return { status: 'pending', intervalSeconds };
    if (answer.status === 'slow_down') {
      await this.flows.slowDown(hash, answer.intervalSeconds, this.clock.now());
      return answer;
    }
    const isFirst = await this.flows.endDevice(hash);
    if (answer.status === 'denied') throw new GithubDeniedError();
    if (answer.status === 'expired' || !isFirst) throw new GithubFlowExpiredError();
    return { status: 'granted', token: answer.accessToken, begunAt };
  }

  private known(handle: string): Buffer {
    const hash = this.secrets.hash(handle);
    if (!hash) throw new GithubFlowExpiredError();
    return hash;
  }
}
