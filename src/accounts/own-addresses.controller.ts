import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { CurrentActor, Requires } from '../common/access/access.decorators.js';
import { type Actor } from '../common/access/actor.js';
import { AddressesService } from '../users/addresses/addresses.service.js';
import {
  addressIdSchema,
  emailAddressListSchema,
  type EmailAddressResponse,
  emailAddressSchema,
  newAddressSchema,
  type Outcome,
  outcomeSchema,
  toEmailAddressResponse,
} from './accounts.schemas.js';

/** The e-mail addresses of the caller's own account. */
@Controller('api/v1/account/addresses')
@Requires('account.manage')
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class OwnAddressesController {
  constructor(private readonly addresses: AddressesService) {}

  @Get()
  @SerializeOptions({ schema: emailAddressListSchema })
  async list(@CurrentActor() { userId }: Actor): Promise<{ addresses: EmailAddressResponse[] }> {
    return { addresses: (await this.addresses.list(userId)).map(toEmailAddressResponse) };
  }

  @Post()
  @SerializeOptions({ schema: emailAddressSchema })
  async add(
    @Body({ schema: newAddressSchema }) { email, currentPassword }: z.infer<typeof newAddressSchema>,
    @CurrentActor() { userId }: Actor,
  ): Promise<EmailAddressResponse> {
    return toEmailAddressResponse(await this.addresses.add(userId, email, currentPassword));
  }

  @Post(':addressId/verification')
  @HttpCode(202)
  @SerializeOptions({ schema: outcomeSchema })
  async resend(
    @Param('addressId', { schema: addressIdSchema }) addressId: string,
    @CurrentActor() { userId }: Actor,
  ): Promise<Outcome> {
    await this.addresses.resend(userId, addressId);
    return { message: 'A mail was sent, unless the address is verified or got one within the last three minutes.' };
  }

  @Post(':addressId/primary')
  @HttpCode(200)
  @SerializeOptions({ schema: emailAddressSchema })
  async makePrimary(
    @Param('addressId', { schema: addressIdSchema }) addressId: string,
    @CurrentActor() { userId }: Actor,
  ): Promise<EmailAddressResponse> {
    return toEmailAddressResponse(await this.addresses.makePrimary(userId, addressId));
  }

  @Delete(':addressId')
  @SerializeOptions({ schema: outcomeSchema })
  async remove(
    @Param('addressId', { schema: addressIdSchema }) addressId: string,
    @CurrentActor() { userId }: Actor,
  ): Promise<Outcome> {
    await this.addresses.remove(userId, addressId);
    return { message: 'The address was removed.' };
  }
}
