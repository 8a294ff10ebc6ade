import { Module } from '@nestjs/common';
import { AwsCredentialsService } from './aws-credentials.service.js';
import { MfaSessionService } from './mfa-session.service.js';

@Module({
  providers: [AwsCredentialsService, MfaSessionService],
  exports: [AwsCredentialsService, MfaSessionService],
})
export class CredentialsModule {}
