import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { CurrentActor, CurrentOrganization, Requires } from '../../common/access/access.decorators.js';
import { type Actor, type OrganizationAccess } from '../../common/access/actor.js';
import { MembershipsService } from '../memberships.service.js';
import {
  changedMembershipsSchema,
  membershipChangeSchema,
  type MembershipChangeInput,
  type MembershipChangesInput,
  membershipChangesSchema,
  membershipIdSchema,
  type MembershipListInput,
  membershipListQuerySchema,
  type MembershipListResponse,
  membershipListSchema,
  type MembershipResponse,
  membershipSchema,
  toMembershipResponse,
} from './membership.schemas.js';

/** Who belongs to an organization. */
@Controller('api/v1/organizations/:organization/memberships')
@Requires('memberships.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class MembershipsController {
  constructor(private readonly memberships: MembershipsService) {}

  /** Members see who is active; owners and administrators see everybody, with addresses. */
  @Get()
  @Requires('organization.view')
  @SerializeOptions({ schema: membershipListSchema })
  async list(
    @CurrentOrganization() { organizationId, role }: OrganizationAccess,
    @Query({ schema: membershipListQuerySchema }) { status, after, limit }: MembershipListInput,
  ): Promise<MembershipListResponse> {
    const isManager = role !== 'member';
    const query = { status: isManager ? status : 'active', after, limit: limit + 1 } as const;
    const found = await this.memberships.list(organizationId, query);
    const page = found.slice(0, limit);
    const next = found.length > limit ? (page.at(-1)?.username ?? null) : null;
    return { memberships: page.map((membership) => toMembershipResponse(membership, isManager)), next };
  }

  /** All of the changes are made, or none. */
  @Patch()
  @SerializeOptions({ schema: changedMembershipsSchema })
  async updateAll(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
    @CurrentActor() actor: Actor,
    @Body({ schema: membershipChangesSchema }) { memberships }: MembershipChangesInput,
  ): Promise<{ memberships: MembershipResponse[] }> {
    const changed = await this.memberships.updateAll(organizationId, memberships, actor);
    return { memberships: changed.map((membership) => toMembershipResponse(membership)) };
  }

  @Patch(':membershipId')
  @SerializeOptions({ schema: membershipSchema })
  async update(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
    @CurrentActor() actor: Actor,
    @Param('membershipId', { schema: membershipIdSchema }) id: string,
    @Body({ schema: membershipChangeSchema }) change: MembershipChangeInput,
  ): Promise<MembershipResponse> {
    return toMembershipResponse(await this.memberships.update(organizationId, { id, ...change }, actor));
  }

  /** Answers the membership as it was. */
  @Delete(':membershipId')
  @SerializeOptions({ schema: membershipSchema })
  async remove(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
    @CurrentActor() actor: Actor,
    @Param('membershipId', { schema: membershipIdSchema }) id: string,
  ): Promise<MembershipResponse> {
    return toMembershipResponse(await this.memberships.remove(organizationId, id, actor));
  }
}
