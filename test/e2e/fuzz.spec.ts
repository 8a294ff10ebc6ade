import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FuzzRun } from '../fuzz/fuzz-run.mjs';

const DRIVER = fileURLToPath(new URL('../fuzz/fuzz.mjs', import.meta.url));
const LIMIT_MS = 120_000;
const HANG_MS = 500;

interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

async function drive(...options: string[]): Promise<Outcome> {
  try {
    return { exitCode: 0, ...(await promisify(execFile)(process.execPath, [DRIVER, ...options])) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, stdout, stderr };
  }
}

describe('the fuzz driver', () => {
  it(
    'finds nothing wrong with the service, and reaches much of it',
    async () => {
      const { exitCode, stdout, stderr } = await drive('--requests', '300', '--seed', '42', '--json');
      expect([exitCode, stderr]).toEqual([
        0,
        expect.stringMatching(/^seed 42\n(.*\n)*300 of 300 requests answered\n$/),
      ]);
      const result = JSON.parse(stdout) as {
        statuses: Record<string, number>;
        operations: number;
        unreached: string[];
      };
      expect(result).toMatchObject({ seed: 42, requests: 300, findings: [], complaints: [] });
      expect(Object.values(result.statuses).reduce((sum, count) => sum + count)).toBe(300);
      expect(Object.keys(result.statuses)).toEqual(expect.arrayContaining(['200', '400', '401', '403', '404']));
      expect(result.operations - result.unreached.length).toBeGreaterThan(20);
    },
    LIMIT_MS,
  );

  it.each([
    [['--requests', '0'], /^--requests must be a whole number from 1 to \d+, not "0"; see --help\.\n$/],
    [['--seed', 'x'], /^--seed must be a whole number/],
    [['--loud'], /--loud/],
  ])('refuses %j', async (options, message) => {
    expect(await drive(...options)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(message) as unknown,
    });
  });
});

/** What a service can do wrong, by path. */
const MISTAKES: Record<string, (response: ServerResponse) => unknown> = {
  '/breaks-promise': (response) => json(response, 200, { id: 'no number' }),
  '/fails': (response) => json(response, 500, { id: 1 }),
  '/surprises': (response) => json(response, 202, { id: 1 }),
  '/talks': (response) => json(response, 200, { id: 1, stack: 'Error\n    at f (/app/dist/src/app.js:1:1)' }),
  '/writes-pages': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
  '/cuts-off': (response) => response.socket?.destroy(),
  '/hangs': (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
};

function json(response: ServerResponse, status: number, body: unknown): unknown {
  return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

describe('a fuzz run against a service full of mistakes', () => {
  const schema = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] };
  const promise = { 200: { content: { 'application/json': { schema } } }, 500: {} };
  const operations = ['/fine', ...Object.keys(MISTAKES)].map((path) => ({ path, verb: 'get', responses: promise }));
  let server: Server;
  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      const mistake = MISTAKES[url.split('?')[0] ?? ''];
      if (mistake) mistake(response);
      else json(response, 200, { id: 1 });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('finds every one of them, with a command that shows it', async () => {
    const run = new FuzzRun({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      operations,
      roles: ['anonymous'],
      populate: () => Promise.resolve({ known: new Map(), tokens: new Map(), learn: () => undefined }),
      answerLimitMs: HANG_MS,
    });
    await run.send(100, 7, () => undefined);
    const { findings } = run.result() as { findings: { operation: string; problem: string; curl: string }[] };
    const promised = findings.filter(({ operation }) => !operation.includes('no document'));
    expect(Object.fromEntries(promised.map(({ operation, problem }) => [operation, problem]))).toEqual({
      'GET /breaks-promise': 'answered 200 with a body that does not match its schema: data/id must be integer',
      'GET /fails': 'answered 500',
      'GET /surprises': 'answered 202, which the document does not mention',
      'GET /talks': 'shows a stack trace',
      'GET /writes-pages': 'answered 200 with the content type text/html, not application/json',
      'GET /cuts-off': 'socket hang up',
      'GET /hangs': `there was no whole answer within ${HANG_MS} ms`,
    });
    for (const { curl } of findings) expect(curl).toMatch(/curl -i --path-as-is -X \w+ .*"\$URL"'\/[\w-]+/);
  });
});
