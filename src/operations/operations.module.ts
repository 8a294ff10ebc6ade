import { Module } from '@nestjs/common';
import { AwsModule } from '../aws/aws.module.js';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { AwsLoginService } from './aws-login/aws-login.service.js';
import { EcsExecCheckService } from './ecs-exec/ecs-exec-check.service.js';

/** What people who run an installation look after it with. */
@Module({
  imports: [AwsModule, CredentialsModule, ThrottlingModule],
  providers: [EcsExecCheckService, AwsLoginService],
  exports: [EcsExecCheckService, AwsLoginService],
})
export class OperationsModule {}
