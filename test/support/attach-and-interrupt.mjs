/**
 * A process of its own that attaches to a phase, asks it to stop several times, and prints how it ended. Arguments: the
 * phase's directory.
 */
import { SystemClock } from '../../dist/src/common/clock/clock.js';
import { PhaseFiles } from '../../dist/src/provisioning/runner/phase-files.js';
import { SupervisedCommand } from '../../dist/src/provisioning/runner/supervised-command.js';

const [directory] = process.argv.slice(2);
const spec = {
  files: new PhaseFiles(directory),
  workingDirectory: '/',
  binary: '/bin/false',
  arguments: [],
  environment: {},
};
const command = SupervisedCommand.ensure(spec, new SystemClock());
for (let times = 0; times < 5; times++) command.interrupt();
process.stdout.write(String(await command.wait()));
