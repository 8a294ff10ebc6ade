import { readableDefinition, readableRoutine } from './readable-definition.js';
import { isInPlace, isWidening } from './widening.js';

describe('readableDefinition', () => {
  it.each([
    [
      "CHECK (role::text = ANY (ARRAY['a'::character varying, 'b, (c)'::character varying]::text[]))",
      "CHECK (role IN ('a', 'b, (c)'))",
    ],
    [
      "CHECK (role::text = ANY (ARRAY['a'::character varying::text, 'it''s'::character varying::text]))",
      "CHECK (role IN ('a', 'it''s'))",
    ],
    ["WHERE (note <> ALL (ARRAY['a'::text, 'b'::text]))", "WHERE (note NOT IN ('a', 'b'))"],
    ["CHECK (n::text = ANY (ARRAY['1'::text, '2'::text]))", "CHECK (n::text IN ('1', '2'))"],
    ["CHECK (mood = ANY (ARRAY['a'::mood, 'b'::mood]))", "CHECK (mood IN ('a', 'b'))"],
    ['CHECK (n = ANY (ARRAY[1, 2]))', 'CHECK (n = ANY (ARRAY[1, 2]))'],
    ["CHECK (name::text ~ '^[a-z]+$'::text)", "CHECK (name::text ~ '^[a-z]+$'::text)"],
  ])('%s', (printed, readable) => {
    expect(readableDefinition(printed)).toBe(readable);
    expect(readableDefinition(readable)).toBe(readable);
  });
});

describe('readableRoutine', () => {
  it('is the same however far the body is indented', () => {
    const head = 'CREATE OR REPLACE FUNCTION f()\n RETURNS trigger\nAS ';
    const one = readableRoutine(`${head}$function$\n      BEGIN\n        RETURN NEW;\n\n      END\n      $function$\n`);
    expect(one).toBe(readableRoutine(`${head}$function$ \nBEGIN\n  RETURN NEW;\n\nEND $function$`));
    expect(one).toContain('$function$\nBEGIN\n  RETURN NEW;\n\nEND\n$function$');
  });
});

describe('isWidening', () => {
  it.each([
    ['character varying(10)', 'character varying(20)', true, true],
    ['character varying(10)', 'character varying', true, true],
    ['character varying(10)', 'text', true, true],
    ['smallint', 'bigint', true, false],
    ['numeric(12,4)', 'numeric(14,4)', true, true],
    ['numeric(12,4)', 'numeric', true, true],
    ['character varying(20)', 'character varying(10)', false, false],
    ['text', 'character varying(10)', false, false],
    ['character varying', 'character varying(10)', false, false],
    ['bigint', 'integer', false, false],
    ['numeric(12,4)', 'numeric(12,6)', false, false],
    ['numeric', 'numeric(12,4)', false, false],
    ['integer', 'text', false, false],
    ['timestamp with time zone', 'date', false, false],
  ])('%s to %s', (from, to, isWider, isUntouched) => {
    expect([isWidening(from, to), isInPlace(from, to)]).toEqual([isWider, isUntouched]);
  });
});
