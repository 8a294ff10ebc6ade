import { type Compat } from '../migrator/migration.types.js';
import { type Difference } from './difference.types.js';
import { type Answers } from './question.types.js';
import { type Stage, STAGES, type Step, worstCompat } from './step.types.js';
import { stepsOf } from './steps.js';

/** A migration to be written. */
export interface PlannedMigration {
  /** Words with dashes, and no timestamp. */
  name: string;
  /** Sentences. */
  summary: string;
  compat: Compat;
  isTransactional: boolean;
  up: string[];
  down: string[];
}

/** What each stage adds to the name that was asked for; `main` has it alone. */
const SUFFIXES: Record<Stage, string> = {
  values: 'values',
  unindex: 'drop',
  main: '',
  index: '',
  attach: 'attach',
  validate: 'validate',
};
const ALONE: readonly Stage[] = ['values', 'unindex', 'index'];

/** The migrations that settle the differences, in their order. `name` is in words with dashes. */
export function planMigrations(name: string, differences: readonly Difference[], answers: Answers): PlannedMigration[] {
  const shrinking = new Set(differences.flatMap((one) => (one.kind === 'drop column' ? [one.table] : [])));
  const steps = differences.flatMap((difference) => stepsOf(difference, { answers, shrinking }));
  const groups = STAGES.flatMap((stage): [Stage, Step[]][] => {
    const ofStage = steps.filter((step) => step.stage === stage);
    if (ALONE.includes(stage)) return ofStage.map((step) => [stage, [step]]);
    return ofStage.length === 0 ? [] : [[stage, ofStage]];
  });
  const isOnly = groups.length === 1;
  return groups.map(([stage, group]) => {
    const words = isOnly ? [name] : [name, SUFFIXES[stage], ALONE.includes(stage) ? (group[0]?.subject ?? '') : ''];
    return {
      name: kebab(words.filter((word) => word !== '').join('-')),
      summary: group.map(({ summary }) => `${summary}.`).join(' '),
      compat: worstCompat(group),
      isTransactional: !ALONE.includes(stage),
      up: group.flatMap(({ up }) => up),
      down: group.toReversed().flatMap(({ down }) => down),
    };
  });
}

function kebab(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
