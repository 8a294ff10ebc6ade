import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type TerraformStack } from 'cdktf';

/**
 * The configuration of one stack as the text of `cdk.tf.json`. An App makes its output directory even if nothing is
 * written there, in the working directory unless it is told otherwise; that of a service may be read-only.
 */
export function stackText(define: (app: App) => TerraformStack): string {
  const outdir = mkdtempSync(join(tmpdir(), 'ps-server-cdktf-'));
  try {
    return JSON.stringify(define(new App({ skipValidation: true, outdir })).toTerraform(), null, 2);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
