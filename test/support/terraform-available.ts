import { execFileSync } from 'node:child_process';

/** Terraform or OpenTofu on the PATH, or null. Tests that need it are skipped with this reason on a machine without. */
export function findTerraform(): string | null {
  for (const name of ['terraform', 'tofu']) {
    try {
      execFileSync(name, ['version'], { stdio: 'ignore', env: { PATH: process.env.PATH, CHECKPOINT_DISABLE: '1' } });
      return name;
    } catch (error) {
      if (process.env.CI_REQUIRE_TERRAFORM) throw error;
    }
  }
  return null;
}

/** `describe` on a machine with Terraform; elsewhere the block is reported as skipped, with the reason in its name. */
export const describeWithTerraform: (name: string, body: () => void) => void =
  findTerraform() === null
    ? (name, body) => {
        describe.skip(`${name} (skipped: neither terraform nor tofu is on the PATH)`, body);
      }
    : (name, body) => {
        describe(name, body);
      };
