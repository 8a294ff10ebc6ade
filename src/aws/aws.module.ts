import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { AwsClients } from './aws-clients.service.js';
import { AwsInventoryService } from './aws-inventory.service.js';
import { AwsMachinesService } from './aws-machines.service.js';
import { CallerIdentityService } from './caller-identity.service.js';
import { PolicySimulatorService } from './policy-simulator.service.js';

/** What AWS itself says, asked through its SDK. */
@Module({
  imports: [CredentialsModule],
  providers: [AwsClients, AwsInventoryService, AwsMachinesService, CallerIdentityService, PolicySimulatorService],
  exports: [AwsClients, AwsInventoryService, AwsMachinesService, CallerIdentityService, PolicySimulatorService],
})
export class AwsModule {}
