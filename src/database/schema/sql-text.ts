import { type Column, type Constraint, type EnumType, type Sequence, type Table } from './catalog.types.js';
import { type WholeTable } from './difference.types.js';

/** A string as an SQL literal of one line, which may be indented. */
export function literal(text: string): string {
  const quoted = text.replaceAll("'", "''");
  if (!/[\n\r]/.test(text)) return `'${quoted}'`;
  return `E'${quoted.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;
}

export function createEnum({ name, labels }: EnumType): string {
  return `CREATE TYPE ${name} AS ENUM (${labels.map(literal).join(', ')})`;
}

export function createSequence({ name, type, options }: Sequence): string {
  return ['CREATE SEQUENCE', name, 'AS', type, options].filter((word) => word !== '').join(' ');
}

/** Every option is said, because one that is left out stays as it was. */
export function alterSequence({ name, type, options }: Sequence): string {
  const saidOr = (pattern: RegExp, usual: string): string => pattern.exec(options)?.[0] ?? usual;
  return [
    `ALTER SEQUENCE ${name} AS ${type}`,
    saidOr(/INCREMENT -?\d+/, 'INCREMENT 1'),
    saidOr(/MINVALUE -?\d+/, 'NO MINVALUE'),
    saidOr(/MAXVALUE -?\d+/, 'NO MAXVALUE'),
    saidOr(/START -?\d+/, 'START 1'),
    saidOr(/CACHE \d+/, 'CACHE 1'),
    saidOr(/CYCLE/, 'NO CYCLE'),
  ].join(' ');
}

/** A column as CREATE TABLE and ADD COLUMN take it. */
export function columnText(column: Column): string {
  return [
    column.name,
    column.type,
    ...(column.collation === null ? [] : [`COLLATE ${column.collation}`]),
    ...(column.generated === null ? [] : [`GENERATED ALWAYS AS (${column.generated}) STORED`]),
    ...(column.identity === null ? [] : [`GENERATED ${column.identity} AS IDENTITY`]),
    // That of an identity column goes without saying.
    ...(column.isNullable || column.identity !== null ? [] : ['NOT NULL']),
    ...(column.default === null ? [] : [`DEFAULT ${column.default}`]),
  ].join(' ');
}

export function constraintText({ name, definition }: Constraint): string {
  return `CONSTRAINT ${name} ${definition}`;
}

/** The statements that make a table with what belongs to it, its foreign keys apart. */
export function createTable({ table, constraints, indexes, triggers }: WholeTable): string[] {
  const unchecked = constraints.filter(({ isValidated }) => !isValidated);
  const parts = [
    ...table.columns.map(columnText),
    ...constraints.filter(({ isValidated }) => isValidated).map(constraintText),
  ];
  const storage = table.storage.length === 0 ? '' : ` WITH (${table.storage.join(', ')})`;
  const kind = table.isUnlogged ? 'UNLOGGED TABLE' : 'TABLE';
  return [
    `CREATE ${kind} ${table.name} (\n${parts.map((part) => `  ${part}`).join(',\n')}\n)${storage}`,
    ...unchecked.map((constraint) => addConstraint(constraint)),
    ...indexes.map(({ definition }) => definition),
    ...triggers.map(({ definition }) => definition),
  ];
}

/** `isUnchecked` leaves the rows that are there alone until the constraint is validated. */
export function addConstraint(constraint: Constraint, isUnchecked = !constraint.isValidated): string {
  const end = isUnchecked ? ' NOT VALID' : '';
  return `ALTER TABLE ${constraint.table} ADD ${constraintText(constraint)}${end}`;
}

export function dropConstraint({ table, name }: Constraint): string {
  return `ALTER TABLE ${table} DROP CONSTRAINT ${name}`;
}

export function alterColumn(table: string, column: string, change: string): string {
  return `ALTER TABLE ${table} ALTER COLUMN ${column} ${change}`;
}

export function setDefault(table: string, column: Column): string {
  return alterColumn(table, column.name, column.default === null ? 'DROP DEFAULT' : `SET DEFAULT ${column.default}`);
}

/** Storage parameters and logging of a table, from one to the other. */
export function alterTable(from: Table, to: Table): string[] {
  const nameOf = (option: string): string => option.split('=')[0] ?? option;
  const set = to.storage.filter((option) => !from.storage.includes(option));
  const kept = new Set(to.storage.map(nameOf));
  const reset = from.storage.map(nameOf).filter((option) => !kept.has(option));
  return [
    ...(from.isUnlogged === to.isUnlogged
      ? []
      : [`ALTER TABLE ${to.name} SET ${to.isUnlogged ? 'UNLOGGED' : 'LOGGED'}`]),
    ...(set.length === 0 ? [] : [`ALTER TABLE ${to.name} SET (${set.join(', ')})`]),
    ...(reset.length === 0 ? [] : [`ALTER TABLE ${to.name} RESET (${reset.join(', ')})`]),
  ];
}

/** One statement for a type with its collation and default. `using` says how each value is converted. */
export function alterType(table: string, from: Column, to: Column, using: string | null): string {
  const collation = to.collation === null ? '' : ` COLLATE ${to.collation}`;
  const conversion = using === null ? '' : ` USING ${using}`;
  const type = `ALTER COLUMN ${to.name} TYPE ${to.type}${collation}${conversion}`;
  if (from.default === null && to.default === null) return `ALTER TABLE ${table} ${type}`;
  const parts = [
    ...(from.default === null ? [] : [`ALTER COLUMN ${to.name} DROP DEFAULT`]),
    type,
    ...(to.default === null ? [] : [`ALTER COLUMN ${to.name} SET DEFAULT ${to.default}`]),
  ];
  return `ALTER TABLE ${table}\n${parts.map((part) => `  ${part}`).join(',\n')}`;
}

export function setComment(target: string, text: string | null): string {
  return `COMMENT ON ${target} IS ${text === null ? 'NULL' : literal(text)}`;
}
