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
import { CatalogueAdministrationService } from '../catalogue/catalogue-administration.service.js';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { toListQuery } from '../common/paging/page.js';
import {
  newVersionSchema,
  toVersionResponse,
  versionChangeSchema,
  versionNameSchema,
  versionPageSchema,
  versionQuerySchema,
  type VersionResponse,
  versionSchema,
} from './admin-cluster-versions.schemas.js';

/** The catalogue: releases of the cluster software, their node configurations, and who may choose them. */
@Controller('admin/cluster-versions')
@Requires('catalogue.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminClusterVersionsController {
  constructor(private readonly catalogue: CatalogueAdministrationService) {}

  @Get()
  @SerializeOptions({ schema: versionPageSchema })
  async list(
    @Query({ schema: versionQuerySchema }) query: z.infer<typeof versionQuerySchema>,
  ): Promise<z.infer<typeof versionPageSchema>> {
    const { items, nextCursor } = await this.catalogue.list(toListQuery(query));
    return { versions: items.map(toVersionResponse), nextCursor };
  }

  @Post()
  @SerializeOptions({ schema: versionSchema })
  async create(
    @Body({ schema: newVersionSchema }) { name, ...settings }: z.infer<typeof newVersionSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<VersionResponse> {
    return toVersionResponse(await this.catalogue.create(name, settings, actor));
  }

  @Get(':version')
  @SerializeOptions({ schema: versionSchema })
  async get(@Param('version', { schema: versionNameSchema }) name: string): Promise<VersionResponse> {
    return toVersionResponse(await this.catalogue.get(name));
  }

  @Patch(':version')
  @SerializeOptions({ schema: versionSchema })
  async update(
    @Param('version', { schema: versionNameSchema }) name: string,
    @Body({ schema: versionChangeSchema }) change: z.infer<typeof versionChangeSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<VersionResponse> {
    return toVersionResponse(await this.catalogue.update(name, change, actor));
  }

  /** The version as it was. Refused while an organization has it. */
  @Delete(':version')
  @SerializeOptions({ schema: versionSchema })
  async delete(
    @Param('version', { schema: versionNameSchema }) name: string,
    @CurrentActor() actor: Actor,
  ): Promise<VersionResponse> {
    return toVersionResponse(await this.catalogue.delete(name, actor));
  }
}
