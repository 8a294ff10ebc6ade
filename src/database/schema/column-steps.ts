import { type Compat } from '../migrator/migration.types.js';
import { type Column } from './catalog.types.js';
import { type Difference, type DifferenceOf } from './difference.types.js';
import { type Answers } from './question.types.js';
import { alterColumn, alterType, columnText, setDefault } from './sql-text.js';
import { type Step } from './step.types.js';
import { isInPlace, isWidening } from './widening.js';

type OfColumn = Extract<
  Difference,
  { kind: `${string} column` | 'change type' | 'change default' | 'set not null' | 'drop not null' | 'change identity' }
>;

/** The steps of everything that happens to a column of a table that stays. */
export function columnSteps(difference: OfColumn, answers: Answers): Step[] {
  switch (difference.kind) {
    case 'add column':
      return [addColumn(difference, answers)];
    case 'drop column': {
      const { table, column } = difference;
      const [add, drop] = [addText(table, column), dropText(table, column)];
      return [step(table, column, 'Drops', [drop], nullableFirst(table, column, add), 'breaking')];
    }
    case 'rename column': {
      const { table, from, to } = difference;
      const rename = (a: string, b: string): string => `ALTER TABLE ${table} RENAME COLUMN ${a} TO ${b}`;
      const summary = `Renames the column ${table}.${from} to ${to}`;
      return [
        { stage: 'main', summary, subject: to, up: [rename(from, to)], down: [rename(to, from)], compat: 'contract' },
      ];
    }
    case 'change type':
      return [changeType(difference, answers)];
    case 'change default': {
      const { table, from, to } = difference;
      return [step(table, to, 'Changes the default of', [setDefault(table, to)], [setDefault(table, from)])];
    }
    case 'set not null':
      return setNotNull(difference, answers);
    case 'drop not null': {
      const { table, to } = difference;
      const [set, drop] = [alterColumn(table, to.name, 'SET NOT NULL'), alterColumn(table, to.name, 'DROP NOT NULL')];
      return [step(table, to, 'Allows no value in', [drop], [set])];
    }
    case 'change identity': {
      const { table, from, to } = difference;
      return [
        step(
          table,
          to,
          'Changes the identity of',
          [identityText(table, from, to)],
          [identityText(table, to, from)],
          'contract',
        ),
      ];
    }
    case 'compute column': {
      const { table, from, to } = difference;
      const [up, down] = [
        [dropText(table, from), addText(table, to)],
        [dropText(table, to), ...nullableFirst(table, from, addText(table, from))],
      ];
      return [step(table, to, 'Makes anew', up, down, from.generated === null ? 'breaking' : 'contract')];
    }
  }
}

function addColumn({ table, column }: DifferenceOf<'add column'>, answers: Answers): Step {
  const down = [dropText(table, column)];
  const answer = answers.get(`not-null ${table}.${column.name}`);
  if (answer?.choice === 'nullable') {
    return step(table, column, 'Adds', [addText(table, { ...column, isNullable: true })], down);
  }
  if (answer?.choice === 'default') {
    const up = [
      addText(table, { ...column, default: answer.argument }),
      alterColumn(table, column.name, 'DROP DEFAULT'),
    ];
    // The release before does not fill it.
    return step(table, column, 'Adds', up, down, 'contract');
  }
  return step(table, column, 'Adds', [addText(table, column)], down);
}

/** Rows that came since have no value for a column that comes back, so it comes back without NOT NULL unless it can. */
function nullableFirst(table: string, column: Column, add: string): string[] {
  const isFilled =
    column.isNullable || column.default !== null || column.identity !== null || column.generated !== null;
  if (isFilled) return [add];
  return [addText(table, { ...column, isNullable: true }), alterColumn(table, column.name, 'SET NOT NULL')];
}

function changeType({ table, from, to }: DifferenceOf<'change type'>, answers: Answers): Step {
  const answer = answers.get(`type ${table}.${to.name}`);
  const cast = (column: Column, target: Column): string => `${column.name}::${target.type}`;
  const isWider = from.collation === to.collation && isWidening(from.type, to.type);
  const using = isWider ? null : answer?.choice === 'using' ? answer.argument : cast(from, to);
  const up = alterType(table, from, to, using);
  const marker = `-- expand-ok: every ${from.type} is a ${to.type}\n`;
  const isHarmless = isWider && isInPlace(from.type, to.type);
  const compat = isHarmless ? 'expand' : isWider ? 'contract' : 'breaking';
  return step(
    table,
    to,
    'Changes the type of',
    [isHarmless ? marker + up : up],
    [alterType(table, to, from, cast(to, from))],
    compat,
  );
}

/**
 * A CHECK that is validated first spares SET NOT NULL its look at every row under a lock. It refuses the release before
 * from the first migration on.
 */
function setNotNull({ table, to }: DifferenceOf<'set not null'>, answers: Answers): Step[] {
  const answer = answers.get(`not-null ${table}.${to.name}`);
  const name = `ck_${table}_${to.name}_not_null`.replaceAll('"', '').slice(0, 63);
  const fill =
    answer?.choice === 'fill' ? [`UPDATE ${table} SET ${to.name} = ${answer.argument} WHERE ${to.name} IS NULL`] : [];
  const add = `ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${to.name} IS NOT NULL) NOT VALID`;
  const drop = `ALTER TABLE ${table} DROP CONSTRAINT ${name}`;
  const validate = `ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`;
  const [set, unset] = [alterColumn(table, to.name, 'SET NOT NULL'), alterColumn(table, to.name, 'DROP NOT NULL')];
  return [
    step(table, to, 'Refuses new rows without', [add, ...fill], [drop], 'contract'),
    { ...step(table, to, 'Refuses no value in', [validate, set, drop], [add, unset], 'contract'), stage: 'validate' },
  ];
}

function identityText(table: string, from: Column, to: Column): string {
  if (to.identity === null) return alterColumn(table, to.name, 'DROP IDENTITY');
  if (from.identity === null) return alterColumn(table, to.name, `ADD GENERATED ${to.identity} AS IDENTITY`);
  return alterColumn(table, to.name, `SET GENERATED ${to.identity}`);
}

function addText(table: string, column: Column): string {
  return `ALTER TABLE ${table} ADD COLUMN ${columnText(column)}`;
}

function dropText(table: string, { name }: Column): string {
  return `ALTER TABLE ${table} DROP COLUMN ${name}`;
}

function step(
  table: string,
  column: Column,
  verb: string,
  up: string[],
  down: string[],
  compat: Compat = 'expand',
): Step {
  const name = `${table}.${column.name}`;
  return { stage: 'main', summary: `${verb} the column ${name}`, subject: `${table}-${column.name}`, up, down, compat };
}
