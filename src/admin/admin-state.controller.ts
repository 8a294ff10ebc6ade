import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { toListQuery } from '../common/paging/page.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { RunAdministrationService } from '../provisioning/run-administration.service.js';
import { StateAdministrationService } from '../provisioning/state-administration.service.js';
import { organizationIdSchema } from './admin-organizations.schemas.js';
import {
  type AdministeredRunResponse,
  administeredRunSchema,
  toAdministeredRunResponse,
} from './admin-runs.schemas.js';
import {
  rollbackSchema,
  statePageSchema,
  stateQuerySchema,
  stateVersionIdSchema,
  stateVersionSchema,
  toStateLockResponse,
  toStateVersionResponse,
  unlockSchema,
} from './admin-state.schemas.js';

/** The stored versions of an organization's Terraform state. */
@Controller('admin/organizations/:organizationId/state')
@Requires('clusters.manage')
export class AdminStateController {
  constructor(
    private readonly states: StateAdministrationService,
    private readonly organizations: OrganizationsService,
    private readonly runs: RunAdministrationService,
  ) {}

  @Get()
  @UseInterceptors(StandardSchemaSerializerInterceptor)
  @SerializeOptions({ schema: statePageSchema })
  async list(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
    @Query({ schema: stateQuerySchema }) query: z.infer<typeof stateQuerySchema>,
  ): Promise<z.infer<typeof statePageSchema>> {
    const { id } = await this.organizations.get(organizationId);
    const { items, nextCursor } = await this.states.list(id, toListQuery(query));
    const lock = await this.states.lock(id);
    return { versions: items.map(toStateVersionResponse), nextCursor, lock: lock && toStateLockResponse(lock) };
  }

  /** The state in clear, with the secrets in it. For superusers only, and the audit log says who took it. */
  @Get('versions/:versionId/content')
  @Header('cache-control', 'no-store')
  async download(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
    @Param('versionId', { schema: stateVersionIdSchema }) versionId: string,
    @CurrentActor() actor: Actor,
  ): Promise<StreamableFile> {
    const organization = await this.organizations.get(organizationId);
    const { version, content } = await this.states.download(organization, versionId, actor);
    return new StreamableFile(content, {
      type: 'application/json',
      disposition: `attachment; filename="${organization.name}-${version.serial}.tfstate"`,
      length: content.length,
    });
  }

  /** Makes an older version the newest; the organization's name is typed again as confirmation. */
  @Post('rollback')
  @HttpCode(200)
  @UseInterceptors(StandardSchemaSerializerInterceptor)
  @SerializeOptions({ schema: stateVersionSchema })
  async rollBack(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
    @Body({ schema: rollbackSchema }) { versionId, confirm }: z.infer<typeof rollbackSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof stateVersionSchema>> {
    const organization = await this.organizations.get(organizationId);
    return toStateVersionResponse(await this.states.rollBack(organization, versionId, confirm, actor));
  }

  /** Fails a run nobody executes any more; its id is typed again as confirmation. */
  @Post('unlock')
  @HttpCode(200)
  @UseInterceptors(StandardSchemaSerializerInterceptor)
  @SerializeOptions({ schema: administeredRunSchema })
  async unlock(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
    @Body({ schema: unlockSchema }) { confirm }: z.infer<typeof unlockSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<AdministeredRunResponse> {
    const organization = await this.organizations.get(organizationId);
    const { id } = await this.states.unlock(organization, confirm, actor);
    return toAdministeredRunResponse(await this.runs.get(id));
  }
}
