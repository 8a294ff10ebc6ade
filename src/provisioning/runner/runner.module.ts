import { Module } from '@nestjs/common';
import { AwsModule } from '../../aws/aws.module.js';
import { CredentialsModule } from '../../credentials/credentials.module.js';
import { OrphanSearch } from '../orphans/orphan-search.js';
import { OrphansRepository } from '../orphans/orphans.repository.js';
import { AdoptedContentsRepository } from '../targets/adopted-contents.repository.js';
import { AwsTarget } from '../targets/aws.target.js';
import { LocalTarget } from '../targets/local.target.js';
import { TargetSynthesizer } from '../targets/target-synthesizer.js';
import { RunExecutor } from './run-executor.js';
import { TerraformBinary } from './terraform-binary.js';

/** Terraform on this machine. */
@Module({
  imports: [AwsModule, CredentialsModule],
  providers: [
    TerraformBinary,
    AdoptedContentsRepository,
    OrphansRepository,
    OrphanSearch,
    LocalTarget,
    AwsTarget,
    TargetSynthesizer,
    RunExecutor,
  ],
  exports: [TerraformBinary, RunExecutor],
})
export class RunnerModule {}
