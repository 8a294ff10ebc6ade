import { amountSchema, isZero, nonNegativeAmountSchema, positiveAmountSchema } from './money.schemas.js';

const accepted = (schema: typeof amountSchema, text: unknown): boolean => schema.safeParse(text).success;

describe('amounts of money', () => {
  it.each(['0', '12', '12.5', '99999999.9999', '0.0001'])('%s is one', (text) => {
    expect(accepted(amountSchema, text)).toBe(true);
    expect(accepted(nonNegativeAmountSchema, text)).toBe(true);
  });

  it.each(['', '.5', '1.', '1,5', '+1', '1e3', ' 1', '1\n', '100000000', '0.00001', 'NaN', 12, null])(
    '%j is none',
    (text) => {
      expect(accepted(amountSchema, text)).toBe(false);
      expect(accepted(nonNegativeAmountSchema, text)).toBe(false);
      expect(accepted(positiveAmountSchema, text)).toBe(false);
    },
  );

  it('may be below zero only where that makes sense', () => {
    expect(accepted(amountSchema, '-3.25')).toBe(true);
    expect(accepted(nonNegativeAmountSchema, '-3.25')).toBe(false);
    expect(accepted(positiveAmountSchema, '-3.25')).toBe(false);
  });

  it.each([
    ['0', true],
    ['-0.0000', true],
    ['0.0001', false],
    ['-2', false],
  ])('%s is zero: %s', (text, expected) => {
    expect(isZero(text)).toBe(expected);
    expect(accepted(positiveAmountSchema, text.replace('-', ''))).toBe(!expected);
  });
});
