import { hasErrorCode } from '../errors/domain-error.js';

/**
 * Keeps this process alive when its output cannot be written, and hands on what keeps it from writing to standard output,
 * such as a full disk. A reader that has gone (`| head`) is no error: it has what it wanted, and the work goes on. Of
 * standard error nothing is handed on: there is nowhere left to say it.
 */
export function onOutputError(handle: (error: Error) => void): void {
  process.stdout.on('error', (error: Error) => {
    if (!hasErrorCode(error, 'EPIPE')) handle(error);
  });
  process.stderr.on('error', () => undefined);
}
