import { spawnSync } from 'node:child_process';
import { describeWhere } from './describe-where.js';

const PRODUCTS = ['terraform', 'tofu'];

/**
 * Terraform or OpenTofu on the PATH, or null. Tests that need it are skipped with this reason on a machine without; with
 * CI_REQUIRE_TERRAFORM set, a machine without fails.
 */
export function findTerraform(): string | null {
  const found = PRODUCTS.find(answersVersion) ?? null;
  if (found === null && process.env.CI_REQUIRE_TERRAFORM) {
    throw new Error('CI_REQUIRE_TERRAFORM is set, but neither terraform nor tofu is on the PATH. Install one of them.');
  }
  return found;
}

function answersVersion(name: string): boolean {
  const environment = { PATH: process.env.PATH, CHECKPOINT_DISABLE: '1' };
  return spawnSync(name, ['version'], { stdio: 'ignore', env: environment }).status === 0;
}

/** `describe` on a machine with Terraform; elsewhere the block is reported as skipped, with the reason in its name. */
export const describeWithTerraform = describeWhere(
  findTerraform() !== null,
  'neither terraform nor tofu is on the PATH',
);
