import { DEFAULT_SETTINGS, type Organization } from '../organizations.types.js';
import { assertLimits, differences, withChange } from './settings-rules.js';

const organization: Organization = {
  ...DEFAULT_SETTINGS,
  id: 'c0ffee00-0000-4000-8000-000000000000',
  name: 'lab',
  createdAt: new Date(0),
  updatedAt: new Date(0),
};

describe('settings of an organization', () => {
  it.each([
    { minNodes: 0, maxNodes: 0, adminMaxNodes: 0 },
    { minNodes: 3, maxNodes: 3, adminMaxNodes: 3 },
    { minNodes: 0, maxNodes: 1000, adminMaxNodes: 1000 },
  ])('may be limited by %j', (limits) => {
    expect(() => {
      assertLimits(limits);
    }).not.toThrow();
  });

  it.each([
    [{ minNodes: 4, maxNodes: 3, adminMaxNodes: 10 }, /minNodes \(4\) must not exceed maxNodes \(3\)/],
    [{ minNodes: 0, maxNodes: 11, adminMaxNodes: 10 }, /maxNodes \(11\) must not exceed adminMaxNodes \(10\)/],
  ])('may not be limited by %j', (limits, message) => {
    expect(() => {
      assertLimits(limits);
    }).toThrow(message);
  });

  it('keep what a change does not give, and take null where it is given', () => {
    const changed = withChange(
      { ...organization, nodeConfiguration: 'gpu' },
      { minNodes: 2, maxNodes: undefined, nodeConfiguration: null },
    );
    expect(changed).toEqual({ ...organization, minNodes: 2, nodeConfiguration: null });
  });

  it('are compared one by one, without the times of the row', () => {
    const after = { ...organization, minNodes: 2, contactEmail: 'help@example.org', updatedAt: new Date(1) };
    expect(differences(organization, after)).toEqual({
      before: { minNodes: 0, contactEmail: null },
      after: { minNodes: 2, contactEmail: 'help@example.org' },
    });
  });
});
