import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { terraformEnvironment } from '../../../dist/src/provisioning/runner/terraform-environment.js';

const SHOWN_OUTPUT_CHARACTERS = 2_000;
const COMMON = ['-json', '-input=false', '-no-color'];

/** Terraform as a person would run it who has the service's directory layout and environment. */
export class TerraformByHand {
  /** `workdir` is a RunWorkdir that was created; `environment` is what the target adds to Terraform's. */
  constructor(workdir, binary, environment = {}) {
    this.workdir = workdir;
    this.binary = binary;
    this.environment = terraformEnvironment(workdir, binary, environment);
  }

  /** Finds out anew what the lock file says of the provider: needed at first, and when its package is another. */
  async initAnew() {
    rmSync(join(this.workdir.directory, '.terraform.lock.hcl'), { force: true });
    await this.command('init');
  }

  /** As {@link command}, with the options the service gives to each. */
  asTheService(name, ...options) {
    return this.command(name, ...COMMON, ...options);
  }

  /** Both as the service calls them; milliseconds each took. */
  async planAndApply(...planOptions) {
    const plan = this.workdir.planFile;
    rmSync(plan, { force: true });
    const planMs = await this.asTheService('plan', `-out=${plan}`, ...planOptions);
    return { planMs, applyMs: await this.asTheService('apply', plan) };
  }

  /** Milliseconds the command took. Throws, with the end of its output, when it fails. */
  async command(...argv) {
    const log = join(this.workdir.directory, 'by-hand.log');
    const output = openSync(log, 'w');
    const startedAt = performance.now();
    const child = spawn(this.binary, argv, {
      cwd: this.workdir.directory,
      env: this.environment,
      stdio: ['ignore', output, output],
    });
    const [code] = await once(child, 'exit');
    const elapsedMs = performance.now() - startedAt;
    closeSync(output);
    if (code === 0) return elapsedMs;
    const shown = readFileSync(log, 'utf8').slice(-SHOWN_OUTPUT_CHARACTERS);
    throw new Error(`terraform ${argv.join(' ')} by hand ended with exit code ${code}:\n${shown}`);
  }
}
