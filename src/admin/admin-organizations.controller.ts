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
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { toListQuery } from '../common/paging/page.js';
import { OrganizationAdministrationService } from '../organizations/organization-administration.service.js';
import {
  newOrganizationSchema,
  type NewOrganizationInput,
  type OrganizationChangeInput,
  organizationChangeSchema,
} from '../organizations/organization-inputs.types.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { DeletionUnconfirmedError } from '../overview/overview.errors.js';
import { UsersService } from '../users/users.service.js';
import {
  deletedOrganizationSchema,
  deletionQuerySchema,
  organizationIdSchema,
  organizationPageSchema,
  organizationQuerySchema,
  type OrganizationResponse,
  organizationSchema,
  toOrganizationResponse,
} from './admin-organizations.schemas.js';

/** Every organization. */
@Controller('admin/organizations')
@Requires('organizations.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminOrganizationsController {
  constructor(
    private readonly administration: OrganizationAdministrationService,
    private readonly organizations: OrganizationsService,
    private readonly lifecycle: OrganizationLifecycleService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @SerializeOptions({ schema: organizationPageSchema })
  async list(
    @Query({ schema: organizationQuerySchema }) query: z.infer<typeof organizationQuerySchema>,
  ): Promise<z.infer<typeof organizationPageSchema>> {
    const { items, nextCursor } = await this.administration.list(toListQuery(query));
    return { organizations: items.map(toOrganizationResponse), nextCursor };
  }

  @Post()
  @SerializeOptions({ schema: organizationSchema })
  async create(
    @Body({ schema: newOrganizationSchema }) { name, owner, balance, ...settings }: NewOrganizationInput,
    @CurrentActor() actor: Actor,
  ): Promise<OrganizationResponse> {
    const input = { name, owner: await this.users.getByUsername(owner), balance, settings };
    const { id } = await this.organizations.create(input, actor);
    return toOrganizationResponse(await this.administration.get(id));
  }

  @Get(':organizationId')
  @SerializeOptions({ schema: organizationSchema })
  async get(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
  ): Promise<OrganizationResponse> {
    return toOrganizationResponse(await this.administration.get(organizationId));
  }

  @Patch(':organizationId')
  @SerializeOptions({ schema: organizationSchema })
  async update(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
    @Body({ schema: organizationChangeSchema }) change: OrganizationChangeInput,
    @CurrentActor() actor: Actor,
  ): Promise<OrganizationResponse> {
    await this.lifecycle.updateAny(organizationId, change, actor);
    return toOrganizationResponse(await this.administration.get(organizationId));
  }

  /** Refused while there is a cluster. */
  @Delete(':organizationId')
  @SerializeOptions({ schema: deletedOrganizationSchema })
  async delete(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
    @Query({ schema: deletionQuerySchema }) { confirm }: z.infer<typeof deletionQuerySchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof deletedOrganizationSchema>> {
    const { name } = await this.organizations.get(organizationId);
    if (confirm !== name) throw new DeletionUnconfirmedError(name);
    const { id } = await this.lifecycle.delete(name, actor);
    return { id, name };
  }
}
