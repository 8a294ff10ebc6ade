import { type PlannedChange, type RunKind } from '../provisioning.types.js';

/** Types whose instances come and go with the wanted size of a cluster; removing some of them is what was asked for. */
const SIZE_TYPES = new Set([
  'terraform_data.node',
  'aws_autoscaling_group.sliderule-cluster',
  'aws_launch_template.sliderule_template',
]);
/** Rewritten by every new version of a file; nothing is lost by it. */
const HARMLESS_TYPES = new Set(['aws_s3_object', 'aws_route53_record', 'aws_iam_role_policy_attachment']);
const REMOVING = new Set(['delete', 'replace', 'remove']);
/** Terraform's reason for replacing what it could not bring up, or could not hear of whether it did. */
const NEVER_CAME_UP = 'tainted';
const NAMED = 5;

/**
 * Why a person has to agree before the plan is applied, or null. An update is asked for by people who want more or fewer
 * nodes; they do not expect it to take away the machines everybody works through, as a new machine image would. What
 * never came up, and what this very run took over, nobody has ever worked through.
 */
export function approvalReason(
  kind: RunKind,
  changes: readonly PlannedChange[],
  takenOver: readonly string[] = [],
): string | null {
  if (kind !== 'update') return null;
  const lost = changes.filter(
    ({ action, address, type, reason }) =>
      REMOVING.has(action) &&
      reason !== NEVER_CAME_UP &&
      !HARMLESS_TYPES.has(type) &&
      !SIZE_TYPES.has(withoutIndex(address)) &&
      !takenOver.includes(address),
  );
  if (lost.length === 0) return null;
  const named = lost.slice(0, NAMED).map(({ address, action }) => `${address} (${action})`);
  const more = lost.length > NAMED ? ` and ${lost.length - NAMED} more` : '';
  return `The plan removes or replaces ${named.join(', ')}${more}, which interrupts a running cluster.`;
}

function withoutIndex(address: string): string {
  return address.replace(/\[[^\]]*\]$/, '');
}
