import {
  Body,
  Controller,
  HttpCode,
  Post,
  Req,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type z } from 'zod';
import { Access } from '../common/access/access.decorators.js';
import {
  addressSchema,
  type Outcome,
  outcomeSchema,
  passwordResetSchema,
  registrationSchema,
  tokenSchema,
  verifiedSchema,
} from './accounts.schemas.js';
import { AnonymousAccountsService } from './anonymous-accounts.service.js';

interface Client {
  ip: string;
}

/**
 * Accounts of people who are not logged in. Answers that would tell whether an address has an account are the same
 * either way; what differs is the mail.
 */
@Controller('api/v1/accounts')
@Access({ kind: 'public', reason: 'whoever needs these cannot log in yet' })
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AccountsController {
  constructor(private readonly accounts: AnonymousAccountsService) {}

  @Post()
  @HttpCode(202)
  @SerializeOptions({ schema: outcomeSchema })
  async register(
    @Body({ schema: registrationSchema }) input: z.infer<typeof registrationSchema>,
    @Req() { ip }: Client,
  ): Promise<Outcome> {
    await this.accounts.register(input, ip);
    return { message: 'A mail was sent to this address. Follow the link in it, then log in.' };
  }

  @Post('verify-email')
  @HttpCode(200)
  @SerializeOptions({ schema: verifiedSchema })
  async verify(
    @Body({ schema: tokenSchema }) { token }: z.infer<typeof tokenSchema>,
    @Req() { ip }: Client,
  ): Promise<z.infer<typeof verifiedSchema>> {
    return this.accounts.verify(token, ip);
  }

  @Post('verify-email/resend')
  @HttpCode(202)
  @SerializeOptions({ schema: outcomeSchema })
  async resend(
    @Body({ schema: addressSchema }) { email }: z.infer<typeof addressSchema>,
    @Req() { ip }: Client,
  ): Promise<Outcome> {
    await this.accounts.resendVerification(email, ip);
    return { message: 'If an account waits for this address to be verified, a mail was sent to it.' };
  }

  @Post('password-reset')
  @HttpCode(202)
  @SerializeOptions({ schema: outcomeSchema })
  async requestReset(
    @Body({ schema: addressSchema }) { email }: z.infer<typeof addressSchema>,
    @Req() { ip }: Client,
  ): Promise<Outcome> {
    await this.accounts.requestReset(email, ip);
    return { message: 'A mail was sent to this address, unless it got one within the last three minutes.' };
  }

  @Post('password-reset/confirm')
  @HttpCode(200)
  @SerializeOptions({ schema: outcomeSchema })
  async confirmReset(
    @Body({ schema: passwordResetSchema }) { token, newPassword }: z.infer<typeof passwordResetSchema>,
    @Req() { ip }: Client,
  ): Promise<Outcome> {
    await this.accounts.confirmReset(token, newPassword, ip);
    return {
      message:
        'The password was set, and every session and personal access token of the account has ended. Log in with the new one.',
    };
  }
}
