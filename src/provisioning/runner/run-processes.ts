import { type Clock } from '../../common/clock/clock.js';
import { type RunWorkdir } from './run-workdir.js';
import { killPhase, outlastPhase } from './supervised-command.js';

/** Kills what a run has started, as far as it is provably its own, and resolves when it is gone. */
export async function killRun(workdir: RunWorkdir, clock: Clock): Promise<void> {
  for (const phase of workdir.startedPhases()) await killPhase(phase, clock);
  // Last: a Terraform that still works would take a provider that goes away for the failure of a resource.
  await killPhase(workdir.provider(), clock);
}

/** Lets the commands a run has started come to their end, and kills what is left. */
export async function outlastRun(workdir: RunWorkdir, clock: Clock): Promise<void> {
  for (const phase of workdir.startedPhases()) await outlastPhase(phase, clock);
  await killPhase(workdir.provider(), clock);
}
