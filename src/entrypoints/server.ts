import 'reflect-metadata';
import { startServer } from '../app/start-server.js';
import { errorMessage } from '../common/errors/domain-error.js';
import { loadConfig } from '../config/app-config.js';

/** Signals that ask the service to stop; a second one ends it at once, and runs go on by themselves. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

async function main(): Promise<void> {
  const server = await startServer(loadConfig());
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        fail(error);
      },
    );
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
}

function fail(error: unknown): never {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exit(1);
}

main().catch(fail);
