import { MAX_TTL_MINUTES, MIN_TTL_MINUTES, TimeToLiveOutOfRangeError } from './capacity.errors.js';

/** How long nodes are asked for: from now on, or until an instant. */
export interface TimeToLive {
  ttlMinutes?: number | undefined;
  expiresAt?: Date | undefined;
}

/** When a request of now ends, in whole seconds, as the old API counts them. Throws TimeToLiveOutOfRangeError. */
export function expiryOf({ ttlMinutes, expiresAt }: TimeToLive, now: Date): Date {
  const start = wholeSeconds(now.getTime());
  const end = expiresAt ? wholeSeconds(expiresAt.getTime()) : start + (ttlMinutes ?? 0) * 60_000;
  const isInRange = end >= start + MIN_TTL_MINUTES * 60_000 && end <= start + MAX_TTL_MINUTES * 60_000;
  if (!isInRange) throw new TimeToLiveOutOfRangeError(new Date(start));
  return new Date(end);
}

function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
