import { Injectable, Logger } from '@nestjs/common';
import { errorMessage } from '../common/errors/domain-error.js';
import { AppConfig } from '../config/app-config.js';
import { GithubUnavailableError } from './github.errors.js';

/** Answers we read have some kilobytes; the longest is a list of e-mail addresses. */
const MAX_ANSWER_BYTES = 256 * 1024;

export interface GithubAnswer {
  status: number;
  headers: Headers;
  /** Parsed JSON; unchecked. */
  body: unknown;
}

/**
 * Requests to GitHub. Follows no redirect, which could carry a token to somebody else, reads no more than it must, and
 * waits no longer than PS_GITHUB_TIMEOUT_SECONDS in all. Logs hosts, paths and reasons; never what was sent or answered.
 */
@Injectable()
export class GithubHttp {
  private readonly logger = new Logger('GitHub');

  constructor(private readonly config: AppConfig) {}

  /** Any answer with JSON. Throws GithubUnavailableError. */
  async request(url: URL, init: { headers: Record<string, string>; form?: URLSearchParams }): Promise<GithubAnswer> {
    const { headers, form } = init;
    try {
      const response = await fetch(url, {
        method: form ? 'POST' : 'GET',
        headers: { 'user-agent': 'ps-server', ...headers },
        redirect: 'manual',
        signal: AbortSignal.timeout(this.config.env.PS_GITHUB_TIMEOUT_SECONDS * 1000),
        ...(form ? { body: form } : {}),
      });
      return { status: response.status, headers: response.headers, body: await readJson(response) };
    } catch (error) {
      throw this.unavailable(url, reasonOf(error));
    }
  }

  /** Says in the log what is wrong with an answer, and returns the error to throw. */
  unavailable(url: URL, reason: string): GithubUnavailableError {
    this.logger.warn(`${url.origin}${url.pathname}: ${reason}`);
    return new GithubUnavailableError();
  }
}

async function readJson(response: Response): Promise<unknown> {
  const parsed = parse(await readLimited(response));
  if (parsed === undefined) throw new Error(`the answer is no JSON (HTTP ${response.status})`);
  return parsed;
}

/** Undefined for what is no JSON. The parser's own error quotes what it could not read, and that may be a secret. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Counted after decompression, so that no small answer becomes a large one. */
async function readLimited({ body, status }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes (HTTP ${status})`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? errorMessage(error) : `${errorMessage(error)} (${errorMessage(cause)})`;
}
