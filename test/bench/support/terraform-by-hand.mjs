import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { terraformEnvironment } from '../../../dist/src/provisioning/runner/terraform-environment.js';

const SHOWN_OUTPUT_CHARACTERS = 2_000;

/** Terraform as a person would run it who has the service's directory layout and environment. */
export class TerraformByHand {
  /** `workdir` is a RunWorkdir that was created; `environment` is what the target adds to Terraform's. */
  constructor(workdir, binary, environment = {}) {
    this.workdir = workdir;
    this.binary = binary;
    this.environment = terraformEnvironment(workdir, binary, environment);
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
