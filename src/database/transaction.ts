import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isDeadlock } from './sql.js';

/** An open transaction, passed explicitly to every repository call that belongs to it. */
export type Transaction = EntityManager;

const ATTEMPTS = 4;

/** Services own transactions; this is where they get them. */
@Injectable()
export class Transactions {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs `work` in one READ COMMITTED transaction: all of it is stored, or nothing when it throws. Of two that wait for each
   * other Postgres ends one; that one is begun anew, so what `work` does outside of the database must bear being repeated.
   */
  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.dataSource.transaction(work);
      } catch (error) {
        if (attempt === ATTEMPTS || !isDeadlock(error)) throw error;
      }
    }
  }
}
