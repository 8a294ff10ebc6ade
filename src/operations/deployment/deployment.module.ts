import { Module } from '@nestjs/common';
import { AwsModule } from '../../aws/aws.module.js';
import { CredentialsModule } from '../../credentials/credentials.module.js';
import { StackRunnerModule } from '../../provisioning/stack-runner.module.js';
import { DeploymentSecretsService } from './deployment-secrets.service.js';
import { ServiceDeploymentService } from './service-deployment.service.js';

/** The service's own deployment; needs no database. */
@Module({
  imports: [AwsModule, CredentialsModule, StackRunnerModule],
  providers: [DeploymentSecretsService, ServiceDeploymentService],
  exports: [DeploymentSecretsService, ServiceDeploymentService],
})
export class DeploymentModule {}
