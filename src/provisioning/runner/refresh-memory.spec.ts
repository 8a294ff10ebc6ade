import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestClock } from '../../../test/support/test-clock.js';
import { RefreshMemory } from './refresh-memory.js';
import { RunWorkdir } from './run-workdir.js';

const SKIPPED = ['-refresh=false'];

describe('the memory of the last comparison with reality', () => {
  let directory: string;
  let clock: TestClock;
  let workdir: RunWorkdir;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-refresh-'));
    clock = new TestClock();
    workdir = new RunWorkdir(directory, 'organization', 'run');
    workdir.create('');
    state('one');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const state = (text: string): void => {
    writeFileSync(workdir.state, text);
  };
  /** A run of its own: whether it compared, and, unless told otherwise, that it ended well with another state. */
  const run = ({ isReasonless = true, endsWith = 'next', lasts = 300 }: Partial<Run> = {}): boolean => {
    const memory = new RefreshMemory(workdir, clock, lasts);
    const options = memory.planOptions(isReasonless);
    expect([[], SKIPPED]).toContainEqual(options);
    if (endsWith !== null) {
      state(endsWith);
      memory.keep();
    }
    return options.length === 0;
  };

  it('lets a run rely on it for a time that counts from the comparison, not from the last run', () => {
    expect(run()).toBe(true);
    clock.advance(200_000);
    expect(run({ endsWith: 'after that' })).toBe(false);
    clock.advance(99_999);
    expect(run()).toBe(false);
    clock.advance(1);
    expect(run()).toBe(true);
    expect(run()).toBe(false);
  });

  it('is of no use to a run that has a reason to look, or an installation that always does', () => {
    run();
    expect(run({ isReasonless: false })).toBe(true);
    expect(run({ lasts: 0 })).toBe(true);
  });

  it('is of another state: not of one that was changed since, or left by a run that did not end well', () => {
    run();
    state('put there by an administrator');
    expect(run({ endsWith: null })).toBe(true);
    expect(run({ endsWith: null })).toBe(true);
  });

  it('can be forgotten', () => {
    run();
    new RefreshMemory(workdir, clock, 300).forget();
    expect(run()).toBe(true);
  });

  it('is of no use when the clock was set back', () => {
    run();
    clock.jump(-1);
    expect(run()).toBe(true);
  });
});

interface Run {
  isReasonless: boolean;
  endsWith: string | null;
  lasts: number;
}
