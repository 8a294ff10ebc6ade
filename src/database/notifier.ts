import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { Clock, type Timer } from '../common/clock/clock.js';
import { errorMessage } from '../common/errors/domain-error.js';
import { DatabaseUrl } from './database-url.js';

/** Hints that something changed. A hint may be lost or doubled; slow polls are the guarantee. */
export type Channel = 'ps_capacity' | 'ps_runs' | 'ps_run_log' | 'ps_run_cancel' | 'ps_settings' | 'ps_mail';

/** `payload` is the id of what changed, or null when anything may have (after a reconnect). */
export type ChangeListener = (payload: string | null) => void;

const CHANNELS: Channel[] = ['ps_capacity', 'ps_runs', 'ps_run_log', 'ps_run_cancel', 'ps_settings', 'ps_mail'];
const RECONNECT_MS = 1000;
const COALESCE_MS = 2;

/**
 * Postgres LISTEN/NOTIFY on one connection of its own. Publish after the commit: a NOTIFY inside a transaction takes
 * a database-wide lock until the commit is on disk, which would serialise every capacity request.
 */
@Injectable()
export class Notifier implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Notifier.name);
  private readonly listeners = new Map<Channel, Set<ChangeListener>>();
  private readonly outgoing = new Map<string, { channel: Channel; payload: string }>();
  private client: pg.Client | null = null;
  private retry: Timer | null = null;
  private flushTimer: Timer | null = null;
  private sending: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly url: DatabaseUrl,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    this.retry?.cancel();
    await this.flush();
    await this.client?.end();
  }

  /** Tells every process that `payload` of `channel` changed. Equal hints within two milliseconds become one. */
  publish(channel: Channel, payload: string): void {
    this.outgoing.set(`${channel} ${payload}`, { channel, payload });
    this.flushTimer ??= this.clock.schedule(COALESCE_MS, () => void this.flush());
  }

  subscribe(channel: Channel, listener: ChangeListener): () => void {
    const listeners = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** One statement after the other: the connection takes no second one before the first is answered. */
  private flush(): Promise<void> {
    this.flushTimer?.cancel();
    this.flushTimer = null;
    this.sending = this.sending.then(() => this.send());
    return this.sending;
  }

  private async send(): Promise<void> {
    if (!this.client || this.outgoing.size === 0) return;
    const hints = [...this.outgoing.values()];
    this.outgoing.clear();
    try {
      await this.client.query(
        'SELECT pg_notify(hint.channel, hint.payload) FROM unnest($1::text[], $2::text[]) AS hint(channel, payload)',
        [hints.map((hint) => hint.channel), hints.map((hint) => hint.payload)],
      );
    } catch (error) {
      this.logger.warn(
        `Could not send ${hints.length} change hints, polls will find the changes: ${errorMessage(error)}`,
      );
    }
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url.value,
      application_name: 'ps-server listener',
      keepAlive: true,
    });
    // A connection that has been replaced may end late; that is no loss.
    const lost = (cause: Error): void => {
      if (this.client === null || this.client === client) this.reconnectLater(cause);
    };
    client.on('error', lost);
    client.on('end', () => {
      lost(new Error('the connection ended'));
    });
    client.on('notification', ({ channel, payload }) => {
      this.deliver(channel as Channel, payload ?? '');
    });
    await client.connect();
    // A hint need not outlive a crash of Postgres, so sending one need not wait for the disk.
    await client.query('SET synchronous_commit = off');
    for (const channel of CHANNELS) await client.query(`LISTEN ${channel}`);
    this.client = client;
  }

  private reconnectLater(cause: Error): void {
    if (this.closed || this.retry) return;
    this.client = null;
    this.logger.warn(`The notification connection to Postgres is lost, connecting again: ${cause.message}`);
    this.retry = this.clock.schedule(RECONNECT_MS, () => void this.reconnect());
  }

  private async reconnect(): Promise<void> {
    this.retry = null;
    if (this.client) return;
    try {
      await this.connect();
      for (const channel of CHANNELS) this.deliver(channel, null);
      await this.flush();
    } catch (error) {
      this.reconnectLater(error instanceof Error ? error : new Error(errorMessage(error)));
    }
  }

  private deliver(channel: Channel, payload: string | null): void {
    for (const listener of this.listeners.get(channel) ?? []) listener(payload);
  }
}
