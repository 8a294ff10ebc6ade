import { BUCKET_PREFIX, type BucketLocation } from '../catalogue.types.js';
import { type BucketObjects } from './bucket-layout.js';
import { readDirectory } from './directory-source.js';
import { readS3 } from './s3-source.js';

/** Throws BucketLayoutUnreadableError when nothing can be read there. */
export function readBucket(location: BucketLocation): Promise<BucketObjects> {
  return 'directory' in location ? readDirectory(location.directory, BUCKET_PREFIX) : readS3(location);
}

/** For people. */
export function describeLocation(location: BucketLocation): string {
  return 'directory' in location
    ? `directory ${location.directory}`
    : `s3://${location.bucket}/${location.prefix} (${location.region})`;
}
