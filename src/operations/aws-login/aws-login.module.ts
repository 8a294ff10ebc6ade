import { Module } from '@nestjs/common';
import { CredentialsModule } from '../../credentials/credentials.module.js';
import { ThrottlingModule } from '../../throttling/throttling.module.js';
import { AwsLoginService } from './aws-login.service.js';

/** Sessions of AWS for staff, over HTTP. */
@Module({
  imports: [CredentialsModule, ThrottlingModule],
  providers: [AwsLoginService],
  exports: [AwsLoginService],
})
export class AwsLoginModule {}
