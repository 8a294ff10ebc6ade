import pg from 'pg';
import { PreparingClient } from '../../src/database/preparing-client.js';
import { HttpWorld, type Member, PASSWORD } from '../support/http-world.js';

/** What a request costs, whatever the machine: docs/performance.md. */
describe('statements a request runs', () => {
  let world: HttpWorld;
  let member: Member;
  let statements: string[];

  beforeAll(async () => {
    // Connections keep the function they were made with, so before the first one.
    statements = recordStatements();
    world = await HttpWorld.start();
    member = await world.member();
  });
  afterAll(() => world.close());
  beforeEach(() => {
    statements.length = 0;
  });

  const statementsOf = async (...call: Parameters<HttpWorld['http']['call']>): Promise<number> => {
    const { status, text } = await world.http.call(...call);
    if (status !== 200) throw new Error(`${call[1]} answered ${status}: ${text}`);
    return statements.length;
  };

  it.each([
    { method: 'GET', path: 'membership_status/:org/', expected: 1 },
    { method: 'GET', path: 'org_num_nodes/:org/', expected: 1 },
    { method: 'POST', path: 'desired_org_num_nodes_ttl/:org/3/60/', expected: 2 },
  ] as const)('$method /api/$path: $expected', async ({ method, path, expected }) => {
    const url = `/api/${path.replace(':org', member.organization.name)}`;
    await expect(statementsOf(method, url, { token: member.access })).resolves.toBe(expected);
  });

  it('POST /api/org_token/: 6', async () => {
    // The harness logged in to get its tokens, so the address is known; the first login from one is written down.
    const body = { username: member.user.username, password: PASSWORD, org_name: member.organization.name };
    await expect(statementsOf('POST', '/api/org_token/', { body })).resolves.toBe(6);
  });

  it('GET /ping/: none', async () => {
    await expect(statementsOf('GET', '/ping/')).resolves.toBe(0);
  });
});

/** Every statement a connection of the pool is given from now on. */
function recordStatements(): string[] {
  const texts: string[] = [];
  const send = pg.Client.prototype.query as (this: pg.Client, ...parameters: unknown[]) => unknown;
  pg.Client.prototype.query = function record(this: pg.Client, ...parameters: unknown[]): unknown {
    const [statement] = parameters as [string | { text: string }];
    if (this instanceof PreparingClient) texts.push(typeof statement === 'string' ? statement : statement.text);
    return send.apply(this, parameters);
  } as typeof pg.Client.prototype.query;
  return texts;
}
