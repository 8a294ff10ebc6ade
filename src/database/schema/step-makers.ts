import { type Compat } from '../migrator/migration.types.js';
import { type Step } from './step.types.js';

/** Something is made, or gone with what makes it again as the way back. */
export function comeOrGo(isComing: boolean, what: string, name: string, create: string[], drop: string[]): Step[] {
  return isComing
    ? [main(`Adds ${what} ${name}`, name, create, drop)]
    : [main(`Drops ${what} ${name}`, name, drop, create, 'contract')];
}

/** A step of the one migration that has everything which needs none of its own. */
export function main(summary: string, subject: string, up: string[], down: string[], compat: Compat = 'expand'): Step {
  return { stage: 'main', summary, subject, up, down, compat };
}
