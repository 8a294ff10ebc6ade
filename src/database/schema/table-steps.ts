import { type DifferenceOf } from './difference.types.js';
import { alterTable, createTable, setComment } from './sql-text.js';
import { comeOrGo, main } from './step-makers.js';
import { type Step } from './step.types.js';

type OfTable = DifferenceOf<
  | 'add table'
  | 'drop table'
  | 'rename table'
  | 'change table'
  | 'add trigger'
  | 'drop trigger'
  | 'change trigger'
  | 'change comment'
>;

/** The steps of whole tables, of their triggers, and of comments. */
export function tableSteps(difference: OfTable): Step[] {
  switch (difference.kind) {
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
