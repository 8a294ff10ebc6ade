import { DataSource } from 'typeorm';
import { HttpWorld, type Member, PASSWORD } from '../support/http-world.js';

/** What a request costs, whatever the machine: docs/performance.md. */
describe('statements a request runs', () => {
  let world: HttpWorld;
  let member: Member;
  let statements: string[];

  beforeAll(async () => {
    world = await HttpWorld.start();
    member = await world.member();
    statements = recordStatements(world.http.app.get(DataSource));
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
    { method: 'GET', path: 'org_num_nodes/:org/', expected: 3 },
    { method: 'POST', path: 'desired_org_num_nodes_ttl/:org/3/60/', expected: 3 },
  ] as const)('$method /api/$path: $expected', async ({ method, path, expected }) => {
    const url = `/api/${path.replace(':org', member.organization.name)}`;
    await expect(statementsOf(method, url, { token: member.access })).resolves.toBe(expected);
  });

  it('POST /api/org_token/: 3', async () => {
    const body = { username: member.user.username, password: PASSWORD, org_name: member.organization.name };
    await expect(statementsOf('POST', '/api/org_token/', { body })).resolves.toBe(3);
  });

  it('GET /ping/: none', async () => {
    await expect(statementsOf('GET', '/ping/')).resolves.toBe(0);
  });
});

/** Every statement that goes through the pool from now on. */
function recordStatements(dataSource: DataSource): string[] {
  const texts: string[] = [];
  const createQueryRunner = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (mode) => {
    const runner = createQueryRunner(mode);
    const query = runner.query.bind(runner) as (...parameters: unknown[]) => Promise<unknown>;
    runner.query = ((text: string, ...rest: unknown[]) => {
      texts.push(text);
      return query(text, ...rest);
    }) as typeof runner.query;
    return runner;
  };
  return texts;
}
