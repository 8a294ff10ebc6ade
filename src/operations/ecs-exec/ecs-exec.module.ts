import { Module } from '@nestjs/common';
import { AwsModule } from '../../aws/aws.module.js';
import { CredentialsModule } from '../../credentials/credentials.module.js';
import { EcsExecCheckService } from './ecs-exec-check.service.js';

/** Looking into the service's containers on ECS; asks AWS and needs no database. */
@Module({
  imports: [AwsModule, CredentialsModule],
  providers: [EcsExecCheckService],
  exports: [EcsExecCheckService],
})
export class EcsExecModule {}
