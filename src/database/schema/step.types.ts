import { type Compat } from '../migrator/migration.types.js';

/**
 * Migrations are written in this order. Those of `values`, `unindex` and `index` are one for each step and run without
 * a transaction; the others are one each at most.
 */
export const STAGES = ['values', 'unindex', 'main', 'index', 'attach', 'validate'] as const;
export type Stage = (typeof STAGES)[number];

/** What is done about a difference in one migration. */
export interface Step {
  stage: Stage;
  /** What it does, as a sentence without an end. */
  summary: string;
  up: string[];
  /** Undoes `up`, in the order to run it in. */
  down: string[];
  compat: Compat;
  /** Object that a migration of its own is named after. */
  subject: string;
}

/** Of several things in one migration, what it means as a whole. */
export function worstCompat(steps: readonly Pick<Step, 'compat'>[]): Compat {
  const all = new Set(steps.map(({ compat }) => compat));
  return all.has('breaking') ? 'breaking' : all.has('contract') ? 'contract' : 'expand';
}
