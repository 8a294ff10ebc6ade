import { WeakPasswordError } from '../users.errors.js';
import { isCommonPassword } from './common-passwords.js';
import { similarity } from './similarity.js';

const MIN_LENGTH = 8;
const MAX_SIMILARITY = 0.7;

/** What a password must not resemble. */
export interface Person {
  username: string;
  email: string;
  firstName: string;
  lastName: string;
}

const ATTRIBUTES: Record<keyof Person, string> = {
  username: 'the username',
  email: 'the e-mail address',
  firstName: 'the first name',
  lastName: 'the last name',
};

/** Throws {@link WeakPasswordError} with every rule the password breaks. Rules: behaviour contract, section 5.1. */
export async function assertStrongPassword(password: string, person: Person): Promise<void> {
  const resembled = (Object.keys(ATTRIBUTES) as (keyof Person)[]).find((name) => resembles(password, person[name]));
  const problems = [
    password.length < MIN_LENGTH ? `it is shorter than ${MIN_LENGTH} characters` : null,
    /^\d+$/.test(password) ? 'it is entirely numeric' : null,
    (await isCommonPassword(password)) ? 'it is one of the most common passwords' : null,
    resembled === undefined ? null : `it is too similar to ${ATTRIBUTES[resembled]}`,
  ].filter((problem) => problem !== null);
  if (problems.length > 0)
    throw new WeakPasswordError(`The password cannot be used: ${problems.join(', ')}. Choose another one.`);
}

/** Compared with the whole attribute and with each word of it, so that `ann@example.org` has `example` in it. */
function resembles(password: string, attribute: string): boolean {
  const value = attribute.toLowerCase();
  return [value, ...value.split(/\W+/)].some(
    (part) => part !== '' && similarity(password.toLowerCase(), part) >= MAX_SIMILARITY,
  );
}
