export type InterruptReason = 'cancel' | 'timeout' | 'shutdown';

/** Asks a run to stop in good order. The first reason stands; asking again changes nothing. */
export class RunInterrupt {
  private reason: InterruptReason | null = null;
  private readonly listeners: ((reason: InterruptReason) => void)[] = [];

  get requested(): InterruptReason | null {
    return this.reason;
  }

  request(reason: InterruptReason): void {
    if (this.reason !== null) return;
    this.reason = reason;
    for (const listener of this.listeners) listener(reason);
  }

  /** Calls the listener once: now, if an interrupt was requested already. */
  onRequest(listener: (reason: InterruptReason) => void): void {
    if (this.reason !== null) listener(this.reason);
    else this.listeners.push(listener);
  }
}
