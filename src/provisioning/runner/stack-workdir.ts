import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock } from '../../common/clock/clock.js';
import { type PhaseFiles } from './phase-files.js';
import { groupState } from './process-identity.js';
import { outlastRun } from './run-processes.js';
import { RunWorkdir } from './run-workdir.js';

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

function isAtWork(phase: PhaseFiles): boolean {
  const recorded = phase.recordedProcess();
  return recorded !== null && phase.exitCode() === null && groupState(recorded) !== 'gone';
}
