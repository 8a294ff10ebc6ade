import fc from 'fast-check';
import { desiredNodes, type NodeDemand } from './desired-nodes.js';

const demand = fc.record({ userId: fc.integer({ min: 1, max: 5 }), nodeCount: fc.integer({ min: 0, max: 1000 }) });
const demands = fc.array(demand, { maxLength: 30 });
const limits = fc.record({ minNodes: fc.integer({ min: 0, max: 1000 }), maxNodes: fc.integer({ min: 0, max: 1000 }) });
const UNLIMITED = { minNodes: 0, maxNodes: Number.MAX_SAFE_INTEGER };

describe('desiredNodes', () => {
  it.each<[string, NodeDemand[], number, number, number]>([
    ['nobody asks', [], 0, 10, 0],
    ['nobody asks, but there is a minimum', [], 2, 10, 2],
    [
      'two users add up',
      [
        { userId: 1, nodeCount: 3 },
        { userId: 2, nodeCount: 2 },
      ],
      0,
      10,
      5,
    ],
    [
      'the largest of one user counts',
      [
        { userId: 1, nodeCount: 3 },
        { userId: 1, nodeCount: 5 },
      ],
      0,
      10,
      5,
    ],
    ['the maximum cuts', [{ userId: 1, nodeCount: 50 }], 0, 10, 10],
    ['the maximum wins over a larger minimum', [], 8, 4, 4],
  ])('%s', (_, requests, minNodes, maxNodes, expected) => {
    expect(desiredNodes(requests, { minNodes, maxNodes })).toBe(expected);
  });

  it('never exceeds the maximum, and reaches the minimum whenever the maximum allows it', () => {
    fc.assert(
      fc.property(demands, limits, (requests, bounds) => {
        const nodes = desiredNodes(requests, bounds);
        expect(nodes).toBeLessThanOrEqual(bounds.maxNodes);
        expect(nodes).toBeGreaterThanOrEqual(Math.min(bounds.minNodes, bounds.maxNodes));
      }),
    );
  });

  it('does not depend on the order of requests', () => {
    fc.assert(
      fc.property(demands, limits, (requests, bounds) => {
        expect(desiredNodes([...requests].reverse(), bounds)).toBe(desiredNodes(requests, bounds));
      }),
    );
  });

  it("never shrinks by one more request, and a request below the user's largest changes nothing", () => {
    fc.assert(
      fc.property(demands, demand, (requests, extra) => {
        const before = desiredNodes(requests, UNLIMITED);
        const after = desiredNodes([...requests, extra], UNLIMITED);
        const largest = Math.max(0, ...requests.filter((r) => r.userId === extra.userId).map((r) => r.nodeCount));
        expect(after).toBe(before + Math.max(0, extra.nodeCount - largest));
      }),
    );
  });

  it('is the sum of what each user alone would get', () => {
    fc.assert(
      fc.property(demands, (requests) => {
        const users = [...new Set(requests.map((r) => r.userId))];
        const alone = users.map((user) =>
          desiredNodes(
            requests.filter((r) => r.userId === user),
            UNLIMITED,
          ),
        );
        expect(desiredNodes(requests, UNLIMITED)).toBe(alone.reduce((a, b) => a + b, 0));
      }),
    );
  });
});
