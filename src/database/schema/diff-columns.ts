import { type Column, type Table } from './catalog.types.js';
import { type Difference } from './difference.types.js';
import { pairUp } from './pair-up.js';

/** Their order is no difference: Postgres adds a column behind all others, wherever it is declared. */
export function diffColumns(from: Table, to: Table): Difference[] {
  const { added, removed, changed } = pairUp(to.columns, from.columns, ({ name }) => name);
  const table = to.name;
  return [
    ...added.map((column): Difference => ({ kind: 'add column', table, column })),
    ...removed.map((column): Difference => ({ kind: 'drop column', table, column })),
    ...changed.flatMap((pair) => changesOf(table, pair.from, pair.to)),
  ];
}

function changesOf(table: string, from: Column, to: Column): Difference[] {
  const column = { table, from, to };
  if (from.generated !== to.generated) return [{ kind: 'compute column', ...column }];
  const isOtherType = from.type !== to.type || from.collation !== to.collation;
  // A default of the old type may stand in the way of the new one, so they change together.
  const first: Difference[] = isOtherType
    ? [{ kind: 'change type', ...column }]
    : from.default === to.default
      ? []
      : [{ kind: 'change default', ...column }];
  const nullable: Difference[] =
    from.isNullable === to.isNullable ? [] : [{ kind: to.isNullable ? 'drop not null' : 'set not null', ...column }];
  const identity: Difference[] = from.identity === to.identity ? [] : [{ kind: 'change identity', ...column }];
  return [...first, ...nullable, ...identity];
}
