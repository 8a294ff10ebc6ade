import { type Catalog, type Constraint, type Sequence } from './catalog.types.js';
import { diffColumns } from './diff-columns.js';
import { type Difference, type WholeTable } from './difference.types.js';
import { pairUp } from './pair-up.js';

/** What must be done before what: nothing is dropped that is still used, nothing used that is not there. */
const ORDER: Difference['kind'][] = [
  'other',
  'rename table',
  'rename column',
  'drop trigger',
  'change trigger',
  'drop constraint',
  'change constraint',
  'drop index',
  'change index',
  'disown sequence',
  'add extension',
  'add enum',
  'change enum',
  'add sequence',
  'change sequence',
  'add routine',
  'replace routine',
  'add table',
  'change table',
  'add column',
  'change type',
  'change default',
  'set not null',
  'change identity',
  'drop not null',
  'compute column',
  'drop column',
  'drop table',
  'drop sequence',
  'drop routine',
  'drop enum',
  'own sequence',
  'add constraint',
  'validate constraint',
  'add index',
  'add trigger',
  'change comment',
];

/** All that must be done to `actual` to make it `declared`, in an order in which it can be done. */
export function diffCatalogs(declared: Catalog, actual: Catalog): Difference[] {
  const found = [
    ...others(declared, actual),
    ...types(declared, actual),
    ...sequences(declared, actual),
    ...routines(declared, actual),
    ...tables(declared, actual),
    ...constraints(declared, actual),
    ...indexes(declared, actual),
    ...triggers(declared, actual),
    ...comments(declared, actual),
  ];
  const rank = (difference: Difference): number =>
    // A comment goes before what it was about, and comes after.
    difference.kind === 'change comment' && difference.to === null ? -1 : ORDER.indexOf(difference.kind);
  return found.toSorted((a, b) => rank(a) - rank(b));
}

function others(declared: Catalog, actual: Catalog): Difference[] {
  const { added, removed } = pairUp(declared.others, actual.others, ({ kind, name }) => `${kind} ${name}`);
  return [
    ...added.map((object): Difference => ({ kind: 'other', object, isDeclared: true })),
    ...removed.map((object): Difference => ({ kind: 'other', object, isDeclared: false })),
  ];
}

/** An extension that only the database has is left alone: it belongs to whoever runs the database. */
function types(declared: Catalog, actual: Catalog): Difference[] {
  const extensions = declared.extensions.filter((name) => !actual.extensions.includes(name));
  const enums = pairUp(declared.enums, actual.enums, ({ name }) => name);
  const uses = (name: string) =>
    actual.tables.flatMap(({ name: table, columns }) =>
      columns
        .filter(({ type }) => type === name || type === `${name}[]`)
        .map((column) => ({ table, column: column.name, type: column.type, default: column.default })),
    );
  return [
    ...extensions.map((name): Difference => ({ kind: 'add extension', name })),
    ...enums.added.map((type): Difference => ({ kind: 'add enum', type })),
    ...enums.removed.map((type): Difference => ({ kind: 'drop enum', type })),
    ...enums.changed.map(({ from, to }): Difference => ({ kind: 'change enum', from, to, uses: uses(to.name) })),
  ];
}

function sequences(declared: Catalog, actual: Catalog): Difference[] {
  const { added, removed, changed } = pairUp(declared.sequences, actual.sequences, ({ name }) => name);
  const isOwnedAlike = ({ from, to }: { from: Sequence; to: Sequence }): boolean =>
    from.owner?.table === to.owner?.table && from.owner?.column === to.owner?.column;
  const passed = changed.filter((pair) => !isOwnedAlike(pair));
  const altered = changed.filter(({ from, to }) => from.type !== to.type || from.options !== to.options);
  return [
    ...[...removed, ...passed.map(({ from }) => from)].flatMap(({ name, owner }): Difference[] =>
      owner ? [{ kind: 'disown sequence', sequence: name, owner }] : [],
    ),
    ...removed.map((sequence): Difference => ({ kind: 'drop sequence', sequence })),
    ...added.map((sequence): Difference => ({ kind: 'add sequence', sequence })),
    ...altered.map(({ from, to }): Difference => ({ kind: 'change sequence', from, to })),
    ...[...added, ...passed.map(({ to }) => to)].flatMap(({ name, owner }): Difference[] =>
      owner ? [{ kind: 'own sequence', sequence: name, owner }] : [],
    ),
  ];
}

