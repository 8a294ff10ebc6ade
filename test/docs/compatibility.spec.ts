import { repository } from './repository.js';

const DEFECTS = 42;
const OUTCOMES = ['fixed', 'kept', 'in part', 'not here'];

describe('docs/compatibility.md', () => {
  const document = repository.document('docs/compatibility.md');
  const files = repository.files();

  it('says of every known defect what became of it', () => {
    const rows = document.section('Defects of the old system').table();
    expect(rows.map(([id]) => id)).toEqual(Array.from({ length: DEFECTS }, (_, index) => `B${index + 1}`));
    expect(rows.filter(([, old, here, outcome = '']) => !old || !here || !OUTCOMES.includes(outcome))).toEqual([]);
    const nowhere = rows.filter(([, , , outcome, where]) => outcome !== 'not here' && !where);
    expect(nowhere).toEqual([]);
  });

  it('names only files there are', () => {
    const named = document.codeSpans().filter((span) => /^(src|test|migrations|docs)\//.test(span));
    expect(named.length).toBeGreaterThan(DEFECTS);
    expect(named.filter((file) => !files.includes(file))).toEqual([]);
  });

  const cases = document.section('Cases of the old tests').table();

  it('lists each case once', () => {
    const names = cases.map(([name]) => name);
    expect([...new Set(names)]).toEqual(names);
  });

  it.each(cases)('%s: %s has that test', (_, file = '', test = '') => {
    expect(test).not.toBe('');
    const text = repository.read(file);
    expect([`'${test}'`, `"${test}"`, `\`${test}\``].some((title) => text.includes(title))).toBe(true);
  });
});
