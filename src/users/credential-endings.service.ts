import { Injectable } from '@nestjs/common';
import { type Author } from '../common/access/actor.js';
import { type Transaction } from '../database/transaction.js';
import { type User } from './users.types.js';

/** Ends credentials of one kind, as part of the change of the account that `cause` names on the record. */
type Ending = (tx: Transaction, user: Pick<User, 'id' | 'username'>, cause: string, author?: Author) => Promise<void>;

/**
 * What else gets into an account ends together with its password: a password is changed because somebody may know too
 * much. Modules that keep such credentials say how they end; users cannot know them. Sessions and refresh tokens are not
 * among them: they end by the time of the change.
 */
@Injectable()
export class CredentialEndings {
  private readonly endings: Ending[] = [];

  register(ending: Ending): void {
    this.endings.push(ending);
  }

  /** `author` is whoever changes the account for its owner. The account is locked, so that none is made meanwhile. */
  async endAll(tx: Transaction, user: Pick<User, 'id' | 'username'>, cause: string, author?: Author): Promise<void> {
    for (const end of this.endings) await end(tx, user, cause, author);
  }
}
