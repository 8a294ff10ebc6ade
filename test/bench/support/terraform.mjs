import { accessSync, constants } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** The executable the service would find. Throws when there is none: this benchmark is about Terraform. */
export function findTerraform() {
  const directories = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  const candidates = ['terraform', 'tofu'].flatMap((name) => directories.map((directory) => resolve(directory, name)));
  const found = candidates.find(isExecutable);
  if (!found) throw new Error('Neither terraform nor tofu is on the PATH; the benchmark "run" needs one of them.');
  return found;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
