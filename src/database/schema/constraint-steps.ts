import { type Compat } from '../migrator/migration.types.js';
import { type Constraint } from './catalog.types.js';
import { type DifferenceOf } from './difference.types.js';
import { concurrently } from './index-steps.js';
import { type Answers } from './question.types.js';
import { addConstraint, dropConstraint } from './sql-text.js';
import { type Stage, type Step } from './step.types.js';

type OfConstraint = DifferenceOf<'add constraint' | 'drop constraint' | 'change constraint' | 'validate constraint'>;
const OF_INDEX = /^(UNIQUE|PRIMARY KEY)( NULLS NOT DISTINCT)? (\(.*?\))( INCLUDE \(.*?\))?$/;

/** The steps of constraints that are not part of a table that comes or goes. */
export function constraintSteps(difference: OfConstraint, answers: Answers): Step[] {
  switch (difference.kind) {
    case 'add constraint': {
      const { constraint, isTableNew } = difference;
      const choice = answers.get(`constraint ${constraint.name}`)?.choice;
      return isTableNew || choice === 'at-once' ? [atOnce(constraint)] : addLater(constraint, choice);
    }
    case 'drop constraint': {
      const { constraint, isTableNew } = difference;
      const compat = isTableNew ? 'expand' : 'contract';
      return [step(constraint, 'Drops', [dropConstraint(constraint)], [addConstraint(constraint)], compat)];
    }
    case 'change constraint':
      return change(difference, answers);
    case 'validate constraint':
      return [validate(difference.constraint)];
  }
}

function addLater(constraint: Constraint, choice: string | undefined): Step[] {
  if (choice === 'concurrently' && OF_INDEX.test(constraint.definition)) return withIndex(constraint);
  const isLooked = constraint.isValidated && (constraint.kind === 'check' || constraint.kind === 'foreign key');
  if (!isLooked) return [atOnce(constraint)];
  const add = addConstraint(constraint, true);
  return [step(constraint, 'Adds', [add], [dropConstraint(constraint)]), validate(constraint)];
}

/** The index is made while others write, and becomes the constraint in an instant. */
function withIndex(constraint: Constraint): Step[] {
  const { table, name, definition } = constraint;
  const [, kind = '', nulls = '', columns = '', include = ''] = OF_INDEX.exec(definition) ?? [];
  const create = `CREATE UNIQUE INDEX ${name} ON ${table} ${columns}${include}${nulls}`;
  const attach = `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${kind} USING INDEX ${name}`;
  const index = concurrently({ table, name, isUnique: true, definition: create });
  return [
    // With its constraint the index goes too, so that undoing ends with none.
    { ...index, summary: `Makes the index of ${name}`, down: [`DROP INDEX CONCURRENTLY IF EXISTS ${name}`] },
    { ...step(constraint, 'Adds', [attach], [dropConstraint(constraint)]), stage: 'attach' },
  ];
}

function change({ from, to }: DifferenceOf<'change constraint'>, answers: Answers): Step[] {
  const choice = answers.get(`constraint ${to.name}`)?.choice;
  const drop = dropConstraint(to);
  const down = [drop, addConstraint(from)];
  if (choice === 'tighter') {
    return [step(to, 'Changes', [drop, addConstraint(to, true)], down, 'contract'), validate(to)];
  }
  const isLooser = choice === 'looser';
  const marked = isLooser ? `-- expand-ok: what takes its place allows all that it did\n${drop}` : drop;
  return [step(to, 'Changes', [marked, addConstraint(to)], down, isLooser ? 'expand' : 'contract')];
}

function validate(constraint: Constraint): Step {
  const up = [`ALTER TABLE ${constraint.table} VALIDATE CONSTRAINT ${constraint.name}`];
  // There is no way to say that a constraint was not looked at but to make it again.
  const down = [dropConstraint(constraint), addConstraint(constraint, true)];
  return step(constraint, 'Validates', up, down, 'expand', 'validate');
}

function atOnce(constraint: Constraint): Step {
  return step(constraint, 'Adds', [addConstraint(constraint)], [dropConstraint(constraint)]);
}

function step(
  { name, table }: Constraint,
  verb: string,
  up: string[],
  down: string[],
  compat: Compat = 'expand',
  stage: Stage = 'main',
): Step {
  return { stage, summary: `${verb} ${name} of ${table}`, subject: name, up, down, compat };
}
