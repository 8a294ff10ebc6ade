import {
  Controller,
  Get,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { z } from 'zod';
import { ClusterVersionsService } from '../catalogue/cluster-versions.service.js';
import { CurrentOrganization, Requires } from '../common/access/access.decorators.js';
import { type OrganizationAccess } from '../common/access/actor.js';

const offeredVersionsSchema = z.object({
  versions: z
    .array(
      z.object({
        name: z.string(),
        description: z.string(),
        nodeConfigurations: z.array(z.string()).describe('besides the usual nodes, which are null'),
      }),
    )
    .describe('latest first, unstable last, the newest release first in between'),
});

/** What an organization's cluster may be built of. */
@Controller('api/v1/organizations')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class OfferedVersionsController {
  constructor(private readonly versions: ClusterVersionsService) {}

  @Get(':organization/cluster-versions')
  @Requires('organization.view')
  @SerializeOptions({ schema: offeredVersionsSchema })
  async list(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
  ): Promise<z.infer<typeof offeredVersionsSchema>> {
    return { versions: await this.versions.listOffered(organizationId) };
  }
}
