import { errorMessage } from '../common/errors/domain-error.js';
import { OperatorError } from '../common/errors/operator-error.js';
import { onOutputError } from '../common/programs/output-errors.js';
import { loadConfig } from '../config/app-config.js';
import { MigrationError } from '../database/migrator/migration-error.js';
import { startServer } from './start-server.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** npm hands on the Ctrl-C that the terminal has sent to all of its processes, so one key press may arrive twice. */
const SAME_KEY_PRESS_MS = 1_000;

/**
 * Serves until a signal asks it to stop, then stops in order: exit code 0. A second signal ends the process at once, and
 * runs go on by themselves. What cannot start or stop is told on stderr: exit code 1, or that of a
 * {@link MigrationError}.
 */
export async function runServer(): Promise<void> {
  const stopping = stopSignal();
  // A log that cannot be written costs lines, and not the service.
  onOutputError(() => undefined);
  try {
    const server = await startServer(loadConfig(), stopping);
    await aborted(stopping);
    await server.stop();
  } catch (error) {
    if (!isAbort(error, stopping)) {
      process.stderr.write(`${describe(error)}\n`);
      process.exit(error instanceof MigrationError ? error.exitCode : 1);
    }
  }
  process.exit(0);
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let firstAt = 0;
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (!stop.signal.aborted) firstAt = performance.now();
      else if (performance.now() - firstAt > SAME_KEY_PRESS_MS) process.exit(1);
      stop.abort();
    });
  }
  return stop.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error instanceof Error && error.name === 'AbortError';
}

/** What an operator can mend is said in a sentence; anything else is a defect, and its stack says where. */
function describe(error: unknown): string {
  if (error instanceof OperatorError || !(error instanceof Error)) return errorMessage(error);
  return error.stack ?? error.message;
}
