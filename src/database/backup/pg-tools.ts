import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type pg from 'pg';
import { errorMessage } from '../../common/errors/domain-error.js';
import { findProgram } from '../../common/programs/find-program.js';
import { type DatabaseUrl } from '../database-url.js';
import { BackupError } from './backup.errors.js';

const run = promisify(execFile);
const MOST_OUTPUT_BYTES = 16 * 1024 ** 2;

export type PgTool = 'pg_dump' | 'pg_restore';

/**
 * The path of a program of Postgres's own that is as new as the server, which older ones refuse or misread. Throws
 * {@link BackupError}.
 */
export async function findTool(name: PgTool, executablePath: string, serverMajor: number): Promise<string> {
  const found = findProgram(name, executablePath);
  const wanted = `Install the client programs of Postgres ${serverMajor} or newer (package postgresql-client-${serverMajor}) and try again.`;
  if (found === null) throw new BackupError(`${name} is not on the PATH. ${wanted}`);
  const { stdout } = await run(found, ['--version']);
  const major = Number(/\b(\d+)(?:\.\d+)?/.exec(stdout)?.[1]);
  if (major >= serverMajor) return found;
  throw new BackupError(`${found} is of Postgres ${major}, and the server is Postgres ${serverMajor}. ${wanted}`);
}

/**
 * Runs the program on a database. The password goes by the environment, of which it gets nothing else but the language:
 * arguments are seen in process lists. Throws {@link BackupError} with what it wrote on its standard error.
 */
export async function runTool(path: string, url: DatabaseUrl, arguments_: string[]): Promise<void> {
  try {
    await run(path, arguments_, { env: connectionVariables(url), maxBuffer: MOST_OUTPUT_BYTES });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new BackupError(`${path} failed: ${stderr.trim() || errorMessage(error)}`, { cause: error });
  }
}

/** As libpq has them; what it does not know of a URL it would refuse. */
function connectionVariables({ value }: DatabaseUrl): Record<string, string> {
  const url = new URL(value);
  const given: Record<string, string | null> = {
    PGHOST: url.searchParams.get('host') ?? url.hostname,
    PGPORT: url.port === '' ? null : url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
    PGSSLMODE: url.searchParams.get('sslmode'),
    PGSSLROOTCERT: url.searchParams.get('sslrootcert'),
  };
  const named = Object.entries(given).filter(
    (entry): entry is [string, string] => entry[1] !== null && entry[1] !== '',
  );
  return { LC_ALL: 'C', PGAPPNAME: 'ps-server backup', ...Object.fromEntries(named) };
}

export async function serverMajorOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::integer / 10000 AS version`,
  );
  return rows[0]?.version ?? 0;
}
