import { CLUSTER_VERSION_NAME, NODE_CONFIGURATION_NAME } from '../catalogue.types.js';
import { byRelease } from '../versions/release-order.js';

const PERMISSION_FILE = 'OrgsPermitted.json';
const OPTION = '.OPTION';
const OPTION_PREFIX = 'sliderule-asg-';
const NAME_RULE = 'letters, digits, ., _ and -, beginning with a letter or digit';

/** What a file says, or why it could not be read. */
export type FileContent = { text: string } | { problem: string };

/** What is below `prov-sys/cluster_tf_versions/` in the bucket of the old system; keys begin after that. */
export interface BucketObjects {
  /** All objects; a folder may have one of its own, whose key ends with a slash. */
  keys: readonly string[];
  /** Of those {@link isPermissionFile} names, by key. */
  contents: ReadonlyMap<string, FileContent>;
}

export interface BucketVersion {
  name: string;
  nodeConfigurations: string[];
  /** Names of the organizations that may choose it; null for everybody. */
  permittedOrganizations: string[] | null;
}

export interface BucketCatalogue {
  /** Newest first. */
  versions: BucketVersion[];
  /** What was left out, and why; one sentence each. */
  warnings: string[];
}

/** Whether the file says who may choose the version it lies in. */
export function isPermissionFile(key: string): boolean {
  const [, file, ...deeper] = key.split('/');
  return file === PERMISSION_FILE && deeper.length === 0;
}

/**
 * Reads the layout of the old system (contract section 6.6): each folder is a version, each file ending with `.OPTION` a
 * node configuration of it, and a version is for everybody unless it lists organizations. A version whose list cannot be
 * read is left out: nobody knows whom it is for.
 */
export function readBucketLayout({ keys, contents }: BucketObjects): BucketCatalogue {
  const warnings: string[] = [];
  const versions: BucketVersion[] = [];
  for (const [name, files] of folders(keys)) {
    const leaveOut = (why: string): void => {
      warnings.push(`Version ${JSON.stringify(name)} is left out: ${why}`);
    };
    if (!CLUSTER_VERSION_NAME.test(name)) {
      leaveOut(`its name is not made of 1 to 16 ${NAME_RULE}.`);
      continue;
    }
    const permitted = permittedOrganizations(contents.get(`${name}/${PERMISSION_FILE}`));
    if ('problem' in permitted) {
      leaveOut(`its ${PERMISSION_FILE} ${permitted.problem}.`);
      continue;
    }
    const nodeConfigurations = configurations(name, files, warnings);
    versions.push({ name, nodeConfigurations, permittedOrganizations: permitted.names });
  }
  return { versions: versions.sort((one, other) => byRelease(one.name, other.name)), warnings };
}

/** Keys of each folder directly below; an object beside the folders is none of them. */
function folders(keys: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const key of keys) {
    const end = key.indexOf('/');
    if (end <= 0) continue;
    const name = key.slice(0, end);
    const files = found.get(name) ?? [];
    files.push(key);
    found.set(name, files);
  }
  return found;
}

/** The name of a file up to its first dot, without what all of them begin with; also of files in deeper folders. */
function configurations(version: string, keys: readonly string[], warnings: string[]): string[] {
  const found = new Set<string>();
  for (const key of keys.filter((one) => one.endsWith(OPTION))) {
    const file = key.slice(key.lastIndexOf('/') + 1);
    const stem = file.slice(0, file.indexOf('.'));
    const name = stem.startsWith(OPTION_PREFIX) ? stem.slice(OPTION_PREFIX.length) : stem;
    if (NODE_CONFIGURATION_NAME.test(name)) found.add(name);
    else
      warnings.push(
        `Node configuration ${JSON.stringify(name)} of version ${version} is left out: its name is not made of 1 to 32 ${NAME_RULE}.`,
      );
  }
  return [...found].sort();
}

function permittedOrganizations(content: FileContent | undefined): { names: string[] | null } | { problem: string } {
  if (content === undefined) return { names: null };
  if ('problem' in content) return { problem: `cannot be read (${content.problem})` };
  let list: unknown;
  try {
    list = JSON.parse(content.text);
  } catch {
    return { problem: 'is no JSON' };
  }
  const isName = (name: unknown): name is string => typeof name === 'string';
  if (!Array.isArray(list) || !list.every(isName)) return { problem: 'is no list of names of organizations' };
  return { names: [...new Set(list)] };
}
