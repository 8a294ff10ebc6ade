/** As many tasks run and wait as may. */
export class GateFullError extends Error {}

/** Lets a number of tasks run at once; the others wait for their turn in the order they came. */
export class Gate {
  private readonly waiting: (() => void)[] = [];

  constructor(
    private free: number,
    private readonly maxWaiting = Infinity,
  ) {}

  /** Throws {@link GateFullError}, without having started the task, when `maxWaiting` tasks wait already. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else if (this.waiting.length >= this.maxWaiting) throw new GateFullError('Too many tasks wait');
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
