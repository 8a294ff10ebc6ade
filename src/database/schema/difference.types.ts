import {
  type Column,
  type Constraint,
  type EnumType,
  type Index,
  type OtherObject,
  type Routine,
  type Sequence,
  type Table,
  type Trigger,
} from './catalog.types.js';

/** A table with all that comes and goes with it. Foreign keys do not: two tables may refer to each other. */
export interface WholeTable {
  table: Table;
  constraints: Constraint[];
  indexes: Index[];
  triggers: Trigger[];
}

/** A column that has the type of an enum or of an array of it. */
export interface EnumUse {
  table: string;
  column: string;
  type: string;
  default: string | null;
}

/** One member of a union for each kind, so that a kind says what the others are. */
type Each<Kind extends string, Body> = Kind extends string ? { kind: Kind } & Body : never;

interface Change<T> {
  from: T;
  to: T;
}

/** One thing to be done to the actual schema, of many that make it the declared one. */
export type Difference =
  | Each<'add extension', { name: string }>
  | Each<'add enum' | 'drop enum', { type: EnumType }>
  | Each<'change enum', Change<EnumType> & { uses: EnumUse[] }>
  | Each<'add sequence' | 'drop sequence', { sequence: Sequence }>
  | Each<'change sequence', Change<Sequence>>
  | Each<'own sequence' | 'disown sequence', { sequence: string; owner: { table: string; column: string } }>
  | Each<'add routine' | 'drop routine', { routine: Routine }>
  | Each<'replace routine', Change<Routine>>
  | Each<'add table' | 'drop table', { whole: WholeTable }>
  | Each<'rename table', Change<string>>
  | Each<'change table', Change<Table>>
  | Each<'add column' | 'drop column', { table: string; column: Column }>
  | Each<'rename column', Change<string> & { table: string }>
  | Each<
      'change type' | 'change default' | 'set not null' | 'drop not null' | 'change identity' | 'compute column',
      Change<Column> & { table: string }
    >
  /** `isTableNew`: no row can be against it, because the table comes or goes at the same time. */
  | Each<'add constraint' | 'drop constraint', { constraint: Constraint; isTableNew: boolean }>
  | Each<'change constraint', Change<Constraint>>
  | Each<'validate constraint', { constraint: Constraint }>
  | Each<'add index' | 'drop index', { index: Index }>
  | Each<'change index', Change<Index>>
  | Each<'add trigger' | 'drop trigger', { trigger: Trigger }>
  | Each<'change trigger', Change<Trigger>>
  | Each<'change comment', { target: string; from: string | null; to: string | null }>
  /** Nothing here can write it; a person has to. */
  | Each<'other', { object: OtherObject; isDeclared: boolean }>;

export type DifferenceOf<Kind extends Difference['kind']> = Extract<Difference, { kind: Kind }>;
