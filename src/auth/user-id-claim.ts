/** The largest value of the column's type. */
const MAX_USER_ID = 2_147_483_647;

/** The user a token's claim names: an integer, or one written in digits, as old tokens may have it. Null for all else. */
export function userIdOf(claim: unknown): number | null {
  const isNumeric = typeof claim === 'number' || (typeof claim === 'string' && /^[0-9]+$/.test(claim));
  const id = isNumeric ? Number(claim) : 0;
  return Number.isInteger(id) && id >= 1 && id <= MAX_USER_ID ? id : null;
}
