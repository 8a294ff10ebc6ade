import { type SimulationOutcome } from '../policy-simulation.types.js';
import { type CheckedAction, type MissingStatement } from '../preflight.types.js';
import { type NeededAction } from './needed-actions.js';

const ORDER: CheckedAction['verdict'][] = ['denied', 'unknown', 'allowed'];

/** What is needed, with what IAM said of it. */
export function checkedActions(
  needed: readonly NeededAction[],
  outcomes: readonly SimulationOutcome[],
): CheckedAction[] {
  return needed.map(({ action, addresses }) => {
    const own = outcomes.filter((outcome) => outcome.action === action);
    const verdict = worst(own.map((outcome) => outcome.verdict));
    const telling = own.filter((outcome) => outcome.verdict === verdict);
    return {
      action,
      verdict,
      deniedBy: telling[0]?.deniedBy ?? null,
      why: telling[0]?.why ?? '',
      resources: telling.map(({ resource }) => resource),
      addresses,
    };
  });
}

/** Of several verdicts the one that counts. */
export function worst(verdicts: readonly CheckedAction['verdict'][]): CheckedAction['verdict'] {
  return ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'unknown';
}

/**
 * Statements that would allow what is denied, one for all actions on the same resources. What an organization, a boundary or
 * an explicit deny forbids, no policy of the principal can allow.
 */
export function missingStatements(actions: readonly CheckedAction[]): MissingStatement[] {
  const byResources = new Map<string, MissingStatement>();
  for (const { action, verdict, deniedBy, resources } of actions) {
    if (verdict !== 'denied' || deniedBy !== 'identity') continue;
    const key = resources.join(' ');
    const statement = byResources.get(key) ?? { Effect: 'Allow', Action: [], Resource: [...resources] };
    statement.Action.push(action);
    byResources.set(key, statement);
  }
  return [...byResources.values()];
}
