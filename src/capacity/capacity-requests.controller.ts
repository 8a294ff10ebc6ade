import {
  Controller,
  Delete,
  Get,
  Param,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { CurrentActor, CurrentOrganization, Requires } from '../common/access/access.decorators.js';
import { type Actor, type OrganizationAccess } from '../common/access/actor.js';
import {
  capacityRequestIdSchema,
  capacityRequestListSchema,
  type CapacityRequestResponse,
  releasedSchema,
  toCapacityRequestResponse,
} from './capacity.schemas.js';
import { CapacityService } from './capacity.service.js';

/** The caller's own live capacity requests: seen, and released before their time. */
@Controller('api/v1/organizations/:organization/capacity-requests')
@Requires('capacity.use')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class CapacityRequestsController {
  constructor(private readonly capacity: CapacityService) {}

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
