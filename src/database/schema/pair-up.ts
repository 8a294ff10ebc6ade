import { isDeepStrictEqual } from 'node:util';

export interface Pairs<T> {
  /** Only declared. */
  added: T[];
  /** Only actual. */
  removed: T[];
  /** In both, alike or not. */
  kept: { from: T; to: T }[];
  /** In both, and not alike. */
  changed: { from: T; to: T }[];
}

/** Which of what is declared and what is actual belong together, by a key. */
export function pairUp<T>(declared: readonly T[], actual: readonly T[], keyOf: (one: T) => string): Pairs<T> {
  const before = new Map(actual.map((one) => [keyOf(one), one]));
  const after = new Set(declared.map(keyOf));
  const kept = declared.flatMap((to) => {
    const from = before.get(keyOf(to));
    return from === undefined ? [] : [{ from, to }];
  });
  return {
    added: declared.filter((one) => !before.has(keyOf(one))),
    removed: actual.filter((one) => !after.has(keyOf(one))),
    kept,
    changed: kept.filter(({ from, to }) => !isDeepStrictEqual(from, to)),
  };
}
