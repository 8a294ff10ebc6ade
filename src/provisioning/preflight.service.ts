import { Injectable } from '@nestjs/common';
import { type PreflightReport } from '../aws/preflight.types.js';
import { type RunInputs } from './provisioning.types.js';
import { TargetSynthesizer } from './targets/target-synthesizer.js';

const STACK_FILE = 'cdk.tf.json';

/** Whether the service may build a cluster, found out without building it. */
@Injectable()
export class PreflightService {
  constructor(private readonly targets: TargetSynthesizer) {}

  /** Null for targets that ask nobody for permission. Throws what the making of the configuration throws, and AwsUnavailableError. */
  async check(inputs: RunInputs, organizationId: string): Promise<PreflightReport | null> {
    const { files } = await this.targets.synthesise(inputs, organizationId);
    return this.targets.preflight(inputs, files[STACK_FILE] ?? '{}', 'build');
  }
}
