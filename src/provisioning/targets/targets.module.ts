import { Module } from '@nestjs/common';
import { AwsModule } from '../../aws/aws.module.js';
import { CredentialsModule } from '../../credentials/credentials.module.js';
import { AdoptedContentsRepository } from './adopted-contents.repository.js';
import { AwsTarget } from './aws.target.js';
import { LocalTarget } from './local.target.js';
import { TargetSynthesizer } from './target-synthesizer.js';

/** Where clusters are built, and of what. */
@Module({
  imports: [AwsModule, CredentialsModule],
  providers: [AdoptedContentsRepository, LocalTarget, AwsTarget, TargetSynthesizer],
  exports: [TargetSynthesizer],
})
export class TargetsModule {}
