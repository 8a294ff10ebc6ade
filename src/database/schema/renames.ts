import { type Catalog } from './catalog.types.js';
import { diffCatalogs } from './diff-catalogs.js';
import { type Difference, type DifferenceOf } from './difference.types.js';
import { type Answers, type Choice, type Question, QUIT } from './question.types.js';

export type Rename = DifferenceOf<'rename table'> | DifferenceOf<'rename column'>;

const NOT_RENAMED: Choice = { name: 'new', meaning: 'it has nothing to do with what is gone' };

/** Tables that came while others went. */
export function tableQuestions(declared: Catalog, actual: Catalog): Question[] {
  const differences = diffCatalogs(declared, actual);
  const gone = tablesOf(differences, 'drop table');
  return tablesOf(differences, 'add table').flatMap((name) =>
    gone.length === 0 ? [] : [ask(`rename ${name}`, `The table ${name} is new. Which one that is gone was it?`, gone)],
  );
}

/** Columns that came while others of the same type went from the same table. */
export function columnQuestions(declared: Catalog, actual: Catalog): Question[] {
  const differences = diffCatalogs(declared, actual);
  const gone = differences.filter((one): one is DifferenceOf<'drop column'> => one.kind === 'drop column');
  return differences.flatMap((difference) => {
    if (difference.kind !== 'add column') return [];
    const { table, column } = difference;
    const names = gone
      .filter((other) => other.table === table && other.column.type === column.type)
      .map((other) => other.column.name);
    const text = `The column ${table}.${column.name} is new. Which one of the same type that is gone was it?`;
    return names.length === 0 ? [] : [ask(`rename ${table}.${column.name}`, text, names)];
  });
}

/** Renames that were answered so far. */
export function answeredRenames(questions: readonly Question[], answers: Answers): Rename[] {
  return questions.flatMap(({ id }): Rename[] => {
    const answer = answers.get(id);
    if (answer?.choice !== 'renamed') return [];
    const [table = '', column] = id.slice('rename '.length).split('.');
    return column === undefined
      ? [{ kind: 'rename table', from: answer.argument, to: table }]
      : [{ kind: 'rename column', table, from: answer.argument, to: column }];
  });
}

/** The actual schema as it is once something has its new name, which Postgres writes wherever the old one was. */
export function applyRename(actual: Catalog, rename: Rename): Catalog {
  const isTable = rename.kind === 'rename table';
  const table = isTable ? rename.from : rename.table;
  const word = new RegExp(String.raw`(?<![\w"'])${escape(rename.from)}(?![\w"'])`, 'g');
  const renamed = (text: string): string => text.replace(word, rename.to);
  const isAbout = ({ table: owner, definition }: { table: string; definition: string }): boolean =>
    owner === table || new RegExp(String.raw`\b${escape(table)}\b`).test(definition);
  const object = <T extends { table: string; name: string; definition: string }>(one: T): T => {
    const named = isTable && one.table === table ? { ...one, table: rename.to } : one;
    return isAbout(one) ? { ...named, definition: renamed(one.definition) } : named;
  };
  const target = (text: string): string =>
    isTable
      ? text.replace(new RegExp(String.raw`^(TABLE |COLUMN |.* ON )${escape(table)}(?=\.|$)`), `$1${rename.to}`)
      : text.replace(`COLUMN ${table}.${rename.from}`, `COLUMN ${table}.${rename.to}`);
  return {
    ...actual,
    tables: actual.tables.map((one) => {
      if (one.name !== table) return one;
      if (isTable) return { ...one, name: rename.to };
      const columns = one.columns.map((column) => ({
        ...column,
        name: column.name === rename.from ? rename.to : column.name,
        generated: column.generated === null ? null : renamed(column.generated),
      }));
      return { ...one, columns };
    }),
    constraints: actual.constraints.map(object),
    indexes: actual.indexes.map(object),
    triggers: actual.triggers.map(object),
    sequences: actual.sequences.map((sequence) => ({ ...sequence, owner: ownerAfter(sequence.owner, rename) })),
    comments: actual.comments.map((comment) => ({ ...comment, target: target(comment.target) })),
  };
}

function ownerAfter<Owner extends { table: string; column: string } | null>(owner: Owner, rename: Rename): Owner {
  if (owner === null) return owner;
  if (rename.kind === 'rename table') return owner.table === rename.from ? { ...owner, table: rename.to } : owner;
  const isIt = owner.table === rename.table && owner.column === rename.from;
  return isIt ? { ...owner, column: rename.to } : owner;
}

function tablesOf(differences: readonly Difference[], kind: 'add table' | 'drop table'): string[] {
  return differences.flatMap((one) => (one.kind === kind ? [(one as DifferenceOf<'add table'>).whole.table.name] : []));
}

function ask(id: string, text: string, gone: readonly string[]): Question {
  const meaning = 'it keeps what it holds under its new name';
  const renamed = { name: 'renamed', argument: gone.join(' or '), oneOf: gone, meaning };
  return { id, text, choices: [renamed, NOT_RENAMED, QUIT] };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
