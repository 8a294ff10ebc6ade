import { type RunLogEntry } from '../provisioning.types.js';
import { LogBudget } from './log-budget.js';

const entry = (level: RunLogEntry['level'], size: number): RunLogEntry => ({
  occurredAt: new Date(0),
  phase: 'apply',
  type: 'log',
  level,
  message: 'x'.repeat(size),
  data: null,
});

describe('LogBudget', () => {
  it('keeps everything that fits', () => {
    const entries = Array.from({ length: 20 }, () => entry('info', 100));
    expect(new LogBudget(10_000, 0).admit(entries)).toEqual(entries);
  });

  it('says once that it cuts, and still keeps the error at the end', () => {
    const flood = Array.from({ length: 1000 }, () => entry('info', 1000));
    const kept = new LogBudget(20_000, 0).admit([...flood, entry('error', 50)]);
    expect(kept.filter(({ type }) => type === 'log_cut')).toHaveLength(1);
    expect(kept.at(-1)?.level).toBe('error');
    expect(kept.reduce((bytes, { message }) => bytes + message.length, 0)).toBeLessThanOrEqual(20_000);
  });

  it('counts what an earlier worker has stored already', () => {
    expect(new LogBudget(10_000, 9_990).admit([entry('error', 500)])).toEqual([
      expect.objectContaining({ type: 'log_cut' }),
    ]);
  });
});
