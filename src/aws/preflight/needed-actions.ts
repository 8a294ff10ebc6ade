import { z } from 'zod';
import { arnsOf, type Blocks, type Place } from './resource-arns.js';
import { DATA_ACTIONS, PROVIDER_ACTIONS, RESOURCE_ACTIONS, TAG_ACTIONS } from './required-actions.js';
import { type Undertaking } from '../preflight.types.js';
import { type TypeActions } from './required-actions.types.js';

/** An action on something, and what of the configuration needs it. */
export interface NeededAction {
  action: string;
  /** ARNs, or `*` where the action has none or it is not known yet. */
  resources: string[];
  /** Terraform addresses. */
  addresses: string[];
}

export interface Needs {
  actions: NeededAction[];
  /** Types nobody has written down what they need; their resources are not checked. */
  uncovered: string[];
}

const LIFE: Record<Undertaking, (keyof TypeActions)[]> = {
  build: ['read', 'create', 'update', 'delete'],
  remove: ['read', 'delete'],
};

const blocksSchema = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({});
const configurationSchema = z.looseObject({ resource: blocksSchema, data: blocksSchema });

/**
 * Which IAM actions a configuration (the text of `cdk.tf.json`) needs, on what. Of building, changing is a part, and
 * deleting as well: what is replaced is deleted.
 */
export function neededActions(configuration: string, undertaking: Undertaking, place: Place): Needs {
  const { resource, data } = configurationSchema.parse(JSON.parse(configuration));
  const needs = new Collection();
  for (const action of PROVIDER_ACTIONS) needs.add(action, ['*'], 'provider.aws');
  for (const [type, name, attributes] of each(resource)) {
    const address = `${type}.${name}`;
    const known = RESOURCE_ACTIONS[type];
    if (!known) {
      needs.uncovered.add(type);
      continue;
    }
    for (const action of LIFE[undertaking].flatMap((part) => known[part]))
      needs.add(action, arnsOf(action, type, attributes, resource, place), address);
    if (known.create.some((action) => action.startsWith('ec2:')))
      for (const action of TAG_ACTIONS) needs.add(action, ['*'], address);
  }
  for (const [type, name, attributes] of each(data)) {
    const known = DATA_ACTIONS[type];
    if (!known) needs.uncovered.add(`data.${type}`);
    for (const action of known ?? [])
      needs.add(action, arnsOf(action, type, attributes, resource, place), `data.${type}.${name}`);
  }
  return needs.all();
}

function* each(blocks: Blocks): Generator<[type: string, name: string, attributes: Record<string, unknown>]> {
  for (const [type, named] of Object.entries(blocks))
    for (const [name, attributes] of Object.entries(named)) yield [type, name, attributes];
}

/** Each action once, with everything that needs it. */
class Collection {
  readonly uncovered = new Set<string>();
  private readonly byAction = new Map<string, { resources: Set<string>; addresses: Set<string> }>();

  add(action: string, resources: readonly string[], address: string): void {
    const known = this.byAction.get(action) ?? { resources: new Set(), addresses: new Set() };
    for (const resource of resources) known.resources.add(resource);
    known.addresses.add(address);
    this.byAction.set(action, known);
  }

  all(): Needs {
    const actions = [...this.byAction].map(([action, { resources, addresses }]) => ({
      action,
      resources: [...resources].sort(),
      addresses: [...addresses].sort(),
    }));
    return { actions: actions.sort((a, b) => (a.action < b.action ? -1 : 1)), uncovered: [...this.uncovered].sort() };
  }
}
