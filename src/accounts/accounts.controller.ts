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
import { Access } from '../common/access/access.decorators.js';
import { AddressVerificationService } from '../users/addresses/address-verification.service.js';
import { PasswordResetService } from '../users/passwords/password-reset.service.js';
import { RegistrationService } from '../users/registration.service.js';
import {
  addressSchema,
  type Outcome,
  outcomeSchema,
  passwordResetSchema,
  registrationSchema,
  tokenSchema,
  verifiedSchema,
} from './accounts.schemas.js';

/**
 * Accounts of people who are not logged in. Answers that would tell whether an address has an account are the same
 * either way; what differs is the mail.
 */
@Controller('api/v1/accounts')
@Access({ kind: 'public', reason: 'whoever needs these cannot log in yet' })
@UseInterceptors(StandardSchemaSerializerInterceptor)
export class AccountsController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly verification: AddressVerificationService,
    private readonly passwordReset: PasswordResetService,
  ) {}

  @Post()
  @HttpCode(202)
  @SerializeOptions({ schema: outcomeSchema })
  async register(@Body({ schema: registrationSchema }) input: z.infer<typeof registrationSchema>): Promise<Outcome> {
    await this.registration.register(input);
    return { message: 'A mail was sent to this address. Follow the link in it, then log in.' };
  }

  @Post('verify-email')
  @HttpCode(200)
  @SerializeOptions({ schema: verifiedSchema })
  async verify(
    @Body({ schema: tokenSchema }) { token }: z.infer<typeof tokenSchema>,
  ): Promise<z.infer<typeof verifiedSchema>> {
    return { email: await this.verification.verify(token) };
  }

  @Post('verify-email/resend')
  @HttpCode(202)
  @SerializeOptions({ schema: outcomeSchema })
  async resend(@Body({ schema: addressSchema }) { email }: z.infer<typeof addressSchema>): Promise<Outcome> {
    await this.verification.resend(email);
    return { message: 'If an account waits for this address to be verified, a mail was sent to it.' };
  }

  @Post('password-reset')
  @HttpCode(202)
  @SerializeOptions({ schema: outcomeSchema })
  async requestReset(@Body({ schema: addressSchema }) { email }: z.infer<typeof addressSchema>): Promise<Outcome> {
    await this.passwordReset.request(email);
    return { message: 'A mail was sent to this address, unless it got one within the last three minutes.' };
  }

  @Post('password-reset/confirm')
  @HttpCode(200)
  @SerializeOptions({ schema: outcomeSchema })
  async confirmReset(
    @Body({ schema: passwordResetSchema }) { token, newPassword }: z.infer<typeof passwordResetSchema>,
  ): Promise<Outcome> {
    await this.passwordReset.confirm(token, newPassword);
    return { message: 'The password was set, and every session of the account has ended. Log in with the new one.' };
  }
}
