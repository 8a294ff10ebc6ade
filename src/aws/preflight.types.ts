import { type Denier } from './policy-simulation.types.js';

/** How long an answer of AWS counts that is no denial: policies change seldom, and it takes so many questions only so often. */
export const REMEMBERED_MS = 600_000;

/** What Terraform is to do with the resources of a configuration. */
export type Undertaking = 'build' | 'remove';

/** What IAM says of one action a configuration needs. */
export interface CheckedAction {
  action: string;
  /** Denied when it is on any resource; unknown when nothing is denied and something is not known. */
  verdict: 'allowed' | 'denied' | 'unknown';
  deniedBy: Denier | null;
  /** In words; empty when it is allowed. */
  why: string;
  /** Of what is needed, what has this verdict; ARNs or `*`. */
  resources: string[];
  /** Terraform addresses that need it. */
  addresses: string[];
}

/** A statement of an IAM policy. */
export interface MissingStatement {
  Effect: 'Allow';
  Action: string[];
  Resource: string[];
}

/** Whether whoever asks may do everything Terraform needs. */
export interface PreflightReport {
  account: string;
  /** Who was asked about. */
  principal: string;
  verdict: CheckedAction['verdict'];
  actions: CheckedAction[];
  /** Terraform's types of which nobody has written down what they need. */
  uncovered: string[];
  /** What a policy of the principal would have to say besides; empty when nothing of its own is missing. */
  missing: MissingStatement[];
}
