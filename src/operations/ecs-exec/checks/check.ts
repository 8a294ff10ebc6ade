import { type CheckResult } from '../ecs-exec.types.js';
import { type ExecSnapshot, type Input } from '../snapshot.js';

export type Finding = Omit<CheckResult, 'id'>;

/** One rule over the snapshot; it asks nobody anything. */
export interface Check {
  id: string;
  run: (snapshot: ExecSnapshot) => Finding;
}

type Evidence = Record<string, unknown>;

export function pass(detail: string, evidence: Evidence = {}): Finding {
  return { status: 'pass', detail, fix: null, evidence };
}

export function skip(detail: string, evidence: Evidence = {}): Finding {
  return { status: 'skip', detail, fix: null, evidence };
}

export function warn(detail: string, fix: string, evidence: Evidence = {}): Finding {
  return { status: 'warn', detail, fix, evidence };
}

export function fail(detail: string, fix: string, evidence: Evidence = {}): Finding {
  return { status: 'fail', detail, fix, evidence };
}

export function unknown(detail: string, fix: string | null, evidence: Evidence = {}): Finding {
  return { status: 'unknown', detail, fix, evidence };
}

/** Applies the rule to what was read; `unknown`, with the permission that lacks, when something of it could not be read. */
export function given<T extends readonly unknown[]>(
  inputs: { [K in keyof T]: Input<T[K]> },
  rule: (...values: T) => Finding,
): Finding {
  const values: unknown[] = [];
  for (const input of inputs as readonly Input<unknown>[]) {
    if (!input.isRead) return notReadable(input);
    values.push(input.value);
  }
  return rule(...(values as unknown as T));
}

export function notReadable({ why, permission }: { why: string; permission: string | null }): Finding {
  if (permission === null) return unknown(why, null);
  return unknown(why, `Ask whoever administers the account for ${permission}.`, { permission });
}

export const NO_TASK = skip('There is no task to look at.');
