import { type Column, type Constraint } from './catalog.types.js';
import { type Difference, type DifferenceOf } from './difference.types.js';
import { type Choice, type Question, QUIT } from './question.types.js';
import { isWidening } from './widening.js';

/** What must be known before statements can be written for a difference; null for one that harms nothing. */
export function questionAbout(difference: Difference): Question | null {
  switch (difference.kind) {
    case 'add column':
      return addColumn(difference);
    case 'set not null':
      return setNotNull(difference);
    case 'change type':
      return changeType(difference);
    case 'compute column':
      return computeColumn(difference);
    case 'change enum':
      return changeEnum(difference);
    case 'add constraint':
      return difference.isTableNew ? null : addConstraint(difference.constraint);
    case 'change constraint':
      return changeConstraint(difference.to);
    case 'drop constraint':
      return difference.isTableNew ? null : dropProtection('constraint', difference.constraint);
    case 'add index':
      return difference.index.isUnique ? unique(`unique-index ${difference.index.name}`, difference.index.table) : null;
    case 'change index':
      return difference.to.isUnique ? unique(`unique-index ${difference.to.name}`, difference.to.table) : null;
    case 'drop index':
      return difference.index.isUnique ? dropProtection('index', difference.index) : null;
    default:
      return dropOf(difference);
  }
}

function addColumn({ table, column }: DifferenceOf<'add column'>): Question | null {
  const isFilled = column.default !== null || column.identity !== null || column.generated !== null;
  if (column.isNullable || isFilled) return null;
  return {
    id: `not-null ${table}.${column.name}`,
    text: `${table}.${column.name} is new, NOT NULL, and has no default. What do rows that are there already get?`,
    choices: [
      { name: 'default', argument: 'an SQL expression', meaning: 'rows that are there get this value, once' },
      { name: 'nullable', meaning: 'it is added without NOT NULL; take that out of schema.sql as well' },
      QUIT,
    ],
  };
}

function setNotNull({ table, to }: DifferenceOf<'set not null'>): Question {
  return {
    id: `not-null ${table}.${to.name}`,
    text: `${table}.${to.name} becomes NOT NULL. What about rows that have no value there?`,
    choices: [
      { name: 'fill', argument: 'an SQL expression', meaning: 'they get this value' },
      { name: 'check', meaning: 'there are none; the migration fails, and changes nothing, where there are' },
      QUIT,
    ],
  };
}

function changeType({ table, from, to }: DifferenceOf<'change type'>): Question | null {
  if (from.collation === to.collation && isWidening(from.type, to.type)) return null;
  return {
    id: `type ${table}.${to.name}`,
    text: `${table}.${to.name} changes from ${described(from)} to ${described(to)}, which not every value may survive.`,
    choices: [
      { name: 'cast', meaning: 'values are cast; one that cannot be makes the migration fail and changes nothing' },
      { name: 'using', argument: 'an SQL expression of the row', meaning: 'values are computed' },
      QUIT,
    ],
  };
}

function computeColumn({ table, from, to }: DifferenceOf<'compute column'>): Question {
  const what = to.generated === null ? 'is no longer computed' : 'is computed, or otherwise than before';
  const loss = from.generated === null ? 'what it holds is lost' : 'what it holds was computed';
  return drop(`drop ${table}.${to.name}`, `${table}.${to.name} ${what}: it must be dropped and added, and ${loss}.`);
}

function changeEnum({ from, to }: DifferenceOf<'change enum'>): Question | null {
  const removed = from.labels.filter((label) => !to.labels.includes(label));
  const isOnlyMore = from.labels.join('\n') === to.labels.filter((label) => from.labels.includes(label)).join('\n');
  if (removed.length === 0 && isOnlyMore) return null;
  return {
    id: `enum ${to.name}`,
    text:
      removed.length > 0
        ? `${removed.join(', ')} of the type ${to.name} would be gone. What about rows that have such a value?`
        : `The values of the type ${to.name} get another order, and rows that have them are written anew.`,
    choices: [
      { name: 'rebuild', meaning: 'there are none; the migration fails, and changes nothing, where there are' },
      QUIT,
    ],
  };
}

const AT_ONCE: Choice = {
  name: 'at-once',
  meaning: 'all rows are looked at while the table is locked; for small tables',
};

function addConstraint(constraint: Constraint): Question {
  const { name, table, kind, definition } = constraint;
  if (kind === 'unique' || kind === 'primary key') return unique(`constraint ${name}`, table);
  const choices = kind === 'exclusion' ? [AT_ONCE, QUIT] : [LATER, AT_ONCE, QUIT];
  return {
    id: `constraint ${name}`,
    text: `${name} of ${table} is new: ${definition}. Rows that are there, and the release before, must keep to it.`,
    choices,
  };
}

const LATER: Choice = { name: 'not-valid', meaning: 'it holds for new rows; a second migration looks at the others' };

function changeConstraint({ name, table, kind, definition }: Constraint): Question {
  if (kind === 'unique' || kind === 'primary key' || kind === 'exclusion') {
    return {
      id: `constraint ${name}`,
      text: `${name} of ${table} becomes ${definition}. Rows that are there must keep to it.`,
      choices: [AT_ONCE, QUIT],
    };
  }
  return {
    id: `constraint ${name}`,
    text: `${name} of ${table} becomes ${definition}. Does it allow everything that was allowed before?`,
    choices: [
      { name: 'looser', meaning: 'yes: the release before goes on working' },
      { name: 'tighter', meaning: 'no: a second migration looks at the rows that are there' },
      QUIT,
    ],
  };
}

function unique(id: string, table: string): Question {
  return {
    id,
    text: `${id.split(' ')[1] ?? id} of ${table} is unique. Rows that are there must have no duplicates, or it fails.`,
    choices: [
      { name: 'concurrently', meaning: 'the index is made in a migration of its own while others go on writing' },
      AT_ONCE,
      QUIT,
    ],
  };
}

function dropProtection(what: string, { name, table }: { name: string; table: string }): Question {
  return drop(`drop ${name}`, `The ${what} ${name} of ${table} would be gone, and what it refused would be stored.`);
}

/** Whatever holds data. */
function dropOf(difference: Difference): Question | null {
  switch (difference.kind) {
    case 'drop table':
      return drop(
        `drop ${difference.whole.table.name}`,
        `The table ${difference.whole.table.name} would be gone with its rows.`,
      );
    case 'drop column': {
      const name = `${difference.table}.${difference.column.name}`;
      return drop(`drop ${name}`, `The column ${name} would be gone with what it holds.`);
    }
    case 'drop sequence':
      return drop(
        `drop ${difference.sequence.name}`,
        `The sequence ${difference.sequence.name} would forget where it was.`,
      );
    case 'drop enum':
      return drop(`drop ${difference.type.name}`, `The type ${difference.type.name} would be gone.`);
    default:
      return null;
  }
}

function drop(id: string, text: string): Question {
  return { id, text, choices: [{ name: 'drop', meaning: 'that is what is wanted' }, QUIT] };
}

function described({ type, collation }: Column): string {
  return collation === null ? type : `${type} COLLATE ${collation}`;
}
