import {
  Body,
  Controller,
  Get,
  Param,
  Post,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { UsersService } from '../users/users.service.js';
import {
  membershipListSchema,
  type MembershipResponse,
  membershipSchema,
  newMembershipSchema,
  toMembershipResponse,
} from './admin-memberships.schemas.js';
import { organizationIdSchema } from './admin-organizations.schemas.js';

/** Who belongs to an organization. */
@Controller('admin/organizations/:organizationId/memberships')
@Requires('organizations.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminOrganizationMembershipsController {
  constructor(
    private readonly memberships: MembershipsService,
    private readonly organizations: OrganizationsService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @SerializeOptions({ schema: membershipListSchema })
  async list(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
  ): Promise<{ memberships: MembershipResponse[] }> {
    const { id } = await this.organizations.get(organizationId);
    return { memberships: (await this.memberships.list(id)).map(toMembershipResponse) };
  }

  @Post()
  @SerializeOptions({ schema: membershipSchema })
  async create(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
    @Body({ schema: newMembershipSchema }) { username, role, status }: z.infer<typeof newMembershipSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<MembershipResponse> {
    const { id } = await this.organizations.get(organizationId);
    const user = await this.users.getByUsername(username);
    return toMembershipResponse(await this.memberships.add(id, user, { role, status }, actor));
  }
}
