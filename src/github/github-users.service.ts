import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AppConfig } from '../config/app-config.js';
import { type GithubAnswer, GithubHttp } from './github-http.js';
import { GithubRejectedError } from './github.errors.js';
import { type GithubUser } from './github.types.js';

/** What a token consists of at most; anything else would break out of the header, or is none. */
const TOKEN = /^[!-~]{1,1024}$/;

/** Lengths are those of our columns. */
const userSchema = z.looseObject({
  id: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  login: z.string().regex(/^[^\p{Cc}]{1,150}$/u),
  name: z.string().nullish(),
});
const emailsSchema = z.array(z.looseObject({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

/** Whose a token of GitHub is. */
@Injectable()
export class GithubUsersService {
  constructor(
    private readonly http: GithubHttp,
    private readonly config: AppConfig,
  ) {}

  /** Throws GithubRejectedError for a token GitHub does not accept, and GithubUnavailableError. */
  async owner(token: string): Promise<GithubUser> {
    const { url, answer } = await this.get('user', token);
    if (saysNo(answer)) throw new GithubRejectedError();
    const parsed = userSchema.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success) throw this.http.unavailable(url, describe(answer));
    const { id, login, name } = parsed.data;
    return { uid: String(id), login, name: name ?? null };
  }

  /** The primary address, if GitHub has verified it and the token may see it. Throws GithubUnavailableError. */
  async verifiedPrimaryEmail(token: string): Promise<string | null> {
    const { url, answer } = await this.get('user/emails', token);
    if (answer.status === 404 || saysNo(answer)) return null;
    const parsed = emailsSchema.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success) throw this.http.unavailable(url, describe(answer));
    return parsed.data.find(({ primary, verified }) => primary && verified)?.email ?? null;
  }

  private async get(path: string, token: string): Promise<{ url: URL; answer: GithubAnswer }> {
    if (!TOKEN.test(token)) throw new GithubRejectedError();
    const url = new URL(`${this.config.env.PS_GITHUB_API_URL}/${path}`);
    const headers = {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      authorization: `token ${token}`,
    };
    return { url, answer: await this.http.request(url, { headers }) };
  }
}

/** GitHub also answers 403 to whoever asks too much, and that says nothing about the token. */
function saysNo({ status, headers }: GithubAnswer): boolean {
  if (status === 401) return true;
  return status === 403 && headers.get('x-ratelimit-remaining') !== '0' && !headers.has('retry-after');
}

function describe({ status }: GithubAnswer): string {
  return status === 200 ? 'the answer does not have the expected form' : `HTTP ${status}`;
}
