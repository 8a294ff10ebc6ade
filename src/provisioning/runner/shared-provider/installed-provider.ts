import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../../../common/errors/domain-error.js';
import { LOCK_FILE, type RunWorkdir } from '../run-workdir.js';

const ENTRY = /^provider "([^"]+)" \{\n\s*version\s*=\s*"([^"]+)"/gm;

/** A provider that `terraform init` has put in place. */
export interface InstalledProvider {
  /** Host, namespace and type, such as `registry.terraform.io/hashicorp/aws`. */
  source: string;
  /** The path of its executable. */
  binary: string;
}

/** The only provider the configuration in this directory needs; null when it needs none or several, or has not got it. */
export function onlyInstalledProvider(workdir: RunWorkdir): InstalledProvider | null {
  const [entry, ...more] = [...(workdir.readIfThere(LOCK_FILE) ?? '').matchAll(ENTRY)];
  const [, source, version] = entry ?? [];
  if (source === undefined || version === undefined || more.length > 0) return null;
  const binary = executableIn(join(workdir.directory, '.terraform', 'providers', source, version), source);
  return binary === null ? null : { source, binary };
}

/** One level below is the platform; a link, where the provider comes from a mirror. */
function executableIn(versionDirectory: string, source: string): string | null {
  const name = `terraform-provider-${source.slice(source.lastIndexOf('/') + 1)}`;
  for (const platform of entriesOf(versionDirectory)) {
    const directory = join(versionDirectory, platform);
    const found = entriesOf(directory).find((entry) => entry === name || entry.startsWith(`${name}_`));
    if (found !== undefined) return join(directory, found);
  }
  return null;
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}
