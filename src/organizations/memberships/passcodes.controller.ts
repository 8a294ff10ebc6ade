import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Post,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, CurrentOrganization, Requires } from '../../common/access/access.decorators.js';
import { type Actor, type OrganizationAccess } from '../../common/access/actor.js';
import { PasscodesService } from '../passcodes.service.js';
import {
  type CreatedPasscodeResponse,
  createdPasscodeSchema,
  type NewPasscodeInput,
  newPasscodeSchema,
  passcodeIdSchema,
  passcodeListQuerySchema,
  passcodeListSchema,
  type PasscodeResponse,
  passcodeSchema,
  toPasscodeResponse,
} from './passcode.schemas.js';

/** Passcodes that let people into an organization. */
@Controller('api/v1/organizations/:organization/passcodes')
@Requires('memberships.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class PasscodesController {
  constructor(private readonly passcodes: PasscodesService) {}

  @Get()
  @SerializeOptions({ schema: passcodeListSchema })
  async list(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
    @Query({ schema: passcodeListQuerySchema }) { limit }: z.infer<typeof passcodeListQuerySchema>,
  ): Promise<{ passcodes: PasscodeResponse[] }> {
    return { passcodes: (await this.passcodes.list(organizationId, limit)).map(toPasscodeResponse) };
  }

  @Post()
  @SerializeOptions({ schema: createdPasscodeSchema })
  async create(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
    @CurrentActor() actor: Actor,
    @Body({ schema: newPasscodeSchema }) { role, expiresAt, maxUses }: NewPasscodeInput,
  ): Promise<CreatedPasscodeResponse> {
    const input = { role, expiresAt: expiresAt === undefined ? null : new Date(expiresAt), maxUses: maxUses ?? null };
    const { code, passcode } = await this.passcodes.create(organizationId, input, actor);
    return { ...toPasscodeResponse(passcode), passcode: code };
  }

  /** Revokes it; members who came by it stay. */
  @Delete(':passcodeId')
  @SerializeOptions({ schema: passcodeSchema })
  async revoke(
    @CurrentOrganization() { organizationId }: OrganizationAccess,
    @CurrentActor() actor: Actor,
    @Param('passcodeId', { schema: passcodeIdSchema }) id: string,
  ): Promise<PasscodeResponse> {
    return toPasscodeResponse(await this.passcodes.revoke(organizationId, id, actor));
  }
}
