import { Module } from '@nestjs/common';
import { AwsModule } from '../aws/aws.module.js';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { EcsExecCheckService } from './ecs-exec/ecs-exec-check.service.js';

/** What people who run an installation look after it with. */
@Module({
  imports: [AwsModule, CredentialsModule],
  providers: [EcsExecCheckService],
  exports: [EcsExecCheckService],
})
export class OperationsModule {}
