import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { fillTemplate } from './template.js';
import { constantValue, evaluated, evaluatedShellWord, joined, literal, shellWord } from './terraform-text.js';

const AWKWARD = fc.string({ unit: fc.constantFrom('$', '{', '}', '%', '"', "'", '\\', '\n', 'a', ' ', '`', '!') });

/** What bash makes of one word. */
function inBash(word: string): string {
  return execFileSync('bash', ['-c', `printf %s ${word}`], { encoding: 'utf8' });
}

describe('texts for Terraform', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(AWKWARD, (text) => {
        fc.pre(!/[$%]{2}\{/.test(text));
        expect(constantValue(literal(text))).toBe(text);
      }),
    );
  });

  it('evaluate nothing by accident, and what they should in spite of a dollar before it', () => {
    expect(literal('${a} %{b} $c')).toBe('$${a} %%{b} $c');
    expect(joined(literal('cost: $'), evaluated('x'))).toBe('cost: ${"$"}${x}');
    expect(joined(literal('$'), literal('{x}'))).toBe('${"$"}{x}');
    expect(() => constantValue(evaluated('x'))).toThrow('only Terraform knows');
  });

  it('are one word of a script, whatever they contain', () => {
    fc.assert(
      fc.property(AWKWARD, (text) => {
        fc.pre(!/[$%]{2}\{/.test(text));
        expect(inBash(constantValue(shellWord(text)))).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('keep a secret that only Terraform knows one word too', () => {
    const secret = `"; rm -rf / $(id) 'x' \${y}`;
    const encoded = Buffer.from(secret).toString('base64');
    const word = evaluatedShellWord('secret').replace('${base64encode(secret)}', encoded);
    expect(inBash(word)).toBe(secret);
  });
});

describe('fillTemplate', () => {
  it('fills placeholders and leaves the rest to shells and compose', () => {
    expect(fillTemplate('A=@@A@@ ${B} @c', { A: literal('1') })).toBe('A=1 $${B} @c');
  });

  it('refuses what nothing fills, and values nobody asks for', () => {
    expect(() => fillTemplate('@@A@@ @@B@@', { A: literal('1') })).toThrow('placeholder @@B@@ that nothing fills');
    expect(() => fillTemplate('@@A@@', { A: literal('1'), C: literal('2') })).toThrow('no placeholder for C');
  });
});
