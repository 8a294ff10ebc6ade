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
import { OrganizationLifecycleService } from '../clusters/organization-lifecycle.service.js';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { type BulkResult, bulkResultSchema, doToEach } from '../common/paging/bulk.js';
import { organizationIdsSchema } from './admin-organizations.schemas.js';

type Ids = z.infer<typeof organizationIdsSchema>;

/** Several organizations at once; each is answered for itself. */
@Controller('admin/organizations')
@Requires('organizations.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AdminOrganizationsBulkController {
  constructor(private readonly lifecycle: OrganizationLifecycleService) {}

  /** No run starts for them until it is taken back; requests for nodes are still stored. */
  @Post('suspend-provisioning')
  @HttpCode(200)
  @SerializeOptions({ schema: bulkResultSchema })
  suspend(@Body({ schema: organizationIdsSchema }) { ids }: Ids, @CurrentActor() actor: Actor): Promise<BulkResult> {
    return doToEach(ids, (id) => this.lifecycle.updateAny(id, { provisioningSuspended: true }, actor));
  }

  @Post('resume-provisioning')
  @HttpCode(200)
  @SerializeOptions({ schema: bulkResultSchema })
  resume(@Body({ schema: organizationIdsSchema }) { ids }: Ids, @CurrentActor() actor: Actor): Promise<BulkResult> {
    return doToEach(ids, (id) => this.lifecycle.updateAny(id, { provisioningSuspended: false }, actor));
  }
}
