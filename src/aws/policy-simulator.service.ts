import {
  type ContextEntry,
  type EvaluationResult,
  type IAMClient,
  type PolicyIdentifier,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { Injectable } from '@nestjs/common';
import { errorMessage } from '../common/errors/domain-error.js';
import { AwsClients } from './aws-clients.service.js';
import { AwsUnavailableError, errorName, isRefused } from './aws.errors.js';
import {
  type ContextValue,
  type Denier,
  type SimulationOutcome,
  type SimulationRequest,
} from './policy-simulation.types.js';
import { deniedBy, outcomesOf, unknownOutcome } from './policy-verdicts.js';
import { sourceOf } from './principal-source.js';

/** No limit of AWS, but what it answers in a reasonable time. */
const ACTIONS_AT_ONCE = 50;
const RESOURCES_AT_ONCE = 10;

/** Some actions on some resources, small enough for one request. */
interface Chunk {
  actions: string[];
  resources: string[];
}

/** The one place that asks IAM what a user or role may do, without doing it. */
@Injectable()
export class PolicySimulatorService {
  constructor(private readonly clients: AwsClients) {}

  /**
   * One outcome per action and resource, in the order asked. What cannot be said is `unknown` with the reason: principals
   * IAM does not simulate, conditions without values, and permissions the caller lacks for asking. Throws
   * {@link AwsUnavailableError} when AWS fails in another way.
   *
   * Not part of it: session policies, resource policies, endpoint policies and resource control policies.
   */
  async simulate(request: SimulationRequest): Promise<SimulationOutcome[]> {
    const pairs = request.wanted.flatMap(({ action, resources }) =>
      resources.map((resource) => ({ action, resource })),
    );
    if (pairs.length === 0) return [];
    const client = await this.clients.iam();
    const source = await sourceOf(client, request.principalArn);
    if (!('arn' in source))
      return pairs.map(({ action, resource }) =>
        unknownOutcome(action, resource, source.why, source.missingPermission),
      );
    const context = (request.context ?? []).map(asEntry);
    const found = new Map<string, SimulationOutcome>();
    for (const outcomes of await Promise.all(
      chunksOf(request).map((chunk) => simulateChunk(client, source.arn, chunk, context)),
    ))
      for (const outcome of outcomes) found.set(keyOf(outcome), outcome);
    return pairs.map(
      (pair) =>
        found.get(keyOf(pair)) ?? unknownOutcome(pair.action, pair.resource, 'IAM answered nothing about it', null),
    );
  }
}

async function simulateChunk(
  client: IAMClient,
  arn: string,
  chunk: Chunk,
  context: ContextEntry[],
): Promise<SimulationOutcome[]> {
  const unknown = (why: string, missingPermission: string | null): SimulationOutcome[] =>
    chunk.actions.flatMap((action) =>
      chunk.resources.map((resource) => unknownOutcome(action, resource, why, missingPermission)),
    );
  try {
    const results = await ask(client, arn, chunk, context);
    const outcomes = results.flatMap((result) => outcomesOf(result, chunk.resources));
    return await attributed(client, arn, outcomes, context);
  } catch (error) {
    if (isRefused(error)) return unknown(`simulating ${arn} is not allowed`, 'iam:SimulatePrincipalPolicy');
    if (
      ['NoSuchEntity', 'NoSuchEntityException', 'InvalidInput', 'InvalidInputException', 'ValidationError'].includes(
        errorName(error),
      )
    )
      return unknown(`IAM does not simulate this: ${errorMessage(error)}`, null);
    throw new AwsUnavailableError(`what ${arn} may do`, error);
  }
}

/** Every page of the answer. */
async function ask(
  client: IAMClient,
  arn: string,
  { actions, resources }: Chunk,
  context: ContextEntry[],
  excluded: PolicyIdentifier[] = [],
): Promise<EvaluationResult[]> {
  const { SimulatePrincipalPolicyCommand } = await import('@aws-sdk/client-iam');
  const results: EvaluationResult[] = [];
  let marker: string | undefined;
  do {
    const input: SimulatePrincipalPolicyCommandInput = {
      PolicySourceArn: arn,
      ActionNames: actions,
      ResourceArns: resources,
      ...(context.length === 0 ? {} : { ContextEntries: context }),
      ...(excluded.length === 0 ? {} : { PolicyExclusionList: excluded }),
      ...(marker === undefined ? {} : { Marker: marker }),
    };
    const {
      EvaluationResults = [],
      IsTruncated,
      Marker,
    } = await client.send(new SimulatePrincipalPolicyCommand(input));
    results.push(...EvaluationResults);
    marker = IsTruncated === true ? Marker : undefined;
  } while (marker !== undefined);
  return results;
}

const EXCLUDABLE: Partial<Record<Denier, PolicyIdentifier>> = {
  scp: { PolicyType: 'scp' },
  boundary: { PolicyType: 'permission-boundary' },
};

/**
 * What a boundary or an organization is said to deny is asked again without it: when it is denied still, the principal's
 * own policies do not allow it either, and whoever mends only the other would be surprised.
 */
async function attributed(
  client: IAMClient,
  arn: string,
  outcomes: SimulationOutcome[],
  context: ContextEntry[],
): Promise<SimulationOutcome[]> {
  const without = new Map<string, SimulationOutcome>();
  for (const [denier, excluded] of Object.entries(EXCLUDABLE)) {
    const denied = outcomes.filter((outcome) => outcome.deniedBy === denier);
    if (denied.length === 0) continue;
    const chunk = {
      actions: [...new Set(denied.map(({ action }) => action))],
      resources: [...new Set(denied.map(({ resource }) => resource))],
    };
    const again = await askAgain(client, arn, chunk, context, excluded);
    for (const outcome of again.flatMap((result) => outcomesOf(result, chunk.resources)))
      without.set(`${denier} ${keyOf(outcome)}`, outcome);
  }
  return outcomes.map((outcome) => {
    const again = without.get(`${outcome.deniedBy ?? ''} ${keyOf(outcome)}`);
    return again?.verdict === 'denied' && (again.deniedBy === 'identity' || again.deniedBy === 'explicit')
      ? { ...deniedBy(outcome, again.deniedBy), why: `${again.why}; and ${outcome.why}` }
      : outcome;
  });
}

/** Nothing when this IAM takes no exclusions: then what it said first has to do. */
async function askAgain(
  ...[client, arn, chunk, context, excluded]: [IAMClient, string, Chunk, ContextEntry[], PolicyIdentifier]
): Promise<EvaluationResult[]> {
  try {
    return await ask(client, arn, chunk, context, [excluded]);
  } catch (error) {
    if (/^(InvalidInput|ValidationError)/.test(errorName(error))) return [];
    throw error;
  }
}

/** Actions that are asked about the same resources go together. */
function chunksOf({ wanted }: SimulationRequest): Chunk[] {
  const byResources = new Map<string, Chunk>();
  for (const { action, resources } of wanted) {
    const key = JSON.stringify(resources);
    const group = byResources.get(key) ?? { actions: [], resources: [...resources] };
    if (!group.actions.includes(action)) group.actions.push(action);
    byResources.set(key, group);
  }
  return [...byResources.values()].flatMap(({ actions, resources }) =>
    portions(actions, ACTIONS_AT_ONCE).flatMap((some) =>
      portions(resources, RESOURCES_AT_ONCE).map((few) => ({ actions: some, resources: few })),
    ),
  );
}

function portions<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

function keyOf({ action, resource }: { action: string; resource: string }): string {
  return `${action.toLowerCase()} ${resource}`;
}

function asEntry({ key, type, values }: ContextValue): ContextEntry {
  return { ContextKeyName: key, ContextKeyType: type, ContextKeyValues: [...values] };
}
