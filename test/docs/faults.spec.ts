import { repository } from './repository.js';

const SECTION = 'Faults and the tests that show they are survived';

/** What stands between the quotes of `it('...'` and `it.each(...)('...'`, as it is written. */
function testNames(file: string): string[] {
  const literals = repository.read(file).matchAll(/(?:\bit|[\])])\(\s*(['"`])((?:(?!\1).)+)\1,/g);
  return [...literals].map(([, , name = '']) => name);
}

describe.each([
  ['docs/runs.md', 'test/'],
  ['docs/operations.md', ''],
])('the table of faults in %s', (document, folder) => {
  const rows = repository.document(document).section(SECTION).table();

  it.each(rows)('%s: %s, as a test of %s shows', (_fault, _outcome, file, name) => {
    expect(testNames(folder + file)).toContain(name);
  });

  it('has no test twice for one fault', () => {
    const keys = rows.map(([fault, , file, name]) => [fault, file, name].join('\n'));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
