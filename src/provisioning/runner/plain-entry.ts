import { type RunLogEntry, type RunPhase } from '../provisioning.types.js';

/** A line of a run's log that is no event of Terraform. */
export function plainEntry(message: string, phase: RunPhase, level: RunLogEntry['level'], now: Date): RunLogEntry {
  return { occurredAt: now, phase, type: 'log', level, message, data: null };
}
