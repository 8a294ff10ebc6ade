import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface GithubPerson {
  id: number;
  login: string;
  name?: string;
  emails?: { email: string; primary: boolean; verified: boolean }[];
}

/** Ways in which GitHub, or something that stands in its place, lets its callers down. */
export type Misbehaviour =
  | 'slow'
  | 'hangs up'
  | 'HTTP 500'
  | 'HTTP 429'
  | 'no JSON'
  | 'an empty answer'
  | 'JSON of another form'
  | 'a huge answer'
  | 'a small answer that unpacks to a huge one'
  | 'a redirect'
  | 'a rate limit';

interface Answer {
  status: number;
  body: unknown;
}

interface Code {
  token: string;
  challenge: string;
  redirectUri: string;
}

export interface SeenRequest {
  path: string;
  authorization: string | undefined;
  form: URLSearchParams;
}

const HUGE = 'x'.repeat(5_000_000);

/** A GitHub of our own: a real HTTP server with the few routes we use, strict about what it is sent. */
export class FakeGithub {
  static readonly clientId = 'Iv1.fake';
  static readonly clientSecret = 'fake-client-secret-0123456789';
  readonly requests: SeenRequest[] = [];
  /** What it does from now on; null is well. */
  misbehaviour: Misbehaviour | null = null;
  /** OAuth error every poll for a device code is answered with; null when the person has agreed. */
  deviceError: { error: string; interval?: number } | null = { error: 'authorization_pending' };
  private readonly tokens = new Map<string, GithubPerson>();
  private readonly codes = new Map<string, Code>();
  private readonly devices = new Map<string, string | null>();
  private readonly sockets = new Set<Socket>();
  private nextId = 1000;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeGithub> {
    const server = createServer();
    const fake = new FakeGithub(server);
    server.on('connection', (socket) => fake.sockets.add(socket));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void fake.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What the service is told about this GitHub. */
  get environment(): NodeJS.ProcessEnv {
    return {
      PS_GITHUB_URL: this.url,
      PS_GITHUB_API_URL: `${this.url}/api`,
      PS_GITHUB_CLIENT_ID: FakeGithub.clientId,
      PS_GITHUB_CLIENT_SECRET: FakeGithub.clientSecret,
      PS_GITHUB_TIMEOUT_SECONDS: '0.5',
    };
  }

  /** A person with an account, and a primary address that was verified. */
  person(fixture: Partial<GithubPerson> = {}): GithubPerson {
    const id = this.nextId++;
    const login = fixture.login ?? `octo-${id}-${randomBytes(3).toString('hex')}`;
    const emails = [
      { email: `other-${id}@example.com`, primary: false, verified: true },
      { email: `${login}@example.com`, primary: true, verified: true },
    ];
    return { id, login, emails, ...fixture };
  }

  /** A token of that person, as it is made in GitHub's settings. */
  token(person: GithubPerson): string {
    const token = `ghp_${randomBytes(18).toString('hex')}`;
    this.tokens.set(token, person);
    return token;
  }

  revoke(token: string): void {
    this.tokens.delete(token);
  }

  /** What the person's browser brings back after they agreed at the address they were sent to. */
  agree(authorizationUrl: string, person: GithubPerson): { code: string; state: string } {
    const url = new URL(authorizationUrl);
    const query = url.searchParams;
    expect([url.origin, url.pathname]).toEqual([this.url, '/login/oauth/authorize']);
    expect(query.get('client_id')).toBe(FakeGithub.clientId);
    expect(query.get('scope')).toBe('user:email');
    expect(query.get('code_challenge_method')).toBe('S256');
    const code = randomBytes(10).toString('hex');
    this.codes.set(code, {
      token: this.token(person),
      challenge: query.get('code_challenge') ?? '',
      redirectUri: query.get('redirect_uri') ?? '',
    });
    return { code, state: query.get('state') ?? '' };
  }

  /** The person types the newest device's code and agrees. */
  agreeOnDevice(person: GithubPerson): void {
    const newest = [...this.devices.keys()].at(-1)!;
    this.devices.set(newest, this.token(person));
    this.deviceError = null;
  }

  /** Every secret it has handed out or was shown. */
  secrets(): string[] {
    return [...this.tokens.keys(), ...this.codes.keys(), ...this.devices.keys(), FakeGithub.clientSecret];
  }

  reset(): void {
    this.misbehaviour = null;
    this.deviceError = { error: 'authorization_pending' };
    this.requests.length = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = (request.url ?? '').split('?')[0] ?? '';
    const { authorization } = request.headers;
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    this.requests.push({ path, authorization, form });
    if (this.misbehaviour) this.misbehave(this.misbehaviour, request, response);
    else send(response, this.answer(`${request.method ?? ''} ${path}`, authorization, form));
  }

  private answer(route: string, authorization: string | undefined, form: URLSearchParams): Answer {
    switch (route) {
      case 'GET /api/user':
        return this.forOwner(authorization, ({ id, login, name = null }) => ({ id, login, name, type: 'User' }));
      case 'GET /api/user/emails':
        return this.forOwner(authorization, ({ emails = [] }) => emails.map((one) => ({ visibility: null, ...one })));
      case 'POST /login/oauth/access_token':
        return { status: 200, body: form.has('device_code') ? this.pollDevice(form) : this.exchange(form) };
      case 'POST /login/device/code':
        return { status: 200, body: this.newDevice(form) };
      default:
        return { status: 404, body: { message: 'Not Found' } };
    }
  }

  private forOwner(authorization: string | undefined, show: (person: GithubPerson) => unknown): Answer {
    const person = this.tokens.get(/^token (.*)$/.exec(authorization ?? '')?.[1] ?? '');
    return person ? { status: 200, body: show(person) } : { status: 401, body: { message: 'Bad credentials' } };
  }

  private exchange(form: URLSearchParams): unknown {
    if (form.get('client_id') !== FakeGithub.clientId || form.get('client_secret') !== FakeGithub.clientSecret)
      return { error: 'incorrect_client_credentials' };
    const code = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (code?.challenge !== challenge) return { error: 'bad_verification_code' };
    if (code.redirectUri !== form.get('redirect_uri')) return { error: 'redirect_uri_mismatch' };
    return { access_token: code.token, token_type: 'bearer', scope: 'user:email' };
  }

  private newDevice(form: URLSearchParams): unknown {
    if (form.get('client_id') !== FakeGithub.clientId || form.get('scope') !== 'user:email')
      return { error: 'incorrect_client_credentials' };
    const code = randomBytes(20).toString('hex');
    this.devices.set(code, null);
    return {
      device_code: code,
      user_code: 'WDJB-MJHT',
      verification_uri: `${this.url}/login/device`,
      expires_in: 899,
      interval: 5,
    };
  }

  private pollDevice(form: URLSearchParams): unknown {
    const code = form.get('device_code') ?? '';
    if (form.get('client_id') !== FakeGithub.clientId) return { error: 'incorrect_client_credentials' };
    if (!this.devices.has(code)) return { error: 'incorrect_device_code' };
    if (this.deviceError) return this.deviceError;
    return { access_token: this.devices.get(code), token_type: 'bearer', scope: 'user:email' };
  }

  private misbehave(how: Misbehaviour, request: IncomingMessage, response: ServerResponse): void {
    switch (how) {
      case 'slow':
        // Begins at once, so that only a limit of the whole answer helps.
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
        return;
      case 'hangs up':
        request.socket.destroy();
        return;
      case 'HTTP 500':
      case 'HTTP 429':
        send(response, {
          status: Number(how.slice(5)),
          body: { message: 'later', secret: request.headers.authorization },
        });
        return;
      case 'no JSON':
        response.end(`<html>${request.headers.authorization ?? ''}</html>`);
        return;
      case 'an empty answer':
        response.end();
        return;
      case 'JSON of another form':
        send(response, { status: 200, body: { id: '1', login: ['x'], access_token: 7, error: { a: 1 } } });
        return;
      case 'a huge answer':
        send(response, { status: 200, body: { id: 1, login: HUGE } });
        return;
      case 'a small answer that unpacks to a huge one':
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify({ id: 1, login: HUGE })));
        return;
      case 'a redirect':
        response.writeHead(302, { location: `${this.url}/elsewhere` }).end('{}');
        return;
      case 'a rate limit':
        response.writeHead(403, { 'x-ratelimit-remaining': '0' }).end('{"message":"API rate limit exceeded"}');
        return;
    }
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
