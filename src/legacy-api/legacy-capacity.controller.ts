import { Controller, Headers, HttpCode, Param, Patch, Post, Put, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { CapacityService } from '../capacity/capacity.service.js';
import { MAX_TTL_MINUTES, MIN_TTL_MINUTES, NodeCountOutOfRangeError } from '../capacity/capacity.errors.js';
import { type AcceptedCapacityRequest } from '../capacity/capacity.types.js';
import { Access } from '../common/access/access.decorators.js';
import { Clock } from '../common/clock/clock.js';
import { Answers } from '../common/http/documented-answers.js';
import { LegacyAccess, type LegacyClusterMember } from './legacy-access.js';
import { failed, LegacyAnswer } from './legacy-answer.js';
import { activitySchema, failedSchema, memberAnswers, messageSchema } from './legacy-answers.schemas.js';
import { utcStamp } from './legacy-format.js';
import { LegacyAcceptGuard } from './legacy-media-types.js';
import { assertDigits, shortened } from './legacy-numbers.js';
import { slashed } from './legacy-routes.js';

const acceptedSchema = z.object({
  status: z.enum(['QUEUED', 'REDUNDANT']),
  msg: z.string(),
  error_msg: z.literal(''),
});
/** Endpoint 6 says why in `msg`, all others in `error_msg`. */
const notDeployableSchema = z.object({ status: z.literal('FAILED'), msg: z.string(), error_msg: z.literal('') });

const UNTIL_TOKEN_EXPIRES = memberAnswers({ 200: z.union([acceptedSchema, activitySchema]), 503: notDeployableSchema });
const REMOVE_PENDING = memberAnswers({ 200: z.union([messageSchema, activitySchema]) });

/** Requests for nodes by the old contract, section 1.5. Bodies are ignored, whatever they are. */
@Controller('api')
@Access({ kind: 'legacy' })
@UseGuards(LegacyAcceptGuard)
export class LegacyCapacityController {
  constructor(
    private readonly access: LegacyAccess,
    private readonly capacity: CapacityService,
    private readonly clock: Clock,
  ) {}

  @Put(slashed('desired_org_num_nodes/:org/:nodes'))
  @Answers(UNTIL_TOKEN_EXPIRES)
  async untilTokenExpires(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
    @Param('nodes') nodes: string,
  ): Promise<unknown> {
    assertDigits(nodes);
    const member = await this.access.clusterMember(authorization, organization);
    if (!member.isActive) return { active: false };
    if (!member.isDeployed && !member.allowDeployByToken) {
      const msg = `Org ${organization} is not configured to allow auto-deploy by token`;
      throw new LegacyAnswer(503, { status: 'FAILED', msg, error_msg: '' });
    }
    return this.request(member, nodes, member.tokenExpiresAt);
  }

  @Patch(slashed('desired_org_num_nodes/:org/:nodes'))
  @Answers(UNTIL_TOKEN_EXPIRES)
  untilTokenExpiresByPatch(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
    @Param('nodes') nodes: string,
  ): Promise<unknown> {
    return this.untilTokenExpires(authorization, organization, nodes);
  }

  @Post(slashed('desired_org_num_nodes_ttl/:org/:nodes/:ttl'))
  @HttpCode(200)
  @Answers(memberAnswers({ 200: acceptedSchema, 401: failedSchema, 503: failedSchema }))
  async forMinutes(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
    @Param('nodes') nodes: string,
    @Param('ttl') ttl: string,
  ): Promise<unknown> {
    assertDigits(nodes, ttl);
    const member = await this.access.clusterMember(authorization, organization);
    if (!member.isActive) throw failed(401, `${member.username} is Not an Active Member of ${organization}`);
    const minutes = Number(ttl);
    if (minutes < MIN_TTL_MINUTES || minutes > MAX_TTL_MINUTES) throw failed(400, TTL_MESSAGE);
    if (!member.isDeployed && !member.allowDeployByToken) {
      throw failed(
        503,
        `cluster for ${organization} is not deployed and is not configured to be deployed with this request (See admin for details)`,
      );
    }
    const expiresAt = new Date((this.clock.nowSeconds() + minutes * 60) * 1000);
    return this.request(member, nodes, expiresAt);
  }

  @Put(slashed('remove_user_org_num_nodes_reqs/:org'))
  @Answers(REMOVE_PENDING)
  async removePending(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
  ): Promise<unknown> {
    const member = await this.access.member(authorization, organization);
    if (!member.isActive) return { active: false };
    await this.capacity.removePending(member.organizationId, member.userId);
    return { status: 'SUCCESS', msg: `${member.username} cleaned all PENDING org node reqs for ${organization} ` };
  }

  @Patch(slashed('remove_user_org_num_nodes_reqs/:org'))
  @Answers(REMOVE_PENDING)
  removePendingByPatch(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
  ): Promise<unknown> {
    return this.removePending(authorization, organization);
  }

  private async request(member: LegacyClusterMember, nodes: string, expiresAt: Date): Promise<unknown> {
    const { organizationId, userId } = member;
    try {
      const accepted = await this.capacity.request({ organizationId, userId, nodeCount: Number(nodes), expiresAt });
      return {
        status: accepted.isNew ? 'QUEUED' : 'REDUNDANT',
        msg: describe(member, accepted),
        error_msg: '',
      };
    } catch (error) {
      if (error instanceof NodeCountOutOfRangeError)
        throw failed(400, new NodeCountOutOfRangeError(shortened(nodes)).message);
      throw error;
    }
  }
}

/** The sentence of the old system, its stray parenthesis included: clients show it. */
const TTL_MESSAGE = `TTL mins must be greater than or equal to ${MIN_TTL_MINUTES} and less than or equal to ${MAX_TTL_MINUTES} (i.e. (12.0 hrs)`;

function describe(member: LegacyClusterMember, { request, isNew }: AcceptedCapacityRequest): string {
  const { organizationName: organization, username, isDeployed } = member;
  const what = `org:${organization} user:${username} nodes:${request.nodeCount} id:${request.id} expires:${utcStamp(request.expiresAt)}`;
  const verb = isDeployed ? 'Updating' : 'Deploying';
  return isNew
    ? `${verb} ${organization} cluster. Created new entry for ${what}; created and queued capacity request`
    : `${verb} ${organization} cluster. An entry already exists for ${what}`;
}
