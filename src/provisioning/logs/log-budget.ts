import { type RunLogEntry } from '../provisioning.types.js';

/** Entries a reader must not miss, however long the log is. */
const ALWAYS_KEPT = new Set(['change_summary', 'outputs', 'diagnostic']);

/**
 * Bounds the stored log of one run: once half of the budget is used, only warnings, errors and summaries are kept until
 * the other half is used too. The complete output of a run that failed stays in its directory (docs/runs.md). Hitting the
 * bound never fails a run.
 */
export class LogBudget {
  private isThinning = false;

  constructor(
    private readonly maxBytes: number,
    private usedBytes: number,
  ) {}

  admit(entries: RunLogEntry[]): RunLogEntry[] {
    return entries.flatMap((entry) => this.admitOne(entry));
  }

  private admitOne(entry: RunLogEntry): RunLogEntry[] {
    const size = entry.message.length + (entry.data === null ? 0 : JSON.stringify(entry.data).length) + 100;
    const isImportant = entry.level === 'error' || entry.level === 'warn' || ALWAYS_KEPT.has(entry.type);
    const limit = isImportant ? this.maxBytes : this.maxBytes / 2;
    if (this.usedBytes + size <= limit) {
      this.usedBytes += size;
      return [entry];
    }
    if (this.isThinning) return [];
    this.isThinning = true;
    return [cutNotice(entry)];
  }
}

function cutNotice(entry: RunLogEntry): RunLogEntry {
  const message = 'The log is long; from here on only warnings, errors and summaries are stored.';
  return { ...entry, type: 'log_cut', level: 'warn', message, data: null };
}
