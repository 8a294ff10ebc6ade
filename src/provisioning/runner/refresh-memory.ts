import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Clock } from '../../common/clock/clock.js';
import { hasErrorCode } from '../../common/errors/domain-error.js';
import { type RunWorkdir } from './run-workdir.js';

const FILE = 'refreshed';

/**
 * When Terraform last compared the state in a working directory with what exists. Comparing again takes as long as all the
 * rest of a plan, and people who ask for a few nodes more a minute later wait for it.
 */
export class RefreshMemory {
  /** When what the plan of this run goes by was compared; null while there is no such plan. */
  private comparedAt: Date | null = null;

  constructor(
    private readonly workdir: RunWorkdir,
    private readonly clock: Clock,
    /** For how many seconds a comparison counts; 0: never. */
    private readonly lastsSeconds: number,
  ) {}

  /**
   * Options of a plan. It compares, unless the caller sees no reason to and the very state that is here was compared a
   * short time ago, by a run that ended well.
   */
  planOptions(isReasonless: boolean): string[] {
    const now = this.clock.now();
    const before = isReasonless ? this.remembered() : null;
    const age = before === null ? Infinity : now.getTime() - before.getTime();
    // A clock that was set back makes it look as if it came from the future.
    const isRecent = age >= 0 && age < this.lastsSeconds * 1000;
    this.comparedAt = isRecent ? before : now;
    return isRecent ? ['-refresh=false'] : [];
  }

  /** After a run that carried its plan out as a whole, the state says what exists as well as before. */
  keep(): void {
    if (this.comparedAt === null) return;
    this.workdir.write(FILE, `${this.comparedAt.toISOString()} ${this.stateDigest()}`);
  }

  /** The next run compares, whatever it is. */
  forget(): void {
    this.workdir.delete(FILE);
  }

  private remembered(): Date | null {
    const [time = '', digest] = this.workdir.readIfThere(FILE)?.split(' ') ?? [];
    return digest === this.stateDigest() ? new Date(time) : null;
  }

  private stateDigest(): string {
    return createHash('sha256').update(contentOf(this.workdir.state)).digest('hex');
  }
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw error;
  }
}
