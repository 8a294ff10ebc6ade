import { type Type } from '@nestjs/common';
import { routesOf } from '../../src/app/route-walk.js';
import { repository } from './repository.js';

const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

interface Route {
  method: string;
  pattern: RegExp;
}

/** Takes values as well as names for parameters: `/runs/:runId` and `/runs/5`. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
}

function patternsOf(controller: Type): Route[] {
  return routesOf(controller).flatMap(({ method, path }) => {
    const verbs = method === 'ALL' ? VERBS : [method];
    return verbs.map((verb) => ({ method: verb, pattern: patternOf(path) }));
  });
}

async function allRoutes(): Promise<Route[]> {
  const files = repository.files().filter((file) => file.endsWith('.controller.ts'));
  const routes: Route[] = [];
  // One after the other: Jest's loader of ES modules does not take several at once.
  for (const file of files) {
    const exported = (await import(repository.path(file))) as Record<string, Type>;
    routes.push(...Object.values(exported).flatMap(patternsOf));
  }
  return routes;
}

describe('routes the documentation names', () => {
  let routes: Route[];
  beforeAll(async () => {
    routes = await allRoutes();
  });

  const isRoute = (method: string, path: string): boolean =>
    routes.some((route) => route.method === method && route.pattern.test(path));

  it('are compared with those of the controllers', () => {
    expect(isRoute('PUT', '/ping/')).toBe(true);
    expect(isRoute('GET', '/ping')).toBe(false);
    expect(isRoute('GET', '/api/v1/organizations/:organization/runs/7')).toBe(true);
    expect(isRoute('PUT', '/api/v1/organizations/:organization/runs/7')).toBe(false);
  });

  it.each(repository.documents())('exist: %s', (document) => {
    const named = repository
      .document(document)
      .code()
      .flatMap((code) => [...code.matchAll(/^(GET|POST|PUT|PATCH|DELETE) (\/[^\s"?]*)/g)]);
    const unknown = named.filter(([, method = '', path = '']) => !isRoute(method, path));
    expect(unknown.map(([text]) => text)).toEqual([]);
  });
});

describe('codes the documentation names', () => {
  const sources = repository
    .files()
    .filter((file) => file.startsWith('src/') && file.endsWith('.ts'))
    .map(repository.read)
    .join('\n');
  /** Codes of the HTTP layer are made from the name of the status, those of phases from the name of the phase. */
  const isMade = (code: string): boolean => /^http\.\w+$|^terraform\.(init|plan|apply)_failed$/.test(code);

  it.each([
    ['docs/api.md', 'Codes'],
    ['docs/api.md', 'Findings'],
    ['docs/runs.md', 'How a run fails'],
  ])('exist: %s, %s', (document, section) => {
    const codes = repository
      .document(document)
      .section(section)
      .table()
      .flatMap(([cell = '']) => cell.split(', '));
    expect(codes.length).toBeGreaterThan(5);
    expect(codes.filter((code) => !sources.includes(`'${code}'`) && !isMade(code))).toEqual([]);
  });
});
