/** What a principal is to be asked about: every action on every resource of its list. */
export interface SimulationRequest {
  /** ARN of a user or role, or of a session of a role (`assumed-role`), as GetCallerIdentity tells it. */
  principalArn: string;
  /** Single concrete actions such as `ecs:ExecuteCommand`, never patterns; `*` for actions without a resource. */
  wanted: readonly { action: string; resources: readonly string[] }[];
  /** Values for the condition keys of policies. */
  context?: readonly ContextValue[];
}

export interface ContextValue {
  /** `aws:RequestedRegion` */
  key: string;
  type: 'string' | 'stringList' | 'boolean' | 'numeric' | 'date';
  values: readonly string[];
}

/** Which policy refuses: none of the principal allows it, its boundary, an organization's policy, or an explicit deny. */
export type Denier = 'identity' | 'boundary' | 'scp' | 'explicit';

/** What IAM says of one action on one resource. Policies of organizations on resources are never part of it. */
export interface SimulationOutcome {
  action: string;
  resource: string;
  verdict: 'allowed' | 'denied' | 'unknown';
  /** Only of what is denied. */
  deniedBy: Denier | null;
  /** Why it is denied or unknown, in words; empty when it is allowed. */
  why: string;
  /** Condition keys of policies that no value was given for. */
  missingContext: string[];
  /** The permission without which nothing can be said; null when that is not the reason. */
  missingPermission: string | null;
}
