import { hostNameOf, serviceInputsSchema } from './service-inputs.js';

const LEAST = {
  domain: 'example.org',
  image: `repository.example.org/ps-server@sha256:${'0a'.repeat(32)}`,
  clusters: { containerRepository: 'repository.example.org' },
};

function problemsOf(changes: object): string[] {
  const parsed = serviceInputsSchema.safeParse({ ...LEAST, ...changes });
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
}

describe('settings of a deployment', () => {
  it('need a domain, an image and a repository; everything else is made for production', () => {
    const settings = serviceInputsSchema.parse(LEAST);
    expect(settings).toMatchObject({
      region: 'us-west-2',
      network: { zones: 2, hasNatPerZone: true },
      web: { count: { min: 2, max: 6 } },
      worker: { count: 2 },
      database: { isMultiAz: true, isProtected: true, snapshot: null },
    });
    expect(hostNameOf(settings)).toBe('ps.example.org');
    expect(hostNameOf({ ...settings, hostName: 'clusters.example.org' })).toBe('clusters.example.org');
  });

  it.each([
    ['an image that may change', { image: 'repository.example.org/ps-server:latest' }, 'image'],
    ['no domain', { domain: 'localhost' }, 'domain'],
    ['a size Fargate does not have', { web: { size: { cpu: 1000, memory: 2048 } } }, 'web.size'],
    ['too much memory for its CPU', { worker: { size: { cpu: 256, memory: 4096 } } }, 'worker.size'],
    ['a range that is upside down', { web: { count: { min: 3, max: 2 } } }, 'web.count'],
    ['one zone, which no load balancer takes', { network: { zones: 1 } }, 'network.zones'],
    ['a network of another size', { network: { cidr: '10.0.0.0/8' } }, 'network.cidr'],
    ['a name that does not exist', { databse: {} }, ''],
    ['nobody to mail to', { alarmEmail: 'operators' }, 'alarmEmail'],
  ])('refuse %s', (_, changes, problem) => {
    expect(problemsOf(changes)).toEqual([problem]);
  });
});
