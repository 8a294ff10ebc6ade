import { z } from 'zod';
import { StateNotAdoptableError } from '../provisioning.errors.js';
import { type StateSummary } from '../provisioning.types.js';
import { type StateSnapshot } from '../runner/run-journal.js';
import { InvalidStateError, summariseState } from './state-file.js';

/** What proves that the state is one of the old system's clusters (contract: outputs of a cluster). */
const HANDSHAKE = 'sliderule';

const detailsSchema = z.object({
  terraform_version: z.string().default('unknown'),
  serial: z.number(),
  lineage: z.string(),
});

/** A state of the old system that was checked. */
export interface AdoptableState {
  snapshot: StateSnapshot;
  summary: StateSummary;
  terraformVersion: string;
  clusterName: string;
  /** What the autoscaling group is to have. */
  nodes: number;
}

/** Checks format, handshake and whose cluster it is. Throws {@link StateNotAdoptableError} with all problems. */
export function readAdoptableState(content: Buffer, source: string, organization: string): AdoptableState {
  const { summary, details } = parse(content, source);
  const problems: string[] = [];
  const { prov_sys_handshake: handshake, cluster_name: clusterName } = summary.outputs;
  if (handshake !== HANDSHAKE)
    problems.push(`Its output prov_sys_handshake is not "${HANDSHAKE}", so no deployed cluster is in it.`);
  if (clusterName !== organization)
    problems.push(`Its output cluster_name is ${JSON.stringify(clusterName)}, so it belongs to another organization.`);
  const nodes = summary.groupCapacity;
  if (nodes === undefined) problems.push('It has no desired_capacity of aws_autoscaling_group.sliderule-cluster.');
  if (problems.length > 0 || nodes === undefined) throw new StateNotAdoptableError(problems);
  const { serial, lineage, terraform_version: terraformVersion } = details;
  return { snapshot: { serial, lineage, content }, summary, terraformVersion, clusterName: organization, nodes };
}

function parse(content: Buffer, source: string): { summary: StateSummary; details: z.infer<typeof detailsSchema> } {
  try {
    // The serial and lineage given here are not looked at.
    const summary = summariseState({ content, lineage: '', serial: 0 }, source);
    return { summary, details: detailsSchema.parse(JSON.parse(content.toString('utf8'))) };
  } catch (error) {
    if (error instanceof InvalidStateError) throw new StateNotAdoptableError([error.message]);
    if (error instanceof z.ZodError) throw new StateNotAdoptableError([z.prettifyError(error)]);
    throw error;
  }
}
