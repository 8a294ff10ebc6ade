import { Injectable } from '@nestjs/common';
import { type Author } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { type Transaction } from '../database/transaction.js';
import { UsersRepository } from './users.repository.js';
import { type User } from './users.types.js';

/** Ends credentials of one kind, as part of the change of the account that `cause` names; how many there were. */
type Ending = (tx: Transaction, user: Pick<User, 'id' | 'username'>, cause: string, author?: Author) => Promise<number>;

/**
 * What else gets into an account ends together with its password: a password is changed because somebody may know too
 * much. Modules that keep such credentials say how they end; users cannot know them. Sessions and refresh tokens are not
 * among them: they end by the time of the change, or of {@link endSessionsToo}.
 */
@Injectable()
export class CredentialEndings {
  private readonly endings: Ending[] = [];

  constructor(
    private readonly users: UsersRepository,
    private readonly clock: Clock,
  ) {}

  register(ending: Ending): void {
    this.endings.push(ending);
  }

  /**
   * How many there were. `author` is whoever changes the account for its owner. The account is locked, so that none is
   * made meanwhile.
   */
  async endAll(tx: Transaction, user: Pick<User, 'id' | 'username'>, cause: string, author?: Author): Promise<number> {
    let ended = 0;
    for (const end of this.endings) ended += await end(tx, user, cause, author);
    return ended;
  }

  /** As {@link endAll}, with sessions and refresh tokens, for changes that leave the password as it is. */
  async endSessionsToo(
    tx: Transaction,
    user: Pick<User, 'id' | 'username'>,
    cause: string,
    author?: Author,
  ): Promise<{ endedAt: Date; endedTokens: number }> {
    // The time is read after the account was locked, so a login that was let in before began before it.
    const endedAt = this.clock.now();
    await this.users.endSessions(tx, user.id, endedAt);
    return { endedAt, endedTokens: await this.endAll(tx, user, cause, author) };
  }
}
