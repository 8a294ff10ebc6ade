import { type DatabaseUrl } from '../database-url.js';
import { readBothCatalogs, readDeclaration } from './declared-schema.js';
import { describeDifference } from './describe-difference.js';
import { diffCatalogs } from './diff-catalogs.js';

/** What the database lacks of, or has beside, what `declaration` says, in sentences; nothing when they agree. */
export async function compareWithDeclaration(
  url: DatabaseUrl,
  declaration: string = readDeclaration(),
): Promise<string[]> {
  const { declared, actual } = await readBothCatalogs(url, declaration);
  return diffCatalogs(declared, actual).map(describeDifference);
}
