/** Who imported, in the audit log and in the ledger. */
export const IMPORT_ACTOR = 'system:legacy-import';

/** `refuse` stops the import, `warn` is for the operator to look at, `info` says what became of something. */
export type Severity = 'refuse' | 'warn' | 'info';

export interface Finding {
  severity: Severity;
  /** Table of the old database, or of this one for what is in the way here. */
  table: string;
  /** Key of the row; null for what concerns the whole table. */
  row: string | null;
  message: string;
}

/** What became of the rows of one old table: `read` is the sum of all the others. */
export interface SourceCount {
  table: string;
  read: number;
  taken: number;
  skipped: { reason: string; count: number }[];
}

/** What happened to one table of this service. */
export interface TargetCount {
  table: string;
  added: number;
  changed: number;
  unchanged: number;
}

export interface ImportReport {
  source: string;
  /** `imported` also when there was nothing to change. */
  outcome: 'imported' | 'dry_run' | 'refused';
  sources: SourceCount[];
  targets: TargetCount[];
  findings: Finding[];
}

export interface ImportOptions {
  /** A `postgres://` URL, or the path of a plain SQL dump. */
  from: string;
  /** Nothing is stored; the report says what would be. */
  isDryRun: boolean;
  /** Where the clusters of imported organizations are built. */
  target: 'aws' | 'local';
  /** New names of organizations, by old name or id. */
  organizationNames: ReadonlyMap<string, string>;
  /** New names of users, by old name or id. */
  usernames: ReadonlyMap<string, string>;
  /** Tables (`table`) and columns (`table.column`) this import does not know and may leave behind. */
  ignored: ReadonlySet<string>;
}
