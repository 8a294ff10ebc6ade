import fc from 'fast-check';
import { storableJson, storableText } from './storable.js';

const BACKSLASH = '\\';
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

describe('what is stored in Postgres', () => {
  it('loses its NUL characters and lone surrogates, and nothing else', () => {
    expect(storableText('a\u0000b\uD800c\uDC00d😀')).toBe('a\uFFFDb\uFFFDc\uFFFDd😀');
    fc.assert(
      fc.property(anyText, (text) => {
        const stored = storableText(text);
        expect(stored).not.toContain('\u0000');
        // Throws for a lone surrogate.
        expect(decodeURIComponent(encodeURIComponent(stored))).toBe(stored);
        expect(storableText(stored)).toBe(stored);
        expect(stored).toHaveLength(text.length);
      }),
    );
  });

  it('keeps the six characters that only look like an escaped NUL', () => {
    const text = `${BACKSLASH}u0000`;
    expect(JSON.parse(storableJson({ [text]: [text, null, 1, true] }))).toEqual({ [text]: [text, null, 1, true] });
  });

  it('reaches texts and names at any depth', () => {
    expect(JSON.parse(storableJson({ 'a\u0000': [{ b: 'c\u0000' }] }))).toEqual({ 'a\uFFFD': [{ b: 'c\uFFFD' }] });
  });
});
