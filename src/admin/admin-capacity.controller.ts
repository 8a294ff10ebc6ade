import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CapacityAdministrationService } from '../capacity/capacity-administration.service.js';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { type BulkResult, bulkResultSchema, doToEach } from '../common/paging/bulk.js';
import { toListQuery } from '../common/paging/page.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { UsersService } from '../users/users.service.js';
import {
  type AdministeredCapacityResponse,
  administeredCapacitySchema,
  capacityChangeSchema,
  capacityPageSchema,
  capacityQuerySchema,
  capacityRequestIdSchema,
  capacityRequestIdsSchema,
  newCapacityRequestSchema,
  toAdministeredCapacityResponse,
  toTimeToLive,
} from './admin-capacity.schemas.js';

/** Everybody's requests for nodes. */
@Controller('admin/capacity-requests')
@Requires('clusters.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminCapacityController {
  constructor(
    private readonly capacity: CapacityAdministrationService,
    private readonly organizations: OrganizationsService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @SerializeOptions({ schema: capacityPageSchema })
  async list(
    @Query({ schema: capacityQuerySchema }) query: z.infer<typeof capacityQuerySchema>,
  ): Promise<z.infer<typeof capacityPageSchema>> {
    const { items, nextCursor } = await this.capacity.list(toListQuery(query));
    return { capacityRequests: items.map(toAdministeredCapacityResponse), nextCursor };
  }

  @Post()
  @SerializeOptions({ schema: administeredCapacitySchema })
  async create(
    @Body({ schema: newCapacityRequestSchema }) input: z.infer<typeof newCapacityRequestSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<AdministeredCapacityResponse> {
    const { id: organizationId } = await this.organizations.get(input.organizationId);
    const user = await this.users.getByUsername(input.username);
    const wish = { organizationId, user, nodeCount: input.nodes, timeToLive: toTimeToLive(input) ?? {} };
    return toAdministeredCapacityResponse(await this.capacity.create(wish, actor));
  }

  /** Several at once; each is answered for itself. */
  @Post('end')
  @HttpCode(200)
  @SerializeOptions({ schema: bulkResultSchema })
  endMany(
    @Body({ schema: capacityRequestIdsSchema }) { ids }: z.infer<typeof capacityRequestIdsSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<BulkResult> {
    return doToEach(ids, (id) => this.capacity.end(id, actor));
  }

  @Get(':requestId')
  @SerializeOptions({ schema: administeredCapacitySchema })
  async get(
    @Param('requestId', { schema: capacityRequestIdSchema }) requestId: string,
  ): Promise<AdministeredCapacityResponse> {
    return toAdministeredCapacityResponse(await this.capacity.get(requestId));
  }

  @Patch(':requestId')
  @SerializeOptions({ schema: administeredCapacitySchema })
  async update(
    @Param('requestId', { schema: capacityRequestIdSchema }) requestId: string,
    @Body({ schema: capacityChangeSchema }) { nodes, ...time }: z.infer<typeof capacityChangeSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<AdministeredCapacityResponse> {
    const change = { nodeCount: nodes, timeToLive: toTimeToLive(time) };
    return toAdministeredCapacityResponse(await this.capacity.update(requestId, change, actor));
  }

  /** Ends it before its time; the record of it stays. */
  @Delete(':requestId')
  @SerializeOptions({ schema: administeredCapacitySchema })
  async end(
    @Param('requestId', { schema: capacityRequestIdSchema }) requestId: string,
    @CurrentActor() actor: Actor,
  ): Promise<AdministeredCapacityResponse> {
    return toAdministeredCapacityResponse(await this.capacity.end(requestId, actor));
  }
}
