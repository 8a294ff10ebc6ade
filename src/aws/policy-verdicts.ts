import { type EvaluationResult, type ResourceSpecificResult } from '@aws-sdk/client-iam';
import { type Denier, type SimulationOutcome } from './policy-simulation.types.js';

const REASONS: Record<Denier, string> = {
  identity: 'no policy of the principal allows it',
  boundary: 'the permissions boundary of the principal does not allow it',
  scp: "a policy of the organization (SCP) does not allow it, whatever the principal's own policies say",
  explicit: 'a policy denies it explicitly',
};

/**
 * One outcome per resource. Since 2026 the top of a result is the most restrictive decision of all resources; the
 * decision of each is below it, and only where nothing is there the top is the decision.
 */
export function outcomesOf(result: EvaluationResult, resources: readonly string[]): SimulationOutcome[] {
  const action = result.EvalActionName ?? '';
  return resources.map((resource) => {
    const own = result.ResourceSpecificResults?.find(({ EvalResourceName }) => EvalResourceName === resource);
    return outcome(action, resource, result, own);
  });
}

/** Nothing can be said of this. */
export function unknownOutcome(
  action: string,
  resource: string,
  why: string,
  missingPermission: string | null,
): SimulationOutcome {
  return { action, resource, verdict: 'unknown', deniedBy: null, why, missingContext: [], missingPermission };
}

/** The same denial, by this. */
export function deniedBy(denied: SimulationOutcome, denier: Denier): SimulationOutcome {
  return { ...denied, deniedBy: denier, why: REASONS[denier] };
}

function outcome(
  action: string,
  resource: string,
  result: EvaluationResult,
  own: ResourceSpecificResult | undefined,
): SimulationOutcome {
  const decision = own?.EvalResourceDecision ?? result.EvalDecision;
  const missingContext = own?.MissingContextValues ?? result.MissingContextValues ?? [];
  const common = { action, resource, missingContext, missingPermission: null };
  if (decision === 'allowed') return { ...common, verdict: 'allowed', deniedBy: null, why: '' };
  const denier = denierOf(result, own);
  // A condition nobody could evaluate may be what allows it; what an organization forbids has no conditions to see.
  if (missingContext.length > 0 && denier !== 'scp') {
    const why = `policies have conditions on ${missingContext.join(', ')}, whose values are not known here`;
    return { ...common, verdict: 'unknown', deniedBy: null, why };
  }
  return deniedBy({ ...common, verdict: 'denied', deniedBy: denier, why: '' }, denier);
}

function denierOf(result: EvaluationResult, own: ResourceSpecificResult | undefined): Denier {
  if (result.OrganizationsDecisionDetail?.AllowedByOrganizations === false) return 'scp';
  const boundary = own?.PermissionsBoundaryDecisionDetail ?? result.PermissionsBoundaryDecisionDetail;
  if (boundary?.AllowedByPermissionsBoundary === false) return 'boundary';
  return (own?.EvalResourceDecision ?? result.EvalDecision) === 'explicitDeny' ? 'explicit' : 'identity';
}
