import { FakeGithub, type GithubPerson } from './fake-github.js';
import { type Answer, type Method } from './http-harness.js';
import { HttpWorld, PASSWORD } from './http-world.js';
import { Mailbox } from './mailbox.js';

export const START = '/api/v1/auth/github/start';
export const CALLBACK = '/api/v1/auth/github/callback';

/** What a browser keeps: its cookies. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly world: HttpWorld) {}

  async call(method: Method, url: string, options: { token?: string; body?: unknown } = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie === '' ? {} : { cookie }) };
    const answer = await this.world.http.call(method, url, { ...options, headers });
    for (const line of setCookies(answer)) this.keep(line);
    return answer;
  }

  get names(): string[] {
    return [...this.cookies.keys()];
  }

  set(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  get(name: string): string | undefined {
    return this.cookies.get(name);
  }

  private keep(line: string): void {
    const [, name, value, rest] = /^([^=]+)=([^;]*);(.*)$/.exec(line)!;
    if (rest!.includes('Max-Age=0;')) this.cookies.delete(name!);
    else this.cookies.set(name!, value!);
  }
}

export function setCookies({ headers }: Answer): string[] {
  const given = headers['set-cookie'] ?? [];
  return Array.isArray(given) ? given : [String(given)];
}

export interface NewAccount {
  id: number;
  username: string;
  email: string;
}

/** A service and a GitHub, with people at both. */
export class GithubWorld {
  private constructor(
    readonly github: FakeGithub,
    readonly world: HttpWorld,
    readonly mailbox: Mailbox,
  ) {}

  static async start(environment: NodeJS.ProcessEnv = {}): Promise<GithubWorld> {
    const github = await FakeGithub.start();
    const world = await HttpWorld.start({ environment: { ...github.environment, ...environment } });
    return new GithubWorld(github, world, new Mailbox(world.http.app));
  }

  async close(): Promise<void> {
    await this.world.close();
    await this.github.close();
  }

  browser(): Browser {
    return new Browser(this.world);
  }

  /** An account with a verified address, and somebody at GitHub whose primary address it is. */
  async twins(fixture: Parameters<HttpWorld['user']>[0] = {}): Promise<{ user: NewAccount; person: GithubPerson }> {
    const user = await this.world.user(fixture);
    const email = `${user.username}@example.org`;
    const person = this.github.person({ emails: [{ email: email.toUpperCase(), primary: true, verified: true }] });
    return { user: { ...user, email }, person };
  }

  async link(userId: number, { id, login }: GithubPerson): Promise<void> {
    await this.world.http.fixtures.query(
      `INSERT INTO social_accounts (id, user_id, provider, uid, login, linked_at)
       VALUES (gen_random_uuid(), $1, 'github', $2, $3, now())`,
      [userId, String(id), login],
    );
  }

  /** A user whose account is linked, and the person at GitHub. */
  async linked(fixture: Parameters<HttpWorld['user']>[0] = {}): Promise<{ user: NewAccount; person: GithubPerson }> {
    const user = await this.world.user(fixture);
    const person = this.github.person();
    await this.link(user.id, person);
    return { user: { ...user, email: `${user.username}@example.org` }, person };
  }

  /** Goes to GitHub and back with this browser; the answer to the way back. */
  async comeBack(browser: Browser, person: GithubPerson, returnTo?: string): Promise<Answer> {
    const query = returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`;
    const { headers } = await browser.call('GET', START + query);
    const back = new URLSearchParams(this.github.agree(String(headers.location), person));
    return browser.call('GET', `${CALLBACK}?${back.toString()}`);
  }

  pickUp(browser: Browser): Promise<Answer> {
    return browser.call('POST', '/api/v1/auth/github/session');
  }

  /** Whose session it is. */
  async whose(answer: Answer): Promise<{ id: number; username: string; email: string }> {
    const token = (answer.body as { access_token: string }).access_token;
    const profile = await this.world.http.call('GET', '/api/v1/account', { token });
    expect(profile.status).toBe(200);
    return profile.body as { id: number; username: string; email: string };
  }

  audited(action: string): Promise<{ actor: string; subject_id: string; details: Record<string, unknown> }[]> {
    const sql = 'SELECT actor, subject_id, details FROM audit_events WHERE action = $1 ORDER BY id';
    return this.world.http.fixtures.query(sql, [action]);
  }

  session(username: string): Promise<string> {
    return this.world.session(username);
  }

  /** Begins a device login; its handle. */
  async beginDevice(): Promise<string> {
    const answer = await this.world.http.call('POST', '/api/v1/auth/github/device');
    expect(answer.status).toBe(200);
    return (answer.body as { device_code: string }).device_code;
  }

  pollDevice(handle: string): Promise<Answer> {
    return this.world.http.call('POST', '/api/v1/auth/github/device/token', { body: { device_code: handle } });
  }

  /** Begins to link by device; its handle. */
  async beginLink(token: string): Promise<string> {
    const body = { currentPassword: PASSWORD };
    const answer = await this.world.http.call('POST', '/api/v1/account/github/device', { token, body });
    expect([answer.status, answer.text]).toEqual([200, answer.text]);
    return (answer.body as { device_code: string }).device_code;
  }

  pollLink(token: string, handle: string): Promise<Answer> {
    const body = { device_code: handle };
    return this.world.http.call('POST', '/api/v1/account/github/device/token', { token, body });
  }

  /** Fails when a secret of GitHub's is in what was logged, stored or in one of the answers. */
  async expectNoSecrets(answers: Answer[] = []): Promise<void> {
    const tables = await this.world.http.fixtures.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    const stored: string[] = [];
    for (const { name } of tables) {
      const rows = await this.world.http.fixtures.query<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`);
      stored.push(...rows.map(({ row }) => row));
    }
    const everything = [
      ...stored,
      ...this.world.http.logged,
      ...answers.map(({ text, headers }) => text + JSON.stringify(headers)),
    ].join('\n');
    const hex = (secret: string): string => Buffer.from(secret).toString('hex');
    for (const secret of this.github.secrets()) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(hex(secret));
    }
  }
}
