import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { errorMessage } from '../common/errors/domain-error.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** System calls that fail, with whatever code, while there is no way to the server. */
const NETWORK_CALLS = new Set(['connect', 'getaddrinfo']);
/** What a connection that broke, or all addresses of a name, fail with. */
const NETWORK_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH']);

/**
 * SQLSTATEs of a server that is going, coming or full, and of a standby a failover has not promoted yet. Class 08 is
 * "connection exception", 53 "insufficient resources"; 40 is a rollback Postgres asks to repeat.
 */
const PASSING_SQLSTATE = /^(08...|53...|40001|40P01|57P01|57P02|57P03|25006)$/;

/** Failures of the driver itself, which carry no code. */
const DRIVER_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/;

/** Whether the statement failed because Postgres could not be reached, so that the same statement may work later. */
export function isDatabaseUnreachable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, syscall, driverError } = error as { code?: unknown; syscall?: unknown; driverError?: unknown };
  if (typeof driverError === 'object' && driverError !== null) return isDatabaseUnreachable(driverError);
  if (typeof syscall === 'string' && NETWORK_CALLS.has(syscall)) return true;
  if (typeof code === 'string' && (NETWORK_CODES.has(code) || PASSING_SQLSTATE.test(code))) return true;
  return DRIVER_MESSAGES.test(errorMessage(error));
}

/**
 * Work that must not be given up because Postgres restarts or fails over: it is tried again until the database is back.
 * A statement whose answer was lost may have been carried out, so whatever is passed here must bear being repeated.
 */
@Injectable()
export class Patience {
  private readonly logger = new Logger(Patience.name);
  private isOver = false;

  constructor(private readonly clock: Clock) {}

  /** Repeats `work` while Postgres cannot be reached; any other failure is thrown at once. */
  async insist<T>(what: string, work: () => Promise<T>): Promise<T> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await work();
      } catch (error) {
        if (this.hasEnded() || !isDatabaseUnreachable(error)) throw error;
        if (pause === FIRST_PAUSE_MS)
          this.logger.warn(`Postgres is not reachable, waiting for it to ${what}: ${errorMessage(error)}`);
        await this.sleep(pause);
      }
    }
  }

  /** The process ends: what waits for the database fails instead. */
  end(): void {
    this.isOver = true;
  }

  /** A method, so that the compiler does not take the flag for constant across an await. */
  private hasEnded(): boolean {
    return this.isOver;
  }

  private sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.schedule(milliseconds, resolve);
    });
  }
}
