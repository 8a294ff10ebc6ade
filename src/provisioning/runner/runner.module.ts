import { Module } from '@nestjs/common';
import { LocalTarget } from '../targets/local.target.js';
import { TargetSynthesizer } from '../targets/target-synthesizer.js';
import { RunExecutor } from './run-executor.js';
import { TerraformBinary } from './terraform-binary.js';

/** Terraform on this machine. */
@Module({
  providers: [TerraformBinary, LocalTarget, TargetSynthesizer, RunExecutor],
  exports: [TerraformBinary, RunExecutor],
})
export class RunnerModule {}
