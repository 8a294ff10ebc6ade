import { DomainError } from '../../common/errors/domain-error.js';
import { type RunLogEntry } from '../provisioning.types.js';
import { type TargetSynthesizer } from '../targets/target-synthesizer.js';
import { plainEntry } from './plain-entry.js';
import { type PhaseContext } from './phase-runner.js';
import { type ClaimedRun } from './run-journal.js';

const OUTPUT = 'apply/diagnosis';

/** After a failed apply, writes down what the target itself says of what did not come up. Nothing depends on it. */
export async function diagnose(run: ClaimedRun, context: PhaseContext, target: TargetSynthesizer): Promise<void> {
  const { journal, redactor, clock } = context;
  const note = (message: string): RunLogEntry => plainEntry(redactor.text(message), 'apply', 'warn', clock.now());
  try {
    const notes = (await target.diagnose(run.inputs)).map(note);
    if (notes.length > 0) await journal.log(notes, { output: OUTPUT, end: 1 });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    await journal.log([note(`Why machines did not come up could not be asked: ${error.message}`)], {
      output: OUTPUT,
      end: 1,
    });
  }
}
