import { Module } from '@nestjs/common';
import { TerraformBinary } from './runner/terraform-binary.js';
import { StackRunnerService } from './stack-runner.service.js';

/** Terraform on stacks that are no clusters; needs no database. */
@Module({ providers: [TerraformBinary, StackRunnerService], exports: [StackRunnerService] })
export class StackRunnerModule {}
