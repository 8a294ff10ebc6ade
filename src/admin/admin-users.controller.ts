import {
  Body,
  Controller,
  Get,
  Post,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { UsersService } from '../users/users.service.js';
import {
  newUserSchema,
  toUserResponse,
  userListQuerySchema,
  userListSchema,
  type UserResponse,
  userSchema,
} from './admin-users.schemas.js';

/** Everybody's accounts. */
@Controller('admin/users')
@Requires('users.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminUsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @SerializeOptions({ schema: userListSchema })
  async list(
    @Query({ schema: userListQuerySchema }) { limit, after }: z.infer<typeof userListQuerySchema>,
  ): Promise<{ users: UserResponse[] }> {
    return { users: (await this.users.list(limit, after)).map(toUserResponse) };
  }

  @Post()
  @SerializeOptions({ schema: userSchema })
  async create(
    @Body({ schema: newUserSchema }) input: z.infer<typeof newUserSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<UserResponse> {
    return toUserResponse(await this.users.createBy(actor, input));
  }
}
