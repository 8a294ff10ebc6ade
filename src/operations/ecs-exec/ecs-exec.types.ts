/** `skip`: it does not apply here; `unknown`: it could not be looked at, `detail` says which permission lacks. */
export const CHECK_STATUSES = ['pass', 'warn', 'fail', 'skip', 'unknown'] as const;
export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** Where a shell is wanted. */
export interface ExecTarget {
  /** Name or ARN of the ECS cluster. */
  cluster: string;
  /** Name or ARN; null when a task is named. */
  service: string | null;
  /** Id or ARN; null to take the newest that runs. */
  task: string | null;
  container: string;
}

/** What is known of a target before names are looked up. */
export interface TargetOptions {
  domain?: string;
  cluster?: string;
  service?: string;
  task?: string;
  container?: string;
}

export interface CheckResult {
  /** Stable, for scripts: `exec.task.flag`. */
  id: string;
  status: CheckStatus;
  detail: string;
  /** What to do; null when there is nothing to do. */
  fix: string | null;
  /** What the result was made of, by name. No secret is in it. */
  evidence: Record<string, unknown>;
}

export interface ExecReport {
  target: ExecTarget & { region: string };
  checks: CheckResult[];
  summary: Record<CheckStatus, number>;
}

/** Who runs the checks: a person on a machine with a terminal, or the service itself for somebody else. */
export type ExecOrigin = 'operator' | 'service';

export interface RemoteCommand {
  command: string[];
  /** The user the command runs as; the container's own user is root in such sessions. */
  user: string;
  timeoutSeconds: number | null;
}

export interface PulledFile {
  remote: string;
  local: string;
  mayOverwrite: boolean;
}
