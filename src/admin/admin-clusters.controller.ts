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
import { ClusterAdministrationService } from '../clusters/cluster-administration.service.js';
import { ClusterMachinesService } from '../clusters/cluster-machines.service.js';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { toListQuery } from '../common/paging/page.js';
import {
  clusterPageSchema,
  clusterQuerySchema,
  clusterSchema,
  consoleSchema,
  machineIdSchema,
  machinesSchema,
  toClusterResponse,
  toMachinesResponse,
} from './admin-clusters.schemas.js';
import { organizationIdSchema } from './admin-organizations.schemas.js';

type ClusterResponse = z.infer<typeof clusterSchema>;

/** Every organization's cluster. */
@Controller('admin/clusters')
@Requires('clusters.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminClustersController {
  constructor(
    private readonly clusters: ClusterAdministrationService,
    private readonly machinesOf: ClusterMachinesService,
  ) {}

  @Get()
  @SerializeOptions({ schema: clusterPageSchema })
  async list(
    @Query({ schema: clusterQuerySchema }) query: z.infer<typeof clusterQuerySchema>,
  ): Promise<z.infer<typeof clusterPageSchema>> {
    const { items, nextCursor } = await this.clusters.list(toListQuery(query));
    return { clusters: items.map(toClusterResponse), nextCursor };
  }

  @Get(':organizationId')
  @SerializeOptions({ schema: clusterSchema })
  async get(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
  ): Promise<ClusterResponse> {
    return toClusterResponse(await this.clusters.get(organizationId));
  }

  /** Its machines as EC2 has them now. */
  @Get(':organizationId/machines')
  @SerializeOptions({ schema: machinesSchema })
  async machines(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
  ): Promise<z.infer<typeof machinesSchema>> {
    return toMachinesResponse(await this.machinesOf.list(organizationId));
  }

  /** What a machine wrote to its console. */
  @Get(':organizationId/machines/:machineId/console')
  @SerializeOptions({ schema: consoleSchema })
  async console(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
    @Param('machineId', { schema: machineIdSchema }) machineId: string,
  ): Promise<z.infer<typeof consoleSchema>> {
    return { output: await this.machinesOf.consoleOutput(organizationId, machineId) };
  }

  /** Tries again what was given up or held. */
  @Post(':organizationId/retry')
  @HttpCode(200)
  @SerializeOptions({ schema: clusterSchema })
  async retry(
    @Param('organizationId', { schema: organizationIdSchema }) organizationId: string,
    @CurrentActor() actor: Actor,
  ): Promise<ClusterResponse> {
    return toClusterResponse(await this.clusters.retry(organizationId, actor));
  }
}
