/** A body that is no JSON. The message never quotes the body: it may hold a password. */
export class MalformedJsonError extends Error {}

const POSITION = /at position \d+/;
/** With the flag `u`, whole pairs are one character of another kind. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/** The value of a JSON body. Throws {@link MalformedJsonError}. */
export function parseJsonBody(content: Buffer): unknown {
  const text = decode(content);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const position = POSITION.exec((error as Error).message)?.[0];
    throw new MalformedJsonError(`it cannot be parsed${position === undefined ? '' : ` ${position}`}`);
  }
}

/**
 * As {@link parseJsonBody}, for texts that go to the database: Postgres can store any character but NUL, and none of the
 * halves of surrogate pairs.
 */
export function parseStorableJsonBody(content: Buffer): unknown {
  const value = parseJsonBody(content);
  // An escape is the only way to write either: JSON allows no control character as it is, and UTF-8 no half of a pair.
  if (content.includes('\\u') && holdsUnstorable(value)) {
    const what = 'a NUL character (\\u0000) or half of a surrogate pair (\\ud800 to \\udfff alone)';
    throw new MalformedJsonError(`it holds ${what}, which no text here may hold`);
  }
  return value;
}

/** Goes through the value with a list of its own instead of the call stack, which deep nesting would exhaust. */
function holdsUnstorable(value: unknown): boolean {
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === 'string' && UNSTORABLE.test(next)) return true;
    if (typeof next === 'object' && next !== null) for (const entry of Object.entries(next)) pending.push(...entry);
  }
  return false;
}

function decode(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    throw new MalformedJsonError('it is not UTF-8', { cause: error });
  }
}
