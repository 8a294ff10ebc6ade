import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Post,
  Put,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { AccountAdministrationService } from '../accounts/account-administration.service.js';
import { AccountDeletionService } from '../accounts/account-deletion.service.js';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { toListQuery } from '../common/paging/page.js';
import { UserAdministrationService } from '../users/administration/user-administration.service.js';
import { UsersService } from '../users/users.service.js';
import {
  deletedUserSchema,
  newPasswordSchema,
  newUserSchema,
  toUserResponse,
  userChangeSchema,
  userIdSchema,
  userPageSchema,
  userQuerySchema,
  type UserResponse,
  userSchema,
} from './admin-users.schemas.js';

/** Everybody's accounts. */
@Controller('admin/users')
@Requires('users.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminUsersController {
  constructor(
    private readonly users: UsersService,
    private readonly administration: UserAdministrationService,
    private readonly accounts: AccountAdministrationService,
    private readonly deletion: AccountDeletionService,
  ) {}

  @Get()
  @SerializeOptions({ schema: userPageSchema })
  async list(
    @Query({ schema: userQuerySchema }) query: z.infer<typeof userQuerySchema>,
  ): Promise<z.infer<typeof userPageSchema>> {
    const { items, nextCursor } = await this.administration.list(toListQuery(query));
    return { users: items.map(toUserResponse), nextCursor };
  }

  @Post()
  @SerializeOptions({ schema: userSchema })
  async create(
    @Body({ schema: newUserSchema }) input: z.infer<typeof newUserSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<UserResponse> {
    const { id } = await this.users.create(input, actor);
    return toUserResponse(await this.administration.get(id));
  }

  @Get(':userId')
  @SerializeOptions({ schema: userSchema })
  async get(@Param('userId', { schema: userIdSchema }) userId: number): Promise<UserResponse> {
    return toUserResponse(await this.administration.get(userId));
  }

  @Patch(':userId')
  @SerializeOptions({ schema: userSchema })
  async update(
    @Param('userId', { schema: userIdSchema }) userId: number,
    @Body({ schema: userChangeSchema }) change: z.infer<typeof userChangeSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<UserResponse> {
    return toUserResponse(await this.accounts.update(userId, change, actor));
  }

  /** Ends every session and refresh token of the account. */
  @Put(':userId/password')
  @SerializeOptions({ schema: userSchema })
  async setPassword(
    @Param('userId', { schema: userIdSchema }) userId: number,
    @Body({ schema: newPasswordSchema }) { password }: z.infer<typeof newPasswordSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<UserResponse> {
    await this.administration.setPassword(userId, password, actor);
    return toUserResponse(await this.administration.get(userId));
  }

  /** For good, with memberships, tokens and requests for nodes. */
  @Delete(':userId')
  @SerializeOptions({ schema: deletedUserSchema })
  async delete(
    @Param('userId', { schema: userIdSchema }) userId: number,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof deletedUserSchema>> {
    await this.deletion.deleteBy(actor, userId);
    return { id: userId };
  }
}
