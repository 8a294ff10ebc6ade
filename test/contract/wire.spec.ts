import { connect, type Socket } from 'node:net';
import { HttpWorld, type Member, PASSWORD } from '../support/http-world.js';

/** One connection, written to as bytes and read as the answers that come back on it. */
class Wire {
  private received = '';
  private isClosed = false;
  private wake: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.received += chunk;
      this.wake();
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.wake();
    });
    // A reset by the server is an answer too: the connection is closed, and `answer` says so.
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    return new Wire(socket);
  }

  send(...lines: string[]): void {
    this.socket.write(lines.join('\r\n'));
  }

  /** The next answer, as its status, its headers in lower case and its body; null when the connection was closed. */
  async answer(to = 'GET'): Promise<{ status: number; headers: Record<string, string>; body: string } | null> {
    for (;;) {
      const end = this.received.indexOf('\r\n\r\n');
      const [statusLine = '', ...lines] = this.received.slice(0, Math.max(end, 0)).split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => [line.split(': ')[0]!.toLowerCase(), line.slice(line.indexOf(': ') + 2)]),
      );
      const length = to === 'HEAD' ? 0 : Number(headers['content-length'] ?? 0);
      if (end >= 0 && this.received.length >= end + 4 + length) {
        const body = this.received.slice(end + 4, end + 4 + length);
        this.received = this.received.slice(end + 4 + length);
        return { status: Number(statusLine.split(' ')[1]), headers, body };
      }
      if (this.isClosed) return null;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  close(): void {
    this.socket.destroy();
  }
}

