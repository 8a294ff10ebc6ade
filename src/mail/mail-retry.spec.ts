import { MAX_ATTEMPTS, retryWaitSeconds } from './mail-retry.js';

describe('retryWaitSeconds', () => {
  it('doubles up to an hour and gives up within a day', () => {
    const waits = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) => retryWaitSeconds(index + 1) ?? NaN);
    expect(waits.slice(0, 9)).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    const total = waits.reduce((sum, wait) => sum + wait, 0);
    expect(total).toBeGreaterThan(12 * 3600);
    expect(total).toBeLessThan(24 * 3600);
    expect(retryWaitSeconds(MAX_ATTEMPTS)).toBeNull();
  });
});
