import { Injectable } from '@nestjs/common';
import { type Author, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { AuditLog } from '../database/audit-log.js';
import { violatedUniqueConstraint } from '../database/sql.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { assertEmailAddress, assertUsername, isEmailAddress, isUsername } from './account-rules.js';
import { assertMayGrant } from './administration/account-authority.js';
import { AddressTakenError } from './addresses/addresses.errors.js';
import { Authenticator } from './passwords/authenticator.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { SuperuserRequiredError, UnknownGroupError, UserNotFoundError, UsernameTakenError } from './users.errors.js';
import { UsersRepository, type UserWithHash } from './users.repository.js';
import { type NewUser, type User } from './users.types.js';

/** People's accounts as administrators make them and everything else finds them. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly authenticator: Authenticator,
    private readonly passwords: PasswordsService,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates an account whose address needs no proof. Only superusers make superusers, and nobody makes an account that
   * may do more than its author. Throws InvalidUserError, WeakPasswordError, UsernameTakenError, AddressTakenError,
   * UnknownGroupError, SuperuserRequiredError, BeyondOwnPermissionsError.
   */
  async create(input: NewUser, author: Author): Promise<User> {
    if (input.isSuperuser && !author.isSuperuser) throw new SuperuserRequiredError();
    assertUsername(input.username);
    assertEmailAddress(input.email);
    const { firstName = '', lastName = '' } = input;
    const passwordHash = await this.passwords.hashStrong(input.password, { ...input, firstName, lastName });
    try {
      return await this.transactions.run((tx) => this.store(tx, input, passwordHash, author));
    } catch (error) {
      const violated = violatedUniqueConstraint(error);
      if (violated === 'uq_users_username') throw new UsernameTakenError(input.username);
      if (violated === 'uq_email_addresses_verified') throw new AddressTakenError();
      throw error;
    }
  }

  find(id: number): Promise<User | null> {
    return this.users.find(id);
  }

  /** Letter case does not matter, as at login. Throws UserNotFoundError. */
  async getByUsername(username: string): Promise<User> {
    const user = await this.findByUsername(username);
    if (!user) throw new UserNotFoundError(username);
    return user;
  }

  async findByUsername(username: string): Promise<User | null> {
    const found = await this.users.findByUsername(username);
    return found && withoutHash(found);
  }

  /** The active user with this name and password, or null; which of the three was wrong cannot be told from outside. */
  async authenticate(username: string, password: string): Promise<User | null> {
    // Postgres folds more letters to ASCII ones than JavaScript does: one account must not have names that look like
    // several to whoever counts failures. (And it refuses to compare with a NUL.)
    const user = isUsername(username) ? await this.users.findByUsername(username) : null;
    return this.authenticator.logIn(user, password);
  }

  /**
   * As {@link authenticate}, by username or verified e-mail address. An address is looked for among addresses first:
   * somebody who has it for a username cannot keep its owner from logging in with it.
   */
  async authenticateByNameOrAddress(login: string, password: string): Promise<User | null> {
    const user = isEmailAddress(login) ? await this.users.findByAddress(login) : null;
    return user ? this.authenticator.logIn(user, password) : this.authenticate(login, password);
  }

  private async store(tx: Transaction, input: NewUser, passwordHash: string, author: Author): Promise<User> {
    const { username, email, firstName = '', lastName = '', isStaff = false, isSuperuser = false, groups = [] } = input;
    const draft = { username, email, firstName, lastName, isStaff, isSuperuser, passwordHash, isEmailVerified: true };
    const id = await this.users.insert(tx, draft, this.clock.now());
    const unknown = await this.users.addToGroups(tx, id, groups);
    if (unknown.length > 0) throw new UnknownGroupError(unknown);
    const details = { username, isStaff, isSuperuser, groups };
    await this.audit.record(tx, {
      organizationId: null,
      actor: actorLabel(author),
      action: 'user.created',
      subjectId: String(id),
      details,
    });
    const created = await this.users.find(id, tx);
    if (!created) throw new UserNotFoundError(id);
    assertMayGrant(author, { permissions: [] }, created);
    return created;
  }
}

function withoutHash({ passwordHash: _, ...user }: UserWithHash): User {
  return user;
}
