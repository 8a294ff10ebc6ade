import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamicModule, type LoggerService, type Type } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { createServerApp } from '../../src/app/create-server-app.js';
import { SESSION_TYPE, sessionKey } from '../../src/auth/token-signer.js';
import { Clock } from '../../src/common/clock/clock.js';
import { type AppConfig, loadConfig } from '../../src/config/app-config.js';
import { Fixtures } from './fixtures.js';
import { TestClock } from './test-clock.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

export interface Call {
  /** Sent as `Authorization: Bearer <token>`. */
  token?: string;
  headers?: Record<string, string>;
  /** A text or bytes go out as they are, anything else as JSON with its content type. */
  body?: unknown;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  text: string;
  /** The parsed body; null when it is empty, the text itself when it is no JSON. */
  body: unknown;
}

interface Log {
  complaints: string[];
  all: string[];
}

export interface HttpHarnessOptions {
  environment?: NodeJS.ProcessEnv;
  /** Asked for filters and routes before those of the service. */
  imports?: (Type | DynamicModule)[];
  /** Shared with another harness, as two processes share one; its maker drops it. */
  database?: TestDatabase;
}

/** The service with role `api`, built as in production, on a database of its own and a clock that stands still. */
export class HttpHarness {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly config: AppConfig,
    readonly clock: TestClock,
    readonly fixtures: Fixtures,
    /** What the HTTP server routes, as it was told. */
    readonly routes: readonly { method: string; url: string }[],
    private readonly log: Log,
    private readonly dispose: () => Promise<void>,
  ) {}

  /** Everything that was logged as a warning, an error or worse. */
  get complaints(): string[] {
    return this.log.complaints;
  }

  /** Everything that was logged at all. */
  get logged(): string[] {
    return this.log.all;
  }

  static async start({ environment, imports = [], database: shared }: HttpHarnessOptions = {}): Promise<HttpHarness> {
    const database = shared ?? (await createTestDatabase());
    const dataDirectory = mkdtempSync(join(tmpdir(), 'ps-server-http-'));
    const config = loadConfig({ PS_ROLE: 'api', PS_DATA_DIRECTORY: dataDirectory, ...environment });
    const clock = new TestClock();
    const log: Log = { complaints: [], all: [] };
    const routes: { method: string; url: string }[] = [];
    const app = await createServerApp(config, database.url, writeTo(log), async (root, adapter, options) => {
      const builder = Test.createTestingModule({ imports: [...imports, root] });
      adapter.getInstance().addHook('onRoute', ({ method, url }) => {
        for (const one of [method].flat()) routes.push({ method: one, url });
      });
      const module = await builder.overrideProvider(Clock).useValue(clock).compile();
      return module.createNestApplication<NestFastifyApplication>(adapter, options);
    });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const fixtures = new Fixtures(database.url);
    return new HttpHarness(app, config, clock, fixtures, routes, log, async () => {
      await app.close();
      await fixtures.close();
      if (!shared) await database.drop();
      rmSync(dataDirectory, { recursive: true, force: true });
    });
  }

  async call(method: Method, url: string, { token, headers = {}, body }: Call = {}): Promise<Answer> {
    const isRaw = typeof body === 'string' || body instanceof Buffer;
    const response = await this.app.inject({
      method,
      url,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: isRaw ? body : JSON.stringify(body) }),
    });
    // A socket carries no body of an answer to HEAD; inject hands it over.
    const text = method === 'HEAD' ? '' : response.payload;
    return { status: response.statusCode, headers: response.headers, text, body: parsed(text) };
  }

  /** Listens on a free port, for tests of the wire itself. */
  async listen(): Promise<number> {
    const server = this.app.getHttpServer();
    if (!server.listening) await this.app.listen(0, '127.0.0.1');
    return (server.address() as AddressInfo).port;
  }

  /** A token with any header and claims, signed with the service's key for tokens of that type or another one. */
  forge(claims: unknown, options: { header?: unknown; secret?: string; hash?: string } = {}): string {
    const isSession = (claims as { token_type?: unknown } | null)?.token_type === 'session';
    const {
      header = { alg: 'HS256', typ: isSession ? SESSION_TYPE : 'JWT' },
      secret = isSession ? sessionKey(this.config) : this.config.jwtSecret.reveal(),
      hash = 'sha256',
    } = options;
    const signed = `${base64(JSON.stringify(header))}.${base64(JSON.stringify(claims))}`;
    return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
  }

  /** As {@link Fixtures.stored}. */
  stored(): Promise<string> {
    return this.fixtures.stored();
  }

  close(): Promise<void> {
    return this.dispose();
  }
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function writeTo({ complaints, all }: Log): LoggerService {
  const note = (...parts: unknown[]): void => {
    all.push(parts.map(String).join(' '));
  };
  const complain = (...parts: unknown[]): void => {
    note(...parts);
    complaints.push(parts.map(String).join(' '));
  };
  return { log: note, debug: note, verbose: note, warn: complain, error: complain, fatal: complain };
}
