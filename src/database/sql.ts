import pg from 'pg';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';

/** Where a statement runs: the pool, or an open transaction. */
export type SqlRunner = DataSource | EntityManager;

/** Rows of a parameterised statement. The caller names the row type; the statement beside it is what makes it true. */
export async function rows<Row>(runner: SqlRunner, sql: string, parameters: unknown[] = []): Promise<Row[]> {
  if (runner instanceof DataSource) return fromPool<Row>(runner, sql, parameters);
  const result: unknown = await runner.query(sql, parameters);
  return normalised(result) as Row[];
}

export async function firstRow<Row>(runner: SqlRunner, sql: string, parameters: unknown[] = []): Promise<Row | null> {
  return (await rows<Row>(runner, sql, parameters))[0] ?? null;
}

/**
 * A statement of its own, on TypeORM's pool but past its query runner, which costs more than the statement does
 * (docs/performance.md). Fails as TypeORM does.
 */
async function fromPool<Row>(dataSource: DataSource, sql: string, parameters: unknown[]): Promise<Row[]> {
  const client = await (dataSource.driver as unknown as { master: pg.Pool }).master.connect();
  let isBroken = false;
  try {
    return (await client.query(sql, parameters)).rows as Row[];
  } catch (error) {
    isBroken = !(error instanceof pg.DatabaseError);
    throw new QueryFailedError(sql, parameters, error as Error);
  } finally {
    client.release(isBroken);
  }
}

/** TypeORM answers UPDATE and DELETE with `[rows, count]` and everything else with rows. */
function normalised(result: unknown): unknown[] {
  if (!Array.isArray(result)) return [];
  const isRowsAndCount = result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number';
  return isRowsAndCount ? (result[0] as unknown[]) : (result as unknown[]);
}

/** Name of the unique constraint or index a failed statement violated, or null for any other failure. */
export function violatedUniqueConstraint(error: unknown): string | null {
  return violated(error, '23505');
}

/** Name of the foreign key a failed statement violated, or null for any other failure: what it points to is gone. */
export function violatedForeignKey(error: unknown): string | null {
  return violated(error, '23503');
}

/** Whether the statement failed because its transaction and another waited for each other. */
export function isDeadlock(error: unknown): boolean {
  return failureOf(error)?.code === '40P01';
}

function violated(error: unknown, sqlState: string): string | null {
  const failure = failureOf(error);
  return failure?.code === sqlState ? (failure.constraint ?? null) : null;
}

function failureOf(error: unknown): { code?: string; constraint?: string } | null {
  return error instanceof QueryFailedError ? (error.driverError as { code?: string; constraint?: string }) : null;
}
