import { z } from 'zod';

/**
 * Dollars as decimal text, the form in which numeric(12,4) leaves and enters Postgres: a JavaScript number would round.
 * Up to eight digits before and four after the point.
 */
const AMOUNT = String.raw`\d{1,8}(\.\d{1,4})?`;

export const amountSchema = z
  .string()
  .regex(new RegExp(`^-?${AMOUNT}$`), 'must be dollars as decimal text such as "1250.50"');

export const nonNegativeAmountSchema = z
  .string()
  .regex(new RegExp(`^${AMOUNT}$`), 'must be dollars as decimal text such as "1250.50", not negative');

export const positiveAmountSchema = z
  .string()
  .regex(new RegExp(`^(?=.*[1-9])${AMOUNT}$`), 'must be dollars as decimal text such as "0.17", more than 0');

/** False for `0`, `-0.0` and the like. */
export function isZero(amount: string): boolean {
  return !/[1-9]/.test(amount);
}
