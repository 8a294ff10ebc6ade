import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';

/** A bucket with versions, in which only one command at a time holds the state. */
export interface StateBucket {
  bucket: string;
  key: string;
  region: string;
}

/** Null: beside the configuration. */
export function keepStateIn(stack: TerraformStack, place: StateBucket | null): void {
  if (place === null) {
    new LocalBackend(stack, { path: 'terraform.tfstate' });
    return;
  }
  const { bucket, key, region } = place;
  new S3Backend(stack, { bucket, key, region, encrypt: true });
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
  // Names of buckets may have dots, which certificates of host names do not cover; all our other clients do so too.
  stack.addOverride('terraform.backend.s3.use_path_style', true);
}

export function requireTerraform(stack: TerraformStack, version: string): void {
  stack.addOverride('terraform.required_version', version);
}
