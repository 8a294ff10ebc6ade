import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Post,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { toListQuery } from '../common/paging/page.js';
import { GroupsService } from '../users/groups/groups.service.js';
import {
  groupChangeSchema,
  groupIdSchema,
  groupPageSchema,
  groupQuerySchema,
  type GroupResponse,
  groupSchema,
  newGroupSchema,
} from './admin-groups.schemas.js';

/** Groups and what they may do. */
@Controller('admin/groups')
@Requires('groups.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminGroupsController {
  constructor(private readonly groups: GroupsService) {}

  @Get()
  @SerializeOptions({ schema: groupPageSchema })
  async list(
    @Query({ schema: groupQuerySchema }) query: z.infer<typeof groupQuerySchema>,
  ): Promise<z.infer<typeof groupPageSchema>> {
    const { items, nextCursor } = await this.groups.list(toListQuery(query));
    return { groups: items, nextCursor };
  }

  @Post()
  @SerializeOptions({ schema: groupSchema })
  create(
    @Body({ schema: newGroupSchema }) input: z.infer<typeof newGroupSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<GroupResponse> {
    return this.groups.create(input, actor);
  }

  @Get(':groupId')
  @SerializeOptions({ schema: groupSchema })
  get(@Param('groupId', { schema: groupIdSchema }) groupId: number): Promise<GroupResponse> {
    return this.groups.get(groupId);
  }

  @Patch(':groupId')
  @SerializeOptions({ schema: groupSchema })
  update(
    @Param('groupId', { schema: groupIdSchema }) groupId: number,
    @Body({ schema: groupChangeSchema }) change: z.infer<typeof groupChangeSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<GroupResponse> {
    return this.groups.update(groupId, change, actor);
  }

  /** The group as it was; its members lose what it gave them. */
  @Delete(':groupId')
  @SerializeOptions({ schema: groupSchema })
  delete(
    @Param('groupId', { schema: groupIdSchema }) groupId: number,
    @CurrentActor() actor: Actor,
  ): Promise<GroupResponse> {
    return this.groups.delete(groupId, actor);
  }
}
