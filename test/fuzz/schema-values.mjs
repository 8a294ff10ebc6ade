import fc from 'fast-check';
import { markerOf } from './markers.mjs';

const MAX_INTEGER = 2_147_483_647;
const MAX_DEPTH = 4;

/** Texts that are trouble in SQL, JSON, logs, mails or file names. */
const HOSTILE_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  'line\r\nbreak: x',
  "'; DROP TABLE users; --",
  '../../etc/passwd',
  '${jndi:ldap://x}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '\ud83d\udca9',
  '\ud800',
  '\u202etxt.exe',
  'I\u0307\u00df\ufb01',
  '9'.repeat(40),
  'x'.repeat(3_000),
  '__proto__',
  'constructor',
];

/** Values a JSON schema describes, bounds included; patterns are not followed, so some are near misses. */
export function valueOf(schema, name = '', depth = 0) {
  if (schema.nullable) return fc.option(valueOf({ ...schema, nullable: false }, name, depth));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const [alternatives] = [schema.anyOf, schema.oneOf, schema.allOf].filter(Boolean);
  if (alternatives) return fc.oneof(...alternatives.map((alternative) => valueOf(alternative, name, depth)));
  switch (schema.type) {
    case 'object':
      return objectOf(schema, depth + 1);
    case 'array':
      return arrayOf(schema, depth + 1);
    case 'integer':
      return integerOf(schema);
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.oneof(
        { weight: schema.format ? 1 : 3, arbitrary: markerOf(name || 'text') },
        { weight: 2, arbitrary: stringsOf(schema) },
      );
    default:
      return anyValue();
  }
}

export function anyValue() {
  return fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(...HOSTILE_TEXTS),
    fc.constantFrom(true, false, 1e308, -1, 1.5, 2 ** 53),
  );
}

export function stringsOf({ format, minLength = 0, maxLength = 60 }) {
  if (format === 'uuid') return fc.uuid();
  if (format === 'email') return fc.emailAddress();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const lengths = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)) };
  return fc.oneof(
    { weight: 3, arbitrary: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{7,30}$/) },
    fc.constantFrom(...HOSTILE_TEXTS),
    fc.string({ ...lengths, unit: 'binary' }),
    fc.string(lengths),
    fc.constantFrom(minLength, maxLength, maxLength + 1).map((length) => 'x'.repeat(Math.min(length, 5_000))),
  );
}

function integerOf({ minimum, maximum }) {
  const [min, max] = [clamp(minimum ?? -5), clamp(maximum ?? 2_000)];
  return fc.oneof({ weight: 4, arbitrary: fc.integer({ min, max }) }, fc.constantFrom(min, max, min - 1, max + 1));
}

function arrayOf({ items = {}, minItems = 0, maxItems = 3 }, depth) {
  return fc.array(valueOf(items, '', depth), {
    minLength: minItems,
    maxLength: Math.max(minItems, Math.min(maxItems, 3)),
  });
}

function objectOf({ properties = {}, required = [] }, depth) {
  if (depth > MAX_DEPTH) return fc.constant({});
  const arbitraries = Object.entries(properties).map(([name, schema]) => [name, valueOf(schema, name, depth)]);
  const requiredKeys = required.filter((name) => name in properties);
  const needed = arbitraries.filter(([name]) => requiredKeys.includes(name));
  return fc.oneof(
    { weight: 1, arbitrary: fc.record(Object.fromEntries(needed)) },
    { weight: 2, arbitrary: fc.record(Object.fromEntries(arbitraries), { requiredKeys }) },
  );
}

/** Without bounds of their own, schemas of integers have those of doubles. */
function clamp(number) {
  return Math.max(-MAX_INTEGER - 1, Math.min(MAX_INTEGER, number));
}
