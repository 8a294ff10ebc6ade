import { type EnumType } from './catalog.types.js';
import { type DifferenceOf, type EnumUse } from './difference.types.js';
import { createEnum, literal } from './sql-text.js';
import { type Step } from './step.types.js';

/** More values are added to a type; with fewer, or in another order, it is made again and its columns are written anew. */
export function enumSteps({ from, to, uses }: DifferenceOf<'change enum'>): Step[] {
  const isOnlyMore = from.labels.join('\n') === to.labels.filter((label) => from.labels.includes(label)).join('\n');
  const { name } = to;
  const down = [rebuild(from, uses)];
  if (!isOnlyMore) {
    const summary = `Makes the type ${name} with other values`;
    return [{ stage: 'main', summary, subject: name, up: [rebuild(to, uses)], down, compat: 'breaking' }];
  }
  const up = to.labels.flatMap((label, at) => (from.labels.includes(label) ? [] : [addValue(from, to, at)]));
  return [{ stage: 'values', summary: `Adds values to the type ${name}`, subject: name, up, down, compat: 'expand' }];
}

/** What is added must be committed before it can be used, so it has a migration without a transaction. */
function addValue(from: EnumType, { name, labels }: EnumType, at: number): string {
  const before = labels[at - 1];
  const next = labels.slice(at + 1).find((label) => from.labels.includes(label));
  const place =
    before !== undefined ? ` AFTER ${literal(before)}` : next !== undefined ? ` BEFORE ${literal(next)}` : '';
  return `ALTER TYPE ${name} ADD VALUE IF NOT EXISTS ${literal(labels[at] ?? '')}${place}`;
}

/** One text, which Postgres runs as a whole or not at all. */
function rebuild(type: EnumType, uses: readonly EnumUse[]): string {
  const { name } = type;
  const old = `${name.replaceAll('"', '')}_old`;
  const columns = uses.map(({ table, column, type: used, default: value }) => {
    const cast = used.endsWith('[]') ? `${column}::text[]::${used}` : `${column}::text::${used}`;
    const parts = [
      ...(value === null ? [] : [`ALTER COLUMN ${column} DROP DEFAULT`]),
      `ALTER COLUMN ${column} TYPE ${used} USING ${cast}`,
      ...(value === null ? [] : [`ALTER COLUMN ${column} SET DEFAULT ${value}`]),
    ];
    return `ALTER TABLE ${table} ${parts.join(', ')}`;
  });
  return [`ALTER TYPE ${name} RENAME TO ${old}`, createEnum(type), ...columns, `DROP TYPE ${old}`].join(';\n');
}
