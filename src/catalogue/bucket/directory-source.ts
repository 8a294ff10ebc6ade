import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorMessage, hasErrorCode } from '../../common/errors/domain-error.js';
import { BucketLayoutUnreadableError } from '../catalogue.errors.js';
import { type BucketObjects, type FileContent, isPermissionFile } from './bucket-layout.js';

/** Reads a copy of the folder, or of the whole bucket with the folder `prefix` in it. */
export async function readDirectory(directory: string, prefix: string): Promise<BucketObjects> {
  const inner = path.join(directory, prefix);
  const root = (await isDirectory(inner)) ? inner : directory;
  if (!(await isDirectory(root)))
    throw new BucketLayoutUnreadableError(
      `${directory} is no directory. Copy the folder first, for example with: aws s3 cp --recursive s3://BUCKET/${prefix} ${directory}`,
    );
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const keys = entries
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => {
      const key = path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/');
      return entry.isDirectory() ? `${key}/` : key;
    });
  const contents = new Map<string, FileContent>();
  for (const key of keys.filter(isPermissionFile)) contents.set(key, await content(path.join(root, key)));
  return { keys, contents };
}

async function content(file: string): Promise<FileContent> {
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    return { problem: errorMessage(error) };
  }
}

async function isDirectory(directory: string): Promise<boolean> {
  try {
    return (await stat(directory)).isDirectory();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}