function routines(declared: Catalog, actual: Catalog): Difference[] {
  const { added, removed, changed } = pairUp(declared.routines, actual.routines, ({ signature }) => signature);
  return [
    ...added.map((routine): Difference => ({ kind: 'add routine', routine })),
    ...removed.map((routine): Difference => ({ kind: 'drop routine', routine })),
    ...changed.map(({ from, to }): Difference => ({ kind: 'replace routine', from, to })),
  ];
}

function tables(declared: Catalog, actual: Catalog): Difference[] {
  const { added, removed, kept } = pairUp(declared.tables, actual.tables, ({ name }) => name);
  return [
    ...added.map(({ name }): Difference => ({ kind: 'add table', whole: wholeTable(declared, name) })),
    ...removed.map(({ name }): Difference => ({ kind: 'drop table', whole: wholeTable(actual, name) })),
    ...kept.flatMap(({ from, to }): Difference[] => [
      ...(from.isUnlogged === to.isUnlogged && from.storage.join() === to.storage.join()
        ? []
        : [{ kind: 'change table' as const, from, to }]),
      ...diffColumns(from, to),
    ]),
  ];
}

function wholeTable(catalog: Catalog, name: string): WholeTable {
  const isOfTable = ({ table }: { table: string }): boolean => table === name;
  return {
    table: catalog.tables.find((table) => table.name === name) ?? { name, isUnlogged: false, storage: [], columns: [] },
    constraints: catalog.constraints.filter(isOfTable).filter(({ kind }) => kind !== 'foreign key'),
    indexes: catalog.indexes.filter(isOfTable),
    triggers: catalog.triggers.filter(isOfTable),
  };
}

function constraints(declared: Catalog, actual: Catalog): Difference[] {
  const { added, removed, changed } = pairUp(declared.constraints, actual.constraints, key);
  const [isInDeclared, isInActual] = [has(declared), has(actual)];
  const isApart = ({ kind, table }: Constraint): boolean =>
    kind === 'foreign key' || (isInDeclared(table) && isInActual(table));
  return [
    ...added.filter(isApart).map((constraint): Difference => {
      return { kind: 'add constraint', constraint, isTableNew: !isInActual(constraint.table) };
    }),
    ...removed.filter(isApart).map((constraint): Difference => {
      return { kind: 'drop constraint', constraint, isTableNew: !isInDeclared(constraint.table) };
    }),
    ...changed.map(({ from, to }): Difference => {
      const isOnlyValidated = from.definition === to.definition && from.kind === to.kind && to.isValidated;
      return isOnlyValidated
        ? { kind: 'validate constraint', constraint: to }
        : { kind: 'change constraint', from, to };
    }),
  ];
}

function indexes(declared: Catalog, actual: Catalog): Difference[] {
  const { added, removed, changed } = pairUp(declared.indexes, actual.indexes, key);
  return [
    ...added.filter(({ table }) => has(actual)(table)).map((index): Difference => ({ kind: 'add index', index })),
    ...removed.filter(({ table }) => has(declared)(table)).map((index): Difference => ({ kind: 'drop index', index })),
    ...changed.map(({ from, to }): Difference => ({ kind: 'change index', from, to })),
  ];
}

function triggers(declared: Catalog, actual: Catalog): Difference[] {
  const { added, removed, changed } = pairUp(declared.triggers, actual.triggers, key);
  const isOfKeptTable = ({ table }: { table: string }): boolean => has(declared)(table) && has(actual)(table);
  return [
    ...added.filter(isOfKeptTable).map((trigger): Difference => ({ kind: 'add trigger', trigger })),
    ...removed.filter(isOfKeptTable).map((trigger): Difference => ({ kind: 'drop trigger', trigger })),
    ...changed.map(({ from, to }): Difference => ({ kind: 'change trigger', from, to })),
  ];
}

function comments(declared: Catalog, actual: Catalog): Difference[] {
  const { added, removed, changed } = pairUp(declared.comments, actual.comments, ({ target }) => target);
  return [
    ...added.map(({ target, text }): Difference => ({ kind: 'change comment', target, from: null, to: text })),
    ...removed.map(({ target, text }): Difference => ({ kind: 'change comment', target, from: text, to: null })),
    ...changed.map(({ from, to }): Difference => {
      return { kind: 'change comment', target: to.target, from: from.text, to: to.text };
    }),
  ];
}

function key({ table, name }: { table: string; name: string }): string {
  return `${table} ${name}`;
}

function has(catalog: Catalog): (table: string) => boolean {
  const names = new Set(catalog.tables.map(({ name }) => name));
  return (table) => names.has(table);
}
