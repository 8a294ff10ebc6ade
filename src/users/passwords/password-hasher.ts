import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { Gate, GateFullError } from '../../common/concurrency/gate.js';
import { PasswordQueueFullError } from '../users.errors.js';

const pbkdf2Async = promisify(pbkdf2);

/** argon2id with 19 MiB, two passes, one lane: the OWASP recommendation for interactive logins. */
const ARGON2_OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const DJANGO_PREFIX = 'pbkdf2_sha256$';
const DJANGO_KEY_BYTES = 32;
const DJANGO_MAX_ITERATIONS = 10_000_000;
/** A hash takes tens of milliseconds: whoever is last waits a few seconds, and longer nobody should. */
const MAX_WAITING = 200;

export interface PasswordCheck {
  isCorrect: boolean;
  /** The stored hash is of an older kind; store a new one. */
  mustUpgrade: boolean;
}

/**
 * Password hashes: argon2id for new ones, and those of the Django system being replaced. They are computed by threads
 * beside the event loop, on all processors but one: a wave of logins must not slow down everything else. Every method
 * throws PasswordQueueFullError when too many wait.
 */
@Injectable()
export class PasswordHasher {
  private readonly gate = new Gate(Math.max(1, availableParallelism() - 1), MAX_WAITING);
  private dummy: Promise<string> | null = null;

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, ARGON2_OPTIONS));
  }

  /** With no hash (an unknown user) it works as long as with one, so that its time tells nothing, and answers no. */
  check(password: string, stored: string | null): Promise<PasswordCheck> {
    return this.inTurn(() => this.compare(password, stored));
  }

  private async compare(password: string, stored: string | null): Promise<PasswordCheck> {
    if (stored?.startsWith('$argon2')) return { isCorrect: await verify(stored, password), mustUpgrade: false };
    if (stored?.startsWith(DJANGO_PREFIX)) return { isCorrect: await checkDjango(password, stored), mustUpgrade: true };
    await verify(await (this.dummy ??= hash('no password is like this one', ARGON2_OPTIONS)), password);
    return { isCorrect: false, mustUpgrade: false };
  }

  private async inTurn<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await this.gate.run(task);
    } catch (error) {
      if (error instanceof GateFullError) throw new PasswordQueueFullError();
      throw error;
    }
  }
}

/** Format: `pbkdf2_sha256$<iterations>$<salt>$<base64 of 32 bytes>`. */
async function checkDjango(password: string, stored: string): Promise<boolean> {
  const [, iterationsText = '', salt = '', keyText = ''] = stored.split('$');
  const [iterations, key] = [Number(iterationsText), Buffer.from(keyText, 'base64')];
  const isReadable = Number.isInteger(iterations) && iterations > 0 && iterations <= DJANGO_MAX_ITERATIONS;
  if (!isReadable || salt === '' || key.length !== DJANGO_KEY_BYTES) return false;
  return timingSafeEqual(await pbkdf2Async(password, salt, iterations, DJANGO_KEY_BYTES, 'sha256'), key);
}
