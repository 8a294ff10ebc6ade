import { readFile } from 'node:fs/promises';
import { errorMessage } from '../common/errors/domain-error.js';
import { type OldStateLocation } from './cluster-adoption.types.js';
import { OldStateUnreadableError } from './clusters.errors.js';

/** Reads the object or file. Throws {@link OldStateUnreadableError}. */
export async function readOldState(location: OldStateLocation): Promise<Buffer> {
  return 'file' in location ? readFromFile(location.file) : readFromBucket(location);
}

/** For people. */
export function describeOldState(location: OldStateLocation): string {
  return 'file' in location ? location.file : `s3://${location.bucket}/${location.key}`;
}

async function readFromFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new OldStateUnreadableError(`${file} cannot be read: ${errorMessage(error)}. Check the path.`);
  }
}

/** Credentials and another endpoint (`AWS_ENDPOINT_URL`) come from where the AWS SDK looks for them. */
async function readFromBucket({
  bucket,
  key,
  region,
}: {
  bucket: string;
  key: string;
  region: string;
}): Promise<Buffer> {
  // Loaded late: the SDK takes a quarter of a second that no other command should wait for.
  const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ region, forcePathStyle: true });
  try {
    const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from((await body?.transformToByteArray()) ?? []);
  } catch (error) {
    throw new OldStateUnreadableError(
      `s3://${bucket}/${key} cannot be read: ${errorMessage(error)}. Check bucket, key and region, and that the credentials of this shell may read the object.`,
    );
  } finally {
    client.destroy();
  }
}
