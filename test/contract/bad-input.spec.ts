import { expectJson, expectNoInside, expectPage, expectProblem, failedWith } from '../support/answer-checks.js';
import { type Answer, type Call, type Method } from '../support/http-harness.js';
import { HttpWorld, type Member, PASSWORD } from '../support/http-world.js';

/** Names no organization has, as they are sent and as the service reads them. */
const NAMES: [sent: string, read: string][] = [
  ['no-such-org', 'no-such-org'],
  ['..%2f..%2fetc%2fpasswd', '../../etc/passwd'],
  ['%2e%2e%2f', '../'],
  ['%5c..%5c', '\\..\\'],
  ["x'%20OR%20'1'='1", "x' OR '1'='1"],
  ['x;DROP%20TABLE%20users', 'x;DROP TABLE users'],
  ['%22quoted%22', '"quoted"'],
  ['%60id%60$(id)', '`id`$(id)'],
  ['a%0ab', 'a\nb'],
  ['a%0d%0aSet-Cookie:x=y', 'a\r\nSet-Cookie:x=y'],
  ['%00', '\0'],
  ['lab%00', 'lab\0'],
  ['%E0%A4%A', '%E0%A4%A'],
  ['%', '%'],
  ['%zz', '%zz'],
  ['%ED%A0%80', '%ED%A0%80'],
  ['%F0%9F%98%80', '\u{1f600}'],
  ['%C5%81%C3%B3d%C5%BA', 'Łódź'],
  ['e%CC%81', 'e\u0301'],
  ['%E2%80%AE', '\u202e'],
  ['%3Cscript%3Ealert(1)%3C%2Fscript%3E', '<script>alert(1)</script>'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['a'.repeat(64), 'a'.repeat(64)],
  ['a'.repeat(1025), 'a'.repeat(1025)],
  ['a'.repeat(10_000), 'a'.repeat(10_000)],
  ['%F0%9F%98%80'.repeat(1000), '\u{1f600}'.repeat(1000)],
];
const short = (name: string): string =>
  name.length > 60 ? `${name.slice(0, 20)}... (${name.length} characters)` : name;

const OLD_CALLS: [Method, (organization: string) => string][] = [
  ['GET', (org) => `/api/membership_status/${org}/`],
  ['GET', (org) => `/api/org_num_nodes/${org}/`],
  ['GET', (org) => `/api/org_ip_adr/${org}/`],
  ['PUT', (org) => `/api/desired_org_num_nodes/${org}/3/`],
  ['POST', (org) => `/api/desired_org_num_nodes_ttl/${org}/3/15/`],
  ['PUT', (org) => `/api/remove_user_org_num_nodes_reqs/${org}/`],
];
const NEW_CALLS: [Method, (organization: string) => string][] = [
  ['GET', (org) => `/api/v1/organizations/${org}/runs`],
  ['GET', (org) => `/api/v1/organizations/${org}/capacity-requests`],
  ['DELETE', (org) => `/api/v1/organizations/${org}/capacity-requests`],
];
const BIG = 'x'.repeat(2_000_000);
const JSON_TYPE = { 'content-type': 'application/json' };

let world: HttpWorld;
let member: Member;
let session: string;
let before: string;
beforeAll(async () => {
  world = await HttpWorld.start();
  member = await world.member({ name: 'lab' });
  session = await world.session((await world.user({ isSuperuser: true })).username);
});
beforeEach(async () => {
  before = await world.http.stored();
});
afterEach(async () => {
  expect(await world.http.stored()).toBe(before);
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

const call = async (method: Method, url: string, options: Call = {}): Promise<Answer> => {
  const answer = await world.http.call(method, url, options);
  expectNoInside(answer);
  return answer;
};

describe('names of organizations', () => {
  it.each(NAMES.map(([sent, read]): [string, string, string] => [short(sent), sent, read]))(
    '%s is unknown to every old call',
    async (_, sent, read) => {
      for (const [method, url] of OLD_CALLS)
        expectJson(await call(method, url(sent), { token: member.access }), 400, failedWith(`Unknown org:${read}`));
      expectJson(await call('GET', `/api/org_num_nodes/${sent}/`), 400, failedWith(`Unknown org:${read}`));
    },
  );

  it.each(NAMES.map(([sent]): [string, string] => [short(sent), sent]))(
    '%s is not found by the new API',
    async (_, sent) => {
      for (const [method, url] of NEW_CALLS) {
        for (const token of [member.access, session]) {
          const answer = await call(method, url(sent), { token });
          if (sent.includes('%00')) expectProblem(answer, 400, 'http.bad_request');
          else expectProblem(answer, 404, 'organizations.not_found');
          expect(answer.text.length).toBeLessThan(1000);
        }
      }
    },
  );

  it.each(NAMES.map(([sent, read]): [string, string] => [short(sent), read]))('%s gets no token', async (_, name) => {
    const answer = await call('POST', '/api/org_token/', {
      body: { username: member.user.username, password: PASSWORD, org_name: name },
    });
    if (name.includes('\0')) expectJson(answer, 400, { org_name: ['Null characters are not allowed.'] });
    else expectJson(answer, 403, { detail: `${name.trim()} is NOT a valid organization name` });
    // A right password is remembered as a login.
    before = await world.http.stored();
  });
});

describe('bodies', () => {
  it.each(OLD_CALLS)('%s of two megabytes where none belongs is 413', async (method, url) => {
    const answer = await call(method, url('lab'), { token: member.access, body: BIG });
    // A body of GET is not even looked at.
    if (method === 'GET') expect(answer.headers['content-type']).toBe('application/json');
    else expectJson(answer, 413, failedWith('Request body is too large'));
  });

  it.each(['/api/org_token/', '/api/org_token/refresh/'])('%s takes no two megabytes', async (path) => {
    expectJson(
      await call('POST', path, { body: BIG, headers: JSON_TYPE }),
      413,
      failedWith('Request body is too large'),
    );
  });

  it.each(['/api/v1/auth/login', '/admin/users', '/admin/organizations'])('%s takes no two megabytes', async (path) => {
    expectProblem(
      await call('POST', path, { token: session, body: BIG, headers: JSON_TYPE }),
      413,
      'http.content_too_large',
    );
  });

  const nested = '['.repeat(400_000);
  it.each<[string, string | Buffer, RegExp]>([
    ['cut off', '{"username":', /^The body is no JSON: it cannot be parsed/],
    ['no JSON', 'username=a', /^The body is no JSON: it cannot be parsed/],
    ['nested without end', nested, /^The body is no JSON: it cannot be parsed/],
    ['not UTF-8', Buffer.from('{"username":"\xe9"}', 'latin1'), /^The body is no JSON: it is not UTF-8\.$/],
    ['a NUL in a value', '{"username":"a\\u0000","password":"b"}', /NUL/],
    ['a NUL in a name', '{"username":"a","password":"b","\\u0000":1}', /NUL/],
    ['half of a surrogate pair', '{"username":"\\ud800","password":"b"}', /surrogate/],
  ])('the new API answers 400 to JSON that is %s', async (_, body, detail) => {
    for (const path of ['/api/v1/auth/login', '/admin/users', '/admin/organizations']) {
      const answer = await call('POST', path, { token: session, body, headers: JSON_TYPE });
      expectProblem(answer, 400, 'http.bad_request');
      expect((answer.body as { detail: string }).detail).toMatch(detail);
    }
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'garbage',
    '',
  ])('the new API answers 415 to the content type %j', async (type) => {
    const answer = await call('POST', '/api/v1/auth/login', { body: '{}', headers: { 'content-type': type } });
    expectProblem(answer, 415, 'http.unsupported_media_type');
  });

  it('survives JSON nested to the limit on the old login too', async () => {
    const deep = `${'['.repeat(400_000)}${']'.repeat(400_000)}`;
    const message = 'Invalid data. Expected a dictionary, but got list.';
    expectJson(await call('POST', '/api/org_token/', { body: deep, headers: JSON_TYPE }), 400, {
      non_field_errors: [message],
    });
    expectProblem(
      await call('POST', '/api/v1/auth/login', { body: deep, headers: JSON_TYPE }),
      400,
      'validation_failed',
    );
  });
});

describe('fields of the new API', () => {
  const user = { username: 'newcomer', email: 'newcomer@example.org', password: PASSWORD };
  const organization = { name: 'new-lab', owner: 'somebody' };
  const LONG = 'a'.repeat(10_000);
  it.each<[string, unknown, string[]]>([
    ['/api/v1/auth/login', undefined, ['']],
    ['/api/v1/auth/login', [], ['']],
    ['/api/v1/auth/login', null, ['']],
    ['/api/v1/auth/login', '"text"', ['']],
    ['/api/v1/auth/login', {}, ['username', 'password']],
    ['/api/v1/auth/login', { username: '', password: '' }, ['username', 'password']],
    ['/api/v1/auth/login', { username: 1, password: ['x'] }, ['username', 'password']],
    ['/api/v1/auth/login', { username: LONG, password: LONG }, ['username', 'password']],
    ['/api/v1/auth/login', { username: 'a', password: 'b', org_name: 'lab' }, ['']],
    ['/api/v1/auth/login', '{"username":"a","password":"b","__proto__":{"isSuperuser":true}}', ['']],
    ['/admin/users', {}, ['username', 'email', 'password']],
    ['/admin/users', { ...user, id: 1 }, ['']],
    ['/admin/users', { ...user, isSuperuser: 'true' }, ['isSuperuser']],
    ['/admin/users', { ...user, groups: 'PS_Developer' }, ['groups']],
    ['/admin/users', { ...user, groups: [1] }, ['groups.0']],
    ['/admin/users', { ...user, firstName: LONG }, ['firstName']],
    ['/admin/organizations', { ...organization, name: '../etc' }, ['name']],
    ['/admin/organizations', { ...organization, name: 'a b' }, ['name']],
    ['/admin/organizations', { ...organization, name: '-lab' }, ['name']],
    ['/admin/organizations', { ...organization, name: 'lab\n' }, ['name']],
    ['/admin/organizations', { ...organization, name: 'a'.repeat(64) }, ['name']],
    ['/admin/organizations', { ...organization, name: 'UnInitialized' }, ['name']],
    ['/admin/organizations', { ...organization, name: 'łódź' }, ['name']],
    ['/admin/organizations', { ...organization, maxNodes: -1 }, ['maxNodes']],
    ['/admin/organizations', { ...organization, maxNodes: 1.5 }, ['maxNodes']],
    ['/admin/organizations', { ...organization, maxNodes: 2 ** 53 }, ['maxNodes']],
    ['/admin/organizations', `{"name":"new-lab","owner":"somebody","maxNodes":${'9'.repeat(400)}}`, ['maxNodes']],
    ['/admin/organizations', { ...organization, maxNodes: '5' }, ['maxNodes']],
    ['/admin/organizations', { ...organization, target: 'moon' }, ['target']],
    ['/admin/organizations', { ...organization, createdBy: 'somebody' }, ['']],
    ['/admin/organizations/not-a-uuid/memberships', { username: 'a' }, ['organizationId']],
  ])('POST %s %j names what is wrong', async (path, body, paths) => {
    const answer = await call('POST', path, { token: session, body, headers: JSON_TYPE });
    expectProblem(answer, 400, 'validation_failed');
    const { errors } = answer.body as { errors: { path: string; message: string }[] };
    expect([...new Set(errors.map(({ path: where }) => where))]).toEqual(paths);
    for (const { message } of errors) expect(message.length).toBeGreaterThan(5);
  });

  it('cuts short what it says about a body of many wrong names', async () => {
    const body = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`field${index}`, 1]));
    const answer = await call('POST', '/api/v1/auth/login', { body });
    expectProblem(answer, 400, 'validation_failed');
    expect(answer.text.length).toBeLessThan(2000);
  });

  it.each<[string, unknown, number, string]>([
    ['/admin/users', { ...user, username: 'a b' }, 400, 'users.invalid'],
    ['/admin/users', { ...user, username: '../etc' }, 400, 'users.invalid'],
    ['/admin/users', { ...user, username: 'łódź' }, 400, 'users.invalid'],
    ['/admin/users', { ...user, email: 'nobody' }, 400, 'users.invalid'],
    ['/admin/users', { ...user, email: `${'a'.repeat(100)}@example.org` }, 400, 'users.invalid'],
    ['/admin/users', { ...user, password: 'short' }, 400, 'users.weak_password'],
    ['/admin/users', { ...user, groups: ['no such group'] }, 400, 'users.unknown_group'],
    ['/admin/organizations', organization, 404, 'users.not_found'],
    ['/admin/organizations', { ...organization, owner: "x' OR '1'='1" }, 404, 'users.not_found'],
    [
      '/admin/organizations/00000000-0000-4000-8000-000000000000/memberships',
      { username: 'somebody' },
      404,
      'organizations.not_found',
    ],
  ])('POST %s %j breaks a rule', async (path, body, status, code) => {
    expectProblem(await call('POST', path, { token: session, body }), status, code);
  });

  it('answers 409 to names that are taken, in any letter case', async () => {
    const taken = { ...user, username: member.user.username.toUpperCase() };
    expectProblem(await call('POST', '/admin/users', { token: session, body: taken }), 409, 'users.username_taken');
    const lab = { name: 'LAB', owner: member.user.username };
    expectProblem(
      await call('POST', '/admin/organizations', { token: session, body: lab }),
      409,
      'organizations.name_taken',
    );
    const again = { username: member.user.username };
    expectProblem(
      await call('POST', `/admin/organizations/${member.organization.id}/memberships`, { token: session, body: again }),
      409,
      'memberships.exists',
    );
  });

  it.each([[{ minNodes: 5, maxNodes: 4 }], [{ maxNodes: 11 }], [{ adminMaxNodes: 5, maxNodes: 6 }]])(
    'answers 400 to the limits %j',
    async (limits) => {
      const body = { name: 'new-lab', owner: member.user.username, ...limits };
      expectProblem(
        await call('POST', '/admin/organizations', { token: session, body }),
        400,
        'organizations.invalid_limits',
      );
    },
  );

  it.each([
    'limit=0',
    'limit=201',
    'limit=-1',
    'limit=1.5',
    'limit=abc',
    'limit=',
    'limit=1&limit=2',
    `limit=${'9'.repeat(400)}`,
    'limit=%E0%A4%A',
    'nonsense=1',
    'limit[]=1',
    '__proto__=1',
  ])('lists nothing for the query %s', async (query) => {
    for (const path of ['/admin/users', '/api/v1/organizations/lab/runs'])
      expectProblem(await call('GET', `${path}?${query}`, { token: session }), 400, 'validation_failed');
  });

  it('answers 400 to a NUL anywhere in an address', async () => {
    for (const url of [
      '/admin/users?after=%00',
      '/admin/users?%00=1',
      '/admin/organizations/%00/memberships',
      '/api/v1/organizations/lab/runs/%00',
    ])
      expectProblem(await call('GET', url, { token: session }), 400, 'http.bad_request');
  });

  it.each(['not-a-uuid', '00000000-0000-0000-0000-00000000000g', "1' OR '1'='1", '..%2f', '%zz', 'a'.repeat(5000)])(
    'finds no run, and no capacity request, of id %s',
    async (id) => {
      const base = '/api/v1/organizations/lab';
      for (const [method, path] of [
        ['GET', `runs/${id}`],
        ['POST', `runs/${id}/cancel`],
        ['GET', `runs/${id}/events`],
        ['DELETE', `capacity-requests/${id}`],
      ] as const) {
        const answer = await call(method, `${base}/${path}`, { token: session });
        expectProblem(answer, 400, 'validation_failed');
      }
    },
  );

  it('finds nothing under an id that nothing has', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    const base = '/api/v1/organizations/lab';
    expectProblem(await call('GET', `${base}/runs/${id}`, { token: member.access }), 404, 'runs.not_found');
    expectProblem(await call('GET', `${base}/runs/${id}/events`, { token: member.access }), 404, 'runs.not_found');
    expectProblem(await call('POST', `${base}/runs/${id}/cancel`, { token: session }), 404, 'runs.not_found');
    expectProblem(
      await call('DELETE', `${base}/capacity-requests/${id}`, { token: member.access }),
      404,
      'capacity.request_not_found',
    );
  });
});

