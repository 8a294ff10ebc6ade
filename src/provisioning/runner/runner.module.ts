import { Module } from '@nestjs/common';
import { OrphanSearch } from '../orphans/orphan-search.js';
import { TargetsModule } from '../targets/targets.module.js';
import { RunExecutor } from './run-executor.js';
import { TerraformBinary } from './terraform-binary.js';

/** Terraform on this machine. */
@Module({
  imports: [TargetsModule],
  providers: [TerraformBinary, OrphanSearch, RunExecutor],
  exports: [TerraformBinary, RunExecutor],
})
export class RunnerModule {}
