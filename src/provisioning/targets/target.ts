import { DomainError } from '../../common/errors/domain-error.js';
import { type RunInputs } from '../provisioning.types.js';

/** A cluster as Terraform configuration. */
export interface SynthesisedStack {
  /** Text by path, relative to the working directory. */
  files: Record<string, string>;
  /** Values of Terraform variables; written to a private file, never to arguments. */
  variables: Record<string, unknown>;
  /** What the target's providers need besides the allow-list, such as a region. */
  environment: Record<string, string>;
  /** Values that must not appear in any log. */
  secrets: string[];
}

/** Where clusters are built. */
export interface Target {
  preload(): Promise<void>;
  /** The organization is whose cluster it is: what else is stored of it. */
  synthesise(inputs: RunInputs, organizationId: string): Promise<SynthesisedStack>;
}

export class TargetUnavailableError extends DomainError {
  readonly code = 'targets.unavailable';
  readonly kind = 'unavailable';

  constructor(target: string, next: string) {
    super(`Clusters cannot be built on the target "${target}" by this installation. ${next}`);
  }
}
