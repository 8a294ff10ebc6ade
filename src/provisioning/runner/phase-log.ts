import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock } from '../../common/clock/clock.js';
import { hasErrorCode } from '../../common/errors/domain-error.js';
import { type Redactor } from '../logs/redactor.js';
import { type RunLogEntry, type RunPhase } from '../provisioning.types.js';
import { ChangeWaiter } from './change-waiter.js';
import { LineReader, type OutputLine } from './line-reader.js';
import { type PhaseFiles } from './phase-files.js';
import { type RunJournal } from './run-journal.js';
import { parseTerraformLine, PhaseEvents } from './terraform-events.js';

const POLL_MS = 250;
const BATCH = 100;

/**
 * Carries a command's output into the run's log while it runs. How far it came is kept beside the output, so that a
 * process that takes over stores the rest and nothing twice.
 */
export class PhaseLog {
  readonly events = new PhaseEvents();
  private readonly offsetFile: string;

  constructor(
    private readonly files: PhaseFiles,
    private readonly phase: RunPhase,
    private readonly journal: RunJournal,
    private readonly redactor: Redactor,
    private readonly clock: Clock,
  ) {
    this.offsetFile = join(files.directory, 'stored-offset');
  }

  /** Follows the output until `ended` settles, then to its end. Rejects when the log cannot be stored. */
  async follow(ended: Promise<unknown>): Promise<void> {
    const reader = new LineReader(this.files.stdout);
    const changes = new ChangeWaiter(this.files.directory, POLL_MS, this.clock);
    let isOver = false;
    const finish = (): void => {
      isOver = true;
      changes.notify();
    };
    ended.then(finish, finish);
    try {
      for (let isLast = false; !isLast;) {
        await changes.next();
        isLast = isOver;
        for (let lines = await reader.read(); lines.length > 0; lines = await reader.read()) await this.store(lines);
      }
      await this.store(reader.rest());
      await this.storeStderr();
    } finally {
      changes.close();
      await reader.close();
    }
  }

  private async store(lines: OutputLine[]): Promise<void> {
    const storedOffset = this.storedOffset();
    for (let start = 0; start < lines.length; start += BATCH) {
      const batch = lines.slice(start, start + BATCH).map(({ text, end }) => ({ end, entry: this.parse(text) }));
      const fresh = batch.filter(({ end }) => end > storedOffset);
      const last = fresh.at(-1);
      if (!last) continue;
      await this.journal.log(fresh.map(({ entry }) => entry));
      writeFileSync(this.offsetFile, String(last.end), { mode: 0o600 });
      if (this.phase === 'apply') await this.journal.progress({ completed: this.events.completed });
    }
  }

  private parse(text: string): RunLogEntry {
    const entry = this.redactor.deep(parseTerraformLine(text, this.phase, this.clock.now()));
    this.events.add(entry);
    return entry;
  }

  /** Crash reports and usage errors go there; events never do. */
  private async storeStderr(): Promise<void> {
    const marker = join(this.files.directory, 'stored-stderr');
    const text = readIfExists(this.files.stderr).trim();
    if (text === '' || readIfExists(marker) !== '') return;
    const message = this.redactor.text(text.slice(-8000));
    await this.journal.log([
      { occurredAt: this.clock.now(), phase: this.phase, type: 'log', level: 'error', message, data: null },
    ]);
    writeFileSync(marker, 'stored', { mode: 0o600 });
  }

  private storedOffset(): number {
    return Number(readIfExists(this.offsetFile) || 0);
  }
}

function readIfExists(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return '';
    throw error;
  }
}
