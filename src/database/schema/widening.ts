const INTEGERS = ['smallint', 'integer', 'bigint'];

/** Whether every value of one type is a value of the other, as {@link format_type} of Postgres writes them. */
export function isWidening(from: string, to: string): boolean {
  if (to === 'text') return /^character varying(\(\d+\))?$/.test(from);
  const [fromLength, toLength] = [lengthOf(from), lengthOf(to)] as const;
  if (fromLength !== null && toLength !== null) return fromLength <= toLength;
  const [fromInteger, toInteger] = [INTEGERS.indexOf(from), INTEGERS.indexOf(to)] as const;
  if (fromInteger >= 0 && toInteger >= 0) return fromInteger <= toInteger;
  return isWiderNumeric(numericOf(from), numericOf(to));
}

/** Whether the table keeps its rows as they are, instead of being written anew under a lock. */
export function isInPlace(from: string, to: string): boolean {
  return isWidening(from, to) && !INTEGERS.includes(from);
}

function lengthOf(type: string): number | null {
  const [, length] = /^character varying(?:\((\d+)\))?$/.exec(type) ?? [null, null];
  return type.startsWith('character varying') ? Number(length ?? Infinity) : null;
}

interface Numeric {
  digits: number;
  scale: number;
}

function numericOf(type: string): Numeric | null {
  if (type === 'numeric') return { digits: Infinity, scale: Infinity };
  const [, precision, scale] = /^numeric\((\d+),(\d+)\)$/.exec(type) ?? [];
  return precision === undefined ? null : { digits: Number(precision) - Number(scale), scale: Number(scale) };
}

/** Another scale writes the table anew, which loses nothing when there is more of it. */
function isWiderNumeric(from: Numeric | null, to: Numeric | null): boolean {
  return from !== null && to !== null && from.digits <= to.digits && from.scale <= to.scale;
}