let world: HttpWorld;
let member: Member;
let port: number;
let wire: Wire;
beforeAll(async () => {
  world = await HttpWorld.start();
  member = await world.member();
  port = await world.http.listen();
});
beforeEach(async () => {
  wire = await Wire.open(port);
});
afterEach(() => {
  wire.close();
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

const credentials = (): string =>
  JSON.stringify({ username: member.user.username, password: PASSWORD, org_name: member.organization.name });
const login = (body: string, ...headers: string[]): string[] => [
  'POST /api/org_token/ HTTP/1.1',
  'Host: ps',
  ...headers,
  '',
  body,
];
const PING = ['GET /ping/ HTTP/1.1', 'Host: ps', '', ''];

describe('the wire', () => {
  it('sends the bare content type the Node client compares with', async () => {
    wire.send(
      ...login(
        credentials(),
        'Content-Type: application/json',
        `Content-Length: ${credentials().length}`,
        'Connection: close',
      ),
    );
    const answer = await wire.answer();
    expect([answer?.status, answer?.headers['content-type'], answer?.headers['content-encoding']]).toEqual([
      200,
      'application/json',
      undefined,
    ]);
    expect(Object.keys(JSON.parse(answer!.body) as object).sort()).toEqual([
      'access',
      'access_lifetime',
      'exp',
      'refresh',
      'refresh_lifetime',
    ]);
  });

  it('logs in with a chunked body, in pieces', async () => {
    const [head, tail] = [credentials().slice(0, 20), credentials().slice(20)];
    const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
    wire.send(...login(chunk(head), 'Content-Type: application/json', 'Transfer-Encoding: chunked'));
    wire.send(`${chunk(tail)}0\r\n\r\n`);
    expect((await wire.answer())?.status).toBe(200);
  });

  it.each<[string, string[]]>([
    [
      'Python',
      [
        'Content-Length: 0',
        'Accept: */*',
        'Accept-Encoding: gzip, deflate, br, zstd',
        'User-Agent: python-requests/2.31',
      ],
    ],
    [
      'a browser',
      [
        'Content-Length: 0',
        'Content-Type: application/json',
        'Accept: application/json',
        'Origin: https://client.slideruleearth.io',
      ],
    ],
    ['curl', ['Accept: */*']],
  ])('takes the empty body of %s on PUT and POST, on one connection', async (_, headers) => {
    const authorization = `Authorization: Bearer ${member.access}`;
    const { name } = member.organization;
    for (const request of [
      `POST /api/desired_org_num_nodes_ttl/${name}/3/15/`,
      `PUT /api/desired_org_num_nodes/${name}/3/`,
      `PUT /api/remove_user_org_num_nodes_reqs/${name}/`,
    ]) {
      wire.send(`${request} HTTP/1.1`, 'Host: ps', 'Connection: keep-alive', authorization, ...headers, '', '');
      const answer = await wire.answer();
      expect([answer?.status, answer?.headers['content-type'], answer?.headers.connection]).toEqual([
        200,
        'application/json',
        'keep-alive',
      ]);
      expect(answer?.headers['content-length']).toBe(String(answer?.body.length));
    }
  });

  it('keeps a connection for the next request after errors, and answers requests sent at once in order', async () => {
    wire.send(...login('{}', 'Content-Type: application/json', 'Content-Length: 2'));
    expect((await wire.answer())?.status).toBe(400);
    wire.send('GET /nothing HTTP/1.1', 'Host: ps', '', '');
    expect((await wire.answer())?.status).toBe(404);
    wire.send(...PING);
    wire.send(...PING);
    expect([(await wire.answer())?.body, (await wire.answer())?.body]).toEqual(['pong!', 'pong!']);
  });

  it('sends no body to HEAD, with the length GET would have', async () => {
    const head = ['Host: ps', `Authorization: Bearer ${member.access}`, '', ''];
    wire.send(`GET /api/org_num_nodes/${member.organization.name}/ HTTP/1.1`, ...head);
    const get = await wire.answer();
    wire.send(`HEAD /api/org_num_nodes/${member.organization.name}/ HTTP/1.1`, ...head);
    const seen = await wire.answer('HEAD');
    expect([seen?.status, seen?.headers['content-length'], seen?.headers['content-type']]).toEqual([
      200,
      get?.headers['content-length'],
      'application/json',
    ]);
    wire.send(...PING);
    expect((await wire.answer())?.body).toBe('pong!');
  });

  /** Its Content-Length counts UTF-16 units, so of a password beyond ASCII the last bytes come behind the body. */
  it('answers 400 to the truncated body of the Node client, and serves the next connection', async () => {
    const body = JSON.stringify({
      username: member.user.username,
      password: 'pässwörd€',
      org_name: member.organization.name,
    });
    wire.send(...login(body, 'Content-Type: application/json', `Content-Length: ${body.length}`));
    const answer = await wire.answer();
    expect([answer?.status, answer?.headers['content-type']]).toEqual([400, 'application/json']);
    const next = await Wire.open(port);
    next.send(...PING);
    expect((await next.answer())?.body).toBe('pong!');
    next.close();
  });

  it.each([
    ['no HTTP', 'GARBAGE\r\n\r\n'],
    ['bytes of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['two lengths', 'POST /api/org_token/ HTTP/1.1\r\nHost: ps\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'POST /api/org_token/ HTTP/1.1\r\nHost: ps\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
    ],
    [
      'a broken chunk',
      'POST /api/org_token/ HTTP/1.1\r\nHost: ps\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ],
    ['a negative length', 'POST /api/org_token/ HTTP/1.1\r\nHost: ps\r\nContent-Length: -1\r\n\r\n'],
    ['a header with a line break', 'GET /ping/ HTTP/1.1\r\nHost: ps\r\nA: b\rc\r\n\r\n'],
    ['no host', 'GET /ping/ HTTP/1.1\r\n\r\n'],
  ])('answers 400 to %s and closes the connection', async (_, bytes) => {
    wire.send(bytes);
    expect((await wire.answer())?.status).toBe(400);
    await wire.closed();
  });

  it('answers 431 to headers that are too long', async () => {
    wire.send(`GET /ping/ HTTP/1.1\r\nHost: ps\r\nAuthorization: Bearer ${'x'.repeat(20_000)}\r\n\r\n`);
    expect((await wire.answer())?.status).toBe(431);
  });

  it('answers 413 without reading a body that is announced as too long', async () => {
    wire.send(...login('', 'Content-Type: application/json', 'Content-Length: 999999999'));
    const answer = await wire.answer();
    expect([answer?.status, answer?.headers['content-type'], answer?.headers.connection]).toEqual([
      413,
      'application/json',
      'close',
    ]);
  });

  /** Clients resolve dots before they send, so only here they arrive. */
  it.each([
    ['/api/org_num_nodes/../../ping/', 404],
    ['/api/org_num_nodes/../', 400],
    ['/api/org_num_nodes/%2e%2e/', 400],
    ['/api/v1/organizations/../runs', 404],
    ['/api/v1/organizations/../../../admin/users', 404],
    ['http://elsewhere.example/api/org_num_nodes/x/', 400],
  ])('does not walk up in %s', async (target, status) => {
    wire.send(`GET ${target} HTTP/1.1`, 'Host: ps', `Authorization: Bearer ${member.access}`, '', '');
    expect((await wire.answer())?.status).toBe(status);
  });

  it.each([
    ['TRACE', 405],
    ['PROPFIND', 405],
    ['PURGE', 405],
  ])('answers %s like any method a route does not have', async (method, status) => {
    wire.send(`${method} /api/org_token/ HTTP/1.1`, 'Host: ps', '', '');
    expect((await wire.answer())?.status).toBe(status);
  });
});
