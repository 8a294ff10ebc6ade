import { Injectable } from '@nestjs/common';
import { type Author } from '../common/access/actor.js';
import { CapacityService } from '../capacity/capacity.service.js';
import { Notifier } from '../database/notifier.js';
import { MemberDepartureService } from '../organizations/member-departure.service.js';
import { AccountRemovalService } from '../users/account-removal.service.js';
import { PasswordsService } from '../users/passwords/passwords.service.js';

/** The end of an account, with everything it has elsewhere. */
@Injectable()
export class AccountDeletionService {
  constructor(
    private readonly passwords: PasswordsService,
    private readonly removal: AccountRemovalService,
    private readonly departure: MemberDepartureService,
    private readonly capacity: CapacityService,
    private readonly notifier: Notifier,
  ) {}

  /**
   * Ends requests for nodes, memberships and the account in one transaction; clusters shrink soon after. Throws
   * WrongPasswordError, LastOwnerError, LastSuperuserError, and then nothing has changed.
   */
  async delete(userId: number, password: string): Promise<void> {
    const user = await this.passwords.confirm(userId, password);
    const organizationIds = await this.removal.remove(user, async (tx) => {
      await this.departure.leaveAll(tx, user);
      return this.capacity.releaseEverywhere(tx, userId);
    });
    for (const organizationId of organizationIds) this.notifier.publish('ps_capacity', organizationId);
  }

  /** As {@link delete}, by somebody who looks after the installation. */
  async deleteBy(author: Author, userId: number): Promise<void> {
    const organizationIds = await this.removal.removeBy(author, userId, async (tx, user) => {
      await this.departure.leaveAll(tx, user, author);
      return this.capacity.releaseEverywhere(tx, userId);
    });
    for (const organizationId of organizationIds) this.notifier.publish('ps_capacity', organizationId);
  }
}
