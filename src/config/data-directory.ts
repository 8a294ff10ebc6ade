import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorMessage } from '../common/errors/domain-error.js';
import { OperatorError } from '../common/errors/operator-error.js';

/** Creates the data directory unless it exists. Throws {@link OperatorError} when nothing can be written there. */
export function ensureDataDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new OperatorError(
      `ps-server cannot write to its data directory ${resolve(directory)} (${errorMessage(error)}). ` +
        'Make it writable for the user that runs ps-server, or set PS_DATA_DIRECTORY to another directory.',
      { cause: error },
    );
  }
}
