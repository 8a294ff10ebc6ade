import { z } from 'zod';
import { DomainError } from '../errors/domain-error.js';

/** One page of a list, and where the next begins. */
export interface Page<Item> {
  items: Item[];
  /** Null on the last page. */
  nextCursor: string | null;
}

/** What is asked of a list. `Filter` values are conditions that all hold; an absent one is none. */
export interface ListQuery {
  limit: number;
  cursor?: string | undefined;
  /** Name of an order; with a minus in front, backwards. */
  sort: string;
  /** Looked for as it is, without regard to case. */
  search?: string | undefined;
  filters: Record<string, unknown>;
}

export class ListCursorInvalidError extends DomainError {
  readonly code = 'list.cursor_invalid';
  readonly kind = 'invalid';

  constructor() {
    super('The cursor is not one this list gave for this order. Leave it out to begin with the first page.');
  }
}

const MAX_LIMIT = 200;

export const searchable = z.string().min(1).max(200);
export const booleanQuery = z.enum(['true', 'false']).transform((value) => value === 'true');
export const instantQuery = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

/**
 * Query parameters of a list: page size, cursor, order, search, and its own filters. `sorts` names its orders; each can be
 * asked for backwards.
 */
export function listQuerySchema<Filters extends z.ZodRawShape>(
  sorts: readonly [string, ...string[]],
  defaultSort: string,
  filters: Filters,
) {
  const orders = sorts.flatMap((name) => [name, `-${name}`]);
  return z.strictObject({
    limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50).describe('items of a page'),
    cursor: z.string().max(2000).optional().describe('`nextCursor` of the page before, with the same sort'),
    sort: z.enum(orders).default(defaultSort).describe('a minus in front: descending'),
    search: searchable.optional().describe('part of a text, in any case'),
    ...filters,
  });
}

/** Takes the parsed query of {@link listQuerySchema} apart. */
export function toListQuery(parsed: {
  limit: number;
  cursor?: string | undefined;
  sort: string;
  search?: string | undefined;
}): ListQuery {
  const { limit, cursor, sort, search, ...filters } = parsed;
  return { limit, cursor, sort, search, filters };
}

export const nextCursorSchema = z
  .string()
  .nullable()
  .describe('give it as `cursor` for the next page; null on the last');
