import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { AwsClients } from './aws-clients.js';
import { AwsInventoryService } from './aws-inventory.service.js';
import { AwsMachinesService } from './aws-machines.service.js';
import { AwsSecretsService } from './aws-secrets.service.js';

/** What AWS itself says, asked through its SDK. */
@Module({
  imports: [CredentialsModule],
  providers: [AwsClients, AwsInventoryService, AwsMachinesService, AwsSecretsService],
  exports: [AwsInventoryService, AwsMachinesService, AwsSecretsService],
})
export class AwsModule {}
