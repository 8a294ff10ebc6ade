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
import { RunRequestsService } from '../run-requests.service.js';
import { RunViewService } from '../run-view.service.js';
import {
  runIdSchema,
  type RunListQuery,
  runListQuerySchema,
  runListSchema,
  type RunResponse,
  runSchema,
} from './run.schemas.js';

/** An organization's runs: what its members watch and may cancel. */
@Controller('api/v1/organizations/:organization/runs')
@Requires('runs.view')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class RunsController {
  constructor(
    private readonly provisioning: ProvisioningService,
    private readonly requests: RunRequestsService,
    private readonly view: RunViewService,
  ) {}

  @Get()
  @SerializeOptions({ schema: runListSchema })
  async list(
    @CurrentOrganization() organization: OrganizationAccess,
    @Query({ schema: runListQuerySchema }) query: RunListQuery,
  ): Promise<{ runs: RunResponse[] }> {
    const runs = await this.provisioning.list(organization.organizationId, query.limit);
    return { runs: runs.map((run) => this.view.listed(run)) };
  }

  @Get(':runId')
  @SerializeOptions({ schema: runSchema })
  async get(
    @CurrentOrganization() organization: OrganizationAccess,
    @Param('runId', { schema: runIdSchema }) runId: string,
  ): Promise<RunResponse> {
    return this.view.whole(await this.provisioning.get(organization.organizationId, runId));
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
    return this.view.whole(await this.provisioning.cancel(organization.organizationId, runId, actor));
  }

  /** Agrees to a plan that would interrupt the cluster; to refuse it, cancel the run. */
  @Post(':runId/approve')
  @HttpCode(200)
  @Requires('runs.request')
  @SerializeOptions({ schema: runSchema })
  async approve(
    @CurrentOrganization() organization: OrganizationAccess,
    @CurrentActor() actor: Actor,
    @Param('runId', { schema: runIdSchema }) runId: string,
  ): Promise<RunResponse> {
    return this.view.whole(await this.requests.approve(organization.organizationId, runId, actor));
  }
}
