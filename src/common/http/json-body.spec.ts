import { MalformedJsonError, parseJsonBody, parseStorableJsonBody } from './json-body.js';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('parseJsonBody', () => {
  it.each(['{"a":1}', '[]', 'null', '"\\u0000"', ' 1 '])('reads %s', (text) => {
    expect(parseJsonBody(bytes(text))).toEqual(JSON.parse(text));
  });

  it.each(['', '{', '{"password":"sesame"x}', '{"password":"sesame', 'sesame'])(
    'refuses %j without quoting it',
    (text) => {
      expect(() => parseJsonBody(bytes(text))).toThrow(MalformedJsonError);
      expect(() => parseJsonBody(bytes(text))).not.toThrow(/sesame/);
      expect(() => parseJsonBody(bytes(text))).toThrow(/^it cannot be parsed( at position \d+)?$/);
    },
  );

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseJsonBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow('it is not UTF-8');
  });
});

describe('parseStorableJsonBody', () => {
  it.each(['"\\u0000"', '{"a":["x\\u0000"]}', '{"a\\u0000":1}', '[{"a":{"b":"\\u0000"}},null]'])(
    'refuses the NUL in %s',
    (text) => {
      expect(() => parseStorableJsonBody(bytes(text))).toThrow('NUL');
    },
  );

  it.each(['"\\ud800"', '"\\uDFFF"', '{"a":["x\\udc00\\ud800"]}', '{"a\\uDbFf":1}'])(
    'refuses the half of a surrogate pair in %s',
    (text) => {
      expect(() => parseStorableJsonBody(bytes(text))).toThrow('surrogate');
    },
  );

  it.each(['"\\ud83d\\ude00"', '"\ud83d\ude00 \\u0041"'])('takes the whole pair in %s', (text) => {
    expect(parseStorableJsonBody(bytes(text))).toBe(JSON.parse(text));
  });

  it('takes an escaped backslash before u0000 for what it is', () => {
    expect(parseStorableJsonBody(bytes('{"path":"C:\\\\u0000"}'))).toEqual({ path: 'C:\\u0000' });
  });

  it('survives nesting deeper than the call stack', () => {
    const depth = 200_000;
    const text = `${'['.repeat(depth)}"\\u0000"${']'.repeat(depth)}`;
    expect(() => parseStorableJsonBody(bytes(text))).toThrow('NUL');
  });
});
