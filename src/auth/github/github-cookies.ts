import { Injectable } from '@nestjs/common';
import { HostCookie } from '../../common/http/cookies.js';
import { AppConfig } from '../../config/app-config.js';
import { PICKUP_SECONDS, STATE_SECONDS } from './github-browser-flow.service.js';

/** What a browser keeps while somebody logs in through GitHub. */
@Injectable()
export class GithubCookies {
  /** Ties the way back from GitHub to the browser that went there. Lax, because GitHub's page leads back here. */
  readonly state: HostCookie;
  /** Picks up the session. No other site can have it sent. */
  readonly pickup: HostCookie;

  constructor({ env }: AppConfig) {
    this.state = new HostCookie('ps_github_state', env.PS_PUBLIC_URL, {
      maxAgeSeconds: STATE_SECONDS,
      sameSite: 'Lax',
    });
    this.pickup = new HostCookie('ps_github_login', env.PS_PUBLIC_URL, {
      maxAgeSeconds: PICKUP_SECONDS,
      sameSite: 'Strict',
    });
  }
}
