import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../../common/errors/domain-error.js';
import { type RecordedProcess } from './process-identity.js';

/** The directory of one phase of one run: what the supervisor, Terraform and this service leave there. */
export class PhaseFiles {
  readonly stdout: string;
  readonly stderr: string;
  private readonly process: string;

  constructor(readonly directory: string) {
    this.stdout = join(directory, 'stdout.jsonl');
    this.stderr = join(directory, 'stderr.log');
    this.process = join(directory, 'process');
  }

  create(): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
  }

  exists(): boolean {
    return existsSync(this.directory);
  }

  /** The supervisor that owns the phase, or null when none has claimed it. */
  recordedProcess(): RecordedProcess | null {
    const [pid, startToken, host] = (readIfExists(this.process) ?? '').split(' ');
    return pid && startToken && host ? { pid: Number(pid), startToken, host } : null;
  }

  /** When the supervisor claimed the phase, or null when none has. */
  startedAt(): Date | null {
    return statSync(this.process, { throwIfNoEntry: false })?.mtime ?? null;
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

  /** The first whole line on standard output, or null. */
  firstLine(): string | null {
    return /^([^\n]*)\n/.exec(readIfExists(this.stdout) ?? '')?.[1] ?? null;
  }

  /** The first match in what the command has written so far, on either output; null if there is none. */
  firstWritten(pattern: RegExp): RegExpExecArray | null {
    return pattern.exec(readIfExists(this.stdout) ?? '') ?? pattern.exec(readIfExists(this.stderr) ?? '');
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
