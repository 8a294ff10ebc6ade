import { z } from 'zod';
import { DomainError } from '../errors/domain-error.js';

const MAX_BULK = 100;

/** The body of an action on several things at once. */
export function bulkSchema<Id extends z.ZodType>(id: Id) {
  return z.strictObject({ ids: z.array(id).min(1).max(MAX_BULK) });
}

export const bulkResultSchema = z.object({
  results: z.array(
    z.object({
      id: z.union([z.string(), z.number()]),
      isDone: z.boolean(),
      problem: z
        .object({ code: z.string(), message: z.string() })
        .nullable()
        .describe('why it was not done; null when it was'),
    }),
  ),
});

export type BulkResult = z.infer<typeof bulkResultSchema>;

/**
 * Does the same to each, one after the other, and says of each whether it was done: one that cannot be does not keep the
 * others from it. A defect of the service ends it.
 */
export async function doToEach<Id extends string | number>(
  ids: readonly Id[],
  action: (id: Id) => Promise<unknown>,
): Promise<BulkResult> {
  const results: BulkResult['results'] = [];
  for (const id of new Set(ids)) {
    try {
      await action(id);
      results.push({ id, isDone: true, problem: null });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      results.push({ id, isDone: false, problem: { code: error.code, message: error.message } });
    }
  }
  return { results };
}
