import { repository } from './repository.js';

/** What stands between the quotes of `it('...'` and `it.each(...)('...'`, as it is written. */
function testNames(file: string): string[] {
  const literals = repository.read(`test/${file}`).matchAll(/(?:\bit|[\])])\(\s*(['"`])((?:(?!\1).)+)\1,/g);
  return [...literals].map(([, , name = '']) => name);
}

describe('the table of faults in docs/runs.md', () => {
  const rows = repository.document('docs/runs.md').section('Faults and the tests that show they are survived').table();

  it.each(rows)('%s: %s, as a test of %s shows', (_fault, _outcome, file, name) => {
    expect(testNames(file)).toContain(name);
  });

  it('has no test twice for one fault', () => {
    const keys = rows.map(([fault, , file, name]) => [fault, file, name].join('\n'));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
