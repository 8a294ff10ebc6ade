import fc from 'fast-check';
import { clusterInputs } from '../../test/support/cluster-inputs.js';
import { checkClusterInputs, MAX_NODES } from './check-cluster-inputs.js';
import { ClusterInputsError } from './cluster-inputs.errors.js';
import { type ClusterInputs, type Installation } from './cluster-inputs.js';

function problemsOf(changes: Partial<ClusterInputs>): readonly string[] {
  try {
    checkClusterInputs(clusterInputs(changes));
    return [];
  } catch (error) {
    if (error instanceof ClusterInputsError) return error.problems;
    throw error;
  }
}

function problemsOfInstallation(changes: Partial<Installation>): readonly string[] {
  return problemsOf({ installation: { ...clusterInputs().installation, ...changes } });
}

describe('checkClusterInputs', () => {
  it('accepts every size between the bounds', () => {
    const size = fc.tuple(fc.nat(MAX_NODES), fc.nat(MAX_NODES), fc.integer({ min: 1, max: MAX_NODES }));
    fc.assert(
      fc.property(size, (numbers) => {
        const [min = 0, desired = 0, max = 0] = [...numbers].sort((a, b) => a - b);
        expect(problemsOf({ nodes: { min, desired, max } })).toEqual([]);
      }),
    );
  });

  it('refuses every other size', () => {
    const count = fc.oneof(fc.integer({ min: -5, max: MAX_NODES + 5 }), fc.constantFrom(0.5, NaN, Infinity));
    fc.assert(
      fc.property(count, count, count, (min, desired, max) => {
        const whole = [min, desired, max].every(Number.isInteger);
        fc.pre(!(whole && min >= 0 && min <= desired && desired <= max && max <= MAX_NODES && max > 0));
        expect(problemsOf({ nodes: { min, desired, max } })).toHaveLength(1);
      }),
    );
  });

  it('accepts a cluster name only if it can be an address', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'B', '7', '-', '_', '.', ' '), maxLength: 60 }), (name) => {
        const isLabel = name.length <= 55 && /^[aB7-]+$/.test(name) && !name.startsWith('-') && !name.endsWith('-');
        expect(problemsOf({ clusterName: name })).toHaveLength(isLabel ? 0 : 1);
      }),
    );
  });

  it('lets nothing through that breaks out of a line', () => {
    const control = fc.constantFrom('\n', '\r', '\0', '\u2028', '\t');
    fc.assert(
      fc.property(fc.string(), control, fc.string(), (before, character, after) => {
        const text = before + character + after;
        const changes = { clusterName: text, organizationName: text, clusterVersion: text, environmentVersion: text };
        expect(problemsOf(changes)).toHaveLength(4);
      }),
    );
  });

  it.each([
    [{ availabilityZone: 'us-east-1a' }, 'is not in the region "us-west-2"'],
    [{ availabilityZone: 'us-west-2' }, 'choose one like "us-west-2c"'],
    [{ nodeConfiguration: 'x2_huge' }, 'choose one of t4g_2xlarge, t4g_large, r8g_2xlarge, graviton3_spot'],
    [{ spot: { allocationStrategy: 'cheapest', maxPrice: '0.17' } }, 'spot allocation strategy "cheapest"'],
    [{ spot: { allocationStrategy: 'lowest-price', maxPrice: '17 cents' } }, 'write it like 0.17'],
    [{ volumeSizeGb: 4 }, 'a whole number from 8 to'],
    [{ clusterVersion: '../v4' }, 'cannot be the tag of a container image'],
  ])('says what to do about %j', (changes, advice) => {
    expect(problemsOf(changes)).toEqual([expect.stringContaining(advice)]);
  });

  it.each([
    [{ domain: 'localhost' }],
    [{ containerRepository: 'https://example.org' }],
    [{ projectBucket: 'Bucket' }],
    [{ publicBucket: '' }],
    [{ amiOwner: 'me' }],
    [{ autohealImage: "autoheal'" }],
    [{ keyPairName: 'a\nb' }],
    [{ vpcCidr: '10.0.0.0/8' }],
    [{ vpcCidr: '10.0.0.1/16' }],
    [{ vpcCidr: '10.0.0.0' }],
    [{ addresses: { ilb: '10.1.0.5', monitor: '10.0.1.4', manager: '10.0.1.3' } }],
    [{ addresses: { ilb: '10.0.0.3', monitor: '10.0.1.4', manager: '10.0.1.3' } }],
    [{ addresses: { ilb: '10.0.255.255', monitor: '10.0.1.4', manager: '10.0.1.3' } }],
    [{ addresses: { ilb: '10.0.1.4', monitor: '10.0.1.4', manager: '10.0.1.3' } }],
  ])('refuses an installation with %j', (changes) => {
    expect(problemsOfInstallation(changes)).toHaveLength(1);
  });

  it('names every problem at once, with a stable code', () => {
    expect(problemsOf({ clusterName: '', nodeConfiguration: 'none', volumeSizeGb: 1 })).toHaveLength(3);
    const { code, message } = new ClusterInputsError(['One.', 'Two.']);
    expect({ code, message }).toEqual({
      code: 'cluster.inputs_invalid',
      message: 'The cluster cannot be defined. One. Two.',
    });
  });
});
