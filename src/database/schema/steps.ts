import { type Compat } from '../migrator/migration.types.js';
import { columnSteps } from './column-steps.js';
import { constraintSteps } from './constraint-steps.js';
import { type Difference } from './difference.types.js';
import { enumSteps } from './enum-steps.js';
import { indexSteps } from './index-steps.js';
import { type Answers } from './question.types.js';
import { alterTable, createEnum, createSequence, createTable, setComment } from './sql-text.js';
import { type Step } from './step.types.js';

/** What the steps of one difference depend on beside it. */
export interface StepContext {
  answers: Answers;
  /** Tables that lose a column in the same migration, and with it, unasked, the indexes on it. */
  shrinking: ReadonlySet<string>;
}

/** The steps that settle a difference. `other` has none: nothing here can write them. */
export function stepsOf(difference: Difference, context: StepContext): Step[] {
  switch (difference.kind) {
    case 'other':
      return [];
    case 'add column':
    case 'drop column':
    case 'rename column':
    case 'change type':
    case 'change default':
    case 'set not null':
    case 'drop not null':
    case 'change identity':
    case 'compute column':
      return columnSteps(difference, context.answers);
    case 'add constraint':
    case 'drop constraint':
    case 'change constraint':
    case 'validate constraint':
      return constraintSteps(difference, context.answers);
    case 'add index':
    case 'drop index':
    case 'change index':
      return indexSteps(difference, context);
    case 'add enum':
    case 'drop enum':
    case 'change enum':
      return difference.kind === 'change enum'
        ? enumSteps(difference)
        : comeOrGo(
            difference.kind === 'add enum',
            'the type',
            difference.type.name,
            [createEnum(difference.type)],
            [`DROP TYPE ${difference.type.name}`],
          );
    default:
      return simpleSteps(difference);
  }
}

type Simple = Exclude<
  Difference,
  { kind: 'other' | `${string} column` | `${string} constraint` | `${string} index` | `${string} enum` | ColumnChange }
>;
type ColumnChange = 'change type' | 'change default' | 'set not null' | 'drop not null' | 'change identity';

function simpleSteps(difference: Simple): Step[] {
  switch (difference.kind) {
    case 'add extension':
      // Whoever installed it before may use it too, so undoing does not remove it.
      return [
        main(
          `Adds the extension ${difference.name}`,
          difference.name,
          [`CREATE EXTENSION IF NOT EXISTS ${difference.name}`],
          [],
        ),
      ];
    case 'add sequence':
    case 'drop sequence': {
      const { name } = difference.sequence;
      const create = [createSequence(difference.sequence)];
      return comeOrGo(difference.kind === 'add sequence', 'the sequence', name, create, [`DROP SEQUENCE ${name}`]);
    }
    case 'own sequence':
    case 'disown sequence': {
      const { sequence, owner } = difference;
      const own = [`ALTER SEQUENCE ${sequence} OWNED BY ${owner.table}.${owner.column}`];
      const disown = [`ALTER SEQUENCE ${sequence} OWNED BY NONE`];
      const isOwned = difference.kind === 'own sequence';
      const summary = `${isOwned ? 'Ties' : 'Unties'} the sequence ${sequence} ${isOwned ? 'to' : 'from'} its column`;
      return [main(summary, sequence, isOwned ? own : disown, isOwned ? disown : own)];
    }
    case 'add routine':
    case 'drop routine': {
      const { kind, signature } = difference.routine;
      const drop = [`DROP ${kind} ${signature}`];
      return comeOrGo(
        difference.kind === 'add routine',
        'the function',
        signature,
        createRoutine(difference.routine),
        drop,
      );
    }
    case 'replace routine': {
      const { from, to } = difference;
      const drop = from.result === to.result && from.kind === to.kind ? [] : [`DROP ${from.kind} ${from.signature}`];
      const undrop = drop.length === 0 ? [] : [`DROP ${to.kind} ${to.signature}`];
      const up = [...drop, ...createRoutine(to)];
      const step = main(`Replaces the function ${to.signature}`, to.signature, up, [...undrop, ...createRoutine(from)]);
      return [{ ...step, compat: drop.length === 0 ? 'expand' : 'contract' }];
    }
    case 'add table':
    case 'drop table': {
      const { table } = difference.whole;
      const isAdded = difference.kind === 'add table';
      const [step] = comeOrGo(isAdded, 'the table', table.name, createTable(difference.whole), [
        `DROP TABLE ${table.name}`,
      ]);
      return step ? [{ ...step, compat: isAdded ? 'expand' : 'breaking' }] : [];
    }
    case 'rename table': {
      const { from, to } = difference;
      const rename = (a: string, b: string): string[] => [`ALTER TABLE ${a} RENAME TO ${b}`];
      return [main(`Renames the table ${from} to ${to}`, to, rename(from, to), rename(to, from), 'contract')];
    }
    case 'change table': {
      const { from, to } = difference;
      return [main(`Changes how ${to.name} is stored`, to.name, alterTable(from, to), alterTable(to, from))];
    }
    case 'add trigger':
    case 'drop trigger': {
      const { name, table, definition } = difference.trigger;
      const drop = [`DROP TRIGGER ${name} ON ${table}`];
      return comeOrGo(difference.kind === 'add trigger', 'the trigger', name, [definition], drop);
    }
    case 'change trigger': {
      const { from, to } = difference;
      const drop = `DROP TRIGGER ${to.name} ON ${to.table}`;
      const summary = `Changes the trigger ${to.name}`;
      return [main(summary, to.name, [drop, to.definition], [drop, from.definition], 'contract')];
    }
    case 'change comment': {
      const { target, from, to } = difference;
      return [main(`Comments on ${target}`, target, [setComment(target, to)], [setComment(target, from)])];
    }
  }
}

function createRoutine({ language, definition }: { language: string; definition: string }): string[] {
  const text = definition.trimEnd();
  // It may name tables that are made later.
  return language === 'sql' ? ['SET LOCAL check_function_bodies = off', text] : [text];
}

function comeOrGo(isComing: boolean, what: string, name: string, create: string[], drop: string[]): Step[] {
  return isComing
    ? [main(`Adds ${what} ${name}`, name, create, drop)]
    : [main(`Drops ${what} ${name}`, name, drop, create, 'contract')];
}

function main(summary: string, subject: string, up: string[], down: string[], compat: Compat = 'expand'): Step {
  return { stage: 'main', summary, subject, up, down, compat };
}
