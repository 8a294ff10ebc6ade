import { createHash, randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorMessage, hasErrorCode } from '../../../common/errors/domain-error.js';
import { PulledFileError } from '../ecs-exec.errors.js';
import { type PulledFile } from '../ecs-exec.types.js';

/** Before anything is done that would be for nothing. Throws {@link PulledFileError}. */
export function checkPlace({ local, mayOverwrite }: PulledFile): void {
  if (!existsSync(dirname(local))) throw new PulledFileError(`There is no directory ${dirname(local)}. Make it first.`);
  if (!mayOverwrite && existsSync(local)) throw taken(local);
}

/** The file out of what `printFile` printed: a checksum, then base64. Throws {@link PulledFileError} when they differ. */
export function contentOf(printed: Buffer, remote: string): Buffer {
  const text = printed.toString('latin1');
  const [, sum, encoded = ''] = /^([0-9a-f]{64})\s+-?\s*\n([\s\S]*)$/.exec(text) ?? [];
  const content = Buffer.from(encoded, 'base64');
  const own = createHash('sha256').update(content).digest('hex');
  if (sum === own) return content;
  throw new PulledFileError(
    `What arrived of ${remote} is not what the container has (checksums ${sum ?? 'none'} and ${own}). Nothing was written; try again.`,
  );
}

/** Written beside and put into place as a whole, for the owner only. Throws {@link PulledFileError}. */
export async function writePulled({ local, mayOverwrite }: PulledFile, content: Buffer): Promise<void> {
  const beside = join(dirname(local), `.${randomUUID()}.part`);
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (mayOverwrite) await rename(beside, local);
    else await link(beside, local);
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) throw taken(local);
    throw new PulledFileError(`${local} cannot be written (${errorMessage(error)}).`, { cause: error });
  } finally {
    await rm(beside, { force: true });
  }
}

function taken(local: string): PulledFileError {
  return new PulledFileError(`${local} is there already. Name another file, or give --force to replace it.`);
}
