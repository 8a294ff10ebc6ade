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
import { type z } from 'zod';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { toListQuery } from '../common/paging/page.js';
import { OrphanAdministrationService } from '../provisioning/orphan-administration.service.js';
import {
  orphanIdSchema,
  orphanPageSchema,
  orphanQuerySchema,
  type OrphanResponse,
  orphanSchema,
  toOrphanResponse,
} from './admin-orphans.schemas.js';

/** What exists at AWS for a cluster and is in no Terraform state. */
@Controller('admin/orphans')
@Requires('clusters.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminOrphansController {
  constructor(private readonly orphans: OrphanAdministrationService) {}

  @Get()
  @SerializeOptions({ schema: orphanPageSchema })
  async list(
    @Query({ schema: orphanQuerySchema }) query: z.infer<typeof orphanQuerySchema>,
  ): Promise<z.infer<typeof orphanPageSchema>> {
    const { items, nextCursor } = await this.orphans.list(toListQuery(query));
    return { orphans: items.map(toOrphanResponse), nextCursor };
  }

  /** Somebody has looked, and it may stay. */
  @Post(':orphanId/forget')
  @HttpCode(200)
  @SerializeOptions({ schema: orphanSchema })
  async forget(
    @Param('orphanId', { schema: orphanIdSchema }) orphanId: string,
    @CurrentActor() actor: Actor,
  ): Promise<OrphanResponse> {
    return toOrphanResponse(await this.orphans.forget(orphanId, actor));
  }
}
