import { z } from 'zod';
import { type PlannedChange, type RunLogEntry } from '../provisioning.types.js';

const changeSchema = z.object({
  change: z.object({
    resource: z.object({ addr: z.string(), resource_type: z.string() }),
    action: z.string(),
    reason: z.string().optional(),
  }),
});

/** More than a cluster of the largest size has; what comes after is counted by the plan's summary only. */
const MOST_CHANGES = 2_000;

/** What a plan says it will do, and what it found changed outside of Terraform; read from its events. */
export class PlanChanges {
  readonly planned: PlannedChange[] = [];
  readonly drifted: PlannedChange[] = [];

  add({ type, data }: RunLogEntry): void {
    const list = type === 'planned_change' ? this.planned : type === 'resource_drift' ? this.drifted : null;
    const parsed = list && changeSchema.safeParse(data);
    if (!list || !parsed?.success || list.length >= MOST_CHANGES) return;
    const { resource, action, reason } = parsed.data.change;
    if (action === 'read' || action === 'noop') return;
    list.push({ address: resource.addr, type: resource.resource_type, action, reason: reason ?? null });
  }
}
