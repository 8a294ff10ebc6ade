import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { UsersRepository, type UserWithHash } from '../users.repository.js';
import { type User } from '../users.types.js';
import { PasswordHasher } from './password-hasher.js';

/** Holds a password against an account. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly users: UsersRepository,
    private readonly hasher: PasswordHasher,
    private readonly clock: Clock,
  ) {}

  /** A login: the candidate when it is active and this is its password, or null, after the same time. */
  async logIn(candidate: UserWithHash | null, password: string): Promise<User | null> {
    const { isCorrect, mustUpgrade } = await this.hasher.check(password, candidate?.passwordHash ?? null);
    if (!candidate || !isCorrect || !candidate.isActive) return null;
    const { passwordHash: checkedHash, ...user } = candidate;
    const passwordHash = mustUpgrade ? await this.hasher.hash(password) : checkedHash;
    // Hashing takes its time. A password changed meanwhile is not overwritten, and the old one opens nothing any more.
    const isStillRight = await this.users.saveLogin(user.id, checkedHash, passwordHash, this.clock.now());
    return isStillRight ? user : null;
  }
}
