import {
  Controller,
  Delete,
  Param,
  Put,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { AccountAdministrationService } from '../accounts/account-administration.service.js';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { GroupsService } from '../users/groups/groups.service.js';
import { groupIdSchema } from './admin-groups.schemas.js';
import { toUserResponse, userIdSchema, type UserResponse, userSchema } from './admin-users.schemas.js';

/** Who is in a group; `GET /admin/users?group=` lists them. */
@Controller('admin/groups/:groupId/members')
@Requires('groups.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminGroupMembersController {
  constructor(
    private readonly groups: GroupsService,
    private readonly accounts: AccountAdministrationService,
  ) {}

  /** Does nothing for somebody who is in it. */
  @Put(':userId')
  @SerializeOptions({ schema: userSchema })
  async add(
    @Param('groupId', { schema: groupIdSchema }) groupId: number,
    @Param('userId', { schema: userIdSchema }) userId: number,
    @CurrentActor() actor: Actor,
  ): Promise<UserResponse> {
    const { name } = await this.groups.get(groupId);
    return toUserResponse(await this.accounts.addToGroup(userId, name, actor));
  }

  /** Does nothing for somebody who is not in it. */
  @Delete(':userId')
  @SerializeOptions({ schema: userSchema })
  async remove(
    @Param('groupId', { schema: groupIdSchema }) groupId: number,
    @Param('userId', { schema: userIdSchema }) userId: number,
    @CurrentActor() actor: Actor,
  ): Promise<UserResponse> {
    const { name } = await this.groups.get(groupId);
    return toUserResponse(await this.accounts.removeFromGroup(userId, name, actor));
  }
}
