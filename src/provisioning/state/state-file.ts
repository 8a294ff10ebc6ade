import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { hasErrorCode } from '../../common/errors/domain-error.js';
import { type StateResource } from '../orphans/match-orphans.js';
import { type StateSummary } from '../provisioning.types.js';
import { type StateSnapshot } from '../runner/run-journal.js';

const stateSchema = z.object({
  version: z.literal(4),
  serial: z.number().int().min(0),
  lineage: z.string().min(1),
  outputs: z.record(z.string(), z.object({ value: z.unknown(), sensitive: z.boolean().optional() })).default({}),
  resources: z
    .array(
      z.object({
        module: z.string().optional(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        instances: z.array(z.looseObject({})),
      }),
    )
    .default([]),
});

type State = z.infer<typeof stateSchema>;

/** A file that is no Terraform state of version 4: foreign, or cut while it was written. */
export class InvalidStateError extends Error {
  constructor(path: string, reason: string) {
    super(`${path} is no readable Terraform state: ${reason}`);
  }
}

/** The state file as it is now; null when there is none, or an empty one. Throws {@link InvalidStateError}. */
export function readStateFile(path: string): StateSnapshot | null {
  const content = readIfExists(path);
  if (content === null || content.length === 0) return null;
  const { lineage, serial } = parseState(content, path);
  return { lineage, serial, content };
}

/** What a state says, without anything sensitive and without data sources. Throws {@link InvalidStateError}. */
export function summariseState({ content }: StateSnapshot, path: string): StateSummary {
  const state = parseState(content, path);
  const resourceCounts: Record<string, number> = {};
  for (const { mode, module, type, name, instances } of state.resources) {
    if (mode !== 'managed' || instances.length === 0) continue;
    const address = [module, type, name].filter((part) => part !== undefined).join('.');
    resourceCounts[address] = (resourceCounts[address] ?? 0) + instances.length;
  }
  const capacity = groupCapacity(state);
  return {
    serial: state.serial,
    lineage: state.lineage,
    resourceCounts,
    ...(capacity === null ? {} : { groupCapacity: capacity }),
    outputs: openOutputs(state),
  };
}

/**
 * The highest serial of the first candidate's lineage; of equal serials the last one, so candidates are given in the order
 * in which they are written. A state of another lineage belongs to other resources and never wins.
 */
export function newestState<State extends StateSnapshot>(candidates: (State | null)[]): State | null {
  const states = candidates.filter((state) => state !== null);
  const [first] = states;
  if (!first) return null;
  return states.filter(({ lineage }) => lineage === first.lineage).reduce((a, b) => (b.serial >= a.serial ? b : a));
}

/**
 * The same state under another serial. Everything else stays as it is, byte for byte: numbers in it may be larger than
 * those of JavaScript.
 */
export function withSerial(content: Buffer, serial: number): Buffer {
  const text = content.toString('utf8');
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    const value = depth === 1 && token === '"serial"' ? /^\s*:\s*(?=\d)/.exec(text.slice(index + token.length)) : null;
    if (!value) continue;
    const start = index + token.length + value[0].length;
    return Buffer.from(text.slice(0, start) + text.slice(start).replace(/^\d+/, String(serial)));
  }
  throw new InvalidStateError('A stored state', 'it has no serial');
}

/** Every managed object of a state that has an id, also those that wait to be removed. Throws {@link InvalidStateError}. */
export function recordedResources({ content }: StateSnapshot, path: string): StateResource[] {
  return parseState(content, path)
    .resources.filter(({ mode, module }) => mode === 'managed' && module === undefined)
    .flatMap(({ type, name, instances }) =>
      instances.flatMap((instance) => {
        const { attributes, deposed } = identifiedSchema.parse(instance);
        // A deposed object does not fill its place any more.
        const address = deposed === undefined ? `${type}.${name}` : `${type}.${name} (deposed ${deposed})`;
        return attributes?.id == null ? [] : [{ address, type, id: attributes.id }];
      }),
    );
}

const identifiedSchema = z.looseObject({
  deposed: z.string().optional(),
  attributes: z.looseObject({ id: z.string().nullish() }).nullish(),
});

function parseState(content: Buffer, path: string): State {
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw new InvalidStateError(path, (error as Error).message);
  }
  const parsed = stateSchema.safeParse(json);
  if (!parsed.success) throw new InvalidStateError(path, z.prettifyError(parsed.error));
  return parsed.data;
}

const groupSchema = z.looseObject({ attributes: z.looseObject({ desired_capacity: z.number().int().min(0) }) });

/** The machines of a scaling group are no resources of their own; the group knows how many there should be. */
function groupCapacity({ resources }: State): number | null {
  const groups = resources
    .filter(({ mode, type }) => mode === 'managed' && type === 'aws_autoscaling_group')
    .flatMap(({ instances }) => instances.map((instance) => groupSchema.safeParse(instance)));
  const known = groups.flatMap(({ data }) => (data ? [data.attributes.desired_capacity] : []));
  return known.length === 0 ? null : known.reduce((total, capacity) => total + capacity, 0);
}

function openOutputs({ outputs }: State): Record<string, unknown> {
  const open = Object.entries(outputs).filter(([, { sensitive }]) => sensitive !== true);
  return Object.fromEntries(open.map(([name, { value }]) => [name, value]));
}

function readIfExists(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
