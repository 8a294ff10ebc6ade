import { Module } from '@nestjs/common';
import { AwsLoginModule } from './aws-login/aws-login.module.js';
import { EcsExecModule } from './ecs-exec/ecs-exec.module.js';

/** What people who run an installation look after it with. */
@Module({ imports: [EcsExecModule, AwsLoginModule], exports: [EcsExecModule, AwsLoginModule] })
export class OperationsModule {}
