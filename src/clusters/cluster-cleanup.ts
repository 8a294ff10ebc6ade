import { type ClusterRecord } from './clusters.repository.js';

type Remains = Pick<ClusterRecord, 'halfBuiltAt' | 'retryNotBefore'>;

/**
 * When what a first deployment left that nobody completed is to be taken down: so many seconds after the last attempt,
 * and not before a cleanup that failed may be tried again. Null when there is nothing of the kind, or 0 says never.
 */
export function cleanupDue({ halfBuiltAt, retryNotBefore }: Remains, cleanupSeconds: number): Date | null {
  if (halfBuiltAt === null || cleanupSeconds === 0) return null;
  const due = new Date(halfBuiltAt.getTime() + cleanupSeconds * 1000);
  return retryNotBefore && retryNotBefore > due ? retryNotBefore : due;
}
