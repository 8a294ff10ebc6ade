import { InvalidUserError } from './users.errors.js';
import { USERNAME } from './users.types.js';

const MAX_EMAIL_LENGTH = 254;
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$/;
const DOMAIN = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/;
const DOTS = /^\.|\.$|\.\./;

/** Throws InvalidUserError. */
export function assertUsername(username: string): void {
  if (!isUsername(username))
    throw new InvalidUserError('A username has 1 to 150 letters, digits or any of @ . + - _ and nothing else.');
}

/** Throws InvalidUserError. ASCII only, as mail carriers want it. */
export function assertEmailAddress(email: string): void {
  if (isEmailAddress(email)) return;
  throw new InvalidUserError(
    `"${email.slice(0, 100)}" is no e-mail address; it looks like name@example.org. Write an international domain in its xn-- form.`,
  );
}

/**
 * Throws InvalidUserError for a username that is somebody else's e-mail address: owners see usernames when they accept
 * members, and would take its holder for that person.
 */
export function assertNoForeignAddress(username: string, ownAddresses: string[]): void {
  const isOwn = ownAddresses.some((address) => address.toLowerCase() === username.toLowerCase());
  if (isOwn || !isEmailAddress(username)) return;
  throw new InvalidUserError('A username that is an e-mail address must be an address of this account.');
}

export function isUsername(text: string): boolean {
  return USERNAME.test(text);
}

export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  return text.length <= MAX_EMAIL_LENGTH && LOCAL_PART.test(local) && !DOTS.test(local) && DOMAIN.test(domain);
}

export function isSameAddress(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** For audit rows, which outlive the account: enough to recognise an address, too little to write to it. */
export function masked(email: string): string {
  return `${email.slice(0, 1)}***${email.slice(email.lastIndexOf('@'))}`;
}
