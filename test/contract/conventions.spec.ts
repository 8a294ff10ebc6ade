import { Module, Controller, Get } from '@nestjs/common';
import { Access } from '../../src/common/access/access.decorators.js';
import { expectJson, expectNoInside, expectPage, expectProblem, failedWith } from '../support/answer-checks.js';
import { type Answer, type Method } from '../support/http-harness.js';
import { HttpWorld, type Member } from '../support/http-world.js';

const ORIGINS = ['https://slideruleearth.io', 'https://testsliderule.org'].flatMap((origin) => [
  origin,
  origin.replace('//', '//client.'),
  origin.replace('//', '//demo.'),
]);
const STRANGERS = [
  'https://evil.example',
  'http://slideruleearth.io',
  'https://slideruleearth.io.evil.example',
  'https://evilslideruleearth.io',
  'https://x.client.slideruleearth.io',
  'https://SLIDERULEEARTH.IO',
  'http://localhost',
  'null',
];
const PREFLIGHT = {
  'access-control-allow-headers':
    'accept, accept-encoding, authorization, content-type, dnt, origin, user-agent, x-csrftoken, x-requested-with',
  'access-control-allow-methods': 'DELETE, GET, OPTIONS, PATCH, POST, PUT',
  'access-control-max-age': '86400',
};

/** Every old route with the methods it lists in `Allow`. */
const ROUTES: [path: string, allow: string][] = [
  ['/api/org_token/', 'POST, OPTIONS'],
  ['/api/org_token/refresh/', 'POST, OPTIONS'],
  ['/api/membership_status/lab/', 'GET, HEAD, OPTIONS'],
  ['/api/org_num_nodes/lab/', 'GET, HEAD, OPTIONS'],
  ['/api/org_ip_adr/lab/', 'GET, HEAD, OPTIONS'],
  ['/api/desired_org_num_nodes/lab/3/', 'PUT, PATCH, OPTIONS'],
  ['/api/desired_org_num_nodes_ttl/lab/3/15/', 'POST, OPTIONS'],
  ['/api/remove_user_org_num_nodes_reqs/lab/', 'PUT, PATCH, OPTIONS'],
];
const METHODS: Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

@Controller()
@Access({ kind: 'public', reason: 'breaks on purpose' })
class BreakingController {
  @Get(['api/breaks', 'admin/breaks'])
  breaks(): never {
    throw new Error('password=hunter2 in postgres://user:hunter2@host');
  }
}

@Module({ controllers: [BreakingController] })
class BreakingModule {}

let world: HttpWorld;
let member: Member;
beforeAll(async () => {
  world = await HttpWorld.start({ imports: [BreakingModule] });
  member = await world.member();
});
afterAll(() => world.close());

function corsHeaders({ headers }: Answer): string[] {
  return Object.keys(headers).filter((name) => name.startsWith('access-control-'));
}

describe.each(ROUTES)('%s', (path, allow) => {
  it.each(METHODS.filter((method) => !allow.split(', ').includes(method)))('answers 405 to %s', async (method) => {
    const answer = await world.http.call(method, path);
    expectJson(answer, 405, method === 'HEAD' ? null : { detail: `Method "${method}" not allowed.` });
    expect(answer.headers.allow).toBe(allow);
  });

  it('tells with OPTIONS what it takes', async () => {
    const answer = await world.http.call('OPTIONS', path);
    expectJson(answer, 200, {
      renders: ['application/json'],
      parses: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
    });
    expect(answer.headers.allow).toBe(allow);
    expect(corsHeaders(answer)).toEqual([]);
  });

  it.each(METHODS)('redirects %s without the slash, query and all', async (method) => {
    const bare = path.slice(0, -1);
    const answer = await world.http.call(method, bare);
    expectPage(answer, 301);
    expect([answer.headers.location, answer.text]).toEqual([path, '']);
    const withQuery = await world.http.call(method, `${bare}?a=%2F&b=c?d`);
    expect(withQuery.headers.location).toBe(`${path}?a=%2F&b=c?d`);
  });

  it('answers 406 before anything else when the caller reads nothing we send', async () => {
    for (const method of METHODS) {
      const answer = await world.http.call(method, path, { token: 'garbage', headers: { accept: 'application/xml' } });
      expectJson(answer, 406, method === 'HEAD' ? null : { detail: 'Could not satisfy the request Accept header.' });
    }
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'APPLICATION/JSON; q=0.5',
    'application/*',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/html',
    'application/xml, application/json',
  ])('answers in JSON to Accept: %j', async (accept) => {
    const method = allow.split(', ')[0] as Method;
    const answer = await world.http.call(method, path, accept === undefined ? {} : { headers: { accept } });
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/json']);
  });
});

describe.each(['/api/schema/', '/api/schema/swagger-ui/', '/api/schema/redoc/'])('%s', (path) => {
  it('follows the rules of the other old routes', async () => {
    expect((await world.http.call('GET', path)).status).toBe(200);
    expect((await world.http.call('GET', path.slice(0, -1))).headers.location).toBe(path);
    const answer = await world.http.call('POST', path);
    expectJson(answer, 405, { detail: 'Method "POST" not allowed.' });
    expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS');
  });
});

