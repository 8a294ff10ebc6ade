import { type MigrationSession } from './migration-session.js';
import { type MigrationWorker } from './migration-worker.js';

const ACTIVITY = `SELECT array_to_string(pg_blocking_pids($1), ', ') AS blockers`;

/** Says every now and then that `work` still runs, and whether other sessions hold it up. */
export async function withReports(
  { lock, pace, onProgress }: MigrationSession,
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
      const [activity] = await lock.query<{ blockers: string }>(ACTIVITY, [worker.pid]);
      return activity?.blockers ? `, waiting for pid ${activity.blockers}` : '';
    } catch {
      // A broken connection is told by the statement that needs it next.
      return '';
    }
  };
  let last = Promise.resolve();
  const timer = setInterval(() => {
    last = report();
  }, pace.reportMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
    await last;
  }
}
