import { type SimulationOutcome } from '../../../aws/policy-simulation.types.js';
import { type Input } from '../snapshot.js';
import { fail, type Finding, given, pass, unknown } from './check.js';

/** Those of the outcomes that are about one of these actions, by what IAM says. */
export interface Rights {
  allowed: SimulationOutcome[];
  denied: SimulationOutcome[];
  unknown: SimulationOutcome[];
}

export function rightsOf(outcomes: readonly SimulationOutcome[], actions: readonly string[]): Rights {
  const own = outcomes.filter(({ action }) => actions.includes(action));
  const by = (verdict: SimulationOutcome['verdict']): SimulationOutcome[] =>
    own.filter((one) => one.verdict === verdict);
  return { allowed: by('allowed'), denied: by('denied'), unknown: by('unknown') };
}

/** All of these actions have to be allowed: `fail` for one that is denied, `unknown` where IAM does not tell. */
export function mustBeAllowed(input: Input<SimulationOutcome[]>, actions: readonly string[], who: string): Finding {
  return given<[SimulationOutcome[]]>([input], (outcomes) => {
    const { denied, unknown: unclear, allowed } = rightsOf(outcomes, actions);
    const evidence = { decisions: [...denied, ...unclear, ...allowed].map(described) };
    const [first] = denied;
    if (first) {
      const where = first.deniedBy === 'scp' ? 'Ask the administrators of the organization to allow' : `Allow ${who}`;
      return fail(
        `${capital(who)} may not do ${listed(denied)}: ${first.why}.`,
        `${where} ${listed(denied)} on ${[...new Set(denied.map(({ resource }) => resource))].join(', ')}.`,
        evidence,
      );
    }
    if (unclear.length > 0 || allowed.length === 0) return notSaid(unclear, who, evidence);
    return pass(`${capital(who)} may do ${listed(allowed)}.`, evidence);
  });
}

/** IAM did not say. */
export function notSaid(unclear: SimulationOutcome[], who: string, evidence: Record<string, unknown> = {}): Finding {
  const [first] = unclear;
  const permission = first?.missingPermission ?? null;
  const fix = permission === null ? null : `Ask whoever administers the account for ${permission}.`;
  const what = first ? `whether ${who} may do ${listed(unclear)}: ${first.why}` : `what ${who} may do`;
  return unknown(`It is not known ${what}.`, fix, { ...evidence, ...(permission === null ? {} : { permission }) });
}

export function described({ action, resource, verdict, deniedBy, missingContext }: SimulationOutcome) {
  return {
    ...{ action, resource, verdict },
    ...(deniedBy === null ? {} : { deniedBy }),
    ...(missingContext.length === 0 ? {} : { missingContext }),
  };
}

function listed(outcomes: readonly SimulationOutcome[]): string {
  return [...new Set(outcomes.map(({ action }) => action))].join(', ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
