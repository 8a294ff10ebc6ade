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
import { OrganizationLifecycleService } from '../clusters/organization-lifecycle.service.js';
import { CurrentActor, CurrentOrganization, Requires } from '../common/access/access.decorators.js';
import { type Actor, type OrganizationAccess } from '../common/access/actor.js';
import {
  newOrganizationSchema,
  type NewOrganizationInput,
  type OrganizationChangeInput,
  organizationChangeSchema,
  organizationNameSchema,
} from '../organizations/organization-inputs.types.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { UsersService } from '../users/users.service.js';
import {
  type BrowseInput,
  browseQuerySchema,
  deletedOrganizationSchema,
  deletionQuerySchema,
  type OrganizationListResponse,
  organizationListSchema,
  type OrganizationResponse,
  organizationSchema,
  toListingResponse,
  toOrganizationResponse,
} from './organization.schemas.js';
import { DeletionUnconfirmedError } from './overview.errors.js';
import { OverviewService } from './overview.service.js';

/** Organizations with their clusters. */
@Controller('api/v1/organizations')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class OrganizationsController {
  constructor(
    private readonly overview: OverviewService,
    private readonly organizations: OrganizationsService,
    private readonly lifecycle: OrganizationLifecycleService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @Requires('organizations.browse')
  @SerializeOptions({ schema: organizationListSchema })
  async browse(
    @CurrentActor() actor: Actor,
    @Query({ schema: browseQuerySchema }) query: BrowseInput,
  ): Promise<OrganizationListResponse> {
    const { listings, next } = await this.overview.browse(actor, query);
    return { organizations: listings.map(toListingResponse), next };
  }

  @Post()
  @Requires('organizations.manage')
  @SerializeOptions({ schema: organizationSchema })
  async create(
    @CurrentActor() actor: Actor,
    @Body({ schema: newOrganizationSchema }) { name, owner, balance, ...settings }: NewOrganizationInput,
  ): Promise<OrganizationResponse> {
    const input = { name, owner: await this.users.getByUsername(owner), balance, settings };
    const { id } = await this.organizations.create(input, actor);
    return toOrganizationResponse(await this.overview.describe(id), 'administrator');
  }

  @Get(':organization')
  @Requires('organization.view')
  @SerializeOptions({ schema: organizationSchema })
  async get(@CurrentOrganization() { organizationId, role }: OrganizationAccess): Promise<OrganizationResponse> {
    return toOrganizationResponse(await this.overview.describe(organizationId), role);
  }

  @Patch(':organization')
  @Requires('organization.configure')
  @SerializeOptions({ schema: organizationSchema })
  async update(
    @CurrentOrganization() access: OrganizationAccess,
    @CurrentActor() actor: Actor,
    @Body({ schema: organizationChangeSchema }) change: OrganizationChangeInput,
  ): Promise<OrganizationResponse> {
    await this.lifecycle.update(access, change, actor);
    return toOrganizationResponse(await this.overview.describe(access.organizationId), access.role);
  }

  @Delete(':organization')
  @Requires('organizations.manage')
  @SerializeOptions({ schema: deletedOrganizationSchema })
  async delete(
    @CurrentActor() actor: Actor,
    @Param('organization', { schema: organizationNameSchema }) name: string,
    @Query({ schema: deletionQuerySchema }) { confirm }: z.infer<typeof deletionQuerySchema>,
  ): Promise<z.infer<typeof deletedOrganizationSchema>> {
    if (confirm !== name) throw new DeletionUnconfirmedError(name);
    const { id } = await this.lifecycle.delete(name, actor);
    return { id, name };
  }
}
