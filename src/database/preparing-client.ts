import pg from 'pg';

/** Far more than this service has. Texts made at run time would fill the memory of every connection otherwise. */
const MAX_STATEMENTS = 1_000;

type Query = (statement: unknown, values?: unknown, callback?: unknown) => unknown;

/**
 * A connection on which every statement with parameters is parsed and planned once instead of at each call: for the
 * small statements a request makes, that is most of what Postgres does (docs/performance.md). The pool makes its
 * connections of this class, so whoever runs a statement need not know.
 *
 * A migration that changes the type of a selected column makes the plans of connections open meanwhile useless. The
 * statement is then prepared anew and, outside a transaction, run again: Postgres had not begun with it.
 */
export class PreparingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const send = this.query.bind(this) as Query;
    const query: Query = (statement, values, callback) =>
      typeof statement === 'string' && Array.isArray(values) && values.length > 0 && callback === undefined
        ? this.runPrepared(send, statement, values)
        : send(statement, values, callback);
    this.query = query as typeof this.query;
    // Between the pool and who takes the connection nobody listens for an instant, and an error nobody listens to ends
    // the process. Whoever uses a broken connection learns it from the statement that fails.
    this.on('error', () => undefined);
  }

  private async runPrepared(send: Query, text: string, values: unknown[]): Promise<unknown> {
    const name = nameOf(text);
    try {
      return await send({ name, text, values });
    } catch (error) {
      if (!isPlanOutdated(error)) throw error;
      if (names.get(text) === name) rename(text);
      const isInTransaction = this.getTransactionStatus() !== 'I';
      if (isInTransaction) throw error;
      return send({ name: nameOf(text), text, values });
    }
  }
}

/** Name by text, the same on all connections. */
const names = new Map<string, string>();
let namesGiven = 0;

/** Undefined for a statement that is not prepared. */
function nameOf(text: string): string | undefined {
  return names.get(text) ?? (names.size < MAX_STATEMENTS ? rename(text) : undefined);
}

/** Under a new name no connection has the statement yet, so each prepares it again. */
function rename(text: string): string {
  const name = `ps_${++namesGiven}`;
  names.set(text, name);
  return name;
}

/** Told by the function inside Postgres that refuses the plan, because the message is translated. */
function isPlanOutdated(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery';
}
