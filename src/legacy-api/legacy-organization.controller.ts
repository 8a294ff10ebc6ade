import { Controller, Headers, Param, Patch, Put, UseGuards } from '@nestjs/common';
import { CapacityService } from '../capacity/capacity.service.js';
import { Access } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { Answers } from '../common/http/documented-answers.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { UsersService } from '../users/users.service.js';
import { DEVELOPER_GROUP, toActor } from '../users/users.types.js';
import { LegacyAccess, type LegacyClusterMember, type LegacyMember } from './legacy-access.js';
import { failed } from './legacy-answer.js';
import { failedSchema, memberAnswers, messageSchema } from './legacy-answers.schemas.js';
import { LegacyAcceptGuard } from './legacy-media-types.js';
import { assertDigits, shortened } from './legacy-numbers.js';
import { slashed } from './legacy-routes.js';

const CONFIGURE = memberAnswers({ 200: messageSchema });
const REMOVE_ALL = memberAnswers({ 200: messageSchema, 401: failedSchema });

/** What owners and developers who are members do by the old contract, sections 1.5 and 1.6. Bodies are ignored. */
@Controller('api')
@Access({ kind: 'legacy' })
@UseGuards(LegacyAcceptGuard)
export class LegacyOrganizationController {
  constructor(
    private readonly access: LegacyAccess,
    private readonly users: UsersService,
    private readonly organizations: OrganizationsService,
    private readonly capacity: CapacityService,
  ) {}

  @Put(slashed('org_config/:org/:min/:max'))
  @Answers(CONFIGURE)
  async configure(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
    @Param('min') min: string,
    @Param('max') max: string,
  ): Promise<unknown> {
    assertDigits(min, max);
    const member = await this.access.clusterMemberOfKnown(authorization, organization);
    const { organizationId, username, isActive } = member;
    if (!isActive) throw failed(400, `${username} is not an active member of ${organization}`);
    const actor = await this.administrator(member);
    const limits = limitsOf(member, min, max);
    await this.organizations.update(organizationId, limits, actor);
    const { minNodes, maxNodes } = limits;
    return {
      status: 'SUCCESS',
      msg: `updated min-max nodes for ${organization} ${username} to ${minNodes}-${maxNodes}`,
    };
  }

  @Patch(slashed('org_config/:org/:min/:max'))
  @Answers(CONFIGURE)
  configureByPatch(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
    @Param('min') min: string,
    @Param('max') max: string,
  ): Promise<unknown> {
    return this.configure(authorization, organization, min, max);
  }

  @Put(slashed('remove_all_org_num_nodes_reqs/:org'))
  @Answers(REMOVE_ALL)
  async removeAllPending(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
  ): Promise<unknown> {
    const member = await this.access.member(authorization, organization);
    const { organizationId, username, isActive } = member;
    if (!isActive) throw failed(401, `${username} is Not an Active Member of ${organization}`);
    await this.capacity.removeAllPending(organizationId, await this.administrator(member));
    return { status: 'SUCCESS', msg: `${username} cleaned all PENDING org node reqs for ${organization} ` };
  }

  @Patch(slashed('remove_all_org_num_nodes_reqs/:org'))
  @Answers(REMOVE_ALL)
  removeAllPendingByPatch(
    @Headers('authorization') authorization: string | undefined,
    @Param('org') organization: string,
  ): Promise<unknown> {
    return this.removeAllPending(authorization, organization);
  }

  /** Owners, and developers who are members; superusers and other staff are nobody special here (contract section 4). */
  private async administrator({ userId, username, isOwner, organizationName }: LegacyMember): Promise<Actor> {
    const user = await this.users.find(userId);
    if (!user || !(isOwner || user.groups.includes(DEVELOPER_GROUP)))
      throw failed(400, `${username} is not an admin of ${organizationName}`);
    return toActor(user);
  }
}

/** The maximum is checked first. The sentences are the old system's. */
function limitsOf(
  { adminMaxNodes }: LegacyClusterMember,
  min: string,
  max: string,
): { minNodes: number; maxNodes: number } {
  const [minNodes, maxNodes] = [Number(min), Number(max)];
  if (maxNodes === 0 || maxNodes > adminMaxNodes)
    throw failed(400, `INVALID max_nodes provided:${shortened(max)} must be > 0 and <= ${adminMaxNodes}`);
  if (minNodes > maxNodes) {
    throw failed(
      400,
      `INVALID min_nodes provided:${shortened(min)} must be >= 0 and <= max_node given (i.e. ${maxNodes}) and <= ${adminMaxNodes}`,
    );
  }
  return { minNodes, maxNodes };
}
