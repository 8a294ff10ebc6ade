import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Post,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { CurrentActor, CurrentOrganization, Requires } from '../common/access/access.decorators.js';
import { type Actor, type OrganizationAccess } from '../common/access/actor.js';
import { CapacityAdmissionService } from './capacity-admission.service.js';
import {
  capacityRequestIdSchema,
  capacityRequestListSchema,
  type CapacityRequestResponse,
  capacityRequestSchema,
  type NewCapacityRequestInput,
  newCapacityRequestSchema,
  releasedSchema,
  toCapacityRequestResponse,
} from './capacity.schemas.js';
import { CapacityService } from './capacity.service.js';

/** The caller's own capacity requests: made, seen, and released before their time. */
@Controller('api/v1/organizations/:organization/capacity-requests')
@Requires('capacity.use')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class CapacityRequestsController {
  constructor(
    private readonly capacity: CapacityService,
    private readonly admission: CapacityAdmissionService,
  ) {}

  /** Asking twice for the same count until the same second is one request. */
  @Post()
  @SerializeOptions({ schema: capacityRequestSchema })
  async create(
    @CurrentOrganization() access: OrganizationAccess,
    @CurrentActor() { userId }: Actor,
    @Body({ schema: newCapacityRequestSchema }) { nodes, ttlMinutes, expiresAt }: NewCapacityRequestInput,
  ): Promise<CapacityRequestResponse> {
    const timeToLive = { ttlMinutes, expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt) };
    return toCapacityRequestResponse(await this.admission.create(access, userId, nodes, timeToLive));
  }

  @Get()
  @SerializeOptions({ schema: capacityRequestListSchema })
  async list(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
    @CurrentActor() { userId }: Actor,
  ): Promise<{ capacityRequests: CapacityRequestResponse[] }> {
    const requests = await this.capacity.listOwn(organizationId, userId);
    return { capacityRequests: requests.map(toCapacityRequestResponse) };
  }

  @Delete()
  @SerializeOptions({ schema: releasedSchema })
  async releaseAll(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
    @CurrentActor() { userId }: Actor,
  ): Promise<{ released: number }> {
    return { released: await this.capacity.release(organizationId, userId) };
  }

  @Delete(':requestId')
  @SerializeOptions({ schema: releasedSchema })
  async release(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
    @CurrentActor() { userId }: Actor,
    @Param('requestId', { schema: capacityRequestIdSchema }) requestId: string,
  ): Promise<{ released: number }> {
    return { released: await this.capacity.release(organizationId, userId, requestId) };
  }
}
