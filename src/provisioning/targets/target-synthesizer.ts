import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/errors/domain-error.js';
import { type RunInputs } from '../provisioning.types.js';
import { LocalTarget } from './local.target.js';
import { type SynthesisedStack, type Target } from './target.js';

export class TargetUnavailableError extends DomainError {
  readonly code = 'targets.unavailable';
  readonly kind = 'unavailable';

  constructor(target: string) {
    super(
      `Clusters cannot be built on the target "${target}" by this installation. Set the organization's target to "local".`,
    );
  }
}

/** The one place that knows how each target's configuration is made; cdktf stays behind it. */
@Injectable()
export class TargetSynthesizer {
  private readonly targets: ReadonlyMap<string, Target>;

  constructor(local: LocalTarget) {
    this.targets = new Map([['local', local]]);
  }

  /** Loads what synthesis needs, so that the first run does not wait for it. */
  async preload(): Promise<void> {
    await Promise.all([...this.targets.values()].map((target) => target.preload()));
  }

  /** Throws {@link TargetUnavailableError} for a target this installation does not have. */
  async synthesise(inputs: RunInputs): Promise<SynthesisedStack> {
    const target = this.targets.get(inputs.target);
    if (!target) throw new TargetUnavailableError(inputs.target);
    return target.synthesise(inputs);
  }
}
