/** The `engines` of package.json; a test compares the two. */
const OLDEST: readonly [major: number, minor: number] = [20, 19];

/**
 * Ends the process with one clear line on a Node that is too old. Entry points import everything else after it: what an
 * old Node lacks fails while modules are linked, before any of them can say why.
 */
export function requireSupportedNode(version: string = process.versions.node): void {
  const complaint = unsupportedReason(version);
  if (complaint === null) return;
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}

/** Null for a version that is new enough. */
export function unsupportedReason(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return null;
  return `ps-server needs Node ${oldestMajor}.${oldestMinor} or newer, and this is ${version}. Install a newer one from https://nodejs.org and try again.`;
}
