const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * A signal of the terminal as an AbortSignal, for work that has to end in good order. Asking again changes nothing:
 * `say` tells the person so.
 */
export function abortedBySignals(say: (line: string) => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const abort = (): void => {
    say(
      controller.signal.aborted
        ? 'Still ending what is at work; ending it at once would lose track of what it builds.'
        : 'Stopping: what is at work is finished first ...',
    );
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, abort);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, abort);
    },
  };
}
