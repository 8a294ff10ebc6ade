import { type Difference } from './difference.types.js';
import { type Answers } from './question.types.js';
import { stepsOf } from './steps.js';

const NO_ANSWERS: Answers = new Map();

/** A difference in a sentence without an end, as seen by somebody who wants the database as it is declared. */
export function describeDifference(difference: Difference): string {
  if (difference.kind === 'other') {
    const { kind, name } = difference.object;
    return difference.isDeclared
      ? `Lacks the ${kind} ${name}, which a person must write a migration for`
      : `Has the ${kind} ${name}, which is not declared and which a person must write a migration for`;
  }
  const [first] = stepsOf(difference, { answers: NO_ANSWERS, shrinking: new Set() });
  return first?.summary ?? difference.kind;
}
