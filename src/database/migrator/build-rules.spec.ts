import { buildProblems, className } from './build-rules.js';
import { type Compat } from './migration.types.js';

const AT = 1_795_478_400_000;
const SHA = 'a'.repeat(64);

const made = (words: string, timestamp = AT, more: { name?: string; compat?: Compat } = {}) => {
  const file = `${timestamp}-${words}`;
  return { file, name: className(file), timestamp, sha256: SHA, compat: 'expand' as Compat, ...more };
};
const manifestOf = (all: ReturnType<typeof made>[]) =>
  Object.fromEntries(all.map(({ name }) => [name, { sha256: SHA, compat: 'expand' as const }]));
const problems = (all: ReturnType<typeof made>[], manifest = manifestOf(all)): string[] =>
  buildProblems(all, manifest).map(({ kind, message }) => `${kind}: ${message}`);

describe('buildProblems', () => {
  it('finds none where names, files and manifest belong together', () => {
    expect(problems([made('create-a-table'), made('add-it', AT + 1)])).toEqual([]);
  });

  it.each([
    ['another name', { name: `CreateB${AT}` }, `exports CreateB${AT}; a class of that file is named CreateA${AT}`],
    ['another timestamp', { name: `CreateA${AT + 1}`, timestamp: AT + 1 }, `is named CreateA${AT}`],
    ['no timestamp', { name: 'CreateA', timestamp: Number.NaN }, 'must end with its timestamp'],
  ])('finds a class with %s than its file', (_, more, message) => {
    expect(problems([{ ...made('create-a'), ...more }])).toEqual([expect.stringContaining(message)]);
  });

  it('finds two of one name, and two of one time', () => {
    const [one, other] = [made('create-a'), made('create-b')];
    expect(problems([one, other])).toEqual([
      `history: Two migrations have the timestamp ${AT}, so nobody knows which one comes first.`,
    ]);
    expect(problems([one, one])).toContain(`history: Two migrations are named CreateA${AT}.`);
  });

  it('finds a file that is gone, one that was never locked, and one that means something else now', () => {
    const [one, two] = [made('create-a'), made('create-b', AT + 1)];
    expect(problems([one], manifestOf([one, two]))).toEqual([
      expect.stringMatching(/^history: The manifest names CreateB/),
    ]);
    expect(problems([one, two], manifestOf([one]))).toEqual([
      expect.stringMatching(/^checksum: CreateB.*psctl db lock/),
    ]);
    expect(problems([{ ...one, compat: 'breaking' }], manifestOf([one]))).toEqual([
      expect.stringMatching(/^checksum: CreateA\d+ says it is breaking, and the manifest says expand/),
    ]);
  });
});
