import pg from 'pg';
import { type DatabaseUrl } from './database-url.js';

/** Two-part advisory lock key: "ps" in ASCII, and 2 for the use of an embedded Postgres (1 is the migrator's). */
const LOCK = [0x7073, 2];

export interface Lease {
  /** True for the last process that gives its lease back, who then stops the server. */
  release(): Promise<boolean>;
}

/**
 * Says that this process uses the embedded Postgres, for as long as it lives: a shared lock, held by a session that
 * ends with the process however it ends. Without it a command, or a second service that fails to start, would stop the
 * database of the first.
 */
export async function takeLease(url: DatabaseUrl): Promise<Lease> {
  const client = new pg.Client({ connectionString: url.value, application_name: 'ps-server lease', keepAlive: true });
  let isLost = false;
  client.on('error', () => {
    isLost = true;
  });
  await client.connect();
  await client.query('SELECT pg_advisory_lock_shared($1, $2)', LOCK);
  return { release: () => release(client, () => isLost) };
}

async function release(client: pg.Client, isLost: () => boolean): Promise<boolean> {
  // Somebody stopped the server; stopping it again does no harm.
  if (isLost()) return true;
  try {
    await client.query('SELECT pg_advisory_unlock_shared($1, $2)', LOCK);
    const { rows } = await client.query<{ isLast: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS "isLast"', LOCK);
    return rows[0]?.isLast ?? false;
  } finally {
    await client.end();
  }
}
