import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { AwsClients } from './aws-clients.service.js';
import { AwsInventoryService } from './aws-inventory.service.js';
import { AwsMachinesService } from './aws-machines.service.js';
import { AwsPreflightService } from './aws-preflight.service.js';
import { AwsSecretsService } from './aws-secrets.service.js';
import { CallerIdentityService } from './caller-identity.service.js';
import { DryRunService } from './dry-run.service.js';
import { PolicySimulatorService } from './policy-simulator.service.js';

const SERVICES = [
  AwsClients,
  AwsInventoryService,
  AwsMachinesService,
  AwsPreflightService,
  AwsSecretsService,
  CallerIdentityService,
  DryRunService,
  PolicySimulatorService,
];

/** What AWS itself says, asked through its SDK. */
@Module({
  imports: [CredentialsModule],
  providers: SERVICES,
  exports: SERVICES,
})
export class AwsModule {}
