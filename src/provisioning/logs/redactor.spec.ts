import fc from 'fast-check';
import { Redactor } from './redactor.js';

const secret = fc.string({ minLength: 6, maxLength: 40 }).filter((text) => !'[redacted]'.includes(text));

describe('Redactor', () => {
  it('leaves no trace of a secret, whatever surrounds it', () => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        const redacted = new Redactor([value]).text(`${before}${value}${after}`);
        expect(redacted.replaceAll('[redacted]', '\u0001')).not.toContain(value);
      }),
    );
  });

  it('finds encoded secrets, deep inside data and in names', () => {
    const value = 'p@ss word/42';
    const redactor = new Redactor([value]);
    const data = {
      plain: `x ${value}`,
      nested: [{ url: `https://h/?q=${encodeURIComponent(value)}`, [value]: 1 }],
      base64: Buffer.from(value).toString('base64'),
    };
    const text = JSON.stringify(redactor.deep(data));
    for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('base64')])
      expect(text).not.toContain(form);
  });

  it('hides the longer of two secrets as a whole', () => {
    expect(new Redactor(['secret-one', 'secret-one-and-two']).text('<secret-one-and-two>')).toBe('<[redacted]>');
  });

  it('does not touch dates, numbers and texts without a secret', () => {
    const data = { at: new Date(0), count: 3, text: 'plain' };
    expect(new Redactor(['a-secret-value']).deep(data)).toEqual(data);
  });

  it('finds the lines of a secret of several lines, each for itself', () => {
    const key = '-----BEGIN KEY-----\nline-one-of-it\nline-two-of-it\n-----END KEY-----';
    expect(new Redactor([key]).text('> line-two-of-it <')).toBe('> [redacted] <');
  });

  it('leaves no half of a secret where a text was cut', () => {
    const redactor = new Redactor(['first-and-second-half']);
    expect(redactor.withoutCutEnd(`${'x'.repeat(100)}first-and-sec`)).not.toContain('first');
    expect(redactor.withoutCutStart(`ond-half${'x'.repeat(100)}`)).not.toContain('half');
    expect(redactor.withoutCutEnd(`${'x'.repeat(100)}${'y'.repeat(100)}`)).toContain('x'.repeat(100));
    expect(new Redactor([]).withoutCutEnd('all of it')).toBe('all of it');
  });

  it('goes only so deep', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}1${']'.repeat(50_000)}`) as unknown;
    expect(JSON.stringify(new Redactor(['a-secret-value']).deep(deep))).toContain('nested too deeply');
  });

  it('ignores values too short to be secret', () => {
    expect(new Redactor(['no']).text('nothing')).toBe('nothing');
  });
});
