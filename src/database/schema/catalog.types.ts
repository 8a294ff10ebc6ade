/** A schema of a database as its catalog describes it, with every expression as Postgres prints it. */
export interface Catalog {
  extensions: string[];
  enums: EnumType[];
  /** Those of identity columns belong to their columns and are not among them. */
  sequences: Sequence[];
  routines: Routine[];
  tables: Table[];
  constraints: Constraint[];
  /** Those of constraints belong to their constraints and are not among them. */
  indexes: Index[];
  triggers: Trigger[];
  comments: Comment[];
  /** What nothing here can write statements for, such as views. */
  others: OtherObject[];
}

export interface EnumType {
  name: string;
  /** In their order. */
  labels: string[];
}

export interface Sequence {
  name: string;
  type: string;
  /** START, INCREMENT and the other options that differ from the usual, as SQL. */
  options: string;
  /** The column it is dropped with; null for one that stands alone. */
  owner: { table: string; column: string } | null;
}

export interface Routine {
  /** With its arguments: `keep_ledger_entry()`. */
  signature: string;
  kind: 'FUNCTION' | 'PROCEDURE';
  language: string;
  /** What it answers; another one cannot be had by CREATE OR REPLACE. */
  result: string;
  /** The whole CREATE OR REPLACE statement. */
  definition: string;
}

export interface Table {
  name: string;
  isUnlogged: boolean;
  /** `fillfactor=70` and the like, sorted. */
  storage: string[];
  /** In their order, which is no difference between two catalogs. */
  columns: Column[];
}

export interface Column {
  name: string;
  type: string;
  isNullable: boolean;
  /** Expression, or null without a default. */
  default: string | null;
  /** Of a column that Postgres computes and stores. */
  generated: string | null;
  identity: 'ALWAYS' | 'BY DEFAULT' | null;
  /** Null for that of its type. */
  collation: string | null;
}

export interface Constraint {
  table: string;
  name: string;
  kind: 'primary key' | 'unique' | 'check' | 'foreign key' | 'exclusion';
  /** Without the words that say it is not validated. */
  definition: string;
  isValidated: boolean;
}

export interface Index {
  table: string;
  name: string;
  isUnique: boolean;
  /** The whole CREATE INDEX statement. */
  definition: string;
}

export interface Trigger {
  table: string;
  name: string;
  /** The whole CREATE TRIGGER statement. */
  definition: string;
}

export interface Comment {
  /** As COMMENT ON names it: `COLUMN users.email`. */
  target: string;
  text: string;
}

export interface OtherObject {
  kind: string;
  name: string;
}
