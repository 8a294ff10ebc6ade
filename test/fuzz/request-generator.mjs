import fc from 'fast-check';
import { anyValue, stringsOf, valueOf } from './schema-values.mjs';
import { markerOf } from './markers.mjs';

const VERBS = ['get', 'post', 'put', 'patch', 'delete'];
const LARGER_THAN_ALLOWED = 'x'.repeat(1_100_000);

/** Texts that have broken servers before: traversal, NUL, quotes, broken percent-encoding, numbers out of range. */
const HOSTILE_SEGMENTS = [
  '..',
  '../../admin/users',
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

/** Instead of a body of the promised type, or where none is expected. */
const BROKEN_JSON = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '{"a":1}',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '\u0000',
  '{"a":"\\u0000"}',
  '{"a":"\\ud800"}',
  `{"a":${'9'.repeat(400)}}`,
  '['.repeat(5_000),
];
const FOREIGN_TYPES = [
  'text/plain',
  'application/xml',
  'multipart/form-data',
  'multipart/form-data; boundary=b',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-16',
  'nonsense',
  ';',
];
const FORM_TYPE = 'application/x-www-form-urlencoded';

const HOSTILE_HEADERS = [
  ['authorization', 'Bearer'],
  ['authorization', 'Bearer a b'],
  ['authorization', 'Basic dXNlcjpwYXNz'],
  ['authorization', 'Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoxfQ.'],
  ['authorization', `Bearer ${'x'.repeat(6_000)}`],
  ['authorization', 'Bearer \u00ff\u00fe'],
  ['last-event-id', '-1'],
  ['last-event-id', '9'.repeat(30)],
  ['x-forwarded-for', '127.0.0.1, \u00ff, ::1'],
  ['x-forwarded-host', 'evil.example.org'],
  ['x-http-method-override', 'DELETE'],
  ['origin', 'null'],
  ['cookie', 'sessionid=x; csrftoken="'],
  ['content-encoding', 'gzip'],
  ['if-none-match', '*'],
  ['range', 'bytes=0-0'],
];
const ACCEPTED = [undefined, 'application/json', '*/*', 'text/html', 'application/xml', 'text/html;q=x, */*', ','];

/** Every operation of the given OpenAPI documents. */
export function operationsOf(documents) {
  return documents.flatMap((document) =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      VERBS.filter((verb) => item[verb]).map((verb) => ({ path, verb, ...item[verb] })),
    ),
  );
}

/**
 * An arbitrary request to one of the operations: as its schemas say, bent a little, or nothing like them; as anybody or
 * nobody. Its texts hold markers (see markers.mjs) for what exists only when it is sent. One in twenty has a method of
 * its own; where no operation has it, nothing is promised and `operation` is null.
 */
export function requestTo(operations, roles) {
  const byRoute = new Map(operations.map((operation) => [`${operation.verb} ${operation.path}`, operation]));
  return fc.oneof(
    ...operations.map((operation) => {
      const verb = fc.oneof({ weight: 19, arbitrary: fc.constant(operation.verb) }, fc.constantFrom(...VERBS));
      return fc.record({ verb, ...requestParts(operation, roles) }).map((request) => ({
        ...request,
        operation: byRoute.get(`${request.verb} ${operation.path}`) ?? null,
      }));
    }),
  );
}

function requestParts(operation, roles) {
  return {
    path: pathOf(operation),
    query: queryOf(operation),
    body: bodyOf(operation),
    role: fc.constantFrom(...roles),
    accept: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.constantFrom(...ACCEPTED)),
    header: fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, fc.constantFrom(...HOSTILE_HEADERS)),
  };
}

function pathOf({ path, parameters = [] }) {
  const schemas = new Map(parameters.filter((given) => given.in === 'path').map(({ name, schema }) => [name, schema]));
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const segments = fc.tuple(...names.map((name) => segmentOf(name, schemas.get(name) ?? { type: 'string' })));
  return segments.map((values) =>
    values.reduce((text, value, index) => text.replace(`{${names[index]}}`, () => value), path),
  );
}

function segmentOf(name, schema) {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
  return fc.oneof(
    { weight: 9, arbitrary: markerOf(name) },
    { weight: 2, arbitrary: valueOf(schema).map((value) => encoded(String(value)) || 'x') },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_SEGMENTS) },
    { weight: 1, arbitrary: text.map(encoded) },
  );
}

function queryOf({ parameters = [] }) {
  const given = parameters.filter(({ in: place }) => place === 'query');
  const entry = ({ name, schema, required = false }) =>
    fc
      .option(fc.oneof({ weight: 3, arbitrary: valueOf(schema) }, stringsOf({ maxLength: 20 })), {
        freq: required ? 9 : 1,
      })
      .map((value) => (value === null ? [] : [`${name}=${encoded(String(value))}`]));
  const extra = fc.constantFrom([], [], [], [], [], [], [], ['unexpected=x'], ['a[b]=c&a[b]=d'], ['%00=%FF'], ['&&=']);
  return fc.tuple(...given.map(entry), extra).map((entries) => entries.flat().join('&'));
}

/** A body and its content type; null for none. */
function bodyOf({ requestBody, verb }) {
  const none = fc.constant(null);
  const broken = fc.constantFrom(...BROKEN_JSON).map((text) => ({ type: 'application/json', text }));
  const foreign = fc.constantFrom(...FOREIGN_TYPES).map((type) => ({ type, text: 'x=1' }));
  const large = fc.constant({ type: 'application/json', text: `{"a":"${LARGER_THAN_ALLOWED}"}` });
  const content = requestBody?.content ?? {};
  const schema = content['application/json']?.schema;
  if (!schema)
    return fc.oneof({ weight: verb === 'get' ? 20 : 8, arbitrary: none }, { weight: 2, arbitrary: broken }, foreign);
  const valid = valueOf(schema);
  const bent = fc.tuple(valid, fc.nat(), anyValue()).map(([value, index, other]) => asJson(bend(value, index, other)));
  const form = content[FORM_TYPE] ? [{ weight: 20, arbitrary: valid.map(asForm) }] : [];
  return fc.oneof(
    { weight: 70, arbitrary: valid.map(asJson) },
    { weight: 40, arbitrary: bent },
    { weight: 10, arbitrary: broken },
    { weight: 5, arbitrary: foreign },
    { weight: 5, arbitrary: none },
    { weight: 1, arbitrary: large },
    ...form,
  );
}

function asJson(value) {
  return { type: 'application/json', text: JSON.stringify(value) };
}

function asForm(value) {
  const entries = Object.entries(value).map(([name, field]) => `${encoded(name)}=${encoded(String(field))}`);
  return { type: FORM_TYPE, text: entries.join('&') };
}

/** The object with one property replaced, removed, or added. */
function bend(value, index, other) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return other;
  const names = Object.keys(value);
  const name = names[index % (names.length + 1)] ?? 'unexpected';
  if (index % 3 === 0) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  return { ...value, [name]: other };
}

/** Percent-encoded, but for markers. Lone surrogates cannot be put into a URL. */
function encoded(text) {
  const wellFormed = text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
  return encodeURIComponent(wellFormed).replaceAll(/%7B%7B(\w+)%3A(\d+)%7D%7D/g, '{{$1:$2}}');
}
