import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { errorMessage, hasErrorCode } from '../common/errors/domain-error.js';
import { OperatorError } from '../common/errors/operator-error.js';
import { DatabaseUrl } from './database-url.js';
import { assertReachable, postgresUser, runPostgresProgram, type SystemUser } from './postgres-command.js';

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
  stop(): Promise<void>;
}

/**
 * Real Postgres from npm, for development and tests. The server is detached: it survives a killed service and is found
 * again by the next start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<RunningPostgres> {
  const directory = resolve(options.directory);
  const data = join(directory, 'data');
  const user = await postgresUser();
  const password = await initialise(directory, data, user);
  const found = runningPort(data);
  const port = found ?? (options.port === 0 ? await freePort() : options.port);
  if (found === null) await startServer(data, port, options.settings ?? [], user);
  const url = new DatabaseUrl(`postgres://${USER}:${password}@127.0.0.1:${port}/postgres`);
  try {
    await createDatabase(url, EMBEDDED_DATABASE);
  } catch (error) {
    throw hasErrorCode(error, 'ECONNREFUSED') ? staleServer(data, port, error) : error;
  }
  return { url: url.withDatabase(EMBEDDED_DATABASE), stop: () => stopEmbeddedPostgres(directory) };
}

/** Stops the server of the directory; nothing happens when none is running. */
export async function stopEmbeddedPostgres(directory: string): Promise<void> {
  const data = resolve(directory, 'data');
  if (runningPort(data) === null) return;
  await runPostgresProgram('pg_ctl', await postgresUser(), ['stop', '-w', '-s', '-m', 'fast', '-D', data]);
}

/** Makes the data files unless they are there; the password of their user. */
async function initialise(directory: string, data: string, user: SystemUser): Promise<string> {
  const passwordFile = join(directory, 'password');
  mkdirSync(directory, { recursive: true });
  // The system user that runs Postgres must be able to pass through a directory that root made.
  if (user.uid !== undefined) chmodSync(directory, 0o711);
  await assertReachable(directory, user);
  if (existsSync(data)) return readFileSync(passwordFile, 'utf8');
  // Made beside their place and moved there whole, so that a kill in between leaves nothing that looks finished.
  const draft = join(directory, 'data.new');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const password = randomBytes(18).toString('base64url');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  for (const path of [draft, passwordFile]) giveTo(user, path);
  const access = ['--username', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  await runPostgresProgram('initdb', user, ['-D', draft, ...access, '--encoding=UTF8', '--locale=C']);
  renameSync(draft, data);
  return password;
}

function giveTo({ uid, gid }: SystemUser, path: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** The first lines of postmaster.pid are: pid, data directory, start time, port. */
function runningPort(data: string): number | null {
  try {
    const [pid, , , port] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 0);
    return Number(port);
  } catch (error) {
    // No file, no such process, or a process of somebody else, which cannot be ours.
    if (['ENOENT', 'ESRCH', 'EPERM'].some((code) => hasErrorCode(error, code))) return null;
    throw error;
  }
}

function staleServer(data: string, port: number, cause: unknown): OperatorError {
  const file = join(data, 'postmaster.pid');
  return new OperatorError(
    `${file} names a running process, but no Postgres answers on its port ${port}; the process is another one since ` +
      'this machine was restarted. Delete that file and start again.',
    { cause },
  );
}

async function startServer(data: string, port: number, settings: string[], user: SystemUser): Promise<void> {
  const server = [
    '-p',
    String(port),
    '-h',
    '127.0.0.1',
    "-c unix_socket_directories=''",
    ...settings.map((setting) => `-c ${setting}`),
  ];
  const log = join(data, 'server.log');
  const before = sizeOf(log);
  try {
    await runPostgresProgram('pg_ctl', user, ['start', '-w', '-s', '-D', data, '-l', log, '-o', server.join(' ')]);
  } catch (error) {
    const said = sizeOf(log) > before ? readFileSync(log).subarray(before).toString('utf8') : errorMessage(error);
    throw new OperatorError(`The embedded Postgres in ${data} did not start. It says: ${said.trim()}`, {
      cause: error,
    });
  }
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
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
