import { questionAbout } from './classify.js';
import { type BothCatalogs } from './declared-schema.js';
import { diffCatalogs } from './diff-catalogs.js';
import { type Difference } from './difference.types.js';
import { type Answers, type Question } from './question.types.js';
import { answeredRenames, applyRename, columnQuestions, tableQuestions } from './renames.js';

export interface Decisions {
  differences: Difference[];
  answers: Answers;
}

/** Answers all of some questions, or throws. */
export type Ask = (questions: readonly Question[]) => Promise<Answers>;

/**
 * What is to be done, with every question answered. Tables that were renamed come first, then columns: what follows is
 * asked about what is still different under the new names.
 */
export async function decide({ declared, actual }: BothCatalogs, ask: Ask): Promise<Decisions> {
  const ofTables = tableQuestions(declared, actual);
  const tables = answeredRenames(ofTables, await ask(ofTables));
  const withTables = tables.reduce(applyRename, actual);
  const ofColumns = columnQuestions(declared, withTables);
  const columns = answeredRenames(ofColumns, await ask(ofColumns));
  const differences = [...tables, ...columns, ...diffCatalogs(declared, columns.reduce(applyRename, withTables))];
  const answers = await ask(differences.flatMap((difference) => questionAbout(difference) ?? []));
  return { differences, answers };
}
