/** `fence_lost` is never recorded: the run's record belongs to somebody else then. */
export type InterruptReason = 'cancel' | 'timeout' | 'shutdown' | 'out_of_contact' | 'fence_lost';

const BY_SYSTEM: InterruptReason[] = ['timeout', 'shutdown', 'out_of_contact'];

/** Who is recorded as having asked for an interrupt of ours; a person's name is recorded by whoever takes the request. */
export function systemRequester(reason: InterruptReason): string {
  return `system:${reason}`;
}

/** Why a run is to stop, from who asked for it; after a takeover only the record tells. */
export function reasonOf(cancelRequestedBy: string | null): InterruptReason {
  return BY_SYSTEM.find((reason) => systemRequester(reason) === cancelRequestedBy) ?? 'cancel';
}

/** Asks a run to stop in good order. The first reason stands; asking again changes nothing. */
export class RunInterrupt {
  private reason: InterruptReason | null = null;
  private isChanging = false;
  private readonly listeners: ((reason: InterruptReason) => void)[] = [];

  get requested(): InterruptReason | null {
    return this.reason;
  }

  request(reason: InterruptReason): void {
    if (this.reason !== null || (this.isChanging && reason === 'out_of_contact')) return;
    this.reason = reason;
    for (const listener of this.listeners) listener(reason);
  }

  /** From here on the run changes its cluster: it is no longer stopped for want of contact, but finishes what it began. */
  changesBegin(): void {
    this.isChanging = true;
  }

  /** Calls the listener once: now, if an interrupt was requested already. */
  onRequest(listener: (reason: InterruptReason) => void): void {
    if (this.reason !== null) listener(this.reason);
    else this.listeners.push(listener);
  }
}
