import { errorMessage } from '../common/errors/domain-error.js';
import { readForm } from '../common/http/form.js';
import { type RawBody } from '../common/http/raw-body.js';
import { LegacyAnswer } from './legacy-answer.js';

const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/**
 * The named text fields of a request body: JSON, form or multipart. All wrong fields are reported together, in the
 * old system's words (contract sections 1.2 and 1.4).
 */
export async function readFields<Name extends string>(
  body: RawBody | null,
  names: readonly Name[],
): Promise<Record<Name, string>> {
  const given = await parse(body);
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
  return value.trim() === '' ? { problem: 'This field may not be blank.' } : value;
}

async function parse(body: RawBody | null): Promise<Record<string, unknown>> {
  if (body === null || body.content.length === 0) return {};
  const mediaType = (body.contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (mediaType === 'application/json') return fromJson(body);
  if (FORM_TYPES.includes(mediaType)) return fromForm(body);
  throw new LegacyAnswer(415, { detail: `Unsupported media type "${body.contentType}" in request.` });
}

function fromJson({ content }: RawBody): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (error) {
    throw new LegacyAnswer(400, { detail: `JSON parse error - ${(error as Error).message}` });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  const message = `Invalid data. Expected a dictionary, but got ${pythonTypeName(value)}.`;
  throw new LegacyAnswer(400, { non_field_errors: [message] });
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
