import { LocalBackend, TerraformOutput, type TerraformStack } from 'cdktf';
import { type ClusterOutputs } from './cluster-outputs.js';

/** OpenTofu counts by its own versions, so the lower of the two the service needs. */
const REQUIRED_TERRAFORM = '>= 1.7.0';

/** What the runner expects of every stack: the state beside the configuration, and a Terraform that is new enough. */
export function prepareStack(stack: TerraformStack): void {
  new LocalBackend(stack, { path: 'terraform.tfstate' });
  stack.addOverride('terraform.required_version', REQUIRED_TERRAFORM);
}

export function addClusterOutputs(stack: TerraformStack, outputs: ClusterOutputs): void {
  for (const [name, value] of Object.entries(outputs))
    new TerraformOutput(stack, name, { value: value as string, staticId: true });
}
