import { type CloudResource } from '../../aws/aws.types.js';
import { type StackResource } from './stack-resources.js';

/** A resource of a state. */
export interface StateResource {
  address: string;
  type: string;
  id: string;
}

/** Something no state knows, and what the configuration calls it; null when it has no place there. */
export interface Orphan extends CloudResource {
  address: string | null;
}

/** What the configuration has and the state has not. */
export function emptyPlaces(configured: readonly StackResource[], recorded: readonly StateResource[]): StackResource[] {
  const filled = new Set(recorded.map(({ address }) => address));
  return configured.filter(({ address }) => !filled.has(address));
}

/**
 * What exists at the target and is in no state: the leavings of a run that was killed between making something and
 * writing it down. One that the configuration has a place for, still empty in the state, gets its address, so that it can
 * be taken over instead of being made a second time.
 */
export function matchOrphans(
  existing: readonly CloudResource[],
  configured: readonly StackResource[],
  recorded: readonly StateResource[],
): Orphan[] {
  const known = new Set(recorded.map(({ type, id }) => `${type} ${id}`));
  const free = emptyPlaces(configured, recorded);
  return existing
    .filter(({ type, id }) => !known.has(`${type} ${id}`))
    .map((stranger) => {
      const index = free.findIndex(
        ({ type, name }) => type === stranger.type && (name ?? stranger.name) === stranger.name,
      );
      const [place] = index === -1 ? [] : free.splice(index, 1);
      return { ...stranger, address: place?.address ?? null };
    });
}

/** What a state has and does not exist any more, of the types that were listed as a whole. */
export function lostResources(
  existing: readonly CloudResource[],
  listedTypes: readonly string[],
  recorded: readonly StateResource[],
): StateResource[] {
  const there = new Set(existing.map(({ type, id }) => `${type} ${id}`));
  return recorded.filter(({ type, id }) => listedTypes.includes(type) && !there.has(`${type} ${id}`));
}
