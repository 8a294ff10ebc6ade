import { accessSync, constants } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** The executable the service would find. Throws when there is none. */
export function findTerraform() {
  const found = lookForTerraform();
  if (found === null) throw new Error('Neither terraform nor tofu is on the PATH; this benchmark needs one of them.');
  return found;
}

/** As {@link findTerraform}; null when there is none. */
export function lookForTerraform() {
  const directories = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  const candidates = ['terraform', 'tofu'].flatMap((name) => directories.map((directory) => resolve(directory, name)));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
