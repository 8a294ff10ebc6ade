import { type User } from './users.types.js';

/**
 * Of a row `u` of users: until when what was issued counts no more, null when nothing ever ended. A new password ends
 * sessions and refresh tokens, and so does whoever ends them alone.
 */
export const CREDENTIALS_ENDED_AT = 'greatest(u.password_changed_at, u.sessions_ended_at)';

/**
 * Whether a token came before the account's sessions and refresh tokens were ended last, so that it is not to be
 * accepted. `issuedAt` is in seconds since the epoch, in parts of a second as far as the token has them; a token must
 * bear the moment its login began, not the one it was signed at.
 */
export function hasBeenEnded(user: Pick<User, 'credentialsEndedAt'>, issuedAt: number): boolean {
  return user.credentialsEndedAt !== null && issuedAt * 1000 <= user.credentialsEndedAt.getTime();
}
