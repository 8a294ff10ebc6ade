import { DomainError } from '../../common/errors/domain-error.js';
import { type CloudResource } from '../../aws/aws.types.js';
import { type PreflightReport, type Undertaking } from '../../aws/preflight.types.js';
import { type StackResource } from '../orphans/stack-resources.js';
import { type RunInputs } from '../provisioning.types.js';

/** A cluster as Terraform configuration. */
export interface SynthesisedStack {
  /** Text by path, relative to the working directory. */
  files: Record<string, string>;
  /** Text of the lock file that says which providers, with which hashes, init may take; null: whatever it finds. */
  lockFile: string | null;
  /** Values of Terraform variables; written to a private file, never to arguments. */
  variables: Record<string, unknown>;
  /** What the target's providers need besides the allow-list, such as a region. */
  environment: Record<string, string>;
  /** Values that must not appear in any log. */
  secrets: string[];
}

/** What exists; of `listedTypes` nothing else does. */
export interface Existing {
  resources: CloudResource[];
  listedTypes: readonly string[];
}

/** Where clusters are built. */
export interface Target {
  preload(): Promise<void>;
  /**
   * What exists of the cluster, whether a state knows it or not, and of which types that is all. `missing` is what the state lacks of the configuration:
   * some of it can only be found by name. Throws DomainError when the target does not tell.
   */
  existing(inputs: RunInputs, missing: readonly StackResource[]): Promise<Existing>;
  /** The organization is whose cluster it is: what else is stored of it. */
  synthesise(inputs: RunInputs, organizationId: string): Promise<SynthesisedStack>;
  /**
   * Whether the service may do what this configuration (the text of `cdk.tf.json`) takes; null when nobody has to be
   * asked, or the target does not ask. Throws as {@link existing}.
   */
  preflight(configuration: string, undertaking: Undertaking): Promise<PreflightReport | null>;
  /** What the target says of parts of the cluster that did not come up, each as a text. Throws as {@link existing}. */
  diagnose(inputs: RunInputs): Promise<string[]>;
}

export class TargetUnavailableError extends DomainError {
  readonly code = 'targets.unavailable';
  readonly kind = 'unavailable';

  constructor(target: string, next: string) {
    super(`Clusters cannot be built on the target "${target}" by this installation. ${next}`);
  }
}
