import { columnSteps } from './column-steps.js';
import { constraintSteps } from './constraint-steps.js';
import { type Difference } from './difference.types.js';
import { enumSteps } from './enum-steps.js';
import { indexSteps } from './index-steps.js';
import { type Answers } from './question.types.js';
import { routineSteps } from './routine-steps.js';
import { createEnum } from './sql-text.js';
import { comeOrGo } from './step-makers.js';
import { type Step } from './step.types.js';
import { tableSteps } from './table-steps.js';

/** What the steps of one difference depend on beside it. */
export interface StepContext {
  answers: Answers;
  /** Tables that lose a column in the same migration, and with it, unasked, the indexes on it. */
  shrinking: ReadonlySet<string>;
}

/** The steps that settle a difference. `other` has none: nothing here can write them. */
export function stepsOf(difference: Difference, context: StepContext): Step[] {
  switch (difference.kind) {
    case 'other':
      return [];
    case 'add column':
    case 'drop column':
    case 'rename column':
    case 'change type':
    case 'change default':
    case 'set not null':
    case 'drop not null':
    case 'change identity':
    case 'compute column':
      return columnSteps(difference, context.answers);
    case 'add constraint':
    case 'drop constraint':
    case 'change constraint':
    case 'validate constraint':
      return constraintSteps(difference, context.answers);
    case 'add index':
    case 'drop index':
    case 'change index':
      return indexSteps(difference, context);
    case 'add enum':
    case 'drop enum':
    case 'change enum':
      return difference.kind === 'change enum'
        ? enumSteps(difference)
        : comeOrGo(
            difference.kind === 'add enum',
            'the type',
            difference.type.name,
            [createEnum(difference.type)],
            [`DROP TYPE ${difference.type.name}`],
          );
    case 'add table':
    case 'drop table':
    case 'rename table':
    case 'change table':
    case 'add trigger':
    case 'drop trigger':
    case 'change trigger':
    case 'change comment':
      return tableSteps(difference);
    default:
      return routineSteps(difference);
  }
}
