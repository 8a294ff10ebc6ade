import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Req,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../../common/access/access.decorators.js';
import { type Actor } from '../../common/access/actor.js';
import { JoiningService } from '../joining.service.js';
import { OwnMembershipsService } from '../own-memberships.service.js';
import {
  joinSchema,
  organizationNameSchema,
  ownMembershipListSchema,
  type OwnMembershipResponse,
  ownMembershipSchema,
  toOwnMembershipResponse,
} from './membership.schemas.js';

/** The caller's own memberships. */
@Controller('api/v1')
@Requires('memberships.request')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class OwnMembershipsController {
  constructor(
    private readonly memberships: OwnMembershipsService,
    private readonly joining: JoiningService,
  ) {}

  @Get('memberships')
  @SerializeOptions({ schema: ownMembershipListSchema })
  async list(@CurrentActor() { userId }: Actor): Promise<{ memberships: OwnMembershipResponse[] }> {
    return { memberships: (await this.memberships.list(userId)).map(toOwnMembershipResponse) };
  }

  @Post('memberships/join')
  @HttpCode(200)
  @SerializeOptions({ schema: ownMembershipSchema })
  async join(
    @CurrentActor() actor: Actor,
    @Body({ schema: joinSchema }) { organization, passcode }: z.infer<typeof joinSchema>,
    @Req() { ip }: { ip: string },
  ): Promise<OwnMembershipResponse> {
    return toOwnMembershipResponse(await this.joining.join(organization, passcode, actor, ip));
  }

  /** Asking again answers the membership there is. */
  @Post('organizations/:organization/membership')
  @HttpCode(200)
  @SerializeOptions({ schema: ownMembershipSchema })
  async request(
    @CurrentActor() actor: Actor,
    @Param('organization', { schema: organizationNameSchema }) organization: string,
  ): Promise<OwnMembershipResponse> {
    return toOwnMembershipResponse(await this.memberships.request(organization, actor));
  }

  /** Answers the membership as it was. */
  @Delete('organizations/:organization/membership')
  @SerializeOptions({ schema: ownMembershipSchema })
  async leave(
    @CurrentActor() actor: Actor,
    @Param('organization', { schema: organizationNameSchema }) organization: string,
  ): Promise<OwnMembershipResponse> {
    return toOwnMembershipResponse(await this.memberships.leave(organization, actor));
  }
}
