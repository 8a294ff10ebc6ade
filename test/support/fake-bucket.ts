import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** Objects of S3 as a client with path-style addresses gets them, and nothing else of it. */
export class FakeBucket {
  private constructor(
    private readonly server: Server,
    readonly endpoint: string,
  ) {}

  /** `objects` are texts by `bucket/key`. */
  static async with(objects: Record<string, string>): Promise<FakeBucket> {
    const server = createServer(({ url = '/' }, response) => {
      const name = decodeURIComponent(new URL(url, 'http://bucket').pathname.slice(1));
      const found = Object.hasOwn(objects, name) ? objects[name] : undefined;
      const missing = '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>';
      response.writeHead(found === undefined ? 404 : 200, { connection: 'close' }).end(found ?? missing);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeBucket(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  async close(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}
