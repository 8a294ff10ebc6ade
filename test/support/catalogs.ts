import fc from 'fast-check';
import { type Catalog, type Column, type Table } from '../../src/database/schema/catalog.types.js';
import { type Difference } from '../../src/database/schema/difference.types.js';

export const EMPTY: Catalog = {
  extensions: [],
  enums: [],
  sequences: [],
  routines: [],
  tables: [],
  constraints: [],
  indexes: [],
  triggers: [],
  comments: [],
  others: [],
};

export function column(name: string, more: Partial<Column> = {}): Column {
  const plain = { type: 'integer', isNullable: true, default: null, generated: null, identity: null, collation: null };
  return { name, ...plain, ...more };
}

export function table(name: string, ...columns: Column[]): Table {
  return { name, isUnlogged: false, storage: [], columns };
}

/** Objects as everybody makes them, with a prototype. */
const plain = <T extends object>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
const maybe = fc.boolean();
const columnOf = (name: string): fc.Arbitrary<Column> =>
  plain({
    name: fc.constant(name),
    type: fc.constantFrom('integer', 'text', 'mood'),
    isNullable: maybe,
    default: fc.constantFrom(null, '1'),
    generated: fc.constantFrom(null, 'a + 1'),
    identity: fc.constantFrom(null, 'ALWAYS' as const, 'BY DEFAULT' as const),
    collation: fc.constantFrom(null, '"C"'),
  });

function some<T>(names: readonly string[], of: (name: string) => fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.subarray([...names]).chain((chosen) => fc.tuple(...chosen.map(of)));
}

/** Catalogs with few names, so that two of them have much in common. */
export const catalogs: fc.Arbitrary<Catalog> = some(['a', 'b', 'c'], (name) =>
  plain({
    name: fc.constant(name),
    isUnlogged: maybe,
    storage: fc.constantFrom<string[]>([], ['fillfactor=70']),
    columns: some(['x', 'y', 'z'], columnOf),
  }),
).chain((tables) => {
  const owned = (kinds: string[]) => tables.flatMap(({ name }) => kinds.map((kind) => `${name} ${kind}`));
  const split = (key: string) => key.split(' ') as [string, string];
  return plain({
    extensions: fc.constant<string[]>([]),
    enums: some(['mood', 'size'], (name) =>
      plain({ name: fc.constant(name), labels: fc.constantFrom(['p'], ['p', 'q'], ['q']) }),
    ),
    sequences: some(['s'], (name) =>
      plain({
        name: fc.constant(name),
        type: fc.constant('bigint'),
        options: fc.constantFrom('', 'START 2'),
        owner: fc.constantFrom(null, { table: 'a', column: 'x' }),
      }),
    ),
    routines: some(['f()', 'g()'], (signature) =>
      plain({
        signature: fc.constant(signature),
        kind: fc.constant('FUNCTION' as const),
        language: fc.constant('sql'),
        result: fc.constantFrom('integer', 'text'),
        definition: fc.constantFrom('one', 'two'),
      }),
    ),
    tables: fc.constant(tables),
    constraints: some(owned(['ck', 'fk']), (key) =>
      plain({
        table: fc.constant(split(key)[0]),
        name: fc.constant(split(key)[1]),
        kind: fc.constant(split(key)[1] === 'fk' ? ('foreign key' as const) : ('check' as const)),
        definition: fc.constantFrom('one', 'two'),
        isValidated: maybe,
      }),
    ),
    indexes: some(owned(['ix']), (key) =>
      plain({
        table: fc.constant(split(key)[0]),
        name: fc.constant(`ix_${split(key)[0]}`),
        isUnique: maybe,
        definition: fc.constantFrom('one', 'two'),
      }),
    ),
    triggers: some(owned(['tr']), (key) =>
      plain({
        table: fc.constant(split(key)[0]),
        name: fc.constant(split(key)[1]),
        definition: fc.constantFrom('one', 'two'),
      }),
    ),
    comments: some(['TABLE a', 'COLUMN a.x'], (target) =>
      plain({ target: fc.constant(target), text: fc.constantFrom('one', 'two') }),
    ),
    others: fc.constant([]),
  });
});

/** What Postgres does about differences, on a catalog alone. Throws when one cannot be done where it stands. */
export function applyDifferences(actual: Catalog, differences: readonly Difference[]): Catalog {
  return differences.reduce(applyOne, actual);
}

