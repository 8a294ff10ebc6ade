import { Controller, Get, Headers, Param, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { LiveNodeCountService } from '../clusters/live-node-count.service.js';
import { Access } from '../common/access/access.decorators.js';
import { Answers } from '../common/http/documented-answers.js';
import { LegacyAccess } from './legacy-access.js';
import { AppConfig } from '../config/app-config.js';
import { failed, LegacyAnswer } from './legacy-answer.js';
import { activitySchema, failedSchema, memberAnswers, refusedTokenSchema } from './legacy-answers.schemas.js';
import { LegacyAcceptGuard } from './legacy-media-types.js';
import { slashed } from './legacy-routes.js';

const nodeCountsSchema = z.object({
  status: z.literal('SUCCESS'),
  min_nodes: z.number().int(),
  current_nodes: z.number().int(),
  max_nodes: z.number().int(),
  version: z.string().nullable().describe('null before the first deployment, empty after the cluster was taken down'),
  is_public: z.boolean(),
});
const addressSchema = z.object({ status: z.literal('SUCCESS'), ip_address: z.string() });

/** What the old contract lets clients ask, section 1.6. */
@Controller('api')
@Access({ kind: 'legacy' })
@UseGuards(LegacyAcceptGuard)
export class LegacyStatusController {
  constructor(
    private readonly access: LegacyAccess,
    private readonly liveNodes: LiveNodeCountService,
    private readonly config: AppConfig,
  ) {}

  /** Asked by clusters for every request they protect. */
  @Get(slashed('membership_status/:org'))
  @Answers(memberAnswers({ 200: activitySchema, 403: z.union([activitySchema, refusedTokenSchema]) }))
  async membershipStatus(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
  ): Promise<{ active: boolean }> {
    const { isActive } = await this.access.member(authorization, organization);
    // The old answer is 200 for everybody, which clusters that look at the status only take for a yes.
    if (!isActive && this.config.env.PS_LEGACY_STRICT_MEMBERSHIP) throw new LegacyAnswer(403, { active: false });
    return { active: isActive };
  }

  @Get(slashed('org_num_nodes/:org'))
  @Answers(memberAnswers({ 200: nodeCountsSchema }))
  async nodeCounts(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
  ): Promise<unknown> {
    const member = await this.access.clusterMemberOfKnown(authorization, organization);
    if (!member.isActive) throw failed(400, 'user is not an ACTIVE member?');
    return {
      status: 'SUCCESS',
      min_nodes: member.minNodes,
      current_nodes: member.isDeployed ? await this.liveNodes.current(member) : 0,
      max_nodes: member.maxNodes,
      version: member.clusterVersion,
      is_public: member.isPublic,
    };
  }

  @Get(slashed('org_ip_adr/:org'))
  @Answers(memberAnswers({ 200: z.union([addressSchema, activitySchema]), 503: failedSchema }))
  async address(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
  ): Promise<unknown> {
    const { isActive, isDeployed, address } = await this.access.clusterMember(authorization, organization);
    if (!isActive) return { active: false };
    if (!isDeployed || address === null) throw failed(503, `cluster for ${organization} is not deployed.`);
    return { status: 'SUCCESS', ip_address: address };
  }
}
