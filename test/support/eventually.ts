const POLL_MS = 10;

/** Polls until `look` gives a truthy value and returns it; fails with what it saw last. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  limitMs = 15_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`Waited ${limitMs} ms for ${what}; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
}
