import { type S3Client } from '@aws-sdk/client-s3';
import { errorMessage } from '../../common/errors/domain-error.js';
import { BucketLayoutUnreadableError } from '../catalogue.errors.js';
import { type BucketObjects, type FileContent, isPermissionFile } from './bucket-layout.js';

/** As many as S3 gives at once. */
const PAGE_SIZE = 1000;

interface S3Location {
  bucket: string;
  prefix: string;
  region: string;
}

/**
 * Reads the bucket itself, page by page (the old system stopped after one, defect B32). Credentials and another endpoint
 * (`AWS_ENDPOINT_URL`) come from where the AWS SDK looks for them.
 */
export async function readS3(location: S3Location, pageSize = PAGE_SIZE): Promise<BucketObjects> {
  // Loaded late: the SDK takes a quarter of a second that no other command should wait for.
  const sdk = await import('@aws-sdk/client-s3');
  // Paths instead of host names work for every bucket, also where an endpoint has no host name per bucket.
  const client = new sdk.S3Client({ region: location.region, forcePathStyle: true });
  try {
    const keys = await list(sdk, client, location, pageSize);
    const contents = new Map<string, FileContent>();
    for (const key of keys.filter(isPermissionFile)) contents.set(key, await content(sdk, client, location, key));
    return { keys, contents };
  } finally {
    client.destroy();
  }
}

type Sdk = typeof import('@aws-sdk/client-s3');

async function list(sdk: Sdk, client: S3Client, { bucket, prefix }: S3Location, pageSize: number): Promise<string[]> {
  const keys: string[] = [];
  try {
    const pages = sdk.paginateListObjectsV2({ client, pageSize }, { Bucket: bucket, Prefix: prefix });
    for await (const { Contents: objects = [] } of pages)
      for (const { Key: key } of objects) if (key !== undefined) keys.push(key.slice(prefix.length));
  } catch (error) {
    throw new BucketLayoutUnreadableError(
      `s3://${bucket}/${prefix} cannot be listed: ${errorMessage(error)}. Check the names of bucket and region, and that the credentials of this shell may list the bucket.`,
      { cause: error },
    );
  }
  return keys;
}

async function content(sdk: Sdk, client: S3Client, location: S3Location, key: string): Promise<FileContent> {
  const command = new sdk.GetObjectCommand({ Bucket: location.bucket, Key: location.prefix + key });
  try {
    return { text: (await (await client.send(command)).Body?.transformToString()) ?? '' };
  } catch (error) {
    return { problem: errorMessage(error) };
  }
}
