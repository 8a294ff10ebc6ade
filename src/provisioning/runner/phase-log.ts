import { basename } from 'node:path';
import { type Clock } from '../../common/clock/clock.js';
import { type Redactor } from '../logs/redactor.js';
import { type RunLogEntry, type RunPhase } from '../provisioning.types.js';
import { ChangeWaiter } from './change-waiter.js';
import { lastOutput } from './last-output.js';
import { LineReader, type OutputLine } from './line-reader.js';
import { type PhaseFiles } from './phase-files.js';
import { plainEntry } from './plain-entry.js';
import { type RunJournal } from './run-journal.js';
import { parseTerraformLine, PhaseEvents } from './terraform-events.js';

const POLL_MS = 250;
const BATCH = 100;

/** Carries a command's output into the run's log while it runs. A process that takes over goes on where it stopped. */
export class PhaseLog {
  readonly events = new PhaseEvents();
  private readonly stdout: string;
  private readonly stderr: string;
  private storedUntil = 0;
  private reported = 0;
  private reportedCurrent: string | null = null;

  constructor(
    private readonly files: PhaseFiles,
    private readonly phase: RunPhase,
    private readonly journal: RunJournal,
    private readonly redactor: Redactor,
    private readonly clock: Clock,
  ) {
    const name = basename(files.directory);
    this.stdout = `${name}/stdout`;
    this.stderr = `${name}/stderr`;
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
      this.storedUntil = await this.journal.storedUntil(this.stdout);
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
    for (let start = 0; start < lines.length; start += BATCH) {
      // All are parsed, also those an earlier process has stored: together they tell what the phase came to.
      const batch = lines.slice(start, start + BATCH).map((line) => ({ end: line.end, entry: this.parse(line) }));
      const fresh = batch.filter(({ end }) => end > this.storedUntil);
      const last = fresh.at(-1);
      if (!last) continue;
      await this.journal.log(
        fresh.map(({ entry }) => entry),
        { output: this.stdout, end: last.end },
      );
      this.storedUntil = last.end;
      await this.report();
    }
  }

  private async report(): Promise<void> {
    const { completed, current } = this.events;
    if (this.phase !== 'apply' || (completed === this.reported && current === this.reportedCurrent)) return;
    await this.journal.progress({ completed, ...(current === null ? {} : { current }) });
    this.reported = completed;
    this.reportedCurrent = current;
  }

  private parse({ text, isCut }: OutputLine): RunLogEntry {
    const now = this.clock.now();
    const entry = isCut
      ? plainEntry(
          `${this.redactor.withoutCutEnd(text)} [the rest of this line is not stored]`,
          this.phase,
          'info',
          now,
        )
      : this.redactor.deep(parseTerraformLine(text, this.phase, now));
    this.events.add(entry);
    return entry;
  }

  /** Crash reports and usage errors go there; events never do. */
  private async storeStderr(): Promise<void> {
    const { text: message, size } = lastOutput(this.files.stderr, this.redactor);
    if (message === '') return;
    const entry = plainEntry(message, this.phase, 'error', this.clock.now());
    this.events.addErrorOutput(message);
    if ((await this.journal.storedUntil(this.stderr)) > 0) return;
    await this.journal.log([entry], { output: this.stderr, end: size });
  }
}
