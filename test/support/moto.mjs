// @ts-check
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const START_LIMIT_MS = 30_000;
const POLL_MS = 50;

/** Whether moto_server is on the PATH. For tests and benchmarks. */
export const hasMoto = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;

/** AWS as moto_server pretends it, in a process of its own. */
export class Moto {
  /**
   * @param {import('node:child_process').ChildProcess} process
   * @param {string} endpoint
   */
  constructor(process, endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** Once it answers. Throws when it does not within half a minute. */
  static async start() {
    const port = await freePort();
    const moto = new Moto(
      spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' }),
      `http://127.0.0.1:${port}`,
    );
    for (const end = Date.now() + START_LIMIT_MS; !(await answers(moto.endpoint));) {
      if (Date.now() > end) {
        await moto.stop();
        throw new Error(`moto_server does not answer after ${START_LIMIT_MS / 1000} s.`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return moto;
  }

  async stop() {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}

/** @param {string} endpoint */
async function answers(endpoint) {
  try {
    return (await fetch(`${endpoint}/moto-api/`)).status < 500;
  } catch {
    return false;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}
