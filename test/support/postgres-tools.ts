import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { realpathSync } from 'node:fs';
import { DatabaseUrl } from '../../src/database/database-url.js';
import { describeWhere } from './describe-where.js';

/** Where the machine's own Postgres has all its programs, or null. */
function toolDirectory(): string | null {
  const { stdout, status } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  const directory = status === 0 ? stdout.trim() : dirname(realpathSafe('/usr/bin/pg_dump'));
  const isWhole = ['initdb', 'pg_ctl', 'pg_dump', 'pg_restore'].every(
    (name) => spawnSync(join(directory, name), ['--version']).status === 0,
  );
  return isWhole ? directory : null;
}

function realpathSafe(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const directory = toolDirectory();

/** `describe` where a Postgres with its client programs is installed; elsewhere skipped, with the reason. */
export const describeWithPostgresTools = describeWhere(
  directory !== null,
  'no Postgres with pg_dump is installed here',
);

/** A server of the same version as this machine's pg_dump: the embedded one may be newer, which pg_dump refuses. */
export class SystemPostgres {
  private constructor(
    private readonly home: string,
    private readonly user: { uid?: number; gid?: number },
    readonly url: DatabaseUrl,
    /** For processes that look for client programs. */
    readonly toolPath: string,
  ) {}

  static async start(): Promise<SystemPostgres> {
    if (directory === null) throw new Error('No Postgres is installed here. Use describeWithPostgresTools.');
    const home = mkdtempSync(join(tmpdir(), 'ps-system-postgres-'));
    const user: { uid?: number; gid?: number } = process.getuid?.() === 0 ? idsOf('postgres') : {};
    if (user.uid !== undefined && user.gid !== undefined) chownSync(home, user.uid, user.gid);
    const data = join(home, 'data');
    const options = { ...user, cwd: '/', stdio: 'ignore' as const, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } };
    execFileSync(join(directory, 'initdb'), ['-D', data, '-U', 'ps_server', '-A', 'trust', '-N'], options);
    const port = await freePort();
    const settings = `-p ${port} -k ${home} -c listen_addresses=127.0.0.1 -c fsync=off`;
    execFileSync(
      join(directory, 'pg_ctl'),
      ['-D', data, '-w', '-l', join(home, 'log'), '-o', settings, 'start'],
      options,
    );
    const url = new DatabaseUrl(`postgres://ps_server:unchecked@127.0.0.1:${port}/postgres`);
    return new SystemPostgres(home, user, url, directory);
  }

  stop(): void {
    const options = { ...this.user, cwd: '/', stdio: 'ignore' as const };
    execFileSync(join(this.toolPath, 'pg_ctl'), ['-D', join(this.home, 'data'), '-m', 'immediate', 'stop'], options);
    rmSync(this.home, { recursive: true });
  }
}

function idsOf(name: string): { uid: number; gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
