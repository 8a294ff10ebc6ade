import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { errorMessage } from '../../common/errors/domain-error.js';
import { type PhaseFiles } from './phase-files.js';
import { hostIdentity } from './process-identity.js';
import { PHASE_UNWRITABLE, SUPERVISOR_SCRIPT } from './supervisor-script.js';

export interface LaunchSpec {
  files: PhaseFiles;
  workingDirectory: string;
  binary: string;
  arguments: string[];
  /** The whole environment of the command; nothing is inherited. */
  environment: Record<string, string>;
}

/**
 * Starts a command below a supervisor, in a session of its own and writing to files, so that it needs nothing of this
 * process. `onEnd` is told how the supervisor ended, in words, if this process lives to see it.
 */
export function launchSupervised(spec: LaunchSpec, onEnd: (how: string) => void): void {
  const { files, workingDirectory, binary, environment } = spec;
  const argv = ['-c', SUPERVISOR_SCRIPT, 'ps-supervisor', files.directory, hostIdentity(), binary];
  const outputs: number[] = [];
  try {
    for (const path of [files.stdout, files.stderr]) outputs.push(openSync(path, 'a', 0o600));
    const child = spawn('/bin/sh', [...argv, ...spec.arguments], {
      cwd: workingDirectory,
      env: environment,
      detached: true,
      stdio: ['ignore', ...outputs],
    });
    child.once('exit', (code, signal) => {
      const unwritable = 'its directory cannot be written, is the disk full?';
      onEnd(code === PHASE_UNWRITABLE ? unwritable : `its supervisor ended with ${code ?? signal}`);
    });
    child.once('error', (error) => {
      onEnd(errorMessage(error));
    });
    child.unref();
  } finally {
    outputs.forEach(closeSync);
  }
}
