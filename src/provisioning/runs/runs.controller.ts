import {
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { CurrentActor, CurrentOrganization, Requires } from '../../common/access/access.decorators.js';
import { type Actor, type OrganizationAccess } from '../../common/access/actor.js';
import { ProvisioningService } from '../provisioning.service.js';
import {
  runIdSchema,
  type RunListQuery,
  runListQuerySchema,
  runListSchema,
  type RunResponse,
  runSchema,
  toRunResponse,
} from './run.schemas.js';

/** An organization's runs: what its members watch and may cancel. */
@Controller('api/v1/organizations/:organization/runs')
@Requires('runs.view')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class RunsController {
  constructor(private readonly provisioning: ProvisioningService) {}

  @Get()
  @SerializeOptions({ schema: runListSchema })
  async list(
    @CurrentOrganization() organization: OrganizationAccess,
    @Query({ schema: runListQuerySchema }) query: RunListQuery,
  ): Promise<{ runs: RunResponse[] }> {
    const runs = await this.provisioning.list(organization.organizationId, query.limit);
    return { runs: runs.map(toRunResponse) };
  }

  @Get(':runId')
  @SerializeOptions({ schema: runSchema })
  async get(
    @CurrentOrganization() organization: OrganizationAccess,
    @Param('runId', { schema: runIdSchema }) runId: string,
  ): Promise<RunResponse> {
    return toRunResponse(await this.provisioning.get(organization.organizationId, runId));
  }

  @Post(':runId/cancel')
  @HttpCode(200)
  @Requires('runs.cancel')
  @SerializeOptions({ schema: runSchema })
  async cancel(
    @CurrentOrganization() organization: OrganizationAccess,
    @CurrentActor() actor: Actor,
    @Param('runId', { schema: runIdSchema }) runId: string,
  ): Promise<RunResponse> {
    return toRunResponse(await this.provisioning.cancel(organization.organizationId, runId, actor));
  }
}
