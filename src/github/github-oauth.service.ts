import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type Secret } from '../common/secret/secret.js';
import { AppConfig } from '../config/app-config.js';
import { GithubHttp } from './github-http.js';
import { GithubNotConfiguredError, GithubRejectedError } from './github.errors.js';
import { type GithubDeviceCode, type GithubPoll } from './github.types.js';

/** Enough to read the verified address (contract section 5.1). */
const SCOPE = 'user:email';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** GitHub adds as many at each poll that came too soon. */
const SLOW_DOWN_SECONDS = 5;

const deviceCodeSchema = z.looseObject({
  device_code: z.string().min(1).max(512),
  user_code: z.string().min(1).max(64),
  verification_uri: z.url({ protocol: /^https?$/ }),
  expires_in: z.number().int().min(1).max(3600),
  interval: z.number().int().min(1).max(60).default(5),
});
const tokenSchema = z.looseObject({ access_token: z.string().min(1).max(1024) });
const failureSchema = z.looseObject({ error: z.string(), interval: z.number().int().min(1).max(300).optional() });

/** The OAuth application of this service at GitHub: codes for browsers and for devices. */
@Injectable()
export class GithubOauthService {
  constructor(
    private readonly http: GithubHttp,
    private readonly config: AppConfig,
  ) {}

  /** Where a browser goes. Throws GithubNotConfiguredError. */
  authorizeUrl(state: string, codeChallenge: string): string {
    this.clientSecret();
    const url = this.url('login/oauth/authorize');
    url.search = new URLSearchParams({
      client_id: this.clientId(),
      redirect_uri: this.redirectUri(),
      scope: SCOPE,
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
    }).toString();
    return url.toString();
  }

  /** The token for the code a browser brought back. Throws GithubRejectedError, GithubUnavailableError. */
  async exchange(code: string, codeVerifier: string): Promise<string> {
    const url = this.url('login/oauth/access_token');
    const answer = await this.post(url, {
      client_id: this.clientId(),
      client_secret: this.clientSecret().reveal(),
      code,
      redirect_uri: this.redirectUri(),
      code_verifier: codeVerifier,
    });
    const token = tokenSchema.safeParse(answer);
    if (token.success) return token.data.access_token;
    const failure = failureSchema.safeParse(answer);
    if (failure.success && failure.data.error === 'bad_verification_code') throw new GithubRejectedError();
    throw this.http.unavailable(url, reasonOf(failure.data));
  }

  /** Throws GithubNotConfiguredError, GithubUnavailableError. */
  async deviceCode(): Promise<GithubDeviceCode> {
    const url = this.url('login/device/code');
    const answer = await this.post(url, { client_id: this.clientId(), scope: SCOPE });
    const parsed = deviceCodeSchema.safeParse(answer);
    if (!parsed.success) throw this.http.unavailable(url, reasonOf(failureSchema.safeParse(answer).data));
    const { device_code, user_code, verification_uri, expires_in, interval } = parsed.data;
    return {
      deviceCode: device_code,
      userCode: user_code,
      verificationUri: verification_uri,
      expiresInSeconds: expires_in,
      intervalSeconds: interval,
    };
  }

  /** Whether the person has agreed by now. `intervalSeconds` is the present one. Throws GithubUnavailableError. */
  async poll(deviceCode: string, intervalSeconds: number): Promise<GithubPoll> {
    const url = this.url('login/oauth/access_token');
    const form = { client_id: this.clientId(), device_code: deviceCode, grant_type: DEVICE_GRANT };
    const answer = await this.post(url, form);
    const token = tokenSchema.safeParse(answer);
    if (token.success) return { status: 'complete', accessToken: token.data.access_token };
    const failure = failureSchema.safeParse(answer);
    switch (failure.data?.error) {
      case 'authorization_pending':
        return { status: 'pending' };
      case 'slow_down': {
        const longer = failure.data.interval ?? intervalSeconds + SLOW_DOWN_SECONDS;
        return { status: 'slow_down', intervalSeconds: longer };
      }
      case 'access_denied':
        return { status: 'denied' };
      case 'expired_token':
      case 'incorrect_device_code':
        return { status: 'expired' };
      default:
        throw this.http.unavailable(url, reasonOf(failure.data));
    }
  }

  private async post(url: URL, form: Record<string, string>): Promise<unknown> {
    const headers = { accept: 'application/json' };
    const { status, body } = await this.http.request(url, { headers, form: new URLSearchParams(form) });
    // GitHub answers errors of OAuth with 200; RFC 6749 says 400.
    if (status !== 200 && status !== 400) throw this.http.unavailable(url, `HTTP ${status}`);
    return body;
  }

  private clientId(): string {
    const { PS_GITHUB_CLIENT_ID: id } = this.config.env;
    if (id === undefined) throw new GithubNotConfiguredError('PS_GITHUB_CLIENT_ID');
    return id;
  }

  private clientSecret(): Secret {
    const { PS_GITHUB_CLIENT_SECRET: secret } = this.config.env;
    if (secret === undefined) throw new GithubNotConfiguredError('PS_GITHUB_CLIENT_ID and PS_GITHUB_CLIENT_SECRET');
    return secret;
  }

  private redirectUri(): string {
    return `${this.config.env.PS_PUBLIC_URL}/api/v1/auth/github/callback`;
  }

  private url(path: string): URL {
    return new URL(`${this.config.env.PS_GITHUB_URL}/${path}`);
  }
}

/** The names of OAuth's errors are fixed, but a text of somebody else's does not belong in a log. */
function reasonOf(failure: { error: string } | undefined): string {
  return failure && /^[a-z_]{1,50}$/.test(failure.error)
    ? `it answers ${failure.error}`
    : 'the answer does not have the expected form';
}
