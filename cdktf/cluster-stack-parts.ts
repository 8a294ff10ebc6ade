import { TerraformOutput, type TerraformStack } from 'cdktf';
import { type ClusterOutputs } from './cluster-outputs.js';
import { keepStateIn, requireTerraform } from './stack-parts.js';

/** OpenTofu counts by its own versions, so the lower of the two the service needs. */
const REQUIRED_TERRAFORM = '>= 1.7.0';

/** What the runner expects of every cluster's stack: the state beside the configuration, and a Terraform that is new enough. */
export function prepareStack(stack: TerraformStack): void {
  keepStateIn(stack, null);
  requireTerraform(stack, REQUIRED_TERRAFORM);
}

export function addClusterOutputs(stack: TerraformStack, outputs: ClusterOutputs): void {
  for (const [name, value] of Object.entries(outputs))
    new TerraformOutput(stack, name, { value: value as string, staticId: true });
}
