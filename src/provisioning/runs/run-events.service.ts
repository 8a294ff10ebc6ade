import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { Notifier } from '../../database/notifier.js';
import { RunLogRepository } from '../logs/run-log.repository.js';
import { ProvisioningService } from '../provisioning.service.js';
import { type Run, type StoredRunLogEntry } from '../provisioning.types.js';
import { isTerminal } from './run-status.js';

export type RunEvent =
  | { type: 'log'; entry: StoredRunLogEntry }
  | { type: 'run'; run: Run }
  /** Nothing happened for a while; keeps proxies from closing the connection. */
  | { type: 'idle' };

const PAGE = 200;
const IDLE_MS = 15_000;

/** Follows runs from any stored point on. Pulls from the database, so a slow reader costs no memory here. */
@Injectable()
export class RunEventsService {
  constructor(
    private readonly provisioning: ProvisioningService,
    private readonly logs: RunLogRepository,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
  ) {}

  /** Log entries after `afterSeq` and the run whenever it changes, until the run is finished or `signal` aborts. */
  async *follow(
    organizationId: string,
    runId: string,
    afterSeq: number,
    signal: AbortSignal,
  ): AsyncGenerator<RunEvent> {
    // Subscribed before the first read: what is stored between read and wait has rung the bell already.
    const bell = new Bell(this.clock, signal);
    const unsubscribe = [
      this.notifier.subscribe('ps_run_log', (payload) => {
        bell.ringFor(payload, runId);
      }),
      this.notifier.subscribe('ps_runs', (payload) => {
        bell.ringFor(payload, organizationId);
      }),
    ];
    try {
      yield* this.pull(organizationId, runId, afterSeq, bell, signal);
    } finally {
      for (const stop of unsubscribe) stop();
    }
  }

  private async *pull(
    organizationId: string,
    runId: string,
    afterSeq: number,
    bell: Bell,
    signal: AbortSignal,
  ): AsyncGenerator<RunEvent> {
    let seq = afterSeq;
    let shown = '';
    while (!signal.aborted) {
      // The run is read before its log: when it is finished, its log is complete.
      const run = await this.provisioning.get(organizationId, runId);
      for (let page = await this.logs.list(organizationId, runId, seq, PAGE); page.length > 0;) {
        for (const entry of page) yield { type: 'log', entry };
        seq = page.at(-1)?.seq ?? seq;
        page = page.length < PAGE ? [] : await this.logs.list(organizationId, runId, seq, PAGE);
      }
      const face = `${run.status} ${run.plannedChanges ?? ''} ${run.completedChanges}`;
      if (face !== shown) yield { type: 'run', run };
      shown = face;
      if (isTerminal(run.status)) return;
      if ((await bell.wait(IDLE_MS)) === 'silence') yield { type: 'idle' };
    }
  }
}

/** Remembers that it rang, so that a ring between two waits is not lost. */
class Bell {
  private hasRung = false;
  private wake: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.wake?.());
  }

  ringFor(payload: string | null, id: string): void {
    if (payload !== null && payload !== id) return;
    this.hasRung = true;
    this.wake?.();
  }

  async wait(milliseconds: number): Promise<'ring' | 'silence'> {
    if (!this.hasRung && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = this.clock.schedule(milliseconds, resolve);
        this.wake = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    const rang = this.hasRung;
    this.hasRung = false;
    this.wake = null;
    return rang ? 'ring' : 'silence';
  }
}
