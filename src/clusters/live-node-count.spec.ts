import { type AwsMachinesService } from '../aws/aws-machines.service.js';
import { AwsUnavailableError } from '../aws/aws.errors.js';
import { type AppConfig, loadConfig } from '../config/app-config.js';
import { TestClock } from '../../test/support/test-clock.js';
import { LiveNodeCountService } from './live-node-count.service.js';

const CLUSTER = { organizationId: 'id', organizationName: 'lab', target: 'aws', nodeCount: 4 };

describe('the number of nodes that run', () => {
  let clock: TestClock;
  let asked: { resolve: (nodes: number) => void; reject: (error: Error) => void }[];
  let live: LiveNodeCountService;
  const settings = (environment: NodeJS.ProcessEnv = {}): AppConfig => loadConfig(environment);
  const counting = (config = settings()) => {
    const machines = {
      countRunning: () => new Promise<number>((resolve, reject) => asked.push({ resolve, reject })),
    } as unknown as AwsMachinesService;
    return new LiveNodeCountService(machines, clock, config);
  };
  beforeEach(() => {
    clock = new TestClock();
    asked = [];
    live = counting();
  });

  it('is what EC2 says, asked once for all who ask within five seconds', async () => {
    const answers = [live.current(CLUSTER), live.current(CLUSTER)];
    asked[0]!.resolve(3);
    expect(await Promise.all(answers)).toEqual([3, 3]);
    clock.advance(4_999);
    expect(await live.current(CLUSTER)).toBe(3);
    expect(asked).toHaveLength(1);
    clock.advance(1);
    const later = live.current(CLUSTER);
    asked[1]!.resolve(2);
    expect(await later).toBe(2);
  });

  it('is what was known last when EC2 takes longer than a second, and at first what the state says', async () => {
    const first = live.current(CLUSTER);
    clock.advance(1_000);
    expect(await first).toBe(4);
    asked[0]!.resolve(3);
    await Promise.resolve();
    clock.advance(5_000);
    const second = live.current(CLUSTER);
    clock.advance(1_000);
    expect(await second).toBe(3);
  });

  it('is what was known last when EC2 refuses', async () => {
    const refused = live.current(CLUSTER);
    asked[0]!.reject(new AwsUnavailableError('that', new Error('AccessDenied')));
    expect(await refused).toBe(4);
  });

  it('is what the state says where there is no EC2, or where the service is not to ask', async () => {
    expect(await live.current({ ...CLUSTER, target: 'local' })).toBe(4);
    expect(await counting(settings({ PS_AWS_OBSERVE: 'false' })).current(CLUSTER)).toBe(4);
    expect(asked).toEqual([]);
  });
});
