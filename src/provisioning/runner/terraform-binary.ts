import { execFile } from 'node:child_process';
import { basename, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { errorMessage } from '../../common/errors/domain-error.js';
import { findProgram, isExecutable } from '../../common/programs/find-program.js';
import { isAtLeast } from '../../common/programs/version.js';
import { AppConfig } from '../../config/app-config.js';

const run = promisify(execFile);
const PRODUCTS = ['terraform', 'tofu'];
/** The first versions whose `init` knows `-json`. */
const OLDEST = { terraform: '1.9.0', tofu: '1.7.0' };
const versionSchema = z.object({ terraform_version: z.string() });

export type TerraformAvailability =
  { available: true; path: string; version: string } | { available: false; reason: string };

/** The Terraform or OpenTofu executable of this installation. */
@Injectable()
export class TerraformBinary {
  private found: Promise<TerraformAvailability> | null = null;

  constructor(private readonly config: AppConfig) {}

  /** Looks once; an executable that was missing is looked for again, so that installing it needs no restart. */
  async availability(): Promise<TerraformAvailability> {
    const answer = await (this.found ??= this.look());
    if (!answer.available) this.found = null;
    return answer;
  }

  private async look(): Promise<TerraformAvailability> {
    const path = this.locate();
    if (path === null) return { available: false, reason: this.missingReason() };
    try {
      const { stdout } = await run(path, ['version', '-json'], { env: { CHECKPOINT_DISABLE: '1' }, timeout: 20_000 });
      const { terraform_version: version } = versionSchema.parse(JSON.parse(stdout));
      const oldest = basename(path).startsWith('tofu') ? OLDEST.tofu : OLDEST.terraform;
      if (!isAtLeast(version, oldest))
        return { available: false, reason: `${path} is version ${version}; clusters need ${oldest} or newer.` };
      return { available: true, path, version };
    } catch (error) {
      return { available: false, reason: `${path} does not answer "version -json": ${errorMessage(error)}` };
    }
  }

  private locate(): string | null {
    const configured = this.config.env.PS_TERRAFORM_BINARY;
    if (configured) return isExecutable(resolve(configured)) ? resolve(configured) : null;
    for (const name of PRODUCTS) {
      const found = findProgram(name, this.config.executablePath);
      if (found !== null) return found;
    }
    return null;
  }

  private missingReason(): string {
    const configured = this.config.env.PS_TERRAFORM_BINARY;
    return configured
      ? `PS_TERRAFORM_BINARY is ${configured}, which is no executable file. Clusters cannot be changed until it is.`
      : 'Neither terraform nor tofu is on the PATH. Install Terraform (https://developer.hashicorp.com/terraform/install) or set PS_TERRAFORM_BINARY; clusters cannot be changed until then.';
  }
}
