import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../../common/errors/domain-error.js';

export interface RecordedProcess {
  pid: number;
  startToken: string;
}

/** The directory of one phase of one run: what the supervisor, Terraform and this service leave there. */
export class PhaseFiles {
  readonly stdout: string;
  readonly stderr: string;

  constructor(readonly directory: string) {
    this.stdout = join(directory, 'stdout.jsonl');
    this.stderr = join(directory, 'stderr.log');
  }

  create(): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
  }

  exists(): boolean {
    return existsSync(this.directory);
  }

  /** The supervisor that owns the phase, or null when none has claimed it. */
  recordedProcess(): RecordedProcess | null {
    const text = readIfExists(join(this.directory, 'process'));
    const [pid, startToken] = (text ?? '').split(' ');
    return pid && startToken ? { pid: Number(pid), startToken } : null;
  }

  /** The command's exit code, or null while nobody has written it. */
  exitCode(): number | null {
    const text = readIfExists(join(this.directory, 'exit-code'));
    return text === null ? null : Number(text);
  }

  /** True for the first caller only, of all processes and for all time. */
  markInterrupted(): boolean {
    try {
      closeSync(openSync(join(this.directory, 'interrupted'), 'wx', 0o600));
      return true;
    } catch (error) {
      if (hasErrorCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  /** Whether the command has written anything yet. */
  hasOutput(): boolean {
    return [this.stdout, this.stderr].some((path) => existsSync(path) && statSync(path).size > 0);
  }
}

function readIfExists(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
