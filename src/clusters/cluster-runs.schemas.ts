import { z } from 'zod';

export { type RunResponse, runSchema } from '../provisioning/run-view.types.js';

export const runRequestSchema = z.strictObject({
  kind: z
    .enum(['setup', 'update', 'refresh', 'destroy', 'teardown'])
    .describe(
      'update, destroy: what they would do (planOnly); refresh: what differs from reality; setup: prepare anew; teardown: clear away what a destroyed cluster left here',
    ),
  planOnly: z
    .boolean()
    .optional()
    .describe('show what would be done and do nothing; true for a refresh, false for others unless told'),
  nodes: z.number().int().min(0).max(1000).optional().describe('of a planned update: for how many nodes'),
});
