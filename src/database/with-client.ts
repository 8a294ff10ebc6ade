import pg from 'pg';
import { type DatabaseUrl } from './database-url.js';

/** A connection of its own for `work`, closed whatever comes of it; `application` names it in pg_stat_activity. */
export async function withClient<T>(
  url: DatabaseUrl,
  application: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url.value, application_name: application });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
