import { loggingOf, sessionLogGroup } from '../names.js';
import { type ExecSnapshot, type Input, read, valueOf } from '../snapshot.js';

/**
 * The log group sessions are written to; null when it is none. It is in the task definition where the cluster leaves it to
 * the container, and then unreadable with it.
 */
export function sessionLog({ cluster, definition, target }: ExecSnapshot): Input<string | null> {
  if (!cluster.isRead) return cluster;
  const isOfContainer = loggingOf(cluster.value) === 'DEFAULT';
  if (isOfContainer && !definition.isRead) return definition;
  return read(sessionLogGroup(cluster.value, valueOf(definition), target.container));
}
