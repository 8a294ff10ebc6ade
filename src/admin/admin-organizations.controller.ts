import {
  Body,
  Controller,
  Get,
  Post,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { UsersService } from '../users/users.service.js';
import {
  newOrganizationSchema,
  organizationListSchema,
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
    private readonly organizations: OrganizationsService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @SerializeOptions({ schema: organizationListSchema })
  async list(): Promise<{ organizations: OrganizationResponse[] }> {
    return { organizations: (await this.organizations.list()).map(toOrganizationResponse) };
  }

  @Post()
  @SerializeOptions({ schema: organizationSchema })
  async create(
    @Body({ schema: newOrganizationSchema }) { name, owner, ...given }: z.infer<typeof newOrganizationSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<OrganizationResponse> {
    const input = { name, owner: await this.users.getByUsername(owner), settings: given };
    return toOrganizationResponse(await this.organizations.create(input, actor));
  }
}
