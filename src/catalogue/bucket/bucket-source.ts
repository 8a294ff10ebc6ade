import { type BucketObjects } from './bucket-layout.js';
import { readDirectory } from './directory-source.js';
import { readS3 } from './s3-source.js';

/** Where the old layout is read. */
export type BucketLocation = { directory: string } | { bucket: string; prefix: string; region: string };

/** In the bucket of the old system. */
export const DEFAULT_PREFIX = 'prov-sys/cluster_tf_versions/';

/** Throws BucketLayoutUnreadableError when nothing can be read there. */
export function readBucket(location: BucketLocation): Promise<BucketObjects> {
  return 'directory' in location ? readDirectory(location.directory, DEFAULT_PREFIX) : readS3(location);
}

/** For people. */
export function describeLocation(location: BucketLocation): string {
  return 'directory' in location
    ? `directory ${location.directory}`
    : `s3://${location.bucket}/${location.prefix} (${location.region})`;
}
