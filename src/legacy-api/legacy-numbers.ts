import { NotFoundException } from '@nestjs/common';

const DIGITS = /^[0-9]+$/;
const MAX_SHOWN_DIGITS = 20;

/** Anything but digits is a path the old system does not have. */
export function assertDigits(...values: string[]): void {
  if (!values.every((value) => DIGITS.test(value))) throw new NotFoundException();
}

/** As it was written: a number that long is no longer exact. */
export function shortened(digits: string): string {
  return digits.length > MAX_SHOWN_DIGITS ? `${digits.slice(0, MAX_SHOWN_DIGITS)}...` : digits;
}
