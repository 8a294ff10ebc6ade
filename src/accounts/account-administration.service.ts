import { Injectable } from '@nestjs/common';
import { CapacityService } from '../capacity/capacity.service.js';
import { type Author } from '../common/access/actor.js';
import { UserAdministrationService } from '../users/administration/user-administration.service.js';
import { type AdministeredUser, type UserChange } from '../users/users.types.js';

/** Changes of other people's accounts. Nodes asked for by somebody who may not any more go away soon after. */
@Injectable()
export class AccountAdministrationService {
  constructor(
    private readonly users: UserAdministrationService,
    private readonly capacity: CapacityService,
  ) {}

  /** As {@link UserAdministrationService.update}. */
  async update(id: number, change: UserChange, author: Author): Promise<AdministeredUser> {
    return this.reconsidered(await this.users.update(id, change, author));
  }

  /** As {@link UserAdministrationService.addToGroup}. */
  async addToGroup(id: number, group: string, author: Author): Promise<AdministeredUser> {
    return this.reconsidered(await this.users.addToGroup(id, group, author));
  }

  /** As {@link UserAdministrationService.removeFromGroup}. */
  async removeFromGroup(id: number, group: string, author: Author): Promise<AdministeredUser> {
    return this.reconsidered(await this.users.removeFromGroup(id, group, author));
  }

  private async reconsidered(user: AdministeredUser): Promise<AdministeredUser> {
    await this.capacity.reconsider(user.id);
    return user;
  }
}
