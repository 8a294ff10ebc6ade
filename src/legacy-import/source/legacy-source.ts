/** One row of the old database. Values are texts as Postgres writes them, so that nothing is lost on the way. */
export type LegacyRow = Readonly<Record<string, string | null>>;

export interface LegacyTable {
  name: string;
  columns: readonly string[];
  rowCount: number;
  /** Empty for tables whose rows were not asked for. */
  rows: readonly LegacyRow[];
}

/** Where the old data comes from. */
export interface LegacySource {
  /** For people; without a password. */
  readonly description: string;
  /** All tables with their row counts, and the rows of those in `wanted`. Throws LegacySourceError. */
  read(wanted: ReadonlySet<string>): Promise<LegacyTable[]>;
}
