import {
  Body,
  Controller,
  HttpCode,
  Post,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, CurrentOrganization, Requires } from '../common/access/access.decorators.js';
import { type Actor, type OrganizationAccess } from '../common/access/actor.js';
import { RunViewService } from '../provisioning/run-view.service.js';
import { ClusterRunsService } from './cluster-runs.service.js';
import { runRequestSchema, type RunResponse, runSchema } from './cluster-runs.schemas.js';

/** Asks for a run of an organization's cluster; what it came to is read at `runs/{id}`. */
@Controller('api/v1/organizations/:organization/runs')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class ClusterRunsController {
  constructor(
    private readonly runs: ClusterRunsService,
    private readonly view: RunViewService,
  ) {}

  @Post()
  @HttpCode(202)
  @Requires('runs.request')
  @SerializeOptions({ schema: runSchema })
  async request(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
    @Body({ schema: runRequestSchema }) { kind, planOnly, nodes }: z.infer<typeof runRequestSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<RunResponse> {
    const isPlanOnly = planOnly ?? kind === 'refresh';
    return this.view.whole(await this.runs.request(organizationId, { kind, isPlanOnly, nodes }, actor));
  }
}
