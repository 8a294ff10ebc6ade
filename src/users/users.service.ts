import { Injectable } from '@nestjs/common';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { AuditLog } from '../database/audit-log.js';
import { violatedUniqueConstraint } from '../database/sql.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { PasswordHasher } from './password-hasher.js';
import { assertStrongPassword } from './password-rules.js';
import {
  InvalidUserError,
  SuperuserRequiredError,
  UnknownGroupError,
  UserNotFoundError,
  UsernameTakenError,
} from './users.errors.js';
import { UsersRepository } from './users.repository.js';
import { type NewUser, type User } from './users.types.js';

const USERNAME = /^[A-Za-z0-9_@.+-]{1,150}$/;
const EMAIL = /^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/;
const MAX_EMAIL_LENGTH = 254;

/** People's accounts. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly hasher: PasswordHasher,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Creates an account. `createdBy` is `user:<name>` or `system:<part>`. */
  async create(input: NewUser, createdBy: string): Promise<User> {
    assertValid(input);
    const passwordHash = await this.hasher.hash(input.password);
    try {
      return await this.transactions.run((tx) => this.store(tx, input, passwordHash, createdBy));
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'uq_users_username') throw new UsernameTakenError(input.username);
      throw error;
    }
  }

  /** As {@link create}, by a person. Only superusers make superusers. */
  async createBy(actor: Actor, input: NewUser): Promise<User> {
    if (input.isSuperuser && !actor.isSuperuser) throw new SuperuserRequiredError();
    return this.create(input, actorLabel(actor));
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

  /** By id, `limit` at most, starting after `afterId`. */
  list(limit: number, afterId = 0): Promise<User[]> {
    return this.users.list(limit, afterId);
  }

  /** The active user with this name and password, or null; which of the three was wrong cannot be told from outside. */
  async authenticate(username: string, password: string): Promise<User | null> {
    // Postgres folds more letters to ASCII ones than JavaScript does: one account must not have names that look like
    // several to whoever counts failures. (And it refuses to compare with a NUL.)
    const user = USERNAME.test(username) ? await this.users.findByUsername(username) : null;
    const { isCorrect, mustUpgrade } = await this.hasher.check(password, user?.passwordHash ?? null);
    if (!user || !isCorrect || !user.isActive) return null;
    const now = this.clock.now();
    if (mustUpgrade) await this.users.savePasswordHash(user.id, await this.hasher.hash(password), now);
    await this.users.saveLogin(user.id, now);
    return withoutHash(user);
  }

  private async store(tx: Transaction, input: NewUser, passwordHash: string, createdBy: string): Promise<User> {
    const { username, email, firstName = '', lastName = '', isStaff = false, isSuperuser = false, groups = [] } = input;
    const id = await this.users.insert(tx, {
      username,
      email,
      firstName,
      lastName,
      isStaff,
      isSuperuser,
      groups,
      passwordHash,
    });
    const unknown = await this.users.addToGroups(tx, id, groups);
    if (unknown.length > 0) throw new UnknownGroupError(unknown);
    const details = { username, isStaff, isSuperuser, groups };
    await this.audit.record(tx, {
      organizationId: null,
      actor: createdBy,
      action: 'user.created',
      subjectId: String(id),
      details,
    });
    const created = await this.users.find(id, tx);
    if (!created) throw new UserNotFoundError(id);
    return created;
  }
}

function assertValid({ username, email, password }: NewUser): void {
  if (!USERNAME.test(username)) {
    throw new InvalidUserError('A username has 1 to 150 letters, digits or any of @ . + - _ and nothing else.');
  }
  if (!EMAIL.test(email) || email.length > MAX_EMAIL_LENGTH) {
    throw new InvalidUserError(`"${email.slice(0, 100)}" is no e-mail address; it looks like name@example.org.`);
  }
  assertStrongPassword(password, username);
}

function withoutHash({ passwordHash: _, ...user }: User & { passwordHash: string }): User {
  return user;
}
