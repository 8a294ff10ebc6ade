import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Sequencer from '@jest/test-sequencer';

const ROOT = join(import.meta.dirname, '../..');

/** Longest first, from half a minute on. */
const LONGEST = [
  'test/e2e/aws-faults.spec.ts',
  'test/e2e/aws-orphans.spec.ts',
  'test/e2e/deploy.spec.ts',
  'test/e2e/aws.spec.ts',
  'test/integration/cdktf/cluster-stack.spec.ts',
  'test/integration/database/migration-processes.spec.ts',
  'test/e2e/shutdown.spec.ts',
  'test/e2e/crash.spec.ts',
  'test/e2e/walkthrough.spec.ts',
  'test/e2e/aws-kills.spec.ts',
  'test/e2e/demo.spec.ts',
  'test/e2e/aws-facts.spec.ts',
  'test/integration/schema/make-migrations.spec.ts',
];

/**
 * Begins with the longest spec files, so that none of them is the last while the other worker has nothing left. A fresh
 * clone knows no durations, and Jest then goes by the size of the files.
 */
export default class LongestFirst extends Sequencer {
  /** @param {import('@jest/test-result').Test[]} tests */
  sort(tests) {
    const ranks = new Map(LONGEST.map((path, rank) => [pathOf(path), rank]));
    const rankOf = ({ path }) => ranks.get(path) ?? LONGEST.length;
    return [...super.sort(tests)].sort((one, other) => rankOf(one) - rankOf(other));
  }
}

function pathOf(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) throw new Error(`${path} is not there. Correct the list in test/support/longest-first.mjs.`);
  return full;
}
