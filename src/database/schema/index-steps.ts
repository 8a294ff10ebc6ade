import { type Index } from './catalog.types.js';
import { type DifferenceOf } from './difference.types.js';
import { type Answers } from './question.types.js';
import { type Step } from './step.types.js';

type OfIndex = DifferenceOf<'add index' | 'drop index' | 'change index'>;

/** The steps of indexes of tables that stay: made and dropped while others go on writing. */
export function indexSteps(
  difference: OfIndex,
  { answers, shrinking }: { answers: Answers; shrinking: ReadonlySet<string> },
): Step[] {
  switch (difference.kind) {
    case 'add index':
      return [make(difference.index, answers)];
    case 'drop index':
      return [
        shrinking.has(difference.index.table) ? dropPlainly(difference.index) : dropConcurrently(difference.index),
      ];
    case 'change index':
      return [dropConcurrently(difference.from), make(difference.to, answers)];
  }
}

/** `CREATE INDEX CONCURRENTLY`, which may be repeated after it was broken off. */
export function concurrently(index: Index): Step {
  const { name, table, definition } = index;
  return {
    stage: 'index',
    summary: `Adds the index ${name} of ${table}`,
    subject: name,
    up: [dropText(name), definition.replace(/ INDEX /, ' INDEX CONCURRENTLY ')],
    down: [dropText(name)],
    compat: 'expand',
  };
}

function make(index: Index, answers: Answers): Step {
  if (answers.get(`unique-index ${index.name}`)?.choice !== 'at-once') return concurrently(index);
  const up = [`-- expand-ok: the table is small\n${index.definition}`];
  return { ...concurrently(index), stage: 'main', up, down: [`DROP INDEX ${index.name}`] };
}

function dropConcurrently(index: Index): Step {
  const { up, down } = concurrently(index);
  const marker = index.isUnique ? '' : '-- expand-ok: nothing but speed depends on it\n';
  return { ...dropped(index), stage: 'unindex', up: down.map((text) => marker + text), down: up };
}

function dropPlainly(index: Index): Step {
  return { ...dropped(index), stage: 'main', up: [`DROP INDEX ${index.name}`], down: [index.definition] };
}

function dropped({ name, table, isUnique }: Index): Omit<Step, 'stage' | 'up' | 'down'> {
  return { summary: `Drops the index ${name} of ${table}`, subject: name, compat: isUnique ? 'contract' : 'expand' };
}

function dropText(name: string): string {
  return `DROP INDEX CONCURRENTLY IF EXISTS ${name}`;
}
