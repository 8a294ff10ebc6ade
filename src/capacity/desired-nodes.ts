/** What of a live capacity request decides the size of a cluster. */
export interface NodeDemand {
  userId: number;
  nodeCount: number;
}

export interface NodeLimits {
  minNodes: number;
  maxNodes: number;
}

/**
 * The number of nodes a cluster should have: the sum over users of each user's largest live request, raised to the
 * organization's minimum, then cut to its maximum (so the maximum wins when the two contradict each other).
 * Source: the behaviour contract, section 5.6.
 */
export function desiredNodes(demands: readonly NodeDemand[], limits: NodeLimits): number {
  const sum = [...largestByUser(demands).values()].reduce((total, count) => total + count, 0);
  return Math.min(Math.max(sum, limits.minNodes), limits.maxNodes);
}

/** The requests below their user's largest; they size nothing, and wait behind it (contract section 1.5). */
export function pending<Demand extends NodeDemand>(demands: readonly Demand[]): Demand[] {
  const largest = largestByUser(demands);
  return demands.filter(({ userId, nodeCount }) => nodeCount < (largest.get(userId) ?? 0));
}

/** Each user's largest live request; only these count, the others wait behind them. */
export function largestByUser(demands: readonly NodeDemand[]): Map<number, number> {
  const largest = new Map<number, number>();
  for (const { userId, nodeCount } of demands) largest.set(userId, Math.max(nodeCount, largest.get(userId) ?? 0));
  return largest;
}
