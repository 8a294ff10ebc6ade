import { type AccessRule } from '../../src/common/access/access.decorators.js';
import { type Permission, permissionRule } from '../../src/common/access/permissions.js';
import { HandlerStop, HandlerStopModule, LET_IN } from '../support/handler-stop.js';
import { type Answer, type Method } from '../support/http-harness.js';
import { HttpWorld } from '../support/http-world.js';
import { LEGACY_PERMISSIONS, type Outcome } from '../support/legacy-permissions.js';
import { type Role, RoleCast, ROLES } from '../support/role-cast.js';
import { accessRuleOf, type WalkedRoute, walkRoutes } from '../../src/app/route-walk.js';

/** Numbers in paths of the old contract, which decides after it has read them; 1 for those not named here. */
const NUMBERS: Record<string, string> = { ttl: '15' };
const SOME_ID = '00000000-0000-4000-8000-000000000000';

/** What the matrix says a call is answered: let in, or refused with this status and code. */
type Expected = typeof LET_IN | '401 auth.required' | '403 auth.forbidden' | '404 organizations.not_found';

function expectedOf(rule: Exclude<AccessRule, { kind: 'legacy' }>, role: Role): Expected {
  if (rule.kind === 'public') return LET_IN;
  if (role === 'anonymous') return '401 auth.required';
  const { scope } = permissionRule(rule.permission);
  if (scope === 'self' || isAdministrator(rule.permission, role)) return LET_IN;
  if (scope === 'installation') return '403 auth.forbidden';
  if (role !== 'member' && role !== 'owner') return '404 organizations.not_found';
  return permissionRule(rule.permission).members?.includes(role) === true ? LET_IN : '403 auth.forbidden';
}

const beginningOf = ({ path }: WalkedRoute): string => path.split(':')[0]!;
const nameOf = ({ method, path }: WalkedRoute): string => `${method} ${path}`;

function isAdministrator(permission: Permission, role: Role): boolean {
  return role === 'superuser' || (role === 'developer' && permissionRule(permission).developers);
}

describe('every route, called as every role', () => {
  let world: HttpWorld;
  let cast: RoleCast;
  let routes: WalkedRoute[];
  beforeAll(async () => {
    world = await HttpWorld.start({ imports: [HandlerStopModule] });
    cast = await RoleCast.assemble(world);
    world.http.app.get(HandlerStop).isActive = true;
    routes = walkRoutes(world.http.app);
  });
  afterAll(() => world.close());

  /** The rows of a matrix by route, each a cell per role. */
  const matrixOf = async <Cell>(
    some: WalkedRoute[],
    cellOf: (route: WalkedRoute, role: Role) => Cell | Promise<Cell>,
  ): Promise<Record<string, Record<string, Cell>>> => {
    const matrix: Record<string, Record<string, Cell>> = {};
    for (const route of some) {
      const cells: Record<string, Cell> = {};
      for (const role of ROLES) cells[role] = await cellOf(route, role);
      matrix[nameOf(route)] = cells;
    }
    return matrix;
  };
  const isLegacy = (route: WalkedRoute): boolean => accessRuleOf(route)?.kind === 'legacy';
  const methodOf = ({ method }: WalkedRoute): Method => (method === 'ALL' ? 'GET' : (method as Method));

  const callModern = (route: WalkedRoute, role: Role): Promise<Answer> => {
    const url = route.path.replace(/:(\w+)/g, (_, name) => (name === 'organization' ? cast.organization : SOME_ID));
    const token = cast.session(role);
    return world.http.call(methodOf(route), url, token === undefined ? {} : { token });
  };
  const callLegacy = (route: WalkedRoute, role: Role): Promise<Answer> => {
    const url = route.path
      .replace(/:org\b/, cast.laboratory)
      .replace(/:(\w+)/g, (_, name: string) => NUMBERS[name] ?? '1');
    const token = cast.organizationToken(role, 'access');
    const body = LEGACY_PERMISSIONS[beginningOf(route)]?.body?.(cast, role);
    return world.http.call(methodOf(route), url, {
      ...(token === undefined || body ? {} : { token }),
      ...(body ? { body } : {}),
    });
  };

  it('lets in whom the permission matrix names, and refuses all others', async () => {
    const modern = routes.filter((route) => !isLegacy(route));
    const expected = await matrixOf(modern, (route, role) => {
      const rule = accessRuleOf(route);
      if (!rule || rule.kind === 'legacy') throw new Error(`${route.name} does not say who may call it`);
      return expectedOf(rule, role);
    });
    const found = await matrixOf(modern, async (route, role) => {
      const { status, body } = await callModern(route, role);
      return status === LET_IN ? status : `${status} ${(body as { code?: string } | null)?.code ?? ''}`;
    });
    expect(found).toEqual(expected);
    expect(Object.keys(found)).toHaveLength(modern.length);
  });

  it('keeps the table of the old contract', async () => {
    const legacy = routes.filter(isLegacy);
    const expected = await matrixOf(legacy, (route, role) => {
      const row = LEGACY_PERMISSIONS[beginningOf(route)];
      if (!row) throw new Error(`${route.path} has no row in test/support/legacy-permissions.ts`);
      return row.outcomes[role];
    });
    const found = await matrixOf(legacy, async (route, role): Promise<Outcome> => {
      const { status, body } = await callLegacy(route, role);
      if (status !== 200) return status;
      return (body as { active?: boolean }).active === false ? 'nothing' : 'yes';
    });
    expect(found).toEqual(expected);
    expect(Object.keys(found)).toHaveLength(legacy.length);
  });

  it('leaves out no route of the HTTP server', () => {
    const walked = new Set(routes.map(({ path }) => path));
    expect(world.http.routes.filter(({ url }) => !walked.has(url))).toEqual([]);
    expect(new Set(routes.map(nameOf)).size).toBe(routes.length);
    expect(routes.length * ROLES.length).toBeGreaterThanOrEqual(238);
  });
});
