import { errorMessage } from '../common/errors/domain-error.js';
import { readForm } from '../common/http/form.js';
import { MalformedJsonError, parseJsonBody } from '../common/http/json-body.js';
import { type RawBody } from '../common/http/raw-body.js';
import { LegacyAnswer } from './legacy-answer.js';
import { PARSED_TYPES, RENDERED_TYPE } from './legacy-media-types.js';

/**
 * The named text fields of a request body: JSON, form or multipart, without the space around them, which the old system
 * cut off too. All wrong fields are reported together, in its words (contract sections 1.2 and 1.4).
 */
export async function readFields<Name extends string>(
  body: RawBody | null,
  names: readonly Name[],
): Promise<Record<Name, string>> {
  const given = await readBody(body);
  const problems: Record<string, string[]> = {};
  const fields = {} as Record<Name, string>;
  for (const name of names) {
    const checked = checkField(given[name]);
    if (typeof checked === 'string') fields[name] = checked;
    else problems[name] = [checked.problem];
  }
  if (Object.keys(problems).length > 0) throw new LegacyAnswer(400, problems);
  return fields;
}

function checkField(value: unknown): string | { problem: string } {
  if (value === undefined) return { problem: 'This field is required.' };
  if (value === null) return { problem: 'This field may not be null.' };
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return { problem: 'Not a valid string.' };
  if (value.includes('\0')) return { problem: 'Null characters are not allowed.' };
  const text = value.trim();
  return text === '' ? { problem: 'This field may not be blank.' } : text;
}

/** What a request body says, whatever it is encoded as; unchecked. */
export async function readBody(body: RawBody | null): Promise<Record<string, unknown>> {
  if (body === null || body.content.length === 0) return {};
  const mediaType = (body.contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (mediaType === RENDERED_TYPE) return fromJson(body);
  if (PARSED_TYPES.includes(mediaType)) return fromForm(body);
  throw new LegacyAnswer(415, { detail: `Unsupported media type "${body.contentType}" in request.` });
}

function fromJson({ content }: RawBody): Record<string, unknown> {
  const value = parsedJson(content);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  const message = `Invalid data. Expected a dictionary, but got ${pythonTypeName(value)}.`;
  throw new LegacyAnswer(400, { non_field_errors: [message] });
}

function parsedJson(content: Buffer): unknown {
  try {
    return parseJsonBody(content);
  } catch (error) {
    if (error instanceof MalformedJsonError)
      throw new LegacyAnswer(400, { detail: `JSON parse error - ${error.message}` });
    throw error;
  }
}

/** Old clients may show these sentences, so the type's name is the one Python gives it. */
function pythonTypeName(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return typeof value === 'boolean' ? 'bool' : 'str';
}

function fromForm(body: RawBody): Promise<Record<string, unknown>> {
  return readForm(body).catch((error: unknown) => {
    throw new LegacyAnswer(400, { detail: `Form parse error - ${errorMessage(error)}` });
  });
}