describe('another organization’s token', () => {
  it('opens no call of this one, and changes nothing', async () => {
    const outsider = await world.member();
    before = await world.http.stored();
    for (const [method, url] of OLD_CALLS) {
      const message = `user${outsider.user.username} is not a member of lab?`;
      expectJson(await call(method, url('lab'), { token: outsider.access }), 400, failedWith(message));
    }
    for (const [method, url] of NEW_CALLS)
      expectProblem(await call(method, url('lab'), { token: outsider.access }), 404, 'organizations.not_found');
  });
});

describe('pages', () => {
  it.each(['<script>alert(1)</script>', '%3Cscript%3Ealert(1)%3C/script%3E', '%0d%0aSet-Cookie:%20a=b'])(
    'never show what was asked for: %s',
    async (text) => {
      const answer = await call('GET', `/${text}`);
      expectPage(answer, 404);
      expect(answer.text).not.toMatch(/script|alert|cookie/i);
      expect(answer.headers).not.toHaveProperty('set-cookie');
      const redirect = await call('GET', `/api/org_num_nodes/${text.replaceAll('/', '%2f')}`);
      expect(redirect.headers).not.toHaveProperty('set-cookie');
      expect(redirect.headers.location).toMatch(/^\/api\/org_num_nodes\/[!-~]+\/$/);
    },
  );
});
