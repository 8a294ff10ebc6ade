import { type MigrationSession } from './migration-session.js';
import { type MigrationWorker } from './migration-worker.js';

const ACTIVITY = `
  SELECT wait_event_type AS "waitsFor", array_to_string(pg_blocking_pids(pid), ', ') AS blockers
    FROM pg_stat_activity WHERE pid = $1`;

/** Says every now and then that `work` still runs, and whether other sessions hold it up. */
export async function withReports(
  { client, pace, onProgress }: MigrationSession,
  worker: MigrationWorker,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  const report = async (): Promise<void> => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    onProgress(`${what}: ${seconds} s so far${await heldUp()}`);
  };
  const heldUp = async (): Promise<string> => {
    try {
      const { rows } = await client.query<{ waitsFor: string | null; blockers: string }>(ACTIVITY, [worker.pid]);
      return rows[0]?.blockers ? `, waiting for pid ${rows[0].blockers}` : '';
    } catch {
      // A broken connection is told by the statement that needs it next.
      return '';
    }
  };
  const timer = setInterval(() => void report(), pace.reportMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}
