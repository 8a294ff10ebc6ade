import { type Answer, type HttpHarnessOptions, type Method } from './http-harness.js';
import { HttpWorld } from './http-world.js';

export interface Person {
  id: number;
  username: string;
  token: string;
}

interface AuditedEvent {
  actor: string;
  organizationId: string | null;
  details: { before?: Record<string, unknown>; after?: Record<string, unknown> } & Record<string, unknown>;
}

/** A service with a superuser and a developer who administer it. */
export class AdminWorld {
  private constructor(
    readonly world: HttpWorld,
    readonly root: Person,
    readonly developer: Person,
  ) {}

  static async start(options?: HttpHarnessOptions): Promise<AdminWorld> {
    const world = await HttpWorld.start(options);
    const root = await loggedIn(world, { isStaff: true, isSuperuser: true });
    const developer = await loggedIn(world, { isStaff: true, group: 'PS_Developer' });
    return new AdminWorld(world, root, developer);
  }

  close(): Promise<void> {
    return this.world.close();
  }

  person(fixture?: Parameters<HttpWorld['user']>[0]): Promise<Person> {
    return loggedIn(this.world, fixture);
  }

  by({ token }: Person, method: Method, url: string, body?: unknown): Promise<Answer> {
    return this.world.http.call(method, url, { token, body });
  }

  byDeveloper(method: Method, url: string, body?: unknown): Promise<Answer> {
    return this.by(this.developer, method, url, body);
  }

  byRoot(method: Method, url: string, body?: unknown): Promise<Answer> {
    return this.by(this.root, method, url, body);
  }

  /** The body of an answer to the developer, which must be a success. */
  async done<T>(method: Method, url: string, body?: unknown): Promise<T> {
    const answer = await this.byDeveloper(method, url, body);
    if (answer.status >= 300) throw new Error(`${method} ${url} answered ${answer.status}: ${answer.text}`);
    return answer.body as T;
  }

  /** All items of a list, page by page; `name` is the field they are in. */
  async pages<T>(url: string, name: string, limit = 2): Promise<T[][]> {
    const found: T[][] = [];
    let cursor: string | null = null;
    do {
      const end: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page: Record<string, unknown> = await this.done('GET', `${url}&limit=${limit}${end}`);
      found.push(page[name] as T[]);
      cursor = page.nextCursor as string | null;
    } while (cursor !== null);
    return found;
  }

  /** What the audit log has of an action on something, newest first. */
  async audited(action: string, subjectId: string | number): Promise<AuditedEvent[]> {
    const url = `/admin/audit-events?action=${action}&subjectId=${subjectId}`;
    return (await this.done<{ events: AuditedEvent[] }>('GET', url)).events;
  }
}

async function loggedIn(world: HttpWorld, fixture?: Parameters<HttpWorld['user']>[0]): Promise<Person> {
  const user = await world.user(fixture);
  return { ...user, token: await world.session(user.username) };
}
