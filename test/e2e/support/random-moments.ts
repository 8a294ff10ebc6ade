/** Milliseconds from 50 on, below `spanMs` more; for each seed a fixed sequence, so that a failure can be repeated. */
export function* randomMoments(spanMs: number, seed = 0): Generator<number, never> {
  for (let state = 20261124 + seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield 50 + (state % spanMs);
  }
}
