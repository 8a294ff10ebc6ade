import { type CheckResult, type CheckStatus, type ExecReport } from '../ecs-exec.types.js';
import { type ExecSnapshot } from '../snapshot.js';
import { auditChecks } from './audit.checks.js';
import { callerChecks } from './caller.checks.js';
import { type Check } from './check.js';
import { clientChecks } from './client.checks.js';
import { containerChecks } from './container.checks.js';
import { definitionChecks } from './definition.checks.js';
import { networkChecks } from './network.checks.js';
import { roleChecks } from './role.checks.js';
import { serviceChecks } from './service.checks.js';
import { taskChecks } from './task.checks.js';

/** Every check, in the order of the report. */
export const ALL_CHECKS: readonly Check[] = [
  ...clientChecks,
  ...serviceChecks,
  ...taskChecks,
  ...containerChecks,
  ...definitionChecks,
  ...roleChecks,
  ...callerChecks,
  ...auditChecks,
  ...networkChecks,
];

/** Those before a session: without what they look at it cannot open. They need no rights in IAM, EC2 and elsewhere. */
export const QUICK_CHECKS: readonly string[] = [
  'exec.client.plugin',
  'exec.client.region',
  'exec.client.identity',
  'exec.cluster',
  'exec.task.pick',
  'exec.task.status',
  'exec.task.flag',
  'exec.container.exists',
  'exec.container.agent',
];

/** Runs those with these ids, or all. */
export function report(snapshot: ExecSnapshot, ids: readonly string[] | null = null): ExecReport {
  const checks = ALL_CHECKS.filter(({ id }) => ids === null || ids.includes(id)).map(({ id, run }): CheckResult => ({
    id,
    ...run(snapshot),
  }));
  return { target: { ...snapshot.target, region: snapshot.region }, checks, summary: summaryOf(checks) };
}

function summaryOf(checks: readonly CheckResult[]): Record<CheckStatus, number> {
  const summary = { pass: 0, warn: 0, fail: 0, skip: 0, unknown: 0 };
  for (const { status } of checks) summary[status] += 1;
  return summary;
}
