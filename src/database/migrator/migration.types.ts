import { type MigrationInterface } from 'typeorm';

export const COMPATS = ['expand', 'contract', 'breaking'] as const;

/**
 * What a migration means for others: after `expand` the release before still works; after `contract` it does not; a
 * `breaking` one loses data, so that only a snapshot of the database leads back.
 */
export type Compat = (typeof COMPATS)[number];

/** What the class of a migration may say of itself, as fields of an instance or of the class. */
export interface MigrationTraits {
  /** `expand` unless it says otherwise. */
  compat?: Compat;
  /** False runs it outside of a transaction, for CREATE INDEX CONCURRENTLY and its kind. */
  transaction?: boolean;
  /** Limit of each of its statements, 600 unless it says otherwise; 0 is none. */
  statementTimeoutSeconds?: number;
}

export type MigrationClass = new () => MigrationInterface;

/** A migration of this build. */
export interface Migration {
  /** Of the class; ends with the timestamp. */
  name: string;
  /** Milliseconds since 1970; the order. */
  timestamp: number;
  /** Without the extension; null for one that comes from no file. */
  file: string | null;
  /** Of its source as the manifest has it; null where nothing is known of the source. */
  sha256: string | null;
  compat: Compat;
  isTransactional: boolean;
  statementTimeoutSeconds: number;
  create: () => MigrationInterface;
}

/** A row of `schema_migrations`, which is TypeORM's. */
export interface AppliedMigration {
  name: string;
  timestamp: number;
}

/** A row of `migration_audit`. One without an end belongs to a migration that is under way, or was broken off. */
export interface AuditRow {
  name: string;
  sha256: string | null;
  startedAt: Date;
  finishedAt: Date | null;
  durationMs: number | null;
  appVersion: string;
  executedBy: string;
  compat: Compat;
  isTransactional: boolean;
  output: string;
}

/** What a database says has been done to it. */
export interface MigrationHistory {
  /** In the order of applying. */
  applied: AppliedMigration[];
  audit: AuditRow[];
}
