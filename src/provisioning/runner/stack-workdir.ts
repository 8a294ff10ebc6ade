import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock } from '../../common/clock/clock.js';
import { outlastRun } from './run-processes.js';
import { RunWorkdir } from './run-workdir.js';
import { isAtWork } from './supervised-command.js';

/**
 * Waits until nothing that an earlier command has started works in this directory: Terraform outlives the command that
 * was killed, and two of them must not work on one stack. Calls `onWait` before a wait.
 */
export async function outlastEarlierRuns(
  dataDirectory: string,
  name: string,
  clock: Clock,
  onWait: () => void,
): Promise<void> {
  const runs = join(new RunWorkdir(dataDirectory, name, '-').directory, 'runs');
  for (const id of existsSync(runs) ? readdirSync(runs) : []) {
    const workdir = new RunWorkdir(dataDirectory, name, id);
    if (workdir.startedPhases().some(isAtWork)) onWait();
    await outlastRun(workdir, clock);
  }
}
