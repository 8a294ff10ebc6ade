import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
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
import { type BulkResult, bulkResultSchema, doToEach } from '../common/paging/bulk.js';
import { toListQuery } from '../common/paging/page.js';
import { MembershipAdministrationService } from '../organizations/membership-administration.service.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { UsersService } from '../users/users.service.js';
import {
  type AdministeredMembershipResponse,
  administeredMembershipSchema,
  membershipChangeSchema,
  membershipIdSchema,
  membershipIdsSchema,
  membershipPageSchema,
  membershipQuerySchema,
  newMembershipAnywhereSchema,
  toAdministeredMembershipResponse,
} from './admin-memberships.schemas.js';

type Ids = z.infer<typeof membershipIdsSchema>;

/** Who belongs to which organization. */
@Controller('admin/memberships')
@Requires('organizations.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminMembershipsController {
  constructor(
    private readonly administration: MembershipAdministrationService,
    private readonly memberships: MembershipsService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @SerializeOptions({ schema: membershipPageSchema })
  async list(
    @Query({ schema: membershipQuerySchema }) query: z.infer<typeof membershipQuerySchema>,
  ): Promise<z.infer<typeof membershipPageSchema>> {
    const { items, nextCursor } = await this.administration.list(toListQuery(query));
    return { memberships: items.map(toAdministeredMembershipResponse), nextCursor };
  }

  @Post()
  @SerializeOptions({ schema: administeredMembershipSchema })
  async create(
    @Body({ schema: newMembershipAnywhereSchema }) input: z.infer<typeof newMembershipAnywhereSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<AdministeredMembershipResponse> {
    const { organizationId, username, role, status } = input;
    const user = await this.users.getByUsername(username);
    const { id } = await this.memberships.add(organizationId, user, { role, status }, actor);
    return toAdministeredMembershipResponse(await this.administration.get(id));
  }

  @Post('activate')
  @HttpCode(200)
  @SerializeOptions({ schema: bulkResultSchema })
  activate(@Body({ schema: membershipIdsSchema }) { ids }: Ids, @CurrentActor() actor: Actor): Promise<BulkResult> {
    return doToEach(ids, (id) => this.administration.update({ id, status: 'active' }, actor));
  }

  @Post('deactivate')
  @HttpCode(200)
  @SerializeOptions({ schema: bulkResultSchema })
  deactivate(@Body({ schema: membershipIdsSchema }) { ids }: Ids, @CurrentActor() actor: Actor): Promise<BulkResult> {
    return doToEach(ids, (id) => this.administration.update({ id, status: 'inactive' }, actor));
  }

  @Get(':membershipId')
  @SerializeOptions({ schema: administeredMembershipSchema })
  async get(
    @Param('membershipId', { schema: membershipIdSchema }) membershipId: string,
  ): Promise<AdministeredMembershipResponse> {
    return toAdministeredMembershipResponse(await this.administration.get(membershipId));
  }

  @Patch(':membershipId')
  @SerializeOptions({ schema: administeredMembershipSchema })
  async update(
    @Param('membershipId', { schema: membershipIdSchema }) id: string,
    @Body({ schema: membershipChangeSchema }) change: z.infer<typeof membershipChangeSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<AdministeredMembershipResponse> {
    return toAdministeredMembershipResponse(await this.administration.update({ id, ...change }, actor));
  }

  /** The membership as it was. */
  @Delete(':membershipId')
  @SerializeOptions({ schema: administeredMembershipSchema })
  async delete(
    @Param('membershipId', { schema: membershipIdSchema }) membershipId: string,
    @CurrentActor() actor: Actor,
  ): Promise<AdministeredMembershipResponse> {
    return toAdministeredMembershipResponse(await this.administration.remove(membershipId, actor));
  }
}
