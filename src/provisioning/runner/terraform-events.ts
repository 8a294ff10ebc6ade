import { z } from 'zod';
import { type RunLogEntry, type RunPhase } from '../provisioning.types.js';
import { PlanChanges } from './plan-changes.js';

const lineSchema = z.looseObject({
  '@level': z.string().optional(),
  '@message': z.string().optional(),
  '@timestamp': z.string().optional(),
  type: z.string().optional(),
});

type TerraformLine = z.infer<typeof lineSchema>;

const changeSummarySchema = z.object({
  changes: z.object({ add: z.number(), change: z.number(), remove: z.number() }),
});
const diagnosticSchema = z.object({
  diagnostic: z.object({ severity: z.string(), summary: z.string(), detail: z.string().optional() }),
});
const outputsSchema = z.object({ outputs: z.record(z.string(), z.looseObject({ sensitive: z.boolean().optional() })) });

const hookSchema = z.object({ hook: z.object({ resource: z.object({ addr: z.string() }) }) });
const LONGEST_ADDRESS = 500;

/** Already columns of a log entry. */
const ENVELOPE = new Set(['@level', '@message', '@timestamp', '@module', 'type']);

/** One line of Terraform's output as a log entry. What is not an event, such as a crash report, becomes type `log`. */
export function parseTerraformLine(text: string, phase: RunPhase, now: Date): RunLogEntry {
  const line = asJsonLine(text);
  if (line === null) return { occurredAt: now, phase, type: 'log', level: 'info', message: text, data: null };
  const data = Object.fromEntries(Object.entries(line).filter(([name]) => !ENVELOPE.has(name)));
  return {
    occurredAt: instant(line['@timestamp'], now),
    phase,
    type: line.type ?? 'log',
    level: level(line['@level']),
    message: line['@message'] ?? text,
    data: Object.keys(data).length === 0 ? null : withoutSensitiveOutputs(line.type, data),
  };
}

/** What the events of one phase add up to. */
export class PhaseEvents {
  /** Changes the plan announced; a replacement is an addition and a removal, so it counts two. */
  planned: number | null = null;
  completed = 0;
  wasInterrupted = false;
  /** The resource that was begun last. */
  current: string | null = null;
  readonly changes = new PlanChanges();
  private readonly errors: string[] = [];
  private errorOutput: string | null = null;

  add(entry: RunLogEntry): void {
    const { type, message, data } = entry;
    this.changes.add(entry);
    if (type === 'apply_start') this.current = resourceAddress(data);
    if (type === 'apply_complete') this.completed++;
    if (type === 'change_summary') this.planned ??= plannedChanges(data);
    if (type === 'diagnostic') this.addDiagnostic(data);
    if (message.includes('Interrupt received')) this.wasInterrupted = true;
  }

  /** What came on stderr: the reason of a failure that no event reports, such as a crash. */
  addErrorOutput(text: string): void {
    this.errorOutput = text;
  }

  /** The first errors Terraform reported, or the end of what it wrote to stderr, or null. */
  get errorText(): string | null {
    return this.errors.length > 0 ? this.errors.slice(0, 3).join('; ') : (this.errorOutput?.slice(-500) ?? null);
  }

  private addDiagnostic(data: unknown): void {
    const parsed = diagnosticSchema.safeParse(data);
    if (!parsed.success || parsed.data.diagnostic.severity !== 'error') return;
    const { summary, detail } = parsed.data.diagnostic;
    this.errors.push(detail ? `${summary}: ${detail}` : summary);
  }
}

function asJsonLine(text: string): TerraformLine | null {
  if (!text.startsWith('{')) return null;
  try {
    const parsed = lineSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if ((error as Error).name === 'SyntaxError') return null;
    throw error;
  }
}

function resourceAddress(data: unknown): string | null {
  const parsed = hookSchema.safeParse(data);
  return parsed.success ? parsed.data.hook.resource.addr.slice(0, LONGEST_ADDRESS) : null;
}

function plannedChanges(data: unknown): number | null {
  const parsed = changeSummarySchema.safeParse(data);
  if (!parsed.success) return null;
  const { add, change, remove } = parsed.data.changes;
  return add + change + remove;
}

function withoutSensitiveOutputs(type: string | undefined, data: Record<string, unknown>): Record<string, unknown> {
  const parsed = outputsSchema.safeParse(data);
  if (type !== 'outputs' || !parsed.success) return data;
  const open = Object.entries(parsed.data.outputs).filter(([, { sensitive }]) => sensitive !== true);
  return { ...data, outputs: Object.fromEntries(open) };
}

function instant(text: string | undefined, fallback: Date): Date {
  const milliseconds = Date.parse(text ?? '');
  return Number.isNaN(milliseconds) ? fallback : new Date(milliseconds);
}

function level(text: string | undefined): RunLogEntry['level'] {
  return text === 'debug' || text === 'warn' || text === 'error' ? text : text === 'trace' ? 'debug' : 'info';
}
