import { AnswerChecker } from '../fuzz/answer-checker.mjs';
import { HttpHarness } from '../support/http-harness.js';

interface OpenApiDocument {
  openapi: string;
  paths: Record<
    string,
    Record<
      string,
      {
        responses: Record<string, unknown>;
        parameters?: { name: string; in: string }[];
        requestBody?: { content: Record<string, unknown> };
      }
    >
  >;
}

describe('the OpenAPI documents', () => {
  let http: HttpHarness;
  beforeAll(async () => {
    http = await HttpHarness.start();
  });
  afterAll(() => http.close());

  it.each([
    ['/api/v1/openapi.json', '/api/v1/organizations/{organization}/runs/{runId}', 'get', '200'],
    ['/api/schema/?format=json', '/api/org_token/', 'post', '200'],
  ])('%s describes its routes', async (url, path, verb, status) => {
    const answer = await http.call('GET', url);
    expect(answer.status).toBe(200);
    const document = answer.body as OpenApiDocument;
    expect(document.openapi).toBe('3.0.3');
    expect(document.paths[path]?.[verb]?.responses[status]).toBeDefined();
  });

  it('name every path parameter, whoever reads it', async () => {
    const { paths } = (await http.call('GET', '/api/v1/openapi.json')).body as OpenApiDocument;
    for (const [path, operations] of Object.entries(paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(operations)) {
        const given = parameters.filter(({ in: place }) => place === 'path').map(({ name }) => name);
        expect([path, given.sort()]).toEqual([path, names.sort()]);
      }
    }
  });

  it('say of the old contract what a login reads, as JSON or as a form, and what it answers', async () => {
    const { paths } = (await http.call('GET', '/api/schema/?format=json')).body as OpenApiDocument;
    const login = paths['/api/org_token/']!.post!;
    const schema = { type: 'object', required: ['username', 'password', 'org_name'] };
    expect(login.requestBody?.content).toMatchObject({
      'application/json': { schema },
      'application/x-www-form-urlencoded': { schema },
      'multipart/form-data': { schema },
    });
    expect(Object.keys(login.responses)).toEqual(['200', '400', '401', '403', '406', '413', '415', '429', '500']);
    expect(paths['/ping/']!.post!.responses).toEqual({ 200: { description: '' }, 413: expect.anything() as unknown });
  });

  it.each([
    ['a token', { detail: 'Token is expired', code: 'token_not_valid' }, 0],
    ['its user', { detail: 'No active account found with the given credentials' }, 0],
    ['nothing', { detail: 1 }, 1],
  ])('say what a refresh answers that refuses %s', async (_, body, problems) => {
    const { paths } = (await http.call('GET', '/api/schema/?format=json')).body as OpenApiDocument;
    const answer = { status: 401, contentType: 'application/json', text: JSON.stringify(body) };
    expect(new AnswerChecker().problems(paths['/api/org_token/refresh/']!.post, answer)).toHaveLength(problems);
  });

  it('is YAML unless JSON is asked for', async () => {
    const answer = await http.call('GET', '/api/schema/');
    expect(answer.headers['content-type']).toContain('application/vnd.oai.openapi;');
    expect(answer.text).toMatch(/^openapi: 3\.0\.3$/m);
  });

  it.each(['/api/schema/swagger-ui/', '/api/schema/redoc/', '/api/v1/docs'])(
    '%s shows one, from here',
    async (page) => {
      const { text } = await http.call('GET', page);
      const [, script = ''] = /src="([^"]+)"/.exec(text) ?? [];
      expect((await http.call('GET', script)).status).toBe(200);
      expect((await http.call('GET', '/api/v1/docs/..%2Fpackage.json')).status).toBe(404);
    },
  );
});
