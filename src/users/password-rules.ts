import { WeakPasswordError } from './users.errors.js';

const MIN_LENGTH = 8;
/** The most guessed ones of eight letters or more; shorter ones fail by length. */
const COMMON = new Set([
  'password',
  'password1',
  'password123',
  'passw0rd',
  'qwertyuiop',
  'qwerty123',
  'iloveyou',
  'sunshine',
  'princess',
  'football',
  'baseball',
  'superman',
  'trustno1',
  'whatever',
  'starwars',
  'computer',
  'letmein1',
  'welcome1',
  'changeme',
  'administrator',
  'abcd1234',
  '1q2w3e4r',
  '1qaz2wsx',
  'asdfghjkl',
  'zaq12wsx',
  'michelle',
  'jennifer',
  'sliderule',
]);

/** Throws {@link WeakPasswordError} with every rule the password breaks. Rules: behaviour contract, section 5.1. */
export function assertStrongPassword(password: string, username: string): void {
  const problems = [
    password.length < MIN_LENGTH ? `it is shorter than ${MIN_LENGTH} characters` : null,
    /^\d+$/.test(password) ? 'it is entirely numeric' : null,
    COMMON.has(password.toLowerCase()) ? 'it is one of the most common passwords' : null,
    isSimilar(password, username) ? 'it is too similar to the username' : null,
  ].filter((problem) => problem !== null);
  if (problems.length > 0)
    throw new WeakPasswordError(`The password cannot be used: ${problems.join(', ')}. Choose another one.`);
}

function isSimilar(password: string, username: string): boolean {
  const [secret, name] = [password.toLowerCase(), username.toLowerCase()];
  return name.length >= 4 && (secret.includes(name) || name.includes(secret));
}
