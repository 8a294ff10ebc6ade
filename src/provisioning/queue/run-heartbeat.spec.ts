import { Logger } from '@nestjs/common';
import { TestClock } from '../../../test/support/test-clock.js';
import { type AppConfig, loadConfig } from '../../config/app-config.js';
import { RunHeartbeat } from './run-heartbeat.js';
import { type HeartbeatAnswer, type RunQueueRepository } from './run-queue.repository.js';
import { type RunSessions } from './run-sessions.js';

const BEAT_MS = 5_000;
const LOST_MS = 90_000;
const OWNED: HeartbeatAnswer = { id: 'run-1', cancelRequestedBy: null, isApproved: false, isForced: false };

describe('RunHeartbeat', () => {
  const clock = new TestClock();
  let answer: () => Promise<HeartbeatAnswer[]>;
  let interrupts: string[];
  let renewed: string[][];
  let heartbeat: RunHeartbeat;
  let said: string[];

  beforeAll(() => {
    const say = (message: unknown): void => void said.push(String(message));
    Logger.overrideLogger({ log: say, warn: say, error: say });
  });
  afterAll(() => {
    Logger.overrideLogger(['log', 'warn', 'error']);
  });
  beforeEach(() => {
    interrupts = [];
    said = [];
    renewed = [];
    answer = () => Promise.resolve([OWNED]);
    const queue = {
      heartbeat: (_worker: string, executing: string[]) => {
        renewed.push(executing);
        return answer();
      },
    } as unknown as RunQueueRepository;
    const sessions = {
      all: [{ id: 'run-1' }],
      interrupt: (id: string, reason: string) => interrupts.push(`${id} ${reason}`),
      interruptAll: (reason: string) => interrupts.push(`all ${reason}`),
    } as unknown as RunSessions;
    const config: AppConfig = loadConfig({ PS_JWT_SECRET: 'x'.repeat(16) });
    heartbeat = new RunHeartbeat(queue, sessions, clock, config);
    heartbeat.start('worker');
  });
  afterEach(() => heartbeat.stop());

  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const pass = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += BEAT_MS) {
      clock.advance(BEAT_MS);
      await settle();
    }
  };

  it('renews the lease of what is executed here, again and again', async () => {
    await pass(60_000);
    expect(renewed.length).toBeGreaterThan(10);
    expect(new Set(renewed.map(String))).toEqual(new Set(['run-1']));
    expect(interrupts).toEqual([]);
  });

  it('passes on who wants a run to stop', async () => {
    answer = () => Promise.resolve([{ ...OWNED, cancelRequestedBy: 'user:ann' }]);
    await pass(BEAT_MS);
    answer = () => Promise.resolve([{ ...OWNED, cancelRequestedBy: 'system:timeout' }]);
    await pass(BEAT_MS);
    expect(interrupts).toEqual(expect.arrayContaining(['run-1 cancel', 'run-1 timeout']));
  });

  it('stops what belongs to another worker by now, and only when the database says so', async () => {
    answer = () => Promise.reject(new Error('connect ECONNREFUSED'));
    await pass(2 * BEAT_MS);
    expect(interrupts).toEqual([]);
    answer = () => Promise.resolve([]);
    await pass(BEAT_MS);
    expect(new Set(interrupts)).toEqual(new Set(['run-1 fence_lost']));
  });

  it('gives up what changes nothing before others may take it over, and only then', async () => {
    answer = () => Promise.reject(new Error('connect ECONNREFUSED'));
    await pass(55_000);
    expect(interrupts).toEqual([]);
    await pass(LOST_MS - 60_000);
    expect(interrupts).toEqual(['all out_of_contact']);
  });

  it('gives up also when the database does not even refuse', async () => {
    let endWaiting: (answers: HeartbeatAnswer[]) => void = () => undefined;
    answer = () => new Promise((resolve) => (endWaiting = resolve));
    await pass(BEAT_MS);
    clock.advance(LOST_MS - 2 * BEAT_MS);
    expect(interrupts).toEqual(['all out_of_contact']);
    endWaiting([OWNED]);
  });

  it('counts anew after every contact', async () => {
    for (let outage = 0; outage < 4; outage++) {
      answer = () => Promise.reject(new Error('connect ECONNREFUSED'));
      await pass(40_000);
      answer = () => Promise.resolve([OWNED]);
      await pass(2 * BEAT_MS);
    }
    expect(interrupts).toEqual([]);
  });

  it('says once that the database is away, and once that it is back', async () => {
    await pass(2 * BEAT_MS);
    expect(said).toEqual([]);
    for (let outage = 0; outage < 2; outage++) {
      answer = () => Promise.reject(new Error('connect ECONNREFUSED'));
      await pass(6 * BEAT_MS);
      answer = () => Promise.resolve([OWNED]);
      await pass(2 * BEAT_MS);
    }
    const away = expect.stringContaining('trying again: connect ECONNREFUSED. After 90 seconds') as string;
    const back = 'The lease of running runs is renewed again.';
    expect(said).toEqual([away, back, away, back]);
  });
});
