/** Names have at most 16 characters, so no number in one has more digits. */
const WIDTH = 16;
const NEWEST = 'latest';
const LAST = 'unstable';
/** No name has one of these; both come before everything a name may go on with. */
const PRERELEASE = ' ';
const END = '!';

/**
 * A text by which names of versions are ordered, newest release last: numbers in names count as numbers, so v4.9.4 comes
 * before v4.10.0; what follows a number as `-` and a letter makes it a pre-release, so v4.10.0-rc1 comes before v4.10.0;
 * after all of them comes `latest`, before all of them `unstable` (contract section 6.6, defect B32). Compared byte by byte.
 */
export function releaseKey(name: string): string {
  const rank = name === NEWEST ? '2' : name === LAST ? '0' : '1';
  const marked = name.replace(/([0-9])-(?=[A-Za-z])/g, `$1${PRERELEASE}`);
  return rank + marked.replace(/[0-9]+/g, (digits) => digits.padStart(WIDTH, '0')) + END;
}

/** The same as an expression over a column. It has to agree with {@link releaseKey}; a test compares them. */
export function releaseKeySql(column: string): string {
  const marked = `regexp_replace(${column}, '([0-9])-(?=[A-Za-z])', '\\1${PRERELEASE}', 'g')`;
  const padded = `regexp_replace(${marked}, '([0-9]+)', '${'0'.repeat(WIDTH)}\\1', 'g')`;
  const numbers = `regexp_replace(${padded}, '[0-9]*([0-9]{${WIDTH}})', '\\1', 'g')`;
  return `(CASE ${column} WHEN '${NEWEST}' THEN '2' WHEN '${LAST}' THEN '0' ELSE '1' END || ${numbers} || '${END}') COLLATE "C"`;
}

/** Newest first, for `sort`. Names that differ in leading zeros only are ordered as texts. */
export function byRelease(one: string, other: string): number {
  return compare(releaseKey(other), releaseKey(one)) || compare(other, one);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
