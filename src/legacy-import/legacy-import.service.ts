import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { AppConfig } from '../config/app-config.js';
import { DatabaseUrl } from '../database/database-url.js';
import { Transactions } from '../database/transaction.js';
import { type ImportOptions, type ImportReport } from './legacy-import.types.js';
import { ImportJournal } from './mapping/import-journal.js';
import { type ImportPlan } from './mapping/import-plan.js';
import { READ_TABLES } from './mapping/old-schema.js';
import { planImport } from './mapping/plan-import.js';
import { DumpSource } from './source/dump-source.js';
import { type LegacySource } from './source/legacy-source.js';
import { LiveSource } from './source/live-source.js';
import { ImportWriter, type Written } from './target/import-writer.js';

/** Takes over the data of the system being replaced: everything in one transaction, or nothing. */
@Injectable()
export class LegacyImportService {
  constructor(
    private readonly writer: ImportWriter,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /**
   * Imports, or says what stands in the way; then nothing was stored. A second import of the same source changes
   * nothing. Throws LegacySourceError when the source cannot be read.
   */
  async run(options: ImportOptions): Promise<ImportReport> {
    const source = sourceAt(options.from);
    const tables = await source.read(new Set(Object.keys(READ_TABLES)));
    const journal = new ImportJournal();
    const isSigned = (token: string): boolean => this.isSigned(token);
    const plan = planImport(tables, { options, now: this.clock.now(), isSigned }, journal);
    const isReady = plan !== null && !journal.isRefused();
    const { targets, findings } = isReady ? await this.store(plan, source, options.isDryRun) : NOTHING_WRITTEN;
    const all = [...journal.findings, ...findings];
    const isRefused = all.some(({ severity }) => severity === 'refuse');
    return {
      source: source.description,
      outcome: isRefused ? 'refused' : options.isDryRun ? 'dry_run' : 'imported',
      sources: journal.sourceCounts(),
      targets: isRefused ? [] : targets,
      findings: all,
    };
  }

  /** A dry run goes all the way and is rolled back, so it says exactly what an import would do. */
  private async store(plan: ImportPlan, source: LegacySource, isDryRun: boolean): Promise<Written> {
    try {
      return await this.transactions.run(async (tx) => {
        const written = await this.writer.write(tx, plan, source.description);
        if (isDryRun || written.findings.some(({ severity }) => severity === 'refuse')) throw new RolledBack(written);
        await this.writer.finish(tx);
        return written;
      });
    } catch (error) {
      if (error instanceof RolledBack) return error.written;
      throw error;
    }
  }

  private isSigned(token: string): boolean {
    const end = token.lastIndexOf('.');
    const given = Buffer.from(token.slice(end + 1));
    return [this.config.jwtSecret, ...this.config.env.PS_JWT_PREVIOUS_SECRETS].some((secret) => {
      const expected = Buffer.from(
        createHmac('sha256', secret.reveal()).update(token.slice(0, end)).digest('base64url'),
      );
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }
}

const NOTHING_WRITTEN: Written = { targets: [], findings: [] };

/** Ends the transaction and carries out of it what was found. */
class RolledBack extends Error {
  constructor(readonly written: Written) {
    super('rolled back on purpose');
  }
}

function sourceAt(from: string): LegacySource {
  return /^postgres(ql)?:\/\//.test(from) ? new LiveSource(new DatabaseUrl(from)) : new DumpSource(from);
}
