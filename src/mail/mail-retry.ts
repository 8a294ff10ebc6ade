const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 3600;

/** With the waits below: tried for about 13 hours. */
export const MAX_ATTEMPTS = 20;

/** How long to wait after so many failed attempts, or null to give up. Doubles from half a minute to an hour. */
export function retryWaitSeconds(failedAttempts: number): number | null {
  if (failedAttempts >= MAX_ATTEMPTS) return null;
  return Math.min(FIRST_WAIT_SECONDS * 2 ** (failedAttempts - 1), LONGEST_WAIT_SECONDS);
}
