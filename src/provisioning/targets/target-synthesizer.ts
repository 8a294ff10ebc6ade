import { Injectable } from '@nestjs/common';
import { type PreflightReport, type Undertaking } from '../../aws/preflight.types.js';
import { type StackResource } from '../orphans/stack-resources.js';
import { type RunInputs } from '../provisioning.types.js';
import { AwsTarget } from './aws.target.js';
import { LocalTarget } from './local.target.js';
import { type Existing, type SynthesisedStack, type Target, TargetUnavailableError } from './target.js';

/** The one place that knows how each target's configuration is made; cdktf stays behind it. */
@Injectable()
export class TargetSynthesizer {
  private readonly targets: ReadonlyMap<string, Target>;

  constructor(local: LocalTarget, aws: AwsTarget) {
    this.targets = new Map<string, Target>([
      ['local', local],
      ['aws', aws],
    ]);
  }

  /** Loads what synthesis needs, so that the first run does not wait for it. */
  async preload(): Promise<void> {
    await Promise.all([...this.targets.values()].map((target) => target.preload()));
  }

  /** Throws {@link TargetUnavailableError} for a target this installation does not have. */
  async synthesise(inputs: RunInputs, organizationId: string): Promise<SynthesisedStack> {
    return this.target(inputs).synthesise(inputs, organizationId);
  }

  /** As {@link Target.existing}. */
  async existing(inputs: RunInputs, missing: readonly StackResource[]): Promise<Existing> {
    return this.target(inputs).existing(inputs, missing);
  }

  /** As {@link Target.preflight}. */
  async preflight(inputs: RunInputs, configuration: string, undertaking: Undertaking): Promise<PreflightReport | null> {
    return this.target(inputs).preflight(configuration, undertaking);
  }

  /** As {@link Target.diagnose}. */
  async diagnose(inputs: RunInputs): Promise<string[]> {
    return this.target(inputs).diagnose(inputs);
  }

  private target({ target: name }: RunInputs): Target {
    const target = this.targets.get(name);
    if (!target) throw new TargetUnavailableError(name, 'There is no such target; choose "local" or "aws".');
    return target;
  }
}
