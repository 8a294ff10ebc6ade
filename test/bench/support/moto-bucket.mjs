import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const BUCKET = 'sliderule';
const REGION = 'us-west-2';
const START_LIMIT_MS = 30_000;
const POLL_MS = 50;

/** A bucket for states, as moto pretends it on this machine. */
export class MotoBucket {
  constructor(process, endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** Null where moto_server is not on the PATH. */
  static async start() {
    if (spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status !== 0) return null;
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const process = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    for (const end = Date.now() + START_LIMIT_MS; !(await isMade(endpoint));) {
      if (Date.now() > end) throw new Error(`moto_server has not made a bucket within ${START_LIMIT_MS / 1000} s.`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return new MotoBucket(process, endpoint);
  }

  /** What Terraform needs besides its keys to reach it. */
  get environment() {
    return { AWS_ENDPOINT_URL_S3: this.endpoint, AWS_ENDPOINT_URL_STS: this.endpoint };
  }

  /**
   * A file beside the configuration that puts the state where clusters of the old system have theirs (workspaces below a
   * prefix, no lock).
   */
  backend() {
    const s3 = {
      bucket: BUCKET,
      key: 'tf-states/cluster.tfstate',
      workspace_key_prefix: 'tf-workspaces',
      region: REGION,
    };
    return JSON.stringify({ terraform: { backend: { s3: { ...s3, use_path_style: true } } } });
  }

  async stop() {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}

async function isMade(endpoint) {
  const body = `<CreateBucketConfiguration><LocationConstraint>${REGION}</LocationConstraint></CreateBucketConfiguration>`;
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/s3/aws4_request, SignedHeaders=host, Signature=0`;
  try {
    return (await fetch(`${endpoint}/${BUCKET}`, { method: 'PUT', body, headers: { authorization } })).ok;
  } catch {
    return false;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