function applyOne(catalog: Catalog, one: Difference): Catalog {
  switch (one.kind) {
    case 'add enum':
      return { ...catalog, enums: added(catalog.enums, one.type, byName) };
    case 'drop enum':
      return { ...catalog, enums: removed(catalog.enums, one.type, byName) };
    case 'change enum':
      return { ...catalog, enums: replaced(catalog.enums, one.to, byName) };
    case 'add sequence':
      return { ...catalog, sequences: added(catalog.sequences, { ...one.sequence, owner: null }, byName) };
    case 'drop sequence':
      return { ...catalog, sequences: removed(catalog.sequences, one.sequence, byName) };
    case 'change sequence': {
      const sequences = catalog.sequences.map((each) => {
        return each.name === one.to.name ? { ...one.to, owner: each.owner } : each;
      });
      return { ...catalog, sequences };
    }
    case 'own sequence':
    case 'disown sequence': {
      const owner = one.kind === 'own sequence' ? one.owner : null;
      const sequences = catalog.sequences.map((each) => (each.name === one.sequence ? { ...each, owner } : each));
      return { ...catalog, sequences };
    }
    case 'add routine':
      return { ...catalog, routines: added(catalog.routines, one.routine, bySignature) };
    case 'drop routine':
      return { ...catalog, routines: removed(catalog.routines, one.routine, bySignature) };
    case 'replace routine':
      return { ...catalog, routines: replaced(catalog.routines, one.to, bySignature) };
    case 'add table':
      return {
        ...catalog,
        tables: added(catalog.tables, one.whole.table, byName),
        constraints: [...catalog.constraints, ...one.whole.constraints],
        indexes: [...catalog.indexes, ...one.whole.indexes],
        triggers: [...catalog.triggers, ...one.whole.triggers],
      };
    case 'drop table': {
      const { name } = one.whole.table;
      const stays = ({ table: owner }: { table: string }): boolean => owner !== name;
      const left = catalog.constraints.filter((each) => each.table === name && each.kind === 'foreign key');
      if (left.length > 0) throw new Error(`${name} still has foreign keys`);
      return {
        ...catalog,
        tables: removed(catalog.tables, one.whole.table, byName),
        constraints: catalog.constraints.filter(stays),
        indexes: catalog.indexes.filter(stays),
        triggers: catalog.triggers.filter(stays),
      };
    }
    case 'change table':
      return inTable(catalog, one.to.name, (each) => {
        return { ...each, isUnlogged: one.to.isUnlogged, storage: one.to.storage };
      });
    case 'add column':
      return inTable(catalog, one.table, (each) => ({ ...each, columns: added(each.columns, one.column, byName) }));
    case 'drop column':
      return inTable(catalog, one.table, (each) => ({ ...each, columns: removed(each.columns, one.column, byName) }));
    case 'change type':
      return inColumn(catalog, one, { type: one.to.type, collation: one.to.collation, default: one.to.default });
    case 'change default':
      return inColumn(catalog, one, { default: one.to.default });
    case 'set not null':
    case 'drop not null':
      return inColumn(catalog, one, { isNullable: one.to.isNullable });
    case 'change identity':
      return inColumn(catalog, one, { identity: one.to.identity });
    case 'compute column':
      return inColumn(catalog, one, one.to);
    case 'add constraint':
      return { ...catalog, constraints: added(catalog.constraints, one.constraint, byOwner) };
    case 'drop constraint':
      return { ...catalog, constraints: removed(catalog.constraints, one.constraint, byOwner) };
    case 'change constraint':
      return { ...catalog, constraints: replaced(catalog.constraints, one.to, byOwner) };
    case 'validate constraint':
      return { ...catalog, constraints: replaced(catalog.constraints, one.constraint, byOwner) };
    case 'add index':
      return { ...catalog, indexes: added(catalog.indexes, one.index, byOwner) };
    case 'drop index':
      return { ...catalog, indexes: removed(catalog.indexes, one.index, byOwner) };
    case 'change index':
      return { ...catalog, indexes: replaced(catalog.indexes, one.to, byOwner) };
    case 'add trigger':
      return { ...catalog, triggers: added(catalog.triggers, one.trigger, byOwner) };
    case 'drop trigger':
      return { ...catalog, triggers: removed(catalog.triggers, one.trigger, byOwner) };
    case 'change trigger':
      return { ...catalog, triggers: replaced(catalog.triggers, one.to, byOwner) };
    case 'change comment': {
      const others = catalog.comments.filter(({ target }) => target !== one.target);
      return { ...catalog, comments: one.to === null ? others : [...others, { target: one.target, text: one.to }] };
    }
    default:
      throw new Error(`Nobody knows how to apply "${one.kind}"`);
  }
}

const byName = ({ name }: { name: string }): string => name;
const bySignature = ({ signature }: { signature: string }): string => signature;
const byOwner = ({ table: owner, name }: { table: string; name: string }): string => `${owner} ${name}`;

function added<T>(all: readonly T[], one: T, keyOf: (each: T) => string): T[] {
  if (all.some((each) => keyOf(each) === keyOf(one))) throw new Error(`${keyOf(one)} is there already`);
  return [...all, one];
}

function removed<T>(all: readonly T[], one: T, keyOf: (each: T) => string): T[] {
  const left = all.filter((each) => keyOf(each) !== keyOf(one));
  if (left.length === all.length) throw new Error(`${keyOf(one)} is not there`);
  return left;
}

function replaced<T>(all: readonly T[], one: T, keyOf: (each: T) => string): T[] {
  return [...removed(all, one, keyOf), one];
}

function inTable(catalog: Catalog, name: string, change: (one: Table) => Table): Catalog {
  return { ...catalog, tables: catalog.tables.map((each) => (each.name === name ? change(each) : each)) };
}

function inColumn(catalog: Catalog, of: { table: string; to: Column }, change: Partial<Column>): Catalog {
  return inTable(catalog, of.table, (each) => {
    return { ...each, columns: each.columns.map((old) => (old.name === of.to.name ? { ...old, ...change } : old)) };
  });
}

/** In an order that does not depend on how it was made. */
export function sorted(catalog: Catalog): unknown {
  const order = <T>(all: readonly T[]): T[] =>
    all.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  return {
    ...Object.fromEntries(Object.entries(catalog).map(([key, all]) => [key, order(all as unknown[])])),
    tables: order(catalog.tables.map((each) => ({ ...each, columns: order(each.columns) }))),
  };
}
