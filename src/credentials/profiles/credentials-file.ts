import {
  closeSync,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasErrorCode } from '../../common/errors/domain-error.js';
import { CredentialsFileError } from '../credentials.errors.js';

const LOCK_POLL_MS = 25;
const LOCK_PATIENCE_MS = 10_000;
/** A writer needs milliseconds; whoever holds the lock for longer is gone. */
const LOCK_STALE_MS = 60_000;
const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
const OTHERS = 0o077;

/** The shared credentials file. It holds secrets: nothing of its content is ever logged or put into an error. */
export class CredentialsFile {
  constructor(readonly path: string) {}

  /** Empty when there is none. Throws {@link CredentialsFileError}. */
  read(): string {
    try {
      return readFileSync(this.path, 'utf8');
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return '';
      throw this.failed('read', error);
    }
  }

  /** Whether others than its owner may read or write it. */
  isOpenToOthers(): boolean {
    const found = statSync(this.path, { throwIfNoEntry: false });
    return found !== undefined && (found.mode & OTHERS) !== 0;
  }

  /**
   * Replaces the content by what `change` makes of it: all of it or nothing, one writer at a time, readable for its owner
   * only. A symbolic link stays one. `hasBackup` keeps the content before as `<file>.bak`. Throws
   * {@link CredentialsFileError}, and what `change` throws, with the file as it was.
   */
  async update(change: (text: string) => string, hasBackup = false): Promise<void> {
    const target = this.target();
    mkdirSync(dirname(target), { recursive: true, mode: PRIVATE_DIRECTORY });
    const release = await this.lock(`${target}.lock`);
    try {
      const before = this.read();
      const after = change(before);
      if (after === before && !this.isOpenToOthers()) return;
      if (hasBackup && before !== '') this.backUp(target);
      this.replace(target, after);
    } finally {
      release();
    }
  }

  private target(): string {
    try {
      return realpathSync(this.path);
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return this.path;
      throw this.failed('found', error);
    }
  }

  private backUp(target: string): void {
    const backup = `${target}.bak`;
    rmSync(backup, { force: true });
    closeSync(openSync(backup, 'wx', PRIVATE_FILE));
    copyFileSync(target, backup);
  }

  private replace(target: string, text: string): void {
    const draft = `${target}.${process.pid}.new`;
    try {
      rmSync(draft, { force: true });
      const file = openSync(draft, 'wx', PRIVATE_FILE);
      try {
        writeSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, target);
      const directory = openSync(dirname(target), 'r');
      try {
        fsyncSync(directory);
      } finally {
        closeSync(directory);
      }
    } catch (error) {
      rmSync(draft, { force: true });
      throw this.failed('written', error);
    }
  }

  /** Resolves to what gives the lock back. */
  private async lock(path: string): Promise<() => void> {
    for (const end = Date.now() + LOCK_PATIENCE_MS; ;) {
      try {
        const file = openSync(path, 'wx', PRIVATE_FILE);
        writeSync(file, `${process.pid}\n`);
        closeSync(file);
        return () => {
          rmSync(path, { force: true });
        };
      } catch (error) {
        if (!hasErrorCode(error, 'EEXIST')) throw this.failed('locked', error);
      }
      const held = statSync(path, { throwIfNoEntry: false });
      if (held && Date.now() - held.mtimeMs > LOCK_STALE_MS) rmSync(path, { force: true });
      else if (Date.now() > end) throw this.busy(path);
      else await delay(LOCK_POLL_MS);
    }
  }

  private busy(lock: string): CredentialsFileError {
    return new CredentialsFileError(
      `${this.path} is being changed by another process, which holds ${lock}. Try again, or delete that file when nothing runs.`,
    );
  }

  private failed(what: string, error: unknown): CredentialsFileError {
    const code = (error as NodeJS.ErrnoException).code ?? 'an unknown error';
    return new CredentialsFileError(
      `${this.path} cannot be ${what} (${code}). Check the path and its permissions; AWS_SHARED_CREDENTIALS_FILE names another.`,
    );
  }
}
