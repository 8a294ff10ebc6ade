import { Module } from '@nestjs/common';
import { AwsCredentialsService } from './aws-credentials.service.js';

@Module({ providers: [AwsCredentialsService], exports: [AwsCredentialsService] })
export class CredentialsModule {}
