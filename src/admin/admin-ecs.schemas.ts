import { z } from 'zod';
import { CHECK_STATUSES } from '../operations/ecs-exec/ecs-exec.types.js';

const name = z
  .string()
  .regex(/^(arn:aws[\w-]*:ecs:[\w:/-]+|[\w-]{1,255})$/, 'must be a name, an id or an ARN of ECS')
  .optional();

export const execCheckQuerySchema = z
  .strictObject({
    service: name.describe('another service than that of the installation'),
    task: name.describe('this task, instead of the newest of the service'),
    container: name.describe('another container than the one called like the service'),
  })
  .refine(({ service, task }) => service === undefined || task === undefined, 'give a service or a task, not both');

const count = z.int().min(0);

export const execReportSchema = z.object({
  target: z.object({
    cluster: z.string(),
    service: z.string().nullable(),
    task: z.string().nullable(),
    container: z.string(),
    region: z.string(),
  }),
  checks: z.array(
    z.object({
      id: z.string().describe('stable, for scripts'),
      status: z.enum(CHECK_STATUSES).describe('unknown: it could not be looked at'),
      detail: z.string(),
      fix: z.string().nullable().describe('what to do'),
      evidence: z.record(z.string(), z.unknown()).describe('what the result was made of'),
    }),
  ),
  summary: z.object({ pass: count, warn: count, fail: count, skip: count, unknown: count }),
});
