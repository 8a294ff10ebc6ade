import fc from 'fast-check';

const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

/** Texts that have broken servers before: traversal, NUL, quotes, broken percent-encoding, numbers out of range. */
const HOSTILE_SEGMENTS = [
  '..%2F..%2Fetc',
  '%2e%2e%2f',
  '%00',
  'a%00b',
  '%E0%A4%A',
  '%FF',
  '%22%27%3B--',
  'line%0D%0Abreak',
  '%F0%9F%92%A9',
  '-1',
  '0',
  '007',
  '1.5',
  '1e9',
  '2147483648',
  '9'.repeat(40),
  'x'.repeat(1000),
  '00000000-0000-0000-0000-000000000000',
];

/** Every operation of the given OpenAPI documents. */
export function operationsOf(documents) {
  return documents.flatMap((document) =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      VERBS.filter((verb) => item[verb]).map((verb) => ({ path, verb, ...item[verb] })),
    ),
  );
}

/**
 * An arbitrary request to one of the operations: as its schemas say, bent a little, or nothing like them; with the
 * credentials of anybody or nobody. `known` holds values that exist by parameter name, `tokens` the credentials.
 */
export function requestTo(operations, known, tokens) {
  return fc.constantFrom(...operations).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      path: pathOf(operation, known),
      query: queryOf(operation),
      body: bodyOf(operation),
      token: fc.constantFrom(...tokens),
      accept: fc.constantFrom(undefined, 'application/json', '*/*', 'text/html'),
    }),
  );
}

function pathOf({ path, parameters = [] }, known) {
  const schemas = new Map(parameters.filter((given) => given.in === 'path').map(({ name, schema }) => [name, schema]));
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const segments = fc.tuple(...names.map((name) => segmentOf(name, schemas.get(name) ?? { type: 'string' }, known)));
  return segments.map((values) =>
    values.reduce((text, value, index) => text.replace(`{${names[index]}}`, () => value), path),
  );
}

function segmentOf(name, schema, known) {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...(known[name] ?? ['1'])).map(String) },
    { weight: 2, arbitrary: valueOf(schema).map((value) => encodeURIComponent(wellFormed(String(value))) || 'x') },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_SEGMENTS) },
    { weight: 1, arbitrary: text.map((value) => encodeURIComponent(wellFormed(value))) },
  );
}

function queryOf({ parameters = [] }) {
  const given = parameters.filter(({ in: place }) => place === 'query');
  const entry = ({ name, schema }) =>
    fc
      .option(fc.oneof({ weight: 3, arbitrary: valueOf(schema) }, fc.string({ unit: 'binary', maxLength: 20 })))
      .map((value) => (value === null ? [] : [[name, wellFormed(String(value))]]));
  const extra = fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, fc.constant([['unexpected', 'x']]));
  return fc.tuple(...given.map(entry), extra).map((entries) => new URLSearchParams(entries.flat()).toString());
}

/** A body and its content type; null for none. */
function bodyOf({ requestBody, verb }) {
  const none = fc.constant(null);
  const content = requestBody?.content ?? {};
  const broken = fc
    .constantFrom('{', '[]', 'null', '"text"', '{"a":1}', '{"__proto__":{"x":1}}', '\u0000', '{"a":"\\u0000"}')
    .map((text) => ({ type: 'application/json', text }));
  const foreign = fc
    .constantFrom('text/plain', 'application/xml', 'multipart/form-data', 'nonsense')
    .map((type) => ({ type, text: 'x=1' }));
  const schema = content['application/json']?.schema;
  if (!schema) return fc.oneof({ weight: verb === 'get' ? 20 : 8, arbitrary: none }, broken);
  const valid = valueOf(schema).map(asJson);
  const bent = fc
    .tuple(valueOf(schema), fc.nat(), fc.jsonValue())
    .map(([value, index, other]) => asJson(bend(value, index, other)));
  return fc.oneof({ weight: 6, arbitrary: valid }, { weight: 4, arbitrary: bent }, broken, foreign, none);
}

function asJson(value) {
  return { type: 'application/json', text: JSON.stringify(value) };
}

/** The object with one property replaced, removed, or added. */
function bend(value, index, other) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return other;
  const names = Object.keys(value);
  const name = names[index % (names.length + 1)] ?? 'unexpected';
  if (index % 3 === 0) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  return { ...value, [name]: other };
}

/** Values a JSON schema describes; patterns are not followed, so some are near misses. */
function valueOf(schema) {
  if (schema.nullable) return fc.option(valueOf({ ...schema, nullable: false }));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const [alternatives] = [schema.anyOf, schema.oneOf, schema.allOf].filter(Boolean);
  if (alternatives) return fc.oneof(...alternatives.map(valueOf));
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return fc.array(valueOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case 'integer':
      return fc.integer({ min: clamp(schema.minimum ?? -5), max: clamp(schema.maximum ?? 2_000) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return stringOf(schema);
    default:
      return fc.jsonValue();
  }
}

function objectOf({ properties = {}, required = [] }) {
  const arbitraries = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valueOf(schema)]));
  return fc.record(arbitraries, { requiredKeys: required.filter((name) => name in arbitraries) });
}

function stringOf({ format, minLength = 0, maxLength = 60 }) {
  if (format === 'uuid') return fc.uuid();
  if (format === 'email') return fc.emailAddress();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const bounds = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)) };
  const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{7,30}$/);
  return fc.oneof({ weight: 3, arbitrary: word }, fc.string({ ...bounds, unit: 'binary' }), fc.string(bounds));
}

function clamp(number) {
  return Math.max(-2_147_483_648, Math.min(2_147_483_647, number));
}

/** Lone surrogates cannot be put into a URL. */
function wellFormed(text) {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
