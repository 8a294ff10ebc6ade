import {
  Body,
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
import { type BulkResult, bulkResultSchema, bulkSchema, doToEach } from '../common/paging/bulk.js';
import { toListQuery } from '../common/paging/page.js';
import { NotConfirmedError } from '../provisioning/provisioning.errors.js';
import { RunAdministrationService } from '../provisioning/run-administration.service.js';
import {
  type AdministeredRunResponse,
  administeredRunSchema,
  forceSchema,
  runIdSchema,
  runLogQuerySchema,
  runLogSchema,
  runPageSchema,
  runQuerySchema,
  toAdministeredRunResponse,
  toRunLogResponse,
} from './admin-runs.schemas.js';

const runIdsSchema = bulkSchema(runIdSchema);

/** Every organization's runs, with their output. */
@Controller('admin/runs')
@Requires('clusters.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminRunsController {
  constructor(private readonly runs: RunAdministrationService) {}

  @Get()
  @SerializeOptions({ schema: runPageSchema })
  async list(
    @Query({ schema: runQuerySchema }) query: z.infer<typeof runQuerySchema>,
  ): Promise<z.infer<typeof runPageSchema>> {
    const { items, nextCursor } = await this.runs.list(toListQuery(query));
    return { runs: items.map(toAdministeredRunResponse), nextCursor };
  }

  @Get(':runId')
  @SerializeOptions({ schema: administeredRunSchema })
  async get(@Param('runId', { schema: runIdSchema }) runId: string): Promise<AdministeredRunResponse> {
    return toAdministeredRunResponse(await this.runs.get(runId));
  }

  @Get(':runId/log')
  @SerializeOptions({ schema: runLogSchema })
  async log(
    @Param('runId', { schema: runIdSchema }) runId: string,
    @Query({ schema: runLogQuerySchema }) { after, limit }: z.infer<typeof runLogQuerySchema>,
  ): Promise<z.infer<typeof runLogSchema>> {
    return toRunLogResponse(await this.runs.log(runId, after, limit));
  }

  /** Several at once; each is answered for itself. */
  @Post('cancel')
  @HttpCode(200)
  @SerializeOptions({ schema: bulkResultSchema })
  cancelMany(
    @Body({ schema: runIdsSchema }) { ids }: z.infer<typeof runIdsSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<BulkResult> {
    return doToEach(ids, (id) => this.runs.cancel(id, actor));
  }

  /** The last resort, once a cancelled run has had its time to stop; the run's id is typed again as confirmation. */
  @Post(':runId/force-cancel')
  @HttpCode(200)
  @SerializeOptions({ schema: administeredRunSchema })
  async force(
    @Param('runId', { schema: runIdSchema }) runId: string,
    @Body({ schema: forceSchema }) { confirm }: z.infer<typeof forceSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<AdministeredRunResponse> {
    if (confirm !== runId) throw new NotConfirmedError(runId);
    return toAdministeredRunResponse(await this.runs.force(runId, actor));
  }

  @Post(':runId/cancel')
  @HttpCode(200)
  @SerializeOptions({ schema: administeredRunSchema })
  async cancel(
    @Param('runId', { schema: runIdSchema }) runId: string,
    @CurrentActor() actor: Actor,
  ): Promise<AdministeredRunResponse> {
    return toAdministeredRunResponse(await this.runs.cancel(runId, actor));
  }
}