describe('paths that are none', () => {
  it.each([
    '/',
    '/nothing',
    '/api',
    '/api/',
    '/api/token/refresh/',
    '/api/org_token//',
    '/api/org_token/refresh//',
    '/API/org_token/',
    '/api/Org_Token/',
    '/api/org_num_nodes/',
    '/api/org_num_nodes//',
    '/api/org_num_nodes/lab/extra/',
    '/api/desired_org_num_nodes/lab/',
    '/api/desired_org_num_nodes_ttl/lab/3/',
    '/ps/api/org_token/',
    '//evil.example/api/org_token',
    '/api/org_token/%2e%2e/',
    '/x%zz',
    '/%00',
  ])('%s is a page of status 404 for every method', async (path) => {
    for (const method of METHODS) {
      const answer = await world.http.call(method, path);
      expectPage(answer, 404);
      if (method !== 'HEAD') expect(answer.text).toContain('<h1>Not Found</h1>');
    }
  });

  it.each([
    '/api/v1',
    '/api/v1/',
    '/api/v1/nothing',
    '/admin',
    '/admin/nothing',
    '/health',
    '/health/live/',
    '/admin/users/',
  ])('%s of the new API is a problem', async (path) => {
    expectProblem(await world.http.call('GET', path), 404, 'http.not_found');
  });
});

describe('CORS', () => {
  const calls: [name: string, method: Method, path: string, status: number][] = [
    ['a success', 'GET', '/ping/', 200],
    ['400', 'POST', '/api/org_token/', 400],
    ['401', 'GET', '/admin/users', 401],
    ['404', 'GET', '/nothing', 404],
    ['405', 'PUT', '/api/org_token/', 405],
    ['a malformed address', 'GET', '/api/org_num_nodes/%zz/', 400],
    ['a redirect', 'GET', '/api/org_token', 301],
    ['413', 'POST', '/api/org_token/', 413],
  ];

  it.each(ORIGINS)('lets %s read every answer, errors included', async (origin) => {
    for (const [name, method, path, status] of calls) {
      const body = status === 413 ? 'x'.repeat(2_000_000) : undefined;
      const answer = await world.http.call(method, path, { headers: { origin }, body });
      expect([name, answer.status, answer.headers['access-control-allow-origin'], answer.headers.vary]).toEqual([
        name,
        status,
        origin,
        'Origin',
      ]);
      expect(corsHeaders(answer)).toEqual(['access-control-allow-origin']);
    }
  });

  it.each(ORIGINS)('answers the preflight of %s for any path, before routing and authentication', async (origin) => {
    for (const path of [
      '/api/org_token/',
      '/api/org_num_nodes/lab/',
      '/api/v1/organizations/lab/runs',
      '/nothing',
      '/%zz',
    ]) {
      const headers = {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      };
      const answer = await world.http.call('OPTIONS', path, { headers });
      expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([200, '', '0']);
      expect(answer.headers).toMatchObject({ ...PREFLIGHT, 'access-control-allow-origin': origin, vary: 'Origin' });
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  it.each(STRANGERS)('lets %s read nothing', async (origin) => {
    const preflight = await world.http.call('OPTIONS', '/api/org_token/', {
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.text, corsHeaders(preflight)]).toEqual([200, '', []]);
    for (const [, method, path] of calls) {
      const answer = await world.http.call(method, path, { headers: { origin } });
      expect([corsHeaders(answer), answer.headers.vary]).toEqual([[], 'Origin']);
    }
  });

  it('takes its origins from the configuration', () => {
    expect(world.http.config.env.PS_CORS_ORIGINS).toEqual(ORIGINS);
  });
});

describe('defects', () => {
  it('answers 500 with error_msg to old clients and with a problem to others, and tells only the log why', async () => {
    world.http.complaints.length = 0;
    const old = await world.http.call('GET', '/api/breaks');
    expectJson(old, 500, failedWith('Server Error'));
    const modern = await world.http.call('GET', '/admin/breaks');
    expectProblem(modern, 500, 'internal_error');
    for (const answer of [old, modern]) {
      expectNoInside(answer);
      expect(answer.text).not.toContain('hunter2');
    }
    expect(world.http.complaints.map((text) => text.split(':')[0])).toEqual(['GET /api/breaks', 'GET /admin/breaks']);
  });

  it('answers 500 in JSON when the database is gone in the middle of a request, and goes on', async () => {
    world.http.complaints.length = 0;
    const path = `/api/org_num_nodes/${member.organization.name}/`;
    await world.http.fixtures.query('ALTER TABLE memberships RENAME TO memberships_gone');
    try {
      expectJson(await world.http.call('GET', path, { token: member.access }), 500, failedWith('Server Error'));
      expectJson(
        await world.http.call('GET', path),
        400,
        failedWith('No token is provided in the header or the header is missing'),
      );
    } finally {
      await world.http.fixtures.query('ALTER TABLE memberships_gone RENAME TO memberships');
    }
    expect((await world.http.call('GET', path, { token: member.access })).status).toBe(200);
    expect(world.http.complaints).toHaveLength(1);
  });
});
