import type pg from 'pg';
import {
  COLUMNS,
  COMMENTS,
  CONSTRAINTS,
  ENUMS,
  EXTENSION_SCHEMAS,
  EXTENSIONS,
  INDEXES,
  OTHERS,
  ROUTINES,
  SEQUENCES,
  TABLES,
  TRIGGERS,
} from './catalog-queries.js';
import {
  type Catalog,
  type Column,
  type Comment,
  type Constraint,
  type EnumType,
  type Index,
  type OtherObject,
  type Routine,
  type Sequence,
  type Table,
  type Trigger,
} from './catalog.types.js';
import { readableDefinition, readableRoutine } from './readable-definition.js';

/**
 * Everything a schema holds but its rows and the tables of the migration runner. Must be called in a transaction, and
 * leaves its search path at the schema. `schema` is an identifier that needs no quotes.
 */
export async function readCatalog(client: pg.ClientBase, schema: string): Promise<Catalog> {
  await setSearchPath(client, schema);
  const all = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> =>
    (await client.query<Row>(sql, [schema])).rows;
  const extensions = (await client.query<{ name: string }>(EXTENSIONS)).rows.map(({ name }) => name);
  const columns = (await all<Column & { table: string }>(COLUMNS)).map((column) => ({
    ...column,
    generated: column.generated === null ? null : readableDefinition(column.generated),
  }));
  return {
    extensions,
    enums: await all<EnumType>(ENUMS),
    sequences: await all<Sequence>(SEQUENCES),
    routines: (await all<Routine>(ROUTINES)).map((routine) => ({
      ...routine,
      definition: readableRoutine(routine.definition),
    })),
    tables: (await all<Omit<Table, 'columns'>>(TABLES)).map((table) => ({
      ...table,
      columns: columns.filter((column) => column.table === table.name).map(withoutTable),
    })),
    constraints: (await all<Constraint>(CONSTRAINTS)).map(readable),
    indexes: (await all<Index>(INDEXES)).map(readable),
    triggers: await all<Trigger>(TRIGGERS),
    comments: await all<Comment>(COMMENTS),
    others: await all<OtherObject>(OTHERS),
  };
}

/** The schema first, and behind it where extensions have their types and functions. */
export async function setSearchPath(client: pg.ClientBase, schema: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(EXTENSION_SCHEMAS);
  const path = [schema, ...rows.map(({ name }) => name).filter((name) => name !== schema)];
  await client.query(`SET LOCAL search_path = ${path.join(', ')}`);
}

function withoutTable({ table: _table, ...column }: Column & { table: string }): Column {
  return column;
}

function readable<T extends { definition: string }>(object: T): T {
  return { ...object, definition: readableDefinition(object.definition) };
}
