import { accessSync, constants } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { hasErrorCode } from '../errors/domain-error.js';

/** The first executable of that name in the directories of a PATH; null when there is none. */
export function findProgram(name: string, executablePath: string): string | null {
  const directories = executablePath.split(delimiter).filter((directory) => directory !== '');
  return directories.map((directory) => resolve(directory, name)).find(isExecutable) ?? null;
}

/** Whether this process may run the file. Throws for a path that cannot even be looked at. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].some((code) => hasErrorCode(error, code))) return false;
    throw error;
  }
}
