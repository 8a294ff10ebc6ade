import { QueryFailedError } from 'typeorm';
import { ListCursorInvalidError, type ListQuery, type Page } from '../common/paging/page.js';
import { firstRow, rows, type SqlRunner } from './sql.js';

/** An expression rows are ordered by; never null. The type is what a cursor's text is cast to. */
interface OrderKey {
  sql: string;
  type: 'bigint' | 'integer' | 'text' | 'timestamptz' | 'uuid';
}

/** A list administrators page through. Everything in it is written by hand; only values come from requests. */
export interface Listing {
  columns: string;
  /** What follows FROM. */
  source: string;
  /** Tells rows apart. */
  key: OrderKey;
  /** By name of the order. */
  sorts: Record<string, OrderKey>;
  /** Conditions by name of the filter; `$` stands for its value. */
  filters?: Record<string, string>;
  /** Texts the search looks into. */
  search?: readonly string[];
}

interface OrderedRow {
  orderValue: string;
  keyValue: string;
}

/**
 * One page by keyset: the cursor says after which row it begins, so that pages stay cheap and exact however many rows
 * come and go meanwhile. Throws ListCursorInvalidError for a cursor of another order, or one that is made up.
 */
export async function listPage<Item extends object>(
  runner: SqlRunner,
  listing: Listing,
  query: ListQuery,
): Promise<Page<Item>> {
  const { sql, parameters, isBackwards } = compose(listing, query);
  const found = await rows<Item & OrderedRow>(runner, sql, parameters).catch((error: unknown) => {
    // Only a cursor's texts are cast.
    if (query.cursor !== undefined && isInvalidText(error)) throw new ListCursorInvalidError();
    throw error;
  });
  const page = found.slice(0, query.limit);
  const last = found.length > query.limit ? page.at(-1) : undefined;
  return {
    items: page.map(({ orderValue: _, keyValue: __, ...item }) => item as unknown as Item),
    nextCursor: last ? encodeCursor(nameOfOrder(query), isBackwards, last) : null,
  };
}

/** The one row with this key, as the list shows it. */
export function findListed<Item extends object>(
  runner: SqlRunner,
  { columns, source, key }: Listing,
  value: string | number,
): Promise<Item | null> {
  return firstRow(runner, `SELECT ${columns} FROM ${source} WHERE ${key.sql} = $1`, [value]);
}

function compose(listing: Listing, query: ListQuery): { sql: string; parameters: unknown[]; isBackwards: boolean } {
  const parameters: unknown[] = [];
  const parameter = (value: unknown): string => `$${parameters.push(value)}`;
  const isBackwards = query.sort.startsWith('-');
  const order = listing.sorts[nameOfOrder(query)];
  if (!order) throw new Error(`This list has no order ${query.sort}`);
  const conditions = [
    ...filterConditions(listing, query, parameter),
    ...searchConditions(listing, query, parameter),
    ...cursorConditions(listing.key, order, query, isBackwards, parameter),
  ];
  const direction = isBackwards ? 'DESC' : 'ASC';
  const sql = `SELECT ${listing.columns}, (${order.sql})::text AS "orderValue", (${listing.key.sql})::text AS "keyValue"
     FROM ${listing.source} ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
     ORDER BY ${order.sql} ${direction}, ${listing.key.sql} ${direction} LIMIT ${parameter(query.limit + 1)}`;
  return { sql, parameters, isBackwards };
}

function filterConditions(listing: Listing, { filters }: ListQuery, parameter: (value: unknown) => string): string[] {
  return Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const condition = listing.filters?.[name];
      if (condition === undefined) throw new Error(`This list has no filter ${name}`);
      return `(${condition.replaceAll('$', () => parameter(value))})`;
    });
}

function searchConditions(listing: Listing, { search }: ListQuery, parameter: (value: unknown) => string): string[] {
  if (search === undefined) return [];
  const text = parameter(search.toLowerCase());
  const looks = (listing.search ?? []).map((expression) => `position(${text}::text IN lower(${expression})) > 0`);
  return looks.length === 0 ? [] : [`(${looks.join(' OR ')})`];
}

function cursorConditions(
  key: OrderKey,
  order: OrderKey,
  query: ListQuery,
  isBackwards: boolean,
  parameter: (value: unknown) => string,
): string[] {
  if (query.cursor === undefined) return [];
  const [orderValue, keyValue] = decodeCursor(nameOfOrder(query), isBackwards, query.cursor);
  const after = `(${parameter(orderValue)}::text::${order.type}, ${parameter(keyValue)}::text::${key.type})`;
  return [`(${order.sql}, ${key.sql}) ${isBackwards ? '<' : '>'} ${after}`];
}

function nameOfOrder({ sort }: ListQuery): string {
  return sort.replace(/^-/, '');
}

function encodeCursor(order: string, isBackwards: boolean, { orderValue, keyValue }: OrderedRow): string {
  return Buffer.from(JSON.stringify([order, isBackwards, orderValue, keyValue])).toString('base64url');
}

function decodeCursor(order: string, isBackwards: boolean, cursor: string): [string, string] {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new ListCursorInvalidError();
  }
  if (!Array.isArray(content) || content.length !== 4) throw new ListCursorInvalidError();
  const [givenOrder, givenDirection, ...values] = content as unknown[];
  const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');
  const [orderValue, keyValue] = values;
  if (givenOrder !== order || givenDirection !== isBackwards || !isText(orderValue) || !isText(keyValue))
    throw new ListCursorInvalidError();
  return [orderValue, keyValue];
}

/** Class 22, data exception: a text that is no number, uuid or time stamp. */
function isInvalidText(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  return (error.driverError as { code?: string }).code?.startsWith('22') === true;
}
